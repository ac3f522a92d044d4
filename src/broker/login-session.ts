// Who has logged in, for a quarter of an hour: known by what their browser holds, of which only a hash is kept.
import type { HumanSettings } from '../config/index.ts';
import { freshLoginSecret, isLoginSecret, type LoggedIn } from '../identity/index.ts';
import type { RecordKey } from '../ports/records.ts';
import { sha256 } from '../shared/hash.ts';
import type { Json } from '../shared/json.ts';
import type { Secret } from '../shared/secret.ts';
import type { BrokerDependencies, ConfigOnly } from './dependencies.ts';

/** From the login on, whatever is done meanwhile. */
export const SESSION_SECONDS = 900;

/** As what, and where, the broker had somebody log in. */
export interface Client {
  readonly issuer: string;
  readonly clientId: string;
}

export interface LoginSession {
  readonly person: LoggedIn;
  readonly expiresAt: Date;
}

interface Kept extends Client {
  readonly human: LoggedIn;
  readonly expiresAt: string;
}

export function clientOf(humans: HumanSettings | undefined): Client | undefined {
  if (humans?.login === undefined) return undefined;
  return { issuer: humans.issuer, clientId: humans.login.clientId };
}

/** What was begun at another provider, or as another client, is over once the files have changed. */
export function isSameClient(humans: HumanSettings | undefined, { issuer, clientId }: Client): boolean {
  const now = clientOf(humans);
  return now?.issuer === issuer && now.clientId === clientId;
}

function sessionKey(session: Secret): RecordKey {
  return { partition: `session/${sha256(session.open())}`, sort: 'session' };
}

export async function openSession(
  { records, clock, ids }: Pick<BrokerDependencies, 'records' | 'clock' | 'ids'>,
  person: LoggedIn,
  { issuer, clientId }: Client,
): Promise<LoginSession & { readonly session: Secret }> {
  const session = freshLoginSecret((bytes) => ids.random(bytes));
  const expiresAt = new Date(clock.now().getTime() + SESSION_SECONDS * 1000);
  const kept: Kept = { human: person, issuer, clientId, expiresAt: expiresAt.toISOString() };
  const made = await records.create(sessionKey(session), kept as unknown as Json, { expiresAt });
  if (!made.created) throw new Error('a session was drawn twice');
  return { session, person, expiresAt };
}

/** Who it is that has this session, read fresh. Undefined where it is none, or is over. */
export async function sessionOf(
  dependencies: Pick<BrokerDependencies, 'records' | 'clock'> & ConfigOnly,
  session: Secret | undefined,
): Promise<LoginSession | undefined> {
  if (session === undefined || !isLoginSecret(session.open())) return undefined;
  const [record] = await dependencies.records.read([sessionKey(session)]);
  const kept = record?.value as unknown as Kept | undefined;
  if (kept === undefined || dependencies.clock.now().toISOString() >= kept.expiresAt) return undefined;
  const { humans } = (await dependencies.rules()).config.broker;
  if (!isSameClient(humans, kept)) return undefined;
  return { person: kept.human, expiresAt: new Date(kept.expiresAt) };
}
