// Bytes that are text but for some of them: all that is UTF-8 in them as text, and back with every other byte in its place.
import { FIRST_STAND_IN } from '../../shared/bytes-as-text.ts';

/** The range in which a character's second byte must be: not too long for what it says, no half of UTF-16, none beyond the last. */
function secondOf(first: number): readonly [least: number, most: number] {
  if (first === 0xe0) return [0xa0, 0xbf];
  if (first === 0xed) return [0x80, 0x9f];
  if (first === 0xf0) return [0x90, 0xbf];
  return first === 0xf4 ? [0x80, 0x8f] : [0x80, 0xbf];
}

/** By the first byte. */
const LENGTHS = Uint8Array.from({ length: 256 }, (_, first) => {
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
});
const LEAST_SECOND = Uint8Array.from({ length: 256 }, (_, first) => secondOf(first)[0]);
const MOST_SECOND = Uint8Array.from({ length: 256 }, (_, first) => secondOf(first)[1]);

const isRest = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80;

/** How many bytes the character there has; 0 where there is none that is UTF-8. */
function lengthAt(body: Uint8Array, place: number): number {
  const first = body[place] ?? 0;
  const length = LENGTHS[first] ?? 0;
  if (length < 2) return length;
  const second = body[place + 1] ?? 0;
  if (second < (LEAST_SECOND[first] ?? 0) || second > (MOST_SECOND[first] ?? 0)) return 0;
  if (length > 2 && !isRest(body[place + 2])) return 0;
  return length > 3 && !isRest(body[place + 3]) ? 0 : length;
}

/** Whether a character beyond ASCII is in it that is UTF-8. */
export function hasUtf8(body: Uint8Array): boolean {
  for (let place = 0; place < body.length; place += 1) if (lengthAt(body, place) > 1) return true;
  return false;
}

export const isControl = (code: number) => (code < 0x20 && (code < 0x09 || code > 0x0d)) || code === 0x7f;

/** Nine tenths of it. */
export const isMost = (part: number, whole: number) => part * 10 >= whole * 9;

/** What is packed has every byte as often as every other: four in ten are ASCII, and one is a control. */
export function isMostlyTextBytes(body: Uint8Array): boolean {
  let text = 0;
  let controls = 0;
  let place = 0;
  while (place < body.length) {
    const byte = body[place] ?? 0;
    const length = lengthAt(body, place);
    if (byte < 0x80 && isControl(byte)) controls += 1;
    else text += length;
    place += Math.max(1, length);
  }
  return controls === 0 || isMost(text, body.length);
}

/** How files begin whose parts are found by where they stand: changed, they would be broken. */
const SIGNATURES: readonly (readonly [at: number, bytes: Uint8Array])[] = (
  [
    [0, '%PDF-'],
    [0, 'PK\x03\x04'],
    [0, 'PK\x05\x06'],
    [0, '\x1f\x8b\x08'],
    [0, '\x89PNG\r\n\x1a\n'],
    [0, 'GIF87a'],
    [0, 'GIF89a'],
    [0, '\xff\xd8\xff'],
    [8, 'WEBP'],
    [8, 'WAVE'],
    [4, 'ftyp'],
    [0, 'OggS'],
    [0, 'fLaC'],
    [0, 'wOFF'],
    [0, 'wOF2'],
    [0, '\0asm'],
    [0, '\x7fELF'],
    [0, '7z\xbc\xaf\x27\x1c'],
    [0, '\x28\xb5\x2f\xfd'],
    [0, '\xfd7zXZ\0'],
    [257, 'ustar'],
    [0, 'SQLite format 3\0'],
    [0, 'PAR1'],
  ] as const
).map(([at, text]) => [at, Buffer.from(text, 'latin1')]);

/** Controls that no text has, but for blanks and ends of lines and pages. */
function hasControls(body: Uint8Array): boolean {
  for (const byte of body) {
    if (byte < 32 && (byte < 9 || byte > 13 || byte === 11)) return true;
  }
  return false;
}

/** Most signatures are text, which anybody may begin a text with: but files have controls in them, and texts have none. */
export function isKnownFile(body: Uint8Array): boolean {
  return (
    hasControls(body) &&
    SIGNATURES.some(([at, bytes]) => bytes.every((byte, place) => body[at + place] === byte))
  );
}

const STAND_IN = /[\uf780-\uf7ff]/gu;

/** Those that stand for bytes are none themselves here: what is so written stays byte by byte. */
const isStandIn = (body: Uint8Array, place: number) =>
  body[place] === 0xef && (body[place + 1] === 0x9e || body[place + 1] === 0x9f);

function codeAt(body: Uint8Array, place: number, length: number): number {
  let code = (body[place] ?? 0) & (0xff >> (length + 1));
  for (let next = 1; next < length; next += 1) code = (code << 6) | ((body[place + next] ?? 0) & 0x3f);
  return code;
}

export function fromLoose(body: Uint8Array): string {
  const units = new Uint16Array(body.length);
  let end = 0;
  let place = 0;
  while (place < body.length) {
    const byte = body[place] ?? 0;
    const length = byte < 0x80 || isStandIn(body, place) ? 0 : lengthAt(body, place);
    const code =
      length === 0 ? (byte < 0x80 ? byte : FIRST_STAND_IN + byte - 0x80) : codeAt(body, place, length);
    if (code > 0xffff) {
      units[end] = 0xd7c0 + (code >> 10);
      units[end + 1] = 0xdc00 + (code & 0x3ff);
      end += 2;
    } else {
      units[end] = code;
      end += 1;
    }
    place += Math.max(1, length);
  }
  return Buffer.from(units.buffer, 0, end * 2).toString('utf16le');
}

export function toLoose(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8');
  let end = 0;
  for (let place = 0; place < bytes.length; place += 1, end += 1) {
    const isOne = isStandIn(bytes, place);
    bytes[end] = isOne ? (codeAt(bytes, place, 3) & 0x7f) | 0x80 : (bytes[place] ?? 0);
    if (isOne) place += 2;
  }
  return bytes.subarray(0, end);
}

/** As it is read by people. */
export function withoutStandIns(text: string): string {
  return text.replace(STAND_IN, '\ufffd');
}
