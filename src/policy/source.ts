// One `.cedar` file, cut into its policies, so that each is parsed, named and blamed on its own.

export interface Piece {
  /** From its first token to its semicolon. */
  readonly text: string;
  /** The same length, with comments blanked, so that nothing is found in them. */
  readonly code: string;
  /** Where it starts in the file, in UTF-16 units. */
  readonly start: number;
  readonly line: number;
  readonly column: number;
  /** How deep its brackets nest. */
  readonly depth: number;
}

// White space, a comment, a string, a bracket, a semicolon or anything else, as Cedar's lexer cuts them.
const TOKEN = /\s+|\/\/[^\n\r]*|"(?:[^"\\]|\\[\s\S])*"?|[([{]|[)\]}]|;|[^\s"()[\]{};/]+|\//g;

/** A policy ends with a semicolon, and a semicolon stands nowhere else but in strings and comments. */
export function cutPolicies(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let code = '';
  let start = -1;
  let end = 0;
  let level = 0;
  let depth = 0;
  // Counted on from one policy to the next: a file may hold thousands.
  let line = 1;
  let counted = 0;
  const finish = () => {
    if (start < 0) return;
    const column = start - (start === 0 ? -1 : text.lastIndexOf('\n', start - 1));
    line += lineAt(text, start, counted) - 1;
    counted = start;
    pieces.push({
      text: text.slice(start, end),
      code: code.slice(0, end - start),
      start,
      line,
      column,
      depth,
    });
    start = -1;
    level = 0;
    depth = 0;
  };
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const comment = token.startsWith('//');
    if (start >= 0) code += comment ? ' '.repeat(token.length) : token;
    if (comment || /^\s/.test(token)) continue;
    if (start < 0) {
      start = index;
      code = token;
    }
    end = index + token.length;
    if ('([{'.includes(token)) {
      level += 1;
      depth = Math.max(depth, level);
    } else if (')]}'.includes(token)) level -= 1;
    else if (token === ';') finish();
  }
  finish();
  return pieces;
}

/** The line, from 1, in which this UTF-16 unit stands, counted from `from` on. */
export function lineAt(text: string, offset: number, from = 0): number {
  let line = 1;
  for (let at = text.indexOf('\n', from); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** The line of a piece's file in which a byte of the piece stands: Cedar counts in UTF-8. */
export function lineOfByte(piece: Piece, byte: number): number {
  const before = Buffer.from(piece.text).subarray(0, byte).toString();
  return piece.line + lineAt(before, before.length) - 1;
}
