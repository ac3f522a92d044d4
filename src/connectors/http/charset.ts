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

function fromWindows1252(body: Uint8Array): string {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
  return text.replace(/[\u0080-\u009f]/gu, (one) => HIGH[one.charCodeAt(0) - 0x80] ?? one);
}

function toWindows1252(text: string): Uint8Array | undefined {
  const bytes = text.replace(/[\u0080-\u009f\u0100-\uffff]/gu, (one) => {
    const place = HIGH.indexOf(one);
    return place === -1 ? one : String.fromCharCode(0x80 + place);
  });
  return /[^\0-\u00ff]/u.test(bytes) ? undefined : Buffer.from(bytes, 'latin1');
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

/** UTF-8, if it is that and has no zeros, which no text has: with them it may be anything. */
export function decodeUtf8(body: Uint8Array): DecodedText | undefined {
  return body.includes(0) ? undefined : (byMark(body) ?? decodedAs(body, 'utf-8'));
}

/** Of what has zeros: every other byte one, as in ASCII, says which. Some clients read JSON so, whatever it says to be. */
function guessedUtf16(body: Uint8Array): DecodedText | undefined {
  if (body.length < 2 || (body[0] !== 0 && body[1] !== 0)) return undefined;
  return decodedAs(body, body[0] === 0 ? 'utf-16be' : 'utf-16le');
}

/** Text whatever its bytes: by its mark, as it says, as UTF-8 or UTF-16 if it is that, or else byte by byte. */
export function decodeText(body: Uint8Array, label: string | undefined): DecodedText {
  const marked = byMark(body);
  if (marked !== undefined) return marked;
  const encoding = label === undefined ? undefined : encodingOf(label);
  const said = encoding === undefined ? undefined : decodedAs(body, encoding);
  return (
    said ??
    decodeUtf8(body) ??
    guessedUtf16(body) ??
    decodedAs(body, 'utf-8') ?? {
      text: fromWindows1252(body),
      encode: toWindows1252,
    }
  );
}
