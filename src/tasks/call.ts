// A call's life: one operation, from requested to its one final state.
import type { Decision, Operation } from '../policy/index.ts';
import type { VendedRole } from '../ports/revoker.ts';
import type { Code } from '../shared/codes.ts';
import type { FieldProblem } from '../shared/errors.ts';
import type { Json } from '../shared/json.ts';
import type { Ancestor } from './model.ts';

export type CallKind = 'credentials' | 'http';

export const CALL_STATUSES = ['requested', 'succeeded', 'failed', 'denied', 'outcome_unknown'] as const;
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
  /** Headers of the target's that the agent did not get. */
  readonly withheld?: readonly string[];
  /** A stream of events that was cut, and by what. */
  readonly truncated?: 'bytes' | 'time';
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
  readonly requestHash: string;
  /** Missing where what is asked for is of no role. */
  readonly role?: VendedRole;
  /** The call that the same Idempotency-Key began, which this one repeats. */
  readonly repeats?: string;
  readonly ancestors: readonly Ancestor[];
  readonly configDigest: string;
  readonly requestedAt: string;
  /** Past it, a call still `requested` is ended by the reconciler. */
  readonly deadline: string;
  /** Where its intent and its outcome stand in the task's events; the outcome's place is fixed before the effect. */
  readonly intentEvent: string;
  readonly outcomeEvent: string;
  readonly operation?: readonly Operation[];
  readonly decision?: Decision;
  readonly refusal?: CallRefusal;
  readonly session?: CallSession;
  /** Kept where an Idempotency-Key may ask for it again. */
  readonly answer?: CallAnswer;
  readonly endedAt?: string;
}

interface CallChange {
  readonly from: readonly CallStatus[];
  readonly to: CallStatus;
}

export const CALL_CHANGES = {
  succeed: { from: ['requested'], to: 'succeeded' },
  fail: { from: ['requested'], to: 'failed' },
  deny: { from: ['requested'], to: 'denied' },
  loseTrack: { from: ['requested'], to: 'outcome_unknown' },
} as const satisfies Readonly<Record<string, CallChange>>;

export type CallChangeName = keyof typeof CALL_CHANGES;

export type CallEnding = Pick<Call, 'operation' | 'decision' | 'refusal' | 'session' | 'answer'>;

/** The call after the change, or undefined where its state does not allow it. */
export function changeCall(
  call: Call,
  name: CallChangeName,
  ending: CallEnding,
  now: Date,
): Call | undefined {
  const change: CallChange = CALL_CHANGES[name];
  if (!change.from.includes(call.status)) return undefined;
  return { ...call, ...ending, status: change.to, endedAt: now.toISOString() };
}
