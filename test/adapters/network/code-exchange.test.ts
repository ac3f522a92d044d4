// The provider at which people log in, as it is found and asked for an ID token: over what, how much, how long.
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type CodeExchangeDependencies,
  createCodeExchange,
} from '../../../src/adapters/network/code-exchange.ts';
import type { CodeGrant } from '../../../src/ports/code-exchange.ts';
import { Unavailable } from '../../../src/shared/errors.ts';
import { Secret } from '../../../src/shared/secret.ts';
import { type Odd, type OidcProviderOptions, startOidcProvider } from '../../support/oidc-provider.ts';
import { selfSigned } from './support/certificate.ts';
import { heldClock } from './support/held-clock.ts';
import { canary } from './support/servers.ts';

const REDIRECT_URI = 'https://bailiwick.example.com/approve/login/callback';
const CLIENT_ID = 'an id: with/odd+letters';
const CLIENT_SECRET = 'canary:secret/+é%';
const VERIFIER = 'v'.repeat(43);

interface Given extends Partial<Omit<OidcProviderOptions, 'client'>> {
  readonly clientSecret?: string | undefined;
  readonly odd?: Odd;
  readonly exchange?: Partial<CodeExchangeDependencies>;
}

async function setUp({ exchange, odd = {}, ...options }: Given = {}) {
  const { clientSecret } = 'clientSecret' in options ? options : { clientSecret: CLIENT_SECRET };
  const provider = await startOidcProvider({
    people: { dana: { email: 'dana@example.com' } },
    ...options,
    client: {
      clientId: CLIENT_ID,
      ...(clientSecret === undefined ? {} : { clientSecret }),
      redirectUris: [REDIRECT_URI],
    },
  });
  onTestFinished(() => provider.close());
  provider.odd = odd;
  const clock = heldClock();
  const codes = createCodeExchange({ clock, allowLoopback: true, ...exchange });
  const source = { issuer: provider.issuer };
  const grant: CodeGrant = {
    clientId: CLIENT_ID,
    ...(clientSecret === undefined ? {} : { clientSecret: new Secret(clientSecret) }),
    code: new Secret('canary-code'),
    verifier: new Secret(VERIFIER),
    redirectUri: REDIRECT_URI,
  };
  /** A code as the provider gives one, for a challenge. */
  const granted = async (challenge: string) => {
    const query = new URLSearchParams({
      client_id: CLIENT_ID,
      redirect_uri: REDIRECT_URI,
      response_type: 'code',
      scope: 'openid',
      nonce: 'n',
      state: 's',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    });
    const back = await provider.visit(`${provider.issuer}/authorize?${query}`);
    return new Secret(new URL(back).searchParams.get('code') ?? '');
  };
  return { provider, clock, codes, source, grant, granted };
}

/** BASE64URL(SHA256(VERIFIER)). */
const CHALLENGE = await crypto.subtle
  .digest('SHA-256', Buffer.from(VERIFIER))
  .then((hash) => Buffer.from(hash).toString('base64url'));

/** What kept it from being done; the test fails where a secret of it is told. */
async function causeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => new Error('nothing'),
    (reason: unknown) => reason,
  );
  const { cause, message, backend } = error as Unavailable;
  expect([error instanceof Unavailable, backend]).toEqual([true, 'login']);
  const told = `${message} ${String(cause)} ${(cause as Error).stack}`;
  for (const secret of ['canary', VERIFIER]) expect(told).not.toContain(secret);
  return String(cause);
}

describe('a code', () => {
  it.each([
    ['its id and secret in a header', undefined, CLIENT_SECRET],
    ['its id and secret in a header', 'client_secret_basic' as const, CLIENT_SECRET],
    ['its id and secret in the form', 'client_secret_post' as const, CLIENT_SECRET],
    ['its id alone', undefined, undefined],
  ])('is redeemed by a client that says %s: %s', async (_, authentication, clientSecret) => {
    const options = authentication === undefined ? {} : { authentication };
    const { provider, codes, source, grant, granted } = await setUp({ ...options, clientSecret });
    const redeemed = await codes.redeem(source, { ...grant, code: await granted(CHALLENGE) });
    expect(redeemed).toEqual({ idToken: expect.any(Secret) });
    const isBasic = clientSecret !== undefined && authentication !== 'client_secret_post';
    const [{ authorization, form } = { form: {}, authorization: undefined }] = provider.redeemed;
    expect(authorization === undefined).toBe(!isBasic);
    expect('client_id' in form).toBe(!isBasic);
    expect('client_secret' in form).toBe(clientSecret !== undefined && !isBasic);
  });

  it.each([
    ['it was used before', {}, true],
    ['its verifier is another', { verifier: new Secret('w'.repeat(43)) }, false],
    ['its address is another', { redirectUri: 'https://evil.example.com/' }, false],
    ['it was made up', { code: new Secret('canary-made-up') }, false],
  ])('is refused where %s', async (_, changes, isSecond) => {
    const { codes, source, grant, granted } = await setUp();
    const whole = { ...grant, code: await granted(CHALLENGE), ...changes };
    if (isSecond) await codes.redeem(source, whole);
    expect(await codes.redeem(source, whole)).toEqual({ refused: 'code' });
  });

  it('that was asked for without a challenge is refused with a verifier (PKCE downgrade)', async () => {
    const { codes, source, grant, granted } = await setUp();
    expect(await codes.redeem(source, { ...grant, code: await granted('') })).toEqual({ refused: 'code' });
  });

  it.each(['wrong', undefined])('is refused to a client whose secret is %s', async (clientSecret) => {
    const { codes, source, grant, granted } = await setUp();
    const { clientSecret: _, ...client } = grant;
    const other = clientSecret === undefined ? {} : { clientSecret: new Secret(clientSecret) };
    const whole = { ...client, ...other, code: await granted(CHALLENGE) };
    expect(await codes.redeem(source, whole)).toEqual({ refused: 'client' });
  });

  it.each<[string, Odd['answer'], string]>([
    ['is huge', (response) => response.end(`{"id_token":"${'x'.repeat(600_000)}`), 'larger than'],
    ['has a huge token', (response) => response.end(`{"id_token":"${'x'.repeat(17_000)}"}`), 'id_token'],
    ['has no token', (response) => response.end('{"access_token":"canary"}'), 'id_token'],
    ['has a token that is none', (response) => response.end('{"id_token":["canary"]}'), 'id_token'],
    ['is no JSON', (response) => response.end('canary'), 'no JSON'],
    ['is a list', (response) => response.end('["canary"]'), 'no JSON object'],
    ['is packed', (response) => response.setHeader('content-encoding', 'gzip').end('{}'), 'compressed'],
    ['sends on', (response) => response.writeHead(307, { location: '/token' }).end(), 'status 307'],
    ['sends on as a page', (response) => response.writeHead(302, { location: '/token' }).end(), 'status 302'],
    ['is a failure', (response) => response.writeHead(500).end('{"error":"invalid_grant"}'), 'status 500'],
    ['is a refusal without words', (response) => response.writeHead(400).end('canary'), 'status 400'],
    ['asks for patience', (response) => response.writeHead(429).end('{"error":"slow"}'), 'status 429'],
    ['breaks off', (response) => response.socket?.destroy(), 'Error'],
  ])('is not redeemed by an answer that %s, which tells no secret', async (_, answer, cause) => {
    const { provider, codes, source, grant } = await setUp({ odd: answer === undefined ? {} : { answer } });
    expect(await causeOf(codes.redeem(source, grant))).toContain(cause);
    expect(provider.redeemed).toHaveLength(1);
  });

  it.each<[string, Odd['answer']]>([
    ['never answers', () => undefined],
    ['never ends', (response) => response.write('{"id_token":"')],
  ])('is not waited for at a provider that %s', async (_, answer) => {
    const odd = answer === undefined ? {} : { answer };
    const { codes, source, grant } = await setUp({ odd, exchange: { timeoutMilliseconds: 300 } });
    expect(await causeOf(codes.redeem(source, grant))).toContain('TimeoutError');
  });
});

describe('a provider', () => {
  it('is asked once for what it says of itself, and again after a while; one that fails, soon', async () => {
    const { provider, codes, source, clock } = await setUp();
    const asked = () => codes.provider(source);
    const all = await Promise.all(Array.from({ length: 5 }, asked));
    const authorizationEndpoint = `${provider.issuer}/authorize?tenant=acme`;
    expect(all).toEqual(all.map(() => expect.objectContaining({ authorizationEndpoint, namesItself: true })));
    provider.odd = { discovery: { issuer: 'https://evil.example.com' } };
    expect(await asked()).toMatchObject({ authorizationEndpoint });
    await clock.advance(10 * 60_000);
    expect(await causeOf(asked())).toContain('names another issuer');
    provider.odd = {};
    expect(await causeOf(asked())).toContain('names another issuer');
    await clock.advance(5000);
    expect(await asked()).toMatchObject({ authorizationEndpoint });
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['is another', { issuer: 'https://login.example.com' }, 'names another issuer'],
    ['has no token endpoint', { token_endpoint: undefined }, 'token_endpoint'],
    ['has no authorization endpoint', { authorization_endpoint: 7 }, 'authorization_endpoint'],
    ['has an endpoint that is no URL', { token_endpoint: '/token' }, 'Invalid URL'],
    ['has a page that is a script', { authorization_endpoint: 'javascript:alert(1)' }, 'only https'],
    ['has a page in the open', { authorization_endpoint: 'http://login.example.com/' }, 'only https'],
    ['has an endpoint in the open', { token_endpoint: 'http://10.0.0.1/token' }, 'only https'],
    ['has an endpoint with a password', { token_endpoint: 'https://a:b@login.example.com/' }, 'a user name'],
    ['has a page with a fragment', { authorization_endpoint: 'http://127.0.0.1/#x' }, 'a fragment'],
    ['is here and there', { token_endpoint: 'https://login.example.com/token' }, 'one is on https'],
    ['knows other challenges only', { code_challenge_methods_supported: ['plain'] }, 'does not know S256'],
    ['knows no challenges', { code_challenge_methods_supported: [] }, 'does not know S256'],
  ])('that %s is not used', async (_, discovery, cause) => {
    const { provider, codes, source, grant } = await setUp({ odd: { discovery } });
    expect(await causeOf(codes.provider(source))).toContain(cause);
    expect(await causeOf(codes.redeem(source, grant))).toContain(cause);
    expect(provider.redeemed).toEqual([]);
  });

  it('that says little is taken for a usual one', async () => {
    const discovery = {
      code_challenge_methods_supported: null,
      authorization_response_iss_parameter_supported: undefined,
      token_endpoint_auth_methods_supported: null,
    };
    const { codes, source, grant, granted } = await setUp({ odd: { discovery } });
    expect(await codes.provider(source)).toMatchObject({ namesItself: false });
    const redeemed = await codes.redeem(source, { ...grant, code: await granted(CHALLENGE) });
    expect(redeemed).toHaveProperty('idToken');
  });

  it("that takes a client's secret in other ways only gets none", async () => {
    const discovery = { token_endpoint_auth_methods_supported: ['private_key_jwt'] };
    const { provider, codes, source, grant } = await setUp({ odd: { discovery } });
    expect(await causeOf(codes.redeem(source, grant))).toContain('in no way that is known here');
    expect(provider.redeemed).toEqual([]);
  });

  it.each([false, 'listed'] as const)(
    'on this machine is not asked where that is %s',
    async (allowLoopback) => {
      const { reached, port } = await canary();
      const codes = createCodeExchange({ clock: heldClock(), allowLoopback });
      expect(await causeOf(codes.provider({ issuer: `http://127.0.0.1:${port}` }))).toContain('only https');
      expect(await causeOf(codes.provider({ issuer: `https://127.0.0.1:${port}` }))).toContain('loopback');
      expect(reached()).toBe(0);
    },
  );

  it('on this machine is asked over TLS where the operator lists it', async () => {
    const tls = selfSigned({ addresses: ['127.0.0.1'] });
    const { codes, source } = await setUp({ tls, exchange: { allowLoopback: 'listed', ca: tls.cert } });
    const listed = { ...source, private: ['127.0.0.1'] };
    expect(await codes.provider(listed)).toMatchObject({ namesItself: true });
    expect(await causeOf(codes.provider(source))).toContain('loopback');
  });
});
