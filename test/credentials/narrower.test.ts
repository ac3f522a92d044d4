// Narrower parameters: whatever they reach, the wider ones reach too, as IAM reads the statements of both.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNarrower } from '../../src/credentials/index.ts';
import { isPartOf } from '../../src/credentials/narrower.ts';
import type { Parameters } from '../../src/tasks/index.ts';
import { awsCapability } from '../support/config.ts';
import { ACROSS, arnMatches, exampleOf, textMatches } from '../support/iam-patterns.ts';

describe('what the oracle of these tests says', () => {
  it.each<[string, string, boolean]>([
    ['arn:aws:s3:::acme/a/*', 'arn:aws:s3:::acme/a/b/c', true],
    ['arn:aws:s3:::acme/a/*', 'arn:aws:s3:::acme/ab/c', false],
    ['arn:aws:s3:::acme/?', 'arn:aws:s3:::acme/a', true],
    ['arn:aws:s3:::acme/?', 'arn:aws:s3:::acme/ab', false],
    ['arn:aws:sqs:*:1:q', 'arn:aws:sqs:eu:2:1:q', false],
    ['arn:aws:logs:eu:1:log-group:*', 'arn:aws:logs:eu:1:log-group:a:b', true],
    ['*', 'arn:aws:s3:::acme', true],
    ['arn:aws:s3:::a.b', 'arn:aws:s3:::axb', false],
  ])('%s for %s: %j', (pattern, arn, matches) => {
    expect(arnMatches(pattern, arn)).toBe(matches);
  });
});

const symbol = fc.constantFrom('a', 'b', '/', '*', '?', ':', '-');
const segment = fc.array(symbol, { maxLength: 6 }).map((symbols) => symbols.join(''));
const pattern = fc.oneof(
  fc.tuple(segment, segment).map(([account, rest]) => `arn:aws:s3::${account.replaceAll(':', '')}:${rest}`),
  segment,
);

describe('isPartOf', () => {
  it('never calls part what is not: each example of the narrow pattern is one of the wide', () => {
    let parts = 0;
    fc.assert(
      fc.property(
        pattern,
        pattern.chain((narrow) => fc.tuple(fc.constant(narrow), exampleOf(narrow))),
        (wide, [narrow, example]) => {
          if (!isPartOf(wide, narrow)) return;
          parts += 1;
          expect(arnMatches(wide, example)).toBe(true);
          expect(textMatches(wide, example)).toBe(true);
        },
      ),
      { numRuns: 20_000 },
    );
    // Else it has shown nothing.
    expect(parts).toBeGreaterThan(200);
  });

  it('never calls part what is not, where the narrow one is made from the wide', () => {
    const filled = pattern.chain((wide) =>
      fc.tuple(fc.constant(wide), exampleOf(wide)).chain(([one, narrow]) =>
        // As it is, or with something put in: what stands there may be a wildcard again.
        fc.tuple(fc.constant(one), fc.oneof(fc.constant(narrow), insertedInto(narrow))),
      ),
    );
    fc.assert(
      fc.property(
        filled.chain(([wide, narrow]) => fc.tuple(fc.constant(wide), fc.constant(narrow), exampleOf(narrow))),
        ([wide, narrow, example]) => {
          if (isPartOf(wide, narrow)) expect(arnMatches(wide, example)).toBe(true);
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('calls part whatever has no wildcards and is matched', () => {
    fc.assert(
      fc.property(
        pattern.chain((wide) => fc.tuple(fc.constant(wide), exampleOf(wide))),
        ([wide, example]) => {
          fc.pre(!/[*?]/.test(example) && arnMatches(wide, example));
          expect(isPartOf(wide, example)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('never calls part what is not, even where wildcards reach over the borders of segments', () => {
    const near = pattern.chain((wide) =>
      fc.tuple(fc.constant(wide), fc.oneof(exampleOf(wide, ACROSS), pattern)),
    );
    fc.assert(
      fc.property(
        near.chain(([wide, narrow]) =>
          fc.tuple(fc.constant(wide), fc.constant(narrow), exampleOf(narrow, ACROSS)),
        ),
        ([wide, narrow, example]) => {
          if (isPartOf(wide, narrow)) expect(textMatches(wide, example)).toBe(true);
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('is reflexive and transitive', () => {
    fc.assert(fc.property(pattern, (one) => isPartOf(one, one)));
    const near = fc.array(fc.constantFrom('a', '*', '?', '/'), { maxLength: 4 }).map((all) => all.join(''));
    fc.assert(
      fc.property(near, near, near, (a, b, c) => {
        if (isPartOf(a, b) && isPartOf(b, c)) expect(isPartOf(a, c)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  it.each<[string, string, boolean]>([
    ['acme/a/*', 'acme/a/b/*', true],
    ['acme/a/*', 'acme/ab/*', false],
    ['acme/a/*', 'acme/*', false],
    ['acme/a*', 'acme/ab*', true],
    ['*', 'arn:aws:s3:::acme/*', true],
    ['*:a', 'b:a', true],
    ['*', '', true],
    ['?', '*', false],
    ['?', '?', true],
    ['*', '?', true],
    ['**', '*', true],
    ['*', '**', true],
    ['a*b*c', 'aXbYc', true],
    ['a*b*c', 'aXcYb', false],
    ['arn:aws:sqs:*:1:q', 'arn:aws:sqs:eu:west:1:q', false],
    ['arn:aws:sqs:*:*:q', 'arn:aws:sqs:eu:1:q', true],
    ['arn:aws:sqs:*', 'arn:aws:sqs:eu:1:q', false],
    ['arn:aws:logs:eu:1:log-group:*', 'arn:aws:logs:eu:1:log-group:a:*', true],
    // A variable of IAM's is whatever it is that day: only a `*` may stand for it, whole, and nothing for its parts.
    ['acme/*', 'acme/${aws:username}', true],
    ['acme/????????????????', 'acme/${aws:username}', false],
    ['acme/${aws:username}', 'acme/${aws:username}', true],
    ['acme/${aws:username}', 'acme/a', false],
    ['acme/${aws:username}/*', 'acme/${aws:username}/a/*', true],
    ["acme/${aws:PrincipalTag/team, '*'}", "acme/${aws:PrincipalTag/team, 'a'}", false],
    ['acme/*user*', 'acme/${aws:username}', false],
    ['arn:aws:sqs:${aws:RequestedRegion}:*:q', 'arn:aws:sqs:${aws:RequestedRegion}:1:q', true],
    ['arn:aws:sqs:${aws:RequestedRegion}:*:q', 'arn:aws:sqs:${aws:RequestedRegion}:1:a:q', false],
    ['acme/??', 'acme/😀', false],
    ['acme/?', 'acme/😀', true],
  ])('%s holds %s: %j', (wide, narrow, part) => {
    expect(isPartOf(wide, narrow)).toBe(part);
  });

  it('ends soon, whatever it is given', () => {
    const wide = `${'*a'.repeat(400)}b`;
    expect(isPartOf(wide, 'a'.repeat(2000))).toBe(false);
    expect(isPartOf(`${'*'.repeat(2000)}`, 'a'.repeat(2000))).toBe(true);
  });
});

function insertedInto(text: string): fc.Arbitrary<string> {
  return fc
    .tuple(fc.nat(text.length), symbol)
    .map(([place, one]) => `${text.slice(0, place)}${one}${text.slice(place)}`);
}

const value = fc
  .array(fc.constantFrom('a', 'b', '/', '-', 'a/'), { maxLength: 4 })
  .map((parts) => parts.join(''));
const template = fc
  .array(fc.constantFrom('acme', '/', '*', '?', '${path}', '${team}', 'x'), { minLength: 1, maxLength: 6 })
  .map((parts) => `arn:aws:s3:::${parts.join('')}`);
const statement = fc.record({
  resources: fc.array(template, { minLength: 1, maxLength: 3 }),
  like: fc.option(fc.array(template, { minLength: 1, maxLength: 2 }), { nil: undefined }),
  equals: fc.option(template, { nil: undefined }),
});
const parameters = fc.record({ path: value, team: value });

const fill = (text: string, { path, team }: { path: string; team: string }) =>
  text.replaceAll('${path}', path).replaceAll('${team}', team);

describe('isNarrower', () => {
  it('is so only where every statement matches nothing that it does not with the wide values', () => {
    let narrower = 0;
    fc.assert(
      fc.property(
        fc.array(statement, { minLength: 1, maxLength: 2 }),
        parameters,
        fc.oneof(
          parameters,
          parameters.map(({ path }) => path),
        ),
        fc.infiniteStream(fc.nat(1000)),
        (statements, wide, more, picks) => {
          // Values that go on where the wide ones end are those that are narrower most often.
          const narrow = typeof more === 'string' ? { ...wide, path: `${wide.path}${more}` } : more;
          const definition = awsCapability({
            statements: statements.map(({ resources, like, equals }) => ({
              actions: ['s3:GetObject'],
              resources,
              conditions: {
                ...(like && { StringLike: { 's3:prefix': like } }),
                ...(equals && { StringEquals: { 's3:ExistingObjectTag/team': equals } }),
              },
            })),
          });
          if (!isNarrower(definition, wide, narrow)) return;
          if (wide.path !== narrow.path || wide.team !== narrow.team) narrower += 1;
          for (const { resources, like = [], equals = '' } of statements) {
            for (const resource of resources) {
              const example = pick(fill(resource, narrow), picks);
              expect(resources.some((one) => arnMatches(fill(one, wide), example))).toBe(true);
            }
            for (const one of like) {
              const example = pick(fill(one, narrow), picks);
              expect(like.some((other) => textMatches(fill(other, wide), example))).toBe(true);
            }
            expect(fill(equals, narrow)).toBe(fill(equals, wide));
          }
        },
      ),
      { numRuns: 5000 },
    );
    expect(narrower).toBeGreaterThan(200);
  });

  it('is so for what is equal', () => {
    fc.assert(
      fc.property(fc.array(template, { minLength: 1 }), parameters, (resources, values) => {
        const definition = awsCapability({ statements: [{ actions: ['s3:GetObject'], resources }] });
        expect(isNarrower(definition, values, values)).toBe(true);
      }),
    );
  });

  it.each<[string, Readonly<Record<string, Readonly<Record<string, string | string[]>>>>, boolean]>([
    ['StringLike', { StringLike: { 's3:prefix': '${path}/*' } }, true],
    ['ArnLike', { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::acme/${path}/*' } }, true],
    ['several values of StringLike', { StringLike: { 's3:prefix': ['${path}', '${path}/*'] } }, true],
    ['StringEquals', { StringEquals: { 's3:prefix': '${path}/' } }, false],
    ['StringNotLike', { StringNotLike: { 's3:prefix': '${path}/*' } }, false],
    ['StringLikeIfExists', { StringLikeIfExists: { 's3:prefix': '${path}/*' } }, false],
    ['ForAllValues:StringLike', { 'ForAllValues:StringLike': { 'aws:TagKeys': '${path}/*' } }, false],
    [
      'what holds no parameter',
      { StringNotLike: { 's3:prefix': 'b/*' }, Bool: { 'aws:ViaAWSService': 'false' } },
      true,
    ],
    ['one of two keys', { StringLike: { 's3:prefix': '${path}/*', 's3:delimiter': '${path}' } }, false],
  ])('reads %s: %j is %j', (_, conditions, narrower) => {
    const definition = awsCapability({
      statements: [{ actions: ['s3:ListBucket'], resources: ['arn:aws:s3:::acme'], conditions }],
    });
    expect(isNarrower(definition, { path: 'a' }, { path: 'a/b' })).toBe(narrower);
    expect(isNarrower(definition, { path: 'a/b' }, { path: 'a' })).toBe(
      narrower && !JSON.stringify(conditions).includes('path'),
    );
    expect(isNarrower(definition, { path: 'a' }, { path: 'a' })).toBe(true);
  });

  it.each<[string, string, Parameters, Parameters]>([
    ['the wide side, in a resource', 'resource', { path: 'a' }, { path: 'a', team: 'b' }],
    ['the narrow side, in a resource', 'resource', { path: 'a', team: 'b' }, { path: 'a' }],
    ['both sides, in a resource', 'resource', { path: 'a' }, { path: 'a' }],
    ['the wide side, in a condition', 'condition', { path: 'a' }, { path: 'a', team: 'b' }],
    ['the narrow side, in a condition', 'condition', { path: 'a', team: 'b' }, { path: 'a' }],
  ])('is never so where a value is missing on %s', (_, place, wide, narrow) => {
    const conditions = { StringLike: { 's3:prefix': [place === 'condition' ? '${team}/*' : 'x'] } };
    const resources = [`arn:aws:s3:::acme/\${path}${place === 'resource' ? '/${team}' : ''}/*`];
    const definition = awsCapability({ statements: [{ actions: ['s3:GetObject'], resources, conditions }] });
    expect(isNarrower(definition, wide, narrow)).toBe(false);
    const whole = { path: 'a', team: 'b' };
    expect(isNarrower(definition, whole, whole)).toBe(true);
  });

  it('takes no value from what every object has', () => {
    const resources = ['arn:aws:s3:::acme/${constructor}/*'];
    const definition = awsCapability({ statements: [{ actions: ['s3:GetObject'], resources }] });
    expect(isNarrower(definition, {}, {})).toBe(false);
  });

  it('takes every statement: one that grows is enough to refuse', () => {
    const statements = ['arn:aws:s3:::acme/${path}/*', 'arn:aws:s3:::${path}-index/*'].map((resource) => ({
      actions: ['s3:GetObject'],
      resources: [resource],
    }));
    const [first] = statements;
    const parameters = [{ path: 'a' }, { path: 'a/b' }] as const;
    expect(isNarrower(awsCapability({ statements: first ? [first] : [] }), ...parameters)).toBe(true);
    expect(isNarrower(awsCapability({ statements }), ...parameters)).toBe(false);
  });
});

/** The example of a pattern that the stream chooses. */
function pick(text: string, picks: fc.Stream<number>): string {
  const fillings = ['', 'a', 'b', '/', 'a/b', 'zz'];
  const number = () => picks.next().value ?? 0;
  return [...text]
    .map((one) => {
      if (one === '*') return fillings[number() % fillings.length] ?? '';
      return one === '?' ? (['a', 'b', '/'][number() % 3] ?? '') : one;
    })
    .join('');
}
