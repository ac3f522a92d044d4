// Events of calls that people are asked about, from the question to the end of the wait.
import type { ApprovalStatus, Card, Channel, Vote } from '../approvals/index.ts';
import type { Decision, DecisionInput, Operation, Permission } from '../policy/index.ts';
import type { Code } from '../shared/codes.ts';
import type { CallRefusal } from '../tasks/index.ts';
import type { OfApproval } from './of-all.ts';

interface CallAwaiting extends OfApproval {
  readonly type: 'call.awaiting';
  readonly operation: readonly Operation[];
  readonly decision: Decision;
  readonly input: DecisionInput;
  readonly expiresAt: string;
  readonly fingerprint: string;
  /** What those who decide are shown, to the letter. */
  readonly card: Card;
  readonly milliseconds: number;
}

/** What one person said, and what that came to. */
interface CallDecided extends OfApproval {
  readonly type: 'call.decided';
  readonly by: string;
  readonly groups: readonly string[];
  readonly vote: Vote['decision'];
  readonly why?: string;
  readonly channel: Channel;
  readonly status: ApprovalStatus;
  readonly permission: Permission;
  /** Of what was shown, and of nothing else. */
  readonly fingerprint: string;
  /** Since it was asked. */
  readonly milliseconds: number;
}

/** Of credentials: they are issued when they are asked for again. */
interface CallGranted extends OfApproval {
  readonly type: 'call.granted';
  readonly approvals: readonly string[];
  readonly operation: readonly Operation[];
  readonly decision: Decision;
  readonly input: DecisionInput;
  readonly milliseconds: number;
}

/** Approved, and about to leave. */
interface CallExecuting extends OfApproval {
  readonly type: 'call.executing';
  readonly approvals: readonly string[];
  readonly operation: readonly Operation[];
  readonly decision: Decision;
  readonly input: DecisionInput;
  readonly milliseconds: number;
}

interface CallCameToNothing extends OfApproval {
  readonly type: 'call.expired' | 'call.withdrawn' | 'call.voided';
  /** The one that asked for people. */
  readonly decision?: Decision;
  readonly refusal: CallRefusal;
  /** The person who ended it, where one did. */
  readonly by?: string;
  readonly milliseconds: number;
}

interface ApprovalAsked extends OfApproval {
  readonly type: 'approval.asked';
  /** People by their ids, and the channel by its name. */
  readonly asked: readonly string[];
  /** Those whom nothing could be sent to. */
  readonly unreached?: readonly string[];
  readonly escalation?: true;
}

/** Somebody wanted to decide it, or look at it, who may not. */
interface ApprovalRefused extends OfApproval {
  readonly type: 'approval.refused';
  readonly by: string;
  readonly channel: Channel;
  /** They did not come so far as to decide. Told once in a minute of each. */
  readonly looked?: true;
  readonly code: Code;
  readonly detail: string;
  /** Left out where they may not, whatever policy says. */
  readonly decision?: Permission['decision'];
}

/** Somebody looked at the operation as it is, unmasked. */
interface ApprovalRevealed extends OfApproval {
  readonly type: 'approval.revealed';
  readonly by: string;
  readonly channel: Channel;
}

export type ApprovalEvent =
  | CallAwaiting
  | CallDecided
  | CallGranted
  | CallExecuting
  | CallCameToNothing
  | ApprovalAsked
  | ApprovalRefused
  | ApprovalRevealed;
