// The second look at a session policy: it takes what was compiled, and nothing else that is not narrower.
import { describe, expect, it } from 'vitest';
import type { PolicyStatement } from '../../src/config/index.ts';
import { compileSessionPolicy, policyProblem } from '../../src/credentials/index.ts';
import { awsCapability } from '../support/config.ts';

const DEADLINE = new Date('2026-03-02T13:00:00.750Z');
const ENDS = '2026-03-02T13:00:00Z';

interface Policy {
  readonly Statement: readonly { readonly Condition: object }[];
}

const STATEMENT: PolicyStatement = {
  actions: ['s3:GetObject', 's3:ListBucket'],
  resources: ['arn:aws:s3:::acme/${path}/*', 'arn:aws:s3:::acme'],
  conditions: {
    StringLike: { 's3:prefix': ['${path}/*', '${aws:PrincipalTag/task}'] },
    DateLessThan: { 'aws:CurrentTime': '2026-03-02T12:30:00Z' },
  },
};
const grantOf = (statement: PolicyStatement, path = 'a') => [
  {
    definition: awsCapability({ parameters: { path: { pattern: '.*' } }, statements: [statement] }),
    parameters: { path },
  },
];
const GRANTS = grantOf(STATEMENT);
const PLACES = { addresses: ['10.0.0.0/8'], endpoints: [] };
const WHOLE = { ends: DEADLINE, places: PLACES };

const COMPILED = JSON.parse(compileSessionPolicy(GRANTS, DEADLINE, PLACES)) as Policy;
const [ALLOWED, BOUND] = COMPILED.Statement;

/** With something else in its place; undefined takes it away. */
const policy = (given: object) => JSON.stringify({ ...COMPILED, ...given });
const allowed = (given: object) => policy({ Statement: [{ ...ALLOWED, ...given }, BOUND] });
const conditioned = (given: object) => allowed({ Condition: { ...ALLOWED?.Condition, ...given } });
const endingBy = (value: string | readonly string[]) =>
  conditioned({ DateLessThan: { 'aws:CurrentTime': value } });
const bound = (given: object) => policy({ Statement: [ALLOWED, { ...BOUND, ...given }] });

describe('policyProblem', () => {
  it('has nothing to say of what was compiled', () => {
    expect(policyProblem(compileSessionPolicy(GRANTS, DEADLINE, PLACES), GRANTS, WHOLE)).toBeUndefined();
    expect(policyProblem(compileSessionPolicy(GRANTS, DEADLINE), GRANTS, { ends: DEADLINE })).toBeUndefined();
  });

  it.each<[string, string, string]>([
    ['an action more', allowed({ Action: ['s3:GetObject', 's3:PutObject'] }), 'none of the'],
    ['a wildcard for an action', allowed({ Action: 's3:*' }), 'none of the'],
    ['no action', allowed({ Action: [] }), 'no action'],
    ['no action at all', allowed({ Action: undefined }), 'no action'],
    ['what is no text', allowed({ Resource: [1] }), 'no resource'],
    ['another value', allowed({ Resource: 'arn:aws:s3:::acme/b/*' }), 'none of the'],
    ['a wildcard', allowed({ Resource: 'arn:aws:s3:::acme/*/*' }), 'none of the'],
    ['a variable', allowed({ Resource: 'arn:aws:s3:::acme/${aws:userid}/*' }), 'none of the'],
    ['another segment', allowed({ Resource: 'arn:aws:s3:::acme/a:b/*' }), 'none of the'],
    ['NotAction', allowed({ NotAction: 'iam:*' }), 'has NotAction'],
    ['NotResource', allowed({ NotResource: 'x' }), 'has NotResource'],
    ['Principal', allowed({ Principal: '*' }), 'has Principal'],
    ['another effect', allowed({ Effect: 'allow' }), 'neither'],
    ['no conditions', allowed({ Condition: undefined }), 'does not end'],
    ['no end', conditioned({ DateLessThan: undefined }), 'does not end'],
    ['a later end', endingBy('2026-03-02T13:00:01Z'), 'does not end'],
    ['an end that is not the earlier one which was written', endingBy(ENDS), 'none of the'],
    ['an end that only some have', endingBy([ENDS, '2030-01-01']), 'does not end'],
    ['an end nobody reads alike', endingBy('2026'), 'does not end'],
    ['no value for an end', endingBy([]), 'does not end'],
    ['an end of something else', conditioned({ DateLessThan: { 'aws:EpochTime': ENDS } }), 'does not end'],
    ['a condition less', conditioned({ StringLike: undefined }), 'none of the'],
    ['a value less strict', conditioned({ StringLike: { 's3:prefix': ['*', 'x'] } }), 'none of the'],
    [
      'a condition only if it exists',
      conditioned({
        StringLike: undefined,
        StringLikeIfExists: { 's3:prefix': ['a/*', '${aws:PrincipalTag/task}'] },
      }),
      'none of the',
    ],
    ['a condition more', conditioned({ Null: { 'aws:userid': 'false' } }), 'none of the'],
    [
      'a statement more',
      policy({ Statement: [ALLOWED, BOUND, { Effect: 'Allow', Action: '*', Resource: '*' }] }),
      '2',
    ],
    ['nothing that binds it', policy({ Statement: [ALLOWED] }), 'places'],
    ['what binds it on something only', bound({ Resource: 'arn:aws:s3:::x' }), 'places'],
    [
      'what binds it elsewhere',
      bound({ Condition: { NotIpAddress: { 'aws:SourceIp': '0.0.0.0/0' } } }),
      'places',
    ],
    ['what binds it but for something', bound({ Action: undefined, NotAction: 's3:*' }), 'has NotAction'],
    ['an older version', policy({ Version: '2008-10-17' }), 'version'],
    ['no version', policy({ Version: undefined }), 'version'],
    ['something else', policy({ Id: 'x' }), 'has Id'],
    ['what is no list of statements', policy({ Statement: ALLOWED }), 'no list'],
  ])('refuses %s', (_, changed, part) => {
    expect(policyProblem(changed, GRANTS, WHOLE)).toContain(part);
  });

  it.each(['*', 'a*', '?', '${aws:username}', 'a:b', '$', '{', '}'])('refuses %s as a value', (value) => {
    const grants = grantOf(STATEMENT, value);
    expect(policyProblem(compileSessionPolicy(grants, DEADLINE), grants, { ends: DEADLINE })).toContain(
      'none of the',
    );
  });

  it('refuses what a value makes mean something only where it stands', () => {
    const grants = grantOf(
      { actions: ['s3:GetObject'], resources: ['arn:aws:s3:::acme/$${path}{aws:username}'] },
      '',
    );
    const made = compileSessionPolicy(grants, DEADLINE);
    expect(made).toContain('acme/${aws:username}');
    expect(policyProblem(made, grants, { ends: DEADLINE })).toContain('none of the');
  });

  it('refuses a value that is not given', () => {
    const made = compileSessionPolicy(GRANTS, DEADLINE);
    const without = GRANTS.map((grant) => ({ ...grant, parameters: {} }));
    expect(policyProblem(made, without, { ends: DEADLINE })).toContain('none of the');
  });

  it('takes narrower ones', () => {
    const fewer = allowed({ Action: ['s3:GetObject'], Resource: 'arn:aws:s3:::acme' });
    expect(policyProblem(fewer, GRANTS, WHOLE)).toBeUndefined();
    const denying = policy({
      Statement: [ALLOWED, BOUND, { Effect: 'Deny', Action: 's3:*', Resource: '*' }],
    });
    expect(policyProblem(denying, GRANTS, WHOLE)).toBeUndefined();
  });
});
