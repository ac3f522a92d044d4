// What format a text has, by how it begins.
import type { Format } from '../masker.ts';
import { type Dialect, readRecord, type TableRecord } from './csv-records.ts';
import { whereJsonFails } from './json.ts';

/** So much of a text decides. */
export const DECIDES = 65_536;
const MOST_RECORDS = 64;
const DELIMITERS = [',', ';', '\t', '|'];

/** Not what a column is called. */
const NO_NAME = /[=:{}<>@]|^.{65}|\n/u;
/** Below the head of a table between pipes; psql has crosses where they meet. */
const DASHES = /^[ \t\r|:+-]{3,4096}$/u;

type IsKnown = (name: string) => boolean;

/** What is known of a text: more comes, it was cut after `DECIDES`, or it is all. */
type Extent = 'more' | 'cut' | 'all';

const namesIn = (text: string, { fields }: TableRecord): string[] =>
  fields.map(({ start, end }) => text.slice(start, end));

function isHead(names: readonly string[], isKnown: IsKnown): boolean {
  return names.length >= 2 && !names.some((name) => NO_NAME.test(name)) && names.some(isKnown);
}

const isEmpty = ({ fields }: TableRecord): boolean => fields.every(({ start, end }) => start === end);

/** Every record below a head has as many fields; there is one at least. */
function fits(text: string, dialect: Dialect, isAll: boolean): boolean {
  const head = readRecord(text, 0, dialect, isAll);
  if (head === undefined) return false;
  let at = dialect.isMarkdown ? lineEndOf(text, head.end) : head.end;
  let records = dialect.isMarkdown ? 1 : 0;
  for (let read = 0; at < text.length && read < MOST_RECORDS; read += 1) {
    const isFirst = records === 0;
    const record =
      readRecord(text, at, dialect, isAll) ?? (isFirst ? readRecord(text, at, dialect, true) : undefined);
    // One that goes on behind what is seen says nothing.
    if (record === undefined || (!isAll && record.end === text.length)) break;
    at = record.end;
    if (isEmpty(record)) continue;
    // Below a table between pipes, there may be anything.
    if (record.fields.length !== head.fields.length) return dialect.isMarkdown;
    records += 1;
  }
  return records > 0;
}

function lineEndOf(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end + 1;
}

function dialectOf(text: string, delimiter: string): Dialect {
  const head = lineEndOf(text, 0);
  const below = text.slice(head, lineEndOf(text, head)).trimEnd();
  return { delimiter, isMarkdown: delimiter === '|' && DASHES.test(below) && /-/u.test(below) };
}

function headsOf(text: string, isAll: boolean, isKnown: IsKnown): Dialect[] {
  const heads = DELIMITERS.flatMap((delimiter) => {
    const dialect = dialectOf(text, delimiter);
    const head = readRecord(text, 0, dialect, isAll);
    const names = head === undefined ? [] : namesIn(text, head);
    return isHead(names, isKnown) ? [{ dialect, count: names.length }] : [];
  });
  return heads.sort((a, b) => b.count - a.count).map(({ dialect }) => dialect);
}

/** How a table is written that a text begins with. `isAll`: nothing comes after the text. */
function sniffTable(text: string, isAll: boolean, isKnown: IsKnown): Dialect | undefined {
  return headsOf(text, isAll, isKnown).find((dialect) => fits(text, dialect, isAll));
}

/** As a table is written that someone says is one: failing all else, by what parts its first record most. */
export function tableDialect(text: string, isKnown: IsKnown): Dialect {
  const seen = text.slice(startOf(text) ?? 0, DECIDES);
  const isAll = text.length <= DECIDES;
  const known = sniffTable(seen, isAll, isKnown);
  if (known !== undefined) return known;
  let best: Dialect = { delimiter: ',', isMarkdown: false };
  let most = 1;
  for (const delimiter of DELIMITERS) {
    const dialect = dialectOf(seen, delimiter);
    if (dialect.isMarkdown) return dialect;
    const count = readRecord(seen, 0, dialect, isAll)?.fields.length ?? 0;
    if (count > most) [best, most] = [dialect, count];
  }
  return best;
}

function startOf(text: string): number | undefined {
  return /[^\s\ufeff]/u.exec(text)?.index;
}

const FORM = /^[^\s&=]{1,256}=[^\s&]*(?:&[^\s&=]{1,256}(?:=[^\s&]*)?)*&?\s*$/u;

type Detected = Exclude<Format, 'auto'>;

/**
 * What a text's beginning says, once it says it whatever follows; undefined where more is needed. Never more than
 * `DECIDES` characters are looked at, and no more text changes what was said.
 */
export function detectFormat(given: string, hasMore: boolean, isKnown: IsKnown): Detected | undefined {
  const extent: Extent = given.length > DECIDES ? 'cut' : hasMore ? 'more' : 'all';
  const text = given.slice(0, DECIDES);
  const start = startOf(text);
  if (start === undefined) return extent === 'more' ? undefined : 'text';
  return formatOf(text.slice(start), extent, isKnown);
}

function formatOf(text: string, extent: Extent, isKnown: IsKnown): Detected | undefined {
  if (text.startsWith('{')) return formatOfBrace(text, extent);
  const lineEnd = text.search(/[\r\n]/u);
  if (lineEnd === -1 && extent === 'more') return undefined;
  const line = lineEnd === -1 ? text : text.slice(0, lineEnd);
  if (text.startsWith('['))
    return whereJsonFails(line, lineEnd !== -1 || extent === 'all') === -1 ? 'json' : 'text';
  return formatOfLines(text, line, extent, isKnown);
}

function formatOfBrace(text: string, extent: Extent): Detected | undefined {
  const next = /\S/u.exec(text.slice(1))?.[0];
  if (next === undefined) return extent === 'more' ? undefined : 'json';
  return next === '"' || next === '}' ? 'json' : 'text';
}

function formatOfLines(text: string, line: string, extent: Extent, isKnown: IsKnown): Detected | undefined {
  if (extent === 'more') {
    // With these, how the head of a table goes on is not all in its line.
    const isClear = !line.includes('"') && !line.includes('|');
    const mayBeForm = line.includes('=') && !/\s/u.test(line);
    if (isClear && !mayBeForm && headsOf(line, true, isKnown).length === 0) return 'text';
    return undefined;
  }
  if (sniffTable(text, extent === 'all', isKnown) !== undefined) return 'csv';
  return FORM.test(text) ? 'form' : 'text';
}
