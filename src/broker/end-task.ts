// Ends a task, and with it all tasks below it: from now on nothing happens under any of them.
import { type RequestFacts, storedEvent } from '../audit/index.ts';
import { Refusal, Unavailable } from '../shared/errors.ts';
import { makeId } from '../shared/ids.ts';
import type { Json } from '../shared/json.ts';
import {
  CALLS_PREFIX,
  type Call,
  CHILDREN_PREFIX,
  endTask,
  type Task,
  type TaskChangeName,
  type TaskEnd,
  type TaskRecord,
  taskKey,
} from '../tasks/index.ts';
import type { BrokerDependencies } from './dependencies.ts';
import { taskOptions } from './keeping.ts';
import { NO_SUCH_TASK, type Standing, standingOf } from './standing.ts';

/**
 * `none`: there never were any that worked. `pending`: some still work, until the task's deadline at the latest.
 * `inForce`: there were, and none works any more.
 */
export type Revocation = 'none' | 'pending' | 'inForce';

/** What became of a task that is over, and of everything below it. */
export interface Aftermath {
  readonly revocation: Revocation;
  /** The tasks below it that were not over before. */
  readonly below: readonly string[];
}

type Dependencies = Pick<BrokerDependencies, 'records' | 'events' | 'clock' | 'ids' | 'log'>;

export interface EndedTask {
  readonly standing: Standing;
  readonly revocation: Revocation;
}

/** The task after this end, or after the one that it had before: ending what is over is no mistake. */
export async function endStanding(
  dependencies: Dependencies,
  standing: Standing,
  change: TaskChangeName,
  why: Pick<TaskEnd, 'by' | 'reason'>,
  request: RequestFacts,
): Promise<EndedTask | Refusal> {
  const after = await recordEnd(dependencies, standing, change, why);
  if (after === undefined) return NO_SUCH_TASK;
  // After the end, so that no call can begin that this does not see, and whose credentials still go out.
  const aftermath = await aftermathOf(dependencies, after.task);
  const unwritten = await tell(dependencies, after.task, aftermath, request);
  return unwritten ?? { standing: after, revocation: aftermath.revocation };
}

async function recordEnd(
  dependencies: Dependencies,
  standing: Standing,
  change: TaskChangeName,
  why: Pick<TaskEnd, 'by' | 'reason'>,
): Promise<Standing | undefined> {
  const { records, clock, ids } = dependencies;
  const { task, version } = standing;
  const now = clock.now();
  const event = makeId('evt', now, ids.random(10));
  const ended = endTask(task, change, { at: now.toISOString(), event, ...why });
  if (ended === undefined) return standing;
  const options = taskOptions(ended);
  if (await records.replace(taskKey(task.id), version, ended as unknown as Json, options)) {
    return { ...standing, task: ended };
  }
  // Somebody else ended it at the same moment: what they wrote holds.
  return standingOf(dependencies, task.id);
}

/** All of a partition's records with that prefix, page by page. */
async function* listed({ records }: Pick<Dependencies, 'records'>, task: string, prefix: string) {
  let cursor: string | undefined;
  do {
    const page = await records.list(taskKey(task).partition, prefix, {
      limit: 500,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const { value } of page.items) yield value;
    cursor = page.cursor;
  } while (cursor !== undefined);
}

async function ownRevocation(
  dependencies: Pick<Dependencies, 'records' | 'clock'>,
  task: Pick<Task, 'id' | 'expiresAt'>,
): Promise<Revocation> {
  const now = dependencies.clock.now().toISOString();
  let were = false;
  for await (const value of listed(dependencies, task.id, CALLS_PREFIX)) {
    const { task: of, status, session } = value as unknown as Call;
    if (of !== task.id) continue;
    // One that is under way may yet bring a session. No session outlasts its task.
    const underWay = status === 'requested' && now < task.expiresAt;
    if (underWay || (session?.real === true && now < session.expiresAt)) return 'pending';
    were ||= session?.real === true;
  }
  return were ? 'inForce' : 'none';
}

const RANK = { none: 0, inForce: 1, pending: 2 } as const;

function wasOpen({ ended, expiresAt }: Task, at: string): boolean {
  return at < expiresAt && (ended === undefined || at <= ended.at);
}

/**
 * What became of the credentials that were issued under it or below, and of the tasks below. A chain is short, so this
 * ends.
 */
export async function aftermathOf(
  dependencies: Pick<Dependencies, 'records' | 'clock'>,
  task: Pick<Task, 'id' | 'expiresAt' | 'ended'>,
  at = task.ended?.at ?? task.expiresAt,
): Promise<Aftermath> {
  let revocation = await ownRevocation(dependencies, task);
  const below: string[] = [];
  for await (const value of listed(dependencies, task.id, CHILDREN_PREFIX)) {
    const { task: id } = value as { readonly task: string };
    const [record] = await dependencies.records.read([taskKey(id)]);
    const child = record?.value as unknown as TaskRecord | undefined;
    // A child that was claimed and never opened, or one that is no longer kept. Its own record says its id: where
    // its opening was begun twice with one Idempotency-Key, what stands here may be that of another time.
    if (child === undefined || child.status === 'refused' || child.ancestors.at(-1)?.task !== task.id)
      continue;
    const under = await aftermathOf(dependencies, child, at);
    if (wasOpen(child, at)) below.push(child.id, ...under.below);
    if (RANK[under.revocation] > RANK[revocation]) revocation = under.revocation;
  }
  return { revocation, below };
}

const EVENT_OF = { finished: 'task.finished', revoked: 'task.revoked' } as const;

export function taskEndEvent(task: Task, ended: TaskEnd, aftermath: Aftermath, request?: RequestFacts) {
  const { at, event, by, reason } = ended;
  return storedEvent(task.id, event, new Date(at), {
    type: task.status === 'revoked' ? EVENT_OF.revoked : EVENT_OF.finished,
    task: task.id,
    ancestors: task.ancestors,
    agent: task.agent,
    owner: task.owner,
    ...(task.requester === undefined ? {} : { requester: task.requester }),
    purpose: task.purpose,
    ...(by === undefined ? {} : { by }),
    ...(reason === undefined ? {} : { why: reason }),
    ...aftermath,
    configDigest: task.configDigest,
    ...(request === undefined ? {} : { request }),
  });
}

async function tell(
  { events, log }: Dependencies,
  task: Task,
  aftermath: Aftermath,
  request: RequestFacts,
): Promise<Refusal | undefined> {
  if (task.ended === undefined) return undefined;
  try {
    await events.append(taskEndEvent(task, task.ended, aftermath, request));
    return undefined;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    log.error('outcome not recorded', { task: task.id });
    return new Refusal(
      'outcome_unknown',
      'The task is over, but that could not be written down yet. Ask again to be sure.',
    );
  }
}
