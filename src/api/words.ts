// Text that people decide by: purposes, requesters, reasons. It can be seen, and it reads as what it is.
import * as z from 'zod/mini';

/** The blanks among the signs (braille's and music's) count for as little as what every renderer leaves out. */
const SEEN = /(?![\p{Default_Ignorable_Code_Point}\u{2800}\u{1d159}])[\p{L}\p{N}\p{P}\p{S}]/u;

/** Controls, but for tabs and ends of lines; and what turns the writing round for all that follows. */
const MISLEADING = /(?!\t|\r?\n)[\p{Cc}\u{202a}-\u{202e}\u{2066}-\u{2069}]/u;

function misleading(text: unknown): string {
  const point = MISLEADING.exec(String(text))?.[0].codePointAt(0) ?? 0;
  const name = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
  return `must not hold ${name}: no controls but tabs and line ends, and nothing that turns the writing round`;
}

/** Text of which something is left when the blanks around it are taken off, and that is not too long to be read. */
export function words(most: number) {
  return z.string().check(
    z.trim(),
    // Each only of what passed the one before: so that no time goes into long texts, and one problem is told at a time.
    z.minLength(1, { abort: true }),
    z.maxLength(most, { abort: true }),
    z.refine((text) => text.isWellFormed(), {
      error: 'must be Unicode, without halves of pairs',
      abort: true,
    }),
    z.refine((text) => !MISLEADING.test(text), { error: ({ input }) => misleading(input), abort: true }),
    z.refine((text) => SEEN.test(text), { error: 'must have a character that can be seen' }),
  );
}
