// Letters and digits in groups (`4111 1111 1111 1111`, `AB 12 34 56 C`), tried against the forms of all detectors.
import { isAlnum, isDigit, isHexDigit, isLetter, isUpper } from './alphabet.ts';
import { addGroup, addRun, type CompiledForm, DIGITS, LETTERS, LONGEST_RUN } from './forms.ts';
import type { Scan } from './scan.ts';
import { EN_DASH, plainMark } from './separators.ts';

const MOST_GROUPS = 24;
/** `QQ` before digits, and `C` after them. */
const LONGEST_WORD_GROUP = 2;

const starts = new Int32Array(MOST_GROUPS);
const ends = new Int32Array(MOST_GROUPS);
const hashes = new Int32Array(MOST_GROUPS);
const joined = new Int32Array(MOST_GROUPS);

/** Nearer than any word. */
const CERTAIN = 1000;

const DOT = 46;
const DASH = 45;
const BLANK = 32;
const BACKSLASH = 92;
const PERCENT = 37;

function isSeparator(code: number): boolean {
  if (code === BLANK || code === DASH || code === DOT || code === 47) return true;
  return code >= 128 && plainSeparator(code) < 128;
}

function plainSeparator(code: number): number {
  return code === EN_DASH ? DASH : plainMark(code);
}

/** Where the letters and digits begin that end at `at`; an escape before them (`\\n`, `%3D`) is none of theirs. */
function startOfRun(text: string, at: number): number {
  let from = at;
  while (from > 0 && isAlnum(text.charCodeAt(from - 1))) from -= 1;
  const before = text.charCodeAt(from - 1);
  if (before === BACKSLASH && from < at && 'nrt'.includes(text[from] as string)) return from + 1;
  if (
    before === PERCENT &&
    from + 2 <= at &&
    isHexDigit(text.charCodeAt(from)) &&
    isHexDigit(text.charCodeAt(from + 1))
  )
    return from + 2;
  return from;
}

/** Reads the run at `from` into the group `index`; its end. Whether it holds a digit is in the hash's being not 0. */
function readGroup(text: string, from: number, index: number): number {
  let hash = 1;
  let at = from;
  let hasDigit = false;
  let usable = true;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (!isAlnum(code)) break;
    const digits = isDigit(code);
    const begun = at;
    at += 1;
    while (at < text.length && (digits ? isDigit(text.charCodeAt(at)) : isLetter(text.charCodeAt(at))))
      at += 1;
    if (at - begun > LONGEST_RUN) usable = false;
    else hash = addRun(hash, digits ? DIGITS : LETTERS, at - begun);
    hasDigit ||= digits;
  }
  starts[index] = from;
  ends[index] = at;
  hashes[index] = usable ? hash : 0;
  return hasDigit ? at : -at;
}

/** Two capitals or one, alone, before or after what has digits. */
function isWordGroup(text: string, from: number, to: number): boolean {
  if (to - from > LONGEST_WORD_GROUP || to === from) return false;
  for (let at = from; at < to; at += 1) if (!isUpper(text.charCodeAt(at))) return false;
  return !isAlnum(text.charCodeAt(to)) && (from === 0 || !isAlnum(text.charCodeAt(from - 1)));
}

/** All groups that stand in a row around the digit at `at`: how many. */
function readGroups(text: string, at: number): number {
  let from = startOfRun(text, at);
  let groups = 0;
  if (from >= 2 && isSeparator(text.charCodeAt(from - 1))) {
    const before = startOfRun(text, from - 1);
    if (isWordGroup(text, before, from - 1)) {
      readGroup(text, before, groups);
      groups += 1;
    }
  }
  while (groups < MOST_GROUPS) {
    const end = readGroup(text, from, groups);
    if (end < 0 && !isWordGroup(text, from, -end)) break;
    groups += 1;
    const next = Math.abs(end);
    if (end < 0 || !isSeparator(text.charCodeAt(next)) || !isAlnum(text.charCodeAt(next + 1))) break;
    from = next + 1;
  }
  return groups;
}

/** What stands between two groups of a form must be of its kind, and the same everywhere unless it says otherwise. */
function separatorsFit(text: string, form: CompiledForm, first: number, last: number): boolean {
  let seen = -1;
  for (let index = first; index < last; index += 1) {
    const code = text.charCodeAt(ends[index] as number);
    const plain = plainSeparator(code);
    if (!form.between.includes(String.fromCharCode(plain))) return false;
    if (!form.mixed && seen !== -1 && seen !== plain) return false;
    seen = plain;
  }
  return true;
}

/** Part of something longer, as the last group of a UUID or the digits after a decimal point. */
function isPartOfMore(text: string, first: number, last: number, groups: number): boolean {
  if (first > 0 && joinsTightly(text.charCodeAt(ends[first - 1] as number))) return true;
  return last + 1 < groups && joinsTightly(text.charCodeAt(ends[last] as number));
}

function joinsTightly(code: number): boolean {
  return code === DOT || code === DASH;
}

function plainOf(text: string, first: number, last: number): string {
  if (first === last) return text.slice(starts[first], ends[first]);
  let plain = '';
  for (let index = first; index <= last; index += 1) plain += text.slice(starts[index], ends[index]);
  return plain;
}

/** How sure it is that the form is meant: beyond any context where it needs none, and below 0 where it is not. */
function sureness(scan: Scan, form: CompiledForm, first: number, last: number, plain: string): number {
  if (form.length !== plain.length || !separatorsFit(scan.text, form, first, last)) return -1;
  // Context is one comparison, a check is a sum: most numbers fail the first.
  const sure = form.context
    ? scan.nearness(form.detector, starts[first] as number, ends[last] as number)
    : CERTAIN;
  if (sure < 0) return -1;
  const upper = plain.toUpperCase();
  if (form.upper && upper !== plain) return -1;
  return form.check === undefined || form.check(upper) ? sure : -1;
}

/** Of several that fit: the first that needs no context, else the one whose word is nearest. */
function surest(
  scan: Scan,
  forms: readonly CompiledForm[],
  first: number,
  last: number,
): CompiledForm | undefined {
  const plain = plainOf(scan.text, first, last);
  let best: CompiledForm | undefined;
  let most = -1;
  for (const form of forms) {
    const sure = sureness(scan, form, first, last, plain);
    if (sure > most) [best, most] = [form, sure];
    if (most === CERTAIN) break;
  }
  return best;
}

/** The longest form that begins at the group `first`: its last group, or -1. */
function tryForms(scan: Scan, first: number, groups: number): number {
  const { text, tables } = scan;
  const { byShape, maybe, mostGroups } = tables.forms;
  const most = Math.min(groups, first + mostGroups);
  let hash = 1;
  for (let index = first; index < most; index += 1) {
    hash = addGroup(hash, hashes[index] as number);
    joined[index] = hash;
  }
  for (let last = most - 1; last >= first; last -= 1) {
    const shape = joined[last] as number;
    if (maybe[shape & 4095] === 0) continue;
    const forms = byShape.get(shape);
    if (forms === undefined) continue;
    if (isPartOfMore(text, first, last, groups)) continue;
    const form = surest(scan, forms, first, last);
    if (form === undefined) continue;
    scan.addFor(form.detector, starts[first] as number, ends[last] as number);
    return last;
  }
  return -1;
}

/** Tries the forms on all groups around the digit at `at`. Where the groups end: up to there nothing is tried again. */
export function findForms(scan: Scan, at: number): number {
  const groups = readGroups(scan.text, at);
  if (groups === 0) return at + 1;
  const end = ends[groups - 1] as number;
  for (let first = 0; first < groups; ) {
    const last = (starts[first] as number) < scan.covered ? -1 : tryForms(scan, first, groups);
    first = (last === -1 ? first : last) + 1;
  }
  return end;
}
