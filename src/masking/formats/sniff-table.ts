// Whether a text has a table at its beginning, and how that is written. Where it is in doubt, it has one.
import { type Dialect, readRecord, type TableRecord } from './csv-records.ts';
import { type IsKnown, isHead, mayBeHead, saysHead } from './table-heads.ts';
import { DELIMITERS, lineEndOf, TableLines } from './table-lines.ts';

/** So much of a text decides. */
export const DECIDES = 65_536;
const MOST_RECORDS = 64;
/** In so many characters. */
const FEW_LINES = 2048;
/** Lines above a head: a title, a remark, `sep=;`. */
const MOST_ABOVE = 8;

const MANY = DELIMITERS.length;
const PIPE = DELIMITERS.indexOf('|');

/** A line of JSON, or a time: whatever parts the line, one of its names has it. */
const NO_HEAD = /[{}]|\d:\d\d/;
/** Below the head of a table between pipes, and above it in a box; psql and MySQL have crosses where they meet. */
const DASHES = /^[ \t\r|:+-]{3,4096}$/u;
const IS_SHORT = /^\S+(?:\s+\S+){0,3}$/u;

/** What is seen of a text, and whether that is all of it. */
interface Seen {
  readonly length: number;
  readonly isAll: boolean;
  readonly isKnown: IsKnown;
}

const isDashes = (line: string): boolean => DASHES.test(line.trimEnd()) && line.includes('-');

function namesIn(text: string, { fields }: TableRecord): string[] {
  return fields.map(({ start, end }) => text.slice(start, end));
}

export const isEmpty = ({ fields }: TableRecord): boolean => fields.every(({ start, end }) => start === end);

/** How the records below a head go with it. */
interface Below {
  /** In a row, up to the first empty line. */
  readonly records: number;
  readonly agreeing: number;
  /** All that were seen do. */
  readonly isAll: boolean;
}

/** As many as the head has, but for empty ones at the end. */
function agrees({ fields }: TableRecord, count: number): boolean {
  let length = fields.length;
  while (length > count && fields[length - 1]?.start === fields[length - 1]?.end) length -= 1;
  return length === count;
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

/** Whether the lines below `head` may go with it, as far as lines without quotes tell. */
function linesMayAgree(lines: TableLines, head: number, delimiter: number, { length, isAll }: Seen): boolean {
  const count = lines.fieldsOf(head, delimiter);
  let [records, agreeing] = [0, 0];
  for (let line = head + 1; line <= head + MOST_RECORDS && lines.startOf(line) < length; line += 1) {
    if (lines.hasQuote(line)) return true;
    if (!isAll && lines.endOf(line) === length) break;
    if (lines.isEmpty(line, delimiter)) {
      if (records > 0) break;
      continue;
    }
    records += 1;
    if (lines.fieldsOf(line, delimiter) >= count) agreeing += 1;
    // Whatever follows, they are too few.
    else if ((records - agreeing) * 2 > MOST_RECORDS) return false;
  }
  return agreeing > 0 && agreeing * 2 >= records;
}

function dialectAt(text: string, at: number, delimiter: string): Dialect {
  const end = lineEndOf(text, at);
  const isMarkdown = delimiter === '|' && isDashes(text.slice(end, lineEndOf(text, end)));
  return { delimiter, isMarkdown };
}

function nameIn(line: string): string {
  return line.trim().replace(/^"([^"]*)"$/u, '$1');
}

const isShort = (line: string): boolean =>
  IS_SHORT.test(line) && !/[,;\t|{}]|[:=]\s|[.:]$|^-----/u.test(line);

/** A word in a line of its own, up to `end`, with values below. */
function columnOf(text: string, end: number, isAll: boolean, isKnown: IsKnown): Dialect | undefined {
  const line = text.slice(0, end);
  if (!isShort(line.trim()) || !isHead([nameIn(line)], isKnown)) return undefined;
  const below = text.slice(end).split(/\r\n|\r|\n/u, MOST_RECORDS + 1);
  const seen = (isAll ? below : below.slice(0, -1)).map((one) => one.trim()).filter((one) => one !== '');
  const isColumn = seen.length > 0 && seen.every(isShort);
  return isColumn ? { delimiter: ',', isMarkdown: false, isDoubtful: true } : undefined;
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

/** Prose has commas, too: what stands between them is too long for a name. */
function isProse(lines: TableLines, line: number, delimiter: number): boolean {
  return delimiter !== PIPE && !lines.hasQuote(line) && lines.hasTooLong(line, delimiter);
}

/** Whether the line may be a table's head, as far as is quickly told: most may not. */
function mayBeTable(text: string, lines: TableLines, line: number, seen: Seen): boolean {
  let isAsked = false;
  for (let index = 0; index < MANY; index += 1) {
    if (!lines.has(line, index) || isProse(lines, line, index)) continue;
    if (!isAsked && NO_HEAD.test(text.slice(lines.startOf(line), lines.endOf(line)))) return false;
    isAsked = true;
    if (lines.hasQuote(line)) return true;
    if (index === PIPE && isDashes(text.slice(lines.endOf(line), lines.endOf(line + 1)))) return true;
    // Its lines are told before its names where they are few, and after them where they are many.
    if (seen.length <= FEW_LINES && !linesMayAgree(lines, line, index, seen)) continue;
    const names = lines.namesOf(line, index);
    if (mayBeHead(names) && saysHead(names, seen.isKnown) && linesMayAgree(lines, line, index, seen))
      return true;
  }
  return false;
}

/** A line that may be a table's head, as one delimiter parts it. */
interface Candidate {
  readonly dialect: Dialect;
  readonly names: readonly string[];
  /** After the head. */
  readonly end: number;
  /** Whether the lines below may go with it. */
  readonly mayAgree: boolean;
}

/** Those of more fields first. */
function candidatesAt(text: string, lines: TableLines, line: number, seen: Seen): readonly Candidate[] {
  const at = lines.startOf(line);
  return DELIMITERS.flatMap((delimiter, index) => {
    if (!lines.has(line, index) || isProse(lines, line, index)) return [];
    const dialect = dialectAt(text, at, delimiter);
    const head = readRecord(text, at, dialect, seen.isAll);
    const names = head === undefined ? [] : namesIn(text, head);
    if (head === undefined || !mayBeHead(names)) return [];
    const mayAgree = lines.hasQuote(line) || linesMayAgree(lines, line, index, seen);
    return [{ dialect, names, end: head.end, mayAgree }];
  }).sort((a, b) => b.names.length - a.names.length);
}

/** The table whose head is the line. What names say is asked late, as it takes long. */
function tableAt(text: string, lines: TableLines, line: number, seen: Seen): Dialect | undefined {
  if (!mayBeTable(text, lines, line, seen)) return undefined;
  const at = lines.startOf(line);
  for (const { dialect, names, end, mayAgree } of candidatesAt(text, lines, line, seen)) {
    const count = names.length;
    if (dialect.isMarkdown) {
      if (!saysHead(names, seen.isKnown)) continue;
      return at === 0 ? dialect : { ...dialect, head: at };
    }
    if (count < 2 || !saysHead(names, seen.isKnown)) continue;
    // Below a line of as many fields, it is a record itself.
    if (isBelowAlike(text, at, count, dialect)) return undefined;
    if (!mayAgree) continue;
    const { records, agreeing, isAll: isSure } = readBelow(text, end, count, dialect, seen.isAll);
    if (agreeing === 0 || agreeing * 2 < records) continue;
    return at === 0 && isSure ? dialect : { ...dialect, head: at, isDoubtful: true };
  }
  return undefined;
}

/** A text of one line is no table. */
function isOneLine(text: string): boolean {
  const line = text.indexOf('\n');
  if (line !== -1 && line !== text.length - 1) return false;
  const other = text.indexOf('\r');
  return other === -1 || other >= text.length - (line === -1 ? 1 : 2);
}

/** How the table is written that a text begins with, whose first character is no blank. */
export function sniffTable(text: string, isAll: boolean, isKnown: IsKnown): Dialect | undefined {
  if (isOneLine(text)) return undefined;
  const { length } = text;
  const seen: Seen = { length, isAll, isKnown };
  const lines = new TableLines(text);
  // A head has something below it.
  for (let line = 0; line <= MOST_ABOVE && lines.endOf(line) < length; line += 1) {
    const isParted = lines.isParted(line);
    if (!isParted && line > 0) continue;
    const table = isParted
      ? tableAt(text, lines, line, seen)
      : columnOf(text, lines.endOf(0), isAll, isKnown);
    if (table !== undefined) return table;
  }
  return undefined;
}

/** Where the lines begin of which one may be a head. */
function* starts(text: string): Generator<number> {
  let at = 0;
  for (let count = 0; at < text.length && count <= MOST_ABOVE; count += 1) {
    yield at;
    at = lineEndOf(text, at);
  }
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

/** Where what is no blank begins. */
export function startOf(text: string): number | undefined {
  const first = text.length === 0 ? 32 : text.charCodeAt(0);
  return first > 32 && first < 127 ? 0 : /[^\s\ufeff]/u.exec(text)?.index;
}
