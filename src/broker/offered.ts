// Accepts what another agent handed on: once, by the agent that it was for, while the task above it is open.
import type { StoredRecord } from '../ports/records.ts';
import { Refusal } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import type { Json } from '../shared/json.ts';
import {
  acceptDelegation,
  childKey,
  type Delegation,
  delegationKey,
  type RefusedDelegation,
  type Requester,
  type Task,
} from '../tasks/index.ts';
import type { Rules } from './dependencies.ts';
import { childOptions, delegationOptions } from './keeping.ts';
import type { NotOffered, Offered, OpeningDependencies, WantedTask } from './opening.ts';
import { type Standing, standingOf } from './standing.ts';
import { tellOffered } from './tell-delegation.ts';

/** To anyone else it is as if there were none. */
const NO_SUCH = new Refusal('not_found', 'There is no such delegation, or it is not for this agent.');
const EXPIRED = new Refusal('task_over', 'The delegation has expired. Ask for another.');
const ACCEPTED = new Refusal('conflict', 'The delegation was accepted before: it is good for one task.');

function delegationIn(record: StoredRecord | undefined, id: string): Delegation | undefined {
  const value = record?.value as unknown as Delegation | RefusedDelegation | undefined;
  return value !== undefined && value.status !== 'refused' && value.id === id ? value : undefined;
}

/** Whoever would accept it, and as which task. */
interface Accepting {
  readonly agent: string;
  readonly task: string;
  /** Whether the task's Idempotency-Key never had one: what was begun with it may be gone on with. */
  readonly unused: boolean;
}

function offerProblem(
  delegation: Delegation,
  parent: Standing | undefined,
  { task, unused }: Accepting,
  now: Date,
): Refusal | undefined {
  if (delegation.acceptedAs !== undefined && !unused) return ACCEPTED;
  if (acceptDelegation(delegation, task) === undefined) return ACCEPTED;
  if (now.getTime() >= Date.parse(delegation.expiresAt)) return EXPIRED;
  return parent === undefined ? new Refusal('task_over', 'The task that was delegated is over.') : undefined;
}

export async function offeredTo(
  dependencies: Pick<OpeningDependencies, 'records'>,
  id: string,
  by: Accepting,
  now: Date,
): Promise<Offered | NotOffered> {
  const none = { refusal: NO_SUCH, ancestors: [] };
  if (!isId('dele', id)) return none;
  const [record] = await dependencies.records.read([delegationKey(id)]);
  const delegation = delegationIn(record, id);
  if (record === undefined || delegation === undefined || delegation.agent !== by.agent) return none;
  const parent = await standingOf(dependencies, delegation.task);
  const refusal = offerProblem(delegation, parent, by, now);
  if (refusal === undefined && parent !== undefined) return { delegation, version: record.version, parent };
  const { ancestors } = delegation;
  const { requester } = parent?.task ?? {};
  return { refusal: refusal ?? NO_SUCH, ancestors, ...(requester === undefined ? {} : { requester }) };
}

/** The requester of a delegated task is that of the task above, proven or not: nobody else can be put in. */
export function inheritedRequester(
  { parent }: Offered,
  { requester, requesterToken }: WantedTask,
): Requester | undefined | Refusal {
  const inherited = parent.task.requester;
  const wrong = requesterToken !== undefined ? 'requesterToken' : 'requester';
  if (requesterToken === undefined && (requester === undefined || requester === inherited?.id))
    return inherited;
  return new Refusal('invalid_request', 'The requester of a delegated task is inherited.', {
    errors: [{ path: wrong, problem: 'must be left out with a delegation' }],
  });
}

/**
 * Claims the delegation for this task. The task above knows of it first, so that no end of it can miss it; and that
 * it was offered is in the audit by then, even where whoever offered it could not make sure of that.
 */
export async function accept(
  dependencies: Pick<OpeningDependencies, 'records' | 'events' | 'ids' | 'log'>,
  { config }: Pick<Rules, 'config'>,
  { delegation, version, parent }: Offered,
  task: Task,
): Promise<Refusal | undefined> {
  const { records } = dependencies;
  const accepted = acceptDelegation(delegation, task.id);
  if (accepted === undefined) return ACCEPTED;
  const [told] = await Promise.all([
    tellOffered(dependencies, { config, standing: parent }, delegation),
    records.create(childKey(parent.task.id, task.id), { task: task.id }, childOptions(task)),
  ]);
  if (told instanceof Refusal) return told;
  if (accepted === delegation) return undefined;
  const key = delegationKey(delegation.id);
  const options = delegationOptions(accepted);
  if (await records.replace(key, version, accepted as unknown as Json, options)) return undefined;
  // Somebody was quicker. Where that was this very request, sent twice, it is still this one's.
  const [record] = await records.read([key]);
  const taken = delegationIn(record, delegation.id);
  return taken !== undefined && acceptDelegation(taken, task.id) === taken ? undefined : ACCEPTED;
}
