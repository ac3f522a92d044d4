// Whether a text has a table at its beginning, and how that is written. Where it is in doubt, it has one.
import { type Dialect, readRecord, type TableRecord } from './csv-records.ts';
import { isNamesKey, isValuesKey } from './walk.ts';

/** So much of a text decides. */
export const DECIDES = 65_536;
const MOST_RECORDS = 64;
/** Lines above a head: a title, a remark, `sep=;`. */
const MOST_ABOVE = 8;
const DELIMITERS = [',', ';', '\t', '|'];

/** Not in the head of a table: a line of JSON, a time, what is too long for a name. */
const NO_HEAD = /[{}]|^.{65}|[\r\n]|\d:\d\d/u;
/** `name: value`, which a line of a log has several times. */
const ASSIGNS = /^[^\s:=<>]+\s*[:=]\s*[^\s:=]/u;
/** Below the head of a table between pipes, and above it in a box; psql and MySQL have crosses where they meet. */
const DASHES = /^[ \t\r|:+-]{3,4096}$/u;
/** A few words. */
const IS_NAME = /^[^\p{N}]*\p{L}\S*(?:\s+\S+){0,3}$/u;
const IS_SHORT = /^\S+(?:\s+\S+){0,3}$/u;

type IsKnown = (name: string) => boolean;

const isDashes = (line: string): boolean => DASHES.test(line.trimEnd()) && line.includes('-');

function namesIn(text: string, { fields }: TableRecord): string[] {
  return fields.map(({ start, end }) => text.slice(start, end));
}

function isHead(names: readonly string[], isKnown: IsKnown): boolean {
  if (names.some((name) => NO_HEAD.test(name))) return false;
  const assigning = names.filter((name) => ASSIGNS.test(name)).length;
  if (assigning > 0 && assigning * 2 > names.length) return false;
  const lower = names.map((name) => name.toLowerCase());
  if (lower.some(isNamesKey) && lower.some(isValuesKey)) return true;
  return names.some((name) => IS_NAME.test(name) && isKnown(name));
}

/** As many as the head has, but for empty ones at the end. */
function agrees({ fields }: TableRecord, count: number): boolean {
  let length = fields.length;
  while (length > count && fields[length - 1]?.start === fields[length - 1]?.end) length -= 1;
  return length === count;
}

export const isEmpty = ({ fields }: TableRecord): boolean => fields.every(({ start, end }) => start === end);

function lineEndOf(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 10) return at + 1;
    if (code === 13) return text.charCodeAt(at + 1) === 10 ? at + 2 : at + 1;
  }
  return text.length;
}

/** How the records below a head go with it. */
interface Below {
  /** In a row, up to the first empty line. */
  readonly records: number;
  readonly agreeing: number;
  /** All that were seen do. */
  readonly isAll: boolean;
}

function readBelow(text: string, from: number, count: number, dialect: Dialect, isAll: boolean): Below {
  let [records, agreeing, ends, others] = [0, 0, false, 0];
  for (let at = from, read = 0; at < text.length && read < MOST_RECORDS; read += 1) {
    const isFirst = records === 0;
    const record =
      readRecord(text, at, dialect, isAll) ?? (isFirst ? readRecord(text, at, dialect, true) : undefined);
    // One that goes on behind what is seen says nothing.
    if (record === undefined || (!isAll && record.end === text.length)) break;
    at = record.end;
    if (isEmpty(record)) {
      ends ||= records > 0;
      continue;
    }
    if (record.fields.length !== count) others += 1;
    if (ends) continue;
    records += 1;
    if (agrees(record, count)) agreeing += 1;
  }
  return { records, agreeing, isAll: others === 0 };
}

function dialectAt(text: string, at: number, delimiter: string): Dialect {
  const end = lineEndOf(text, at);
  const isMarkdown = delimiter === '|' && isDashes(text.slice(end, lineEndOf(text, end)));
  return { delimiter, isMarkdown };
}

function nameIn(line: string): string {
  return line.trim().replace(/^"([^"]*)"$/u, '$1');
}

/** A word in a line of its own, with values below. */
function columnAt(text: string, at: number, isAll: boolean): Dialect | undefined {
  const end = lineEndOf(text, at);
  const below = text.slice(end).split(/\r\n|\r|\n/u, MOST_RECORDS + 1);
  const seen = (isAll ? below : below.slice(0, -1)).map((line) => line.trim()).filter((line) => line !== '');
  const isColumn = [text.slice(at, end).trim(), ...seen].every(
    (line) => IS_SHORT.test(line) && !/[,;\t|{}]|[:=]\s|[.:]$|^-----/u.test(line),
  );
  return seen.length > 0 && isColumn ? { delimiter: ',', isMarkdown: false, isDoubtful: true } : undefined;
}

function isBelowAlike(text: string, at: number, count: number, dialect: Dialect): boolean {
  for (let from = 0; from < at; from = lineEndOf(text, from)) {
    const record = readRecord(text.slice(from, lineEndOf(text, from)), 0, dialect, true);
    // `sep=;` is no record.
    if (record?.fields.length === count && record.fields.at(-1)?.end !== record.fields.at(-1)?.start)
      return true;
  }
  return false;
}

/** The table whose head stands at `at`. */
function tableAt(text: string, at: number, isAll: boolean, isKnown: IsKnown): Dialect | undefined {
  const end = lineEndOf(text, at);
  // A head has something below it.
  if (end === text.length) return undefined;
  const line = text.slice(at, end);
  const parting = DELIMITERS.filter((delimiter) => line.includes(delimiter));
  const heads = parting
    .flatMap((delimiter) => {
      const dialect = dialectAt(text, at, delimiter);
      const head = readRecord(text, at, dialect, isAll);
      return head !== undefined && isHead(namesIn(text, head), isKnown) ? [{ dialect, head }] : [];
    })
    .sort((a, b) => b.head.fields.length - a.head.fields.length);
  for (const { dialect, head } of heads) {
    const count = head.fields.length;
    if (dialect.isMarkdown) return at === 0 ? dialect : { ...dialect, head: at };
    if (count < 2) continue;
    // Below a line of as many fields, it is a record itself.
    if (isBelowAlike(text, at, count, dialect)) return undefined;
    const { records, agreeing, isAll: isSure } = readBelow(text, head.end, count, dialect, isAll);
    if (agreeing === 0 || agreeing * 2 < records) continue;
    return at === 0 && isSure ? dialect : { ...dialect, head: at, isDoubtful: true };
  }
  const isColumn = at === 0 && parting.length === 0 && isHead([nameIn(line)], isKnown);
  return isColumn ? columnAt(text, at, isAll) : undefined;
}

/** Where the lines begin of which one may be a head. */
function* starts(text: string): Generator<number> {
  let at = 0;
  for (let count = 0; at < text.length && count <= MOST_ABOVE; count += 1) {
    yield at;
    at = lineEndOf(text, at);
  }
}

/** How the table is written that a text begins with, whose first character is no blank. */
export function sniffTable(text: string, isAll: boolean, isKnown: IsKnown): Dialect | undefined {
  for (const at of starts(text)) {
    const table = tableAt(text, at, isAll, isKnown);
    if (table !== undefined) return table;
  }
  return undefined;
}

/** Whether no more text makes a table of it: none of all the lines that may be a head is one. */
export function isNoTable(text: string, isKnown: IsKnown): boolean {
  let lines = 0;
  for (const at of starts(text)) {
    const end = lineEndOf(text, at);
    const line = text.slice(at, end);
    if (!/[\r\n]$/u.test(line)) return false;
    lines += 1;
    const mayBeHead = [...DELIMITERS.filter((delimiter) => line.includes(delimiter)), ','].some((delimiter) =>
      [true, false].some((isMarkdown) => {
        const head = readRecord(line, 0, { delimiter, isMarkdown: isMarkdown && delimiter === '|' }, true);
        return head !== undefined && isHead(namesIn(line, head), isKnown);
      }),
    );
    if (mayBeHead) return false;
  }
  return lines > MOST_ABOVE;
}

/** As a table is written that someone says is one: failing all else, by what parts its first record most. */
export function tableDialect(text: string, isKnown: IsKnown): Dialect {
  const start = startOf(text) ?? 0;
  const seen = text.slice(start, DECIDES);
  const isAll = text.length <= DECIDES;
  const known = sniffTable(seen, isAll, isKnown);
  if (known !== undefined) return known.head === undefined ? known : { ...known, head: known.head + start };
  let best: Dialect = { delimiter: ',', isMarkdown: false };
  let most = 1;
  for (const delimiter of DELIMITERS) {
    const dialect = dialectAt(seen, 0, delimiter);
    if (dialect.isMarkdown) return dialect;
    const count = readRecord(seen, 0, dialect, isAll)?.fields.length ?? 0;
    if (count > most) [best, most] = [dialect, count];
  }
  return best;
}

export function startOf(text: string): number | undefined {
  return /[^\s\ufeff]/u.exec(text)?.index;
}
