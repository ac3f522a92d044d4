// International bank account numbers, in any case and any spacing.
import type { Detector, Form } from '../detector.ts';
import { isAlnum, isDigit, isLetter } from '../scan/alphabet.ts';
import type { Scan } from '../scan/scan.ts';
import { BLANKS, LETTERS } from './kit/beside.ts';
import { ALL_DIGITS, fits, ibanStructure, isChecked, isIban, MIXED, restWith } from './kit/ibans.ts';
import { startsValue, unescaped } from './kit/number-beside.ts';

/** Marks in a row that may part two characters. */
const MOST_BETWEEN = 2;

const BETWEEN = new Uint8Array(128);
for (const mark of ' -.') BETWEEN[mark.charCodeAt(0)] = 1;

function isBetween(code: number): boolean {
  return code < 128 ? BETWEEN[code] === 1 : code === 0xa0 || code === 0x202f || code === 0x2009;
}

/** Of the account that was read last: where it ends, and its rest after division by 97. */
let end = 0;
let rest = 0;

/** Reads what stands after country and check digits, with marks, as far as the country's structure goes. */
function readAccount(text: string, from: number, structure: Uint8Array): boolean {
  let at = from;
  let many = 0;
  rest = 0;
  for (let between = 0; many < structure.length; at += 1) {
    if (at >= text.length) return false;
    const code = text.charCodeAt(at);
    if (fits(structure[many] as number, code)) {
      rest = restWith(rest, code);
      many += 1;
      between = 0;
    } else {
      between += 1;
      if (between > MOST_BETWEEN || !isBetween(code)) return false;
    }
  }
  end = at;
  return at >= text.length || !isAlnum(text.charCodeAt(at));
}

/** Groups of four and a rest: so that nothing shorter in one is taken for something else. */
function inFours(length: number): string {
  const rest = length % 4;
  return `L2D2${' D4'.repeat(Math.floor(length / 4))}${rest === 0 ? '' : ` D${rest}`}`;
}

const FORMS: readonly Form[] = ALL_DIGITS.filter((length) => length <= 28).flatMap((length) => [
  { shape: `L2D${length + 2}`, check: isIban },
  { shape: inFours(length), check: isIban },
]);

/** Where the check digits are looked for: at the end of the country's letters, or after a mark. */
function findFrom(scan: Scan, from: number): void {
  const { text } = scan;
  const at = isBetween(text.charCodeAt(from)) ? from + 1 : from;
  if (at + 1 < text.length && isDigit(text.charCodeAt(at))) findAt(scan, at);
}

/** At the check digits, of which the first is one. */
function findAt(scan: Scan, at: number): void {
  const { text } = scan;
  if (at < 2 || at + 1 >= text.length) return;
  const before = text.charCodeAt(at - 1);
  // The second letter of the country, or it and a mark.
  let to = at;
  if (!isLetter(before)) {
    if (at === 2 || !isBetween(before)) return;
    to = at - 1;
  }
  const second = text.charCodeAt(to - 1);
  const first = text.charCodeAt(to - 2);
  if (!isLetter(second) || !isLetter(first)) return;
  const ones = text.charCodeAt(at + 1);
  const structure = isDigit(ones) ? ibanStructure(first, second) : undefined;
  const start = to - 2;
  if (structure === undefined || !startsValue(text, start) || start < scan.covered) return;
  if (!readAccount(text, at + 2, structure)) return;
  const ends = end;
  if (isChecked(rest, first, second, text.charCodeAt(at), ones) || scan.near(start, ends))
    scan.add(start, ends);
}

const LOOSE = /^[A-Z]{2}[ -]?\d{2}(?:[ -]{0,2}[A-Z0-9]){11,30}$/iu;

const iban: Detector = {
  type: 'IBAN',
  kind: 'financial',
  title: 'International bank account numbers (IBAN)',
  example: 'please pay to «GB82 WEST 1234 5698 7654 32» by Friday',
  check:
    "the country's length and structure, and the check digits (mod 97); the check digits may be wrong beside the word",
  tells: 'structure',
  words: ['iban'],
  names: [
    'iban',
    'ibannumber',
    'bankaccount',
    'accountiban',
    'creditoriban',
    'debtoriban',
    'kontoverbindung',
  ],
  forms: FORMS,
  // What is in capitals is looked at before any form is tried on the digits in it.
  anchors: MIXED.map((text) => ({ text, exact: true, wordStart: true })),
  find(scan, _, to) {
    if (isDigit(scan.text.charCodeAt(to)) || isDigit(scan.text.charCodeAt(to + 1))) findFrom(scan, to);
  },
  stretches: [
    { first: [2, 48], before: LETTERS, twoBefore: LETTERS },
    { first: [2, 48], before: `-.${BLANKS}`, twoBefore: LETTERS },
  ],
  digits: findAt,
  whole: (value) => value.length <= 96 && LOOSE.test(unescaped(value)),
};

export const detectors = [iban];
