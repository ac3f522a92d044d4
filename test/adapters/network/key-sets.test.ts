// Key sets: where keys may come from, and how seldom they are fetched.
import { describe, expect, it } from 'vitest';
import { causeOf, DISCOVERY, give, HOST, key, MINUTE, realIssuer } from './support/real-issuer.ts';
import { canary, httpPort } from './support/servers.ts';

describe('where keys come from', () => {
  it('takes those in the file without asking anyone', async () => {
    const { kids, asked } = await realIssuer();
    const own = { issuer: 'demo', jwks: { keys: [key('own')] } };
    expect(await kids('two', own)).toEqual(['own']);
    expect(await kids(undefined, own, () => false)).toEqual(['own']);
    expect(asked).toEqual([]);
  });

  it.each(['', '/', '/tenant', '/tenant/'])(
    'discovers those of an issuer that ends with %j',
    async (path) => {
      const { kids, asked, answers, issuer, jwksUri } = await realIssuer();
      const discovery = `${path.replace(/\/$/, '')}${DISCOVERY}`;
      answers.set(discovery, { body: { issuer: issuer + path, jwks_uri: jwksUri, other: [] } });
      expect(await kids(undefined, { issuer: issuer + path })).toEqual(['one']);
      expect(asked).toEqual([`${HOST}${discovery}`, `${HOST}/keys`]);
    },
  );

  it('goes on to another host where the issuer says so', async () => {
    const { kids, asked, answers, issuer, port } = await realIssuer();
    answers.set(DISCOVERY, { body: { issuer, jwks_uri: `https://keys.example.com:${port}/keys` } });
    expect(await kids()).toEqual(['one']);
    expect(asked).toEqual([`${HOST}${DISCOVERY}`, 'keys.example.com/keys']);
  });

  it('goes straight to a given address', async () => {
    const { kids, asked, jwksUri } = await realIssuer();
    expect(await kids(undefined, { issuer: 'https://other.example.com', jwksUri })).toEqual(['one']);
    expect(asked).toEqual([`${HOST}/keys`]);
  });

  it('is plain http on loopback where that is allowed', async () => {
    let issuer = '';
    const port = await httpPort((request, response) => {
      const body = request.url === '/keys' ? { keys: [key('one')] } : { issuer, jwks_uri: `${issuer}/keys` };
      give(response, { body });
    });
    issuer = `http://127.0.0.1:${port}`;
    const { kids } = await realIssuer();
    expect(await kids(undefined, { issuer })).toEqual(['one']);
    const { kids: deployed } = await realIssuer({ allowLoopback: false });
    expect(await causeOf(deployed(undefined, { issuer }))).toContain('only https');
  });

  it.each([
    ['names another issuer', { issuer: 'https://evil.example.com' }, 'another issuer'],
    ['differs by a slash', { issuer: 'ISSUER/' }, 'another issuer'],
    ['differs by case', { issuer: 'HTTPS://login.example.com' }, 'another issuer'],
    ['names no issuer', { issuer: undefined }, 'issuer'],
    ['names no keys', { jwks_uri: undefined }, 'jwks_uri'],
    ['names several places', { jwks_uri: ['KEYS'] }, 'jwks_uri'],
    ['leads to http', { jwks_uri: 'http://login.example.com/keys' }, 'one is on https'],
    ['leads to http on loopback', { jwks_uri: 'http://127.0.0.1:CANARY/keys' }, 'one is on https'],
    ['leads to a file', { jwks_uri: 'file:///etc/passwd' }, 'one is on https'],
    ['leads nowhere', { jwks_uri: '/keys' }, 'Invalid URL'],
    ['leads to metadata', { jwks_uri: 'https://169.254.169.254/latest/meta-data/' }, 'metadata'],
    ['leads to metadata by its IPv6 name', { jwks_uri: 'https://[::ffff:a9fe:a9fe]/' }, 'IPv4 in IPv6'],
    ['leads into the network', { jwks_uri: 'https://10.0.0.1/keys' }, 'private'],
    ['names a user', { jwks_uri: 'https://a:b@login.example.com:CANARY/keys' }, 'user name'],
  ])('refuses a discovery document that %s', async (_, changed, problem) => {
    const { kids, answers, asked, issuer, jwksUri } = await realIssuer();
    const { port, reached } = await canary();
    const text = JSON.stringify({ issuer, jwks_uri: jwksUri, ...changed })
      .replace('ISSUER', issuer)
      .replace('KEYS', jwksUri)
      .replace('CANARY', String(port));
    answers.set(DISCOVERY, { body: text });
    expect(await causeOf(kids())).toContain(problem);
    expect(asked).toEqual([`${HOST}${DISCOVERY}`]);
    expect(reached()).toBe(0);
  });

  it.each([DISCOVERY, '/keys'])('follows no redirect from %s', async (path) => {
    const { kids, answers, asked, issuer } = await realIssuer();
    answers.set('/elsewhere', { body: { issuer, jwks_uri: `${issuer}/keys`, keys: [key('evil')] } });
    answers.set(path, { body: '', status: 302, headers: { location: `${issuer}/elsewhere` } });
    expect(await causeOf(kids())).toContain('status 302');
    expect(asked.at(-1)).toBe(`${HOST}${path}`);
  });

  it('asks in private ranges only where the issuer lists them, for either document', async () => {
    // An address that may never be dialled stands beside it, so that this test reaches for nobody's network.
    const resolve = async (name: string) => (name === HOST ? ['127.0.0.1'] : ['10.1.2.3', '169.254.169.254']);
    const { kids, answers, issuer } = await realIssuer({ resolve });
    const internal = 'https://keys.internal';
    const listed = ['10.1.0.0/16'];
    expect(await causeOf(kids(undefined, { issuer: internal }))).toContain('private');
    expect(await causeOf(kids(undefined, { issuer: internal, private: listed }))).toContain('metadata');
    expect(await causeOf(kids(undefined, { issuer, jwksUri: internal }))).toContain('private');
    expect(await causeOf(kids(undefined, { issuer, jwksUri: internal, private: listed }))).toContain(
      'metadata',
    );
    answers.set(DISCOVERY, { body: { issuer, jwks_uri: `${internal}/keys` } });
    expect(await causeOf(kids())).toContain('private');
    expect(await causeOf(kids(undefined, { issuer, private: listed }))).toContain('metadata');
  });

  it('is not this machine once deployed, whatever its name', async () => {
    const { port, reached } = await canary();
    const { kids } = await realIssuer({ allowLoopback: false });
    for (const host of [HOST, 'localhost', '127.0.0.1', '[::1]']) {
      const issuer = `https://${host}:${port}`;
      expect(await causeOf(kids(undefined, { issuer, private: ['0.0.0.0/0', '::/0'] }))).toContain(
        'loopback',
      );
    }
    expect(reached()).toBe(0);
  });

  it('keeps issuers apart', async () => {
    const { kids, answers, issuer, jwksUri } = await realIssuer();
    answers.set('/theirs', { body: { keys: [key('theirs')] } });
    const other = { issuer: 'https://other.example.com', jwksUri: `${issuer}/theirs` };
    expect(await kids()).toEqual(['one']);
    expect(await kids('theirs', other)).toEqual(['theirs']);
    expect(await kids('one', { issuer: 'https://third.example.com', jwksUri })).toEqual(['one']);
    expect(await kids('one')).toEqual(['one']);
  });

  it('asks anew once the operator changes where keys may come from', async () => {
    const { kids, asked, source, jwksUri } = await realIssuer();
    for (const changed of [source, { ...source, private: ['10.0.0.0/8'] }, { ...source, jwksUri }]) {
      await kids(undefined, changed);
      await kids(undefined, changed);
    }
    expect(asked.filter((each) => each.endsWith('/keys'))).toHaveLength(3);
  });
});

describe('how seldom', () => {
  it.each(['named', 'nameless'])(
    'fetches once for a flood, and the %s key that comes after it works',
    async (kind) => {
      const { kids, publish, clock, fetches, source } = await realIssuer();
      const nameless = (kid: string) =>
        kids(undefined, source, (keys) => keys.some((each) => each.kid === kid));
      await kids('one');
      await clock.advance(2 * MINUTE);
      const any = (kid: string, i: number) => (i % 2 === 0 ? kids(kid) : nameless(kid));
      const bad = Array.from({ length: 200 }, (_, i) => any(`bad-${i}`, i));
      expect(await Promise.all(bad)).toEqual(bad.map(() => ['one']));
      expect(fetches()).toBe(2);
      publish(key('one'), key('two'));
      const good = kind === 'named' ? kids('two') : nameless('two');
      const worse = Array.from({ length: 200 }, (_, i) => any(`worse-${i}`, i));
      await clock.advance(5000);
      expect(await good).toEqual(['one', 'two']);
      await Promise.all(worse);
      expect(fetches()).toBe(3);
    },
  );

  it.each(['no-store', 'max-age=0', 'max-age=31536000, immutable'])(
    'takes no advice from %s',
    async (control) => {
      const { kids, answers, clock, fetches } = await realIssuer();
      const headers = { 'cache-control': control, expires: 'Thu, 01 Jan 1970 00:00:00 GMT' };
      answers.set('/keys', { body: { keys: [key('one')] }, headers });
      for (let i = 0; i < 5; i += 1) await kids('one');
      expect(fetches()).toBe(1);
      await clock.advance(10 * MINUTE);
      await kids('one');
      expect(fetches()).toBe(2);
    },
  );
});
