// What both SQLite adapters do with rows: read their columns by type, and bound a search by a prefix.
import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { Packed } from '../spill.ts';

export type Row = Record<string, SQLOutputValue>;

export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new Error(`a row lacks the text ${column}`);
  return value;
}

export function number(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new Error(`a row lacks the number ${column}`);
  return value;
}

/** Of a text that is read as a blob: somebody else's may be ill-formed, and not survive being read as a text. */
export function bytes(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw new Error(`a row lacks the bytes ${column}`);
  return value;
}

export function packedOf(row: Row): Packed {
  const { pointer } = row;
  return typeof pointer === 'string' ? { pointer } : { body: text(row, 'body') };
}

export function packedColumns(packed: Packed): { body: string | null; pointer: string | null } {
  return 'body' in packed ? { body: packed.body, pointer: null } : { body: null, pointer: packed.pointer };
}

/** In SQLite every blob sorts after every text. */
const AFTER_ALL_TEXT = new Uint8Array([0]);

/** What sorts right after every text with that prefix, in the order of code points, which is that of UTF-8. */
export function afterPrefix(prefix: string): SQLInputValue {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    // Surrogates are no characters of their own.
    const next = last === 0xd7ff ? 0xe000 : last + 1;
    if (next <= 0x10ffff) return String.fromCodePoint(...points, next);
  }
  return AFTER_ALL_TEXT;
}
