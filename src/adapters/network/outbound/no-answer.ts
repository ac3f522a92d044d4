// Why there is no answer, as the parts of the adapter tell one another.
import type { NoAnswer } from '../../../ports/outbound.ts';
import type { Heard } from './breaker.ts';

/** No connection, and what that says of the target. */
export interface NoConnection {
  readonly result: NoAnswer;
  readonly heard: Heard;
}

type Extras = Pick<NoAnswer, 'status' | 'cutShort' | 'retryAfterSeconds'>;

/** Nothing of the request was sent. */
export function unavailable(detail: string, extras: Extras = {}): NoAnswer {
  return { problem: 'unavailable', sent: false, detail, ...extras };
}

/** What is asked for cannot be put into one HTTP request. */
export function refused(detail: string): NoAnswer {
  return { problem: 'failed', sent: false, detail };
}

/** It was sent, and brought nothing that can be used. */
export function failed(detail: string, extras: Extras = {}): NoAnswer {
  return { problem: 'failed', sent: true, detail, ...extras };
}

export function tooLarge(mostBytes: number, extras: Extras = {}): NoAnswer {
  const detail = `The answer has more than the ${mostBytes} bytes that are taken.`;
  return { problem: 'too_large', sent: true, detail, ...extras };
}

export function timedOut(extras: Extras = {}): NoAnswer {
  const detail = 'The target did not answer in time, and the request was cancelled.';
  return { problem: 'timeout', sent: true, detail, ...extras };
}
