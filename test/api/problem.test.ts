// Refusals and faults as problem documents, and what the log says of a fault: never its message.
import { describe, expect, it } from 'vitest';
import { logFault, problem, refusalOfFault } from '../../src/api/index.ts';
import { SIGNATURE_ALGORITHMS } from '../../src/identity/index.ts';
import type { LogFields } from '../../src/ports/log.ts';
import { BadCursor } from '../../src/ports/records.ts';
import { CODES, STATUS_OF_CODE } from '../../src/shared/codes.ts';
import { type Backend, Refusal, Unavailable } from '../../src/shared/errors.ts';
import { bodyOf, PUBLIC_URL } from '../support/api.ts';

/** What proofs may be signed with: RFC 9449, 7.1. */
const DPOP = `DPoP algs="${SIGNATURE_ALGORITHMS.join(' ')}"`;

describe('problem', () => {
  it.each(CODES)('of %s', (code) => {
    const response = problem(new Refusal(code, 'A sentence.'), 'req-1', PUBLIC_URL);
    expect(response.status).toBe(STATUS_OF_CODE[code]);
    expect(response.headers['content-type']).toBe('application/problem+json');
    expect(bodyOf(response)).toEqual({
      type: 'about:blank',
      title: expect.stringMatching(/^\w/),
      status: response.status,
      code,
      detail: 'A sentence.',
      requestId: 'req-1',
    });
    expect('www-authenticate' in response.headers).toBe(code === 'unauthenticated');
  });

  it('carries what a refusal has beside', () => {
    const extras = {
      errors: [{ path: 'a', problem: 'b' }],
      decision: { outcome: 'denied' },
      call: 'call_1',
      retryAfterSeconds: 5,
      allow: ['GET', 'POST'],
    };
    const response = problem(new Refusal('conflict', 'A sentence.', extras), 'req-1');
    const { errors, decision, call } = extras;
    expect(bodyOf(response)).toMatchObject({ errors, decision, call });
    expect(response.headers).toMatchObject({ 'retry-after': '5', allow: 'GET, POST' });
  });

  it('says where tokens come from, if that is known', () => {
    const refusal = new Refusal('unauthenticated', 'A sentence.');
    expect(problem(refusal, 'r', PUBLIC_URL).headers['www-authenticate']).toBe(
      `Bearer resource_metadata="${PUBLIC_URL}/.well-known/oauth-protected-resource", ${DPOP}`,
    );
    expect(problem(refusal, 'r').headers['www-authenticate']).toBe(`Bearer, ${DPOP}`);
    const asPassword = refusal.saying(refusal.detail, { takesBasic: true });
    expect(problem(asPassword, 'r').headers['www-authenticate']).toBe(
      `Bearer, ${DPOP}, Basic realm="bailiwick", charset="UTF-8"`,
    );
  });
});

const CANARY = 'canary-q8Xw';

describe('a fault', () => {
  it.each<[unknown, string]>([
    [new Unavailable('events'), 'audit_unavailable'],
    [new Unavailable('keys'), 'target_unavailable'],
    ...(['records', 'objects', 'secrets', 'sessions'] as const).map((backend: Backend): [unknown, string] => [
      new Unavailable(backend),
      'internal',
    ]),
    [new BadCursor(), 'invalid_request'],
    [new Error(CANARY), 'internal'],
    [CANARY, 'internal'],
    [undefined, 'internal'],
    [{ code: 'task_over', detail: CANARY }, 'internal'],
  ])('%s is answered with %s', (fault, code) => {
    const refusal = refusalOfFault(fault);
    expect(refusal.code).toBe(code);
    expect(JSON.stringify(refusal)).not.toContain(CANARY);
  });

  const logged = (fault: unknown) => {
    const lines: [string, LogFields][] = [];
    const add = (message: string, fields: LogFields) => void lines.push([message, fields]);
    logFault({ info: add, warn: add, error: add }, fault, 'req-1');
    return lines;
  };

  it.each<[string, unknown]>([
    ['a message', new Error(CANARY)],
    ['a message of several lines', new Error(`no\n${CANARY}\n`)],
    ['a message that looks like a place', new Error(`no\n    at ${CANARY} (file.ts:1:1)`)],
    ['a message changed later', Object.assign(new Error(`no\n    at ${CANARY}`), { message: 'else' })],
    ['a cause', new Error('no', { cause: new Error(CANARY) })],
    ['a name', Object.assign(new Error('no'), { name: `no ${CANARY}` })],
    ['members', Object.assign(new Error('no'), { token: CANARY })],
    ['text', CANARY],
    ['an object', { message: CANARY, name: CANARY, stack: CANARY }],
    ['a back end that says too much', new Unavailable('records', new Error(CANARY))],
    ['a back end whose fault is text', new Unavailable('records', CANARY)],
  ])('is logged without %s', (_, fault) => {
    const lines = logged(fault);
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain(CANARY);
    expect(JSON.stringify(lines)).toContain('req-1');
  });

  it('is logged with its name and the place it was thrown', () => {
    expect(logged(new RangeError('no'))).toEqual([
      [
        'request failed',
        { requestId: 'req-1', error: expect.stringMatching(/^RangeError at .*problem\.test\.ts/) },
      ],
    ]);
    expect(logged(new Unavailable('events', new TypeError('no')))).toEqual([
      [
        'back end unavailable',
        { requestId: 'req-1', backend: 'events', error: expect.stringMatching(/^TypeError at /) },
      ],
    ]);
  });

  it('is not logged where a caller made up a cursor', () => {
    expect(logged(new BadCursor())).toEqual([]);
  });
});
