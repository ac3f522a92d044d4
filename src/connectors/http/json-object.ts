// Reads a JSON object that every reader reads alike: UTF-8, each key once, nothing that some take for something else.
import type { Json, JsonObject } from '../../shared/json.ts';
import { told } from './told.ts';

const MOST_DEPTH = 64;

const QUOTE = 34;
const BACKSLASH = 92;

/** After the closing quote of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at + 1;
}

const AFTER_BLANKS = /[ \t\r\n]*/uy;

function isKey(text: string, end: number): boolean {
  AFTER_BLANKS.lastIndex = end;
  AFTER_BLANKS.exec(text);
  return text[AFTER_BLANKS.lastIndex] === ':';
}

function problemOfKey(key: string, seen: Set<string> | undefined): string | undefined {
  if (key === '__proto__') return 'The body has a field `__proto__`, which this route does not take.';
  if (!key.isWellFormed()) return 'The body has a field whose name is no Unicode text.';
  if (seen?.has(key)) return `The body has ${told(key)} twice in one object: servers read one or the other.`;
  seen?.add(key);
  return undefined;
}

/** Of a text that is JSON. */
function problemOfKeys(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      const end = endOfString(text, at);
      if (isKey(text, end)) {
        const problem = problemOfKey(JSON.parse(text.slice(at, end)) as string, open.at(-1));
        if (problem !== undefined) return problem;
      }
      at = end - 1;
    } else if (character === '{' || character === '[') {
      if (open.push(character === '{' ? new Set() : undefined) > MOST_DEPTH)
        return `The body is nested more than ${MOST_DEPTH} deep.`;
    } else if (character === '}' || character === ']') open.pop();
  }
  return undefined;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function decode(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}

/** The object, or a sentence that says why it is none. */
export function readJsonObject(
  body: Uint8Array,
): { readonly object: JsonObject } | { readonly problem: string } {
  const text = decode(body);
  if (text === undefined) return { problem: 'The body is not UTF-8, which this route needs.' };
  const value = parse(text);
  if (!isObject(value)) return { problem: 'The body is not a JSON object, which this route needs.' };
  const problem = problemOfKeys(text);
  return problem === undefined ? { object: value } : { problem };
}
