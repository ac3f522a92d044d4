// Hands out a task that was claimed: the event first, then the token. Also to whoever repeats the request.
import { type RequestFacts, storedEvent } from '../audit/index.ts';
import type { DecisionInput } from '../policy/index.ts';
import { Refusal, Unavailable } from '../shared/errors.ts';
import { sha256 } from '../shared/hash.ts';
import { makeId } from '../shared/ids.ts';
import type { Task, TaskRecord, TaskStatus } from '../tasks/index.ts';
import type { Caller } from './caller.ts';
import { decidedTask, decisionInput } from './chain.ts';
import { type OpenedTask, type OpeningDependencies, tokenOf } from './opening.ts';
import { AUDIT_UNAVAILABLE, MISMATCH } from './refusals.ts';
import { readStanding, statusOf } from './standing.ts';

function factsOf(task: Task, request: RequestFacts | undefined) {
  return {
    task: task.id,
    ancestors: task.ancestors,
    agent: task.agent,
    owner: task.owner,
    ...(task.requester === undefined ? {} : { requester: task.requester }),
    purpose: task.purpose,
    configDigest: task.configDigest,
    ...(request === undefined ? {} : { request }),
  };
}

/** As policy was asked, to the letter: all of it stands in the task. */
function inputOf(task: Task): DecisionInput {
  const { above = [], openedAt, request, capabilities } = task;
  const { sourceAddress } = (request ?? {}) as Pick<RequestFacts, 'sourceAddress'>;
  return decisionInput([decidedTask(task), ...above], capabilities, { sourceAddress }, new Date(openedAt));
}

/** Of the request that opened it, whoever writes it down. */
function openedEvent(task: Task) {
  return storedEvent(task.id, task.openedEvent, new Date(task.openedAt), {
    ...factsOf(task, task.request as unknown as RequestFacts | undefined),
    type: 'task.opened',
    capabilities: task.capabilities,
    input: inputOf(task),
    expiresAt: task.expiresAt,
    tokenHash: task.tokenHash,
    ...(task.delegation === undefined ? {} : { delegation: task.delegation }),
    ...(task.boundTo === undefined ? {} : { boundTo: task.boundTo }),
    ...(task.milliseconds === undefined ? {} : { milliseconds: task.milliseconds }),
  });
}

const USED_UP = new Refusal(
  'audit_unavailable',
  'The audit could not be written, so the task was not handed out; but its delegation is used up. Ask for another.',
);

/** The task does nothing until its token leaves, and the token leaves only after the event is durable. */
export async function handOut(
  dependencies: OpeningDependencies,
  caller: Caller,
  task: Task,
  status: TaskStatus,
): Promise<OpenedTask | Refusal> {
  const { events, tokenKeys, clock, ids, log } = dependencies;
  try {
    const first = await events.append(openedEvent(task));
    const tokenHash = sha256(caller.token ?? '');
    // Where it stood there already, or tells of another token, the same task was opened by the request that this one
    // repeats. Then it is this one's token that must not leave untold.
    if (!first || tokenHash !== task.tokenHash) {
      const now = clock.now();
      const repeated = { ...factsOf(task, caller.facts), type: 'task.repeated', tokenHash } as const;
      await events.append(storedEvent(task.id, makeId('evt', now, ids.random(10)), now, repeated));
    }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    log.error('back end unavailable', { backend: error.backend, task: task.id });
    return task.delegation === undefined || caller.idempotencyKey !== undefined ? AUDIT_UNAVAILABLE : USED_UP;
  }
  return { task, status, token: tokenOf(task, await tokenKeys(), clock.now()) };
}

/** The same key again: the same task with a fresh token, or the same refusal. */
export async function repeatOpening(
  dependencies: OpeningDependencies,
  caller: Caller,
  earlier: TaskRecord,
): Promise<OpenedTask | Refusal> {
  if (earlier.requestHash !== caller.bodyHash) return MISMATCH;
  if (earlier.status !== 'refused') {
    // It may have ended since, by itself or with what stands above it.
    const { id: task, agent, ancestors } = earlier;
    const standing = await readStanding(dependencies, { task, agent, ancestors });
    const status = standing === undefined ? 'expired' : statusOf(standing, dependencies.clock.now());
    return handOut(dependencies, caller, earlier, status);
  }
  const { code, detail, decision } = earlier.refusal;
  return new Refusal(code, detail, decision === undefined ? {} : { decision });
}
