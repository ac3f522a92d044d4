// Words in a body: some are left when the blanks around them are taken off, they are not too long to be read, and they
// can be shown as they are.
import * as z from 'zod/mini';
import { wordsProblem } from '../shared/words.ts';

export function words(most: number) {
  return z.string().check(
    z.trim(),
    // Each only of what passed the one before: so that no time goes into long texts, and one problem is told at a time.
    z.minLength(1, { abort: true }),
    z.maxLength(most, { abort: true }),
    z.refine((text) => wordsProblem(text) === undefined, {
      error: ({ input }) => wordsProblem(String(input)) ?? '',
      abort: true,
    }),
  );
}
