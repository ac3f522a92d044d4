// What the bodies of tokens have in common: where one begins, what only stands for one, what one looks like.
import { isAlnum, isDigit, isHexDigit, isLower, isUpper } from '../../scan/alphabet.ts';

const BACKSLASH = 92;
const PERCENT = 37;

/** After `\n`, `\x22`, `\u0022`, `%22`, `=3D` or a terminal's colour: letters that belong to an escape. */
function endsEscape(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  if (text.charCodeAt(at - 2) === BACKSLASH) return 'nrtbfv0'.includes(String.fromCharCode(before));
  if (!isHexDigit(before))
    return before === 109 && /\[[\d;]{1,12}m$/u.test(text.slice(Math.max(0, at - 14), at));
  if (!isHexDigit(text.charCodeAt(at - 2))) return false;
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

/** By the marks that a body may hold: 1 for each character of it. */
const TABLES = new Map<string, Uint8Array>();

export function tableOf(also: string): Uint8Array {
  const known = TABLES.get(also);
  if (known !== undefined) return known;
  const table = new Uint8Array(128);
  for (let code = 0; code < 128; code += 1) {
    if (isAlnum(code) || also.includes(String.fromCharCode(code))) table[code] = 1;
  }
  TABLES.set(also, table);
  return table;
}

export function endOfRun(text: string, from: number, also: string, most: number): number {
  return endIn(tableOf(also), text, from, most);
}

/** The same, by the table of what a body may hold. */
export function endIn(table: Uint8Array, text: string, from: number, most: number): number {
  const last = Math.min(most, text.length);
  let to = from;
  while (to < last) {
    const code = text.charCodeAt(to);
    if (code >= 128 || table[code] === 0) break;
    if (code === PERCENT && !isEncodedBase64(text, to)) break;
    to += 1;
  }
  return to;
}

/** Whether so many characters of a table stand in a row between `from` and `to`: a few are looked at where none do. */
export function hasRun(table: Uint8Array, text: string, from: number, to: number, least: number): boolean {
  const most = Math.min(to, text.length);
  let begun = from;
  for (let last = from + least - 1; last < most; last = begun + least - 1) {
    let at = last;
    while (at >= begun && isIn(table, text.charCodeAt(at))) at -= 1;
    if (at < begun) return true;
    begun = at + 1;
  }
  return false;
}

export function isIn(table: Uint8Array, code: number): boolean {
  return code < 128 && table[code] === 1;
}

/** `%2B`, `%2F`, `%3D`: of what may be percent-encoded, the marks that base64 has. */
function isEncodedBase64(text: string, at: number): boolean {
  return ['2b', '2f', '3d'].includes(text.slice(at + 1, at + 3).toLowerCase());
}

/** Where the run that ends before `at` begins. */
export function startOfRun(text: string, at: number, also: string, least: number): number {
  const first = Math.max(0, least);
  const table = tableOf(also);
  let from = at;
  while (from > first) {
    const code = text.charCodeAt(from - 1);
    if (code >= 128 || table[code] === 0) break;
    from -= 1;
  }
  return from;
}

/** The same, without the letters of an escape before it: `\\n`, `%22`. */
export function startOfToken(text: string, at: number, also: string, least: number): number {
  const from = startOfRun(text, at, also, least);
  const before = text.charCodeAt(from - 1);
  if (before === BACKSLASH) return 'nrtbfv0'.includes(text[from] as string) ? from + 1 : from;
  if (before === PERCENT && isHexDigit(text.charCodeAt(from)) && isHexDigit(text.charCodeAt(from + 1)))
    return from + 2;
  return from;
}

export interface Kinds {
  readonly digits: number;
  readonly lower: number;
  readonly upper: number;
  readonly marks: number;
}

/** 1 for each digit, each small letter, each capital: added up, as what comes next in a token cannot be foreseen. */
const DIGITS = Uint8Array.from({ length: 128 }, (_, code) => Number(isDigit(code)));
const LOWER = Uint8Array.from({ length: 128 }, (_, code) => Number(isLower(code)));
const UPPER = Uint8Array.from({ length: 128 }, (_, code) => Number(isUpper(code)));

export function kindsOf(text: string): Kinds {
  let digits = 0;
  let lower = 0;
  let upper = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 128) continue;
    digits += DIGITS[code] as number;
    lower += LOWER[code] as number;
    upper += UPPER[code] as number;
  }
  return { digits, lower, upper, marks: text.length - digits - lower - upper };
}

/** Letters without a digit are a word, and words, unless that many stand in a row that they must be somebody's example. */
const LONGEST_WORD = 24;

/** `xxxxxxxx`, `your-token-here`, `YOUR_TOKEN`: what stands where a token would. */
export function isPlaceholder(body: string): boolean {
  const { digits, lower, upper, marks } = kindsOf(body);
  const last = body.charCodeAt(body.length - 1) | 32;
  if (last === 120 && /x{16}$/iu.test(body)) return true;
  if (marks > 0 && (last === 101 ? /your[-_]|[-_]here$/iu : /your[-_]/iu).test(body)) return true;
  if (digits > 0) return digits === body.length && /^0+$/u.test(body);
  if (/^[xX._*-]+$/u.test(body)) return true;
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
