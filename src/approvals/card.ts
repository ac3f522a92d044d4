// What an approver is shown, whichever way they are asked: facts from the operation itself, and, apart, an agent's words.
import type { Effect } from '../config/index.ts';

/** The parts in their order, and what stands above each: the same wherever it is shown. */
export const PARTS = {
  who: 'Who asks',
  what: 'What it touches',
  basis: 'What it rests on',
} as const;
export type Part = keyof typeof PARTS;

export const HEADINGS = {
  warnings: 'Look twice',
  operation: 'The exact operation',
  wayBack: 'Way back',
  words: "In the agent's own words; not checked",
} as const;

/** One fact, in the order of the card. Values are shown one a line; none is empty, or has line ends. */
export interface Fact {
  readonly part: Part;
  readonly name: string;
  readonly values: readonly string[];
}

/** A text that may be long: what is shown of it, and how much there is. */
export interface Shown {
  readonly text: string;
  /** Of the whole. */
  readonly characters: number;
  readonly isComplete: boolean;
}

/** All of it is text that can be seen, made so by `visible`: whoever shows it need only escape it for their medium. */
export interface Card {
  /** One line, of at most 150 characters: effect, operation, target and environment. */
  readonly title: string;
  /** The strongest of its operations. */
  readonly effect: Effect;
  readonly facts: readonly Fact[];
  /** The exact operation, masked. */
  readonly operation: Shown;
  /** What must not be overlooked: impacts, characters that look like others, what is not shown. */
  readonly warnings: readonly string[];
  /** How it is taken back, or that it can't be. */
  readonly wayBack: string;
  /** What the agent says of itself: marked as its words, and never facts. */
  readonly words: readonly { readonly name: string; readonly text: Shown }[];
}
