// The small shapes that the operator's files are made of. What a message says, it says of the key before it.
import { analyse } from 'scslre';
import { z } from 'zod';
import { wholePatternProblem } from '../../../masking/index.ts';
import { existingMoment } from '../../../shared/moments.ts';

const ID = /^[a-z0-9-]{2,40}$/u;

/** Text that is there: YAML's `""` or only blanks is a key somebody forgot to fill in. */
export const text = () => z.string().regex(/\S/u, 'must not be empty');

/** As Secrets Manager takes one: `*` and `?` would be every secret, in the role of whoever may read it. */
export const secretName = () =>
  z.string().regex(/^[A-Za-z0-9/_+=.@-]{1,512}$/u, {
    // Without the value, since some write the secret itself.
    error:
      'names a secret in the store by 1 to 512 letters, digits and any of / _ + = . @ -: write such a name',
  });

export const id = () => z.string().regex(ID, 'must be 2 to 40 characters of a-z, 0-9 and `-`');

/** `none` is the owner group of targets without one, and nobody may be in it. */
export const group = () =>
  id().refine((name) => name !== 'none', 'is the group that nobody is in: choose another');

export const email = () => z.string().regex(/^[^\s@]+@[^\s@]+$/u, 'must be an email address');

/** Its own `)` must not end the group that makes the whole value match, so it must stand on its own, too. */
function compiles(pattern: string): boolean {
  try {
    return [pattern, `^(?:${pattern})$`].every((source) => new RegExp(source, 'u') !== undefined);
  } catch {
    return false;
  }
}

const EXPONENTIAL =
  'takes exponential time on some texts: let no repetition repeat what can be matched in several ways, as `(a+)+` does';

/**
 * Agents choose the values, and one that is hostile must not keep a pattern busy for longer than anyone lives. What
 * looks around itself or refers back is judged by `scslre` alone.
 */
function problemOf(pattern: string): string | undefined {
  if (!compiles(pattern)) {
    return 'must be a regular expression, as in `[a-z0-9-]{1,40}`; the whole value must match it';
  }
  const { reports } = analyse(new RegExp(`^(?:${pattern})$`, 'u'));
  return (
    wholePatternProblem(pattern) ?? (reports.some(({ exponential }) => exponential) ? EXPONENTIAL : undefined)
  );
}

export const pattern = () =>
  text().superRefine((given, context) => {
    const problem = problemOf(given);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem, input: given });
  });

/** A list in which nothing stands twice. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.array(item).check((context) => {
    const seen = new Set<unknown>();
    context.value.forEach((value, index) => {
      if (typeof value === 'string' && seen.has(value)) {
        context.issues.push({
          code: 'custom',
          path: [index],
          message: 'stands in this list a second time: keep one of them',
          input: value,
        });
      }
      seen.add(value);
    });
  });
}

export const date = () =>
  z
    .string()
    .refine(
      (value) => /^\d{4}-\d{2}-\d{2}$/u.test(value) && existingMoment(value) !== undefined,
      'must be a date that exists, as in `2027-05-01`',
    );

export const seconds = (most: number) => z.int().min(1).max(most);
