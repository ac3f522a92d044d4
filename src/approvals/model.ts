// An approval as it is recorded: one operation that waits for people, what they were shown, and what they said.
import type { Effect } from '../config/index.ts';
import type { Decision, Operation, Permission } from '../policy/index.ts';
import type { Posted } from '../ports/chat.ts';
import type { ObjectKey } from '../ports/objects.ts';
import type { JsonObject } from '../shared/json.ts';
import type { Ancestor, CallKind, Requester } from '../tasks/index.ts';
import type { Card } from './card.ts';

export const APPROVAL_STATUSES = ['pending', 'approved', 'denied', 'expired', 'withdrawn', 'void'] as const;
export type ApprovalStatus = (typeof APPROVAL_STATUSES)[number];

/** By what it was known who decides. */
export type Channel = 'api' | 'link' | 'login' | 'slack';

/** What one person said. */
export interface Vote {
  readonly by: string;
  readonly name?: string;
  /** Those that they were in at that moment. */
  readonly groups: readonly string[];
  readonly decision: 'approve' | 'deny';
  readonly reason?: string;
  readonly at: string;
  readonly channel: Channel;
  /** By which policies they were let. */
  readonly permission: Permission;
  /** Where it stands in the task's events. */
  readonly event: string;
  /** What is recorded of the request that it came with. */
  readonly request?: JsonObject;
}

/** One for each person who is asked by mail. */
export interface ApproverLink {
  readonly person: string;
  /** SHA-256 of its key, in hex: the key itself is in the mail alone. */
  readonly keyHash: string;
}

/** How many of whom, as a decision says it. */
export interface Needed {
  readonly count: number;
  readonly of: Readonly<Record<string, number>>;
}

export interface ApprovalEnd {
  readonly at: string;
  /** In words, for the agent and for whoever comes too late. */
  readonly why: string;
  /** The person who ended it, where one did. */
  readonly by?: string;
}

export interface Approval {
  readonly id: string;
  readonly call: string;
  readonly task: string;
  readonly agent: string;
  /** Tasks above, the root first. */
  readonly ancestors: readonly Ancestor[];
  readonly target: string;
  readonly kind: CallKind;
  /** Of HTTP, masked: `POST /tickets/42/replies`. */
  readonly requestLine?: string;
  /** The strongest of its operations. */
  readonly effect: Effect;
  readonly status: ApprovalStatus;
  readonly needed: Needed;
  /** Who asks, or for whom: never eligible. */
  readonly requester?: string;
  /** Whether that person's own token proves it. */
  readonly requesterProven?: Requester['proven'];
  /** Of the task. */
  readonly purpose?: string;
  /** What is recorded of the request that asked for it, and what it asks for, as it is shown. */
  readonly request?: JsonObject;
  readonly operation?: readonly Operation[];
  /** What those who decide are shown. */
  readonly card: Card;
  /** Binds it to the exact operation, the task, and what the files said of agent and target. */
  readonly fingerprint: string;
  /** Where the operation itself waits, sealed. */
  readonly sealed: ObjectKey;
  /** The decision that asked for it. */
  readonly decision: Decision;
  readonly createdAt: string;
  readonly escalateAt: string;
  readonly expiresAt: string;
  readonly votes: readonly Vote[];
  readonly links: readonly ApproverLink[];
  /** Where people were asked in the channel, to be changed once it is decided. */
  readonly posted?: Posted;
  /** The same of when nobody had decided in time. */
  readonly postedAgain?: Posted;
  /** Who was asked, once they were. */
  readonly asked?: readonly string[];
  /** Who was told since nobody had decided in time. */
  readonly escalated?: readonly string[];
  /** Those whom nothing could be sent to the last time. */
  readonly unreached?: readonly string[];
  /** What the workflow waits with. It wakes it, and decides nothing. */
  readonly waiting?: string;
  readonly end?: ApprovalEnd;
  readonly configDigest: string;
}
