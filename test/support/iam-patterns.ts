// What IAM's patterns match, told in another way than the sources tell it: by regular expressions, and by examples.
import fc from 'fast-check';

const WILDCARDS: Readonly<Record<string, string>> = { '*': '[^:]*', '?': '[^:]' };

function segmentsOf(pattern: string): readonly string[] {
  const parts = pattern.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}

/** Whether an ARN without wildcards is one that a resource names. Within the last segment, a colon is a character. */
export function arnMatches(pattern: string, arn: string): boolean {
  if (pattern === '*') return true;
  const [wants, has] = [segmentsOf(pattern), segmentsOf(arn)];
  if (wants.length !== has.length) return false;
  return wants.every((want, place) => {
    const any = (symbol: string) =>
      place === 5 ? WILDCARDS[symbol]?.replace('[^:]', '[\\s\\S]') : WILDCARDS[symbol];
    const source = [...want].map((symbol) => any(symbol) ?? symbol.replace(/[\\^$.+()|[\]{}/]/gu, '\\$&'));
    return new RegExp(`^${source.join('')}$`, 'u').test(has[place] ?? '');
  });
}

/** As `StringLike` compares: a colon is a character like any other. */
export function textMatches(pattern: string, text: string): boolean {
  return arnMatches(`:::::${pattern}`, `:::::${text}`);
}

const FILLINGS: readonly string[] = ['', 'a', 'b', '/', 'a/b', 'zz', '*', '?'];
/** A `*` at the end of a segment may reach beyond it. */
export const ACROSS: readonly string[] = [...FILLINGS, ':', 'a:b', ':::'];

/** An example of what a pattern matches. */
export function exampleOf(pattern: string, fillings = FILLINGS): fc.Arbitrary<string> {
  const parts = [...pattern].map((symbol) => {
    if (symbol === '*') return fc.constantFrom(...fillings);
    return symbol === '?' ? fc.constantFrom('a', 'b', '/', '*') : fc.constant(symbol);
  });
  return fc.tuple(...parts).map((texts) => texts.join(''));
}

export interface Statement {
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** One request to AWS, with what its session's conditions look at. */
export interface Asked {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
}

type Compare = (wanted: string, given: string) => boolean;
const OPERATORS: Readonly<Record<string, Compare>> = {
  StringEquals: (wanted, given) => wanted === given,
  StringLike: textMatches,
  ArnLike: arnMatches,
  DateLessThan: (wanted, given) => Date.parse(given) < Date.parse(wanted),
};

/** Whether a statement of a session policy allows it; an operator that this does not know fails the test. */
export function allows(
  { Action, Resource, Condition }: Statement,
  { action, resource, context }: Asked,
): boolean {
  const met = Object.entries(Condition).every(([operator, keys]) => {
    const compare = OPERATORS[operator];
    if (compare === undefined) throw new TypeError(`what does ${operator} mean?`);
    return Object.entries(keys).every(([key, wanted]) =>
      [wanted].flat().some((one) => context[key] !== undefined && compare(one, context[key])),
    );
  });
  return met && Action.includes(action) && Resource.some((one) => arnMatches(one, resource));
}
