// What token exchange is made of: forms as they are read, refusals as OAuth errors, and any request at all.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenAnswer, tokenError } from '../../src/api/answers.ts';
import { parseForm } from '../../src/api/form.ts';
import { answer, problem } from '../../src/api/index.ts';
import { oauthDescription, oauthRefusal, oauthStatus } from '../../src/api/oauth.ts';
import { CODES, STATUS_OF_CODE } from '../../src/shared/codes.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { apiRequest, bodyOf, endpointsOf, PUBLIC_URL } from '../support/api.ts';
import { createWorld } from '../support/world.ts';

const TYPE = { 'content-type': 'application/x-www-form-urlencoded' };

describe('a form', () => {
  const read = (body: string | Uint8Array) => {
    const form = parseForm(apiRequest({ headers: TYPE, body: Buffer.from(body) }));
    return form instanceof Refusal ? form.code : [...form];
  };

  it.each<[string, unknown]>([
    ['', []],
    ['&&', []],
    ['a', []],
    ['a=', []],
    ['a=1', [['a', ['1']]]],
    ['a=1&', [['a', ['1']]]],
    [
      'a=1&b=2&a=3&a=',
      [
        ['a', ['1', '3']],
        ['b', ['2']],
      ],
    ],
    ['a=b=c', [['a', ['b=c']]]],
    ['a=%26%3D%2B+%20', [['a', ['&=+  ']]]],
    ['%61=1', [['a', ['1']]]],
    ['a+b=1', [['a b', ['1']]]],
    ['=1', [['', ['1']]]],
    ['a=%C3%A9é', [['a', ['éé']]]],
    [
      '__proto__=1&constructor=2',
      [
        ['__proto__', ['1']],
        ['constructor', ['2']],
      ],
    ],
    ['a;b=1', [['a;b', ['1']]]],
    ['a=%', 'malformed_request'],
    ['a=%4', 'malformed_request'],
    ['a=%zz', 'malformed_request'],
    ['%zz=a', 'malformed_request'],
    ['a=%c0%af', 'malformed_request'],
    ['a=%ed%a0%80', 'malformed_request'],
  ])('%j', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('is UTF-8', () => {
    expect(read(Uint8Array.of(0x61, 0x3d, 0xff))).toBe('malformed_request');
  });

  it('is read as everyone writes it', () => {
    const pair = fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme', minLength: 1 }));
    fc.assert(
      fc.property(fc.array(pair), (pairs) => {
        const expected = new Map<string, string[]>();
        for (const [name, value] of pairs) expected.set(name, [...(expected.get(name) ?? []), value]);
        expect(read(new URLSearchParams(pairs).toString())).toEqual([...expected]);
      }),
    );
  });

  it('is not one where its size was too much to read', () => {
    expect(parseForm(apiRequest({ headers: TYPE, body: undefined }))).toMatchObject({
      code: 'request_too_large',
    });
  });
});

describe('an OAuth error', () => {
  it.each(CODES)('of %s keeps to the RFC, and its status where that says more', (code) => {
    const shown = problem(oauthRefusal(new Refusal(code, 'A sentence.')), 'req-1', PUBLIC_URL);
    expect(tokenError.parse(bodyOf(shown))).toMatchObject({
      code,
      error_description: 'A sentence.',
      requestId: 'req-1',
    });
    expect(shown.status).toBe(oauthStatus(code));
    // RFC 6749 has a 401 for clients that fail to authenticate, and here no client ever does.
    expect([400, 409, 413, 422, 429, 500, 502, 503, 504]).toContain(shown.status);
    if (shown.status !== 400) expect(shown.status).toBe(STATUS_OF_CODE[code]);
    expect(shown.headers).not.toHaveProperty('www-authenticate');
  });

  it('speaks of parameters, not of fields', () => {
    const fields = [
      'capabilities[0].parameters.prefix',
      'ttlSeconds',
      'requesterToken',
      'requester',
      'capabilities',
    ];
    const errors = fields.map((path) => ({ path, problem: 'no' }));
    const paths = (way: 'scope' | 'authorization_details') =>
      oauthRefusal(new Refusal('invalid_request', 'No.', { errors }), way).extras.errors?.map(
        ({ path }) => path,
      );
    expect(paths('scope')).toEqual([
      'scope[0].parameters.prefix',
      'ttl_seconds',
      'subject_token',
      'requester',
      'scope',
    ]);
    expect(paths('authorization_details')?.[0]).toBe('authorization_details[0].parameters.prefix');
  });

  it('keeps what it was before, and when to try again', () => {
    const first = oauthRefusal(new Refusal('outside_task', 'No.'), 'authorization_details');
    expect(oauthRefusal(first)).toBe(first);
    const later = oauthRefusal(new Refusal('rate_limited', 'No.', { retryAfterSeconds: 7 }));
    expect(problem(later, 'req-1').headers).toMatchObject({ 'retry-after': '7' });
  });

  it('is described in the characters that are allowed', () => {
    expect(oauthDescription('Say "a\\b": `Bearer …` é 🗝️\n')).toBe("Say 'a?b': `Bearer ...` ? ???");
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(oauthDescription(text)).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/);
      }),
    );
  });
});

describe('any token request', () => {
  const NAMES = [
    'grant_type',
    'subject_token',
    'subject_token_type',
    'actor_token',
    'actor_token_type',
    'requested_token_type',
    'resource',
    'audience',
    'scope',
    'authorization_details',
    'purpose',
    'ttl_seconds',
    'delegation',
    'requester',
    '__proto__',
    'x',
  ];

  it('has an answer as the RFCs have it, and never another task than its agent may have', async () => {
    const world = await createWorld();
    const endpoint = endpointsOf(world).find(({ route }) => route.name === 'exchangeToken');
    if (endpoint === undefined) throw new Error('no endpoint');
    const value = fc.oneof(
      fc.constantFrom(
        'urn:ietf:params:oauth:grant-type:token-exchange',
        'urn:ietf:params:oauth:token-type:jwt',
        'urn:ietf:params:oauth:token-type:access_token',
        world.agentToken(),
        world.personToken(),
        PUBLIC_URL,
        'reports:list sandbox:read',
        '[{"type":"bailiwick_capability","capability":"reports:write"}]',
        '60',
      ),
      fc.string({ unit: 'binary' }),
      fc.json(),
    );
    // What is good to begin with, so that more than the first check is met.
    const proofs: [string, string][] = [
      ['grant_type', 'urn:ietf:params:oauth:grant-type:token-exchange'],
      ['subject_token', world.agentToken()],
      ['subject_token_type', 'urn:ietf:params:oauth:token-type:jwt'],
    ];
    const start = fc.constantFrom<[string, string][]>([], proofs, [
      ...proofs,
      ['scope', 'reports:list sandbox:read'],
    ]);
    const pairs = fc
      .tuple(start, fc.array(fc.tuple(fc.constantFrom(...NAMES), value), { maxLength: 4 }))
      .map(([first, more]) => Buffer.from(new URLSearchParams([...first, ...more]).toString()));
    const body = fc.oneof(
      { weight: 5, arbitrary: pairs },
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    );
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(body, async (bytes) => {
        const request = apiRequest({ headers: TYPE, body: bytes });
        const response = await answer(endpoint, request, world.dependencies.log, PUBLIC_URL);
        met.add(String(bodyOf(response)['code'] ?? 'granted'));
        expect(response.headers).toMatchObject({ 'content-type': 'application/json', pragma: 'no-cache' });
        if (response.status === 200) {
          const { scope, task } = tokenAnswer.parse(bodyOf(response));
          expect(['reports:list', 'reports:write']).toContain(scope);
          expect(world.tasks().find(({ id }) => id === task)?.agent).toBe('report-builder');
        } else {
          expect(response.status).toBe(400);
          expect(tokenError.parse(bodyOf(response)).error_description).toMatch(
            /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/,
          );
        }
        expect(world.logged.filter(({ level }) => level === 'error')).toEqual([]);
      }),
      { numRuns: 400 },
    );
    expect([...met]).toEqual(expect.arrayContaining(['granted', 'invalid_request', 'malformed_request']));
  });
});
