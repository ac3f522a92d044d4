// What a request carries: bodies, queries, tokens, keys, each read strictly or refused with what is wrong.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { bearerToken, idempotencyKey, parseBody, parseQuery, recordedHeaders } from '../../src/api/body.ts';
import { MAX_BODY_BYTES } from '../../src/api/index.ts';
import { credentialsBody, listQuery, noBody, openTaskBody } from '../../src/api/schemas.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { apiRequest, jsonBody } from '../support/api.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const schema = z.strictObject({ a: z.number() });

/** The value, or the code of the refusal. */
const read = (body: Uint8Array | undefined, headers: Readonly<Record<string, string>> = JSON_TYPE) => {
  const parsed = parseBody(apiRequest({ body, headers }), schema, false);
  return parsed instanceof Refusal ? parsed.code : parsed;
};
const pathsOf = (parsed: unknown) =>
  parsed instanceof Refusal ? parsed.extras.errors?.map(({ path }) => path) : 'accepted';

describe('parseBody', () => {
  it.each<[string, string, unknown]>([
    ['what the schema takes', '{"a":1}', { a: 1 }],
    ['blanks around it', ' \r\n{"a":1}\t', { a: 1 }],
    ['a byte order mark', '\ufeff{"a":1}', { a: 1 }],
    ['nothing', '', 'malformed_request'],
    ['blanks', '  ', 'malformed_request'],
    ['half of it', '{"a":', 'malformed_request'],
    ['two of it', '{"a":1}{"a":1}', 'malformed_request'],
    ['a comma too many', '{"a":1,}', 'malformed_request'],
    ['a comment', '{"a":1}//', 'malformed_request'],
    ['NaN', '{"a":NaN}', 'malformed_request'],
    ['a form', 'a=1', 'malformed_request'],
    ['deep nesting', '['.repeat(100_000), 'malformed_request'],
    ['an array', '[]', 'invalid_request'],
    ['null', 'null', 'invalid_request'],
    ['a number', '1', 'invalid_request'],
    ['another type', '{"a":"1"}', 'invalid_request'],
    ['an unknown key', '{"a":1,"b":2}', 'invalid_request'],
    ['a key named __proto__', '{"a":1,"__proto__":{"a":2}}', 'malformed_request'],
    ['half a character', '{"a":"\\ud800"}', 'malformed_request'],
    ['half a character in a key', '{"a":1,"\\udc00":1}', 'malformed_request'],
    ['nothing of it', '{}', 'invalid_request'],
    ['an infinite number', '{"a":1e999}', 'invalid_request'],
    [
      'a very deep value',
      `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      expect.stringMatching(/^(malformed|invalid)_request$/),
    ],
  ])('of %s', (_, text, expected) => {
    expect(read(Buffer.from(text))).toEqual(expected);
  });

  it('takes UTF-8 and nothing else', () => {
    expect(read(Buffer.from('7b2261ff223a317d', 'hex'))).toBe('malformed_request');
    expect(read(Buffer.from('{"a":1}', 'utf16le'))).toBe('malformed_request');
  });

  it('takes up to 1 MiB', () => {
    const filled = (bytes: number) => Buffer.from('{"a":1}'.padEnd(bytes));
    expect(read(filled(MAX_BODY_BYTES))).toEqual({ a: 1 });
    expect(read(filled(MAX_BODY_BYTES + 1))).toBe('request_too_large');
    expect(read(undefined)).toBe('request_too_large');
    // Its size is told before its type is looked at.
    expect(read(undefined, {})).toBe('request_too_large');
  });

  it.each([
    ['application/json', true],
    ['Application/JSON', true],
    ['application/json; charset=utf-8', true],
    ['application/json;charset="UTF-8"', true],
    ['application/json; charset=utf-16', false],
    ['application/jsonx', false],
    ['application/json, text/plain', false],
    ['text/json', false],
    ['text/plain', false],
    ['application/x-www-form-urlencoded', false],
    ['multipart/form-data; boundary=x', false],
    ['', false],
  ])('sent as %j: %j', (type, taken) => {
    expect(read(jsonBody({ a: 1 }), { 'content-type': type })).toEqual(
      taken ? { a: 1 } : 'unsupported_media_type',
    );
  });

  it('wants a type where there is a body, and none where there is not', () => {
    expect(read(jsonBody({ a: 1 }), {})).toBe('unsupported_media_type');
    expect(parseBody(apiRequest(), noBody(), true)).toEqual({});
    expect(read(new Uint8Array(), {})).toBe('malformed_request');
  });

  it('takes no body where there is to be none', () => {
    const given = (body: Uint8Array, headers = JSON_TYPE) =>
      parseBody(apiRequest({ body, headers }), noBody(), true);
    expect(given(jsonBody({}))).toEqual({});
    expect(given(jsonBody({ a: 1 }))).toMatchObject({ code: 'invalid_request' });
    expect(given(jsonBody(null))).toMatchObject({ code: 'invalid_request' });
  });

  it('says where what is wrong, of everything at once', () => {
    const body = {
      purpose: ' ',
      capabilities: [
        { capability: 'reports:read' },
        { capability: 'reports', parameters: { prefix: 1 }, more: 1 },
      ],
      ttlSeconds: 0.5,
      else: true,
    };
    const parsed = parseBody(apiRequest({ body: jsonBody(body), headers: JSON_TYPE }), openTaskBody(), false);
    expect(pathsOf(parsed)).toEqual(
      expect.arrayContaining([
        'purpose',
        'capabilities[1].capability',
        'capabilities[1].parameters.prefix',
        'capabilities[1].more',
        'ttlSeconds',
        'else',
      ]),
    );
  });

  it('says what is wrong with the form that was meant, of two', () => {
    const paths = (body: object) =>
      pathsOf(parseBody(apiRequest({ body: jsonBody(body), headers: JSON_TYPE }), credentialsBody(), false));
    expect(paths({ capability: 'reports:read' })).toBe('accepted');
    expect(paths({ capabilities: [{ capability: 'reports:read' }] })).toBe('accepted');
    expect(paths({ capability: 'reports' })).toEqual(['capability']);
    expect(paths({ capabilities: [] })).toEqual(['capabilities']);
    expect(paths({ capabilities: [{ capability: 'x' }] })).toEqual(['capabilities[0].capability']);
    expect(paths({ capability: 'reports:read', capabilities: [] })).not.toBe('accepted');
  });

  it.each<[string, unknown]>([
    ['no purpose', { purpose: '' }],
    ['too long a purpose', { purpose: 'x'.repeat(2001) }],
    ['no capability', { capabilities: [] }],
    ['too many capabilities', { capabilities: Array.from({ length: 101 }, () => ({ capability: 'aa:bb' })) }],
    ['a capability with a pattern', { capabilities: [{ capability: 'reports:*' }] }],
    ['a capability in capitals', { capabilities: [{ capability: 'Reports:read' }] }],
    ['a capability and a line end', { capabilities: [{ capability: 'reports:read\n' }] }],
    ['a parameter that is no text', { capabilities: [{ capability: 'aa:bb', parameters: { a: ['x'] } }] }],
    ['no time', { ttlSeconds: 0 }],
    ['time before now', { ttlSeconds: -1 }],
    ['time in words', { ttlSeconds: '60' }],
    ['endless time', { ttlSeconds: 2 ** 53 }],
    ['an empty requester', { requester: ' ' }],
    ['a requester token that is none', { requesterToken: '' }],
    ['a key of a later version', { budget: 1 }],
    ['an empty delegation', { delegation: '' }],
  ])('opens no task with %s', (_, change) => {
    const good = { purpose: 'p', capabilities: [{ capability: 'reports:read' }] };
    const given = (body: object) =>
      parseBody(apiRequest({ body: jsonBody(body), headers: JSON_TYPE }), openTaskBody(), false);
    expect(given(good)).toEqual(good);
    expect(given({ ...good, ...(change as object) })).toMatchObject({ code: 'invalid_request' });
  });

  it('never throws', () => {
    const text = fc.oneof(
      fc.uint8Array(),
      fc.json().map((one) => Buffer.from(one)),
    );
    fc.assert(
      fc.property(
        text,
        fc.constantFrom(openTaskBody(), credentialsBody(), noBody()),
        fc.boolean(),
        (body, of, optional) => {
          fc.pre(!(optional && of !== noBody()));
          expect(() => parseBody(apiRequest({ body, headers: JSON_TYPE }), of, optional)).not.toThrow();
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('parseQuery', () => {
  const read = (...query: [string, string][]) => {
    const parsed = parseQuery(apiRequest({ query }), listQuery());
    return parsed instanceof Refusal ? pathsOf(parsed) : parsed;
  };
  it.each<[[string, string][], unknown]>([
    [[], { limit: 100 }],
    [[['limit', '1']], { limit: 1 }],
    [
      [
        ['limit', '500'],
        ['cursor', 'abc'],
      ],
      { limit: 500, cursor: 'abc' },
    ],
    [[['limit', '0']], ['limit']],
    [[['limit', '501']], ['limit']],
    [[['limit', '1.5']], ['limit']],
    [[['limit', '-1']], ['limit']],
    [[['limit', '']], ['limit']],
    [[['limit', 'all']], ['limit']],
    [[['limit', '0x10']], ['limit']],
    [[['limit', '1e2']], ['limit']],
    [[['limit', ' 5']], ['limit']],
    [[['limit', 'Infinity']], ['limit']],
    [
      [
        ['limit', '1'],
        ['limit', '2'],
      ],
      ['limit'],
    ],
    [[['cursor', '']], ['cursor']],
    [[['cursor', 'x'.repeat(4097)]], ['cursor']],
    [[['Limit', '1']], ['Limit']],
    [[['__proto__', '1']], ['__proto__']],
    [[['else', '1']], ['else']],
  ])('%j', (query, expected) => {
    expect(read(...query)).toEqual(expected);
  });
});

describe('bearerToken', () => {
  it.each<[string | undefined, string | undefined]>([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['BEARER   abc', 'abc'],
    [undefined, undefined],
    ['', undefined],
    ['Bearer', undefined],
    ['Bearer ', undefined],
    ['Bearer a b', undefined],
    ['Bearer a, Bearer b', undefined],
    ['Bearer\tabc', undefined],
    [' Bearer abc', undefined],
    ['Bearer abc\n', undefined],
    ['Basic YTpi', undefined],
    ['DPoP abc', 'abc'],
    ['xBearer abc', undefined],
  ])('of %j: %j', (authorization, token) => {
    expect(bearerToken(apiRequest({ headers: { authorization } }))).toBe(token);
  });
});

describe('idempotencyKey', () => {
  it.each(['k', '8e03978e-40d5-43dd-bc93-6894a57f9324', '"quoted"', 'a b', 'x'.repeat(255), '~'])(
    'takes %j',
    (key) => {
      expect(idempotencyKey(apiRequest({ headers: { 'idempotency-key': key } }))).toBe(key);
    },
  );

  it.each(['', ' ', ' k', 'k ', 'x'.repeat(256), 'k\n', 'k\0', '\u00e9', 'k\tk', '\u{1f511}'])(
    'refuses %j',
    (key) => {
      expect(idempotencyKey(apiRequest({ headers: { 'idempotency-key': key } }))).toMatchObject({
        code: 'invalid_request',
        extras: { errors: [{ path: 'Idempotency-Key' }] },
      });
    },
  );

  it('is none where none is sent', () => {
    expect(idempotencyKey(apiRequest())).toBeUndefined();
  });
});

describe('recordedHeaders', () => {
  const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  it('are the reason, cut, and the trace context, if it is one', () => {
    const of = (headers: Readonly<Record<string, string>>) => recordedHeaders(apiRequest({ headers }));
    expect(of({ 'bailiwick-reason': 'because', traceparent: trace })).toEqual({
      reason: 'because',
      traceparent: trace,
    });
    // A little more than is kept of it: it is cut once it is masked.
    const inBytes = Buffer.from('für Zoë').toString('latin1');
    expect(of({ 'bailiwick-reason': inBytes }).reason).toBe('für Zoë');
    expect(of({ 'bailiwick-reason': 'x'.repeat(2000) }).reason).toHaveLength(1500);
    expect(of({ 'bailiwick-reason': '', traceparent: 'x' })).toEqual({});
    for (const bad of [trace.toUpperCase(), `${trace}-00`, `${trace}\n`, trace.slice(1)]) {
      expect(of({ traceparent: bad })).toEqual({});
    }
  });
});
