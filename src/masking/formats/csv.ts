// CSV and Markdown's tables, masked by column: what is masked stays one field, and nothing else changes.

import { type Dialect, type RecordField, readRecord, type TableRecord } from './csv-records.ts';
import { type Decoded, decodeQuoted, plain } from './decoded.ts';
import { DECIDES, tableDialect } from './detect-format.ts';
import { type Edit, editsOfMarks, liftEdits } from './edits.ts';
import type { FormatReader, Read } from './format-reader.ts';
import type { Ground, Place } from './ground.ts';
import { editsOfContent } from './json.ts';
import { type NamingColumns, namingColumns, placeOfColumn } from './rows.ts';
import { namesValue, placeOfNamed } from './walk.ts';

interface Head {
  readonly places: readonly Place[];
  readonly naming: NamingColumns | undefined;
}

interface Cell {
  readonly field: RecordField;
  readonly decoded: Decoded;
}

/** Records that may be text instead; looked at as both. */
interface Doubtful {
  /** Those of no record of the table's length: what is masked there may reach from one field to the next. */
  readonly odd: { readonly start: number; readonly end: number }[];
  readonly edits: Edit[];
  readonly start: number;
}

/** So much is looked at as text in one go. */
const MOST_TEXT = 16_384;
const FOOTER = /^\s*\(?\d+ rows?\b[^,;|\t]*$/u;

const doubled = (label: string): string => label.replaceAll('"', '""');

export class CsvReader implements FormatReader {
  readonly #ground: Ground;
  #dialect: Dialect | undefined;
  #head: Head | undefined;
  /** After an empty line, what is no record of the table is text. */
  #isAfterGap = false;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  read(text: string, isLast: boolean): Read {
    const edits: Edit[] = [];
    let to = 0;
    if (this.#dialect === undefined) {
      if (!isLast && text.length <= DECIDES) return { to: 0, edits: [], isOver: false };
      this.#dialect = tableDialect(text, (name) => this.#ground.isKnown(name));
      to = this.#dialect.head ?? 0;
      for (const edit of this.#text(text, 0, to)) edits.push(edit);
    }
    const table = { text, isLast, dialect: this.#dialect, edits };
    return { ...this.#records(table, to), edits };
  }

  /** Reads on from `from`, record by record. */
  #records(
    table: { text: string; isLast: boolean; dialect: Dialect; edits: Edit[] },
    from: number,
  ): Omit<Read, 'edits'> {
    const { text, isLast, dialect, edits } = table;
    let to = from;
    let doubtful: Doubtful | undefined;
    let isAfterGap = this.#isAfterGap;
    const settle = (end: number) => {
      for (const edit of doubtful === undefined ? [] : this.#settled(text, doubtful, end)) edits.push(edit);
      doubtful = undefined;
      this.#isAfterGap = isAfterGap;
    };
    while (to < text.length) {
      const record = readRecord(text, to, dialect, isLast);
      if (record === undefined) break;
      if (this.#endsTable(text, to, record)) return { to, isOver: true };
      const kind = this.#kindOf(text, to, record);
      if (kind === 'row') settle(to);
      else doubtful ??= { odd: [], edits: [], start: to };
      if (kind === 'odd') doubtful?.odd.push({ start: to, end: record.end });
      const found = this.#record(text, to, record, isAfterGap && kind === 'odd');
      for (const edit of found) (doubtful?.edits ?? edits).push(edit);
      isAfterGap = isEmpty(record) || (isAfterGap && kind === 'odd');
      to = record.end;
      if (doubtful === undefined || to - doubtful.start >= MOST_TEXT) settle(to);
    }
    if (isLast) settle(to);
    return { to: (doubtful as Doubtful | undefined)?.start ?? to, isOver: false };
  }
function decode(text: string, { start, end, isQuoted }: RecordField): Decoded {
  return isQuoted ? decodeQuoted(text, start, end) : plain(text, start, end);
}

function lift(edits: readonly Edit[], { at }: Decoded, { isQuoted }: RecordField): Edit[] {
  return liftEdits(edits, at, isQuoted ? doubled : undefined);
}
