// What the bodies of tokens have in common: where one begins, what only stands for one, what one looks like.
import { isAlnum, isDigit, isLower, isUpper } from '../../scan/alphabet.ts';

const BACKSLASH = 92;
const PERCENT = 37;

function isHex(code: number): boolean {
  return isDigit(code) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102);
}

/** After `\n`, `\x22`, `\u0022`, `%22`, `=3D` or a terminal's colour: letters that belong to an escape. */
function endsEscape(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  if (text.charCodeAt(at - 2) === BACKSLASH) return 'nrtbfv0'.includes(String.fromCharCode(before));
  if (!isHex(before)) return before === 109 && /\[[\d;]{1,12}m$/u.test(text.slice(Math.max(0, at - 14), at));
  if (!isHex(text.charCodeAt(at - 2))) return false;
  const mark = text.charCodeAt(at - 3);
  if (mark === PERCENT || mark === 61) return true;
  return /\\(?:x..|u....)$/u.test(text.slice(Math.max(0, at - 6), at));
}

/** Whether a token may begin at `at`: not in the middle of a run of letters and digits. */
export function beginsToken(text: string, at: number, also = ''): boolean {
  if (at === 0) return true;
  const before = text.charCodeAt(at - 1);
  if (also !== '' && also.includes(text[at - 1] as string)) return false;
  return !isAlnum(before) || endsEscape(text, at);
}

export function isOfBody(code: number, also: string): boolean {
  return isAlnum(code) || (also !== '' && code < 128 && also.includes(String.fromCharCode(code)));
}

export function endOfRun(text: string, from: number, also: string, most: number): number {
  const last = Math.min(most, text.length);
  let to = from;
  while (to < last && isOfBody(text.charCodeAt(to), also)) {
    if (text.charCodeAt(to) === PERCENT && !isEncodedBase64(text, to)) break;
    to += 1;
  }
  return to;
}

/** `%2B`, `%2F`, `%3D`: of what may be percent-encoded, the marks that base64 has. */
function isEncodedBase64(text: string, at: number): boolean {
  return ['2b', '2f', '3d'].includes(text.slice(at + 1, at + 3).toLowerCase());
}

/** Where the run that ends before `at` begins. */
export function startOfRun(text: string, at: number, also: string, least: number): number {
  let from = at;
  while (from > Math.max(0, least) && isOfBody(text.charCodeAt(from - 1), also)) from -= 1;
  return from;
}

/** The same, without the letters of an escape before it: `\\n`, `%22`. */
export function startOfToken(text: string, at: number, also: string, least: number): number {
  const from = startOfRun(text, at, also, least);
  const before = text.charCodeAt(from - 1);
  if (before === BACKSLASH) return 'nrtbfv0'.includes(text[from] as string) ? from + 1 : from;
  if (before === PERCENT && isHex(text.charCodeAt(from)) && isHex(text.charCodeAt(from + 1))) return from + 2;
  return from;
}

export interface Kinds {
  readonly digits: number;
  readonly lower: number;
  readonly upper: number;
  readonly marks: number;
}

export function kindsOf(text: string): Kinds {
  let [digits, lower, upper] = [0, 0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isDigit(code)) digits += 1;
    else if (isLower(code)) lower += 1;
    else if (isUpper(code)) upper += 1;
  }
  return { digits, lower, upper, marks: text.length - digits - lower - upper };
}

/** Letters without a digit are a word, and words, unless that many stand in a row that they must be somebody's example. */
const LONGEST_WORD = 24;

/** `xxxxxxxx`, `your-token-here`, `YOUR_TOKEN`: what stands where a token would. */
export function isPlaceholder(body: string): boolean {
  if (/^[xX._*-]+$/u.test(body) || /^0+$/u.test(body) || /x{16}$/iu.test(body)) return true;
  if (/your[-_]|[-_]here$/iu.test(body)) return true;
  const { digits, lower, upper, marks } = kindsOf(body);
  if (digits > 0) return false;
  if (/your|here$|example[-_]|placeholder|redacted|changeme/iu.test(body)) return true;
  if (lower > 0 && upper > 0) return false;
  return marks > 0 || body.length < LONGEST_WORD;
}

export function isHexBody(body: string): boolean {
  return /^(?:[0-9a-f]+|[0-9A-F]+)$/u.test(body);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/iu;

export function beginsWithUuid(body: string): boolean {
  return UUID.test(body);
}

const SAMPLE = 'q7Rk2Wn9Zt4Xb6Vd1Pm8Hs3Jc5Lf0Gy';
const HEX_SAMPLE = '7c1f0a9e4b2d8635';

/** A made-up body for the docs. Never a real one's, and in one piece nowhere in the sources. */
export function sampleBody(length: number, kind: 'alnum' | 'hex' | 'lower' | 'upper' = 'alnum'): string {
  const from = kind === 'hex' ? HEX_SAMPLE : SAMPLE;
  const body = from.repeat(Math.ceil(length / from.length)).slice(0, length);
  if (kind === 'lower') return body.toLowerCase();
  return kind === 'upper' ? body.toUpperCase() : body;
}
