// Makes any text one that cannot deceive its reader: what could not be seen, or would move what is around it, is spelled out.
import type { Shown } from './card.ts';
import { lookalikes } from './lookalikes.ts';

export interface VisibleOptions {
  /** Of the outcome, in UTF-16 code units: what is longer is cut in the middle. At least 100. */
  readonly most: number;
  /** Whether line ends stay line ends. */
  readonly lines: 'one' | 'many';
}

export interface Visible extends Shown {
  /** What to tell whoever reads it. Each goes on where its subject, and a colon, have been said. */
  readonly warnings: readonly string[];
}

/** Never seen as themselves: what has no shape, what turns the writing round, what strikes out or encloses its neighbour. */
const HIDDEN = String.raw`[[\p{C}\p{Z}\p{Me}\p{Default_Ignorable_Code_Point}\u{2800}\u{1d159}\u{fffc}\u{334}-\u{338}\u{27e8}]--[ ]]`;
/** The broker's own marks. A bracket that opens none is spelled out: so every one that is seen opens a mark. */
const MARK = String.raw`⟨(?:U\+[0-9A-F]{4,6}(?: ×[1-9]\d{0,9})?|[1-9][\d,]{0,12} characters? not shown)⟩`;
const ACCENT = String.raw`[[\p{Mn}\p{Mc}]--${HIDDEN}]`;

const PIECES = {
  one: [
    `(?<mark>${MARK})`,
    '(?<blank> {41,})',
    `(?<hidden>${HIDDEN})\\k<hidden>*`,
    `(?<letter>\\p{L}${ACCENT}{0,3})`,
    `(?<loose>${ACCENT})\\k<loose>*`,
    '(?<other>[^])',
  ],
  // So many empty lines would push out of sight what comes after them.
  many: ['(?<empty>(?: {0,40}\\r?\\n){5,})', '(?<line>\\r?\\n)'],
} as const;
const ONE = new RegExp(PIECES.one.join('|'), 'gv');
const MANY = new RegExp([...PIECES.many, ...PIECES.one].join('|'), 'gv');

interface Piece {
  readonly shown: string;
  readonly end: number;
  /** What there is to tell of it. */
  readonly told?: 'mark' | number;
}

function hexOf(point: number): string {
  return `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
}

function spelled(point: number, times: number): string {
  return times > 1 ? `⟨${hexOf(point)} ×${times}⟩` : `⟨${hexOf(point)}⟩`;
}

function pieceOf(match: RegExpExecArray): Piece {
  const [text] = match;
  const end = match.index + text.length;
  const { mark, blank, hidden, loose, empty, line } = match.groups ?? {};
  if (mark !== undefined) return { shown: text, end, told: 'mark' };
  if (line !== undefined) return { shown: '\n', end };
  if (empty !== undefined) return { shown: `\n${spelled(10, text.split('\n').length - 1)}\n`, end };
  if (blank !== undefined) return { shown: spelled(32, text.length), end };
  const run = hidden ?? loose;
  if (run === undefined) return { shown: text, end };
  const point = run.codePointAt(0) ?? 0;
  return { shown: spelled(point, text.length / run.length), end, told: point };
}

/** The pieces of a text, as long as they are asked for. */
function* piecesOf(text: string, lines: VisibleOptions['lines']): Generator<Piece> {
  const pattern = new RegExp(lines === 'many' ? MANY : ONE);
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) yield pieceOf(match);
}

function codePointsIn(text: string): number {
  let pairs = 0;
  for (let place = 0; place < text.length - 1; place += 1) {
    if ((text.codePointAt(place) ?? 0) > 0xffff) pairs += 1;
  }
  return text.length - pairs;
}

/** As many of the pieces as fit, from the first on. */
function fitting(
  pieces: Iterable<Piece>,
  most: number,
): { readonly taken: Piece[]; readonly isAll: boolean } {
  const taken: Piece[] = [];
  let length = 0;
  for (const piece of pieces) {
    length += piece.shown.length;
    if (length > most) return { taken, isAll: false };
    taken.push(piece);
  }
  return { taken, isAll: true };
}

/** As much of the end as fits, never reaching back before `from`. */
function ending(text: string, from: number, most: number, lines: VisibleOptions['lines']) {
  let start = Math.max(from, text.length - most);
  // Not between the halves of a pair, nor between the two characters of one line end.
  if (start > from && /[\udc00-\udfff\n]/.test(text.charAt(start))) start += 1;
  const pieces = [...piecesOf(text.slice(start), lines)];
  let length = pieces.reduce((sum, piece) => sum + piece.shown.length, 0);
  let dropped = 0;
  for (const piece of pieces) {
    if (length <= most) break;
    length -= piece.shown.length;
    dropped += 1;
  }
  return { kept: pieces.slice(dropped), start: start + (pieces[dropped - 1]?.end ?? 0) };
}

export function withThousands(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** A mark is shorter. */
const ROOM_FOR_MARK = 44;

function textOf(pieces: readonly Piece[]): string {
  return pieces.map(({ shown }) => shown).join('');
}

interface Cut {
  readonly text: string;
  readonly pieces: readonly Piece[];
  readonly hidden: number;
}

/** The beginning and the end, and between them how much is left out. */
function cut(text: string, { most, lines }: VisibleOptions): Cut {
  const whole = fitting(piecesOf(text, lines), most);
  if (whole.isAll) return { text: textOf(whole.taken), pieces: whole.taken, hidden: 0 };
  const forEnd = Math.floor((most - ROOM_FOR_MARK) / 3);
  const head = fitting(whole.taken, most - ROOM_FOR_MARK - forEnd).taken;
  const from = head.at(-1)?.end ?? 0;
  const { kept, start } = ending(text, from, forEnd, lines);
  const [before, after] = [textOf(head), textOf(kept)];
  const hidden = codePointsIn(text.slice(from, start));
  const mark = `⟨${withThousands(hidden)} ${hidden === 1 ? 'character' : 'characters'} not shown⟩`;
  const [breakBefore, breakAfter] =
    lines === 'one' ? ['', ''] : [before.endsWith('\n') ? '' : '\n', after.startsWith('\n') ? '' : '\n'];
  return { text: `${before}${breakBefore}${mark}${breakAfter}${after}`, pieces: [...head, ...kept], hidden };
}

const MOST_NAMED = 5;

function hiddenWarning(pieces: readonly Piece[]): readonly string[] {
  const points = [...new Set(pieces.flatMap(({ told }) => (typeof told === 'number' ? [told] : [])))];
  if (points.length === 0) return [];
  const named = points.slice(0, MOST_NAMED).map(hexOf).join(', ');
  const more = points.length > MOST_NAMED ? ` and ${points.length - MOST_NAMED} more` : '';
  return [`has characters that would not be seen, or would mislead (${named}${more}): they are spelled out`];
}

/** Letters of scripts that are written from right to left, whatever stands around them. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10cff}\u{10d00}-\u{10fff}\u{1e800}-\u{1efff}]/u;

export function visible(text: string, options: VisibleOptions): Visible {
  const { text: shown, pieces, hidden } = cut(text, options);
  const characters = codePointsIn(text);
  return {
    text: shown,
    characters,
    isComplete: hidden === 0,
    warnings: [
      ...(hidden === 0
        ? []
        : [`${withThousands(hidden)} of ${withThousands(characters)} characters are not shown`]),
      ...hiddenWarning(pieces),
      ...(pieces.some(({ told }) => told === 'mark')
        ? ['has itself what looks like a mark of the broker, such as ⟨U+202E⟩']
        : []),
      ...(RIGHT_TO_LEFT.test(shown)
        ? ['has writing from right to left: neighbours may be shown in another order than they stand in']
        : []),
      ...lookalikes(shown),
    ],
  };
}
