// Numbers of people in Germany, Austria and Switzerland.
import type { Detector } from '../detector.ts';
import { isUpper } from '../scan/alphabet.ts';
import { BLANKS, CAPITALS } from './kit/beside.ts';
import { digitAt, ean13, isDay, isDayFirstAt, mod1110, pairAt, weightedSum } from './kit/checks.ts';
import { identity } from './kit/identity.ts';

/** Of the first ten digits one occurs twice or three times, never three times in a row, the others once at most. */
function repeatsAsGiven(digits: string): boolean {
  const often = new Uint8Array(10);
  for (let at = 0; at < 10; at += 1) {
    const digit = digitAt(digits, at);
    often[digit] = (often[digit] ?? 0) + 1;
  }
  let repeated = 0;
  for (const times of often) {
    if (times > 3) return false;
    if (times > 1) repeated += 1;
  }
  return repeated === 1 && !/(\d)\1\1/u.test(digits.slice(0, 10));
}

const steuerId = identity({
  type: 'DE_STEUER_ID',
  title: 'Germany: tax identification numbers',
  example: 'Steuer-ID: «86 095 742 719»',
  check: 'its check digit (ISO 7064) and how often digits repeat; without its own groups only with context',
  own: [{ shape: 'D2 D3 D3 D3', between: ' ' }],
  near: [{ shape: 'D11' }, { shape: 'D2 D3 D3 D3', between: ' -/.', mixed: true }],
  test: (digits) => digits[0] !== '0' && repeatsAsGiven(digits) && mod1110(digits),
  sure: ['steuer id', 'steueridentifikationsnummer', 'steuer identifikationsnummer', 'idnr'],
  words: ['steueridentifikation*', 'steuerliche identifikationsnummer', 'tax id', 'tax number', 'german tax'],
  names: [
    ...['steuerid', 'steueridnr', 'steueridentifikationsnummer', 'steueridentifikation', 'idnr', 'taxid'],
    ...['taxnumber', 'steuernummer', 'germantaxid', 'tin'],
  ],
  countries: ['de'],
  loose: '\\d{2}[ ./-]?\\d{3}[ ./-]?\\d{3}[ ./-]?\\d{3}',
});

/** The letter counts as its place in the alphabet; of each product the digits are added. */
function isInsurance(plain: string): boolean {
  const letter = String(plain.charCodeAt(8) - 64).padStart(2, '0');
  const digits = plain.slice(0, 8) + letter + plain.slice(9);
  const day = pairAt(plain, 2) % 50;
  if (!isDay(pairAt(plain, 4), day === 0 ? 1 : day)) return false;
  let sum = 0;
  [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1].forEach((weight, at) => {
    const product = digitAt(digits, at) * weight;
    sum += Math.floor(product / 10) + (product % 10);
  });
  return sum % 10 === digitAt(plain, 11);
}

const insurance = identity({
  type: 'DE_RENTENVERSICHERUNG',
  title: 'Germany: pension and social insurance numbers',
  example: 'Sozialversicherungsnummer «65 170839 J 003»',
  check: 'a date of birth, and its check digit; beside its own words any',
  own: [{ shape: 'D8L1D3', upper: true }],
  near: [{ shape: 'D8L1D3' }],
  test: isInsurance,
  sure: ['rentenversicherungsnummer', 'sozialversicherungsnummer', 'svnr', 'rvnr'],
  words: ['rentenversicherung*', 'sozialversicherung*'],
  names: [
    ...['rentenversicherungsnummer', 'sozialversicherungsnummer', 'svnr', 'svnummer', 'rvnr', 'rvnummer'],
    ...['versicherungsnummer', 'rentenversicherung', 'sozialversicherung'],
  ],
  countries: ['de'],
  loose: '\\d{2}[ ]?\\d{2}[ ]?\\d{2}[ ]?\\d{2}[ ]?[A-Z][ ]?\\d{2}[ ]?\\d',
});

/** With blanks, of which a form takes none after a letter by itself. */
const SPACED = /\d{2} (?:\d{6}|\d{2} \d{2} \d{2}) [A-Z] \d{2} ?\d(?![A-Za-z0-9])/uy;

const insuranceInAnySpacing: Detector = {
  ...insurance,
  stretches: [{ digits: [8, 8], first: [2, 2], length: [9, 11], after: BLANKS, twoAfter: CAPITALS }],
  digits(scan, at, to) {
    const { text } = scan;
    if ((to - at !== 9 && to - at !== 11) || to + 1 >= text.length) return;
    if (text.charCodeAt(at + 2) !== 32 || text.charCodeAt(to) !== 32 || !isUpper(text.charCodeAt(to + 1)))
      return;
    SPACED.lastIndex = at;
    if (!SPACED.test(text)) return;
    if (isInsurance(text.slice(at, SPACED.lastIndex).replaceAll(' ', ''))) scan.add(at, SPACED.lastIndex);
  },
};

const card = identity({
  type: 'DE_PERSONALAUSWEIS',
  title: 'Germany: identity card numbers',
  example: 'Personalausweis Nr. «L01X00T47»',
  check: 'the letters that are given out; only with context',
  sure: ['personalausweis', 'personalausweisnummer', 'ausweisnummer', 'ausweis nr'],
  names: ['personalausweis', 'personalausweisnummer', 'ausweisnummer', 'ausweis', 'ausweisnr', 'perso'],
  countries: ['de'],
  loose: '(?=[A-Z]*\\d)[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}\\d?D?|\\d{10}D?',
});

const ahv = identity({
  type: 'CH_AHV',
  title: 'Switzerland: old-age insurance numbers (AHV, AVS)',
  example: 'AHV-Nummer «756.9217.0769.85»',
  check: '756, and its check digit (EAN-13)',
  own: [{ shape: 'D3 D4 D4 D2', between: '. -' }, { shape: 'D13' }],
  test: (digits) => digits.startsWith('756') && ean13(digits),
  sure: ['ahv', 'avs'],
  names: ['ahv', 'ahvnummer', 'ahvnr', 'avs', 'numeroavs', 'sozialversicherungsnummer'],
  countries: ['ch'],
  loose: '756[. -]?\\d{4}[. -]?\\d{4}[. -]?\\d{2}',
});

const austrian = identity({
  type: 'AT_SVNR',
  title: 'Austria: social insurance numbers',
  example: 'SV-Nummer «1237 010180»',
  check: 'its check digit (mod 11) and a date of birth; only with context',
  near: [{ shape: 'D4 D6', between: ' -' }, { shape: 'D10' }],
  test: (digits) =>
    weightedSum(digits, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 === digitAt(digits, 3) &&
    isDayFirstAt(digits, 4),
  words: ['sv nummer', 'svnr', 'sozialversicherung*'],
  names: ['svnr', 'svnummer', 'sozialversicherungsnummer'],
  countries: ['at'],
  loose: '[1-9]\\d{3}[ -]?\\d{6}',
});

export const detectors = [steuerId, insuranceInAnySpacing, card, ahv, austrian];
