// Passports: numbers beside words, and the lines that machines read.
import type { Detector } from '../detector.ts';
import { isDigit, isUpper } from '../scan/alphabet.ts';
import type { Scan } from '../scan/scan.ts';
import { identity } from './kit/identity.ts';

/** A nine-digit number, one or two letters and digits, or letters and digits mixed as Germany and the Netherlands have them. */
const LOOSE =
  '\\d{9}|\\d{8}|\\d{7}|[A-Z]{1,3}[ -]?\\d{6,8}|[A-Z]\\d{8}|\\d{2}[A-Z]{2}\\d{5}|[A-Z]\\d{2}[A-Z]{2}\\d{4}|' +
  '[A-Z]\\d{7}[A-Z]|[A-Z]{2}\\d{3}[A-Z]{2}\\d{2}|(?=[A-Z]*\\d)[CFGHJKLMNPRTVWXYZ0-9]{9}\\d?|' +
  'N[A-NP-Z](?=[A-Z]*\\d)[A-NP-Z0-9]{6}\\d';

const passport = identity({
  type: 'PASSPORT',
  title: 'Passport numbers, and the lines of travel documents that machines read',
  example: 'passport number «C01X00T47», valid until May',
  check: 'the forms that countries give out; only with context, but for lines that machines read',
  sure: [
    ...[
      'passport',
      'passport no',
      'passport number',
      'reisepass',
      'reisepassnummer',
      'passnummer',
      'passeport',
    ],
    ...['pasaporte', 'passaporto', 'passaporte', 'paspoort', 'paspoortnummer', 'paszport', 'paszportu'],
  ],
  words: ['travel document'],
  names: [
    ...[
      'passport',
      'passportnumber',
      'passportno',
      'passportnum',
      'reisepass',
      'reisepassnummer',
      'passnummer',
    ],
    ...['passeport', 'numeropasseport', 'pasaporte', 'numeropasaporte', 'passaporto', 'numeropassaporto'],
    ...['passaporte', 'paspoort', 'paspoortnummer', 'paszport', 'numerpaszportu', 'traveldocument', 'mrz'],
  ],
  loose: LOOSE,
});

const SHORTEST_LINE = 28;
const LONGEST_LINE = 44;
const FILLER = 60;

function endOfLine(text: string, from: number): number {
  let at = from;
  const most = Math.min(text.length, from + LONGEST_LINE);
  while (at < most) {
    const code = text.charCodeAt(at);
    if (!isDigit(code) && !isUpper(code) && code !== FILLER) break;
    at += 1;
  }
  return at;
}

/** Where the next line begins, after a line end or a written one; or -1. */
function nextLine(text: string, end: number): number {
  if (text.startsWith('\r\n', end)) return end + 2;
  if (text.startsWith('\\n', end)) return end + 2;
  return text[end] === '\n' || text[end] === ' ' ? end + 1 : -1;
}

/** From `P<` on: two lines or three of the letters that machines read. */
function findLines(scan: Scan, at: number): void {
  const { text } = scan;
  let end = endOfLine(text, at);
  if (end - at < SHORTEST_LINE || !/^[A-Z]<[A-Z<]{3}/u.test(text.slice(at, at + 5))) return;
  for (let lines = 1; lines < 3; lines += 1) {
    const next = nextLine(text, end);
    if (next === -1) break;
    const to = endOfLine(text, next);
    if (to - next < SHORTEST_LINE) break;
    end = to;
  }
  scan.add(at, end);
}

const { find } = passport;

const withLines: Detector = {
  ...passport,
  anchors: [
    ...(passport.anchors ?? []),
    ...['P<', 'I<', 'A<', 'V<'].map((text) => ({ text, exact: true, wordStart: true })),
  ],
  find(scan, at, to) {
    if (scan.text.charCodeAt(to - 1) === FILLER) findLines(scan, at);
    else find?.(scan, at, to);
  },
};

export const detectors = [withLines];
