// Whose sessions are out on a role: of which tasks that are over before their time, and of which that are open.
import {
  type EndedTask,
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

const PAGE = 500;

async function vendedIn(
  { records }: Dependencies,
  partition: string,
  now: string,
): Promise<readonly VendedSession[]> {
  const found: VendedSession[] = [];
  let cursor: string | undefined;
  do {
    const page = await records.list(partition, '', {
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    found.push(...page.items.map(({ value }) => value as unknown as VendedSession));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found.filter(({ endsBy }) => now < endsBy);
}

/** Where a call's record stands that is a repetition of another. */
function callKeys({ task, call, outcomeEvent }: VendedSession): readonly RecordKey[] {
  const key = callKey(task, call);
  return [key, { ...key, sort: `${CALLS_PREFIX}${tailOf(outcomeEvent)}` }];
}

/** Whether the session may work. Only what is recorded to have brought none, or none that is real, does not. */
function mayWork(session: VendedSession, records: readonly (StoredRecord | undefined)[]): boolean {
  const calls = records.map((record) => record?.value as unknown as Call | undefined);
  const call = calls.find((one) => one?.outcomeEvent === session.outcomeEvent);
  if (call === undefined || call.status === 'requested' || call.status === 'outcome_unknown') return true;
  return call.status === 'succeeded' && call.session?.real !== false;
}

interface Over {
  readonly standing: Standing;
  readonly sessions: readonly VendedSession[];
}

function endedOnRole(
  { standing, sessions }: Over,
  now: Date,
  deny: StoredRecord | undefined,
  key: RecordKey,
) {
  const { task, above, agent } = standing;
  const [root] = above;
  const value = deny?.value as unknown as TaskDeny | undefined;
  const moments = (of: (session: VendedSession) => string) => sessions.map((one) => Date.parse(of(one)));
  return {
    task: task.id,
    agent: task.agent,
    root: root?.named.task ?? task.id,
    rootOver: root === undefined || isRootOver(standing, now),
    ...(agent?.status === 'disabled' ? { agentDisabled: new Date(agent.since ?? now) } : {}),
    revoked: statusOf(standing, now) === 'revoked',
    latest: new Date(Math.max(...moments(({ requestedAt }) => requestedAt))),
    endsBy: new Date(Math.max(...moments(({ endsBy }) => endsBy))),
    ...(value?.state === 'inForce' ? { since: value.since } : {}),
    record: task,
    deny: { key, version: deny?.version ?? 0, value },
  } satisfies EndedOnRole;
}

function isRootOver({ above, version }: Standing, now: Date): boolean {
  const [root] = above;
  if (root?.task === undefined) return false;
  const status = statusOf({ task: root.task, version, above: [], agent: root.agent }, now);
  return status === 'finished' || status === 'revoked';
}

/** Of all that is over, whose sessions may work: it costs a look at each of their calls. */
async function endedAmong(
  dependencies: Dependencies,
  over: readonly Over[],
  role: string,
  now: Date,
): Promise<readonly EndedOnRole[]> {
  const keys = over.map(({ standing }) => taskDenyKey(standing.task.id, role));
  const [denies, calls] = await Promise.all([
    readMany(dependencies, keys),
    readMany(
      dependencies,
      over.flatMap(({ sessions }) => sessions.flatMap(callKeys)),
    ),
  ]);
  let at = 0;
  return over.flatMap(({ standing, sessions }, place) => {
    const working = sessions.filter((session) => {
      at += 2;
      return mayWork(session, calls.slice(at - 2, at));
    });
    const key = keys[place];
    if (working.length === 0 || key === undefined) return [];
    return [endedOnRole({ standing, sessions: working }, now, denies[place], key)];
  });
}

export async function sessionsOn(dependencies: Dependencies, role: string): Promise<SessionsOnRole> {
  const now = dependencies.clock.now();
  const partitions = vendedPartitions(role).map((partition) =>
    vendedIn(dependencies, partition, now.toISOString()),
  );
  const byTask = Map.groupBy((await Promise.all(partitions)).flat(), ({ task }) => task);
  const groups = [...byTask.values()];
  const standings = await readStandings(
    dependencies,
    groups.flatMap(([first]) => first ?? []),
  );
  const over: Over[] = [];
  const live: string[] = [];
  for (const [place, sessions] of groups.entries()) {
    const standing = standings[place];
    // A task that is not kept any more ended long ago, and its sessions with it.
    if (standing === undefined) continue;
    const status = statusOf(standing, now);
    if (status === 'open') live.push(standing.task.id);
    else if (status !== 'expired') over.push({ standing, sessions });
  }
  return { ended: await endedAmong(dependencies, over, role, now), live };
}
