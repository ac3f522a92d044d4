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

const SHARDS = 8;

function shardOf(id: string): number {
  return Number.parseInt(tailOf(id).slice(-1), 36) % SHARDS;
}

/** Spread over several partitions: one role may serve everybody. */
export function vendedPartitions(role: string): readonly string[] {
  return Array.from({ length: SHARDS }, (_, shard) => `vended/${role}/${shard}`);
}

export function vendedKey(role: string, { outcomeEvent }: Pick<VendedSession, 'outcomeEvent'>): RecordKey {
  return { partition: `vended/${role}/${shardOf(outcomeEvent)}`, sort: tailOf(outcomeEvent) };
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
  /** Whether there is a deny on the role. */
  readonly stands: boolean;
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
