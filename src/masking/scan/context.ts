// Context: words that speak of a value, before it and after it, and words that speak of something else.
import type { Detector } from '../detector.ts';
import { beginsWord, endsWord } from './alphabet.ts';
import { KIND_BITS, KIND_OF } from './codes.ts';

/** How far a word reaches, in characters; what was masked between counts as few, as its label will. */
const REACH = 72;
const REACH_BACK = 32;
/** How close to a number a word of another thing must be to take it away. */
const REACH_OF_OTHERS = 24;
const WIDTH_OF_MASKED = 8;
const NEVER = -1_000_000;
/** Places stay whole numbers of 31 bits. */
const LAST_BASE = 500_000_000;

/** `order 123456789` is no passport, whatever was spoken of before. */
export const OTHER_THINGS = [
  ...[
    'order',
    'invoice',
    'ticket',
    'tracking',
    'sku',
    'part number',
    'part no',
    'build',
    'version',
    'commit',
  ],
  ...['product', 'item', 'serial', 'batch', 'revision', 'isbn', 'ean', 'upc', 'gtin', 'port', 'page', 'row'],
  ...[
    'issue',
    'timestamp',
    'epoch',
    'checksum',
    'quantity',
    'qty',
    'total',
    'amount',
    'price',
    'bytes',
    'pid',
  ],
  ...[
    'bestellung',
    'rechnung',
    'commande',
    'facture',
    'pedido',
    'factura',
    'ordine',
    'fattura',
    'bestelling',
  ],
];

interface Phrase {
  readonly folded: string;
  readonly open: boolean;
  readonly detectors: readonly number[];
}

export class Context {
  readonly #lastWord: Int32Array;
  readonly #always: Uint8Array;
  readonly #hinted: Uint8Array;
  readonly #phrases: ReadonlyMap<string, readonly Phrase[]>;
  readonly #after: Uint8Array;
  /** By the kinds of two characters: whether a phrase begins with them. */
  readonly #mayBegin: Uint8Array;
  #afterOf = -1;
  #hasAfter = false;
  #lastOther = NEVER;
  /** Where the last word stands, whosever it is. */
  #lastOfAny = NEVER;
  /** How many names and countries speak for one of them wherever it stands. */
  #standing: number;
  /** Words before it speak of another name's value. */
  #from = NEVER;
  /** What a place in the text is less than a place in all that was ever looked at. */
  #shift = 0;
  #base = 0;
  #length = 0;

  constructor(detectors: readonly Detector[], always: ReadonlySet<number>) {
    const many = detectors.length;
    this.#lastWord = new Int32Array(many).fill(NEVER);
    this.#always = new Uint8Array(many);
    this.#hinted = new Uint8Array(many);
    this.#after = new Uint8Array(many);
    this.#phrases = phrasesOf(detectors);
    for (const detector of always) this.#always[detector] = 1;
    this.#standing = always.size;
    this.#mayBegin = mayBeginOf(this.#phrases);
  }

  /** For a text that no name speaks of, or one that names these. */
  begin(length: number): void {
    // What was said of an earlier text lies further back than any word reaches: nothing needs to be wiped out.
    this.#base += this.#length * WIDTH_OF_MASKED + REACH + 1;
    this.#length = length;
    if (this.#base > LAST_BASE) {
      this.#base = 0;
      this.#lastWord.fill(NEVER);
    }
    this.#lastOther = NEVER;
    this.#lastOfAny = NEVER;
    this.#from = this.#base;
    this.#shift = -this.#base;
    this.#afterOf = -1;
  }

  hint(detectors: readonly number[], on: boolean): void {
    for (const detector of detectors) this.#hinted[detector] = on ? 1 : 0;
    this.#standing += on ? detectors.length : -detectors.length;
  }

  isHinted(detector: number): boolean {
    return this.#hinted[detector] === 1;
  }

  /** So many characters were masked, or are a label. */
  masked(characters: number): void {
    this.#shift += characters - WIDTH_OF_MASKED;
  }

  /** What was masked goes on for so many more. */
  goesOn(characters: number): void {
    this.#shift += characters;
  }

  said(detectors: readonly number[], at: number): void {
    const place = at - this.#shift;
    for (const detector of detectors) this.#lastWord[detector] = place;
    if (place > this.#lastOfAny) this.#lastOfAny = place;
  }

  saidOther(at: number): void {
    this.#lastOther = at - this.#shift;
  }

  /** Another name begins here: what was said before is not said of its value. */
  ends(at: number): void {
    this.#from = at - this.#shift;
  }

  /** Whether a word of any of them is near: where none is, nobody needs to be asked. */
  isAnyNear(text: string, start: number, end: number): boolean {
    if (this.#standing > 0) return true;
    const word = this.#lastOfAny;
    if (word >= this.#from && start - this.#shift - word <= REACH) return true;
    this.#readAfter(text, end);
    return this.#hasAfter;
  }

  /** How near a word of it is: the greater, the nearer; below 0 where there is none. */
  nearness(text: string, detector: number, start: number, end: number): number {
    if (this.#hinted[detector] === 1) return REACH + 1;
    const here = start - this.#shift;
    const word = this.#lastWord[detector] as number;
    if (word >= this.#from && here - word <= REACH && !this.#isTakenAway(word, here))
      return REACH - (here - word);
    if (this.#isSaidAfter(text, detector, end)) return REACH_BACK;
    return this.#always[detector] === 1 ? 0 : -1;
  }

  #isTakenAway(word: number, here: number): boolean {
    return this.#lastOther > word && here - this.#lastOther <= REACH_OF_OTHERS;
  }

  /** `… is my SSN`; not `…, SSN: …`, which speaks of the next one. */
  #isSaidAfter(text: string, detector: number, end: number): boolean {
    this.#readAfter(text, end);
    return this.#hasAfter && this.#after[detector] === 1;
  }

  #readAfter(text: string, end: number): void {
    if (this.#afterOf === end) return;
    this.#afterOf = end;
    this.#hasAfter = this.#lookAfter(text, end);
  }

  #lookAfter(text: string, end: number): boolean {
    let found = false;
    if (this.#hasAfter) this.#after.fill(0);
    const most = endOfAfter(text, end);
    // A phrase is longer than one character.
    for (let at = end; at < most - 1; at += 1) {
      if (this.#mayBegin[keyAt(text, at)] === 0 || !beginsWord(text, at)) continue;
      for (const { folded, open, detectors } of this.#phrases.get(keyOf(text, at)) ?? []) {
        const to = phraseEnd(text, folded, at);
        if (to === -1 || to > most || !(open || endsWord(text, to) || endsPlural(text, to))) continue;
        if (speaksOfNext(text, to)) continue;
        found = true;
        for (const detector of detectors) this.#after[detector] = 1;
      }
    }
    return found;
  }
}

const ENDS_AFTER = new Uint8Array(128);
for (const mark of '0123456789\n"\'[]{}<>=;|&\t@') ENDS_AFTER[mark.charCodeAt(0)] = 1;

function endOfAfter(text: string, end: number): number {
  const most = Math.min(text.length, end + REACH_BACK);
  let at = end;
  while (at < most) {
    const code = text.charCodeAt(at);
    if (code < 128 && ENDS_AFTER[code] === 1) break;
    at += 1;
  }
  return at;
}

/** After the word: `: `, `=`, `#`, `is`, or a value already. A label stands where a value stood. */
const SPEAKS_OF_NEXT = /s?["']?\s*(?:[:=#]|(?:(?:no|nr|num|number|is|was|ist|est|es)\.?[\s:#]*)*[\d[+])/iuy;

function speaksOfNext(text: string, at: number): boolean {
  SPEAKS_OF_NEXT.lastIndex = at;
  return SPEAKS_OF_NEXT.test(text);
}

function keyAt(text: string, at: number): number {
  const first = KIND_OF[text.charCodeAt(at)] as number;
  return (first << KIND_BITS) | (KIND_OF[text.charCodeAt(at + 1)] as number);
}

function mayBeginOf(phrases: ReadonlyMap<string, readonly Phrase[]>): Uint8Array {
  const table = new Uint8Array(1 << (2 * KIND_BITS));
  for (const key of phrases.keys()) table[keyAt(key, 0)] = 1;
  return table;
}

function keyOf(text: string, at: number): string {
  return text.slice(at, at + 2).toLowerCase();
}

function phrasesOf(detectors: readonly Detector[]): ReadonlyMap<string, readonly Phrase[]> {
  const phrases = new Map<string, Phrase[]>();
  for (const [word, owners] of wordsOfAll(detectors)) {
    const open = word.endsWith('*');
    const folded = open ? word.slice(0, -1) : word;
    const key = folded.slice(0, 2);
    phrases.set(key, [...(phrases.get(key) ?? []), { folded, open, detectors: owners }]);
  }
  return phrases;
}

/** Each context word, and which detectors it speaks of. */
export function wordsOfAll(detectors: readonly Detector[]): ReadonlyMap<string, readonly number[]> {
  const owners = new Map<string, number[]>();
  detectors.forEach(({ words = [] }, index) => {
    for (const word of words) owners.set(word, [...(owners.get(word) ?? []), index]);
  });
  return owners;
}

/** Where the phrase that begins at `start` ends, or -1. A blank in it may be a blank, `_`, `-`, `.` or nothing. */
export function phraseEnd(text: string, folded: string, start: number): number {
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

export function lower(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code;
}

export function endsPlural(text: string, end: number): boolean {
  return lower(text.charCodeAt(end)) === 115 && endsWord(text, end + 1);
}
