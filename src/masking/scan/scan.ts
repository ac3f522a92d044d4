// The one pass over a text: two characters at a time tell where a detector is to look closer.
import type { Detector } from '../detector.ts';
import type { Span } from '../model.ts';
import { beginsWord, endsWord } from './alphabet.ts';
import { findAssigned } from './assignments.ts';
import { Codes, KIND_OF } from './codes.ts';
import type { Tables } from './compile.ts';
import { Context, endsPlural, lower, phraseEnd } from './context.ts';
import { findDigits } from './digits.ts';
import { endOfWord } from './ends.ts';
import { Found } from './found.ts';
import { findForms } from './groups.ts';
import { labelEnd } from './labels.ts';
import { type Mark, OTHER_THING } from './marks.ts';
import type { Named } from './names.ts';
import { Stops } from './stops.ts';
import { ASSIGNS, STARTS_LABEL, STARTS_NUMBER } from './triggers.ts';

const NO_CODES = new Uint16Array(0);
const NO_NAMES: Named = [];
/** Further than any text reaches. */
const NOWHERE = 0x3fff_ffff;
const DEFAULT_RANK = 5;
/** An operator who names a pattern means it. */
const RANK_OF_RULES = 9;

export type Patterns = (text: string, add: (type: string, start: number, end: number) => void) => void;

let turns = 0;

export class Scan {
  readonly tables: Tables;
  readonly context: Context;
  /** The text that is looked at. */
  text = '';
  /** Its characters by their codes, with line ends beyond it. */
  codes: Uint16Array = NO_CODES;
  /** The detector whose `find` or `digits` runs: `add` is for it. */
  current = 0;
  /** Up to here something has been found already. */
  covered = 0;
  /** Where a form begins that was found in the groups around the last number, but further on. */
  formAhead = NOWHERE;
  /** Of all texts that were ever looked at, which one it is: what is remembered of a text is remembered by that. */
  turn = 0;
  /** Where the pass is. */
  #at = 0;
  /** Up to here the forms, and the stretches of digits, were looked at. */
  #numbersTo = 0;
  #digitsTo = 0;
  /** Found already, further on: covered once the pass gets there. */
  #ahead: { readonly start: number; readonly end: number }[] = [];
  #nextAhead = NOWHERE;
  /** Of the unquoted value whose end was asked for last. */
  #valueFrom = 0;
  #valueTo = 0;
  #valueIsQuery = false;
  readonly #found = new Found();
  readonly #codes = new Codes();
  readonly #stops: Stops;

  /** `always`: detectors that need no context, as their country is enabled. */
  constructor(tables: Tables, always: ReadonlySet<number> = new Set()) {
    this.tables = tables;
    this.#stops = new Stops(tables.triggers);
    this.context = new Context(tables.detectors, always);
  }

  /** All that is found, merged and in order; `named` is what the text's own name says of it. */
  run(text: string, named: Named = NO_NAMES, patterns?: Patterns): readonly Span[] {
    turns += 1;
    this.turn = turns;
    this.text = text;
    this.covered = 0;
    this.formAhead = NOWHERE;
    this.#at = -1;
    this.#valueFrom = 0;
    this.#valueTo = 0;
    if (this.#nextAhead !== NOWHERE) this.#ahead = [];
    this.#nextAhead = NOWHERE;
    this.#found.clear();
    this.context.begin(text.length);
    if (named.length === 0) this.#pass();
    else this.#passNamed(named);
    // No text is kept for longer than it is looked at.
    this.text = '';
    patterns?.(text, (type, start, end) => this.#found.add(type, RANK_OF_RULES, start, end));
    return this.#found.merged(this.tables.severity);
  }

  #passNamed(named: Named): void {
    this.context.hint(named, true);
    try {
      this.#tryWhole(named);
      this.#pass();
    } finally {
      this.context.hint(named, false);
    }
  }

  #tryWhole(named: Named): void {
    const value = this.text.trim();
    const start = this.text.indexOf(value);
    if (value === '' || this.endOfLabel(start) === start + value.length) return;
    const detector = named.find((one) => this.tables.detectors[one]?.whole?.(value) === true);
    if (detector !== undefined) this.addFor(detector, start, start + value.length);
  }

  #pass(): void {
    const { text, tables } = this;
    const { length } = text;
    const { lists, wordStarts } = tables.triggers;
    const stops = this.#stops;
    const codes = this.#codes.read(text);
    this.codes = codes;
    this.#numbersTo = 0;
    this.#digitsTo = 0;
    stops.numbersTo = 0;
    for (let at = stops.next(codes, 0, length); at < length; at = stops.next(codes, at + 1, length)) {
      const { flags, words, list } = stops;
      this.#at = at;
      if (at >= this.#nextAhead) this.#arrive(at);
      // First of all: nothing in a label is a word of the text.
      if (flags !== 0) {
        const end = this.#stopAtMark(flags, at);
        if (end !== at) {
          at = end;
          continue;
        }
      }
      if (words !== 0) this.#marks(wordStarts.lists[words] as readonly Mark[], at);
      if (list !== 0) this.#marks(lists[list] as readonly Mark[], at);
    }
  }

  /** Where the pass goes on: further on only after a label. */
  #stopAtMark(flags: number, at: number): number {
    if ((flags & STARTS_LABEL) !== 0) {
      const end = labelEnd(this.text, at - 1, this.tables.types);
      if (end !== -1) {
        this.context.masked(end - at + 1);
        return end - 1;
      }
    }
    if ((flags & STARTS_NUMBER) !== 0) {
      if (at >= this.#numbersTo) {
        this.formAhead = NOWHERE;
        this.#numbersTo = findForms(this, at);
      }
      if (at >= this.#digitsTo && at >= this.covered) this.#digitsTo = findDigits(this, at);
      this.#stops.numbersTo = Math.min(this.#numbersTo, this.#digitsTo);
    }
    if ((flags & ASSIGNS) !== 0 && at >= this.covered) findAssigned(this, at);
    return at;
  }

  #marks(marks: readonly Mark[], at: number): void {
    const { codes } = this;
    for (const mark of marks) {
      const start = at - mark.offset;
      if (start < 0) continue;
      const first = KIND_OF[codes[start + mark.firstProbe] as number] as number;
      const second = KIND_OF[codes[start + mark.secondProbe] as number] as number;
      if (((mark.firstKinds >>> first) & (mark.secondKinds >>> second) & 1) === 0) continue;
      if (mark.detector < 0) {
        if (start >= this.covered) this.#word(mark, start);
      } else if (this.#fits(mark, start)) {
        this.current = mark.detector;
        this.tables.detectors[mark.detector]?.find?.(this, start, start + mark.text.length);
      }
    }
  }

  #fits({ text, folded, exact, wordStart }: Mark, start: number): boolean {
    if (wordStart && !beginsWord(this.text, start)) return false;
    if (exact) return this.text.startsWith(text, start);
    return start + folded.length <= this.text.length && foldedAt(this.codes, folded, start);
  }

  #word({ folded, detector, wordOf, open }: Mark, start: number): void {
    const { text } = this;
    if (!beginsWord(text, start)) return;
    const end = phraseEnd(text, folded, start);
    if (end === -1) return;
    if (!open && !endsWord(text, end) && !endsPlural(text, end)) return;
    if (detector === OTHER_THING) this.context.saidOther(start);
    else this.context.said(wordOf, start);
  }

  /** Whether the current detector's value from `start` to `end` stands where such a value would. */
  near(start: number, end: number): boolean {
    return this.nearness(this.current, start, end) >= 0;
  }

  /** Whether the text's own name says that it is of the current detector's kind. */
  get isNamed(): boolean {
    return this.context.isHinted(this.current);
  }

  nearness(detector: number, start: number, end: number): number {
    return this.context.nearness(this.text, detector, start, end);
  }

  /** For the current detector. What lies further on does not keep what stands before it from being looked at. */
  add(start: number, end: number): void {
    if (start <= this.#at) {
      this.addFor(this.current, start, end);
      return;
    }
    this.#record(this.current, start, end);
    this.#ahead.push({ start, end });
    this.#nextAhead = Math.min(this.#nextAhead, start);
  }

  /** A form, which may begin further on. */
  addForm(detector: number, start: number, end: number): void {
    if (start > this.#at) this.formAhead = Math.min(this.formAhead, start);
    this.current = detector;
    this.add(start, end);
  }

  #arrive(at: number): void {
    const arrived = this.#ahead.filter(({ start }) => start <= at);
    this.#ahead = this.#ahead.filter(({ start }) => start > at);
    this.#nextAhead = Math.min(NOWHERE, ...this.#ahead.map(({ start }) => start));
    for (const { start, end } of arrived) this.#cover(start, end);
  }

  #record(detector: number, start: number, end: number): void {
    const { type, rank = DEFAULT_RANK } = this.tables.detectors[detector] as Detector;
    this.#found.add(type, rank, start, end);
  }

  addFor(detector: number, start: number, end: number): void {
    this.#record(detector, start, end);
    this.#cover(start, end);
  }

  #cover(start: number, end: number): void {
    if (start >= this.covered) this.context.masked(end - start);
    else if (end > this.covered) this.context.goesOn(end - this.covered);
    if (end > this.covered) this.covered = end;
  }

  /** Where an unquoted value ends. Asked again within the same run, it is not run through again. */
  endOfValue(from: number, isQuery: boolean): number {
    if (this.#valueIsQuery === isQuery && from >= this.#valueFrom && from < this.#valueTo)
      return this.#valueTo;
    this.#valueFrom = from;
    this.#valueTo = endOfWord(this.text, from, isQuery);
    this.#valueIsQuery = isQuery;
    return this.#valueTo;
  }

  isLabel(at: number): boolean {
    return this.endOfLabel(at) !== -1;
  }

  /** The end of the label that begins at `at`, or -1. A value that only begins with one is still a value. */
  endOfLabel(at: number): number {
    return this.text.charCodeAt(at) === 91 ? labelEnd(this.text, at, this.tables.types) : -1;
  }
}

function foldedAt(codes: Uint16Array, folded: string, start: number): boolean {
  for (let index = 0; index < folded.length; index += 1) {
    if (lower(codes[start + index] as number) !== folded.charCodeAt(index)) return false;
  }
  return true;
}
