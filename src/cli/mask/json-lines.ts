// Masks lines of JSON, each a text with an id: what a line's text becomes, and where in it something was found.
import type { Masker, Tally } from '../../masking/index.ts';
import type { Output } from './output.ts';

const NEWLINE = 10;

interface Given {
  readonly id: string | number;
  readonly text: string;
}

/** A line that is none of those that are understood, by its number. */
export interface WrongLine {
  readonly line: number;
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
  const isId = typeof id === 'string' || typeof id === 'number';
  return isId && typeof text === 'string' ? { id, text } : undefined;
}

function maskedLine(masker: Masker, { id, text }: Given, tally: Tally): string {
  const spans = masker.find(text, 'auto');
  for (const { type } of spans) tally.set(type, (tally.get(type) ?? 0) + 1);
  const masked = spans.length === 0 ? text : masker.text(text, undefined, 'auto');
  const found = spans.map(({ type, start, end }) => ({ type, start, end }));
  return `${JSON.stringify({ id, masked, spans: found })}\n`;
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
  const masked = (bytes: Buffer): string | undefined => {
    line += 1;
    const text = bytes.toString('utf8');
    if (text.trim() === '') return '';
    const given = givenIn(text);
    return given === undefined ? undefined : maskedLine(masker, given, tally);
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
      if (out === undefined) {
        await output.write(written);
        return { line };
      }
      written += out;
    }
    held = [next.value];
    if (!(await output.write(written))) return undefined;
  }
  const last = Buffer.concat(held);
  const out = last.length === 0 ? '' : masked(last);
  if (out === undefined) return { line };
  await output.write(out);
  return undefined;
}
