// Marks: what the one pass waits for. Anchors of detectors, context words, and words of other things.
import type { Detector } from '../detector.ts';
import { BEYOND, KIND_OF, NEITHER } from './codes.ts';
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
  /** Two of its characters that are looked at before all others: where, and which kinds they may be of, a bit each. */
  readonly firstProbe: number;
  readonly firstKinds: number;
  readonly secondProbe: number;
  readonly secondKinds: number;
  /** Where in `text` the second of the characters stands that tell of it. */
  offset: number;
}

/** In place of a detector's number: a context word, and a word of something else. */
const WORD = -1;
export const OTHER_THING = -2;

type Probes = Pick<Mark, 'firstProbe' | 'firstKinds' | 'secondProbe' | 'secondKinds'>;

const kindsAt = (text: string, at: number): number => 1 << (KIND_OF[text.charCodeAt(at)] as number);

/** The last character, and one in the midst of those that the tables say nothing of. */
function probesOf(text: string): Probes {
  const last = text.length - 1;
  const middle = Math.min(last, (text.length + 4) >> 1);
  return {
    firstProbe: last,
    firstKinds: kindsAt(text, last),
    secondProbe: middle,
    secondKinds: kindsAt(text, middle),
  };
}

/** Where a phrase's second word begins: after a blank, or without. */
function probesOfPhrase(text: string, blank: number): Probes {
  const begins = kindsAt(text, blank + 1);
  return {
    firstProbe: blank,
    firstKinds: (1 << NEITHER) | begins,
    secondProbe: blank + 1,
    secondKinds: begins | (blank + 2 < text.length ? kindsAt(text, blank + 2) | (1 << NEITHER) : -1),
  };
}

type Named = Pick<Mark, 'text' | 'detector'> & Partial<Pick<Mark, 'exact' | 'wordStart' | 'wordOf' | 'open'>>;

/** All of one form in memory too: they are looked at by the million. */
function markOf({
  text,
  detector,
  exact = false,
  wordStart = false,
  wordOf = [],
  open = false,
}: Named): Mark {
  if (text === '') throw new Error('an anchor needs a character at least');
  if (text.length >= BEYOND) throw new Error(`longer than is looked at: ${text}`);
  const blank = detector < 0 ? text.indexOf(' ') : -1;
  const probes = blank === -1 ? probesOf(text) : probesOfPhrase(text, blank);
  const { firstProbe, firstKinds, secondProbe, secondKinds } = probes;
  const folded = text.toLowerCase();
  const fixed = blank === -1 ? text.length : blank;
  return {
    ...{ text, folded, exact, wordStart, detector, wordOf, open, fixed },
    ...{ firstProbe, firstKinds, secondProbe, secondKinds, offset: 0 },
  };
}

function wordMark(word: string, detector: number, wordOf: readonly number[]): Mark {
  const open = word.endsWith('*');
  return markOf({ text: open ? word.slice(0, -1) : word, detector, wordStart: true, wordOf, open });
}

export function marksOf(detectors: readonly Detector[]): readonly Mark[] {
  return [
    ...detectors.flatMap(({ anchors = [] }, index) =>
      anchors.map((anchor) => markOf({ ...anchor, detector: index })),
    ),
    ...Array.from(wordsOfAll(detectors), ([word, wordOf]) => wordMark(word, WORD, wordOf)),
    ...OTHER_THINGS.map((word) => wordMark(word, OTHER_THING, [])),
  ];
}
