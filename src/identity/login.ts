// Who logs in with a browser: OIDC's authorization code flow with PKCE, as far as it needs nobody else.
import { createCipheriv, createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Config, HumanSettings } from '../config/index.ts';
import type { KeySets } from '../ports/key-sets.ts';
import { Secret } from '../shared/secret.ts';
import { humanUnder } from './authenticate.ts';
import { type ProvenHuman, TokenRefused, type VerifiedClaims } from './model.ts';

/** A person whose name, if there is one, is what their provider or the operator's file says. */
export interface LoggedIn extends ProvenHuman {
  readonly name?: string;
}

const SECRET_BYTES = 32;
const SECRET = /^[A-Za-z0-9_-]{43}$/;
const SCOPES = 'openid email profile';
const MOST_NAME_CHARACTERS = 100;

/** What only one browser has; and a `state`, which is none once it has been used. */
export function freshLoginSecret(random: (bytes: number) => Uint8Array): Secret {
  return new Secret(Buffer.from(random(SECRET_BYTES)).toString('base64url'));
}

/** Whether it looks like one that was given out: nothing else is hashed or looked up. */
export function isLoginSecret(text: string | undefined): text is string {
  return text !== undefined && SECRET.test(text);
}

function derived(browser: Secret, use: string, state: string): Buffer {
  return createHmac('sha256', browser.open()).update(`bailiwick login ${use} v1\n${state}`).digest();
}

export interface LoginMaterial {
  /** For the token endpoint alone (PKCE). */
  readonly verifier: Secret;
  /** Of the verifier, by S256. */
  readonly challenge: string;
  readonly nonce: string;
}

/** Made of what the browser holds, so that whoever reads what is recorded of a login can finish none. */
export function loginMaterial(browser: Secret, state: string): LoginMaterial {
  const verifier = derived(browser, 'verifier', state).toString('base64url');
  return {
    verifier: new Secret(verifier),
    challenge: createHash('sha256').update(verifier).digest('base64url'),
    nonce: derived(browser, 'nonce', state).toString('base64url'),
  };
}

const CIPHER = 'aes-256-gcm';
const TAG_BYTES = 16;
/** Each key seals one text only. */
const IV = new Uint8Array(12);

/** What is wanted again once the person is back, for nobody but their browser to open. */
export function sealForReturn(browser: Secret, state: string, text: Secret): string {
  const cipher = createCipheriv(CIPHER, derived(browser, 'return', state), IV);
  const sealed = [cipher.update(text.open(), 'utf8'), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat(sealed).toString('base64url');
}

export function openForReturn(browser: Secret, state: string, sealed: string): Secret {
  const bytes = Buffer.from(sealed, 'base64url');
  const options = { authTagLength: TAG_BYTES };
  const decipher = createDecipheriv(CIPHER, derived(browser, 'return', state), IV, options);
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  return new Secret(
    decipher.update(bytes.subarray(0, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8'),
  );
}

export interface Authorizing {
  readonly endpoint: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string;
  readonly material: Pick<LoginMaterial, 'challenge' | 'nonce'>;
}

/** Where a browser is sent to log in. The endpoint's own query stays. */
export function authorizationUrl({ endpoint, clientId, redirectUri, state, material }: Authorizing): string {
  const url = new URL(endpoint);
  const asked = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: SCOPES,
    state,
    nonce: material.nonce,
    code_challenge: material.challenge,
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
  return url.href;
}

/** An ID token is for the client that asked, by `aud`, whatever people's other tokens are for and of which type. */
function ofIdTokens(humans: HumanSettings, clientId: string): HumanSettings {
  const { audienceClaim: _, types: __, ...same } = humans;
  return { ...same, audience: clientId };
}

/** Where a token is for several, it names the one that asked for it (OpenID Connect Core, 3.1.3.7). */
function isForClient({ aud, azp }: VerifiedClaims, clientId: string): boolean {
  const isForSeveral = Array.isArray(aud) && aud.length > 1;
  return azp === clientId || (azp === undefined && !isForSeveral);
}

function isSame(claimed: unknown, known: string): boolean {
  if (typeof claimed !== 'string') return false;
  const [one, other] = [Buffer.from(claimed), Buffer.from(known)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Of one line, without what turns text around or does not show. */
function nameIn({ name }: VerifiedClaims): string | undefined {
  if (typeof name !== 'string' || !name.isWellFormed()) return undefined;
  const shown = name.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '').trim();
  return shown === '' ? undefined : [...shown].slice(0, MOST_NAME_CHARACTERS).join('');
}

/** The person whom the ID token of a login proves, by the same rules as any other token of a person. */
export async function authenticateLogin(
  idToken: Secret,
  { clientId, nonce }: { readonly clientId: string; readonly nonce: string },
  config: Config,
  keySets: KeySets,
  now: Date,
): Promise<LoggedIn | TokenRefused> {
  const { humans } = config.broker;
  if (humans === undefined) return new TokenRefused('issuer_unknown');
  const proven = await humanUnder(idToken.open(), ofIdTokens(humans, clientId), config, keySets, now);
  if (proven instanceof TokenRefused) return proven;
  const { human, claims } = proven;
  if (!isForClient(claims, clientId)) return new TokenRefused('audience_wrong', humans.issuer);
  if (!isSame(claims['nonce'], nonce)) return new TokenRefused('nonce_wrong', humans.issuer);
  const name = humans.people.find(({ id }) => id === human.id)?.name ?? nameIn(claims);
  return { ...human, ...(name === undefined ? {} : { name }) };
}
