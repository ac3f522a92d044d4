// JSON as a type, and the one canonical text of a value, which hashes and comparisons are made over.

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

function listText(list: readonly Json[]): string {
  let text = '';
  for (const item of list) text += `${text === '' ? '[' : ','}${canonicalJson(item)}`;
  return text === '' ? '[]' : `${text}]`;
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
  let text = '';
  for (const key of sortedKeys(object)) {
    const member = object[key];
    if (member !== undefined) text += `${text === '' ? '{' : ','}${quoted(key)}:${canonicalJson(member)}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

/**
 * The text of a JSON value in the form of RFC 8785: keys sorted by UTF-16 code units, no white space.
 * Keys whose value is undefined are left out, as JSON.stringify does.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new TypeError('a number in JSON must be finite');
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return Array.isArray(value) ? listText(value) : objectText(value as JsonObject);
}
