// Whether names are those of a table's head.
import { isDigit } from '../scan/alphabet.ts';
import { isNamesKey, isValuesKey } from './walk.ts';

export type IsKnown = (name: string) => boolean;

export const MOST_OF_NAME = 64;
const IS_TOO_LONG = /^.{65}/u;
/** Longer than any key that says where names are, or values. */
const LONGEST_KEY = 16;
/** `name: value`, which a line of a log has several times. */
const ASSIGNS = /^[^\s:=<>]+\s*[:=]\s*[^\s:=]/u;
/** A few words. */
const IS_NAME = /^[^\p{N}]*\p{L}\S*(?:\s+\S+){0,3}$/u;

/** Not in the head of a table: a line of JSON, a time, what is too long for a name. */
function isNoName(text: string): boolean {
  const { length } = text;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 123 || code === 125 || code === 10 || code === 13) return true;
    if (code === 58 && isTime(text, at)) return true;
  }
  return length > MOST_OF_NAME && IS_TOO_LONG.test(text);
}

/** Digits before the colon, and two after it. */
function isTime(text: string, colon: number): boolean {
  if (colon === 0 || colon + 2 >= text.length || !isDigit(text.charCodeAt(colon - 1))) return false;
  return isDigit(text.charCodeAt(colon + 1)) && isDigit(text.charCodeAt(colon + 2));
}

/** Whether what is no more than one line is too long for a name, without the blanks around it. */
export function isTooLong(text: string): boolean {
  return text.length > MOST_OF_NAME && IS_TOO_LONG.test(text.trim());
}

function assigns(name: string): boolean {
  return (name.includes(':') || name.includes('=')) && ASSIGNS.test(name);
}

/** What is quickly told of a head's names. */
export function mayBeHead(names: readonly string[]): boolean {
  let assigning = 0;
  for (const name of names) {
    if (isNoName(name)) return false;
    if (assigns(name)) assigning += 1;
  }
  return assigning === 0 || assigning * 2 <= names.length;
}

/** What takes longer. */
export function saysHead(names: readonly string[], isKnown: IsKnown): boolean {
  let [hasNames, hasValues] = [false, false];
  for (const name of names) {
    if (IS_NAME.test(name) && isKnown(name)) return true;
    if (name.length > LONGEST_KEY) continue;
    const lower = name.toLowerCase();
    hasNames ||= isNamesKey(lower);
    hasValues ||= isValuesKey(lower);
  }
  return hasNames && hasValues;
}

export function isHead(names: readonly string[], isKnown: IsKnown): boolean {
  return mayBeHead(names) && saysHead(names, isKnown);
}
