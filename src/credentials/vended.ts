// What is remembered of vended sessions, so that they can be revoked: by role, until they end by themselves.
import type { RecordKey } from '../ports/records.ts';
import type { VendedRole } from '../ports/revoker.ts';
import { sha256 } from '../shared/hash.ts';
import { tailOf } from '../shared/ids.ts';
import { type Ancestor, type Call, taskKey } from '../tasks/index.ts';

/** STS gives no session of a chained role for longer, and the broker's own credentials are of a role. */
const LONGEST_SESSION = 3_600_000;
/** STS takes a moment to answer, and the clocks of AWS may be behind ours. */
const MARGIN = 120_000;
/** From when a call is made to when nothing is begun for it any more; more than it really is. */
const CALL = 60_000;

/** Written before STS is asked: a session that nobody remembers could never be revoked. */
export interface VendedSession {
  readonly task: string;
  readonly agent: string;
  readonly ancestors: readonly Ancestor[];
  readonly call: string;
  /** Of the call; tells a repetition from the call that it repeats. */
  readonly outcomeEvent: string;
  readonly requestedAt: string;
  /** Whatever STS answers, the session does nothing from then on. */
  readonly endsBy: string;
}

export function vendedSession(call: Call, taskEnds: Date): VendedSession {
  const { task, agent, ancestors, outcomeEvent, requestedAt, deadline } = call;
  const latest = Math.min(taskEnds.getTime(), Date.parse(deadline) + LONGEST_SESSION);
  const endsBy = new Date(latest + MARGIN).toISOString();
  return { task, agent, ancestors, call: call.id, outcomeEvent, requestedAt, endsBy };
}

/** Roles by a hash, which any ARN has and any key takes. */
export function roleHash({ roleArn }: Pick<VendedRole, 'roleArn'>): string {
  return sha256(roleArn).slice(0, 32);
}

/** Whether the call's session may work. Only what is recorded to have brought none, or none that is real, does not. */
export function mayStillWork({ status, session }: Call, now: Date): boolean {
  if (status === 'requested' || status === 'executing' || status === 'outcome_unknown') return true;
  if (status !== 'succeeded' || session === undefined || !session.real) return false;
  return now.getTime() < Date.parse(session.expiresAt) + MARGIN;
}

const SHARDS = 8;

function shardOf(id: string): number {
  return Number.parseInt(tailOf(id).slice(-1), 36) % SHARDS;
}

const HOUR = 3_600_000;

function hourOf(time: number): string {
  return new Date(time).toISOString().slice(0, 13);
}

/**
 * Where the sessions of a role are that may work at that moment: by the hour that they were asked for in, so that what
 * is over is not read again; and spread over several partitions, since one role may serve everybody.
 */
export function vendedPartitions(role: string, now: Date): readonly string[] {
  const since = now.getTime() - LONGEST_SESSION - CALL - MARGIN;
  // Whoever asks for one may have a clock that is ahead of ours.
  const latest = now.getTime() + MARGIN;
  const hours = new Set([0, HOUR, 2 * HOUR].map((later) => hourOf(Math.min(since + later, latest))));
  return [...hours].flatMap((hour) =>
    Array.from({ length: SHARDS }, (_, shard) => `vended/${role}/${hour}/${shard}`),
  );
}

export function vendedKey(
  role: string,
  { outcomeEvent, requestedAt }: Pick<VendedSession, 'outcomeEvent' | 'requestedAt'>,
): RecordKey {
  const hour = hourOf(Date.parse(requestedAt));
  return { partition: `vended/${role}/${hour}/${shardOf(outcomeEvent)}`, sort: tailOf(outcomeEvent) };
}

/** How often it was asked to look at a role's deny: a counter, so that asking never waits and is never lost. */
export function askedKey(role: string): RecordKey {
  return { partition: `revoke/${role}`, sort: 'asked' };
}

/** Where the reconciler finds the roles that were asked for. */
export const ASKED_PARTITIONS: readonly string[] = Array.from(
  { length: SHARDS },
  (_, shard) => `revoke/${shard}`,
);

export function askedIndex(role: string): RecordKey {
  return { partition: `revoke/${Number.parseInt(role.slice(-1), 16) % SHARDS}`, sort: role };
}

/** What stands on a role, and who is at work on it. */
export interface RoleDeny {
  /** How often it had been asked to look when the deny was last made to fit what is recorded. */
  readonly done: number;
  /** SHA-256 of the deny as it was written last; left out where there is none. */
  readonly document?: string;
  /** Nobody has looked yet, or somebody may have written and not come back to say so. */
  readonly unknown?: true;
  /** When to look again unasked: something in it ends, or waits, or it was not looked at for a while. */
  readonly again?: string;
  /** Who alone may write it, and until when. */
  readonly lease?: { readonly by: string; readonly until: string };
}

export function roleDenyKey(role: string): RecordKey {
  return { partition: `revoker/${role}`, sort: 'state' };
}

/** How it stands with the sessions of a task that is over, on one role. */
export interface TaskDeny {
  readonly state: 'inForce' | 'waiting';
  readonly since: string;
}

export function taskDenyKey(task: string, role: string): RecordKey {
  return { partition: taskKey(task).partition, sort: `deny/${role}` };
}
