// What is no telephone number at a glance: most stretches of digits are not.
import { isAlnum, isDigit } from '../../scan/alphabet.ts';
import { BLANK, COMMA, DASH, DOT, OPEN, PLUS, SLASH, ZERO } from './phone-groups.ts';

const COLON = 58;
const PERCENT = 37;
const BACKSLASH = 92;

/** What one character before or after such digits rules out, before it is asked what words are near. */
export function mayStandAlone(text: string, at: number, to: number): boolean {
  const prior = at === 0 ? 0 : text.charCodeAt(at - 1);
  // In the middle of a word that no escape begins, as a digest has them.
  if (isAlnum(prior)) return isAfterEscape(text, at);
  if ((prior === COMMA || prior === SLASH || prior === DASH) && to - at < 10) return false;
  if (to >= text.length) return true;
  const next = text.charCodeAt(to);
  if (next === 95 || next === PERCENT || next === 64) return false;
  if ((next === COMMA || next === DOT || next === COLON) && to + 1 < text.length) {
    const second = text.charCodeAt(to + 1);
    return next === COMMA ? !isDigit(second) : !isAlnum(second);
  }
  return true;
}

/** `\\n5551234`, `%205551234`. */
function isAfterEscape(text: string, at: number): boolean {
  if (at < 2) return false;
  return text.charCodeAt(at - 2) === BACKSLASH || (at > 2 && text.charCodeAt(at - 3) === PERCENT);
}

/** Where the first mark of the stretch stands. */
export function endOfFirst(text: string, at: number, to: number): number {
  let here = at + 1;
  while (here < to && isDigit(text.charCodeAt(here))) here += 1;
  return here;
}

/**
 * Two groups or more in which nothing could part one number from another, and that are of no number's form: decimals,
 * the middle of what letters begin. Without a plus before them.
 */
export function isNone(text: string, at: number, first: number, to: number): boolean {
  if (to - at >= 40) return false;
  const mark = text.charCodeAt(first);
  if (mark !== DOT && mark !== DASH && mark !== SLASH) return false;
  if (at > 0 && isAlnum(text.charCodeAt(at - 1)) && !isAfterEscape(text, at))
    return !hasWeak(text, first, to);
  if (mark !== DOT || text.charCodeAt(at) === ZERO) return false;
  // A decimal.
  for (let here = first + 1; here < to; here += 1) if (!isDigit(text.charCodeAt(here))) return false;
  return true;
}

/** Whether anything but single marks that join stands in it. */
function hasWeak(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (isDigit(code)) continue;
    if ((code !== DOT && code !== DASH && code !== SLASH) || !isDigit(text.charCodeAt(at + 1))) return true;
  }
  return false;
}

/** `2024-03-15`, before or after which nothing belongs to it. */
export function isDate(text: string, at: number, to: number): boolean {
  if (to - at !== 10 || text.charCodeAt(at + 4) !== DASH || text.charCodeAt(at + 7) !== DASH) return false;
  const [first, second, month] = [text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 5)];
  if (!(first === 50 && second === 48) && !(first === 49 && second === 57)) return false;
  const last = text.charCodeAt(at + 6);
  if (!isDigit(text.charCodeAt(at + 2)) || !isDigit(text.charCodeAt(at + 3)) || !isDigit(last)) return false;
  const isMonth = (month === 48 && last > 48) || (month === 49 && last < 51);
  return isMonth && text.charCodeAt(at + 8) < 52 && isDigit(text.charCodeAt(at + 9));
}

/** A plus, a bracket or an escape before it, or a blank that may stand after one: it has to be read. */
export function mayHavePlus(text: string, at: number): boolean {
  const before = at === 0 ? 0 : text.charCodeAt(at - 1);
  if (before === BLANK) return at > 1 && text.charCodeAt(at - 2) === PLUS;
  return before === PLUS || before === OPEN || before === 66 || before === 98 || before === PERCENT;
}
