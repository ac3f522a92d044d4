// Finishes a task: from now on nothing happens under it. Finishing what is over already is no mistake.
import { type RequestFacts, storedEvent } from '../audit/index.ts';
import { Refusal, Unavailable } from '../shared/errors.ts';
import { makeId } from '../shared/ids.ts';
import type { Json } from '../shared/json.ts';
import { CALLS_PREFIX, type Call, endTask, type Task, type TaskEnd, taskKey } from '../tasks/index.ts';
import { agentForTask, type Caller } from './caller.ts';
import type { BrokerDependencies, ConfigOnly } from './dependencies.ts';
import { taskOptions } from './keeping.ts';
import { readTaskOf } from './standing.ts';

/**
 * `none`: there never were any that worked. `pending`: some still work, until the task's deadline at the latest.
 * `inForce`: there were, and none works any more.
 */
export type Revocation = 'none' | 'pending' | 'inForce';

export interface FinishedTask {
  readonly task: Task;
  readonly revocation: Revocation;
}

type Dependencies = Omit<BrokerDependencies, 'sessions' | 'rules'> & ConfigOnly;

export async function finishTask(
  dependencies: Dependencies,
  caller: Caller,
  id: string,
  body?: unknown,
): Promise<FinishedTask | Refusal> {
  const agent = await agentForTask(dependencies, caller, id);
  if (agent instanceof Refusal) return agent;
  if (body instanceof Refusal) return body;
  const task = await end(dependencies, id, agent);
  if (task instanceof Refusal) return task;
  // After the end, so that no call can begin that this does not see, and whose credentials still go out.
  const revocation = await revocationOf(dependencies, task);
  const unwritten = await recordEnd(dependencies, task, revocation, caller.facts);
  return unwritten ?? { task, revocation };
}

/** The task after it was finished, by this request or before. */
async function end(dependencies: Dependencies, id: string, agent: string): Promise<Task | Refusal> {
  const { records, clock, ids } = dependencies;
  const read = await readTaskOf(dependencies, id, agent);
  if (read instanceof Refusal) return read;
  const now = clock.now();
  const finished = endTask(read.task, 'finish', {
    at: now.toISOString(),
    event: makeId('evt', now, ids.random(10)),
  });
  if (finished === undefined) return read.task;
  const options = taskOptions(finished);
  if (await records.replace(taskKey(id), read.version, finished as unknown as Json, options)) return finished;
  // Somebody else ended it at the same moment: what they wrote holds.
  const after = await readTaskOf(dependencies, id, agent);
  return after instanceof Refusal ? after : after.task;
}

/** What became of the credentials that were issued under a task which is over. */
export async function revocationOf(
  { records, clock }: Pick<Dependencies, 'records' | 'clock'>,
  task: Task,
): Promise<Revocation> {
  const now = clock.now().toISOString();
  let were = false;
  let cursor: string | undefined;
  do {
    const page = await records.list(taskKey(task.id).partition, CALLS_PREFIX, {
      limit: 500,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const { value } of page.items) {
      const { task: of, status, session } = value as unknown as Call;
      if (of !== task.id) continue;
      // One that is under way may yet bring a session. No session outlasts its task.
      const underWay = status === 'requested' && now < task.expiresAt;
      if (underWay || (session?.real === true && now < session.expiresAt)) return 'pending';
      were ||= session?.real === true;
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  return were ? 'inForce' : 'none';
}

export function taskEndEvent(task: Task, ended: TaskEnd, revocation: Revocation, request?: RequestFacts) {
  return storedEvent(task.id, ended.event, new Date(ended.at), {
    type: 'task.finished',
    task: task.id,
    ancestors: task.ancestors,
    agent: task.agent,
    owner: task.owner,
    ...(task.requester === undefined ? {} : { requester: task.requester }),
    purpose: task.purpose,
    revocation,
    configDigest: task.configDigest,
    ...(request === undefined ? {} : { request }),
  });
}

async function recordEnd(
  { events, log }: Dependencies,
  task: Task,
  revocation: Revocation,
  request: RequestFacts,
): Promise<Refusal | undefined> {
  if (task.ended === undefined) return undefined;
  try {
    await events.append(taskEndEvent(task, task.ended, revocation, request));
    return undefined;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    log.error('outcome not recorded', { task: task.id });
    return new Refusal(
      'outcome_unknown',
      'The task is finished, but that could not be written down yet. Finish it again to be sure.',
    );
  }
}
