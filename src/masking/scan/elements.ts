// Elements of XML and HTML: what names their text. The tag itself, an attribute of it, or the cell before.
import { isAlnum } from './alphabet.ts';
import { isQuote } from './quotes.ts';

const LONGEST_TAG = 256;
const LONGEST_TEXT = 2048;
/** How far before a cell the one is looked for that names it. */
const REACH_BACK = 160;
const SLASH = 47;
const LESS = 60;
const GREATER = 62;

export interface Tag {
  /** Where its `<` stands. */
  readonly from: number;
  /** What closes it. */
  readonly close: string;
  /** What may name its text, the likeliest first. */
  readonly names: readonly string[];
  /** Nothing but its name stands in it. */
  readonly isPlain: boolean;
  /** Where an attribute has its value, before the one that names it. */
  readonly held: { readonly start: number; readonly end: number } | undefined;
}

const TAG = /^((?:[\w.-]{1,32}:)?([\p{L}_][\p{L}\w.-]{1,63}))(?=[\s/]|$)/u;
const NAMING = /\s(?:name|key)=["']([^"']{2,64})["']/iu;
const HOLDING = /\svalue=["']([^"']+)["']/iu;
const CELL = /^(?:td|dd)$/iu;

/** The tag that ends at `at`, a `>`. */
export function tagAt(text: string, at: number): Tag | undefined {
  const before = text.charCodeAt(at - 1);
  if (!(isAlnum(before) || before === 95 || before === SLASH || before >= 128 || isQuote(before)))
    return undefined;
  const from = openingOf(text, at);
  if (from === -1) return undefined;
  const tag = text.slice(from + 1, at);
  const [, close = '', local = ''] = TAG.exec(tag) ?? [];
  if (local === '') return undefined;
  const isPlain = tag === close;
  const names = [local];
  let held: Tag['held'];
  if (!isPlain) {
    const naming = NAMING.exec(tag);
    if (naming !== null) {
      names.push(naming[1] as string);
      held = heldBefore(tag, from + 1, naming.index);
    }
  }
  if (CELL.test(local)) names.push(...nameBefore(text, from));
  return { from, close, names, isPlain, held };
}

function openingOf(text: string, at: number): number {
  const least = Math.max(0, at - LONGEST_TAG);
  for (let from = at - 1; from >= least; from -= 1) {
    const code = text.charCodeAt(from);
    if (code === LESS) return from;
    if (code === GREATER) return -1;
  }
  return -1;
}

/** After the one that names it, it is found as it is come upon. */
function heldBefore(tag: string, offset: number, naming: number): Tag['held'] {
  const holding = HOLDING.exec(tag);
  if (holding === null || holding.index > naming) return undefined;
  const end = offset + holding.index + holding[0].length - 1;
  return { start: end - (holding[1] as string).length, end };
}

/** `<td>Password</td><td>`, where it is the first of its row. */
function nameBefore(text: string, from: number): string[] {
  const before = text.slice(Math.max(0, from - REACH_BACK), from).trimEnd();
  if (!/<\/(?:td|th|dt)>$/iu.test(before)) return [];
  const close = before.length - 5;
  const opened = before.lastIndexOf('>', close);
  const open = before.lastIndexOf('<', opened);
  if (opened === -1 || open === -1 || !/^<(?:td|th|dt)\b/iu.test(before.slice(open, open + 4))) return [];
  if (/<\/t[dh]>$/iu.test(before.slice(0, open).trimEnd())) return [];
  return [
    before
      .slice(opened + 1, close)
      .trim()
      .replace(/:$/u, ''),
  ];
}

/** The text after the tag that ends at `at`, without blanks around it; undefined where it is not closed soon. */
export function textOf(
  text: string,
  at: number,
  { close }: Tag,
): { readonly start: number; readonly end: number } | undefined {
  let start = at + 1;
  const most = Math.min(text.length, start + LONGEST_TEXT);
  while (start < most && isBlank(text.charCodeAt(start))) start += 1;
  const isData = text.startsWith('<![CDATA[', start);
  if (isData) start += 9;
  const end = isData ? endOfData(text, start) : endOfText(text, start, most, close);
  if (end === -1) return undefined;
  let to = end;
  while (to > start && isBlank(text.charCodeAt(to - 1))) to -= 1;
  return { start, end: to };
}

function endOfText(text: string, start: number, most: number, close: string): number {
  let at = start;
  while (at < most && text.charCodeAt(at) !== LESS) at += 1;
  if (!text.startsWith(`</${close}`, at)) return -1;
  // A row of more cells is a head or a record: what stands in one names none beside it.
  if (!CELL.test(close) || close.toLowerCase() === 'dd') return at;
  return /^<\/t[dh]>\s{0,32}<t[dh]\b/iu.test(text.slice(at, at + 48)) ? -1 : at;
}

function endOfData(text: string, start: number): number {
  const end = text.slice(start, start + LONGEST_TEXT).indexOf(']]>');
  return end === -1 ? -1 : start + end;
}

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}
