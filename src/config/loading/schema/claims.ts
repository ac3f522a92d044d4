// What a token must say: claims and their values, as every file writes them.
import { z } from 'zod';
import type { ClaimRule } from '../../model.ts';
import { pattern, text } from './fields.ts';

/** Deeper than any issuer is known to nest them. */
const MOST_LEVELS = 3;

const MEANING =
  'The value, exactly; or `{ match: … }`, a pattern for the whole value; or what its members must be.';

const exactly = z.union([
  z.string(),
  z.boolean(),
  z.number().refine((value) => !Number.isInteger(value) || Number.isSafeInteger(value), {
    error: 'is too large for a number in YAML: put it in quotes',
  }),
]);

const matching = z.strictObject({
  match: pattern().describe('A regular expression that the whole value must match, for text claims.'),
});

/** `match` always marks a pattern, so that nobody's pattern is taken for a member of that name. */
const member = z
  .string()
  .regex(/^(?!match$).*\S/su, 'must not be empty; and `match` stands alone, for a pattern');

function rule(levels: number): z.ZodType<ClaimRule> {
  const members =
    levels === 0
      ? z.record(z.string(), z.unknown()).refine(() => false, {
          error: `is nested too deeply: claims may hold members over ${MOST_LEVELS} levels`,
          abort: true,
        })
      : z
          .record(member, rule(levels - 1).describe(MEANING))
          .refine((given) => Object.keys(given).length > 0, {
            error: 'must name at least one member: without any, it demands nothing',
          });
  return z.union([exactly, matching, members as z.ZodType<Readonly<Record<string, ClaimRule>>>]);
}

export const claims = () => z.record(text(), rule(MOST_LEVELS).describe(MEANING));
