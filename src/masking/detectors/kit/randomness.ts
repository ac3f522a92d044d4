// Whether a value was made by a machine to be secret, or is a word, a name or a code that people chose.
import { isDigit, isLetter, isLower, isUpper } from '../../scan/alphabet.ts';

/** After a letter, the letters that usually follow it in names and words of eight languages. */
const FOLLOWS: Readonly<Record<string, string>> = {
  a: 'bcdefghiklmnprstuvyz',
  b: 'aeilorsu',
  c: 'acehiklorstu',
  d: 'adeilorsuy',
  e: 'abcdefghiklmnopqrstuvwxy',
  f: 'aefilortu',
  g: 'aehilnoprsu',
  h: 'aeilortu',
  i: 'abcdefgklmnoprstuvz',
  j: 'aeou',
  k: 'aeios',
  l: 'abdefilnostuvy',
  m: 'abeilmopu',
  n: 'acdefgiklnostuvz',
  o: 'abcdefgilmnoprstuvw',
  p: 'aehiloprstu',
  q: 'u',
  r: 'abcdefgiklmnoprstuvwy',
  s: 'acehiklmopstuy',
  t: 'acehilmorstuy',
  u: 'abcdefgilmnprst',
  v: 'aeio',
  w: 'aeio',
  x: 'ept',
  y: 'alnps',
  z: 'aei',
};

const USUAL = new Uint8Array(26 * 26);
for (const [first, seconds] of Object.entries(FOLLOWS)) {
  for (const second of seconds) USUAL[(first.charCodeAt(0) - 97) * 26 + second.charCodeAt(0) - 97] = 1;
}

/** So much of a value is looked at: what is random there is random. */
const LOOKED_AT = 256;

function isUsual(before: number, here: number): boolean {
  return USUAL[((before | 32) - 97) * 26 + (here | 32) - 97] === 1;
}

/** How often one character follows another as it does in no word, by character: 0 for words, 0.4 to 0.7 at random. */
export function surprise(value: string): number {
  const length = Math.min(value.length, LOOKED_AT);
  let surprises = 0;
  for (let at = 1; at < length; at += 1) {
    const before = value.charCodeAt(at - 1);
    const here = value.charCodeAt(at);
    if (isLetter(before) && isLetter(here)) {
      // camelCase: where a word ends, anything may follow. Twice in a row is no word's end.
      const isHump = isLower(before) && isUpper(here);
      if (isHump ? at > 1 && isUpper(value.charCodeAt(at - 2)) : !isUsual(before, here)) surprises += 1;
    } else if (isDigit(before) ? isLetter(here) : isLetter(before) && isDigit(here)) surprises += 1;
  }
  return length === 0 ? 0 : surprises / length;
}

/** Of each character of ASCII, in which value it was seen last. */
const seenIn = new Float64Array(128);
let values = 0;

/** How many different characters there are, in the part that is looked at. */
function variety(value: string): number {
  const length = Math.min(value.length, LOOKED_AT);
  let different = 0;
  values += 1;
  for (let at = 0; at < length; at += 1) {
    const code = value.charCodeAt(at);
    if (code >= 128) return new Set(value.slice(0, LOOKED_AT)).size;
    if (seenIn[code] === values) continue;
    seenIn[code] = values;
    different += 1;
  }
  return different;
}

const HEX = /^(?:0x)?[0-9a-f]+$/iu;
const UUID = /^\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?$/iu;
const BASE64 = /^[\w+/-]+={0,2}$/u;
const DIGIT = /\d/u;
const LETTER = /[a-z]/iu;

export const isUuid = (value: string) => UUID.test(value);

export function isHex(value: string): boolean {
  return HEX.test(value) && DIGIT.test(value) && LETTER.test(value);
}

/** Letters alone make a secret only where many stand in a row, in both cases or very many. */
function isLongRun(value: string): boolean {
  return /[A-Za-z]{16}/u.test(value) || (/[A-Za-z]{10}/u.test(value) && isBothCases(value));
}

function isBothCases(value: string): boolean {
  return /[a-z]/u.test(value) && /[A-Z]/u.test(value);
}

/** Random as keys and tokens are, by what they are made of; `least` characters at least. */
export function isRandom(value: string, least = 8): boolean {
  if (value.length < least || value.length < 8) return false;
  if (isUuid(value)) return true;
  const different = variety(value);
  if (different < (value.length < 12 ? 6 : 7)) return false;
  if (isHex(value)) return value.length >= 16 || surprise(value) > 0.3;
  const score = surprise(value);
  const hasDigit = DIGIT.test(value);
  if (BASE64.test(value) || /^[\w.:~+/=-]+$/u.test(value)) {
    if (!LETTER.test(value)) return false;
    if (value.length >= 40 && different >= 20) return score > 0.2;
    if (!hasDigit && !isLongRun(value) && !(value.length >= 12 && isBothCases(value) && score > 0.38))
      return false;
    return score * value.length >= 2.5 && score > (hasDigit ? 0.24 : 0.34);
  }
  if (!LETTER.test(value) || score <= 0.1 || different < 8) return false;
  return hasDigit || (value.length >= 12 && isBothCases(value) && /[!@#$%^&*].*[!@#$%^&*]/u.test(value));
}
