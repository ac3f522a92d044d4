// Rules by column: `schema.table.column`, or an end of that.
import type { Action } from '../model.ts';

export interface ColumnRules {
  /** What a rule says of a column, whose name may also be less than all of it. */
  actionOf(column: string): Action | undefined;
}

const PART = /"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[^.]+/gu;

/** No database has longer ones. To look for the ends of quotes takes time by the square of the length. */
const MOST_CHARACTERS = 512;

/** The parts of a column's name without quotes: `public."e.mail"` has two. What is too long for a name is one. */
export function partsOfColumn(column: string): readonly string[] {
  if (column.length > MOST_CHARACTERS) return [column.trim()];
  return (column.match(PART) ?? []).map((part) => {
    const quote = part[0] as string;
    const isQuoted = part.length > 1 && (quote === '[' || part.endsWith(quote)) && '"`['.includes(quote);
    return isQuoted ? part.slice(1, -1).replaceAll(quote + quote, quote) : part.trim();
  });
}

function endsWith(whole: readonly string[], end: readonly string[]): boolean {
  const from = whole.length - end.length;
  return from >= 0 && end.every((part, index) => part === whole[from + index]);
}

const partsOf = (column: string): readonly string[] => partsOfColumn(column.toLowerCase());

/** Of several rules that fit, the one that says more of the name holds. */
export function createColumnRules(rules: Readonly<Record<string, Action>>): ColumnRules {
  const all = Object.entries(rules)
    .map(([column, action]) => ({ parts: partsOf(column), action }))
    .filter(({ parts }) => parts.length > 0)
    .sort((a, b) => b.parts.length - a.parts.length);
  return {
    actionOf(column) {
      const parts = partsOf(column);
      if (parts.length === 0) return undefined;
      const sure = all.find((rule) => endsWith(parts, rule.parts));
      if (sure !== undefined) return sure.action;
      // A column that doesn't say its table may be the rule's. Doubt masks; it exempts nothing.
      return all.find((rule) => rule.action !== 'keep' && endsWith(rule.parts, parts))?.action;
    },
  };
}
