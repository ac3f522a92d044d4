// Letters and digits in groups (`4111 1111 1111 1111`, `AB 12 34 56 C`), tried against the forms of all detectors.
import { isHexDigit, isUpper } from './alphabet.ts';
import { KIND_OF, NEITHER, SOME_DIGIT } from './codes.ts';
import {
  addGroup,
  addRun,
  type CompiledForm,
  DIGITS,
  type FormsOfShape,
  LETTERS,
  LONGEST_RUN,
} from './forms.ts';
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
const BACKSLASH = 92;
const PERCENT = 37;

/** What may stand between two groups, of ASCII. */
const IS_SEPARATOR = new Uint8Array(128);
for (const mark of ' -./') IS_SEPARATOR[mark.charCodeAt(0)] = 1;
/** What a backslash writes, and a line ends with. */
const IS_ESCAPED = new Uint8Array(128);
for (const mark of 'nrt') IS_ESCAPED[mark.charCodeAt(0)] = 1;

function isSeparator(code: number): boolean {
  if (code < 128) return IS_SEPARATOR[code] === 1;
  return plainSeparator(code) < 128;
}

function plainSeparator(code: number): number {
  return code === EN_DASH ? DASH : plainMark(code);
}

/** Where the letters and digits begin that end at `at`; an escape before them (`\\n`, `%3D`) is none of theirs. */
function startOfRun(codes: Uint16Array, at: number): number {
  let from = at;
  while (from > 0 && KIND_OF[codes[from - 1] as number] !== NEITHER) from -= 1;
  if (from === 0) return from;
  const before = codes[from - 1] as number;
  if (before === BACKSLASH && from < at && IS_ESCAPED[codes[from] as number] === 1) return from + 1;
  if (
    before === PERCENT &&
    from + 2 <= at &&
    isHexDigit(codes[from] as number) &&
    isHexDigit(codes[from + 1] as number)
  )
    return from + 2;
  return from;
}

/** Reads the run at `from` into the group `index`; its end, below 0 where it holds no digit. */
function readGroup(codes: Uint16Array, from: number, index: number): number {
  let hash = 1;
  let at = from;
  let hasDigit = false;
  let usable = true;
  let kind = KIND_OF[codes[at] as number] as number;
  while (kind !== NEITHER) {
    const begun = at;
    const digits = kind === SOME_DIGIT;
    do {
      at += 1;
      kind = KIND_OF[codes[at] as number] as number;
    } while (kind !== NEITHER && (kind === SOME_DIGIT) === digits);
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
function isWordGroup(codes: Uint16Array, from: number, to: number): boolean {
  if (to - from > LONGEST_WORD_GROUP || to === from) return false;
  for (let at = from; at < to; at += 1) if (!isUpper(codes[at] as number)) return false;
  if (KIND_OF[codes[to] as number] !== NEITHER) return false;
  return from === 0 || KIND_OF[codes[from - 1] as number] === NEITHER;
}

/** The capitals that stand as a group before the one that begins at `from`: where they begin, or -1. */
function wordBefore(codes: Uint16Array, from: number): number {
  // Most words are longer, or end with another letter: they are not run through.
  if (from < 2 || !isUpper(codes[from - 2] as number) || !isSeparator(codes[from - 1] as number)) return -1;
  const before = startOfRun(codes, from - 1);
  return isWordGroup(codes, before, from - 1) ? before : -1;
}

/** All groups that stand in a row around the digit at `at`: how many. */
function readGroups(codes: Uint16Array, at: number): number {
  let from = startOfRun(codes, at);
  let groups = 0;
  const word = wordBefore(codes, from);
  if (word !== -1) {
    readGroup(codes, word, groups);
    groups += 1;
  }
  while (groups < MOST_GROUPS) {
    const end = readGroup(codes, from, groups);
    if (end < 0 && !isWordGroup(codes, from, -end)) break;
    groups += 1;
    const next = Math.abs(end);
    if (end < 0 || KIND_OF[codes[next + 1] as number] === NEITHER || !isSeparator(codes[next] as number))
      break;
    from = next + 1;
  }
  return groups;
}

/** What stands between two groups of a form must be of its kind, and the same everywhere unless it says otherwise. */
function separatorsFit(codes: Uint16Array, form: CompiledForm, first: number, last: number): boolean {
  let seen = -1;
  for (let index = first; index < last; index += 1) {
    const code = codes[ends[index] as number] as number;
    const plain = plainSeparator(code);
    if (!form.between.includes(String.fromCharCode(plain))) return false;
    if (!form.mixed && seen !== -1 && seen !== plain) return false;
    seen = plain;
  }
  return true;
}

/** Part of something longer, as the last group of a UUID or the digits after a decimal point. */
function isPartOfMore(codes: Uint16Array, first: number, last: number, groups: number): boolean {
  if (first > 0 && joinsTightly(codes[ends[first - 1] as number] as number)) return true;
  return last + 1 < groups && joinsTightly(codes[ends[last] as number] as number);
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
  if (form.length !== plain.length || !separatorsFit(scan.codes, form, first, last)) return -1;
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
function surest(scan: Scan, shape: FormsOfShape, first: number, last: number): CompiledForm | undefined {
  const { all, certain } = shape;
  const isNear =
    all !== certain && scan.context.isAnyNear(scan.text, starts[first] as number, ends[last] as number);
  const forms = isNear ? all : certain;
  if (forms.length === 0) return undefined;
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
  const { codes, tables } = scan;
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
    if (isPartOfMore(codes, first, last, groups)) continue;
    const form = surest(scan, forms, first, last);
    if (form === undefined) continue;
    scan.addForm(form.detector, starts[first] as number, ends[last] as number);
    return last;
  }
  return -1;
}

/** Tries the forms on all groups around the digit at `at`. Where the groups end: up to there nothing is tried again. */
export function findForms(scan: Scan, at: number): number {
  const groups = readGroups(scan.codes, at);
  if (groups === 0) return at + 1;
  const end = ends[groups - 1] as number;
  for (let first = 0; first < groups; ) {
    const last = (starts[first] as number) < scan.covered ? -1 : tryForms(scan, first, groups);
    first = (last === -1 ? first : last) + 1;
  }
  return end;
}
