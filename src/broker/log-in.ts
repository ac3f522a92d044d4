// A person logs in with their browser before they decide: sent to the provider, and back with a code (OIDC, PKCE).
import type { HumanSettings } from '../config/index.ts';
import {
  authenticateLogin,
  authorizationUrl,
  freshLoginSecret,
  isLoginSecret,
  type LoggedIn,
  loginMaterial,
  openForReturn,
  sealForReturn,
  TokenRefused,
} from '../identity/index.ts';
import type { CodeExchange, CodeGrant, Redeemed } from '../ports/code-exchange.ts';
import type { RecordKey, StoredRecord } from '../ports/records.ts';
import type { SecretFields, Secrets } from '../ports/secrets.ts';
import { Refusal, Unavailable } from '../shared/errors.ts';
import { sha256 } from '../shared/hash.ts';
import type { Json } from '../shared/json.ts';
import { Secret } from '../shared/secret.ts';
import type { Caller } from './caller.ts';
import type { BrokerDependencies, ConfigOnly } from './dependencies.ts';
import { type AnswerOfProvider, answerIn } from './login-answer.ts';
import * as refusals from './login-refusals.ts';
import { type Client, clientOf, isSameClient, type LoginSession, openSession } from './login-session.ts';
import { noteRefusedToken, type Watching } from './refused-tokens.ts';

export interface LoginDependencies
  extends Watching,
    ConfigOnly,
    Pick<BrokerDependencies, 'records' | 'keySets' | 'publicUrl'> {
  readonly secrets: Secrets;
  readonly codeExchange: CodeExchange;
}

/** Where the provider sends browsers back to, below `publicUrl`: registered there as the redirect URI. */
export const LOGIN_CALLBACK_PATH = '/approve/login/callback';

/** How long somebody may take at the provider. */
export const LOGIN_SECONDS = 600;

export interface WantedLogin {
  /** Where to go on. */
  readonly approval: string;
  /** Of the link that brought them here, if one did. */
  readonly key?: Secret;
  /** The login cookie that the browser has already, from another tab. */
  readonly cookie?: Secret | undefined;
}

export interface BegunLogin {
  /** To be sent there with a 303. */
  readonly location: string;
  /** The value of the login cookie. */
  readonly cookie: Secret;
}

/** What is kept of a login that was begun: nothing that finishes it, or opens anything. */
interface Attempt extends Client {
  readonly status: 'begun' | 'used';
  readonly approval: string;
  /** SHA-256 of what its browser has, in hex. */
  readonly browser: string;
  /** The link's key, for that browser alone to open. */
  readonly sealed?: string;
  /** Whether the provider says who it is whenever it answers. */
  readonly namesItself: boolean;
  readonly expiresAt: string;
}

function attemptKey(state: string): RecordKey {
  return { partition: `login/${sha256(state)}`, sort: 'login' };
}

async function redirectUri({ publicUrl }: Pick<LoginDependencies, 'publicUrl'>): Promise<string> {
  return `${(await publicUrl()).replace(/\/$/u, '')}${LOGIN_CALLBACK_PATH}`;
}

/** A provider that does not answer is told to the person, who can try again. */
async function orUnavailable<T>(
  { log }: Pick<LoginDependencies, 'log'>,
  work: () => Promise<T>,
): Promise<T | Refusal> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    const refusal = refusals.ofBackend(error.backend);
    if (refusal === undefined) throw error;
    log.error('back end unavailable', { backend: error.backend });
    return refusal;
  }
}

export async function beginLogin(
  dependencies: LoginDependencies,
  { approval, key, cookie }: WantedLogin,
): Promise<BegunLogin | Refusal> {
  const { records, clock, ids } = dependencies;
  const { humans } = (await dependencies.rules()).config.broker;
  const client = clientOf(humans);
  if (humans === undefined || client === undefined) return refusals.NO_LOGIN;
  const provider = await orUnavailable(dependencies, () => dependencies.codeExchange.provider(humans));
  if (provider instanceof Refusal) return provider;
  const random = (bytes: number) => ids.random(bytes);
  // Several tabs of one browser share the cookie: a second login must not end the first.
  const isKnown = cookie !== undefined && isLoginSecret(cookie.open());
  const browser = isKnown ? cookie : freshLoginSecret(random);
  const state = freshLoginSecret(random).open();
  const expiresAt = new Date(clock.now().getTime() + LOGIN_SECONDS * 1000);
  const attempt: Attempt = {
    ...client,
    status: 'begun',
    approval,
    browser: sha256(browser.open()),
    ...(key === undefined ? {} : { sealed: sealForReturn(browser, state, key) }),
    namesItself: provider.namesItself,
    expiresAt: expiresAt.toISOString(),
  };
  const made = await records.create(attemptKey(state), attempt as unknown as Json, { expiresAt });
  if (!made.created) throw new Error('a state was drawn twice');
  const location = authorizationUrl({
    endpoint: provider.authorizationEndpoint,
    clientId: client.clientId,
    redirectUri: await redirectUri(dependencies),
    state,
    material: loginMaterial(browser, state),
  });
  return { location, cookie: browser };
}

export interface AnsweredLogin {
  /** As the browser brought it. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** The login cookie. */
  readonly cookie: Secret | undefined;
}

export interface FinishedLogin extends LoginSession {
  /** The value of the session cookie. */
  readonly session: Secret;
  readonly approval: string;
  /** Of the link that they came by. */
  readonly key?: Secret;
}

interface Claimed {
  readonly attempt: Attempt;
  readonly state: string;
  readonly browser: Secret;
}

function attemptIn(record: StoredRecord | undefined, now: Date): Attempt | undefined {
  const attempt = record?.value as unknown as Attempt | undefined;
  const isOpen = attempt?.status === 'begun' && now.toISOString() < attempt.expiresAt;
  return isOpen ? attempt : undefined;
}

/** The login that was begun in this very browser, taken out of use: whatever comes of it, its state is good no more. */
async function claim(
  { records, clock }: Pick<LoginDependencies, 'records' | 'clock'>,
  { state }: AnswerOfProvider,
  cookie: Secret | undefined,
): Promise<Claimed | undefined> {
  if (!isLoginSecret(state) || cookie === undefined || !isLoginSecret(cookie.open())) return undefined;
  const [record] = await records.read([attemptKey(state)]);
  const attempt = attemptIn(record, clock.now());
  if (record === undefined || attempt === undefined) return undefined;
  // Both are hashes: which of them it was like says nothing of what it is of.
  if (!new Secret(attempt.browser).equals(new Secret(sha256(cookie.open())))) return undefined;
  const used: Attempt = { ...attempt, status: 'used' };
  const options = { expiresAt: new Date(attempt.expiresAt) };
  const isFirst = await records.replace(record.key, record.version, used as unknown as Json, options);
  return isFirst ? { attempt, state, browser: cookie } : undefined;
}

function isOtherIssuer({ iss }: AnswerOfProvider, { issuer, namesItself }: Attempt): boolean {
  return iss === undefined ? namesItself : iss !== issuer;
}

type Grant = Omit<CodeGrant, 'clientSecret'>;

async function redeemWith(
  { codeExchange }: LoginDependencies,
  humans: HumanSettings,
  grant: Grant,
  { clientSecret }: SecretFields,
): Promise<Redeemed> {
  return codeExchange.redeem(humans, { ...grant, ...(clientSecret === undefined ? {} : { clientSecret }) });
}

/** A client's secret that was remembered may be the one before. */
async function redeem(
  dependencies: LoginDependencies,
  humans: HumanSettings,
  name: string,
  grant: Grant,
): Promise<Secret | Refusal> {
  const { secrets, log } = dependencies;
  const fields = await secrets.read(name);
  if (fields === undefined) return refusals.NO_CLIENT_SECRET;
  let redeemed = await redeemWith(dependencies, humans, grant, fields);
  if ('refused' in redeemed && redeemed.refused === 'client') {
    const fresh = (await secrets.read(name, { fresh: true })) ?? {};
    const [before, now] = [fields['clientSecret'], fresh['clientSecret']];
    const isOther = now !== undefined && (before === undefined || !before.equals(now));
    if (isOther) redeemed = await redeemWith(dependencies, humans, grant, fresh);
  }
  if ('idToken' in redeemed) return redeemed.idToken;
  log.warn('login refused', { issuer: humans.issuer, reason: redeemed.refused });
  return redeemed.refused === 'client' ? refusals.CLIENT_REFUSED : refusals.CODE_REFUSED;
}

async function personBehind(
  dependencies: LoginDependencies,
  caller: Caller,
  { attempt, state, browser }: Claimed,
  code: Secret,
): Promise<LoggedIn | Refusal> {
  const rules = await dependencies.rules();
  const { humans } = rules.config.broker;
  if (humans?.login === undefined || !isSameClient(humans, attempt)) return refusals.NOT_BEGUN_HERE;
  const { clientId, secret } = humans.login;
  const { verifier, nonce } = loginMaterial(browser, state);
  const grant = { clientId, code, verifier, redirectUri: await redirectUri(dependencies) };
  const idToken = await redeem(dependencies, humans, secret, grant);
  if (idToken instanceof Refusal) return idToken;
  const { keySets, clock } = dependencies;
  const person = await authenticateLogin(idToken, { clientId, nonce }, rules.config, keySets, clock.now());
  if (!(person instanceof TokenRefused)) return person;
  await noteRefusedToken(dependencies, rules, { ...caller, token: idToken.open() }, person);
  return refusals.ofToken(person.problem);
}

/** What the browser brought back. Whoever is proven by it is logged in; where to go on is what was said at the beginning. */
export async function finishLogin(
  dependencies: LoginDependencies,
  caller: Caller,
  { query, cookie }: AnsweredLogin,
): Promise<FinishedLogin | Refusal> {
  const answer = answerIn(query);
  const claimed = await claim(dependencies, answer, cookie);
  if (claimed === undefined) return refusals.NOT_BEGUN_HERE;
  const { attempt, state, browser } = claimed;
  const { log } = dependencies;
  const about = { requestId: caller.facts.id, issuer: attempt.issuer };
  if (isOtherIssuer(answer, attempt)) {
    log.warn('login refused', { ...about, reason: 'issuer' });
    return refusals.OTHER_ISSUER;
  }
  if (answer.error !== undefined || answer.code === undefined) {
    const error = refusals.knownError(answer.error);
    log.warn('login refused', { ...about, reason: error });
    return refusals.ofError(error);
  }
  const code = new Secret(answer.code);
  const person = await orUnavailable(dependencies, () => personBehind(dependencies, caller, claimed, code));
  if (person instanceof Refusal) return person;
  const opened = await openSession(dependencies, person, attempt);
  const { approval, sealed } = attempt;
  return {
    ...opened,
    approval,
    ...(sealed === undefined ? {} : { key: openForReturn(browser, state, sealed) }),
  };
}
