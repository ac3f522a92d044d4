// What format a text has, by how it begins.
import type { Format } from '../masker.ts';
import { whereJsonFails } from './json.ts';
import { DECIDES, isNoTable, sniffTable, startOf } from './sniff-table.ts';

export { DECIDES };

type IsKnown = (name: string) => boolean;

/** What is known of a text: more comes, it was cut after `DECIDES`, or it is all. */
type Extent = 'more' | 'cut' | 'all';

const FORM = /^[^\s&=]{1,256}=[^\s&]*(?:&[^\s&=]{1,256}(?:=[^\s&]*)?)*&?[\r\n]*$/u;
/** One name with one value is a line of settings, unless something is encoded in it. */
const IS_ENCODED = /&[^\s&=]{1,256}=|%[0-9a-fA-F]{2}/u;

const BLANK = 32;
const QUOTE = 34;
const AND = 38;
const EQUALS = 61;
const OPEN_ARRAY = 91;
const OPEN_OBJECT = 123;

type Detected = Exclude<Format, 'auto'>;

/**
 * What a text's beginning says, once it says it whatever follows; undefined where more is needed. Never more than
 * `DECIDES` characters are looked at, and no more text changes what was said.
 */
export function detectFormat(given: string, hasMore: boolean, isKnown: IsKnown): Detected | undefined {
  const extent: Extent = given.length > DECIDES ? 'cut' : hasMore ? 'more' : 'all';
  const text = extent === 'cut' ? given.slice(0, DECIDES) : given;
  const start = startOf(text);
  if (start === undefined) return extent === 'more' ? undefined : 'text';
  return formatOf(start === 0 ? text : text.slice(start), extent, isKnown);
}

function formatOf(text: string, extent: Extent, isKnown: IsKnown): Detected | undefined {
  const first = text.charCodeAt(0);
  if (first === OPEN_OBJECT) return formatOfBrace(text, extent);
  // The first line says nothing by itself, once there is all that decides.
  if (first !== OPEN_ARRAY && extent !== 'more') return formatOfLines(text, '', extent, isKnown);
  const lineEnd = text.search(/[\r\n]/u);
  if (lineEnd === -1 && extent === 'more') return undefined;
  const line = lineEnd === -1 ? text : text.slice(0, lineEnd);
  if (first === OPEN_ARRAY)
    return whereJsonFails(line, lineEnd !== -1 || extent === 'all') === -1 ? 'json' : 'text';
  return formatOfLines(text, line, extent, isKnown);
}

function formatOfBrace(text: string, extent: Extent): Detected | undefined {
  const next = /\S/u.exec(text.slice(1))?.[0];
  if (next === undefined) return extent === 'more' ? undefined : 'json';
  return next === '"' || next === '}' ? 'json' : 'text';
}

/** One text in quotes and nothing else: as far as it goes, if it was cut. */
function isText(text: string, extent: Extent): boolean {
  let at = 1;
  for (; at < text.length && text[at] !== '"'; at += 1) {
    if (text[at] === '\n' || text[at] === '\r') return false;
    if (text[at] === '\\') at += 1;
  }
  return at < text.length ? text.slice(at + 1).trim() === '' : extent === 'cut';
}

/** Whether a word before `=` is its first: of most texts, it is not. */
function beginsForm(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === EQUALS) return true;
    if (code === BLANK || code === AND || (code >= 9 && code <= 13)) return false;
  }
  return false;
}

function formatOfLines(text: string, line: string, extent: Extent, isKnown: IsKnown): Detected | undefined {
  if (extent === 'more') {
    const isOneLine = text.slice(line.length).trim() === '';
    const mayBeOther = isOneLine && (text.startsWith('"') || (line.includes('=') && !/\s/u.test(line)));
    return !mayBeOther && isNoTable(text, isKnown) ? 'text' : undefined;
  }
  if (sniffTable(text, extent === 'all', isKnown) !== undefined) return 'csv';
  if (text.charCodeAt(0) === QUOTE) return isText(text, extent) ? 'json' : 'text';
  return beginsForm(text) && FORM.test(text) && IS_ENCODED.test(text) ? 'form' : 'text';
}
