// The blanks around what stands in a header, as HTTP knows them.

const BLANKS: ReadonlySet<string> = new Set([' ', '\t']);

/** No more than these: a no-break space may be one of a character's bytes, and so of a secret's, which is found only whole. */
export function withoutBlanks(text: string): string {
  let [start, end] = [0, text.length];
  while (BLANKS.has(text.charAt(start))) start += 1;
  while (end > start && BLANKS.has(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
