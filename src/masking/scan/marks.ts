// Marks: what the one pass waits for. Anchors of detectors, context words, and words of other things.
import type { Detector } from '../detector.ts';
import { OTHER_THINGS, wordsOfAll } from './context.ts';

export interface Mark {
  readonly text: string;
  readonly folded: string;
  readonly exact: boolean;
  readonly wordStart: boolean;
  /** Below 0 for a word. */
  readonly detector: number;
  /** For context words: whose. Empty for an anchor. */
  readonly wordOf: readonly number[];
  /** A context word that is only the beginning of one. */
  readonly open: boolean;
  /** So many characters at its beginning always stand there: a phrase's first word. */
  readonly fixed: number;
  /** Where in `text` the second of the characters stands that tell of it. */
  offset: number;
}

/** In place of a detector's number: a context word, and a word of something else. */
const WORD = -1;
export const OTHER_THING = -2;

function anchorMark(
  { text, exact = false, wordStart = false }: NonNullable<Detector['anchors']>[number],
  detector: number,
): Mark {
  if (text === '') throw new Error('an anchor needs a character at least');
  const common = { text, folded: text.toLowerCase(), exact, wordStart, detector };
  return { ...common, wordOf: [], open: false, fixed: text.length, offset: 0 };
}

function wordMark(word: string, detector: number, wordOf: readonly number[]): Mark {
  const open = word.endsWith('*');
  const text = open ? word.slice(0, -1) : word;
  const fixed = text.includes(' ') ? text.indexOf(' ') : text.length;
  return { ...anchorMark({ text, wordStart: true }, detector), wordOf, open, fixed };
}

export function marksOf(detectors: readonly Detector[]): readonly Mark[] {
  return [
    ...detectors.flatMap(({ anchors = [] }, index) => anchors.map((anchor) => anchorMark(anchor, index))),
    ...Array.from(wordsOfAll(detectors), ([word, wordOf]) => wordMark(word, WORD, wordOf)),
    ...OTHER_THINGS.map((word) => wordMark(word, OTHER_THING, [])),
  ];
}
