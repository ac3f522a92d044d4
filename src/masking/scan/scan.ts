// The one pass over a text: two characters at a time tell where a detector is to look closer.
import type { Detector } from '../detector.ts';
import type { Span } from '../model.ts';
import { BREAK, beginsWord, CLASSES, classOf, endsWord } from './alphabet.ts';
import { findAssigned } from './assignments.ts';
import { ASSIGNS, LIST, type Mark, STARTS_LABEL, STARTS_NUMBER, type Tables } from './compile.ts';
import { findDigits } from './digits.ts';
import { Found } from './found.ts';
import { findForms } from './groups.ts';
import { labelEnd } from './labels.ts';
import type { Named } from './names.ts';

/** How far a context word reaches, in characters; what was masked between counts as few, as its label will. */
const REACH = 72;
const REACH_BACK = 32;
const WIDTH_OF_MASKED = 8;
const NEVER = -1_000_000;
const DEFAULT_RANK = 5;
/** An operator who names a pattern means it. */
const RANK_OF_RULES = 9;

export type Patterns = (text: string, add: (type: string, start: number, end: number) => void) => void;

export class Scan {
  readonly tables: Tables;
  /** The text that is looked at. */
  text = '';
  /** The detector whose `find` or `digits` runs: `add` is for it. */
  current = 0;
  /** Up to here something has been found already. */
  covered = 0;
  #shift = 0;
  readonly #found = new Found();
  readonly #lastWord: Int32Array;
  readonly #always: Uint8Array;
  readonly #hinted: Uint8Array;
  readonly #after: (RegExp | undefined)[] = [];

  /** `always`: detectors that need no context, as their country is enabled. */
  constructor(tables: Tables, always: ReadonlySet<number> = new Set()) {
    this.tables = tables;
    this.#lastWord = new Int32Array(tables.detectors.length).fill(NEVER);
    this.#always = new Uint8Array(tables.detectors.length);
    this.#hinted = new Uint8Array(tables.detectors.length);
    for (const detector of always) this.#always[detector] = 1;
  }

  /** All that is found, merged and in order; `named` is what the text's own name says of it. */
  run(text: string, named?: Named, patterns?: Patterns): readonly Span[] {
    this.text = text;
    this.covered = 0;
    this.#shift = 0;
    this.#found.clear();
    this.#lastWord.fill(NEVER);
    if (named !== undefined) for (const detector of named) this.#hinted[detector] = 1;
    try {
      if (named !== undefined) this.#tryWhole(named);
      this.#pass();
    } finally {
      if (named !== undefined) for (const detector of named) this.#hinted[detector] = 0;
    }
    patterns?.(text, (type, start, end) => this.#found.add(type, RANK_OF_RULES, start, end));
    return this.#found.merged(this.tables.severity);
  }

  #tryWhole(named: Named): void {
    const value = this.text.trim();
    if (value === '' || this.isLabel(this.text.indexOf(value[0] as string))) return;
    for (const detector of named) {
      if (this.tables.detectors[detector]?.whole?.(value) !== true) continue;
      const start = this.text.indexOf(value);
      this.addFor(detector, start, start + value.length);
      return;
    }
  }

  #pass(): void {
    const { text, tables } = this;
    const { pairs } = tables;
    let before = BREAK;
    let numbersTo = 0;
    let digitsTo = 0;
    for (let at = 0; at < text.length; at += 1) {
      const here = classOf(text.charCodeAt(at));
      const what = pairs[before * CLASSES + here] as number;
      before = here;
      if (what === 0) continue;
      if ((what & STARTS_LABEL) !== 0) {
        const end = labelEnd(text, at - 1, tables.types);
        if (end !== -1) {
          this.#shift += end - at + 1 - WIDTH_OF_MASKED;
          at = end - 1;
          before = classOf(93);
          continue;
        }
      }
      if ((what & STARTS_NUMBER) !== 0) {
        if (at >= numbersTo) numbersTo = findForms(this, at);
        if (at >= digitsTo && at >= this.covered) digitsTo = findDigits(this, at);
      }
      if ((what & ASSIGNS) !== 0 && at >= this.covered) findAssigned(this, at);
      const list = what & LIST;
      if (list !== 0) this.#marks(tables.lists[list] as readonly Mark[], at);
    }
  }

  #marks(marks: readonly Mark[], at: number): void {
    for (const mark of marks) {
      const start = at - mark.offset;
      if (mark.detector === -1) {
        if (start >= this.covered) this.#word(mark, start);
      } else if (start >= 0 && this.#fits(mark, start)) {
        this.current = mark.detector;
        this.tables.detectors[mark.detector]?.find?.(this, start, start + mark.text.length);
      }
    }
  }

  #fits({ text, folded, exact, wordStart }: Mark, start: number): boolean {
    if (exact) {
      if (!this.text.startsWith(text, start)) return false;
    } else if (!foldedAt(this.text, folded, start)) return false;
    return !wordStart || beginsWord(this.text, start);
  }

  #word({ folded, wordOf, open }: Mark, start: number): void {
    if (start < 0) return;
    const end = phraseEnd(this.text, folded, start);
    if (end === -1 || !beginsWord(this.text, start)) return;
    if (!open && !endsWord(this.text, end) && !endsWord(this.text, endOfPlural(this.text, end))) return;
    const place = start - this.#shift;
    for (const detector of wordOf) this.#lastWord[detector] = place;
  }

  /** A name was met that speaks of these detectors. */
  remember(named: Named, at: number): void {
    for (const detector of named) this.#lastWord[detector] = at - this.#shift;
  }

  /** Whether the current detector's value from `start` to `end` stands where such a value would. */
  near(start: number, end: number): boolean {
    return this.hasContext(this.current, start, end);
  }

  /** Whether the text's own name says that it is of the current detector's kind. */
  get isNamed(): boolean {
    return this.#hinted[this.current] === 1;
  }

  hasContext(detector: number, start: number, end: number): boolean {
    if (this.#always[detector] === 1 || this.#hinted[detector] === 1) return true;
    if (start - this.#shift - (this.#lastWord[detector] as number) <= REACH) return true;
    return this.#saidAfter(detector, end);
  }

  /** A word after the value, before the line, another number or a label: `… is my SSN`. */
  #saidAfter(detector: number, end: number): boolean {
    this.#after[detector] ??= afterPattern(this.tables.detectors[detector]?.words ?? []);
    const rest = /^[^\d\n[]*/u.exec(this.text.slice(end, end + REACH_BACK))?.[0] ?? '';
    return this.#after[detector].test(rest);
  }

  add(start: number, end: number): void {
    this.addFor(this.current, start, end);
  }

  addFor(detector: number, start: number, end: number): void {
    const { type, rank = DEFAULT_RANK } = this.tables.detectors[detector] as Detector;
    this.#found.add(type, rank, start, end);
    if (start >= this.covered) this.#shift += end - start - WIDTH_OF_MASKED;
    else if (end > this.covered) this.#shift += end - this.covered;
    if (end > this.covered) this.covered = end;
  }

  isLabel(at: number): boolean {
    return this.text.charCodeAt(at) === 91 && labelEnd(this.text, at, this.tables.types) !== -1;
  }
}

function afterPattern(words: readonly string[]): RegExp {
  if (words.length === 0) return /(?!)/u;
  const parts = words.map((word) => {
    const open = word.endsWith('*');
    const text = (open ? word.slice(0, -1) : word).replaceAll(/[.+?^${}()|[\]\\/]/gu, '\\$&');
    return text.replaceAll(' ', '[ _.-]?') + (open ? '' : 's?(?![a-z])');
  });
  return new RegExp(`(?<![a-z])(?:${parts.join('|')})`, 'iu');
}

function foldedAt(text: string, folded: string, start: number): boolean {
  for (let index = 0; index < folded.length; index += 1) {
    if (lower(text.charCodeAt(start + index)) !== folded.charCodeAt(index)) return false;
  }
  return true;
}

function lower(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code;
}

/** Where the phrase that begins at `start` ends, or -1. A blank in it may be a blank, `_`, `-`, `.` or nothing. */
function phraseEnd(text: string, folded: string, start: number): number {
  let at = start;
  for (let index = 0; index < folded.length; index += 1) {
    const wanted = folded.charCodeAt(index);
    const here = text.charCodeAt(at);
    if (wanted === 32) {
      if (here === 32 || here === 95 || here === 45 || here === 46) at += 1;
    } else if (lower(here) === wanted) at += 1;
    else return -1;
  }
  return at;
}

function endOfPlural(text: string, end: number): number {
  return lower(text.charCodeAt(end)) === 115 ? end + 1 : end;
}
