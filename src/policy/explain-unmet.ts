// Of what must hold, what does not: in Cedar's order, and without what errs only because something before it is false.
import type { Said } from './explain-ask.ts';
import { type One, textOfAll, textOfOne, type Wanted } from './explain-conditions.ts';
import type { Value } from './explain-values.ts';

/** A condition that does not hold, or several of which one would be enough. */
export type Unmet =
  | {
      /** As Cedar writes it. */
      readonly text: string;
      /** What was there instead. */
      readonly values: readonly Value[];
      /** Why it says nothing at all. */
      readonly error?: string;
      /** It can only be told once what stands before it holds. */
      readonly untold?: true;
    }
  | { readonly anyOf: readonly (readonly Unmet[])[] };

export type SaidOf = (one: One) => Said;

type Standing = 'holds' | 'fails' | 'errs';

function standingOfOne(said: Said): Standing {
  return said === undefined ? 'fails' : said === 'holds' ? 'holds' : 'errs';
}

/** As Cedar goes along a chain: to the first part that settles it. */
function standingOf(wanted: Wanted, saidOf: SaidOf): Standing {
  if (!('parts' in wanted)) return standingOfOne(saidOf(wanted));
  const [settles, else_] =
    wanted.kind === 'all' ? (['fails', 'holds'] as const) : (['holds', 'fails'] as const);
  for (const part of wanted.parts) {
    const standing = standingOf(part, saidOf);
    if (standing === settles || standing === 'errs') return standing;
  }
  return else_;
}

export type ValuesOf = (one: One) => readonly Value[];

function unmetInAll(parts: readonly Wanted[], saidOf: SaidOf, valuesOf: ValuesOf): readonly Unmet[] {
  const unmet: Unmet[] = [];
  let isSettled = false;
  for (const part of parts) {
    const standing = standingOf(part, saidOf);
    if (standing === 'holds') continue;
    // Cedar never comes to what stands behind something false: that it errs says nothing then.
    if (standing === 'errs' && isSettled) {
      unmet.push({ text: textOfAll(part), values: [], untold: true });
      continue;
    }
    unmet.push(...unmetIn(part, saidOf, valuesOf));
    if (standing === 'errs') break;
    isSettled = true;
  }
  return unmet;
}

/** Nor does it come to what stands behind something that errs. */
function unmetInAny(parts: readonly Wanted[], saidOf: SaidOf, valuesOf: ValuesOf): readonly Unmet[] {
  const errs = parts.findIndex((part) => standingOf(part, saidOf) === 'errs');
  const reached = errs < 0 ? parts : parts.slice(0, errs + 1);
  const ways = reached.filter(
    (part) => standingOf(part, saidOf) === 'errs' || distance(part, saidOf) < Number.POSITIVE_INFINITY,
  );
  const anyOf = ways.map((part) => unmetIn(part, saidOf, valuesOf));
  return anyOf.length === 0 ? [] : [{ anyOf }];
}

export function unmetIn(wanted: Wanted, saidOf: SaidOf, valuesOf: ValuesOf): readonly Unmet[] {
  if (standingOf(wanted, saidOf) === 'holds') return [];
  if ('parts' in wanted) {
    return (wanted.kind === 'all' ? unmetInAll : unmetInAny)(wanted.parts, saidOf, valuesOf);
  }
  const said = saidOf(wanted);
  const error = typeof said === 'object' ? { error: said.error } : {};
  return [{ text: textOfOne(wanted), values: valuesOf(wanted), ...error }];
}

/** How many conditions would have to change, at the least; infinitely many where none would help. */
export function distance(wanted: Wanted, saidOf: SaidOf): number {
  if (standingOf(wanted, saidOf) === 'holds') return 0;
  if (!('parts' in wanted)) return 1;
  const each = wanted.parts.map((part) => distance(part, saidOf));
  return wanted.kind === 'all' ? each.reduce((sum, one) => sum + one, 0) : Math.min(...each);
}
