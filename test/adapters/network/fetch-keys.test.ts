// Which of the keys that an issuer publishes are taken, and what counts as an outage.
import { describe, expect, it } from 'vitest';
import { Unavailable } from '../../../src/shared/errors.ts';
import { type Answer, key, MINUTE, realIssuer, rsa } from './support/real-issuer.ts';

describe('which keys are taken', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['a number', 1],
    ['a list', [key('odd')]],
    ['empty', {}],
    ['of no type', { ...key('odd'), kty: undefined }],
    ['of an unknown type', { ...key('odd'), kty: 'NEW' }],
    ['a shared secret', { kty: 'oct', k: 'c2VjcmV0', kid: 'odd' }],
    ['private', { ...key('odd'), d: 'd' }],
    ['private though empty', { ...key('odd'), d: '' }],
    ['private in its factors', { ...rsa('odd'), p: 'p', q: 'q' }],
    ['private in more factors', { ...rsa('odd'), oth: [] }],
    ['without its modulus', { ...rsa('odd'), n: undefined }],
    ['without its exponent', { ...rsa('odd'), e: undefined }],
    ['without its curve', { ...key('odd'), crv: undefined }],
    ['without its point', { ...key('odd'), y: undefined }],
    ['with a number for a point', { ...key('odd'), x: 1 }],
    ['with a number for an id', { ...key('odd'), kid: 1 }],
    ['with a list for an algorithm', { ...key('odd'), alg: ['ES256'] }],
    ['with a list for a use', { ...key('odd'), use: ['sig'] }],
    ['with one text for its operations', { ...key('odd'), key_ops: 'verify' }],
    ['with operations that are none', { ...key('odd'), key_ops: ['verify', 1] }],
  ])('leaves out one that is %s, and takes the others', async (_, odd) => {
    const { kids, publish } = await realIssuer();
    publish(key('one'), odd, rsa('two'));
    expect(await kids()).toEqual(['one', 'two']);
  });

  it('takes public members, and none of the others', async () => {
    const { keySets, source, publish } = await realIssuer();
    const all = { ...rsa('one'), alg: 'RS256', use: 'sig', key_ops: ['verify'] };
    const okp = { kty: 'OKP', crv: 'Ed25519', x: 'x' };
    publish({ ...all, x5c: ['MII'], x5u: 'https://evil.example.com', extra: {}, issuer: 'x' }, okp);
    expect(await keySets.keys(source, undefined)).toEqual([all, okp]);
  });

  it('takes a hundred, and of more none', async () => {
    const { kids, publish } = await realIssuer();
    publish(...Array.from({ length: 100 }, (_, i) => key(`${i}`)));
    expect(await kids()).toHaveLength(100);
    const { kids: another, publish: publishThere } = await realIssuer();
    publishThere(...Array.from({ length: 101 }, (_, i) => key(`${i}`)));
    await expect(another()).rejects.toThrow(Unavailable);
  });

  it('believes an issuer that says it has none', async () => {
    const { kids, publish, clock } = await realIssuer();
    expect(await kids()).toEqual(['one']);
    publish();
    await clock.advance(10 * MINUTE);
    expect(await kids('one')).toEqual([]);
  });

  it.each<[string, Answer]>([
    ['nothing', { body: '' }],
    [
      'a page',
      { body: '<html><body>We are back soon.</body></html>', headers: { 'content-type': 'text/html' } },
    ],
    ['null', { body: 'null' }],
    ['a list', { body: [key('two')] }],
    ['no keys', { body: {} }],
    ['keys that are no list', { body: { keys: { two: key('two') } } }],
    ['one key', { body: key('two') }],
    ['odd keys alone', { body: { keys: [null, {}] } }],
    ['a secret alone', { body: { keys: [{ kty: 'oct', k: 'k', kid: 'two' }] } }],
    ['too many keys', { body: { keys: Array.from({ length: 101 }, () => key('two')) } }],
    ['a failure', { body: { keys: [key('two')] }, status: 503 }],
    ['half of it', { body: '{"keys":[{"kty":"EC"' }],
  ])('takes %s for an outage, which the last good keys bridge', async (_, answer) => {
    const { kids, answers, clock, fetches } = await realIssuer();
    expect(await kids()).toEqual(['one']);
    answers.set('/keys', answer);
    await clock.advance(10 * MINUTE);
    expect(await kids('one')).toEqual(['one']);
    expect(fetches()).toBe(2);
    await clock.advance(24 * 60 * MINUTE);
    await expect(kids('one')).rejects.toMatchObject({ name: 'Unavailable', backend: 'keys' });
  });
});
