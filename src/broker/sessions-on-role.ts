// Whose sessions are out on a role: of which tasks that are over before their time, and of which that are open.
import {
  type EndedTask,
  mayStillWork,
  type TaskDeny,
  taskDenyKey,
  type VendedSession,
  vendedPartitions,
} from '../credentials/index.ts';
import type { RecordKey, StoredRecord } from '../ports/records.ts';
import { tailOf } from '../shared/ids.ts';
import { CALLS_PREFIX, type Call, callKey, type Task } from '../tasks/index.ts';
import type { BrokerDependencies } from './dependencies.ts';
import { readMany, readStandings, type Standing, statusOf } from './standing.ts';

type Dependencies = Pick<BrokerDependencies, 'records' | 'clock'>;

export interface EndedOnRole extends EndedTask {
  /** As it is recorded. */
  readonly record: Task;
  readonly deny: { readonly key: RecordKey; readonly version: number; readonly value: TaskDeny | undefined };
}

export interface SessionsOnRole {
  readonly ended: readonly EndedOnRole[];
  readonly live: readonly string[];
}

/** What a task had vended on the role; of many sessions, only some are told one by one. */
interface Vended extends Pick<VendedSession, 'task' | 'agent' | 'ancestors'> {
  count: number;
  latest: number;
  endsBy: number;
  readonly some: VendedSession[];
}

const PAGE = 500;
const MOST_TOLD = 20;
/** So many tasks fit into a deny without a look at those that are open. */
const SURELY_FIT = 100;

function add(tasks: Map<string, Vended>, session: VendedSession): void {
  const { task, agent, ancestors, requestedAt, endsBy } = session;
  const one = tasks.get(task) ?? { task, agent, ancestors, count: 0, latest: 0, endsBy: 0, some: [] };
  one.count += 1;
  one.latest = Math.max(one.latest, Date.parse(requestedAt));
  one.endsBy = Math.max(one.endsBy, Date.parse(endsBy));
  if (one.some.length < MOST_TOLD) one.some.push(session);
  tasks.set(task, one);
}

async function addAllIn(
  { records }: Dependencies,
  partition: string,
  now: string,
  tasks: Map<string, Vended>,
): Promise<void> {
  let cursor: string | undefined;
  do {
    const page = await records.list(partition, '', {
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const { value } of page.items) {
      const session = value as unknown as VendedSession;
      if (now < session.endsBy) add(tasks, session);
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
}

/** Where a call's record stands, and where it does if it is a repetition of another. */
function callKeys({ task, call, outcomeEvent }: VendedSession): readonly RecordKey[] {
  const key = callKey(task, call);
  return [key, { ...key, sort: `${CALLS_PREFIX}${tailOf(outcomeEvent)}` }];
}

function mayWork(
  { outcomeEvent }: VendedSession,
  records: readonly (StoredRecord | undefined)[],
  now: Date,
): boolean {
  const calls = records.map((record) => record?.value as unknown as Call | undefined);
  const call = calls.find((one) => one?.outcomeEvent === outcomeEvent);
  return call === undefined || mayStillWork(call, now);
}

/** Those of which some session may work. Where there are too many to look at each, one will. */
async function working<T extends { readonly vended: Vended }>(
  dependencies: Dependencies,
  tasks: readonly T[],
  now: Date,
): Promise<readonly T[]> {
  const told = tasks.flatMap(({ vended }) => vended.some);
  const calls = await readMany(dependencies, told.flatMap(callKeys));
  let at = 0;
  return tasks.filter(({ vended }) => {
    const each = vended.some.map((session) => {
      at += 2;
      return mayWork(session, calls.slice(at - 2, at), now);
    });
    return vended.count > vended.some.length || each.includes(true);
  });
}

interface Over {
  readonly standing: Standing;
  readonly vended: Vended;
}

function isRootOver({ above, version }: Standing, now: Date): boolean {
  const [root] = above;
  if (root === undefined) return true;
  if (root.task === undefined) return false;
  const status = statusOf({ task: root.task, version, above: [], agent: root.agent }, now);
  return status === 'finished' || status === 'revoked';
}

function endedOnRole(
  { standing, vended }: Over,
  now: Date,
  deny: StoredRecord | undefined,
  key: RecordKey,
): EndedOnRole {
  const { task, above, agent } = standing;
  const value = deny?.value as unknown as TaskDeny | undefined;
  return {
    task: task.id,
    agent: task.agent,
    root: above[0]?.named.task ?? task.id,
    rootOver: isRootOver(standing, now),
    ...(agent?.status === 'disabled' ? { agentDisabled: new Date(agent.since ?? now) } : {}),
    revoked: statusOf(standing, now) === 'revoked',
    latest: new Date(vended.latest),
    endsBy: new Date(vended.endsBy),
    ...(value?.state === 'inForce' ? { since: value.since } : {}),
    record: task,
    deny: { key, version: deny?.version ?? 0, value },
  };
}

async function endedAmong(
  dependencies: Dependencies,
  tasks: readonly Over[],
  role: string,
  now: Date,
): Promise<readonly EndedOnRole[]> {
  const over = await working(dependencies, tasks, now);
  const keys = over.map(({ standing }) => taskDenyKey(standing.task.id, role));
  const denies = await readMany(dependencies, keys);
  return over.flatMap((one, place) => {
    const key = keys[place];
    return key === undefined ? [] : [endedOnRole(one, now, denies[place], key)];
  });
}

export async function sessionsOn(dependencies: Dependencies, role: string): Promise<SessionsOnRole> {
  const now = dependencies.clock.now();
  const tasks = new Map<string, Vended>();
  const partitions = vendedPartitions(role, now);
  await Promise.all(partitions.map((one) => addAllIn(dependencies, one, now.toISOString(), tasks)));
  const all = [...tasks.values()];
  const standings = await readStandings(dependencies, all);
  const over: Over[] = [];
  const open: Over[] = [];
  for (const [place, vended] of all.entries()) {
    const standing = standings[place];
    // A task that is not kept any more ended long ago, and its sessions with it.
    if (standing === undefined) continue;
    const status = statusOf(standing, now);
    if (status === 'open') open.push({ standing, vended });
    else if (status !== 'expired') over.push({ standing, vended });
  }
  const ended = await endedAmong(dependencies, over, role, now);
  // What was asked for and refused is nothing to make an exception for, where room is short.
  const live = ended.length > SURELY_FIT ? await working(dependencies, open, now) : open;
  return { ended, live: live.map(({ standing }) => standing.task.id) };
}
