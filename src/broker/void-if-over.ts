// A task that is over, or an agent that was stopped, leaves nothing to decide: what is pending under it is void.
import { changeApproval } from '../approvals/index.ts';
import type { Refusal } from '../shared/errors.ts';
import type { ApprovalDependencies } from './approval-dependencies.ts';
import { type KeptApproval, saveApproval } from './approval-records.ts';
import { readStanding, standingProblem } from './standing.ts';

export interface OverApproval {
  readonly problem: Refusal;
  /** As it is now; undefined where somebody else has changed it at the same moment. */
  readonly saved: KeptApproval | undefined;
}

/** Of one that is pending. Undefined where its task goes on. */
export async function voidIfOver(
  dependencies: Pick<ApprovalDependencies, 'records' | 'clock'>,
  kept: KeptApproval,
): Promise<OverApproval | undefined> {
  const { approval } = kept;
  const now = dependencies.clock.now();
  const problem = standingProblem(await readStanding(dependencies, approval), now);
  if (problem === undefined) return undefined;
  const end = { at: now.toISOString(), why: problem.detail };
  const over = changeApproval(approval, 'void', { end });
  return { problem, saved: over === undefined ? undefined : await saveApproval(dependencies, kept, over) };
}
