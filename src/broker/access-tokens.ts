// Access tokens of OAuth 2.0's client credentials grant: fetched when they are needed, kept while they are good.
import * as z from 'zod/mini';
import type { HttpTarget, OAuth2Injection } from '../config/index.ts';
import { fitsHeader, rendered } from '../connectors/http/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { NoAnswer, Origin, Outbound, OutboundHeader, OutboundRequest } from '../ports/outbound.ts';
import type { SecretFields } from '../ports/secrets.ts';
import { Refusal } from '../shared/errors.ts';
import { formText } from '../shared/form-text.ts';
import { goingOn } from '../shared/going-on.ts';
import { Secret } from '../shared/secret.ts';

export interface AccessTokens {
  /** `refused`: one that the target did not take, which is not given again. */
  token(
    target: HttpTarget,
    settings: OAuth2Injection,
    fields: SecretFields,
    until: number,
    refused?: Secret,
  ): Promise<Secret | Refusal>;
}

interface Dependencies {
  readonly outbound: Outbound;
  readonly clock: Clock;
}

interface Kept {
  readonly token: Secret;
  /** When another one was fetched because the target had refused the one before, and before that never. */
  readonly renewedAt?: number;
  readonly goodUntil: number;
  readonly fields: SecretFields;
}

/** Where the answer does not say it. */
const DEFAULT_SECONDS = 300;
/** Thrown away so much before its end, so that it does not end on its way. */
const MARGIN_SECONDS = 30;
const MOST_BYTES = 256 * 1024;
/** A target that refuses what was renewed just now refuses it for another reason: its host is not asked at every call. */
const AGAIN_MILLISECONDS = 10_000;

function makeAnswer() {
  return z.object({
    access_token: z.string().check(z.minLength(1), z.maxLength(16_384)),
    token_type: z.optional(z.string().check(z.regex(/^bearer$/iu))),
    expires_in: z.optional(z.union([z.number(), z.string().check(z.regex(/^\d{1,10}$/u))])),
  });
}

/** Made when a token is first fetched. */
let schema: ReturnType<typeof makeAnswer> | undefined;

const ORIGINS = new WeakMap<OAuth2Injection, Origin>();

function originOf({ id, connection }: HttpTarget, settings: OAuth2Injection): Origin {
  const known = ORIGINS.get(settings);
  if (known !== undefined) return known;
  const { ca, baseUrl } = connection;
  const url = new URL(settings.tokenUrl);
  // What the file says of the target's own host need not hold of another: that may well be a public issuer.
  const isElsewhere = url.hostname !== new URL(baseUrl).hostname;
  const origin: Origin = {
    target: `${id}/token`,
    origin: url.origin,
    private: settings.private,
    ...(ca === undefined ? {} : { ca, ...(isElsewhere ? { caBeside: true } : {}) }),
  };
  ORIGINS.set(settings, origin);
  return origin;
}

interface Client {
  readonly id: Secret;
  readonly secret: Secret;
}

function clientOf(settings: OAuth2Injection, fields: SecretFields): Client | { readonly problem: string } {
  const id = rendered(settings.clientId, fields);
  const secret = rendered(settings.clientSecret, fields);
  if ('problem' in id) return id;
  return 'problem' in secret ? secret : { id, secret };
}

/** Its parts are put together here and opened nowhere else: the body is for the token's own host. */
function formOf({ scope, audience, authentication }: OAuth2Injection, { id, secret }: Client): string {
  return [
    'grant_type=client_credentials',
    ...(scope === undefined ? [] : [`scope=${formText(scope)}`]),
    ...(audience === undefined ? [] : [`audience=${formText(audience)}`]),
    ...(authentication === 'basic'
      ? []
      : [`client_id=${formText(id.open())}`, `client_secret=${formText(secret.open())}`]),
  ].join('&');
}

function headersFor({ authentication }: OAuth2Injection, { id, secret }: Client): readonly OutboundHeader[] {
  const pair = () => Buffer.from(`${formText(id.open())}:${formText(secret.open())}`).toString('base64');
  return [
    ['content-type', 'application/x-www-form-urlencoded'],
    ['accept', 'application/json'],
    ...(authentication === 'basic' ? [['authorization', new Secret(`Basic ${pair()}`)] as const] : []),
  ];
}

/** Told to whoever is refused. */
const RETRY_SECONDS = 5;

function noToken({ id }: HttpTarget, why: string, retryAfterSeconds = RETRY_SECONDS): Refusal {
  return new Refusal(
    'target_unavailable',
    `The token endpoint of ${id} gave the broker no access token: ${why}. Nothing was sent to the target.`,
    { retryAfterSeconds },
  );
}

/** What sends the requests calls whatever it sends them to the target. */
function whyNot({ detail }: NoAnswer): string {
  const said = detail.replace(/\bthe target's\b/giu, 'its').replace(/\bthe target\b/giu, 'it');
  return said.charAt(0).toLowerCase() + said.slice(1).replace(/\.$/u, '');
}

/** The client itself is refused, and would be again: who asks too often is locked out by many an issuer. */
const CLIENT_REFUSED = [400, 401, 403];

/** The client that was refused, and until when nobody asks again for the same. */
interface RefusedClient {
  readonly refusal: Refusal;
  readonly fields: SecretFields;
  readonly until: number;
}

async function fetchToken(
  { outbound, clock, time }: Dependencies & { readonly time: () => number },
  target: HttpTarget,
  settings: OAuth2Injection,
  fields: SecretFields,
  until: number,
): Promise<Kept | RefusedClient | Refusal> {
  const client = clientOf(settings, fields);
  if ('problem' in client) return noToken(target, client.problem);
  const began = time();
  const url = new URL(settings.tokenUrl);
  const request: OutboundRequest = {
    to: originOf(target, settings),
    method: 'POST',
    path: url.pathname,
    query: [...url.searchParams],
    headers: headersFor(settings, client),
    body: Buffer.from(formOf(settings, client)),
    timeoutMilliseconds: Math.max(1, until - clock.now().getTime()),
    mostBytes: MOST_BYTES,
    events: { milliseconds: 0, bytes: 0 },
    mayRepeat: true,
  };
  const answer = await outbound.send(request);
  if ('problem' in answer) return noToken(target, whyNot(answer), answer.retryAfterSeconds);
  if (answer.status !== 200) {
    const refusal = noToken(target, `it answered with status ${answer.status}`);
    if (!CLIENT_REFUSED.includes(answer.status)) return refusal;
    return { refusal, fields, until: time() + RETRY_SECONDS * 1000 };
  }
  schema ??= makeAnswer();
  let said: unknown;
  try {
    said = JSON.parse(Buffer.from(answer.body).toString('utf8'));
  } catch {
    return noToken(target, 'its answer is no JSON');
  }
  const { data } = schema.safeParse(said);
  if (data === undefined) return noToken(target, 'its answer holds no bearer token');
  const token = new Secret(data.access_token);
  if (!fitsHeader(token)) return noToken(target, 'the token in its answer cannot stand in a header');
  const seconds = Number(data.expires_in ?? DEFAULT_SECONDS);
  const goodUntil = began + Math.max(0, seconds - MARGIN_SECONDS) * 1000;
  return { token, goodUntil, fields };
}

export function createAccessTokens(dependencies: Dependencies): AccessTokens {
  const time = goingOn(dependencies.clock);
  const kept = new WeakMap<OAuth2Injection, Kept>();
  const refusedClients = new WeakMap<OAuth2Injection, RefusedClient>();
  const underWay = new WeakMap<OAuth2Injection, Promise<Kept | RefusedClient | Refusal>>();
  return {
    async token(target, settings, fields, until, refused) {
      const known = kept.get(settings);
      const now = time();
      const isGood = known !== undefined && known.fields === fields && now < known.goodUntil;
      const isRefused = refused !== undefined && isGood && refused.equals(known.token);
      const isRenewed = now - (known?.renewedAt ?? Number.NEGATIVE_INFINITY) < AGAIN_MILLISECONDS;
      if (isGood && (!isRefused || isRenewed)) return known.token;
      const client = refusedClients.get(settings);
      if (client !== undefined && client.fields === fields && now < client.until) return client.refusal;
      const fetching =
        underWay.get(settings) ??
        fetchToken({ ...dependencies, time }, target, settings, fields, until).finally(() =>
          underWay.delete(settings),
        );
      underWay.set(settings, fetching);
      const fetched = await fetching;
      if (fetched instanceof Refusal) return fetched;
      if ('refusal' in fetched) {
        refusedClients.set(settings, fetched);
        return fetched.refusal;
      }
      kept.set(settings, isRefused ? { ...fetched, renewedAt: now } : fetched);
      return fetched.token;
    },
  };
}
