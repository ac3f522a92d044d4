// What waits for people under a task that is over does not wait any more.
import { type Approval, type ApprovalEnd, changeApproval, PENDING_PREFIX } from '../approvals/index.ts';
import { Unavailable } from '../shared/errors.ts';
import { type Call, type CallStatus, callKey, taskKey } from '../tasks/index.ts';
import type { ApprovalDependencies } from './approval-dependencies.ts';
import { readApproval, saveApproval } from './approval-records.ts';

type Dependencies = Pick<ApprovalDependencies, 'records' | 'clock' | 'log' | 'workflow'>;

const AT_ONCE = 20;
/** Whoever ends a task waits no longer for this. */
const MOST_MILLISECONDS = 5000;
const MOST_TRIES = 300;

/** Finished by the agent itself, or ended by somebody else. */
export type WithdrawnBy = 'withdraw' | 'void';

/** In words, and the person, where one ended it. */
export type Why = Pick<ApprovalEnd, 'why' | 'by'>;

const NOT_CARRIED_OUT: readonly CallStatus[] = ['awaiting_approval', 'approved', 'void'];

async function isCarriedOut(
  { records }: Pick<Dependencies, 'records'>,
  { task, call }: Approval,
): Promise<boolean> {
  const [item] = await records.read([callKey(task, call)]);
  const found = item?.value as unknown as Call | undefined;
  return found !== undefined && !NOT_CARRIED_OUT.includes(found.status);
}

/** Whatever else is written to it meanwhile. Undefined where it has ended already. */
export async function endApproval(
  dependencies: Pick<Dependencies, 'records' | 'clock'>,
  id: string,
  change: WithdrawnBy,
  why: Why,
): Promise<Approval | undefined> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const kept = await readApproval(dependencies, id);
    if (kept === undefined) return undefined;
    // What has left by now was approved, whatever is said afterwards.
    if (kept.approval.status === 'approved' && (await isCarriedOut(dependencies, kept.approval)))
      return undefined;
    const end = { at: dependencies.clock.now().toISOString(), ...why };
    const next = changeApproval(kept.approval, change, { end });
    if (next === undefined) return undefined;
    const saved = await saveApproval(dependencies, kept, next);
    if (saved !== undefined) return saved.approval;
  }
  return undefined;
}

async function endAndWake(
  dependencies: Dependencies,
  approval: string,
  change: WithdrawnBy,
  why: Why,
): Promise<void> {
  const { workflow, log } = dependencies;
  try {
    const ended = await endApproval(dependencies, approval, change, why);
    if (ended?.waiting !== undefined) await workflow.wake(ended.waiting);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    log.error('back end unavailable', { backend: error.backend });
  }
}

/** Of these tasks, each of which is over. What this does not come to is void when somebody looks at it. */
export async function withdrawApprovals(
  dependencies: Dependencies,
  tasks: readonly string[],
  change: WithdrawnBy,
  why: Why,
): Promise<void> {
  const { records, clock } = dependencies;
  const until = clock.now().getTime() + MOST_MILLISECONDS;
  for (const task of tasks) {
    let cursor: string | undefined;
    do {
      if (clock.now().getTime() >= until) return;
      const listed = await records.list(taskKey(task).partition, PENDING_PREFIX, {
        limit: AT_ONCE,
        ...(cursor === undefined ? {} : { cursor }),
      });
      const ids = listed.items.map(({ value }) => (value as { readonly approval: string }).approval);
      await Promise.all(ids.map((id) => endAndWake(dependencies, id, change, why)));
      cursor = listed.cursor;
    } while (cursor !== undefined);
  }
}
