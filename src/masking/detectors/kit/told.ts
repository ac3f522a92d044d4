// What a name tells of what stands beside it, written in ways that are no plain `name: value` or `name=value`.

import type { Detector } from '../../detector.ts';
import { isAlnum, isLetter, isLower } from '../../scan/alphabet.ts';
import { endOfWord, LONGEST_VALUE } from '../../scan/ends.ts';
import { endPastLabels, endsLabel, hasLabel, isLabelsOnly } from '../../scan/labelled.ts';
import { endOfQuoted, isQuote } from '../../scan/quotes.ts';
import type { Scan } from '../../scan/scan.ts';
import { isCode } from './values.ts';

export interface Told {
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
  /** Written to be its value; the next argument, which may be anything; or in words, which may go on otherwise. */
  readonly how: 'assigned' | 'argument' | 'said';
}

const LONGEST_REST = 24;
/** So much of a value is looked at before it is known to be one. */
const LOOKED_AT = 256;
/** A text between backticks may go over lines, and most backticks are no quotes. */
const LONGEST_LINES = 512;
const LONGEST_NAME = 64;
/** A longer word is looked at as all else is. */
const LONGEST_WORD = 24;
const BACKSLASH = 92;

const isOfName = (code: number) => isAlnum(code) || code === 95 || code === 45 || code === 46;
const isGap = (code: number) => code === 32 || code === 9;

/** The name's quote, and what escapes it, and a bracket: `["token"]`. */
const CLOSES = /\\{0,3}["'`]?\]?/uy;
/** An attribute, a member, a line or an element beside it that holds its value. */
const HELD =
  /\\{0,3}["']?\s{0,8}(?:(?:type|[\w:-]{1,12})="[^"\n]{0,32}"\s{1,8}){0,2}(?:value|content|default|secret)\s{0,2}=\s{0,2}\\?["']|\\{0,3}["']?\s{0,8},\s{0,16}\\{0,3}["'](?:value|val|content|secret|default)\\{0,3}["']\s{0,4}:\s{0,4}\\{0,3}["']|["']?[ \t\r]{0,8}\n\s{1,24}(?:value|default): {1,4}["']?|<\/(?:name|key|string)>\s{0,32}<(?:value|string)>/iuy;
/** What assigns, beyond the plain `:` and `=`. */
const ASSIGNS = /[ \t]{0,8}(?:\?\?=|\|\|=|:{2,3}=|[?+.]=|<-|:=|=>|={1,3}|:)[ \t]{0,8}/uy;
const TYPED =
  /(?:[ \t]{0,4}:[ \t]{0,4}[&\w][\w&<>'.?| [\]]{0,32}?|[ \t]{1,4}(?:string|String|\[\]byte|&str))[ \t]{0,8}:?=[ \t]{0,8}/uy;
/** What wraps a quoted text and changes nothing of it. */
const WRAPS =
  /(?:[ \t]{0,4}\\?\r?\n[ \t]{0,24})?(?:@|[rbfuL]{1,2}#?|(?:String::from|new String|str|bytes|Buffer\.from|SecretStr|SecretString|Secret|SecureString|Password|Some|Ok)?\(\s{0,24})?(?=\\{0,3}["'`])/uy;
const BLOCK = /[|>][+-]?\d?[ \t]{0,8}(?:#[^\n]{0,80})?\r?\n[ \t]{1,24}/uy;
const NEXT_ARGUMENT = /[ \t]{0,4},\s{0,16}(?=[rbfuL@]?\\{0,3}["'`])[rbfuL@]?/uy;
const IN_WORDS =
  /(?:[ \t]{1,4}(?:for|of|to|für|fuer|pour|de|para|per|voor)[ \t][^\n.:;=]{1,40}?)?[ \t]{1,4}(?:(?:is|was|are|ist|war|lautet|est|es|to|jest|set to|is set to|will be|changed to|reset to)(?:\s?:)?[ \t]{1,4}|(?:ist|is|est) (?:jetzt|now|maintenant) )/iuy;

function matchAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

/** The inside of the quoted text at `at`, a quote or what escapes one. */
function quotedAt(text: string, at: number): { start: number; end: number } | undefined {
  let open = at;
  while (open < at + 4 && text.charCodeAt(open) === BACKSLASH) open += 1;
  const quote = text.charCodeAt(open);
  if (!isQuote(quote)) return undefined;
  const most = quote === 96 ? LONGEST_LINES : LONGEST_VALUE;
  const end = endOfQuoted(text, open + 1, { escapes: open - at, most, lines: false });
  return end === -1 ? undefined : { start: open + 1, end };
}

function valueAt(text: string, at: number, how: Told['how']): Told {
  const inside = quotedAt(text, at);
  if (inside !== undefined) {
    // `'"value"'`: code that writes code.
    const { start, end } = inside;
    const isTwice = end - start > 2 && isQuote(text.charCodeAt(start)) && text[start] === text[end - 1];
    return { start: start + Number(isTwice), end: end - Number(isTwice), quoted: true, how };
  }
  return { start: at, end: endOfWord(text, at, false, at + LOOKED_AT), quoted: false, how };
}

/** Alone on its line after `NAME=`: everything up to the line's end, where it has no blanks. */
function restOfLine(scan: Scan, name: number, from: number, to: number): Told | undefined {
  const { text } = scan;
  let begin = name;
  while (begin > 0 && name - begin < 16 && isGap(text.charCodeAt(begin - 1))) begin -= 1;
  if (text.slice(Math.max(0, begin - 6), begin) === 'export') begin -= 6;
  const before = text.charCodeAt(begin - 1);
  if (begin > 0 && before !== 10) return undefined;
  const end = endPastLabels(scan, from, endOfWord(text, from));
  let line = end;
  while (line < text.length && line - end < 256 && text.charCodeAt(line) > 32) line += 1;
  const after = text.charCodeAt(line);
  if (line < text.length && after !== 10 && after !== 13) return undefined;
  if (line - end < 2 || isQuote(text.charCodeAt(from)) || isQuote(text.charCodeAt(end))) return undefined;
  if (from === to || text.slice(end, line).includes('=') || isCode(text.slice(from, end))) return undefined;
  // A label may have held a blank: then it was no one word.
  if (hasLabel(scan, end, line)) return undefined;
  return { start: from, end: line, quoted: false, how: 'assigned' };
}

function assignedAt(scan: Scan, name: number, to: number, isOwn: boolean): Told | undefined {
  const { text } = scan;
  const typed = matchAt(TYPED, text, to);
  if (typed !== -1) {
    const quote = matchAt(WRAPS, text, typed);
    const inside = quote === -1 ? undefined : quotedAt(text, quote);
    if (inside !== undefined) return { ...inside, quoted: true, how: 'assigned' };
  }
  const after = matchAt(ASSIGNS, text, to);
  if (after === -1) return undefined;
  const wrapped = matchAt(WRAPS, text, after);
  if (wrapped !== -1) return valueAt(text, wrapped, 'assigned');
  const block = matchAt(BLOCK, text, after);
  if (block !== -1) return valueAt(text, block, 'assigned');
  const rest = restOfLine(scan, name, after, to);
  if (rest !== undefined) return rest;
  // `name: value` is the core's; what it does not know as assigning is told here.
  const operator = text.slice(to, after).trim();
  if (isOwn && [':', '=', ':=', '=>', '=='].includes(operator)) return undefined;
  const told = valueAt(text, after, 'assigned');
  const isQuery = '?&'.includes(text[name - 1] ?? ' ') && text.charCodeAt(to) === 61;
  return isQuery ? { ...told, end: endOfWord(text, after, true) } : told;
}

const ELEMENT = />\s{0,4}\r?\n\s{0,40}/uy;

/** How the words begin that `IN_WORDS` has, by their first two letters. */
const SAYS = new Uint8Array(1 << 14);
for (const word of 'fo of to fu fü po de pa pe vo is wa ar la es je se wi ch re'.split(' ')) {
  SAYS[(word.charCodeAt(0) << 7) | word.charCodeAt(1)] = 1;
}

/** Where a word of a sentence begins that stands after one blank, and neither assigns nor holds anything; or -1. */
function startOfWord(text: string, to: number): number {
  const from = to + 1;
  const most = from + LONGEST_WORD;
  if (most + 2 >= text.length || text.charCodeAt(to) !== 32) return -1;
  const first = text.charCodeAt(from) | 32;
  // `string` is a type.
  if (first < 97 || first > 122 || first === 115) return -1;
  let end = from + 1;
  while (end < most && isLower(text.charCodeAt(end))) end += 1;
  const next = text.charCodeAt(end);
  return (next === 32 && isLetter(text.charCodeAt(end + 1))) || next === 44 || next === 46 ? from : -1;
}

function toldInWords(text: string, to: number, from: number): Told {
  const first = text.charCodeAt(from) | 32;
  const second = text.charCodeAt(from + 1) | 32;
  const maySay = second > 127 || SAYS[(first << 7) | second] === 1;
  const words = maySay ? matchAt(IN_WORDS, text, to) : -1;
  return valueAt(text, words === -1 ? from : words, 'said');
}

/** What follows the name that ends at `to`, if that is a way to tell its value. */
function toldAfter(scan: Scan, name: number, to: number, isOwn: boolean): Told | undefined {
  const { text } = scan;
  const word = startOfWord(text, to);
  if (word !== -1) return toldInWords(text, to, word);
  const held = matchAt(HELD, text, to);
  if (held !== -1) {
    if (!isQuote(text.charCodeAt(held - 1))) return valueAt(text, held, 'assigned');
    let open = held - 1;
    while (text.charCodeAt(open - 1) === BACKSLASH) open -= 1;
    return valueAt(text, open, 'assigned');
  }
  const closed = matchAt(CLOSES, text, to);
  const next = text.charCodeAt(closed);
  if (next === 40) {
    const inside = quotedAt(text, closed + 1);
    return inside === undefined ? undefined : { ...inside, quoted: true, how: 'argument' };
  }
  const argument = closed > to ? matchAt(NEXT_ARGUMENT, text, closed) : -1;
  if (argument !== -1) return valueAt(text, argument, 'argument');
  if (next === 44) return closed > to ? undefined : valueAt(text, closed + 1, 'argument');
  if (next === 62) {
    const inside = matchAt(ELEMENT, text, closed);
    return inside === -1 ? undefined : valueAt(text, inside, 'assigned');
  }
  const assigned = assignedAt(scan, name, closed, isOwn);
  if (assigned !== undefined) return assigned;
  if (!isGap(next)) return undefined;
  const words = matchAt(IN_WORDS, text, closed);
  if (words !== -1) return valueAt(text, words, 'said');
  let value = closed;
  while (value - closed < 4 && isGap(text.charCodeAt(value))) value += 1;
  return valueAt(text, value, 'said');
}

/** A word of prose after a name, which tells no value. */
const PROSE =
  /[ \t](?!(?:is|was|are|ist|war|lautet|est|es|to|jest|set|will|changed|reset|for|of|fuer|pour|de|para|per|voor|string|value)\b)[a-z]{1,24}(?:[.,;)\n]|[ \t](?![:=]))/uy;

/** What may follow a name at all: most words in a text are followed by what tells nothing. */
const FOLLOWS = new Uint8Array(128);
for (const mark of ' \t\\"\'`](:=?+.|!<>,\n\r') FOLLOWS[mark.charCodeAt(0)] = 1;

function isPlainMember(text: string, at: number): boolean {
  if (!isQuote(text.charCodeAt(at)) || text.charCodeAt(at + 1) !== 58) return false;
  const next = text.charCodeAt(at + 2);
  return next !== 10 && next !== 13;
}

/** `GH_TOKEN`: a name that a provider's detector has for itself says of other values that they are secret, too. */
function isOfProvider(detectors: readonly Detector[], named: readonly number[]): boolean {
  return named.some((index) => {
    const { kind, type } = detectors[index] ?? {};
    return kind === 'secret' && type !== 'PRIVATE_KEY' && type !== 'SECRET';
  });
}

/** At a word of a name, from `at` to `to`: what the name tells, where it is one of the current detector's. */
export function toldAt(scan: Scan, at: number, to: number, isAnyWord: boolean): Told | undefined {
  const { text, tables } = scan;
  if (to < scan.covered) return undefined;
  let end = to;
  while (end - to < LONGEST_REST && isOfName(text.charCodeAt(end))) end += 1;
  while (end > to && !isAlnum(text.charCodeAt(end - 1))) end -= 1;
  const next = text.charCodeAt(end);
  if (!(next < 128) || FOLLOWS[next] === 0) return undefined;
  if (!isAnyWord && next === 32 && matchAt(PROSE, text, end) !== -1) return undefined;
  let from = at;
  while (from > 0 && at - from < LONGEST_NAME && isOfName(text.charCodeAt(from - 1))) from -= 1;
  // What a label cut off from a longer name is none.
  if (endsLabel(scan, from)) return undefined;
  const named = tables.names.lookUp(text.slice(from, end)) ?? tables.names.lookUp(text.slice(at, end));
  if (named === undefined) return undefined;
  const isOwn = named.includes(scan.current);
  if (!isOwn && !isOfProvider(tables.detectors, named)) return undefined;
  // `"name": "value"` is the core's, and far the most common.
  if (isOwn && isPlainMember(text, end)) return undefined;
  const told = toldAfter(scan, from, end, isOwn);
  if (told === undefined || told.end <= told.start) return undefined;
  const toldTo = told.quoted ? told.end : endPastLabels(scan, told.start, told.end);
  if (isLabelsOnly(scan, told.start, toldTo)) return undefined;
  return toldTo === told.end ? told : { ...told, end: toldTo };
}

const TRAILS = '.,;:?)';

/** Where words tell a value, the sentence's own marks are no part of it. */
export function trimmed(text: string, { start, end, quoted, how }: Told): number {
  let to = quoted || end - start < LOOKED_AT ? end : endOfWord(text, end);
  if (quoted || how !== 'said') return to;
  while (to > start && TRAILS.includes(text[to - 1] as string)) to -= 1;
  return to;
}
