// How many operations of a task may wait for people: whoever asks takes a place first, and looks then who was before.
import { type Approval, PENDING_PREFIX, pendingKey } from '../approvals/index.ts';
import type { Page, StoredRecord } from '../ports/records.ts';
import { Refusal, Unavailable } from '../shared/errors.ts';
import { taskKey } from '../tasks/index.ts';
import { approvalOptions } from './approval-records.ts';
import type { BrokerDependencies } from './dependencies.ts';

type Dependencies = Pick<BrokerDependencies, 'records' | 'clock' | 'log'>;

/** Of one task: nobody reads more at once, and each of them is told of each. */
const MOST_PENDING = 20;
/** Of those that ask at the same moment. Where there are more, nobody knows who was before, and all are refused. */
const MOST_LISTED = 500;
/** By then the approval is written down, from when on that says how it stands; or whoever was at it is gone. */
export const WRITTEN_MILLISECONDS = 60_000;

const CROWDED = new Refusal(
  'rate_limited',
  `${MOST_PENDING} operations of this task wait for people already. Wait until some are decided.`,
  { retryAfterSeconds: 60 },
);

/** Ids begin with their moment: of many at once, those that asked first have the places. */
function hasPlace({ items, cursor }: Page<StoredRecord>, own: string): boolean {
  const before = items.filter(({ value }) => (value as { readonly approval: string }).approval < own);
  return cursor === undefined && before.length < MOST_PENDING;
}

/**
 * Looked at only after it is taken: who looks first, and takes then, is one of any number that saw the same free place. It
 * is kept for a while, and for good once the approval is written down.
 */
export async function placeAmongPending(
  dependencies: Dependencies,
  { id, task }: Pick<Approval, 'id' | 'task'>,
): Promise<Refusal | undefined> {
  const { records, clock } = dependencies;
  const expiresAt = new Date(clock.now().getTime() + WRITTEN_MILLISECONDS);
  await records.create(pendingKey(task, id), { approval: id }, { expiresAt });
  const listed = await records.list(taskKey(task).partition, PENDING_PREFIX, { limit: MOST_LISTED });
  if (hasPlace(listed, id)) return undefined;
  await leavePlace(dependencies, { id, task });
  return CROWDED;
}

/** Throws `Unavailable`. */
export async function keepPlace({ records }: Dependencies, approval: Approval): Promise<void> {
  const { id, task } = approval;
  const [key, value, options] = [pendingKey(task, id), { approval: id }, approvalOptions(approval, true)];
  // Whoever was very slow has it no longer, and what it is the place of goes before people all the same.
  if (!(await records.replace(key, 1, value, options))) await records.create(key, value, options);
}

/** Where this fails, it is free again after a while. */
export async function leavePlace(
  { records, clock, log }: Dependencies,
  { id, task }: Pick<Approval, 'id' | 'task'>,
): Promise<void> {
  try {
    await records.replace(pendingKey(task, id), 1, { approval: id }, { expiresAt: clock.now() });
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    log.warn('back end unavailable', { backend: error.backend });
  }
}
