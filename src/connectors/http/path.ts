// The path of a request, in the one spelling that is judged and sent on. What could mean two things to two servers is refused.

/** Without the slash before each. */
export interface Path {
  /** As they are meant. */
  readonly segments: readonly string[];
  /** As they are sent: nothing is encoded that need not be, and everything else is. */
  readonly text: string;
}

const MOST_CHARACTERS = 8192;

/** May stand in a path as it is (RFC 3986), but for `;`, after which some servers read what they do not match by. */
const PLAIN = /^[A-Za-z0-9\-._~!$&'()*+,=:@]$/u;
const ALL_PLAIN = /^[A-Za-z0-9\-._~!$&'()*+,=:@]+$/u;
const UNRESERVED = /^[A-Za-z0-9\-._~]$/u;
/**
 * Encoded, they are read by some servers as what they stand for, and by others not. The last four become `/`, `/`, `\` and
 * `%` where Windows fits text into an older charset.
 */
const AMBIGUOUS = /[/\\.%;\u2044\u2215\u2216\u066a]/u;
const CONTROL = /\p{Cc}/u;
const ESCAPES = /^(?:%[0-9A-Fa-f]{2})+/u;
const LONE_SURROGATE = /\p{Cs}/u;

/** Whether some servers take it for one of those that part and end segments: `／` is a slash where text is made ASCII. */
function isAmbiguous(value: string): boolean {
  return AMBIGUOUS.test(value.normalize('NFKC'));
}

/** What the escapes mean; undefined where they are no UTF-8. */
function decoded(escapes: string): string | undefined {
  try {
    return decodeURIComponent(escapes);
  } catch {
    return undefined;
  }
}

function encoded(character: string): string {
  return PLAIN.test(character) ? character : encodeURIComponent(character);
}

interface Piece {
  readonly value: string;
  readonly text: string;
}

/** Escapes in a row: of what needs none they are taken off, of the rest they stay. */
function pieceOfEscapes(escapes: string): Piece | undefined {
  const value = decoded(escapes);
  if (value === undefined || isAmbiguous(value) || CONTROL.test(value)) return undefined;
  const text = Array.from(value, (one) => (UNRESERVED.test(one) ? one : percent(one))).join('');
  return { value, text };
}

/** Every byte, also of what `encodeURIComponent` leaves: what was encoded may mean something else than what was not. */
function percent(character: string): string {
  return Array.from(
    new TextEncoder().encode(character),
    (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('');
}

function pieceOfCharacter(character: string): Piece | undefined {
  const isRefused =
    CONTROL.test(character) ||
    LONE_SURROGATE.test(character) ||
    (character !== '.' && isAmbiguous(character));
  return isRefused ? undefined : { value: character, text: encoded(character) };
}

/** Of dots alone: here, above, and on some systems further above; blanks at its end are taken off on some. */
const DOTS_ALONE = /^[.\s]*$/u;

function parseSegment(raw: string): Piece | undefined {
  // Most are of plain characters alone, each of which is what it means.
  const piece = ALL_PLAIN.test(raw) ? { value: raw, text: raw } : parsePieces(raw);
  return piece === undefined || DOTS_ALONE.test(piece.value) ? undefined : piece;
}

function parsePieces(raw: string): Piece | undefined {
  let value = '';
  let text = '';
  for (let at = 0; at < raw.length; ) {
    const escapes = ESCAPES.exec(raw.slice(at))?.[0];
    const character = escapes ?? String.fromCodePoint(raw.codePointAt(at) as number);
    const piece = escapes === undefined ? pieceOfCharacter(character) : pieceOfEscapes(escapes);
    if (piece === undefined) return undefined;
    value += piece.value;
    text += piece.text;
    at += character.length;
  }
  return { value, text };
}

/**
 * Reads the path of a request line, without its query: `/tickets/42`. Undefined where it has an empty segment, one of dots
 * alone, a backslash, a `;`, a control character, an escape that is no UTF-8, or one of `/`, `\`, `.`, `%` or `;`.
 */
export function parsePath(raw: string): Path | undefined {
  if (raw === '/') return { segments: [], text: '/' };
  if (!raw.startsWith('/') || raw.length > MOST_CHARACTERS || /[?#]/u.test(raw)) return undefined;
  const pieces = raw.slice(1).split('/').map(parseSegment);
  const whole = pieces.filter((piece) => piece !== undefined);
  if (whole.length !== pieces.length) return undefined;
  return {
    segments: whole.map(({ value }) => value),
    text: whole.map(({ text }) => `/${text}`).join(''),
  };
}
