// How many columns of a terminal a text takes, and how many the terminal has.

const WIDE =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]/u;
const MARK = /\p{M}/u;

function columnsOfOne(character: string): number {
  // Most text is this, and needs no tables.
  if (character >= ' ' && character <= '~') return 1;
  if (MARK.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += columnsOfOne(character);
  return columns;
}

/** As much of the beginning as fits; at least one character, so that whoever goes on with the rest comes to an end. */
function beginning(text: string, width: number): string {
  let columns = 0;
  let fits = '';
  for (const character of text) {
    columns += columnsOfOne(character);
    if (columns > width && fits !== '') return fits;
    fits += character;
  }
  return fits;
}

export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columnsOf(text)));
}

/** With a sign where something is left out. */
export function cut(text: string, width: number): string {
  return columnsOf(text) <= width ? text : `${beginning(text, width - 1)}…`;
}

/** Lines of at most that many columns, broken between words, and within those that are longer than a line. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && columnsOf(line) + 1 + columnsOf(word) <= width) {
      line += ` ${word}`;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (columnsOf(line) > width) {
      const part = beginning(line, width);
      lines.push(part);
      line = line.slice(part.length);
    }
  }
  return [...lines, line];
}

/** Lines of at most that many columns, broken where they are full: nothing is left out, no blank either. */
export function broken(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (columnsOf(rest) > width) {
    const part = beginning(rest, width);
    lines.push(part);
    rest = rest.slice(part.length);
  }
  return [...lines, rest];
}

interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** COLUMNS, if it says something, else the terminal's own. What goes into a file or a pipe is as wide as it is. */
export function screenWidth(environment: NodeJS.ProcessEnv, { isTTY = false, columns }: Screen): number {
  const said = environment['COLUMNS'] ?? '';
  if (/^[1-9]\d{0,3}$/.test(said)) return Number(said);
  return isTTY && columns !== undefined && columns > 0 ? columns : Number.POSITIVE_INFINITY;
}
