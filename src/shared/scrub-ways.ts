// The ways in which a secret is written by what it was sent to: as text, URLs, JSON, HTML, base64 and hex write it.
import { FIRST_STAND_IN, WINDOWS_1252 } from './bytes-as-text.ts';
import { entitiesOf } from './html-entities.ts';

/** One way: so many parts, one after the other, each with a pattern, which is made where it is asked for. */
export interface Way {
  readonly size: number;
  part(at: number): string;
  /** Whether it shares characters with what stands beside it. */
  readonly isShared: boolean;
}

/** As deep as JSON stands in strings of JSON. */
const MOST_BACKSLASHES = 16;
/** Shorter pieces of base64 or hex stand in anything. */
const LEAST_ENCODED = 6;
/** The sign itself where a URL stands in a URL: three times over at most. */
const PERCENT = '%(?:25){0,2}';
const LINE_END = `(?:\\r?\\n|(?:\\\\r)?\\\\n|(?:${PERCENT}0[dD])?${PERCENT}0[aA])?`;
/** Also of JSON that stands in a URL. */
const BACKSLASHES = `(?:\\\\|${PERCENT}5[cC]){1,${MOST_BACKSLASHES}}`;
const AMPERSAND = `(?:&|${PERCENT}26)`;
const SEMICOLON = `(?:;|${PERCENT}3[bB])`;

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\b': 'b',
  '\f': 'f',
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
};
const ESCAPED_AS_THEY_ARE = ['"', "'", '/'];

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const hexOf = (number: number, digits: number): string => number.toString(16).padStart(digits, '0');

/** In either case. */
function hex(number: number, digits: number): string {
  return hexOf(number, digits).replace(/[a-f]/gu, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function literal(character: string): string {
  return /^[A-Za-z0-9]$/u.test(character) ? character : `\\u{${character.codePointAt(0)?.toString(16)}}`;
}

const inUrl = (character: string): string =>
  [...bytesOf(character)].map((byte) => PERCENT + hex(byte, 2)).join('');

/** Behind a backslash. */
function escaped(character: string): string[] {
  const units = Array.from(
    { length: character.length },
    (_, unit) => `u${hex(character.charCodeAt(unit), 4)}`,
  ).join(BACKSLASHES);
  const short = SHORT_ESCAPES[character];
  const itself = ESCAPED_AS_THEY_ARE.includes(character) ? [inUrl(character), literal(character)] : [];
  return [units, ...(short === undefined ? [] : [short]), ...itself];
}

const entity = (name: string): string => AMPERSAND + name + SEMICOLON;

/** Without one. */
function unescaped(character: string): string[] {
  const code = character.codePointAt(0) ?? 0;
  const number = `(?:#|${PERCENT}23)(?:0{0,6}${code}|[xX]0{0,6}${hex(code, 1)})`;
  const all = [inUrl(character), entity(oneOf([number, ...entitiesOf(character)]))];
  // Forms write it so, and what encodes the form once more encodes that.
  if (character === ' ') all.push('\\+', inUrl('+'));
  // Last, as what begins with it may be another way of writing it.
  return [...all, literal(character)];
}

const oneOf = (patterns: readonly string[]): string => `(?:${patterns.join('|')})`;

/** Every way in which one character is written: whatever mixes them is found too. */
function spelled(character: string): string[] {
  return [BACKSLASHES + oneOf(escaped(character)), ...unescaped(character)];
}

/** Where each of its bytes is taken for a character: as headers and what is no text are read here. */
function byteByByte(character: string): string {
  return [...bytesOf(character)]
    .map((byte) => [...new Set([byte, WINDOWS_1252[byte] ?? byte])])
    .map((codes) => oneOf(codes.flatMap((code) => spelled(String.fromCharCode(code)))))
    .join('');
}

/** Headers are sent in Latin-1: where that byte is read as UTF-8, which it is not. */
function asLostByte(code: number): string[] {
  const standIn = String.fromCharCode(FIRST_STAND_IN + code - 0x80);
  return [PERCENT + hex(code, 2), literal(standIn), ...spelled('\ufffd')];
}

/** In a charset that it was not written in. ASCII is the same in all. */
function misread(character: string): string[] {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return [];
  return [byteByByte(character), ...(code > 0xff ? [] : asLostByte(code))];
}

/** What is misread goes first: it may begin with the character itself. */
function spellings(character: string): string[] {
  return [...misread(character), ...spelled(character)];
}

const isQuote = (character: string): boolean => character === '"' || character === "'";

/** CSV and SQL write two for each, and both alike: what comes next may be the quote that ends the text. */
function quotes(quote: string, size: number, isBehindBackslash: boolean): string {
  const own = oneOf(escaped(quote));
  const most = size * 2;
  const first = isBehindBackslash
    ? `${own}(?:${BACKSLASHES}${own}){${size - 1},${most - 1}}`
    : `(?:${BACKSLASHES}${own}){${size},${most}}`;
  return oneOf([first, ...unescaped(quote).map((one) => `(?:${one}){${size},${most}}`)]);
}

/** The one name for two letters, which PHP writes for these: they are one part. */
function letters([first = '', second = '']: string, isBehindBackslash: boolean): string {
  const one = oneOf(isBehindBackslash ? behindBackslash(first) : spellings(first));
  return oneOf([entity('fjlig'), one + oneOf(spellings(second))]);
}

/** The backslash that it is escaped with is none of its own here. */
function behindBackslash(character: string): string[] {
  return [...misread(character), ...escaped(character), ...unescaped(character)];
}

/** Backslashes and what they stand before are one part: whose a backslash is, is then nothing to try out. */
function runOf(run: string): string {
  const rest = run.replace(/^\\+/u, '');
  const count = run.length - rest.length;
  const [first = ''] = rest;
  const backslash = oneOf(spellings('\\'));
  const before = count === 0 ? '' : `${backslash}{${count},${(count + 1) * MOST_BACKSLASHES}}`;
  if (isQuote(first)) return before + quotes(first, rest.length, count > 0);
  if (rest === 'fj') return before + letters(rest, count > 0);
  if (count === 0) return oneOf(spellings(run));
  return rest === '' ? before : before + oneOf(behindBackslash(rest));
}

function asText(secret: string): Way {
  const runs = secret.match(/\\*(?:"+|'+|fj|[^\\])|\\+/gu) ?? [];
  return { size: runs.length, part: (at) => runOf(runs[at] ?? ''), isShared: false };
}

/** What a program writes for a secret, before it encodes that as base64 or hex. */
type Writer = (text: string, isUpper: boolean) => string;

const inCase = (text: string, isUpper: boolean): string => (isUpper ? text.toUpperCase() : text);

/** `kept`: what stands as it is, besides what stands so in all URLs. */
function urlWriter(kept: string, space = '%20'): Writer {
  const encoded = new RegExp(`[^A-Za-z0-9._${kept}-]`, 'gu');
  return (text, isUpper) =>
    text.replace(encoded, (character) => {
      if (character === ' ') return space;
      return [...bytesOf(character)].map((byte) => `%${inCase(hexOf(byte, 2), isUpper)}`).join('');
    });
}

/** `escaped`: what is escaped by number, besides what is escaped in all JSON. */
function jsonWriter(escaped: RegExp, slash = '/'): Writer {
  return (text, isUpper) =>
    text.replace(/[^\w.~-]/gu, (character) => {
      if (character === '/') return slash;
      if (!escaped.test(character)) return JSON.stringify(character).slice(1, -1);
      return Array.from({ length: character.length }, (_, unit) => {
        return `\\u${inCase(hexOf(character.charCodeAt(unit), 4), isUpper)}`;
      }).join('');
    });
}

const WRITERS: readonly Writer[] = [
  // What is sent, and Python's `quote`, JavaScript's `encodeURIComponent` and `encodeURI`, and two kinds of forms.
  urlWriter('~'),
  urlWriter('~/'),
  urlWriter("~!'()*"),
  urlWriter("~!'()*;,/?:@&=+$#"),
  urlWriter('~', '+'),
  urlWriter('*', '+'),
  // JavaScript, Go, Python, PHP and .NET.
  jsonWriter(/[^\s\S]/u),
  jsonWriter(/[<>&\u2028\u2029]/u),
  jsonWriter(/[^\0-\x7f]/u),
  jsonWriter(/[^\0-\x7f]/u, '\\/'),
  jsonWriter(/["&'+<>`]|[^\0-\x7f]/u),
];

/** A text with the digits of its escapes in lower and in upper case: alike but for these. */
type Cases = readonly [lower: string, upper: string];

/** As it is, and written once and twice over: each once. */
function writingsOf(secret: string): readonly Cases[] {
  const all = WRITERS.flatMap((write): Cases[] => {
    const once: Cases = [write(secret, false), write(secret, true)];
    return [once, [write(once[0], false), write(once[1], true)]];
  });
  return [...new Map([[secret, secret] as const, ...all].map((cases) => [cases.join('\n'), cases])).values()];
}

/** The characters of base64 that the text alone decides, where so many bytes stand before it in its group of three. */
function base64At(text: Uint8Array, offset: number): string {
  const encoded = Buffer.concat([new Uint8Array(offset), text])
    .toString('base64')
    .replace(/=+$/u, '');
  const first = Math.ceil((offset * 8) / 6);
  const last = Math.floor(((offset + text.length) * 8) / 6);
  return encoded.slice(first, last);
}

function base64Digit(digit: string): string[] {
  if (digit === '+') return spellings('+').concat(spellings('-'));
  return digit === '/' ? spellings('/').concat(spellings('_')) : [digit];
}

/** A digit of both. Case is one bit of a character, and no digit of base64 or hex has that bit of two characters: so
 * what is found so has its escapes in either case, or mixed. */
function eitherOf([lower, upper]: Cases, at: number, spell: (digit: string) => readonly string[]): string {
  const digits = [...new Set([lower.charAt(at), upper.charAt(at)])];
  const all = digits.flatMap(spell);
  return all.length === 1 ? all.join('') : `(?:${all.join('|')})`;
}

type Bytes = readonly [lower: Uint8Array, upper: Uint8Array];

function asBase64([small, large]: Bytes): Way[] {
  return [0, 1, 2].flatMap((offset) => {
    const both: Cases = [base64At(small, offset), base64At(large, offset)];
    const part = (at: number) => (at === 0 ? '' : LINE_END) + eitherOf(both, at, base64Digit);
    const size = both[0].length;
    return size < LEAST_ENCODED ? [] : [{ size, part, isShared: true }];
  });
}

function asHex([lower, upper]: Bytes): Way[] {
  const both: Cases = [Buffer.from(lower).toString('hex'), Buffer.from(upper).toString('hex')];
  const part = (at: number) => eitherOf(both, at, (digit) => [hex(Number.parseInt(digit, 16), 1)]);
  const size = both[0].length;
  return size < LEAST_ENCODED ? [] : [{ size, part, isShared: false }];
}

/** Of all that it is written in; and of what a header holds of it. */
function bytesToEncode(secret: string): readonly Bytes[] {
  const all = writingsOf(secret).map(([lower, upper]): Bytes => [bytesOf(lower), bytesOf(upper)]);
  if (!/^[\0-\xff]*[\x80-\xff][\0-\xff]*$/u.test(secret)) return all;
  const sent = Buffer.from(secret, 'latin1');
  return [...all, [sent, sent]];
}

export function waysOf(secret: string): readonly Way[] {
  const bytes = bytesToEncode(secret);
  return [asText(secret), ...bytes.flatMap(asBase64), ...bytes.flatMap(asHex)];
}

/** All of these in small letters, but for what is escaped one character at a time. */
export function smallWritingsOf(secret: string): readonly string[] {
  const encoded = bytesToEncode(secret).flatMap((both) =>
    both.flatMap((bytes) => {
      const base64 = [0, 1, 2].map((offset) => base64At(bytes, offset));
      const forUrls = base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
      return [...base64, ...forUrls, Buffer.from(bytes).toString('hex')];
    }),
  );
  const asBytes = Buffer.from(secret, 'utf8').toString('latin1');
  const all = [secret, asBytes, ...encoded.filter((text) => text.length >= LEAST_ENCODED)];
  return [...new Set(all.map((text) => text.toLowerCase()))];
}
