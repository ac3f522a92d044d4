// Bytes as text and back, in the charset that they say they are in, or are.
import { WINDOWS_1252 } from '../../shared/bytes-as-text.ts';
import { remembered } from '../../shared/remembered.ts';
import {
  fromLoose,
  hasUtf8,
  isKnownFile,
  isMostlyTextBytes,
  toLoose,
  withoutStandIns,
} from './loose-text.ts';
import { decodedWide, guessedWide, hasMuchAscii, isMostlyText, isWide, looksNarrow } from './wide-text.ts';

export interface DecodedText {
  readonly text: string;
  /** Puts other text in its place: undefined where the charset can't write it. */
  readonly encode: (text: string) => Uint8Array | undefined;
  /** As it is read by people, where that differs. */
  readonly readable?: (text: string) => string;
  /** Not a byte a character: what it was taken for may be wrong, and then something narrower is in it. */
  readonly isWide?: true;
  /** What is too short for a character stands at its end, and is not in the text. */
  readonly isCut?: boolean;
  /** It began with a mark, which is no part of the text. */
  readonly isMarked?: true;
}

const BYTE_ORDER_MARKS: readonly (readonly [mark: readonly number[], label: string])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  // Before UTF-16, whose mark it begins with.
  [[0xff, 0xfe, 0, 0], 'utf-32le'],
  [[0, 0, 0xfe, 0xff], 'utf-32be'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

/** Names that the web's standard does not have, of charsets that are read all the same. */
const OTHER_LABELS: ReadonlyMap<string, string> = new Map([
  ...['utf_8', 'utf8mb3', 'utf8mb4', 'cp65001'].map((label) => [label, 'utf-8'] as const),
  ...['utf-32le', 'utf32le', 'ucs-4le'].map((label) => [label, 'utf-32le'] as const),
  ...['utf-32', 'utf32', 'utf-32be', 'utf32be', 'ucs-4', 'ucs-4be', 'iso-10646-ucs-4', 'csucs4'].map(
    (label) => [label, 'utf-32be'] as const,
  ),
]);

/** The canonical name of a label; undefined where none is known of that name. */
export function encodingOf(label: string): string | undefined {
  const name = label.trim().toLowerCase();
  const other = OTHER_LABELS.get(name);
  if (other !== undefined) return other;
  try {
    return new TextDecoder(name).encoding;
  } catch {
    return undefined;
  }
}

function exactly(body: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}

const BYTES: ReadonlyMap<number, number> = new Map([...WINDOWS_1252].map((code, byte) => [code, byte]));

function fromWindows1252(body: Uint8Array): string {
  const codes = Buffer.alloc(body.length * 2);
  for (let place = 0; place < body.length; place += 1) {
    codes.writeUInt16LE(WINDOWS_1252[body[place] ?? 0] ?? 0, place * 2);
  }
  return codes.toString('utf16le');
}

function byteEach(text: string, table: ReadonlyMap<number, number>): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let place = 0; place < text.length; place += 1) {
    const code = text.charCodeAt(place);
    const byte = code < 0x80 ? code : table.get(code);
    if (byte === undefined) return undefined;
    bytes[place] = byte;
  }
  return bytes;
}

const BYTE_A_CHARACTER = /^(?:iso-8859-|windows-|koi8-|macintosh$|x-mac-cyrillic$|ibm866$)/u;

/** By their names; the rest of ASCII is the same in all. */
const bytesIn = remembered((encoding) => {
  const text = new TextDecoder(encoding).decode(Uint8Array.from({ length: 128 }, (_, place) => place + 0x80));
  return new Map(Array.from(text, (character, place) => [character.charCodeAt(0), place + 0x80] as const));
});

function encoderFor(encoding: string): DecodedText['encode'] {
  if (encoding === 'utf-8') return (text) => Buffer.from(text, 'utf8');
  if (encoding === 'windows-1252') return (text) => byteEach(text, BYTES);
  return BYTE_A_CHARACTER.test(encoding) ? (text) => byteEach(text, bytesIn(encoding)) : () => undefined;
}

/** Undefined where the bytes are not of that encoding, every one. */
function decodedAs(body: Uint8Array, encoding: string): DecodedText | undefined {
  if (isWide(encoding)) return decodedWide(body, encoding);
  const text = encoding === 'windows-1252' ? fromWindows1252(body) : exactly(body, encoding);
  return text === undefined ? undefined : { text, encode: encoderFor(encoding) };
}

/** So few may be chance where a mark or a label says that it is wide. */
const LEAST_PAIRS = 8;

/** UTF-8 is none of the wider ones, whatever it says: read as such, it would be letters in which nothing is found. */
function decodedUnless8(body: Uint8Array, encoding: string): DecodedText | undefined {
  const utf8 = isWide(encoding) && !body.includes(0) ? decodedAs(body, 'utf-8') : undefined;
  const decoded = utf8 ?? decodedAs(body, encoding);
  return decoded?.isWide && looksNarrow(decoded.text, LEAST_PAIRS) ? undefined : decoded;
}

/** The mark is no part of the text, and stands before whatever is put in its place. */
function behindMark(mark: readonly number[], decoded: DecodedText): DecodedText {
  return {
    ...decoded,
    isMarked: true,
    encode: (text) => {
      const bytes = decoded.encode(text);
      return bytes === undefined ? undefined : Buffer.concat([Uint8Array.from(mark), bytes]);
    },
  };
}

const beginsWith = (body: Uint8Array, mark: readonly number[]) =>
  mark.every((byte, place) => body[place] === byte);

export function hasMark(body: Uint8Array): boolean {
  return BYTE_ORDER_MARKS.some(([mark]) => beginsWith(body, mark));
}

function byMark(body: Uint8Array): DecodedText | undefined {
  for (const [mark, encoding] of BYTE_ORDER_MARKS) {
    if (!beginsWith(body, mark)) continue;
    const decoded = decodedUnless8(body.subarray(mark.length), encoding);
    if (decoded !== undefined) return behindMark(mark, decoded);
  }
  return undefined;
}

const UTF_8_MARK = [0xef, 0xbb, 0xbf];

/** UTF-8 with bytes between that are none. */
function decodedLoose(body: Uint8Array): DecodedText {
  if (beginsWith(body, UTF_8_MARK))
    return behindMark(UTF_8_MARK, decodedLoose(body.subarray(UTF_8_MARK.length)));
  return { text: fromLoose(body), encode: toLoose, readable: withoutStandIns };
}

function guessed(body: Uint8Array): DecodedText | undefined {
  const encoding = guessedWide(body);
  const decoded = encoding === undefined ? undefined : decodedAs(body, encoding);
  return decoded !== undefined && looksNarrow(decoded.text, 1) ? undefined : decoded;
}

const ZERO = '\0';

/**
 * Undefined where it is no text, as far as its bytes tell. A few bytes that are none, between much that is, do not make it
 * binary: whoever puts one in would turn masking off.
 */
export function decodeIfText(body: Uint8Array): DecodedText | undefined {
  const marked = byMark(body);
  // Halves of characters stand in whatever begins as if it were marked.
  const isWhole = marked !== undefined && (marked.text.isWellFormed() || hasMuchAscii(marked.text));
  if (isWhole && isMostlyText(marked.text)) return marked;
  const utf8 = body.includes(0) ? undefined : decodedAs(body, 'utf-8');
  if (utf8 !== undefined) return utf8;
  if (isKnownFile(body)) return undefined;
  const wide = guessed(body);
  if (wide !== undefined && isMostlyText(wide.text) && hasMuchAscii(wide.text)) return wide;
  if (!isMostlyTextBytes(body)) return undefined;
  return decodedLoose(body);
}

export interface Said {
  /** Its charset, in the canonical name. */
  readonly encoding: string | undefined;
  /** JSON is UTF-8 to most who read it, whatever is said. */
  readonly isUtf8First: boolean;
}

function decodedAsSaid(body: Uint8Array, { encoding, isUtf8First }: Said): DecodedText | undefined {
  const utf8 = isUtf8First && !body.includes(0) ? decodedAs(body, 'utf-8') : undefined;
  return utf8 ?? (encoding === undefined ? undefined : decodedUnless8(body, encoding));
}

/**
 * Windows-1252 only where nothing is said, and nothing in it is UTF-8: one byte that is none would else turn off the masking of
 * all that is beyond ASCII.
 */
function decodedRest(body: Uint8Array, { encoding }: Said): DecodedText {
  return encoding === undefined && !hasUtf8(body)
    ? { text: fromWindows1252(body), encode: encoderFor('windows-1252') }
    : decodedLoose(body);
}

/**
 * By its mark, as it looks, as it says, or else as UTF-8 but for some bytes. Undefined where it has zeros in it even so: no text
 * has, and what looks like one here may be another to who reads it.
 */
export function decodeText(body: Uint8Array, said: Said): DecodedText | undefined {
  const decoded =
    byMark(body) ??
    (beginsWith(body, UTF_8_MARK) ? decodedLoose(body) : undefined) ??
    guessed(body) ??
    decodedAsSaid(body, said) ??
    decodedAs(body, 'utf-8') ??
    decodedRest(body, said);
  return decoded.text.includes(ZERO) ? undefined : decoded;
}

/** Whether whoever heeds what it says reads the same of it. */
export function isAsSaid(
  body: Uint8Array,
  { text, isMarked, readable }: DecodedText,
  { encoding, isUtf8First }: Said,
): boolean {
  if (isMarked) return readable === undefined;
  if (isUtf8First) return exactly(body, 'utf-8') !== undefined;
  return encoding === undefined || decodedAs(body, encoding)?.text === text;
}
