// An approval's life: from pending to approved, and to its end.
import type { Approval, ApprovalEnd, ApprovalStatus, Vote } from './model.ts';

interface ApprovalChange {
  readonly from: readonly ApprovalStatus[];
  readonly to: ApprovalStatus;
}

/** What was approved can still be void: what executes is what was shown, or nothing. */
export const APPROVAL_CHANGES = {
  vote: { from: ['pending'], to: 'pending' },
  approve: { from: ['pending'], to: 'approved' },
  deny: { from: ['pending'], to: 'denied' },
  expire: { from: ['pending'], to: 'expired' },
  withdraw: { from: ['pending', 'approved'], to: 'withdrawn' },
  void: { from: ['pending', 'approved'], to: 'void' },
} as const satisfies Readonly<Record<string, ApprovalChange>>;

export type ApprovalChangeName = keyof typeof APPROVAL_CHANGES;

export interface ChangeOfApproval {
  readonly vote?: Vote;
  readonly end?: ApprovalEnd;
}

/** The approval after the change, or undefined where its state does not allow it. */
export function changeApproval(
  approval: Approval,
  name: ApprovalChangeName,
  { vote, end }: ChangeOfApproval,
): Approval | undefined {
  const change: ApprovalChange = APPROVAL_CHANGES[name];
  if (!change.from.includes(approval.status)) return undefined;
  return {
    ...approval,
    status: change.to,
    ...(vote === undefined ? {} : { votes: [...approval.votes, vote] }),
    ...(end === undefined ? {} : { end }),
  };
}

/** What a pending approval has come to by the clock alone. */
export function statusOfApproval({ status, expiresAt }: Approval, now: Date): ApprovalStatus {
  return status === 'pending' && now.toISOString() >= expiresAt ? 'expired' : status;
}
