// UTF-16 and UTF-32 as text and back, either way round, and how they are told by where their zeros stand.

import { isControl, isMost } from './loose-text.ts';

export type Wide = 'utf-16le' | 'utf-16be' | 'utf-32le' | 'utf-32be';

export function isWide(encoding: string): encoding is Wide {
  return ['utf-16le', 'utf-16be', 'utf-32le', 'utf-32be'].includes(encoding);
}

function fromUtf16(body: Uint8Array, isBigEndian: boolean): string {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return (isBigEndian ? Buffer.from(bytes).swap16() : bytes).toString('utf16le');
}

function toUtf16(text: string, isBigEndian: boolean): Uint8Array {
  const bytes = Buffer.from(text, 'utf16le');
  return isBigEndian ? bytes.swap16() : bytes;
}

const LAST_CODE = 0x10_ffff;

function fromUtf32(body: Uint8Array, isBigEndian: boolean): string | undefined {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const units = Buffer.alloc(body.length);
  let end = 0;
  for (let place = 0; place < body.length; place += 4) {
    const code = view.getUint32(place, !isBigEndian);
    if (code > LAST_CODE || (code >= 0xd800 && code <= 0xdfff)) return undefined;
    if (code > 0xffff) {
      end = units.writeUInt16LE(0xd7c0 + (code >> 10), end);
      end = units.writeUInt16LE(0xdc00 + (code & 0x3ff), end);
    } else end = units.writeUInt16LE(code, end);
  }
  return units.toString('utf16le', 0, end);
}

function toUtf32(text: string, isBigEndian: boolean): Uint8Array {
  const bytes = Buffer.alloc(text.length * 4);
  let end = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    end = isBigEndian ? bytes.writeUInt32BE(code, end) : bytes.writeUInt32LE(code, end);
  }
  return bytes.subarray(0, end);
}

export interface WideText {
  readonly text: string;
  readonly encode: (text: string) => Uint8Array;
  readonly isWide: true;
  /** What is too short for a character stands at its end, and is not in the text. */
  readonly isCut: boolean;
}

/** Halves of characters stay, and so does what is too short for one at the end. Undefined where it is none of that. */
export function decodedWide(body: Uint8Array, encoding: Wide): WideText | undefined {
  const isBigEndian = encoding.endsWith('be');
  const is16 = encoding.startsWith('utf-16');
  const whole = body.length - (body.length % (is16 ? 2 : 4));
  const rest = body.subarray(whole);
  if (whole === 0 && rest.length > 0) return undefined;
  const text = (is16 ? fromUtf16 : fromUtf32)(body.subarray(0, whole), isBigEndian);
  if (text === undefined) return undefined;
  const encode = (other: string) => Buffer.concat([(is16 ? toUtf16 : toUtf32)(other, isBigEndian), rest]);
  return { text, encode, isWide: true, isCut: rest.length > 0 };
}

function zerosByPlace(body: Uint8Array): readonly [number, number, number, number] {
  const zeros: [number, number, number, number] = [0, 0, 0, 0];
  for (let place = body.indexOf(0); place !== -1 && place < body.length; place += 1) {
    if (body[place] === 0) zeros[(place & 3) as 0 | 1 | 2 | 3] += 1;
  }
  return zeros;
}

/** As much ASCII as any text has in it with which there is something to mask. */
const LEAST_SHARE = 8;
/** How many times more often zeros stand on the one side than on the other. */
const CLEARLY = 4;

/** Without a mark: by the zeros beside ASCII, in all of it. */
export function guessedWide(body: Uint8Array): Wide | undefined {
  const [first, second, third, fourth] = zerosByPlace(body);
  const quads = body.length >> 2;
  if (quads > 0 && fourth === quads && third * 2 >= quads && first * 2 < quads) return 'utf-32le';
  if (quads > 0 && first >= quads && second * 2 >= quads && fourth * 2 < quads) return 'utf-32be';
  const pairs = body.length >> 1;
  const [even, odd] = [first + third, second + fourth];
  if (odd * LEAST_SHARE >= pairs && odd > even * CLEARLY) return 'utf-16le';
  return even * LEAST_SHARE >= pairs && even > odd * CLEARLY ? 'utf-16be' : undefined;
}

const isAscii = (code: number) => code < 0x80 && !isControl(code);

/** More in a row than there is in any text by chance. */
const LONGEST_RUN = 12;

/**
 * Bytes of narrower text taken for wide letters, two in each: then what is to be masked in it would not be found. `least` is how
 * many of them are no chance.
 */
export function looksNarrow(text: string, least: number): boolean {
  let [ascii, wide, pairs, run, longest] = [0, 0, 0, 0, 0];
  for (let place = 0; place < text.length; place += 1) {
    const code = text.charCodeAt(place);
    const isPair = code > 0xff && isAscii(code >> 8) && isAscii(code & 0xff);
    if (isAscii(code)) ascii += 1;
    if (code > 0xff) wide += 1;
    if (isPair) pairs += 1;
    run = isPair ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest >= LONGEST_RUN || (pairs >= least && pairs * 2 > wide && pairs * 2 > ascii);
}

/** Hardly a control in it: what is no text has as many of them as of anything else. */
export function isMostlyText(text: string): boolean {
  let others = 0;
  for (let place = 0; place < text.length; place += 1) {
    const code = text.charCodeAt(place);
    if (isControl(code) || (code >= 0x80 && code <= 0x9f) || code >= 0xfffe) others += 1;
  }
  return isMost(text.length - others, text.length);
}

/** A quarter of it: sounds and tables, too, have zeros on one side. */
export function hasMuchAscii(text: string): boolean {
  let ascii = 0;
  for (let place = 0; place < text.length; place += 1) if (isAscii(text.charCodeAt(place))) ascii += 1;
  return ascii * 4 >= text.length;
}
