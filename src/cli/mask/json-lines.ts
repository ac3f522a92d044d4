// Masks lines of JSON, each a text with an id: what a line's text becomes, and where in it something was found.
import { isUtf8 } from 'node:buffer';
import type { Masker, Tally } from '../../masking/index.ts';
import type { Output } from './output.ts';

const NEWLINE = 10;
const BYTE_ORDER_MARK = '\ufeff';

interface Given {
  /** As JSON: a number as it was spelled, which need not be one that arithmetic keeps. */
  readonly id: string;
  readonly text: string;
}

/** A line that is none of those that are understood, by its number, and what is wrong with it. */
export interface WrongLine {
  readonly line: number;
  readonly why: string;
}

const NOT_UNDERSTOOD = 'is no object with an "id" and a "text", each line by itself';
/** A character in the place of broken bytes would change a text without a word. */
const NOT_UTF8 = 'is not UTF-8';

/** The number that a line's own member `id` is, as it stands there. */
function spelledId(line: string): string {
  const spelled = new WeakMap<object, string>();
  const keep = function (this: object, name: string, value: unknown, { source }: { source?: string }) {
    if (name === 'id' && source !== undefined) spelled.set(this, source);
    return value;
  };
  // The reviver's third argument is in the language, and not yet in TypeScript's description of it.
  const root: object = JSON.parse(line, keep as Parameters<typeof JSON.parse>[1]);
  return spelled.get(root) ?? 'null';
}

function givenIn(line: string): Given | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, text } = value as Readonly<Record<string, unknown>>;
  if (typeof text !== 'string') return undefined;
  if (typeof id === 'number') return { id: spelledId(line), text };
  return typeof id === 'string' ? { id: JSON.stringify(id), text } : undefined;
}

function maskedLine(masker: Masker, { id, text }: Given, tally: Tally): string {
  const spans = masker.find(text, 'auto');
  for (const { type } of spans) tally.set(type, (tally.get(type) ?? 0) + 1);
  const masked = spans.length === 0 ? text : masker.text(text, undefined, 'auto');
  const found = spans.map(({ type, start, end }) => ({ type, start, end }));
  return `{"id":${id},"masked":${JSON.stringify(masked)},"spans":${JSON.stringify(found)}}\n`;
}

/** Lines that are all there, and what is left of the last one. */
function* linesIn(bytes: Buffer): Generator<Buffer, Buffer> {
  let from = 0;
  for (let to = bytes.indexOf(NEWLINE); to >= 0; to = bytes.indexOf(NEWLINE, from)) {
    yield bytes.subarray(from, to);
    from = to + 1;
  }
  return bytes.subarray(from);
}

/** Undefined where each line was understood. What came before one that was not is written. */
export async function maskJsonLines(
  masker: Masker,
  input: AsyncIterable<Buffer>,
  output: Output,
  tally: Tally,
): Promise<WrongLine | undefined> {
  let held: Buffer[] = [];
  let line = 0;
  const masked = (bytes: Buffer): string | WrongLine => {
    line += 1;
    if (!isUtf8(bytes)) return { line, why: NOT_UTF8 };
    const read = bytes.toString('utf8');
    const text = line === 1 && read.startsWith(BYTE_ORDER_MARK) ? read.slice(1) : read;
    if (text.trim() === '') return '';
    const given = givenIn(text);
    return given === undefined ? { line, why: NOT_UNDERSTOOD } : maskedLine(masker, given, tally);
  };
  for await (const bytes of input) {
    if (!bytes.includes(NEWLINE)) {
      held.push(bytes);
      continue;
    }
    const lines = linesIn(held.length === 0 ? bytes : Buffer.concat([...held, bytes]));
    let written = '';
    let next = lines.next();
    for (; next.done !== true; next = lines.next()) {
      const out = masked(next.value);
      if (typeof out !== 'string') {
        await output.write(written);
        return out;
      }
      written += out;
    }
    held = [next.value];
    if (!(await output.write(written))) return undefined;
  }
  const last = Buffer.concat(held);
  const out = last.length === 0 ? '' : masked(last);
  if (typeof out !== 'string') return out;
  await output.write(out);
  return undefined;
}
