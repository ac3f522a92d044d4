// A channel in which people are asked, and where what was asked is changed once it is decided.
import type { Json } from '../shared/json.ts';

export interface ChatMessage {
  /** What notifications and screen readers say. */
  readonly text: string;
  /** Block Kit. */
  readonly blocks: readonly Json[];
}

/** Where a message stands. */
export interface Posted {
  readonly channel: string;
  readonly id: string;
}

/** Every method throws `Unavailable('chat')` when the back end does not take it in time, or refuses it. */
export interface Chat {
  post(message: ChatMessage): Promise<Posted>;
  update(posted: Posted, message: ChatMessage): Promise<void>;
  /** Says something to one person alone, where they clicked last: `to` is what came with the click. */
  whisper(to: string, text: string): Promise<void>;
}
