// Where people were asked in a channel, each message says how it was decided: whichever way that was.
import { type Approval, decidedChatMessageOf, outcomeOf, statusOfApproval } from '../approvals/index.ts';
import { Unavailable } from '../shared/errors.ts';
import type { ApprovalDependencies } from './approval-dependencies.ts';

/** A channel that can't be reached keeps nothing from being decided. */
export async function showDecided(
  { chat, clock, log }: Pick<ApprovalDependencies, 'chat' | 'clock' | 'log'>,
  approval: Approval,
): Promise<void> {
  const outcome = outcomeOf(approval, statusOfApproval(approval, clock.now()));
  if (chat === undefined || outcome === undefined) return;
  const message = decidedChatMessageOf(approval.card, outcome);
  const all = [approval.posted, approval.postedAgain].filter((posted) => posted !== undefined);
  await Promise.all(
    all.map((posted) =>
      chat.update(posted, message).catch((error: unknown) => {
        if (!(error instanceof Unavailable)) throw error;
        log.warn('back end unavailable', { backend: error.backend, call: approval.call });
      }),
    ),
  );
}
