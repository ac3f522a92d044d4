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
/** So many characters of a way tell whether all of it is worth looking for: to read a pattern of a long secret takes long. */
const BEGINNING = 12;
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

/** One way of writing a secret: a pattern for each of its characters, and what may stand between and beside them. */
interface Way {
  readonly characters: readonly string[];
  readonly between: string;
  readonly beside: string;
}

function asText(secret: string): Way {
  return { characters: Array.from(secret, (character) => anyOf([character])), between: '', beside: '' };
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

function asBase64(secret: Uint8Array): Way[] {
  return [0, 1, 2].flatMap((offset) => {
    const text = base64At(secret, offset);
    if (text.length < LEAST_ENCODED) return [];
    const characters = Array.from(text, (one) => {
      if (one === '+') return anyOf(['+', '-']);
      return one === '/' ? anyOf(['/', '_']) : one;
    });
    return [{ characters, between: LINE_END, beside: SHARED }];
  });
}

function asHex(secret: Uint8Array): Way[] {
  const characters = [...secret].map((byte) => hex(byte, 2));
  return secret.length * 2 < LEAST_ENCODED ? [] : [{ characters, between: '', beside: '' }];
}

function waysOf(secret: string): Way[] {
  const bytes = new TextEncoder().encode(secret);
  return [asText(secret), ...asBase64(bytes), ...asHex(bytes)];
}

function whole({ characters, between, beside }: Way): string {
  return beside + characters.join(between) + beside;
}

/** What stands wherever all of it does. */
function beginning({ characters, between }: Way): string {
  return characters.slice(0, BEGINNING).join(between);
}

/** Opens the secrets, which is why only who sends them makes one. Longer ones go first: one may hold another. */
export function createScrub(secrets: readonly Secret[]): (text: string) => string {
  const values = [...new Set(secrets.map((secret) => secret.open()))].filter((value) => value !== '');
  if (values.length === 0) return (text) => text;
  const sorted = values.toSorted((one, other) => other.length - one.length);
  const ways = sorted.flatMap(waysOf);
  const pattern = new RegExp(ways.map(whole).join('|'), 'gu');
  const mayHold = new RegExp(ways.map(beginning).join('|'), 'u');
  return (text) => (mayHold.test(text) ? text.replace(pattern, SCRUBBED) : text);
}
