// How the broker proves itself to a target: every way of putting a credential in, and secrets that change meanwhile.
import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  call,
  changeKey,
  describeCalls,
  forgetTokens,
  issuedTokens,
  MARK,
  newMark,
  openFor,
  passed,
  place,
  putSecret,
  refused,
  secret,
  seen,
  seenOnce,
} from './support/calls.ts';
import { headerOf } from './support/target/seen.ts';

/** One call of a task that may nothing else, and what the target saw of it. */
async function once(target: string, path = '/echo', headers: Record<string, string> = {}) {
  const opened = await openFor([`${target}:read`]);
  const mark = newMark();
  const answer = await call(opened, target, path, { headers: { ...headers, [MARK]: mark } });
  return { answer: passed(answer), one: await seenOnce(mark) };
}

describeCalls('a credential', () => {
  test('in the query stands there once, whatever the agent sent', async () => {
    const { one, answer } = await once('by-query', '/status/200?api_key=stolen&x=1&API_KEY=y');
    const keys = one.query.filter(([name]) => name === 'api_key');
    expect(keys).toEqual([['api_key', secret('e2e/by-query', 'key')]]);
    expect(one.query).toEqual([...keys, ['x', '1'], ['API_KEY', 'y']]);
    expect(answer.everything).not.toContain(secret('e2e/by-query', 'key'));
  });

  test('as a name and a password', async () => {
    const { one } = await once('by-basic');
    const text = Buffer.from((headerOf(one, 'authorization') ?? '').slice('Basic '.length), 'base64');
    expect(text.toString()).toBe(`broker:${secret('e2e/by-basic', 'password')}`);
  });

  test('by TLS', async () => {
    const { one } = await once('mutual');
    expect(one.server).toBe('mutual');
    expect(one.certificate).toBe(new X509Certificate(place().client.cert).fingerprint256);
  });

  test('signed with the task’s session', async () => {
    const opened = await openFor(['by-sigv4:read', 'by-sigv4:write', 'scratch:read']);
    const mark = newMark();
    const read = passed(
      await call(opened, 'by-sigv4', '/things/a%20b?z=1&a=2', { headers: { [MARK]: mark } }),
    );
    expect(read.json()).toMatchObject({ path: '/aws/things/a%20b' });
    const one = await seenOnce(mark);
    expect(headerOf(one, 'authorization')).toMatch(/^AWS4-HMAC-SHA256 /);
    expect(headerOf(one, 'x-amz-security-token')).toMatch(/\S{16,}/);
    const sending = { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } };
    expect(passed(await call(opened, 'by-sigv4', '/things', sending)).json()).toMatchObject({ size: 7 });
    // Without anything at that target there is no session.
    const without = await openFor(['by-sigv4:read']);
    refused(await call(without, 'by-sigv4', '/things'), 'outside_task');
  });
});

describeCalls('by OAuth', () => {
  test('a token is fetched once, and again when it is taken no more, once', async () => {
    const opened = await openFor(['by-oauth:read']);
    const tokenOf = async () => {
      const mark = newMark();
      passed(await call(opened, 'by-oauth', '/x', { headers: { [MARK]: mark } }));
      return headerOf((await seen(mark)).at(-1) ?? { headers: [] }, 'authorization');
    };
    const first = await tokenOf();
    expect(first).toMatch(/^Bearer oauth-token-/);
    expect(await tokenOf()).toBe(first);
    const issued = await forgetTokens();
    const second = await tokenOf();
    expect(second).toMatch(/^Bearer oauth-token-/);
    expect(second).not.toBe(first);
    expect(await issuedTokens()).toBe(issued + 1);
  });

  test('the token does not come back', async () => {
    const opened = await openFor(['by-oauth:read']);
    const mark = newMark();
    const answer = passed(await call(opened, 'by-oauth', '/x', { headers: { [MARK]: mark } }));
    const shown = headerOf((await seen(mark)).at(-1) ?? { headers: [] }, 'authorization') ?? '';
    expect(shown).toMatch(/^Bearer oauth-token-/);
    expect(answer.everything).not.toContain(shown.slice('Bearer '.length));
  });
});

describeCalls('a secret that is changed', () => {
  test('is read afresh when the old one is refused, once, and from then on', async () => {
    const opened = await openFor(['rotating:read']);
    passed(await call(opened, 'rotating', '/before'));
    const next = `second-${newMark()}`;
    await putSecret('e2e/rotating', { key: next });
    await changeKey(next);
    const mark = newMark();
    passed(await call(opened, 'rotating', '/after', { headers: { [MARK]: mark } }));
    const keys = (await seen(mark)).map((one) => headerOf(one, 'x-key'));
    expect(keys.at(-1)).toBe(next);
    expect(keys.length).toBeLessThanOrEqual(2);
    // The target's key is another one than anybody told the broker: its refusal is the answer.
    await changeKey('a key that the broker is not told');
    const other = newMark();
    passed(await call(opened, 'rotating', '/never', { headers: { [MARK]: other } }), 401);
    expect((await seen(other)).length).toBeLessThanOrEqual(2);
    await changeKey(next);
    passed(await call(opened, 'rotating', '/again'));
  });
});

describeCalls('where no call is made', () => {
  test.for<[string, string]>([
    ['untrusted', 'nobody the broker trusts has signed the certificate'],
    ['wrong-name', 'the certificate is for another name'],
    ['nobody', 'nobody listens'],
    ['no-secret', 'the secret does not exist'],
  ])('%s: %s', async ([target]) => {
    const opened = await openFor([`${target}:read`]);
    const mark = newMark();
    const answer = await call(opened, target, '/echo', { headers: { [MARK]: mark } });
    refused(answer, 'target_unavailable');
    // No address, no name of a secret, and no words of a library.
    expect(answer.text).not.toMatch(/127\.0\.0\.1|ECONN|ERR_|errno|e2e\/|self.signed/i);
    expect(await seen(mark)).toEqual([]);
  });

  test('a target that asks for a certificate that there is not has done nothing', async () => {
    const opened = await openFor(['not-shown:read']);
    const mark = newMark();
    // By TLS 1.3 it does so only when the request is on its way.
    refused(await call(opened, 'not-shown', '/echo', { headers: { [MARK]: mark } }), 'target_unavailable');
    expect(await seen(mark)).toEqual([]);
  });

  test('a write to where nobody listens did nothing, and says so', async () => {
    const opened = await openFor(['nobody:write']);
    refused(await call(opened, 'nobody', '/x', { method: 'POST', body: '{}' }), 'target_unavailable');
  });
});
