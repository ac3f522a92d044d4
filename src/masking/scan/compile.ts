// Makes of all detectors the tables that the one pass needs: what to do after which two characters.
import type { Anchor, Detector } from '../detector.ts';
import { CLASSES, classOf, DIGIT, isDigit, isLetter } from './alphabet.ts';
import { OTHER_THINGS, wordsOfAll } from './context.ts';
import { type CompiledForm, compileForms, type FormTable } from './forms.ts';
import { createNames, type Names } from './names.ts';

/** Something to look for: an anchor of one detector, or a context word of several. */
export interface Mark {
  readonly text: string;
  readonly folded: string;
  readonly exact: boolean;
  readonly wordStart: boolean;
  /** Where in `text` the second of the two characters stands that tell of it. */
  readonly offset: number;
  /** Below 0 for a word. */
  readonly detector: number;
  /** For context words: whose. Empty for an anchor. */
  readonly wordOf: readonly number[];
  /** A context word that is only the beginning of one. */
  readonly open: boolean;
}

/** Beside a number into `lists`, these say what else is to be done at two characters. */
export const STARTS_NUMBER = 0x8000;
export const ASSIGNS = 0x4000;
export const STARTS_LABEL = 0x2000;
export const LIST = 0x1fff;

export interface Tables {
  readonly detectors: readonly Detector[];
  readonly pairs: Uint16Array;
  readonly lists: readonly (readonly Mark[])[];
  readonly forms: FormTable;
  readonly names: Names;
  readonly onDigits: readonly number[];
  readonly types: ReadonlySet<string>;
  readonly severity: (type: string) => number;
}

/** In ten thousand, roughly, in English text and in what machines write. */
const COMMON: Readonly<Record<string, number>> = Object.fromEntries(
  [...'etaoinsrhldcumfpgwybvkxjqz'].map((letter, index) => [letter, Math.round(1000 / (1 + index * 0.45))]),
);

function commonness(character: string): number {
  if (isLetter(character.charCodeAt(0))) return COMMON[character.toLowerCase()] ?? 1;
  if (isDigit(character.charCodeAt(0))) return 600;
  return ' ",:-./='.includes(character) ? 500 : 40;
}

/** The rarest two characters in a row: those are waited for. Of a phrase, only within its first word. */
function rarestPair(text: string): number {
  const end = text.includes(' ') && text.indexOf(' ') > 1 ? text.indexOf(' ') : text.length;
  let best = 1;
  let least = Number.POSITIVE_INFINITY;
  for (let at = 1; at < end; at += 1) {
    const here = commonness(text[at - 1] as string) * commonness(text[at] as string);
    if (here < least) [best, least] = [at, here];
  }
  return text.length === 1 ? 0 : best;
}

function markOf(anchor: Anchor, detector: number): Mark {
  const { text, exact = false, wordStart = false } = anchor;
  if (text === '') throw new Error('an anchor needs a character at least');
  const common = { text, folded: text.toLowerCase(), exact, wordStart, detector };
  return { ...common, offset: rarestPair(text), wordOf: [], open: false };
}

/** In place of a detector's number: a context word, and a word of something else. */
const WORD = -1;
export const OTHER_THING = -2;

function wordMark(word: string, detector: number, wordOf: readonly number[]): Mark {
  const open = word.endsWith('*');
  const text = open ? word.slice(0, -1) : word;
  return { ...markOf({ text, wordStart: true }, detector), wordOf, open };
}

function wordMarks(detectors: readonly Detector[]): Mark[] {
  return [
    ...Array.from(wordsOfAll(detectors), ([word, wordOf]) => wordMark(word, WORD, wordOf)),
    ...OTHER_THINGS.map((word) => wordMark(word, OTHER_THING, [])),
  ];
}

class Pairs {
  readonly table = new Uint16Array(CLASSES * CLASSES);
  readonly lists: Mark[][] = [[]];
  readonly #byKey = new Map<string, number>();
  readonly #marks = new Map<number, Mark[]>();

  add(mark: Mark): void {
    const second = classOf(mark.text.charCodeAt(mark.offset));
    const firsts = mark.offset === 0 ? everyClass() : [classOf(mark.text.charCodeAt(mark.offset - 1))];
    for (const first of firsts) {
      const pair = first * CLASSES + second;
      this.#marks.set(pair, [...(this.#marks.get(pair) ?? []), mark]);
    }
  }

  #set(pair: number, bits: number): void {
    this.table[pair] = (this.table[pair] as number) | bits;
  }

  flag(firsts: readonly number[], seconds: readonly number[], flag: number): void {
    for (const first of firsts) {
      for (const second of seconds) this.#set(first * CLASSES + second, flag);
    }
  }

  finish(all: readonly Mark[]): void {
    const numbers = new Map(all.map((mark, index) => [mark, index]));
    for (const [pair, marks] of this.#marks) {
      const key = marks.map((mark) => numbers.get(mark)).join();
      const known = this.#byKey.get(key) ?? this.lists.push(marks) - 1;
      this.#byKey.set(key, known);
      this.#set(pair, known);
    }
    if (this.lists.length > LIST) throw new Error('too many anchors for one table');
  }
}

function everyClass(): number[] {
  return Array.from({ length: CLASSES }, (_, index) => index);
}

const LETTERS = Array.from({ length: 26 }, (_, index) => 1 + index);

export function compileTables(
  detectors: readonly Detector[],
  ofRules: Iterable<string> = [],
  severity: (type: string) => number = () => 0,
): Tables {
  const marks = detectors.flatMap(({ anchors = [] }, index) => anchors.map((one) => markOf(one, index)));
  const all = [...marks, ...wordMarks(detectors)];
  const pairs = new Pairs();
  for (const mark of all) pairs.add(mark);
  pairs.finish(all);
  const others = everyClass().filter((one) => one !== DIGIT);
  pairs.flag(others, [DIGIT], STARTS_NUMBER);
  pairs.flag(everyClass(), [classOf(58), classOf(61), classOf(62)], ASSIGNS);
  pairs.flag([classOf(91)], LETTERS, STARTS_LABEL);
  const forms: CompiledForm[] = detectors.flatMap((detector, index) => compileForms(detector, index));
  return {
    detectors,
    pairs: pairs.table,
    lists: pairs.lists,
    forms: formTableOf(forms),
    names: createNames(detectors.map(({ names = [] }) => names)),
    onDigits: detectors.flatMap(({ digits }, index) => (digits === undefined ? [] : [index])),
    severity,
    types: new Set([...detectors.map(({ type }) => type), ...ofRules]),
  };
}

function formTableOf(forms: readonly CompiledForm[]): FormTable {
  const byShape = new Map<number, CompiledForm[]>();
  for (const form of forms) byShape.set(form.hash, [...(byShape.get(form.hash) ?? []), form]);
  const maybe = new Uint8Array(4096);
  for (const hash of byShape.keys()) maybe[hash & 4095] = 1;
  return { byShape, maybe, mostGroups: Math.max(1, ...forms.map(({ groups }) => groups)) };
}
