// Takes a secret out of what comes back from where it was sent: as it is, and as text, URLs, JSON, HTML, base64 and hex write it.
import type { Secret } from './secret.ts';

export const SCRUBBED = '[secret]';

/** As deep as JSON stands in strings of JSON. */
const MOST_BACKSLASHES = 16;
/** Shorter pieces of base64 or hex stand in anything. */
const LEAST_ENCODED = 6;
/** A character that a piece of base64 shares with what stands beside the secret. */
const SHARED = '[A-Za-z0-9+/_-]?';
const LINE_END = '(?:\\r?\\n|\\\\r\\\\n|\\\\n)?';
const BACKSLASHES = `\\\\{1,${MOST_BACKSLASHES}}`;

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '/': '\\/',
  '\\': '\\\\',
  '\b': 'b',
  '\f': 'f',
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
};
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** In either case. */
function hex(number: number, digits: number): string {
  const text = number.toString(16).padStart(digits, '0');
  return text.replace(/[a-f]/gu, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function literal(character: string): string {
  return /^[A-Za-z0-9]$/u.test(character) ? character : `\\u{${character.codePointAt(0)?.toString(16)}}`;
}

/** Every way in which one character is written: whatever mixes them is found too. */
function spellings(character: string): string[] {
  const code = character.codePointAt(0) ?? 0;
  const bytes = [...new TextEncoder().encode(character)].map((byte) => `%${hex(byte, 2)}`).join('');
  const units = Array.from({ length: character.length }, (_, unit) => {
    return `${BACKSLASHES}u${hex(character.charCodeAt(unit), 4)}`;
  }).join('');
  const all = [bytes, units, `&#0{0,6}${code};`, `&#[xX]0{0,6}${hex(code, 1)};`];
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) all.push(BACKSLASHES + short);
  // Last, as a backslash that escapes another is no end of it.
  all.push(literal(character));
  if (character === ' ') all.push('\\+');
  const entity = ENTITIES[character];
  if (entity !== undefined) all.push(entity);
  return all;
}

const anyOf = (characters: readonly string[]): string => `(?:${characters.flatMap(spellings).join('|')})`;

function asText(secret: string): string {
  return Array.from(secret, (character) => anyOf([character])).join('');
}

/** The characters of base64 that the secret alone decides, where so many bytes stand before it in its group of three. */
function base64At(secret: Uint8Array, offset: number): string {
  const text = Buffer.concat([new Uint8Array(offset), secret])
    .toString('base64')
    .replace(/=+$/u, '');
  const first = Math.ceil((offset * 8) / 6);
  const last = Math.floor(((offset + secret.length) * 8) / 6);
  return text.slice(first, last);
}

function asBase64(secret: Uint8Array): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const text = base64At(secret, offset);
    if (text.length < LEAST_ENCODED) return [];
    const characters = Array.from(text, (one) => {
      if (one === '+') return anyOf(['+', '-']);
      return one === '/' ? anyOf(['/', '_']) : one;
    });
    return [SHARED + characters.join(LINE_END) + SHARED];
  });
}

function asHex(secret: Uint8Array): string[] {
  const text = [...secret].map((byte) => hex(byte, 2)).join('');
  return secret.length * 2 < LEAST_ENCODED ? [] : [text];
}

function patternsOf(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret);
  return [asText(secret), ...asBase64(bytes), ...asHex(bytes)];
}

/** Opens the secrets, which is why only who sends them makes one. Longer ones go first: one may hold another. */
export function createScrub(secrets: readonly Secret[]): (text: string) => string {
  const values = [...new Set(secrets.map((secret) => secret.open()))].filter((value) => value !== '');
  if (values.length === 0) return (text) => text;
  const sorted = values.toSorted((one, other) => other.length - one.length);
  const pattern = new RegExp(sorted.flatMap(patternsOf).join('|'), 'gu');
  return (text) => text.replace(pattern, SCRUBBED);
}
