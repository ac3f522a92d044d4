// Key sets: where keys may come from, and how seldom they are fetched whatever happens.
import { describe, expect, it, onTestFinished } from 'vitest';
import { createKeySets } from '../../../src/adapters/network/key-sets.ts';
import type { KeySource } from '../../../src/ports/key-sets.ts';
import { Unavailable } from '../../../src/shared/errors.ts';
import { HOUR, MINUTE, movableClock } from '../../contract/support/clock.ts';
import { fakeServer, type Handler, silentServer } from '../../contract/support/servers.ts';

const ISSUER = 'https://login.example.com';
const JWKS_URI = `${ISSUER}/keys`;
const source: KeySource = { issuer: ISSUER };
const key = (kid: string) => ({ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid });

/** An issuer on the network, whose answers can be changed. */
function setUp(allowLoopbackHttp = false) {
  const clock = movableClock();
  const asked: string[] = [];
  const answers = new Map<string, () => Response>([
    [
      `${ISSUER}/.well-known/openid-configuration`,
      () => Response.json({ issuer: ISSUER, jwks_uri: JWKS_URI }),
    ],
    [JWKS_URI, () => Response.json({ keys: [key('one')] })],
  ]);
  const fetchFake: typeof fetch = async (input) => {
    asked.push(String(input));
    const answer = answers.get(String(input));
    if (answer === undefined) throw new TypeError('fetch failed');
    return answer();
  };
  const keySets = createKeySets({ clock, allowLoopbackHttp, fetch: fetchFake });
  const kids = async (kid?: string, from = source) => (await keySets.keys(from, kid)).map((each) => each.kid);
  const publish = (...names: string[]) =>
    answers.set(JWKS_URI, () => Response.json({ keys: names.map(key) }));
  const fail = () => answers.set(JWKS_URI, () => new Response('no', { status: 500 }));
  const fetches = () => asked.filter((url) => url === JWKS_URI).length;
  return { clock, asked, answers, keySets, kids, publish, fail, fetches };
}

describe('where keys come from', () => {
  it('takes those in the file without asking anyone', async () => {
    const { kids, asked } = setUp();
    expect(await kids('two', { issuer: 'demo', jwks: { keys: [key('own')] } })).toEqual(['own']);
    expect(asked).toEqual([]);
  });

  it.each([ISSUER, `${ISSUER}/`])('discovers those of %s', async (issuer) => {
    const { kids, asked, answers } = setUp();
    const discovery = `${ISSUER}/.well-known/openid-configuration`;
    answers.set(discovery, () => Response.json({ issuer, jwks_uri: JWKS_URI }));
    expect(await kids(undefined, { issuer })).toEqual(['one']);
    expect(asked).toEqual([discovery, JWKS_URI]);
  });

  it('goes straight to a given address', async () => {
    const { kids, asked } = setUp();
    expect(await kids(undefined, { issuer: 'https://other.example.com', jwksUri: JWKS_URI })).toEqual([
      'one',
    ]);
    expect(asked).toEqual([JWKS_URI]);
  });

  it.each([
    ['names another issuer', { issuer: 'https://evil.example.com', jwks_uri: JWKS_URI }],
    ['differs by a slash', { issuer: `${ISSUER}/`, jwks_uri: JWKS_URI }],
    ['names no keys', { issuer: ISSUER }],
    ['leads to http', { issuer: ISSUER, jwks_uri: 'http://login.example.com/keys' }],
    ['leads to loopback http', { issuer: ISSUER, jwks_uri: 'http://127.0.0.1/keys' }],
    ['leads to a file', { issuer: ISSUER, jwks_uri: 'file:///etc/passwd' }],
    ['is no object', []],
  ])('refuses a discovery document that %s', async (_, document) => {
    const { kids, answers, asked } = setUp(true);
    answers.set(`${ISSUER}/.well-known/openid-configuration`, () => Response.json(document));
    await expect(kids()).rejects.toThrow(Unavailable);
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['http://login.example.com', true],
    ['http://127.0.0.1:1', false],
    ['http://localhost.example.com', true],
    ['http://127.0.0.1.example.com', true],
    ['http://10.0.0.1', true],
    ['https://user:password@login.example.com', true],
    ['demo', true],
    ['', true],
  ])('asks nobody for the keys of %j, loopback allowed: %s', async (issuer, allowed) => {
    const { kids, asked } = setUp(allowed);
    await expect(kids(undefined, { issuer })).rejects.toMatchObject({ name: 'Unavailable', backend: 'keys' });
    expect(asked).toEqual([]);
  });

  it.each(['http://127.0.0.1:1', 'http://localhost:1', 'http://[::1]:1', 'http://0x7f.1:1'])(
    'asks %s where loopback is allowed',
    async (issuer) => {
      const { kids, asked } = setUp(true);
      await expect(kids(undefined, { issuer })).rejects.toThrow(Unavailable);
      expect(asked).toHaveLength(1);
    },
  );

  it('leaves out shared secrets, private keys and what it does not know', async () => {
    const { kids, answers } = setUp();
    const odd = [
      { ...key('oct'), kty: 'oct', k: 'c2VjcmV0' },
      { ...key('private'), d: 'd' },
      { ...key('new'), kty: 'NEW' },
    ];
    answers.set(JWKS_URI, () => Response.json({ keys: [...odd, key('one')] }));
    expect(await kids()).toEqual(['one']);
  });
});

describe('how seldom', () => {
  it('fetches once for many, and again after ten minutes', async () => {
    const { clock, kids, publish, fetches } = setUp();
    await Promise.all(Array.from({ length: 50 }, () => kids('one')));
    publish('two');
    clock.advance(10 * MINUTE - 1);
    expect(await kids('one')).toEqual(['one']);
    expect(fetches()).toBe(1);
    clock.advance(1);
    expect(await kids()).toEqual(['two']);
    expect(fetches()).toBe(2);
  });

  it('fetches for an unknown key once in thirty seconds, however many tokens name one', async () => {
    const { clock, kids, publish, fetches } = setUp();
    await kids('one');
    publish('one', 'two');
    expect(await kids('two')).toEqual(['one']);
    clock.advance(30_000);
    const all = await Promise.all(Array.from({ length: 50 }, (_, i) => kids(i === 0 ? 'two' : `bad-${i}`)));
    expect(all[0]).toEqual(['one', 'two']);
    for (let i = 0; i < 50; i += 1) await kids(`worse-${i}`);
    expect(fetches()).toBe(2);
  });

  it('asks an issuer that fails once in five seconds', async () => {
    const { clock, kids, publish, fail, fetches } = setUp();
    fail();
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => kids()));
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    await expect(kids()).rejects.toThrow(Unavailable);
    expect(fetches()).toBe(1);
    publish('one');
    clock.advance(4999);
    await expect(kids()).rejects.toThrow(Unavailable);
    clock.advance(1);
    expect(await kids()).toEqual(['one']);
    expect(fetches()).toBe(2);
  });

  it('keeps the last good keys through an outage of a day, and no longer', async () => {
    const { clock, kids, publish, fail, fetches } = setUp();
    await kids();
    fail();
    clock.advance(24 * HOUR - 1);
    expect(await kids('one')).toEqual(['one']);
    expect(await kids('bad')).toEqual(['one']);
    expect(fetches()).toBe(2);
    clock.advance(1);
    await expect(kids('one')).rejects.toThrow(Unavailable);
    publish('two');
    clock.advance(5000);
    expect(await kids('two')).toEqual(['two']);
  });

  it('keeps issuers apart', async () => {
    const { kids, answers } = setUp();
    const other = { issuer: 'https://other.example.com', jwksUri: 'https://other.example.com/keys' };
    answers.set(other.jwksUri, () => Response.json({ keys: [key('theirs')] }));
    expect(await kids()).toEqual(['one']);
    expect(await kids('one', other)).toEqual(['theirs']);
    expect(await kids('theirs')).toEqual(['one']);
  });
});

describe('on a real connection', () => {
  const keysAt = async (endpoint: string) => {
    const keySets = createKeySets({
      clock: movableClock(),
      allowLoopbackHttp: true,
      timeoutMilliseconds: 200,
    });
    return keySets.keys({ issuer: endpoint, jwksUri: `${endpoint}/keys` }, undefined);
  };
  const serve = async (handler: Handler) => {
    const server = await fakeServer(handler);
    onTestFinished(server.close);
    return server.endpoint;
  };

  it('fetches', async () => {
    const endpoint = await serve((_, __, response) => response.end(JSON.stringify({ keys: [key('one')] })));
    expect(await keysAt(endpoint)).toEqual([key('one')]);
  });

  it('follows no redirect', async () => {
    const asked: (string | undefined)[] = [];
    const endpoint = await serve((request, _, response) => {
      asked.push(request.url);
      if (request.url === '/keys') response.writeHead(302, { location: '/elsewhere' }).end();
      else response.end(JSON.stringify({ keys: [key('one')] }));
    });
    await expect(keysAt(endpoint)).rejects.toThrow(Unavailable);
    expect(asked).toEqual(['/keys']);
  });

  it('reads no more than 512 KB', async () => {
    const pad =
      (length: number): Handler =>
      (_, __, response) => {
        const body = JSON.stringify({ keys: [key('one')], pad: '' });
        response.end(body.replace('"pad":""', `"pad":"${'x'.repeat(length - body.length)}"`));
      };
    expect(await keysAt(await serve(pad(512 * 1024)))).toEqual([key('one')]);
    await expect(keysAt(await serve(pad(512 * 1024 + 1)))).rejects.toThrow(Unavailable);
  });

  it('waits neither for silence nor for a body that never ends', async () => {
    const silent = await silentServer();
    onTestFinished(silent.close);
    await expect(keysAt(silent.endpoint)).rejects.toThrow(Unavailable);
    const endpoint = await serve((_, __, response) => {
      response.write('{"keys":');
    });
    await expect(keysAt(endpoint)).rejects.toThrow(Unavailable);
  });

  it.each(['', 'null', '[]', '{"keys":{}}', '{"keys":[null]}', '{"keys":[{}]}', '<html>'])(
    'refuses the answer %j',
    async (body) => {
      const endpoint = await serve((_, __, response) => response.end(body));
      await expect(keysAt(endpoint)).rejects.toThrow(Unavailable);
    },
  );
});
