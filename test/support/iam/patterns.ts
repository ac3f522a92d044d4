// Patterns as IAM documents them: wildcards, variables, and the segments of an ARN. For tests only.

/** The one value of a key in the request's context; undefined where it has none, or several. */
export type Lookup = (key: string) => string | undefined;

/** What is not part of a variable's value may be a wildcard, or part an ARN. */
type Part = { readonly kind: 'any' | 'one' | 'border' } | { readonly kind: 'text'; readonly text: string };

const VARIABLE = /\$\{([^}]*)\}/u;
/** How a policy writes these where they stand for themselves. */
const ESCAPED = ['*', '?', '$'];

function replaced(variable: string, lookup: Lookup): string | undefined {
  if (ESCAPED.includes(variable)) return variable;
  const [, key = '', fallback] = /^\s*([^,]*?)\s*(?:,\s*'(.*)'\s*)?$/su.exec(variable) ?? [];
  return lookup(key) ?? fallback;
}

function symbolsOf(plain: string): Part[] {
  const kinds = { '*': 'any', '?': 'one', ':': 'border' } as const;
  return [...plain].map((one) => {
    const kind = kinds[one as '*'];
    return kind === undefined ? { kind: 'text', text: one } : { kind };
  });
}

/** Undefined where a variable has no value: then the pattern matches nothing. */
function parse(pattern: string, lookup: Lookup): readonly Part[] | undefined {
  const symbols: Part[] = [];
  const pieces = pattern.split(VARIABLE);
  for (const [place, piece] of pieces.entries()) {
    if (place % 2 === 0) symbols.push(...symbolsOf(piece));
    else {
      const text = replaced(piece, lookup);
      if (text === undefined) return undefined;
      symbols.push({ kind: 'text', text });
    }
  }
  return symbols;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()|[\]{}/]/gu, '\\$&');
}

function matchesWhole(source: string, text: string): boolean {
  return new RegExp(`^(?:${source})$`, 'su').test(text);
}

/** As `StringLike` compares: `*` is any text, `?` any one character, a colon is a character like any other. */
export function likeText(pattern: string, text: string, lookup: Lookup): boolean {
  const symbols = parse(pattern, lookup);
  if (symbols === undefined) return false;
  const parts = symbols.map((symbol) => {
    if (symbol.kind === 'text') return escaped(symbol.text);
    return { any: '.*', one: '.', border: ':' }[symbol.kind];
  });
  return matchesWhole(parts.join(''), text);
}

/** A text with its variables replaced, and nothing else in it that means something. */
export function plainText(template: string, lookup: Lookup): string | undefined {
  const pieces = template
    .split(VARIABLE)
    .map((piece, place) => (place % 2 === 0 ? piece : replaced(piece, lookup)));
  return pieces.includes(undefined) ? undefined : pieces.join('');
}

/** The sixth segment of an ARN is its last, and may have colons. */
const LAST = 5;

/**
 * As resources are compared: a wildcard stays within its segment, but for a `*` that is the last of its segment, which
 * "can expand to match beyond the colon boundaries".
 */
export function likeArn(pattern: string, arn: string, lookup: Lookup, reaches = true): boolean {
  if (pattern === '*') return true;
  const symbols = parse(pattern, lookup);
  if (symbols === undefined) return false;
  let segment = 0;
  const parts = symbols.map((symbol, place) => {
    if (symbol.kind === 'text') return escaped(symbol.text);
    if (symbol.kind === 'border') {
      segment += 1;
      return ':';
    }
    const next = symbols[place + 1];
    const ends = next === undefined || (next.kind === 'border' && segment < LAST);
    const character = segment >= LAST ? '.' : '[^:]';
    if (symbol.kind === 'one') return character;
    return reaches && ends ? '.*' : `${character}*`;
  });
  return matchesWhole(parts.join(''), arn);
}

/** Actions know no variables, and no case. */
export function likeAction(pattern: string, action: string): boolean {
  const parts = [...pattern].map((one) => ({ '*': '.*', '?': '.' })[one] ?? escaped(one));
  return new RegExp(`^${parts.join('')}$`, 'isu').test(action);
}
