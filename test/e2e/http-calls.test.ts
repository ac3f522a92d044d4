// Calls over HTTP: what goes on to the target, with the broker's credential in place of the agent's token, and what comes back.
import { describe, expect, test } from 'vitest';
import { finish, openTask, refusalIn, send } from './support/broker.ts';
import {
  basePath,
  call,
  describeCalls,
  eventsOfCall,
  exchange,
  MARK,
  newMark,
  openFor,
  passed,
  refused,
  secret,
  seen,
  seenOnce,
} from './support/calls.ts';
import { headerOf } from './support/target/seen.ts';
import { CUSTOMER } from './support/target/tickets.ts';
import { agentToken } from './support/tokens.ts';

const READ = ['tickets:read'];
const LAB = ['lab:read', 'lab:write'];

describeCalls('a call', () => {
  test('has the target’s own answer, masked, and the call’s id', async () => {
    const opened = await openFor(READ);
    const answer = passed(await call(opened, 'tickets', '/tickets/42'));
    expect(answer.header('content-type')).toBe('application/json');
    expect(answer.json()).toMatchObject({
      id: '42',
      subject: 'Refund',
      customer: { email: '[EMAIL]' },
      text: 'Please pay it back to my card [CREDIT_CARD], or write to [EMAIL].',
    });
    for (const value of Object.values(CUSTOMER)) expect(answer.everything).not.toContain(value);
    expect(answer.header('bailiwick-masked')).toMatch(/EMAIL=2/);
  });

  test('carries the target’s credential, and nothing of the agent’s', async () => {
    const opened = await openFor(READ);
    const mark = newMark();
    passed(await call(opened, 'tickets', '/tickets/42', { headers: { [MARK]: mark } }));
    const one = await seenOnce(mark);
    expect(one).toMatchObject({ server: 'https', method: 'GET', url: '/api/tickets/42' });
    const authorizations = one.headers.filter(([name]) => name.toLowerCase() === 'authorization');
    expect(authorizations.map(([, value]) => value)).toEqual([`Bearer ${secret('e2e/tickets', 'token')}`]);
    expect(JSON.stringify(one)).not.toContain(opened.token);
  });

  test('goes on with its method, path, query, headers and body', async () => {
    const opened = await openFor(LAB);
    const mark = newMark();
    const body = JSON.stringify({ note: 'plain, and é', mark });
    const answer = await call(opened, 'lab', `/echo/a%20b/%C3%A9?x=1&x=2&empty=&y=%26`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'x-own': 'kept', accept: 'text/x-own', [MARK]: mark },
      body,
    });
    expect(passed(answer).json()).toMatchObject({ method: 'PUT' });
    const one = await seenOnce(mark);
    expect(one).toMatchObject({ method: 'PUT', path: '/api/echo/a%20b/%C3%A9' });
    expect(one.query).toEqual([
      ['x', '1'],
      ['x', '2'],
      ['empty', ''],
      ['y', '&'],
    ]);
    expect(Buffer.from(one.body, 'base64').toString()).toBe(body);
    expect(headerOf(one, 'x-own')).toBe('kept');
    expect(headerOf(one, 'accept')).toBe('text/x-own');
    expect(headerOf(one, 'content-type')).toBe('application/json');
    expect(headerOf(one, 'x-api-key')).toBe(`${secret('e2e/lab', 'key')}.${secret('e2e/lab', 'second')}`);
  });

  test.for(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s goes on as it is', async (method) => {
    const opened = await openFor(LAB);
    const mark = newMark();
    passed(await call(opened, 'lab', '/echo', { method, headers: { [MARK]: mark }, body: 'x' }));
    expect(await seenOnce(mark)).toMatchObject({ method, size: 1 });
  });

  test('with four megabytes of body goes on whole, and with more not at all', async () => {
    const opened = await openFor(LAB);
    const mark = newMark();
    const sending = { method: 'POST', headers: { [MARK]: mark, 'content-type': 'application/octet-stream' } };
    const body = Buffer.alloc(4 * 2 ** 20, 'é');
    passed(await call(opened, 'lab', '/status/200', { ...sending, body }));
    expect((await seenOnce(mark)).size).toBe(body.length);
    const larger = Buffer.concat([body, Buffer.from('x')]);
    refused(await call(opened, 'lab', '/status/200', { ...sending, body: larger }), 'request_too_large');
    expect(await seen(mark)).toHaveLength(1);
  });

  test('of HEAD has the headers alone', async () => {
    const opened = await openFor(READ);
    const answer = passed(await call(opened, 'tickets', '/tickets/42', { method: 'HEAD' }));
    expect(answer.header('content-type')).toBe('application/json');
    expect(answer.bytes).toHaveLength(0);
  });

  test.for([201, 204, 400, 404, 409, 418, 429, 500, 503])('has the target’s status: %i', async (status) => {
    const opened = await openFor(LAB);
    const answer = passed(await call(opened, 'lab', `/status/${status}`), status);
    expect(answer.header('x-status')).toBe('kept');
    expect(answer.bytes).toHaveLength(0);
  });

  test('of the same connection comes after another one', async () => {
    const opened = await openFor(READ);
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, id) => call(opened, 'tickets', `/tickets/${id}`)),
    );
    expect(answers.map((answer) => (passed(answer).json() as { id: string }).id)).toEqual([
      '0',
      '1',
      '2',
      '3',
      '4',
    ]);
    expect(new Set(answers.map((answer) => answer.header('bailiwick-call'))).size).toBe(5);
  });

  test('over plain HTTP, where that is listed', async () => {
    const opened = await openFor(['plain:read']);
    const mark = newMark();
    passed(await call(opened, 'plain', '/echo', { headers: { [MARK]: mark } }));
    const one = await seenOnce(mark);
    expect(one.server).toBe('http');
    expect(headerOf(one, 'authorization')).toBe(`Bearer ${secret('e2e/tickets', 'token')}`);
  });
});

describeCalls('what is recorded of a call', () => {
  test('is its masked request line, what was dropped, and how it ended', async () => {
    const opened = await openFor(READ);
    const answer = passed(
      await call(opened, 'tickets', `/tickets/42?mail=${CUSTOMER.email}`, { headers: { cookie: 'a=b' } }),
    );
    const events = await eventsOfCall(opened, answer);
    expect(events.map(({ type }) => type)).toEqual(['call.requested', 'call.succeeded']);
    const text = JSON.stringify(events);
    expect(text).toContain('GET /tickets/42');
    expect(text).not.toContain(CUSTOMER.email);
    expect(text).not.toContain(secret('e2e/tickets', 'token'));
    expect(text).not.toContain(opened.token);
    expect(text).toContain('cookie');
    expect(answer.header('bailiwick-dropped')).toBe('cookie');
  });
});

describeCalls('who may', () => {
  test('nobody without a token, with a wrong one, or with the agent’s own', async () => {
    const opened = await openFor(READ);
    for (const token of [null, 'nonsense', `${opened.token.slice(0, -4)}AAAA`, agentToken('caller')]) {
      refused(await call(opened, 'tickets', '/tickets/42', { token }), 'unauthenticated');
    }
  });

  test('not another task', async () => {
    const opened = await openFor(READ);
    const other = await openFor(LAB);
    refused(await call(opened, 'tickets', '/tickets/42', { token: other.token }), 'not_found');
    const { decision } = refused(await call(other, 'tickets', '/tickets/42'), 'outside_task');
    expect(decision).toMatchObject({ outcome: 'denied', code: 'outside_task', policies: [] });
  });

  test('not a task that is over', async () => {
    const opened = await openFor(READ);
    await finish(opened);
    refused(await call(opened, 'tickets', '/tickets/42'), 'task_over');
  });

  test('only what the task covers', async () => {
    const opened = await openFor(READ);
    for (const [method, path] of [
      ['GET', '/admin'],
      ['POST', '/tickets/42/replies'],
      ['DELETE', '/tickets/42'],
      ['GET', ''],
      ['GET', '/'],
    ] as const) {
      const { detail } = refused(await call(opened, 'tickets', path, { method }), 'outside_task');
      expect(detail).toMatch(/\S/);
    }
    for (const target of ['reports', 'nothing', 'Tickets', 'tickets%2f..']) {
      const answer = await call(opened, target, '/tickets/42');
      expect(answer.status).toBe(403);
    }
  });

  test('a parameter of the task binds the path', async () => {
    const opened = await openFor([{ capability: 'tickets:mine', parameters: { folder: 'refunds' } }]);
    passed(await call(opened, 'tickets', '/echo/folders/refunds'));
    passed(await call(opened, 'tickets', '/echo/folders/refunds/x'));
    for (const folder of ['payments', 'Refunds', 'refunds%20', 'refunds.', 'refunds%C2%A0']) {
      refused(await call(opened, 'tickets', `/echo/folders/${folder}`), 'outside_task');
    }
  });

  test('a write in production waits for people, and nothing is sent', async () => {
    const opened = await openTask('clerk', [{ capability: 'ledger:book' }, { capability: 'ledger:read' }]);
    const mark = newMark();
    const answer = await call(opened, 'ledger', '/echo/x', { method: 'POST', headers: { [MARK]: mark } });
    expect(answer.status).toBe(202);
    expect(await seen(mark)).toEqual([]);
    passed(await call(opened, 'ledger', '/echo/x', { headers: { [MARK]: mark } }));
    await seenOnce(mark);
  });
});

describeCalls('the task token', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  test.for<[string, (token: string) => Record<string, string>]>([
    ['as a bearer', (token) => ({ authorization: `Bearer ${token}` })],
    ['as a bearer, in small letters', (token) => ({ authorization: `bearer ${token}` })],
    ['as a token', (token) => ({ authorization: `token ${token}` })],
    ['as a password', (token) => ({ authorization: basic(`x:${token}`) })],
    ['as a password of nobody', (token) => ({ authorization: basic(`:${token}`) })],
    ['in the header that the credential goes into', (token) => ({ 'x-api-key': token })],
  ])('%s', async ([, headers]) => {
    const opened = await openFor(LAB);
    const mark = newMark();
    const path = `${basePath(opened, 'lab')}/echo`;
    passed(await exchange(path, { headers: { ...headers(opened.token), [MARK]: mark } }));
    const one = await seenOnce(mark);
    expect(headerOf(one, 'authorization')).toBeUndefined();
    expect(headerOf(one, 'x-api-key')).toBe(`${secret('e2e/lab', 'key')}.${secret('e2e/lab', 'second')}`);
    for (const token of [opened.token, basic(`x:${opened.token}`).slice(6)]) {
      expect(JSON.stringify(one)).not.toContain(token);
    }
  });

  test('in a query is none', async () => {
    const opened = await openFor(LAB);
    const path = `${basePath(opened, 'lab')}/echo?access_token=${opened.token}`;
    refused(await exchange(path), 'unauthenticated');
  });
});

describeCalls('an Idempotency-Key', () => {
  test('makes one call of two, and goes on to the target', async () => {
    const opened = await openFor(LAB);
    const mark = newMark();
    const headers = { 'idempotency-key': `key-${mark}`, 'content-type': 'application/json' };
    const post = (body: object) =>
      call(opened, 'lab', '/echo', { method: 'POST', headers, body: JSON.stringify(body) });
    const first = passed(await post({ mark }));
    const again = passed(await post({ mark }));
    expect(again.bytes.equals(first.bytes)).toBe(true);
    expect(again.header('bailiwick-call')).toBe(first.header('bailiwick-call'));
    expect(headerOf(await seenOnce(mark), 'idempotency-key')).toBe(`key-${mark}`);
    refused(await post({ mark, other: true }), 'idempotency_mismatch');
    await seenOnce(mark);
  });
});

describe('a call’s route', () => {
  test('is nothing without a task', async () => {
    refusalIn(await send('GET', '/v1/tasks/x/http'), 'not_found');
  });
});
