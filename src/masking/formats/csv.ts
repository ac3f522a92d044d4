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

const doubled = (label: string): string => label.replaceAll('"', '""');

export class CsvReader implements FormatReader {
  readonly #ground: Ground;
  #dialect: Dialect | undefined;
  #head: Head | undefined;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  read(text: string, isLast: boolean): Read {
    if (this.#dialect === undefined) {
      if (!isLast && text.length <= DECIDES) return { to: 0, edits: [], isOver: false };
      this.#dialect = tableDialect(text, (name) => this.#ground.isKnown(name));
    }
    const edits: Edit[] = [];
    let to = 0;
    while (to < text.length) {
      const record = readRecord(text, to, this.#dialect, isLast);
      if (record === undefined) break;
      if (this.#endsTable(text, to, record)) return { to, edits, isOver: true };
      if (!this.#isRule(text, to, record)) {
        for (const edit of this.#record(text, record)) edits.push(edit);
      }
      to = record.end;
    }
    return { to, edits, isOver: false };
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
    const read = fields.map((field) => ({ field, decoded: decode(text, field) }));
    if (this.#head !== undefined) return this.#values(read, this.#head);
    if (read.every(({ decoded }) => decoded.text === '')) return [];
    const columns = read.map(({ decoded }) => placeOfColumn(this.#ground, decoded.text));
    this.#head = { places: columns.map(({ place }) => place), naming: namingColumns(columns) };
    return read.flatMap(({ decoded, field }) => {
      const marks = this.#ground.marksOfKey(this.#ground.root, decoded.text);
      return lift(editsOfMarks(decoded.text, marks), decoded, field);
    });
  }

  #values(read: readonly { field: RecordField; decoded: Decoded }[], { places, naming }: Head): Edit[] {
    const name = naming && read[naming.names]?.decoded.text;
    return read.flatMap(({ field, decoded }, index) => {
      const place = places[index] ?? this.#ground.field('');
      const isNamed = index === naming?.values && namesValue('name', name);
      const own = isNamed ? placeOfNamed(this.#ground, place, undefined, name) : place;
      return lift(editsOfContent(this.#ground, own, decoded.text), decoded, field);
    });
  }
}

function decode(text: string, { start, end, isQuoted }: RecordField): Decoded {
  return isQuoted ? decodeQuoted(text, start, end) : plain(text, start, end);
}

function lift(edits: readonly Edit[], { at }: Decoded, { isQuoted }: RecordField): Edit[] {
  return liftEdits(edits, at, isQuoted ? doubled : undefined);
}
