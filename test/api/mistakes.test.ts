// Requests full of mistakes, from anybody: what is too much is told by its count, before any of it is looked at.
import { describe, expect, it } from 'vitest';
import { safeParse } from 'zod/mini';
import { fieldProblems, parseBody } from '../../src/api/body.ts';
import { parseForm } from '../../src/api/form.ts';
import { MAX_BODY_BYTES } from '../../src/api/index.ts';
import { credentialsBody, delegateBody, openTaskBody, tokenWishes } from '../../src/api/schemas.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { apiRequest } from '../support/api.ts';

/** Throws when any of its entries is looked at. */
function untouchable<T extends object>(entries: number, of: T): T {
  for (let place = 0; place < entries; place += 1) {
    const get = () => {
      throw new Error('this was looked at');
    };
    Object.defineProperty(of, Array.isArray(of) ? place : `p${place}`, { enumerable: true, get });
  }
  return of;
}

const NAME = 'reports:read';
const one = (parameters: object) => ({ capability: NAME, parameters });
const manyParameters = () => untouchable(33, {});

describe('entries are counted before any of them is looked at', () => {
  it.each([
    ['parameters', openTaskBody(), { purpose: 'x', capabilities: [one(manyParameters())] }, 32],
    ['capabilities', openTaskBody(), { purpose: 'x', capabilities: untouchable(101, []) }, 100],
    ['capabilities to hand on', delegateBody(), { agent: 'scout', capabilities: untouchable(101, []) }, 100],
    ['parameters to hand on', delegateBody(), { agent: 'scout', capabilities: [one(manyParameters())] }, 32],
    ['capabilities of one request', credentialsBody(), { capabilities: untouchable(21, []) }, 20],
    ['parameters of one request', credentialsBody(), one(manyParameters()), 32],
    ['targets of a token', tokenWishes(), { resource: untouchable(101, []) }, 100],
    [
      'details of a token',
      tokenWishes(),
      { authorization_details: `[${Array.from({ length: 101 }, () => '1').join(',')}]` },
      100,
    ],
  ] as const)('%s', (_, schema, body, most) => {
    const { error } = safeParse(schema, body, { reportInput: true });
    const problems = error === undefined ? [] : fieldProblems(error);
    expect(problems.map(({ problem }) => problem)).toEqual([`must have at most ${most} entries`]);
  });

  it('as many as there may be are looked at, each', () => {
    const parameters = Object.fromEntries(Array.from({ length: 32 }, (_, place) => [`p${place}`, 1]));
    const capabilities = Array.from({ length: 100 }, () => one(parameters));
    const { error } = safeParse(openTaskBody(), { purpose: 'x', capabilities });
    expect(error?.issues).toHaveLength(3200);
  });
});

const filled = (before: string, unit: (place: number) => string, after: string) => {
  const units: string[] = [];
  let left = MAX_BODY_BYTES - before.length - after.length;
  for (let next = unit(0); left > next.length; next = unit(units.length)) {
    units.push(next);
    left -= next.length + 1;
  }
  return before + units.join(',') + after;
};
const member = (place: number) => `"${place.toString(36)}":1`;
const parse = (text: string) =>
  parseBody(
    apiRequest({ body: Buffer.from(text), headers: { 'content-type': 'application/json' } }),
    openTaskBody(),
    false,
  );

describe('a whole body of mistakes is refused like any other, and for one reason', () => {
  it.each([
    [
      'parameters',
      filled('{"purpose":"x","capabilities":[{"capability":"a:b","parameters":{', member, '}}]}'),
    ],
    ['capabilities', filled('{"purpose":"x","capabilities":[', () => '1', ']}')],
    ['members that nobody knows', filled('{', member, '}')],
    ['nothing', filled('[', () => '[]', ']')],
  ])('made of %s', (_, text) => {
    expect(parse(text)).toMatchObject({
      code: 'invalid_request',
      extras: { errors: [{ path: '', problem: 'must hold at most 20000 values' }] },
    });
  });

  it('or where it is just not too much, for fifty', () => {
    const members = Array.from({ length: 19_999 }, (_, place) => member(place)).join(',');
    const refused = parse(`{"purpose":"x",${members}}`);
    expect(refused instanceof Refusal ? refused.extras.errors : undefined).toHaveLength(50);
    expect(parse(`{"purpose":"x","one":1,${members}}`)).toMatchObject({ extras: { errors: [{ path: '' }] } });
  });

  it('what is unsound is found however deep it lies', () => {
    for (const unsound of ['"\\ud800"', '{"\\udc00":1}', '{"__proto__":1}']) {
      expect(parse(`{"a":[{"b":[1,"x",${unsound}]}]}`)).toMatchObject({ code: 'malformed_request' });
    }
    expect(parse('{"a":[{"b":"__proto__"}]}')).toMatchObject({ code: 'invalid_request' });
  });
});

describe('a form', () => {
  const form = (pairs: number) =>
    parseForm(
      apiRequest({
        body: Buffer.from(Array.from({ length: pairs }, (_, place) => `n${place}=v`).join('&')),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      }),
    );

  it('has at most a thousand names', () => {
    expect(form(1000)).toHaveProperty('size', 1000);
    expect(form(1001)).toMatchObject({ code: 'malformed_request', detail: expect.stringContaining('1000') });
  });
});
