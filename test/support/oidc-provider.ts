// A small OIDC provider at which people log in: discovery, keys, the authorization endpoint, the token endpoint. It
// checks what a good one checks, and a test may make it odd.
import { createHash, createPrivateKey, createPublicKey, type JsonWebKey, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { JWK } from 'jose';
import { createIssuer, kidOf, type TestIssuer, tokenOf } from './issuer.ts';

type Claims = Readonly<Record<string, unknown>>;

export interface OidcClient {
  readonly clientId: string;
  /** Left out: a public client. */
  clientSecret?: string;
  readonly redirectUris: readonly string[];
}

export interface OidcProviderOptions {
  readonly client: OidcClient;
  /** By the name that a test calls them by: what their ID token says. The first of them logs in unless told otherwise. */
  readonly people: Readonly<Record<string, Claims>>;
  readonly authentication?: 'client_secret_basic' | 'client_secret_post';
  /** Whether it asks who is there, by a page with a link for each, as a browser's test wants it. */
  readonly asks?: boolean;
  /** Serves https with these, in PEM. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly port?: number;
  readonly now?: () => Date;
  /** What it signs with, where the operator's files have the public half of it; else it makes a key of its own. */
  readonly key?: JsonWebKey & { readonly kid: string };
}

/** What it does as a good one would not. */
export interface Odd {
  /** Laid over what it publishes of itself. */
  discovery?: Claims;
  /** Laid over the claims of the next ID tokens. */
  claims?: Claims;
  idToken?: (token: string) => string;
  /** In place of the token endpoint's own answer. */
  answer?: (response: ServerResponse) => void;
  /** Laid over the query that a browser is sent back with; undefined takes a name out. */
  back?: Readonly<Record<string, string | undefined>>;
  /** As one that does not know PKCE. */
  ignoresChallenge?: boolean;
}

export interface OidcProvider {
  readonly issuer: string;
  readonly keys: TestIssuer['keys'];
  /** Who is there. */
  person: string;
  odd: Odd;
  /** What came to the token endpoint: who sent it, and the form. */
  readonly redeemed: {
    readonly authorization: string | undefined;
    readonly form: Readonly<Record<string, string>>;
  }[];
  /** What a browser does that is sent there: the address that it is sent back to. */
  visit(location: string): Promise<string>;
  close(): Promise<void>;
}

interface Granted {
  readonly query: URLSearchParams;
  readonly person: string;
}

const DISCOVERY = '/.well-known/openid-configuration';

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** The client's own words for who it is, however they came. */
function clientIn(form: URLSearchParams, authorization: string | undefined) {
  if (authorization === undefined) {
    return { by: 'client_secret_post', id: form.get('client_id'), secret: form.get('client_secret') };
  }
  const [id = '', secret = ''] = Buffer.from(authorization.replace(/^Basic /u, ''), 'base64')
    .toString()
    .split(':');
  const plain = (text: string) => new URLSearchParams(`x=${text}`).get('x');
  return { by: 'client_secret_basic', id: plain(id), secret: plain(secret) };
}

function signingWith(issuer: string, { key }: OidcProviderOptions): TestIssuer {
  const made = createIssuer(issuer, ['ES256']);
  if (key === undefined) return made;
  const privateKey = createPrivateKey({ key, format: 'jwk' });
  const publicKey = createPublicKey(privateKey);
  const shown = { ...(publicKey.export({ format: 'jwk' }) as JWK), kid: key.kid, alg: 'ES256', use: 'sig' };
  return { ...made, pairs: { ...made.pairs, ES256: { privateKey, publicKey } }, keys: [shown] };
}

class Provider {
  readonly issuer: string;
  readonly signing: TestIssuer;
  readonly options: OidcProviderOptions;
  person: string;
  odd: Odd = {};
  readonly redeemed: OidcProvider['redeemed'] = [];
  readonly #granted = new Map<string, Granted>();

  constructor(issuer: string, options: OidcProviderOptions) {
    this.issuer = issuer;
    this.options = options;
    this.signing = signingWith(issuer, options);
    this.person = Object.keys(options.people)[0] ?? '';
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.issuer);
    if (pathname === DISCOVERY) return json(response, 200, this.#published());
    if (pathname === '/keys') return json(response, 200, { keys: this.signing.keys });
    if (pathname === '/authorize' && request.method === 'GET') return this.#authorize(searchParams, response);
    if (pathname === '/token' && request.method === 'POST') return this.#token(request, response);
    json(response, 404, { error: 'not_found' });
  }

  #published(): Claims {
    const { issuer, options } = this;
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize?tenant=acme`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      ...(options.authentication === undefined
        ? {}
        : { token_endpoint_auth_methods_supported: [options.authentication] }),
      ...this.odd.discovery,
    };
  }

  #authorize(query: URLSearchParams, response: ServerResponse): void {
    const { clientId, redirectUris } = this.options.client;
    const redirectUri = query.get('redirect_uri') ?? '';
    const isGood =
      query.get('client_id') === clientId &&
      redirectUris.includes(redirectUri) &&
      query.get('response_type') === 'code' &&
      query.get('scope')?.split(' ').includes('openid') === true &&
      (this.odd.ignoresChallenge === true || query.get('code_challenge_method') === 'S256');
    // Never back to an address that is not registered.
    const asked = query.get('person');
    if (!isGood) response.writeHead(400).end('This is no request of a client that is known here.');
    else if (this.options.asks === true && asked === null) this.#ask(query, response);
    else this.#sendBack(query, redirectUri, asked ?? this.person, response);
  }

  #sendBack(query: URLSearchParams, redirectUri: string, person: string, response: ServerResponse): void {
    const code = randomUUID();
    this.#granted.set(code, { query, person });
    const back = new URL(redirectUri);
    const said = { code, state: query.get('state') ?? '', iss: this.issuer, ...this.odd.back };
    for (const [name, value] of Object.entries(said))
      if (value !== undefined) back.searchParams.set(name, value);
    response.writeHead(302, { location: back.href }).end();
  }

  #ask(query: URLSearchParams, response: ServerResponse): void {
    const links = Object.keys(this.options.people).map((person) => {
      const href = `/authorize?${new URLSearchParams([...query, ['person', person]])}`;
      return `<li><a href="${href.replaceAll('&', '&amp;')}">${person}</a></li>`;
    });
    const page = `<!doctype html><html lang="en"><title>Log in</title><ul>${links.join('')}</ul></html>`;
    response.writeHead(200, { 'content-type': 'text/html' }).end(page);
  }

  async #token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await bodyOf(request));
    const { authorization } = request.headers;
    this.redeemed.push({ authorization, form: Object.fromEntries(form) });
    if (this.odd.answer !== undefined) return this.odd.answer(response);
    const { by, id, secret } = clientIn(form, authorization);
    const { client, authentication = 'client_secret_basic' } = this.options;
    const isClient =
      id === client.clientId &&
      (client.clientSecret === undefined
        ? secret === null
        : by === authentication && secret === client.clientSecret);
    if (!isClient) return json(response, 401, { error: 'invalid_client' });
    const code = form.get('code') ?? '';
    const granted = this.#granted.get(code);
    // Once, whatever comes of it.
    this.#granted.delete(code);
    if (granted === undefined || !this.#isRightful(granted, form)) {
      return json(response, 400, { error: 'invalid_grant', error_description: 'canary-description' });
    }
    const access = { access_token: 'canary-access-token', token_type: 'Bearer', expires_in: 300 };
    json(response, 200, { ...access, id_token: this.#idToken(granted) });
  }

  #isRightful({ query }: Granted, form: URLSearchParams): boolean {
    const verifier = form.get('code_verifier') ?? '';
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    return (
      form.get('grant_type') === 'authorization_code' &&
      form.get('redirect_uri') === query.get('redirect_uri') &&
      (this.odd.ignoresChallenge === true ||
        (verifier.length >= 43 && challenge === query.get('code_challenge')))
    );
  }

  #idToken({ query, person }: Granted): string {
    const { client, people, now = () => new Date() } = this.options;
    const seconds = Math.floor(now().getTime() / 1000);
    const claims = {
      aud: client.clientId,
      sub: `sub-of-${person}`,
      iat: seconds,
      exp: seconds + 300,
      nonce: query.get('nonce'),
      ...people[person],
      ...this.odd.claims,
    };
    const kid = this.options.key?.kid ?? kidOf('ES256');
    const token = tokenOf(this.signing, claims, 'ES256', { kid });
    return this.odd.idToken?.(token) ?? token;
  }
}

export async function startOidcProvider(options: OidcProviderOptions): Promise<OidcProvider> {
  let provider: Provider | undefined;
  const listener = (request: IncomingMessage, response: ServerResponse) =>
    void provider?.handle(request, response).catch(() => response.destroy());
  const server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
  await new Promise<void>((resolve) => {
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  provider = new Provider(`${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`, options);
  return Object.assign(provider, {
    keys: provider.signing.keys,
    visit: async (location: string) => {
      const answer = await fetch(location, { redirect: 'manual' });
      const back = answer.headers.get('location');
      if (back === null) throw new Error(`the provider sent nobody back: ${answer.status}`);
      return back;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}
