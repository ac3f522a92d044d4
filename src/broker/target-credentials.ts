// What a call of a target is proven with: its secret, an access token fetched with it, or a session of the task's.
import type { HttpTarget } from '../config/index.ts';
import { injected, oauth2In, sigv4In, type Written } from '../connectors/http/index.ts';
import { dateText } from '../credentials/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { AwsSignature, ClientCertificate, Origin, Outbound } from '../ports/outbound.ts';
import type { SecretFields, Secrets } from '../ports/secrets.ts';
import type { Session, SessionIssuer } from '../ports/session-issuer.ts';
import { Refusal, Unavailable } from '../shared/errors.ts';
import { sha256 } from '../shared/hash.ts';
import { bothScrubs, createScrub, type Scrub } from '../shared/scrub.ts';
import type { Secret } from '../shared/secret.ts';
import { type AccessTokens, createAccessTokens } from './access-tokens.ts';
import type { CompiledSession } from './compile-session.ts';

/** Everything with which a request is sent, and taken out of what comes back. */
export interface ReadyCredentials {
  readonly written: Written;
  readonly clientCertificate?: ClientCertificate;
  readonly sign?: Omit<AwsSignature, 'at'>;
  /** What it is signed with, as that was asked for. */
  readonly signing?: SigningSession;
  /** Takes out of a text whatever of this stands in it. */
  readonly scrub: Scrub;
  /** What it was made of, to tell whether it changed. */
  readonly fields: SecretFields;
  readonly bearer: Secret | undefined;
}

export interface TargetCredentials {
  /** `until`: when the call's time is up. */
  ready(
    target: HttpTarget,
    aws: CompiledSession | undefined,
    until: number,
  ): Promise<ReadyCredentials | Refusal>;
  /** After the target did not take them: read and fetched afresh. Undefined where nothing is any different. */
  renewed(
    target: HttpTarget,
    refused: ReadyCredentials,
    until: number,
  ): Promise<ReadyCredentials | undefined>;
}

export interface CredentialDependencies {
  readonly secrets: Secrets;
  readonly outbound: Outbound;
  readonly sessions: SessionIssuer;
  readonly clock: Clock;
}

type ReadySigned = Pick<ReadyCredentials, 'written' | 'fields' | 'sign'>;

const NO_FIELDS: SecretFields = {};
/** Of fields that are sent nowhere. */
const LEAST_SCRUBBED = 8;

function missing({ id }: HttpTarget, what: string): Refusal {
  return new Refusal(
    'target_unavailable',
    `The broker can't prove itself to ${id}: ${what}. Nothing was sent. Its operators must mend that.`,
  );
}

async function fieldsOf(
  { secrets }: Pick<CredentialDependencies, 'secrets'>,
  target: HttpTarget,
  fresh: boolean,
): Promise<SecretFields | Refusal> {
  if (target.secret === undefined) return NO_FIELDS;
  try {
    const fields = await secrets.read(target.secret, { fresh });
    return fields ?? missing(target, 'its secret is not in the store');
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return new Refusal(
      'target_unavailable',
      'The store of secrets did not answer, so nothing was sent. Try again.',
      { retryAfterSeconds: 5 },
    );
  }
}

function sameFields(one: SecretFields, other: SecretFields): boolean {
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => {
      const [here, there] = [one[name], Object.hasOwn(other, name) ? other[name] : undefined];
      return here !== undefined && there !== undefined && here.equals(there);
    })
  );
}

type Put = Pick<ReadyCredentials, 'written' | 'clientCertificate' | 'scrub'>;

function certificateOf({ connection }: HttpTarget, fields: SecretFields) {
  const { clientCertificate } = connection;
  if (clientCertificate === undefined) return undefined;
  const [certificate, key] = [clientCertificate.certificate, clientCertificate.key].map((template) => {
    const name = /^\$\{secret\.([\w-]+)\}$/u.exec(template)?.[1] ?? '';
    return Object.hasOwn(fields, name) ? fields[name] : undefined;
  });
  return certificate === undefined || key === undefined ? 'missing' : { certificate, key };
}

function putOf(target: HttpTarget, fields: SecretFields, bearer: Secret | undefined): Put | Refusal {
  const written = injected(target.inject, fields, bearer);
  if ('problem' in written) return missing(target, written.problem);
  const clientCertificate = certificateOf(target, fields);
  if (clientCertificate === 'missing') {
    return missing(target, 'its secret lacks a field of the client certificate');
  }
  const scrub = createScrub([...written.secrets, ...telling(fields)]);
  return { written, scrub, ...(clientCertificate === undefined ? {} : { clientCertificate }) };
}

/** Made once for what the store gave, and once for each access token. */
type Memory = WeakMap<
  HttpTarget,
  { readonly fields: SecretFields; readonly bearer: Secret | undefined; readonly put: Put }
>;

function rememberedPut(
  memory: Memory,
  target: HttpTarget,
  fields: SecretFields,
  bearer: Secret | undefined,
): Put | Refusal {
  const known = memory.get(target);
  if (known !== undefined && known.fields === fields && known.bearer === bearer) return known.put;
  const put = putOf(target, fields, bearer);
  if (!(put instanceof Refusal)) memory.set(target, { fields, bearer, put });
  return put;
}

/** A session that is good for less than this is not begun with: it is looked at when the request arrives. */
const MARGIN_MILLISECONDS = 10_000;
const MOST_SESSIONS = 500;

/** A session, and what it was asked for with. */
export interface SigningSession {
  readonly session: Session;
  readonly compiled: CompiledSession;
}

/** Of what differs from call to call though the session is the same: its name, and how long it is to last. */
function nameOf({ request, ends }: CompiledSession): string {
  const { sessionName: _, durationSeconds: __, policy, ...others } = request;
  return sha256(JSON.stringify([others, policy.replaceAll(dateText(ends), '')]));
}

function isGood({ session, compiled }: SigningSession, wanted: CompiledSession, now: number): boolean {
  const ends = Math.min(session.expiration.getTime(), compiled.ends.getTime());
  return ends - now > MARGIN_MILLISECONDS && compiled.ends.getTime() <= wanted.ends.getTime();
}

/** As long as the session: its token is long, and so is what finds it. */
const SCRUBS = new WeakMap<Session, ReadyCredentials['scrub']>();

function scrubOf(session: Session): ReadyCredentials['scrub'] {
  const known = SCRUBS.get(session) ?? createScrub([session.secretAccessKey, session.sessionToken]);
  SCRUBS.set(session, known);
  return known;
}

/** Sessions by what they may do, for whom, and from where. */
function createSessions({ sessions, clock }: Pick<CredentialDependencies, 'sessions' | 'clock'>) {
  const known = new Map<string, SigningSession>();
  const underWay = new Map<string, Promise<SigningSession | Refusal>>();
  const issue = async (compiled: CompiledSession, name: string): Promise<SigningSession | Refusal> => {
    const session = await sessions.issue(compiled.request);
    if ('problem' in session) {
      const code = session.problem === 'unavailable' ? 'target_unavailable' : 'target_failed';
      return new Refusal(code, session.detail);
    }
    const issued = { session, compiled };
    known.delete(name);
    known.set(name, issued);
    const [oldest] = known.keys();
    if (known.size > MOST_SESSIONS && oldest !== undefined) known.delete(oldest);
    return issued;
  };
  return async (compiled: CompiledSession): Promise<SigningSession | Refusal> => {
    const name = nameOf(compiled);
    const before = known.get(name);
    if (before !== undefined && isGood(before, compiled, clock.now().getTime())) return before;
    const issuing = underWay.get(name) ?? issue(compiled, name).finally(() => underWay.delete(name));
    underWay.set(name, issuing);
    return issuing;
  };
}

interface Address {
  readonly origin: Origin;
  /** Of its base URL, without the slash at its end. */
  readonly basePath: string;
}

const ADDRESSES = new WeakMap<HttpTarget, Address>();

/** One object for one target, since connections are kept by it. */
export function addressOf(target: HttpTarget): Address {
  const known = ADDRESSES.get(target);
  if (known !== undefined) return known;
  const { baseUrl, private: ranges, ca } = target.connection;
  const { origin, pathname } = new URL(baseUrl);
  const address: Address = {
    origin: { target: target.id, origin, private: ranges, ...(ca === undefined ? {} : { ca }) },
    basePath: pathname.replace(/\/$/u, ''),
  };
  ADDRESSES.set(target, address);
  return address;
}

/** Fields that are not put in too: what the target knows of them it may send back. Short ones stand in anything. */
function telling(fields: SecretFields): readonly Secret[] {
  return Object.values(fields).filter((field) => field.open().length >= LEAST_SCRUBBED);
}

function secretsOf({ written, fields, sign }: ReadySigned): readonly Secret[] {
  const ofSession = sign === undefined ? [] : [sign.session.secretAccessKey, sign.session.sessionToken];
  return [...written.secrets, ...telling(fields), ...ofSession];
}

async function bearerOf(
  tokens: AccessTokens,
  target: HttpTarget,
  fields: SecretFields,
  until: number,
  refused?: Secret,
): Promise<{ readonly bearer: Secret | undefined } | Refusal> {
  const oauth2 = oauth2In(target.inject);
  if (oauth2 === undefined) return { bearer: undefined };
  const bearer = await tokens.token(target, oauth2, fields, until, refused);
  return bearer instanceof Refusal ? bearer : { bearer };
}

export function createTargetCredentials(dependencies: CredentialDependencies): TargetCredentials {
  const tokens = createAccessTokens(dependencies);
  const sessionFor = createSessions(dependencies);
  const memory: Memory = new WeakMap();
  const made = async (target: HttpTarget, fields: SecretFields, until: number, refused?: Secret) => {
    const got = await bearerOf(tokens, target, fields, until, refused);
    if (got instanceof Refusal) return got;
    const put = rememberedPut(memory, target, fields, got.bearer);
    return put instanceof Refusal ? put : { ...put, fields, bearer: got.bearer };
  };
  return {
    async ready(target, aws, until) {
      const fields = await fieldsOf(dependencies, target, false);
      if (fields instanceof Refusal) return fields;
      const ready = await made(target, fields, until);
      const sigv4 = sigv4In(target.inject);
      if (ready instanceof Refusal || aws === undefined || sigv4 === undefined) return ready;
      const signing = await sessionFor(aws);
      if (signing instanceof Refusal) return signing;
      const { session } = signing;
      const { service, region } = sigv4;
      const scrub = bothScrubs(ready.scrub, scrubOf(session));
      return { ...ready, scrub, sign: { service, region, session }, signing };
    },

    async renewed(target, refused, until) {
      const fields = await fieldsOf(dependencies, target, true);
      if (fields instanceof Refusal) return undefined;
      const isSame = sameFields(fields, refused.fields);
      if (isSame && refused.bearer === undefined) return undefined;
      const again = await made(target, fields, until, refused.bearer);
      if (again instanceof Refusal) return undefined;
      const hasSameToken = refused.bearer === undefined || again.bearer?.equals(refused.bearer) === true;
      if (isSame && hasSameToken) return undefined;
      // What the target was shown first may come back in the second answer too, and one may hold the other.
      const scrub = createScrub([...secretsOf(refused), ...secretsOf(again)]);
      const { sign, signing } = refused;
      return { ...again, scrub, ...(sign === undefined || signing === undefined ? {} : { sign, signing }) };
    },
  };
}
