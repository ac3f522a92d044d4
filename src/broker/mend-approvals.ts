// Approvals whose workflow was never started, or has gone: nothing is left waiting for nobody.
import { type Approval, statusOfApproval } from '../approvals/index.ts';
import { Unavailable } from '../shared/errors.ts';
import { type Call, callKey } from '../tasks/index.ts';
import type { ApprovalDependencies } from './approval-dependencies.ts';
import { type KeptApproval, OPEN_APPROVALS, readApproval } from './approval-records.ts';
import type { BrokerDependencies, ConfigOnly } from './dependencies.ts';
import { endWaiting } from './end-waiting.ts';
import { voidIfOver } from './void-if-over.ts';

type Dependencies = Pick<BrokerDependencies, 'records' | 'events' | 'clock' | 'ids' | 'log'> &
  Pick<ApprovalDependencies, 'objects' | 'chat' | 'workflow'> &
  ConfigOnly;

const PAGE = 100;
const MOST_PAGES = 50;
/** A workflow that was started has come so far by then. */
const GRACE_MILLISECONDS = 90_000;

/** The rest is looked at the next time. */
const MOST_MILLISECONDS = 20_000;

export interface Mending {
  /** As when a broker of one process has just started: none of them is being worked at. */
  readonly restart: boolean;
}

async function wakeAgain({ records, workflow }: Dependencies, approval: Approval): Promise<void> {
  const { id, task, call, waiting } = approval;
  const [item] = await records.read([callKey(task, call)]);
  if ((item?.value as unknown as Call | undefined)?.status !== 'awaiting_approval') return;
  // Where one is at work, that changes nothing.
  await workflow.start(id);
  if (waiting !== undefined) await workflow.wake(waiting);
}

/** Of a task that is over by other ways than its own end, as with an agent that was stopped. */
async function voidOne(dependencies: Dependencies, kept: KeptApproval): Promise<void> {
  const over = await voidIfOver(dependencies, kept);
  if (over?.saved === undefined) return;
  const { id, waiting } = over.saved.approval;
  if (waiting !== undefined) await dependencies.workflow.wake(waiting);
  await endWaiting(dependencies, id);
}

async function mendOne(dependencies: Dependencies, id: string): Promise<void> {
  const kept = await readApproval(dependencies, id);
  if (kept === undefined) return;
  const { approval } = kept;
  const now = dependencies.clock.now();
  const isPending = statusOfApproval(approval, now) === 'pending';
  const isOld = (moment: string) => Date.parse(moment) + GRACE_MILLISECONDS <= now.getTime();
  if (isPending && approval.waiting === undefined && isOld(approval.createdAt)) {
    await dependencies.workflow.start(id);
    return;
  }
  if (isPending) return voidOne(dependencies, kept);
  const over = approval.end?.at ?? approval.votes.at(-1)?.at ?? approval.expiresAt;
  if (!isOld(over)) return;
  // What would have woken its workflow may have been lost.
  if (approval.status === 'approved') await wakeAgain(dependencies, approval);
  await endWaiting(dependencies, id);
}

export async function mendApprovals(dependencies: Dependencies, mending: Mending): Promise<boolean> {
  const { records, clock, log } = dependencies;
  const until = clock.now().getTime() + MOST_MILLISECONDS;
  let all = true;
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const listed = await records.listIndex(OPEN_APPROVALS, {
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    if (clock.now().getTime() >= until) return false;
    for (const record of listed.items.length === 0 ? [] : await records.read(listed.items)) {
      const { id } = (record?.value ?? {}) as { readonly id?: string };
      if (id === undefined) continue;
      try {
        // Its workflow reads it. To wait for it here is to wait behind the steps of all that were started before.
        if (mending.restart) await dependencies.workflow.start(id);
        else await mendOne(dependencies, id);
      } catch (error) {
        all = false;
        if (error instanceof Unavailable) log.error('back end unavailable', { backend: error.backend });
        else log.error('background work failed', { error: error instanceof Error ? error.name : 'unknown' });
      }
    }
    cursor = listed.cursor;
    if (cursor === undefined) break;
  }
  return all;
}
