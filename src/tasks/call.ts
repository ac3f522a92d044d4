// A call's life: one operation, from requested to its one final state.
import type { Decision, Operation } from '../policy/index.ts';
import type { VendedRole } from '../ports/revoker.ts';
import type { Code } from '../shared/codes.ts';
import type { FieldProblem } from '../shared/errors.ts';
import type { Json } from '../shared/json.ts';
import { writtenMoment } from '../shared/moments.ts';
import type { Ancestor } from './model.ts';

export type CallKind = 'credentials' | 'http';

export const CALL_STATUSES = [
  'requested',
  'awaiting_approval',
  'approved',
  'executing',
  'succeeded',
  'failed',
  'denied',
  'expired',
  'withdrawn',
  'void',
  'outcome_unknown',
] as const;
export type CallStatus = (typeof CALL_STATUSES)[number];

/** All of a session but its secrets. */
export interface CallSession {
  readonly accessKeyId: string;
  readonly expiresAt: string;
  /** False where the session issuer only plays the part. */
  readonly real: boolean;
  readonly roleArn: string;
  readonly sessionName: string;
  /** As it is shown: what masking changes of the parameters is changed in it. */
  readonly policy: string;
  /** SHA-256 of that, in hex: of what was masked nothing can be guessed by it. */
  readonly policyHash: string;
}

/** What a repetition of the request is answered with. Never holds a secret. */
export interface CallRefusal {
  readonly code: Code;
  readonly detail: string;
  readonly errors?: readonly FieldProblem[];
}

/** What a call was answered with, masked: what a repetition of its request is answered with too. */
export interface CallAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: { readonly base64: string } | StoredBody;
  /** A hash of the rules that it was masked by: by others it may be that more would be masked. */
  readonly maskedBy: string;
  /** Headers of the target's that the agent did not get. */
  readonly withheld?: readonly string[];
  /** A stream of events that was cut, and by what. */
  readonly truncated?: 'bytes' | 'time';
  /** What was masked, in the request and in the answer: by type, how often. */
  readonly masked?: Readonly<Record<string, number>>;
}

/** A body that is too large to stand with the rest. */
export interface StoredBody {
  readonly object: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface Call {
  readonly id: string;
  readonly task: string;
  readonly agent: string;
  readonly status: CallStatus;
  readonly kind: CallKind;
  readonly requested: Json;
  /** Of HTTP: `GET /tickets/42`, masked. */
  readonly requestLine?: string;
  /** Headers of the agent's that do not go on. */
  readonly dropped?: readonly string[];
  readonly requestHash: string;
  /** Missing where what is asked for is of no role. */
  readonly role?: VendedRole;
  /** The call that the same Idempotency-Key began, which this one repeats. */
  readonly repeats?: string;
  readonly ancestors: readonly Ancestor[];
  readonly configDigest: string;
  readonly requestedAt: string;
  /** Past it, a call that has not ended is ended by the reconciler. */
  readonly deadline: string;
  /** Where its intent and its outcome stand in the task's events; the outcome's place is fixed before the effect. */
  readonly intentEvent: string;
  readonly outcomeEvent: string;
  readonly operation?: readonly Operation[];
  readonly decision?: Decision;
  readonly refusal?: CallRefusal;
  readonly session?: CallSession;
  /** The approval that it waited for. */
  readonly approval?: string;
  /** Kept where it may be asked for again. */
  readonly answer?: CallAnswer;
  readonly endedAt?: string;
}

interface CallChange {
  readonly from: readonly CallStatus[];
  readonly to: CallStatus;
}

/**
 * While people decide, their approval says how it stands, and the call waits. What was approved is claimed once, to be
 * carried out; of credentials it is granted, and waits to be asked for.
 */
export const CALL_CHANGES = {
  wait: { from: ['requested'], to: 'awaiting_approval' },
  grant: { from: ['awaiting_approval'], to: 'approved' },
  execute: { from: ['awaiting_approval'], to: 'executing' },
  succeed: { from: ['requested', 'approved', 'executing'], to: 'succeeded' },
  fail: { from: ['requested', 'awaiting_approval', 'executing'], to: 'failed' },
  deny: { from: ['requested', 'awaiting_approval'], to: 'denied' },
  expire: { from: ['awaiting_approval', 'approved'], to: 'expired' },
  withdraw: { from: ['awaiting_approval', 'approved'], to: 'withdrawn' },
  void: { from: ['awaiting_approval', 'approved', 'executing'], to: 'void' },
  loseTrack: { from: ['requested', 'executing'], to: 'outcome_unknown' },
} as const satisfies Readonly<Record<string, CallChange>>;

export type CallChangeName = keyof typeof CALL_CHANGES;

export type CallEnding = Pick<
  Call,
  'operation' | 'decision' | 'refusal' | 'session' | 'answer' | 'approval'
> & {
  /** Where the change gives it more time. */
  readonly deadline?: string;
  /** Where people were asked: it comes after what they said. */
  readonly outcomeEvent?: string;
};

const UNDER_WAY: readonly CallStatus[] = ['requested', 'awaiting_approval', 'approved', 'executing'];

/** Whether it has its one final state. */
export function hasEnded({ status }: Pick<Call, 'status'>): boolean {
  return !UNDER_WAY.includes(status);
}

/** The call after the change, or undefined where its state does not allow it. */
export function changeCall(
  call: Call,
  name: CallChangeName,
  ending: CallEnding,
  now: Date,
): Call | undefined {
  const change: CallChange = CALL_CHANGES[name];
  if (!change.from.includes(call.status)) return undefined;
  const next = { ...call, ...ending, status: change.to };
  return hasEnded(next) ? { ...next, endedAt: writtenMoment(now) } : next;
}
