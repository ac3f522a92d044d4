// The provider at which people log in, found by discovery, and its token endpoint.
import * as z from 'zod/mini';
import type { Clock } from '../../ports/clock.ts';
import type {
  CodeExchange,
  CodeGrant,
  LoginProvider,
  ProviderSource,
  Redeemed,
} from '../../ports/code-exchange.ts';
import { Unavailable } from '../../shared/errors.ts';
import { formText } from '../../shared/form-text.ts';
import { goingOn } from '../../shared/going-on.ts';
import { Secret } from '../../shared/secret.ts';
import { assertSameScheme, discovered } from './discovery.ts';
import {
  assertAllowed,
  createJsonFetch,
  createJsonSend,
  type JsonAnswer,
  type JsonFetchDependencies,
  type JsonForm,
} from './json-fetch.ts';

export interface CodeExchangeDependencies extends JsonFetchDependencies {
  readonly clock: Clock;
}

interface Provider extends LoginProvider {
  readonly tokenEndpoint: string;
  /** How a client that has a secret proves itself. */
  readonly authentication: 'basic' | 'post' | 'unknown';
}

const FRESH_MILLISECONDS = 10 * 60_000;
/** One that fails is left alone for so long: whoever begins a login need not have proven anything yet. */
const AFTER_FAILURE_MILLISECONDS = 5000;
/** It takes longer than keys do: a code is looked up, and a token signed. */
const TIMEOUT_MILLISECONDS = 5000;
/** Larger ones are no tokens to whoever verifies them. */
const MOST_TOKEN_CHARACTERS = 16_384;

function makeSchemas() {
  const names = z.nullish(z.array(z.string()));
  return {
    Provider: z.object({
      authorization_endpoint: z.string(),
      token_endpoint: z.string(),
      token_endpoint_auth_methods_supported: names,
      code_challenge_methods_supported: names,
      authorization_response_iss_parameter_supported: z.nullish(z.boolean()),
    }),
    Tokens: z.object({ id_token: z.string().check(z.minLength(1), z.maxLength(MOST_TOKEN_CHARACTERS)) }),
    Refused: z.object({ error: z.string() }),
  };
}

let made: ReturnType<typeof makeSchemas> | undefined;

/** Made with the first login. */
function schemas(): ReturnType<typeof makeSchemas> {
  made ??= makeSchemas();
  return made;
}

function authenticationBy(methods: readonly string[] | null | undefined): Provider['authentication'] {
  // What is meant where nothing is said (OpenID Connect Discovery, section 3).
  if (!methods || methods.includes('client_secret_basic')) return 'basic';
  return methods.includes('client_secret_post') ? 'post' : 'unknown';
}

function providerIn(
  found: unknown,
  source: ProviderSource,
  allowLoopback: JsonFetchDependencies['allowLoopback'],
): Provider {
  const said = schemas().Provider.parse(found);
  const { authorization_endpoint: authorizationEndpoint, token_endpoint: tokenEndpoint } = said;
  for (const endpoint of [authorizationEndpoint, tokenEndpoint]) {
    assertAllowed(new URL(endpoint), allowLoopback);
    assertSameScheme(endpoint, source, 'an endpoint is');
    if (endpoint.includes('#')) throw new Error('an endpoint has a fragment');
  }
  const challenges = said.code_challenge_methods_supported;
  // Many that know it say nothing of it. One that says it knows others alone would take the code from anyone.
  if (challenges && !challenges.includes('S256')) throw new Error('the provider does not know S256');
  return {
    authorizationEndpoint,
    tokenEndpoint,
    namesItself: said.authorization_response_iss_parameter_supported === true,
    authentication: authenticationBy(said.token_endpoint_auth_methods_supported),
  };
}

function formOf({ authentication }: Provider, grant: CodeGrant): JsonForm {
  const { clientId, clientSecret, code, verifier, redirectUri } = grant;
  const isBasic = clientSecret !== undefined && authentication === 'basic';
  const fields: [string, string][] = [
    ['grant_type', 'authorization_code'],
    ['code', code.open()],
    ['redirect_uri', redirectUri],
    ['code_verifier', verifier.open()],
  ];
  if (!isBasic) fields.push(['client_id', clientId]);
  if (!isBasic && clientSecret !== undefined) fields.push(['client_secret', clientSecret.open()]);
  const body = new URLSearchParams(fields);
  if (!isBasic) return { body: new Secret(body.toString()) };
  const pair = Buffer.from(`${formText(clientId)}:${formText(clientSecret.open())}`).toString('base64');
  return { body: new Secret(body.toString()), authorization: new Secret(`Basic ${pair}`) };
}

const OF_THE_CLIENT = ['invalid_client', 'unauthorized_client'];

function redeemedBy({ status, value }: JsonAnswer): Redeemed {
  if (status === 200) return { idToken: new Secret(schemas().Tokens.parse(value).id_token) };
  const error = schemas().Refused.safeParse(value).data?.error ?? '';
  if (status === 401 || OF_THE_CLIENT.includes(error)) return { refused: 'client' };
  if (status === 400 && error !== '') return { refused: 'code' };
  throw new Error(`the answer has status ${status}`);
}

async function orUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new Unavailable('login', error);
  }
}

/** What discovery says of each provider, kept for a while. */
function createProviders(dependencies: CodeExchangeDependencies) {
  const { clock, allowLoopback } = dependencies;
  const fetchJson = createJsonFetch(dependencies);
  const known = new Map<string, { readonly provider: Promise<Provider>; until: number }>();
  const now = goingOn(clock);
  const ask = async (source: ProviderSource) =>
    providerIn(await discovered(fetchJson, source), source, allowLoopback);

  return (source: ProviderSource): Promise<Provider> => {
    const name = JSON.stringify([source.issuer, source.private ?? []]);
    const before = known.get(name);
    if (before !== undefined && now() < before.until) return before.provider;
    const entry = { provider: ask(source), until: Number.POSITIVE_INFINITY };
    known.set(name, entry);
    entry.provider.then(
      () => {
        entry.until = now() + FRESH_MILLISECONDS;
      },
      () => {
        entry.until = now() + AFTER_FAILURE_MILLISECONDS;
      },
    );
    return entry.provider;
  };
}

export function createCodeExchange(given: CodeExchangeDependencies): CodeExchange {
  const dependencies = { timeoutMilliseconds: TIMEOUT_MILLISECONDS, ...given };
  const providerOf = createProviders(dependencies);
  const send = createJsonSend(dependencies);

  async function redeem(source: ProviderSource, grant: CodeGrant): Promise<Redeemed> {
    const provider = await providerOf(source);
    if (grant.clientSecret !== undefined && provider.authentication === 'unknown') {
      throw new Error("the provider takes a client's secret in no way that is known here");
    }
    return redeemedBy(await send(provider.tokenEndpoint, formOf(provider, grant), source.private));
  }

  return {
    provider: (source) => orUnavailable(providerOf(source)),
    redeem: (source, grant) => orUnavailable(redeem(source, grant)),
  };
}
