// International bank account numbers, in any case and any spacing.
import type { Detector, Form } from '../detector.ts';
import { isDigit, isLetter } from '../scan/alphabet.ts';
import type { Scan } from '../scan/scan.ts';
import { ibanCheck } from './kit/checks.ts';
import { ALL_DIGITS, hasIbans, ibanStructure, MIXED } from './kit/ibans.ts';
import { startsValue, unescaped } from './kit/number-beside.ts';

/** Marks in a row that may part two characters. */
const MOST_BETWEEN = 2;

function isBetween(code: number): boolean {
  return code === 32 || code === 45 || code === 46 || code === 0xa0 || code === 0x202f || code === 0x2009;
}

function fits(kind: string | undefined, code: number): boolean {
  if (kind === 'n') return isDigit(code);
  if (kind === 'a') return isLetter(code);
  return isDigit(code) || isLetter(code);
}

/** What stands after country and check digits, without marks, as far as the country's structure goes; and its end. */
function readAccount(
  text: string,
  from: number,
  structure: string,
): { account: string; end: number } | undefined {
  let account = '';
  let at = from;
  for (let between = 0; account.length < structure.length; ) {
    const code = text.charCodeAt(at);
    if (isBetween(code)) {
      between += 1;
      if (between > MOST_BETWEEN) return undefined;
    } else {
      if (!fits(structure[account.length], code)) return undefined;
      account += text[at];
      between = 0;
    }
    at += 1;
  }
  const next = text.charCodeAt(at);
  return isDigit(next) || isLetter(next) ? undefined : { account, end: at };
}

/** Where the country's two letters begin, before the check digits at `at`; or -1. */
function startOfCountry(text: string, at: number): number {
  let to = at;
  if (isBetween(text.charCodeAt(to - 1))) to -= 1;
  const first = text.charCodeAt(to - 2);
  const second = text.charCodeAt(to - 1);
  if (!isLetter(first) || !isLetter(second) || !hasIbans(first, second)) return -1;
  return startsValue(text, to - 2) ? to - 2 : -1;
}

function check(plain: string): boolean {
  const structure = ibanStructure(plain.slice(0, 2));
  if (structure.length !== plain.length - 4) return false;
  for (let at = 4; at < plain.length; at += 1) {
    if (!fits(structure[at - 4], plain.charCodeAt(at))) return false;
  }
  return ibanCheck(plain);
}

/** Groups of four and a rest: so that nothing shorter in one is taken for something else. */
function inFours(length: number): string {
  const rest = length % 4;
  return `L2D2${' D4'.repeat(Math.floor(length / 4))}${rest === 0 ? '' : ` D${rest}`}`;
}

const FORMS: readonly Form[] = ALL_DIGITS.filter((length) => length <= 28).flatMap((length) => [
  { shape: `L2D${length + 2}`, check },
  { shape: inFours(length), check },
]);

/** At the end of the country's letters, or where the check digits begin. */
function findFrom(scan: Scan, from: number): void {
  const { text } = scan;
  const at = isBetween(text.charCodeAt(from)) ? from + 1 : from;
  if (!isDigit(text.charCodeAt(at)) || !isDigit(text.charCodeAt(at + 1))) return;
  const start = startOfCountry(text, at);
  if (start === -1 || start < scan.covered) return;
  const country = text.slice(start, start + 2).toUpperCase();
  const read = readAccount(text, at + 2, ibanStructure(country));
  if (read === undefined) return;
  const plain = country + text.slice(at, at + 2) + read.account.toUpperCase();
  if (ibanCheck(plain) || scan.near(start, read.end)) scan.add(start, read.end);
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
  stretches: { least: 2 },
  digits(scan, at) {
    if (at < 2) return;
    // The second letter of the country, or it and a mark.
    const before = scan.text.charCodeAt(at - 1);
    if (isLetter(before) || (isBetween(before) && isLetter(scan.text.charCodeAt(at - 2)))) findFrom(scan, at);
  },
  whole: (value) => value.length <= 96 && LOOSE.test(unescaped(value)),
};

export const detectors = [iban];
