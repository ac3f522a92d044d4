// Text with percent-encoding in it: what is found in it as it is meant is masked where it is written.
import { type Decoded, decodePercent, encodePercent } from './decoded.ts';
import { type Edit, liftEdits, mergeEdits } from './edits.ts';

const ESCAPE = /%[0-9a-fA-F]{2}/u;

/** As it is meant; undefined where nothing is escaped in it. */
export function decodeEscaped(text: string): Decoded | undefined {
  // Most have none: that is told without the expression.
  return text.includes('%') && ESCAPE.test(text) ? decodePercent(text, 0, text.length, false) : undefined;
}

/** What is found in a text as it is written and as it is meant, together. A label is escaped where its value was. */
export function withEscaped(
  text: string,
  written: readonly Edit[],
  decoded: Decoded,
  meant: readonly Edit[],
): readonly Edit[] {
  if (meant.length === 0) return written;
  const lifted = meant.flatMap((edit) => {
    const value = text.slice(decoded.at(edit.start), decoded.at(edit.end));
    const isEscaped = edit.insert !== undefined || (value.length < text.length && value.includes('%'));
    return liftEdits([edit], decoded.at, isEscaped ? encodePercent : undefined);
  });
  return written.length === 0 ? lifted : mergeEdits(text, [lifted, written]);
}
