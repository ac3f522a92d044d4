// What an agent is told while people decide: under which approval, and when to look again.
import type { Approval, Needed } from '../approvals/index.ts';

/** What the agent is told while it waits. */
export interface Awaiting {
  readonly call: string;
  readonly approval: { readonly id: string; readonly needed: Needed; readonly expiresAt: string };
  /** How long to wait before looking. */
  readonly retryAfterSeconds: number;
  /** The agent's headers that will not go on. */
  readonly dropped?: readonly string[];
}

const LOOK_AGAIN_SECONDS = 5;

export function awaitingOf({ id, call, needed, expiresAt }: Approval): Awaiting {
  return { call, approval: { id, needed, expiresAt }, retryAfterSeconds: LOOK_AGAIN_SECONDS };
}

export function isAwaiting(answer: object): answer is Awaiting {
  return 'approval' in answer && 'retryAfterSeconds' in answer;
}
