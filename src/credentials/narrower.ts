// Whether parameters reach nothing that others do not: told from the statements that they are put into.
import type { AwsCapability } from '../config/index.ts';
import { canonicalJson } from '../shared/json.ts';
import type { Parameters } from '../tasks/index.ts';
import { type FilledStatement, fillStatements, hasAllValues } from './session-policy.ts';

/** Of an ARN. IAM lets a `*` at a segment's end reach over its border; here none does, which may only say no. */
const ARN_SEGMENTS = 6;

/** Operators under which a value is a pattern, so that another may be part of it. */
const PATTERN_OPERATORS = ['StringLike', 'ArnLike'];

/** What IAM reads in a pattern: a character, a wildcard, or a variable of its own, of which nobody here knows the value. */
const SYMBOL = /\$\{[^}]*\}|[\s\S]/gu;

/** A variable's name may hold colons; they part nothing. */
function segmentsOf(pattern: string): readonly (readonly string[])[] {
  const segments: string[][] = [[]];
  for (const [symbol] of pattern.matchAll(SYMBOL)) {
    if (symbol === ':' && segments.length < ARN_SEGMENTS) segments.push([]);
    else segments.at(-1)?.push(symbol);
  }
  return segments;
}

/**
 * Whether everything that the narrow pattern matches is matched by the wide one. Wildcards of the narrow one count
 * as characters that only a `*` (or, for `?`, a `?`) can stand for, variables as ones that only a `*` can: that may
 * say no to what is part, never yes to what is not.
 */
export function isPartOf(wide: string, narrow: string): boolean {
  if (wide === '*') return true;
  const [wides, narrows] = [segmentsOf(wide), segmentsOf(narrow)];
  return (
    wides.length === narrows.length && wides.every((part, place) => segmentHolds(part, narrows[place] ?? []))
  );
}

function isOneCharacter(symbol: string | undefined): boolean {
  return symbol !== undefined && symbol !== '*' && !symbol.startsWith('${');
}

function segmentHolds(wide: readonly string[], narrow: readonly string[]): boolean {
  let [w, n, star, resume] = [0, 0, -1, 0];
  while (n < narrow.length) {
    const [want, have] = [wide[w], narrow[n]];
    if (want === '*') {
      star = w;
      resume = n;
      w += 1;
    } else if (want === have || (want === '?' && isOneCharacter(have))) {
      w += 1;
      n += 1;
    } else if (star >= 0) {
      resume += 1;
      n = resume;
      w = star + 1;
    } else return false;
  }
  return wide.slice(w).every((symbol) => symbol === '*');
}

function allPart(wide: readonly string[], narrow: readonly string[]): boolean {
  return narrow.every((one) => wide.some((other) => isPartOf(other, one)));
}

function conditionsPart(wide: FilledStatement['conditions'], narrow: FilledStatement['conditions']): boolean {
  const list = (value: string | readonly string[] | undefined) => (value === undefined ? [] : [value].flat());
  return Object.entries(wide).every(([operator, keys]) => {
    const others = narrow[operator] ?? {};
    if (!PATTERN_OPERATORS.includes(operator)) return canonicalJson(keys) === canonicalJson(others);
    return Object.entries(keys).every(([key, value]) => allPart(list(value), list(others[key])));
  });
}

/**
 * Statement by statement, since both come from the same capability. Where a value is missing on either side, nobody
 * can tell what is reached.
 */
export function isNarrower(definition: AwsCapability, wide: Parameters, narrow: Parameters): boolean {
  const grants = [wide, narrow].map((parameters) => ({ definition, parameters }));
  if (!grants.every(hasAllValues)) return false;
  const [wides = [], narrows = []] = grants.map(fillStatements);
  return wides.every((statement, place) => {
    const other = narrows[place];
    return (
      other !== undefined &&
      allPart(statement.resources, other.resources) &&
      conditionsPart(statement.conditions, other.conditions)
    );
  });
}
