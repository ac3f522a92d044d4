// Text that people decide by: purposes, requesters, reasons. It can be seen, and it reads as what it is.

/** The blanks among the signs (braille's and music's) count for as little as what every renderer leaves out. */
const SEEN = /(?![\p{Default_Ignorable_Code_Point}\u{2800}\u{1d159}])[\p{L}\p{N}\p{P}\p{S}]/u;

/** Controls, but for tabs and ends of lines; and what turns the writing round for all that follows. */
const MISLEADING = /(?!\t|\r?\n)[\p{Cc}\u{202a}-\u{202e}\u{2066}-\u{2069}]/u;

/** What of it can't be shown to people as it is, or undefined. */
export function wordsProblem(text: string): string | undefined {
  if (!text.isWellFormed()) return 'must be Unicode, without halves of pairs';
  const point = MISLEADING.exec(text)?.[0].codePointAt(0);
  if (point !== undefined) {
    const name = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
    return `must not hold ${name}: no controls but tabs and line ends, and nothing that turns the writing round`;
  }
  return SEEN.test(text) ? undefined : 'must have a character that can be seen';
}
