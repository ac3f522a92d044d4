// CSV and Markdown's tables, masked by column: what is masked stays one field, and nothing else changes.

import { type Dialect, type RecordField, readRecord, type TableRecord } from './csv-records.ts';
import { type Decoded, decodeQuoted, plain } from './decoded.ts';
import { Doubtful, editsOfText } from './doubtful.ts';
import { type Edit, editsOfMarks, liftEdits } from './edits.ts';
import type { FormatReader, Read } from './format-reader.ts';
import type { Ground, Place } from './ground.ts';
import { editsOfContent } from './json.ts';
import { type NamingColumns, namingColumns, placeOfColumn } from './rows.ts';
import { DECIDES, isEmpty, tableDialect } from './sniff-table.ts';
import { namesValue, placeOfNamed } from './walk.ts';

interface Head {
  readonly places: readonly Place[];
  readonly naming: NamingColumns | undefined;
}

interface Cell {
  readonly field: RecordField;
  readonly decoded: Decoded;
}

/** What a record is: one of the table's length; one that isn't; one of the length where all is in doubt. */
type Kind = 'row' | 'odd' | 'doubted' | 'empty';

/** What changes from record to record. Of records that are read again, it is what it was before them. */
interface State {
  /** A row of the table was there. */
  hasRows: boolean;
  /** An empty line was, and no row since. */
  isAfterGap: boolean;
}

const FOOTER = /^\s*\(?\d+ rows?\b/u;

const doubled = (label: string): string => label.replaceAll('"', '""');

export class CsvReader implements FormatReader {
  readonly #ground: Ground;
  #dialect: Dialect | undefined;
  #head: Head | undefined;
  #state: State = { hasRows: false, isAfterGap: false };

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
      // What is above the table.
      for (const edit of editsOfText(this.#ground, text, 0, to)) edits.push(edit);
    }
    return this.#records(text, to, isLast, edits);
  }

  #records(text: string, from: number, isLast: boolean, edits: Edit[]): Read {
    const dialect = this.#dialect as Dialect;
    const state = { ...this.#state };
    let doubtful: Doubtful | undefined;
    const settle = () => {
      for (const edit of doubtful?.settle(this.#ground, text, dialect.delimiter) ?? []) edits.push(edit);
      doubtful = undefined;
      this.#state = { ...state };
    };
    let to = from;
    while (to < text.length) {
      const record = readRecord(text, to, dialect, isLast);
      if (record === undefined) break;
      if (this.#endsTable(text, to, record)) return { to, edits, isOver: true };
      const kind = this.#kindOf(record);
      if (kind === 'row') settle();
      else if (kind !== 'empty') doubtful ??= new Doubtful(to);
      this.#read(text, to, record, kind, state, doubtful, edits);
      to = record.end;
      if (doubtful === undefined || doubtful.isLong) settle();
    }
    if (isLast) settle();
    return { to: doubtful?.start ?? to, edits, isOver: false };
  }

  #read(
    text: string,
    start: number,
    record: TableRecord,
    kind: Kind,
    state: State,
    doubtful: Doubtful | undefined,
    edits: Edit[],
  ): void {
    const head = this.#head;
    const isText = this.#isText(text, start, record, kind, state);
    const found = isText || this.#isRule(text, start, record) ? [] : this.#record(text, record);
    const range = { start, end: record.end };
    const isSettled = (_: RecordField, index: number) => head?.places[index]?.rule !== undefined;
    const settled = kind === 'odd' && head?.places.length !== 1 ? [] : record.fields.filter(isSettled);
    if (doubtful !== undefined) doubtful.add(range, found, settled, kind === 'odd');
    else for (const edit of found) edits.push(edit);
    if (kind === 'empty') state.isAfterGap ||= state.hasRows;
    else if (kind !== 'odd') [state.hasRows, state.isAfterGap] = [head !== undefined, false];
  }

  #kindOf(record: TableRecord): Kind {
    if (this.#head === undefined || this.#dialect?.isMarkdown === true) return 'row';
    if (isEmpty(record)) return 'empty';
    const { length } = this.#head.places;
    if (length === 1 || record.fields.length !== length) return 'odd';
    return this.#dialect?.isDoubtful === true ? 'doubted' : 'row';
  }

  /** No record in any way: it says how many there are, or stands by itself around a table. */
  #isText(text: string, start: number, { fields, end }: TableRecord, kind: Kind, state: State): boolean {
    if (kind !== 'odd' || this.#head?.places.length === 1) return false;
    if (fields.length === 1 && FOOTER.test(text.slice(start, end))) return true;
    if (this.#dialect?.isDoubtful !== true) return false;
    return state.isAfterGap || (fields.length === 1 && /[\r\n]$/u.test(text.slice(start, end)));
  }

  /** A table between pipes ends with the first line that has none. */
  #endsTable(text: string, start: number, { end }: TableRecord): boolean {
    if (this.#dialect?.isMarkdown !== true || this.#head === undefined) return false;
    return !/[|+]/u.test(text.slice(start, end));
  }

  /** The line of dashes below the head. */
  #isRule(text: string, start: number, { end }: TableRecord): boolean {
    return this.#dialect?.isMarkdown === true && /^[\s|:+-]*$/u.test(text.slice(start, end));
  }

  #record(text: string, { fields }: TableRecord): Edit[] {
    const cells = fields.map((field) => ({ field, decoded: decode(text, field) }));
    if (this.#head !== undefined) return this.#values(cells, this.#head);
    if (cells.every(({ decoded }) => decoded.text === '')) return [];
    const columns = cells.map(({ decoded }) => placeOfColumn(this.#ground, decoded.text));
    this.#head = { places: columns.map(({ place }) => place), naming: namingColumns(columns) };
    return cells.flatMap(({ decoded, field }) => {
      const marks = this.#ground.marksOfKey(this.#ground.root, decoded.text);
      return lift(editsOfMarks(decoded.text, marks), decoded, field);
    });
  }

  #values(cells: readonly Cell[], { places, naming }: Head): Edit[] {
    const name = naming && cells[naming.names]?.decoded.text;
    const beside = cells.length - places.length;
    return cells.flatMap((cell, index) => {
      const place = places[index] ?? this.#ground.field('');
      const isNamed = index === naming?.values && namesValue('name', name);
      const own = isNamed ? placeOfNamed(this.#ground, place, undefined, name) : place;
      const edits = this.#value(own, cell);
      // With a field too many or too few, it may be another column's.
      const other =
        beside === 0 || edits.length > 0 || own.rule !== undefined ? undefined : places[index - beside];
      return other === undefined ? edits : this.#value(other, cell);
    });
  }

  #value(place: Place, { field, decoded }: Cell): Edit[] {
    return lift(editsOfContent(this.#ground, place, decoded.text), decoded, field);
  }
}

function decode(text: string, { start, end, isQuoted }: RecordField): Decoded {
  return isQuoted ? decodeQuoted(text, start, end) : plain(text, start, end);
}

function lift(edits: readonly Edit[], { at }: Decoded, { isQuoted }: RecordField): Edit[] {
  return liftEdits(edits, at, isQuoted ? doubled : undefined);
}
