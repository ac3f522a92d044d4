// Ends a task, and with it all tasks below it: from now on nothing happens under any of them.
import { type RequestFacts, storedEvent } from '../audit/index.ts';
import { Refusal, Unavailable } from '../shared/errors.ts';
import { makeId } from '../shared/ids.ts';
import type { Json } from '../shared/json.ts';
import { millisecondsBetween } from '../shared/moments.ts';
import { endTask, type Task, type TaskChangeName, type TaskEnd, taskKey } from '../tasks/index.ts';
import { type Aftermath, aftermathOf, type FoundAftermath, type Revocation } from './aftermath.ts';
import type { ApprovalDependencies } from './approval-dependencies.ts';
import { askRevocation, rolesOf } from './ask-revocation.ts';
import type { BrokerDependencies, ConfigOnly } from './dependencies.ts';
import { taskOptions } from './keeping.ts';
import { NO_SUCH_TASK } from './refusals.ts';
import { type Standing, standingOf, statusOf } from './standing.ts';
import { withdrawApprovals } from './withdraw-approvals.ts';

type Dependencies = Pick<BrokerDependencies, 'records' | 'events' | 'clock' | 'ids' | 'log'> &
  Pick<ApprovalDependencies, 'workflow'> &
  ConfigOnly;

export interface EndedTask {
  readonly standing: Standing;
  readonly revocation: Revocation;
}

/** The task after this end, or after the one that it had before: ending what is over is no mistake. */
export async function endStanding(
  dependencies: Dependencies,
  standing: Standing,
  change: TaskChangeName,
  why: Pick<TaskEnd, 'by' | 'reason' | 'permission'>,
  request: RequestFacts,
): Promise<EndedTask | Refusal> {
  const after = await recordEnd(dependencies, standing, change, { ...why, request: { ...request } });
  if (after === undefined) return NO_SUCH_TASK;
  // After the end, so that no call can begin that this does not see, and whose credentials still go out.
  const found = await aftermathOf(dependencies, after.task);
  const { aftermath } = found;
  const unwritten = await askAndTell(dependencies, after.task, found);
  // Last: what is out is taken back before what only waits.
  await withdraw(dependencies, after.task, aftermath);
  return unwritten ?? { standing: after, revocation: aftermath.revocation };
}

/** What is not come to here is void when somebody looks at it. */
async function withdraw(dependencies: Dependencies, { id, ended, status }: Task, { below }: Aftermath) {
  if (ended === undefined) return;
  const [change, why] =
    status === 'revoked'
      ? (['void', 'Its task was revoked.'] as const)
      : (['withdraw', 'Its task was finished.'] as const);
  const by = ended.by === undefined ? {} : { by: ended.by };
  try {
    await withdrawApprovals(dependencies, [id, ...below], change, { why, ...by });
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    dependencies.log.error('back end unavailable', { backend: error.backend, task: id });
  }
}

/** Where there is so much under the task that not all of it was looked at, any role may have sessions. */
export async function revokeAfter(
  dependencies: Pick<Dependencies, 'records' | 'clock' | 'rules'>,
  { aftermath, roles }: FoundAftermath,
): Promise<void> {
  if (aftermath.revocation !== 'pending') return;
  const asked = roles === 'any' ? rolesOf((await dependencies.rules()).config) : roles;
  await askRevocation(dependencies, asked);
}

async function recordEnd(
  dependencies: Dependencies,
  standing: Standing,
  change: TaskChangeName,
  why: Omit<TaskEnd, 'at' | 'event'>,
): Promise<Standing | undefined> {
  const { records, clock, ids } = dependencies;
  const { task, version } = standing;
  const now = clock.now();
  // Over with one above it, or with its agent: what that was stays true, whatever is asked of it afterwards.
  if (statusOf(standing, now) !== 'open') return standing;
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

const EVENT_OF = { finished: 'task.finished', revoked: 'task.revoked' } as const;

/** As the task's record remembers its end, whoever writes it down. */
export function taskEndEvent(task: Task, ended: TaskEnd, aftermath: Aftermath) {
  const { at, event, by, reason, permission, request } = ended;
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
    ...permission,
    ...aftermath,
    milliseconds: millisecondsBetween(task.openedAt, at),
    configDigest: task.configDigest,
    ...(request === undefined ? {} : { request: request as unknown as RequestFacts }),
  });
}

/** The event comes last: where it is missing, the reconciler makes up for both. */
async function askAndTell(
  dependencies: Dependencies,
  task: Task,
  found: FoundAftermath,
): Promise<Refusal | undefined> {
  const { events, log } = dependencies;
  try {
    await revokeAfter(dependencies, found);
    if (task.ended !== undefined) await events.append(taskEndEvent(task, task.ended, found.aftermath));
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
