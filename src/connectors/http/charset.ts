// Bytes as text and back, in the charset that they say they are in, or are.

export interface DecodedText {
  readonly text: string;
  /** Puts other text in its place: undefined where the charset can't write it. */
  readonly encode: (text: string) => Uint8Array | undefined;
}

const BYTE_ORDER_MARKS: readonly (readonly [mark: readonly number[], label: string])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

/** The canonical name of a label; undefined where none is known of that name. */
function encodingOf(label: string): string | undefined {
  try {
    return new TextDecoder(label.trim()).encoding;
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

function utf16(text: string, isBigEndian: boolean): Uint8Array {
  const bytes = Buffer.from(text, 'utf16le');
  return isBigEndian ? bytes.swap16() : bytes;
}

/** What the bytes from 0x80 to 0x9f are there; each of the others is the character of its number. */
const HIGH = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

const CODES = Uint16Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x80 && byte <= 0x9f ? HIGH.charCodeAt(byte - 0x80) : byte,
);
const BYTES: ReadonlyMap<number, number> = new Map([...CODES].map((code, byte) => [code, byte]));

function fromWindows1252(body: Uint8Array): string {
  const codes = Buffer.alloc(body.length * 2);
  for (let place = 0; place < body.length; place += 1) {
    codes.writeUInt16LE(CODES[body[place] ?? 0] ?? 0, place * 2);
  }
  return codes.toString('utf16le');
}

function toWindows1252(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let place = 0; place < text.length; place += 1) {
    const code = text.charCodeAt(place);
    const byte = code < 0x80 ? code : BYTES.get(code);
    if (byte === undefined) return undefined;
    bytes[place] = byte;
  }
  return bytes;
}

function encoderFor(encoding: string): DecodedText['encode'] {
  if (encoding === 'utf-8') return (text) => Buffer.from(text, 'utf8');
  if (encoding === 'utf-16le') return (text) => utf16(text, false);
  if (encoding === 'utf-16be') return (text) => utf16(text, true);
  return encoding === 'windows-1252' ? toWindows1252 : () => undefined;
}

/** Undefined where the bytes are not of that encoding, every one. */
function decodedAs(body: Uint8Array, encoding: string): DecodedText | undefined {
  const text = encoding === 'windows-1252' ? fromWindows1252(body) : exactly(body, encoding);
  return text === undefined ? undefined : { text, encode: encoderFor(encoding) };
}

/** The mark is no part of the text, and stands before whatever is put in its place. */
function byMark(body: Uint8Array): DecodedText | undefined {
  for (const [mark, encoding] of BYTE_ORDER_MARKS) {
    if (!mark.every((byte, place) => body[place] === byte)) continue;
    const decoded = decodedAs(body.subarray(mark.length), encoding);
    if (decoded === undefined) return undefined;
    return {
      text: decoded.text,
      encode: (text) => {
        const bytes = decoded.encode(text);
        return bytes === undefined ? undefined : Buffer.concat([Uint8Array.from(mark), bytes]);
      },
    };
  }
  return undefined;
}

const ZERO = '\0';

/** Undefined where it is no text, as far as its bytes tell: no text has zeros in it, and with them it may be anything. */
export function decodeIfText(body: Uint8Array): DecodedText | undefined {
  const marked = byMark(body);
  if (marked !== undefined && !marked.text.includes(ZERO)) return marked;
  return body.includes(0) ? undefined : decodedAs(body, 'utf-8');
}

const LOOKED_AT = 16;

/** By its first characters, where they are ASCII: some clients read JSON so, whatever it says to be. */
function guessedUtf16(body: Uint8Array): DecodedText | undefined {
  const zeros = (first: number) =>
    body.subarray(0, LOOKED_AT).every((byte, place) => (byte === 0) === (place % 2 === first));
  if (body.length < 2) return undefined;
  if (zeros(0)) return decodedAs(body, 'utf-16be');
  return zeros(1) ? decodedAs(body, 'utf-16le') : undefined;
}

export interface Said {
  readonly label: string | undefined;
  /** JSON is UTF-8 to most who read it, whatever is said. */
  readonly isUtf8First: boolean;
}

function decodedAsSaid(body: Uint8Array, { label, isUtf8First }: Said): DecodedText | undefined {
  const encoding = label === undefined ? undefined : encodingOf(label);
  // What is UTF-16 has ASCII in it, and so zeros: read so, UTF-8 would be letters in which nothing is found.
  const isUtf8 = isUtf8First || encoding === undefined || encoding.startsWith('utf-16');
  const utf8 = isUtf8 && !body.includes(0) ? decodedAs(body, 'utf-8') : undefined;
  return utf8 ?? (encoding === undefined ? undefined : decodedAs(body, encoding));
}

/** Text whatever its bytes: by its mark, as it looks, as it says, or else byte by byte. */
export function decodeText(body: Uint8Array, said: Said): DecodedText {
  return (
    byMark(body) ??
    guessedUtf16(body) ??
    decodedAsSaid(body, said) ??
    decodedAs(body, 'utf-8') ?? { text: fromWindows1252(body), encode: toWindows1252 }
  );
}
