// Payment cards: every network's ranges and lengths, in any usual grouping.
import type { Detector, Form } from '../detector.ts';
import { isAlnum, isDigit } from '../scan/alphabet.ts';
import type { Scan } from '../scan/scan.ts';
import { ALNUM } from './kit/beside.ts';
import { isOfNetwork, mayBeOfNetwork } from './kit/cards.ts';
import { ean13, isMonotone, luhn } from './kit/checks.ts';
import { startsValue, unescaped } from './kit/number-beside.ts';

/** Twelve to nineteen digits at a stretch. A German or Japanese article's number begins with 4, and has a check of its own. */
const stretched = (digits: string) =>
  isOfNetwork(digits) && luhn(digits) && !isMonotone(digits) && !(digits.length === 13 && ean13(digits));
const grouped = (digits: string) => mayBeOfNetwork(digits) && luhn(digits) && !isMonotone(digits);
const named = (digits: string) => luhn(digits) && !isMonotone(digits);
/** Some are given out without Luhn's digit, and whoever made up others did not know of it. */
const unchecked = (digits: string) => isOfNetwork(digits) && !isMonotone(digits);

const LENGTHS = [12, 13, 14, 15, 16, 17, 18, 19];

/** Groups of four, as most cards have them embossed; and what networks print otherwise. */
const GROUPS = [
  ...['D4 D4 D4 D4', 'D4 D6 D5', 'D4 D6 D4', 'D4 D4 D4 D4 D3', 'D4 D4 D4 D4 D2', 'D4 D4 D4 D4 D1'],
  ...['D4 D4 D4 D3', 'D4 D4 D4 D2', 'D4 D4 D5', 'D4 D4 D4 D1', 'D4 D3 D3 D3', 'D4 D5 D6'],
  ...['D4 D4 D8', 'D4 D8 D4', 'D8 D4 D4', 'D4 D5 D5', 'D6 D4 D6'],
];
/** Two groups: with a point between they would be a fraction. */
const PAIRS = ['D8 D8', 'D4 D12', 'D6 D10', 'D6 D13', 'D6 D9', 'D6 D8'];
/** So many numbers that are no card are written so that only certain ranges count. */
const COMMON_GROUPS = ['D4 D4 D4'];

const BETWEEN = ' -.';

const FORMS: readonly Form[] = [
  ...LENGTHS.map((length) => ({ shape: `D${length}`, check: stretched })),
  ...GROUPS.map((shape) => ({ shape, between: BETWEEN, mixed: true, check: grouped })),
  ...PAIRS.map((shape) => ({ shape, between: ' -', check: grouped })),
  ...COMMON_GROUPS.map((shape) => ({ shape, between: BETWEEN, check: stretched })),
  ...[...LENGTHS.map((length) => `D${length}`), ...COMMON_GROUPS, ...GROUPS].map((shape) => ({
    ...{ shape, between: BETWEEN, mixed: true, context: true },
    check: named,
  })),
  ...['D16', 'D15', 'D4 D4 D4 D4', 'D4 D6 D5', 'D4 D4 D4 D4 D3', 'D19'].map((shape) => ({
    ...{ shape, between: BETWEEN, context: true },
    check: unchecked,
  })),
];

/** Groups parted by more than one mark: `4111 - 1111 - 1111 - 1111`. */
const WIDE =
  /\d{4}(?: - | {2,3}| ?– ?)\d{4}(?: - | {2,3}| ?– ?)\d{4}(?: - | {2,3}| ?– ?)\d{4}(?![A-Za-z0-9])/uy;

function digitsOf(text: string): string {
  return text.replaceAll(/\D/gu, '');
}

/** Letters before it, with which it is of no form: `PAN4111…`, the `n` of a written line end. */
const GLUED = /\d{4}(?:[ .\u00a0\u2009-\u2011\u2013\u202f-]?\d){8,15}(?![A-Za-z0-9])/uy;
/** After the number on a magnetic stripe's first track: who holds it, until when, and what only the bank reads. */
const TRACK_1 = /\^[^^?\n]{1,45}\^(?:\d{3,40}\??)?/uy;
/** The second track as chips have it: a number, `D`, until when. */
const TRACK_2 = /\d{12,19}D\d\d(?:0[1-9]|1[0-2])\d{3,20}F?(?![A-Za-z0-9])/uy;

const endAfter = (pattern: RegExp, text: string, at: number): number => {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
};

function findGlued(scan: Scan, at: number): void {
  const { text } = scan;
  const end = endAfter(GLUED, text, at);
  if (end === -1) return;
  const digits = digitsOf(text.slice(at, end));
  if (startsValue(text, at)) {
    if (stretched(digits)) scan.add(at, end);
    return;
  }
  const track = endAfter(TRACK_1, text, end);
  // Ends of digests are digits behind letters too: a word must say what it is.
  if ((track !== -1 || scan.near(at, end)) && grouped(digits)) scan.add(at, Math.max(end, track));
}

/** `4111111111111111D27121010000`. */
function findTrack(scan: Scan, at: number, to: number): void {
  const end = endAfter(TRACK_2, scan.text, at);
  if (end !== -1 && stretched(scan.text.slice(at, to))) scan.add(at, end);
}

const creditCard: Detector = {
  type: 'CREDIT_CARD',
  kind: 'financial',
  title: 'Payment card numbers',
  example: 'charged «4111 1111 1111 1111» twice',
  check:
    "a network's range and length, and Luhn's digit; twelve digits and the like need context or their own grouping",
  tells: 'structure',
  words: [
    ...['credit card', 'debit card', 'card', 'creditcard*', 'visa', 'mastercard', 'amex', 'american express'],
    ...['maestro', 'discover', 'unionpay', 'diners', 'jcb', 'rupay', 'pan', 'kreditkarte*', 'kartennummer'],
    ...['carte bancaire', 'carte', 'tarjeta', 'carta di credito', 'kaartnummer', 'karty', 'cartao', 'cc'],
  ],
  names: [
    ...[
      'card',
      'cardnumber',
      'creditcard',
      'creditcardnumber',
      'debitcard',
      'ccnumber',
      'cc',
      'ccnum',
      'pan',
    ],
    ...[
      'paymentcard',
      'primaryaccountnumber',
      'cardpan',
      'kreditkarte',
      'kartennummer',
      'kreditkartennummer',
    ],
    ...['tarjeta', 'numerotarjeta', 'numerodetarjeta', 'cartebancaire', 'numerocarte', 'cartadicredito'],
    ...[
      'kaartnummer',
      'numerkarty',
      'cartao',
      'cartaodecredito',
      'bankcard',
      'cardno',
      'visa',
      'mastercard',
      'amex',
    ],
  ],
  forms: FORMS,
  stretches: [
    { digits: [12, 48], first: [4, 48], before: ALNUM },
    { digits: [12, 48], within: 'nothing', after: 'Dd' },
    { digits: [12, 48], length: [22, 48] },
  ],
  digits(scan: Scan, at: number, to: number) {
    if (to - at < 12) return;
    if (at > 0 && isAlnum(scan.text.charCodeAt(at - 1))) return findGlued(scan, at);
    if (scan.text.charCodeAt(to) === 68) return findTrack(scan, at, to);
    if (to - at < 22) return;
    // Only where a group of four is followed by more than one mark.
    if (!isDigit(scan.text.charCodeAt(at + 3)) || isAlnum(scan.text.charCodeAt(at + 5))) return;
    WIDE.lastIndex = at;
    if (!WIDE.test(scan.text)) return;
    const digits = digitsOf(scan.text.slice(at, WIDE.lastIndex));
    if (grouped(digits)) scan.add(at, WIDE.lastIndex);
  },
  whole(value) {
    const plain = unescaped(value.slice(0, 64));
    if (value.length > 64 || !/^\d(?:[ .\u00a0\u2009-\u2011\u2013\u202f-]{0,3}\d){11,18}$/u.test(plain))
      return false;
    const digits = digitsOf(plain);
    return luhn(digits) || mayBeOfNetwork(digits);
  },
};

export const detectors = [creditCard];
