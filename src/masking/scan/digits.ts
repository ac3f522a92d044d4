// A stretch of digits with separators, as telephone numbers are written.
import { isDigit } from './alphabet.ts';
import { CLASS_OF, KIND_OF, NEITHER, SOME_DIGIT } from './codes.ts';
import type { Scan } from './scan.ts';
import { EN_DASH, plainMark } from './separators.ts';
import {
  type Asked,
  BLANKS,
  DASHES,
  DOTS,
  LETTER_BESIDE,
  LONGEST_RUN,
  LONGEST_STRETCH,
  OTHER_MARKS,
  type StretchTables,
} from './stretches.ts';

const MOST_BETWEEN = 3;
const LINE_END = 10;
const PERCENT = 37;

/** Of ASCII: which mark of a stretch it is, 0 for none. */
const MARK_OF = new Uint8Array(128);
for (const [mark, bit] of [
  [' ', BLANKS],
  ['-', DASHES],
  ['.', DOTS],
  ['(', OTHER_MARKS],
  [')', OTHER_MARKS],
  ['/', OTHER_MARKS],
] as const)
  MARK_OF[mark.charCodeAt(0)] = bit;

function markOf(code: number): number {
  if (code < 128) return MARK_OF[code] as number;
  if (code === EN_DASH) return DASHES;
  const plain = plainMark(code);
  return plain < 128 ? (MARK_OF[plain] as number) : 0;
}

/** From the digit at `at` to the end of the last one that only such marks part from it. */
export function endOfDigits(text: string, at: number): number {
  const most = Math.min(text.length, at + LONGEST_STRETCH);
  let end = at + 1;
  for (let here = at + 1; here < most && here - end <= MOST_BETWEEN; here += 1) {
    const code = text.charCodeAt(here);
    if (isDigit(code)) end = here + 1;
    else if (markOf(code) === 0) break;
  }
  return end;
}

/** What was read of the stretch that was looked at last. */
let end = 0;
let many = 0;
let first = 0;
let within = 0;

function readStretch(codes: Uint16Array, at: number, length: number): void {
  const most = Math.min(length, at + LONGEST_STRETCH);
  let marks = 0;
  end = at + 1;
  many = 1;
  first = 1;
  within = 0;
  for (let here = at + 1; here < most && here - end <= MOST_BETWEEN; here += 1) {
    const code = codes[here] as number;
    if (KIND_OF[code] === SOME_DIGIT) {
      end = here + 1;
      many += 1;
      within |= marks;
      if (within === 0) first += 1;
    } else {
      const mark = markOf(code);
      if (mark === 0) break;
      marks |= mark;
    }
  }
}

/** The end of the letters and digits that go on at `at`. */
function endOfRun(codes: Uint16Array, at: number): number {
  let to = at;
  while (KIND_OF[codes[to] as number] !== NEITHER) to += 1;
  return to;
}

/** How many letters and digits stand before `at`. */
function lengthBefore(codes: Uint16Array, at: number): number {
  let from = at;
  while (from > 0 && KIND_OF[codes[from - 1] as number] !== NEITHER) from -= 1;
  return at - from;
}

function runsBits(codes: Uint16Array, at: number, to: number, { run }: StretchTables): number {
  const before = lengthBefore(codes, at);
  const ofFirst = before + (first === end - at ? to - at : first);
  const ofLast = first === end - at ? ofFirst : to - end + lengthBefore(codes, end);
  return (run[Math.min(ofFirst, LONGEST_RUN)] as number) | (run[Math.min(ofLast, LONGEST_RUN)] as number);
}

function classAt(codes: Uint16Array, at: number): number {
  return at < 0 ? LINE_END : (CLASS_OF[codes[at] as number] as number);
}

/** For whom the stretch at `at` can be, a bit each; `to` is where the letters and digits after it end. */
function bitsOf(codes: Uint16Array, at: number, to: number, tables: StretchTables): number {
  const before = classAt(codes, at - 1);
  const letter = isLetterClass(before) || to > end ? LETTER_BESIDE : 0;
  const bits =
    (tables.before[before] as number) &
    (tables.after[CLASS_OF[codes[end] as number] as number] as number) &
    (tables.digits[many] as number) &
    (tables.within[within] as number) &
    (tables.letter[letter] as number) &
    (tables.first[first] as number) &
    (tables.length[end - at] as number) &
    (tables.twoBefore[classAt(codes, at - 2)] as number) &
    (tables.twoAfter[CLASS_OF[codes[end + 1] as number] as number] as number);
  return bits === 0 ? 0 : bits & runsBits(codes, at, to, tables);
}

function isLetterClass(of: number): boolean {
  const kind = KIND_OF[of] as number;
  return kind !== NEITHER && kind !== SOME_DIGIT;
}

/** Until one has taken all of it. */
function ask(scan: Scan, at: number, to: number, those: readonly Asked[], last: number): number {
  let asked = last;
  for (const { detector, digits } of those) {
    // It may be of several bits.
    if (detector === asked) continue;
    asked = detector;
    scan.current = detector;
    digits(scan, at, to);
    if (scan.covered >= to) break;
  }
  return asked;
}

/**
 * Has the detectors of stretches look at the one that begins at `at`; up to where it needs no other look: a later one in
 * the same run of letters and digits begins nothing.
 */
export function findDigits(scan: Scan, at: number): number {
  const { codes, tables } = scan;
  readStretch(codes, at, scan.text.length);
  // What is left of it beside a form that is in it is no number by itself.
  if (at < scan.formAhead && scan.formAhead < end) return at;
  const to = endOfRun(codes, end);
  const stretchEnd = end;
  let bits = bitsOf(codes, at, to, tables.stretches);
  let asked = -1;
  while (bits !== 0) {
    const bit = 31 - Math.clz32(bits & -bits);
    bits &= bits - 1;
    asked = ask(scan, at, stretchEnd, tables.stretches.owners[bit] as readonly Asked[], asked);
    if (scan.covered >= stretchEnd) break;
  }
  // `%2B49…`: the digits of an escape are none of the number's.
  return at > 0 && codes[at - 1] === PERCENT ? stretchEnd : to;
}
