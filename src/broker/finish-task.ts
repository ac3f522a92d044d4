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

/** `pending`: credentials that were issued still work, until the task's deadline at the latest. */
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
  const ended = await end(dependencies, id, agent);
  if (ended instanceof Refusal) return ended;
  const now = dependencies.clock.now();
  if (ended.ended !== undefined) {
    const unwritten = await recordEnd(dependencies, ended, caller.facts);
    if (unwritten !== undefined) return unwritten;
  }
  return { task: ended, revocation: revocationAt(ended, now) };
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
    credentials: await credentialsOf(dependencies, read.task),
  });
  if (finished === undefined) return read.task;
  const options = taskOptions(finished);
  if (await records.replace(taskKey(id), read.version, finished as unknown as Json, options)) return finished;
  // Somebody else ended it at the same moment: what they wrote holds.
  const now_ = await readTaskOf(dependencies, id, agent);
  return now_ instanceof Refusal ? now_ : now_.task;
}

async function credentialsOf({ records, clock }: Dependencies, task: Task): Promise<TaskEnd['credentials']> {
  const now = clock.now().toISOString();
  let cursor: string | undefined;
  do {
    const page = await records.list(taskKey(task.id).partition, CALLS_PREFIX, {
      limit: 500,
      ...(cursor === undefined ? {} : { cursor }),
    });
    const live = page.items
      .map(({ value }) => value as unknown as Call)
      // One that is under way may yet bring a session, and a repeated key brings later ones than are recorded here.
      .some(
        ({ status, session, repeatable }) =>
          status === 'requested' ||
          (session?.real === true && (repeatable === true || session.expiresAt > now)),
      );
    if (live) return 'live';
    cursor = page.cursor;
  } while (cursor !== undefined);
  return 'none';
}

function revocationAt(task: Task, now: Date): Revocation {
  if (task.ended?.credentials !== 'live') return 'none';
  return now.toISOString() < task.expiresAt ? 'pending' : 'inForce';
}

export function taskEndEvent(task: Task, ended: TaskEnd, request?: RequestFacts) {
  return storedEvent(task.id, ended.event, new Date(ended.at), {
    type: 'task.finished',
    task: task.id,
    ancestors: task.ancestors,
    agent: task.agent,
    ...(task.requester === undefined ? {} : { requester: task.requester }),
    purpose: task.purpose,
    revocation: ended.credentials === 'live' ? 'pending' : 'none',
    configDigest: task.configDigest,
    ...(request === undefined ? {} : { request }),
  });
}

async function recordEnd(
  { events, log }: Dependencies,
  task: Task,
  request: RequestFacts,
): Promise<Refusal | undefined> {
  if (task.ended === undefined) return undefined;
  try {
    await events.append(taskEndEvent(task, task.ended, request));
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
