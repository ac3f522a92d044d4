// JSON within free text: a bare number that is masked becomes a string there, so that what was JSON still is.

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/u;
const MOST_BLANKS = 8;

/** The quote that would make a string of it, as the name before it has it (`"` or `\"`), or undefined where none is needed. */
export function quoteFor(text: string, start: number, end: number): string | undefined {
  if (!endsValue(text.charCodeAt(end)) || !NUMBER.test(text.slice(start, end))) return undefined;
  let at = start;
  while (at > 0 && start - at < MOST_BLANKS && isBlank(text.charCodeAt(at - 1))) at -= 1;
  if (text[at - 1] !== ':') return undefined;
  at -= 1;
  while (at > 0 && start - at < MOST_BLANKS && isBlank(text.charCodeAt(at - 1))) at -= 1;
  if (text[at - 1] !== '"') return undefined;
  let from = at - 1;
  while (from > 0 && at - from < MOST_BLANKS && text[from - 1] === '\\') from -= 1;
  return text.slice(from, at);
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13;
}

/** A comma, a bracket, a blank, a backslash (of `\n`), or the text's end. */
function endsValue(code: number): boolean {
  return Number.isNaN(code) || isBlank(code) || code === 44 || code === 93 || code === 125 || code === 92;
}
