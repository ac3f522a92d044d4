// The session policy: never wider than the operator's statements with the task's values put in, and it ends in time.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicyStatement } from '../../src/config/index.ts';
import { type CapabilityGrant, compileSessionPolicy } from '../../src/credentials/index.ts';
import { awsCapability } from '../support/config.ts';

const DEADLINE = new Date('2026-03-02T13:00:00.750Z');
const ENDS = '2026-03-02T13:00:00Z';

type Conditions = Record<string, Record<string, string | string[]>>;
interface Compiled {
  readonly Version: string;
  readonly Statement: readonly {
    readonly Effect: string;
    readonly Action: readonly string[];
    readonly Resource: readonly string[];
    readonly Condition: Conditions;
  }[];
}

function compiled(grants: readonly CapabilityGrant[]): Compiled {
  return JSON.parse(compileSessionPolicy(grants, DEADLINE)) as Compiled;
}

function conditionOf(conditions: PolicyStatement['conditions']): Conditions | undefined {
  const statement = { actions: ['s3:GetObject'], resources: ['*'], ...(conditions && { conditions }) };
  return compiled([{ definition: awsCapability({ statements: [statement] }), parameters: {} }]).Statement[0]
    ?.Condition;
}

/** A template as its pieces, so that what it must become is known without parsing it. */
type Piece = { readonly text: string } | { readonly parameter: string };
const NAMES = ['prefix', 'team', 'a-b', 'constructor', '__proto__'];
const piece: fc.Arbitrary<Piece> = fc.oneof(
  fc
    .constantFrom(...['arn:aws:s3:::acme/', '/*', 'x', '$', '{', '}', '\\', '"', '$$', '$&', '$1', 'é'])
    .map((text) => ({ text })),
  fc
    .constantFrom('${aws:PrincipalTag/task}', '${aws:username}', "${s3:prefix, '*'}")
    .map((text) => ({ text })),
  fc.constantFrom(...NAMES).map((parameter) => ({ parameter })),
);
/** What a piece is without those `${` that are meant: checked files hold no others. */
const bare = (one: Piece) => ('text' in one && !one.text.startsWith('${') ? one.text : '|');
const template = fc
  .array(piece, { minLength: 1, maxLength: 6 })
  .filter((pieces) => !pieces.map(bare).join('').includes('${'));
const written = (pieces: readonly Piece[]) =>
  pieces.map((one) => ('text' in one ? one.text : `\${${one.parameter}}`)).join('');
const meant = (pieces: readonly Piece[], values: Readonly<Record<string, string>>) =>
  pieces.map((one) => ('text' in one ? one.text : values[one.parameter])).join('');

const value = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    '*',
    '${aws:username}',
    '${team}',
    '"},{"Effect":"Allow"',
    '\\u002a',
    '$&',
    '$1',
    "$'",
    '\n',
  ),
);
const values = fc.tuple(...NAMES.map(() => value)).map((given) => {
  const members = NAMES.map((name, i) => [name, given[i] ?? ''] as const);
  return Object.fromEntries(members) as Readonly<Record<string, string>>;
});
const statement = fc.record({
  actions: fc.uniqueArray(fc.constantFrom('s3:GetObject', 's3:ListBucket', 'sqs:*'), { minLength: 1 }),
  resources: fc.array(template, { minLength: 1, maxLength: 3 }),
  like: fc.option(fc.array(template, { minLength: 1, maxLength: 3 }), { nil: undefined }),
});

describe('compileSessionPolicy', () => {
  it('allows the same actions on the templates with the values put in, and nothing else, until the deadline', () => {
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 4 }), values, (statements, parameters) => {
        const definition = awsCapability({
          statements: statements.map(({ actions, resources, like }) => ({
            actions,
            resources: resources.map(written),
            ...(like && { conditions: { StringLike: { 's3:prefix': like.map(written) } } }),
          })),
        });
        expect(compiled([{ definition, parameters }])).toEqual({
          Version: '2012-10-17',
          Statement: statements.map(({ actions, resources, like }) => ({
            Effect: 'Allow',
            Action: actions,
            Resource: resources.map((one) => meant(one, parameters)),
            Condition: {
              ...(like && { StringLike: { 's3:prefix': like.map((one) => meant(one, parameters)) } }),
              DateLessThan: { 'aws:CurrentTime': ENDS },
            },
          })),
        });
      }),
      { numRuns: 500 },
    );
  });

  it('puts each capability under its own parameters', () => {
    const definition = awsCapability({
      statements: [{ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::acme/${prefix}/*'] }],
    });
    const { Statement } = compiled([
      { definition, parameters: { prefix: 'a' } },
      { definition, parameters: { prefix: 'b' } },
    ]);
    expect(Statement.map(({ Resource }) => Resource)).toEqual([
      ['arn:aws:s3:::acme/a/*'],
      ['arn:aws:s3:::acme/b/*'],
    ]);
  });

  it.each([
    ['${prefix}', {}],
    ['${constructor}', {}],
    ['${toString}', {}],
    ['${}', { '': 'x' } as Readonly<Record<string, string>>],
  ])('is no policy at all where %s has no value', (resource, parameters) => {
    const definition = awsCapability({ statements: [{ actions: ['s3:GetObject'], resources: [resource] }] });
    const make = () => compileSessionPolicy([{ definition, parameters }], DEADLINE);
    if (Object.keys(parameters).length === 0) expect(make).toThrow(TypeError);
    else expect(JSON.parse(make()).Statement[0].Resource).toEqual(['x']);
  });

  it('leaves variables of IAM to IAM, in conditions too', () => {
    const conditions = { StringEquals: { 's3:ExistingObjectTag/task': '${aws:PrincipalTag/task}' } };
    expect(conditionOf(conditions)).toMatchObject(conditions);
  });
});

describe('the deadline', () => {
  it('is there where the operator has no conditions', () => {
    expect(conditionOf(undefined)).toEqual({ DateLessThan: { 'aws:CurrentTime': ENDS } });
  });

  it('stands beside other conditions of the operator', () => {
    const own = {
      DateGreaterThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' },
      DateLessThan: { 'aws:TokenIssueTime': '2026-03-02T12:30:00Z' },
    };
    expect(conditionOf(own)).toEqual({
      DateGreaterThan: own.DateGreaterThan,
      DateLessThan: { ...own.DateLessThan, 'aws:CurrentTime': ENDS },
    });
  });

  it.each<[string, string | string[], string | string[]]>([
    ['an earlier one of the operator holds', '2026-03-02T12:30:00Z', ['2026-03-02T12:30:00Z']],
    ['an earlier day holds', '2026-03-02', ['2026-03-02']],
    ['a later one is replaced', '2026-03-02T14:00:00Z', ENDS],
    ['the same one is the same', ENDS, ENDS],
    [
      'of several any is enough, so the latest counts',
      ['2026-03-02T12:30:00Z', '2027-01-01T00:00:00Z'],
      ENDS,
    ],
    ['several that are all earlier hold', ['2026-03-01', '2026-03-02'], ['2026-03-01', '2026-03-02']],
  ])('%s', (_, own, expected) => {
    for (const name of ['aws:CurrentTime', 'aws:currenttime', 'AWS:CURRENTTIME']) {
      expect(conditionOf({ DateLessThan: { [name]: own } })).toEqual({ DateLessThan: { [name]: expected } });
    }
  });

  it.each<[string | string[]]>([
    // Seconds since 1970, which IAM takes.
    ['1767225600'],
    ['2026'],
    ['2026-03-02T12:30:00+02:00'],
    ['2026-03-02T12:30Z'],
    ['soon'],
    ['2026-13-45'],
    [['2026-03-02T12:30:00Z', '1767225600']],
    [[]],
  ])('is demanded beside %j, which is not compared', (own) => {
    expect(conditionOf({ DateLessThan: { 'aws:CurrentTime': own } })).toEqual({
      DateLessThan: { 'aws:CurrentTime': own },
      DateLessThanIfExists: { 'aws:CurrentTime': ENDS },
    });
  });

  it('finds its place, or there is no policy', () => {
    const own = { 'aws:CurrentTime': '1767225600' };
    const two = { DateLessThan: own, DateLessThanIfExists: own };
    // Which allows the moment itself.
    const before = `${new Date(Date.parse(ENDS) - 1000).toISOString().slice(0, 19)}Z`;
    expect(conditionOf(two)).toEqual({ ...two, DateLessThanEquals: { 'aws:CurrentTime': before } });
    expect(() => conditionOf({ ...two, DateLessThanEquals: own })).toThrow(TypeError);
  });

  it('is never later than the task ends, for want of fractions', () => {
    const ends = conditionOf(undefined)?.['DateLessThan']?.['aws:CurrentTime'];
    expect(Date.parse(String(ends))).toBeLessThanOrEqual(DEADLINE.getTime());
  });

  it('is in every statement, whatever conditions the operator has', () => {
    const key = fc.constantFrom('aws:CurrentTime', 'AWS:currenttime', 's3:prefix');
    const moment = fc.constantFrom('2025-01-01', '2027-01-01T00:00:00Z', '1767225600', 'x');
    const keys = fc.dictionary(key, fc.oneof(moment, fc.array(moment, { minLength: 1, maxLength: 3 })), {
      minKeys: 1,
      maxKeys: 1,
    });
    const operator = fc.constantFrom('DateLessThan', 'DateGreaterThan', 'StringLike', 'DateLessThanIfExists');
    fc.assert(
      fc.property(fc.dictionary(operator, keys, { maxKeys: 3 }), (conditions) => {
        const condition = conditionOf(conditions) ?? {};
        const bounds = ['DateLessThan', 'DateLessThanIfExists', 'DateLessThanEquals'].flatMap((name) =>
          Object.entries(condition[name] ?? {}).filter(([one]) => one.toLowerCase() === 'aws:currenttime'),
        );
        // At least one bound is the deadline, or earlier in a form that leaves no doubt.
        const ends = ([, bound]: (typeof bounds)[number]) =>
          [bound].flat().every((one) => /^\d{4}-/.test(one) && Date.parse(one) <= Date.parse(ENDS));
        expect(bounds.some(ends)).toBe(true);
        // And what the operator demands is demanded still, but for a later end.
        for (const [name, own] of Object.entries(conditions)) {
          if (name !== 'DateLessThan') expect(condition[name]).toMatchObject(own);
        }
      }),
    );
  });
});
