// JSON as a type, and the one canonical text of a value, which hashes and comparisons are made over.
import { remembered } from './remembered.ts';

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

const MOST_LOOKED_THROUGH = 64;
const [FIRST_PLAIN, LAST_PLAIN, QUOTE, BACKSLASH] = [0x20, 0x7e, 0x22, 0x5c];

/** As JSON.stringify writes it. Most texts are short and plain, and sooner looked through than handed over. */
function quoted(text: string): string {
  if (text.length > MOST_LOOKED_THROUGH) return JSON.stringify(text);
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < FIRST_PLAIN || unit > LAST_PLAIN || unit === QUOTE || unit === BACKSLASH) {
      return JSON.stringify(text);
    }
  }
  return `"${text}"`;
}

/** Keys are few and come again and again. */
const keyText = remembered((key) => `${quoted(key)}:`);

function listText(list: readonly Json[]): string {
  let text = '[';
  let between = '';
  for (const item of list) {
    text += between + canonicalJson(item);
    between = ',';
  }
  return `${text}]`;
}

const MOST_INSERTED = 32;

/** By UTF-16 code units, as texts compare and are sorted where nobody says otherwise. Few are sooner put in place. */
function sortedKeys(object: JsonObject): readonly string[] {
  const keys = Object.keys(object);
  if (keys.length > MOST_INSERTED) return keys.sort();
  for (let place = 1; place < keys.length; place += 1) {
    const key = keys[place] ?? '';
    let at = place;
    for (; at > 0 && (keys[at - 1] ?? '') > key; at -= 1) keys[at] = keys[at - 1] ?? '';
    keys[at] = key;
  }
  return keys;
}

function objectText(object: JsonObject): string {
  let text = '{';
  let between = '';
  for (const key of sortedKeys(object)) {
    const member = object[key];
    if (member === undefined) continue;
    text += between + keyText(key);
    text += canonicalJson(member);
    between = ',';
  }
  return `${text}}`;
}

/**
 * The text of a JSON value in the form of RFC 8785: keys sorted by UTF-16 code units, no white space.
 * Keys whose value is undefined are left out, as JSON.stringify does.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('a number in JSON must be finite');
    return `${value}`;
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return Array.isArray(value) ? listText(value) : objectText(value as JsonObject);
}

export interface CanonicalWith {
  readonly text: string;
  /** The same with another value of that member. */
  having(other: Json): string;
}

/** The canonical text of an object with one member more, of which more than one value is wanted: the rest is written once. */
export function canonicalWith(object: JsonObject, name: string, value: Json): CanonicalWith {
  let before = '{';
  let after = '';
  for (const key of sortedKeys(object)) {
    const member = object[key];
    if (member === undefined || key === name) continue;
    const text = keyText(key) + canonicalJson(member);
    if (key < name) before += `${text},`;
    else after += `,${text}`;
  }
  before += keyText(name);
  after += '}';
  const text = before + canonicalJson(value) + after;
  // Whoever hashed the text has made one piece of it: cut from that, its parts need not be put together again.
  const [head, tail] = [before.length, text.length - after.length];
  return { text, having: (other) => text.slice(0, head) + canonicalJson(other) + text.slice(tail) };
}
