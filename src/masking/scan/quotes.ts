// Where a quoted value ends: quotes that are doubled, escaped as deep as the opening one, or joined as shells do.
const BACKSLASH = 92;
const APOSTROPHE = 39;
/** So much of a value may stand on later lines. */
const LONGEST_LINES = 2048;
const MOST_ESCAPES = 7;

export function isQuote(code: number): boolean {
  return code === 34 || code === APOSTROPHE || code === 96;
}

/** How many backslashes stand before `at`: a quote in a string in a string has three. */
export function escapesBefore(text: string, at: number): number {
  let many = 0;
  while (many < MOST_ESCAPES && text.charCodeAt(at - many - 1) === BACKSLASH) many += 1;
  return many;
}

/** What a shell joins to one word: `'it'\''s'`, `'it'"'"'s'`. How long what joins is, after the quote at `at`. */
function joins(text: string, at: number): number {
  if (text.charCodeAt(at) !== APOSTROPHE) return 0;
  if (text.startsWith("\\''", at + 1)) return 3;
  return text.startsWith(`"'"'`, at + 1) ? 4 : 0;
}

/** A closing quote on a later line is one only where it does not open the next value. */
function closesLines(text: string, from: number, at: number): boolean {
  return at - from <= LONGEST_LINES && !' \t\n=:([{,'.includes(text[at - 1] ?? ' ') && isBreak(text, at + 1);
}

function isBreak(text: string, at: number): boolean {
  return at >= text.length || ' \t\r\n;,)]}<&\\'.includes(text[at] as string);
}

/**
 * The end of what the quote at `from - 1` opens, with so many `escapes` before it; or -1. Backslashes before a quote
 * are read as many at a time as the opening one's have it.
 */
export function endOfQuoted(
  text: string,
  from: number,
  { escapes, most, lines }: { escapes: number; most: number; lines: boolean },
): number {
  const quote = text.charCodeAt(from - 1);
  const last = Math.min(text.length, from + most);
  let hasLines = false;
  for (let at = from, run = 0; at < last; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) {
      run += 1;
      continue;
    }
    const before = run % (2 * escapes + 2);
    run = 0;
    if (code === 10 && quote !== 96) {
      if (!lines || at - from > LONGEST_LINES) return -1;
      hasLines = true;
    }
    if (code !== quote || before > escapes) continue;
    const joined = escapes === 0 ? joins(text, at) : 0;
    if (joined > 0) at += joined;
    else if (escapes === 0 && at > from && text.charCodeAt(at + 1) === quote) at += 1;
    else return hasLines && !closesLines(text, from, at) ? -1 : at - before;
  }
  return -1;
}
