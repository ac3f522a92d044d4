// Reads a JSON object that every reader reads alike: UTF-8, each key once, nothing that some take for something else.
import type { Json, JsonObject } from '../../shared/json.ts';
import { told } from './told.ts';

const MOST_DEPTH = 64;

const QUOTE = 34;
const COLON = 58;
const OPEN_ARRAY = 91;
const BACKSLASH = 92;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

const isBlank = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9;

/** After the closing quote of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at + 1;
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (isBlank(text.charCodeAt(at))) at += 1;
  return text.charCodeAt(at) === COLON;
}

function problemOfKey(key: string, seen: Set<string> | undefined): string | undefined {
  if (key === '__proto__') return 'The body has a field `__proto__`, which this route does not take.';
  if (!key.isWellFormed()) return 'The body has a field whose name is no Unicode text.';
  if (seen?.has(key)) return `The body has ${told(key)} twice in one object: servers read one or the other.`;
  seen?.add(key);
  return undefined;
}

/** Also of what is no JSON, so that nothing reads it before its depth is known. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at) - 1;
    else if (code === OPEN_OBJECT || code === OPEN_ARRAY) depth += 1;
    else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) depth -= 1;
    if (depth > MOST_DEPTH) return true;
  }
  return false;
}

function keyOf(quoted: string): string {
  return quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
}

const NUMBER = /-?(\d+)(?:\.(\d+))?(?:[eE][+-]?\d+)?/uy;
/** With more, readers round to different numbers, and one may be within a limit that the other is beyond. */
const MOST_DIGITS = 17;

/** After the number that begins at `start`; undefined where it has too many digits. */
function endOfNumber(text: string, start: number): number | undefined {
  NUMBER.lastIndex = start;
  const [whole = '', before = '', after = ''] = NUMBER.exec(text) ?? [];
  const digits = (before + after).replace(/^0+/u, '').replace(/0+$/u, '');
  return digits.length > MOST_DIGITS ? undefined : start + Math.max(1, whole.length);
}

const startsNumber = (code: number): boolean => code === 45 || (code >= 48 && code <= 57);

/** Of a text that is JSON. */
function problemOfKeys(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      const problem = isKey(text, end) ? problemOfKey(keyOf(text.slice(at, end)), open.at(-1)) : undefined;
      if (problem !== undefined) return problem;
      at = end - 1;
    } else if (startsNumber(code)) {
      const end = endOfNumber(text, at);
      if (end === undefined)
        return `The body has a number of more than ${MOST_DIGITS} digits, which servers round in different ways.`;
      at = end - 1;
    } else if (code === OPEN_OBJECT) open.push(new Set());
    else if (code === OPEN_ARRAY) open.push(undefined);
    else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) open.pop();
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
  if (isTooDeep(text)) return { problem: `The body is nested more than ${MOST_DEPTH} deep.` };
  const value = parse(text);
  if (!isObject(value)) return { problem: 'The body is not a JSON object, which this route needs.' };
  const problem = problemOfKeys(text);
  return problem === undefined ? { object: value } : { problem };
}
