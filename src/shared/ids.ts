// Ids: a prefix, ten characters of time and sixteen of randomness (or of a hash), sortable by time.
import { createHash } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_CHARACTERS = 10;
const TAIL_BYTES = 10;

export type IdPrefix = 'task' | 'call' | 'appr' | 'dele' | 'evt' | 'req';

/** What ten bits are written as. */
const PAIRS = Array.from({ length: 1024 }, (_, bits) => `${ALPHABET[bits >> 5]}${ALPHABET[bits & 31]}`);

/** Five bytes in base 32, most significant first, without letters that are easily confused. */
function base32(bytes: Uint8Array, from: number): string {
  const [a, b] = [bytes[from] ?? 0, bytes[from + 1] ?? 0];
  const [c, d, e] = [bytes[from + 2] ?? 0, bytes[from + 3] ?? 0, bytes[from + 4] ?? 0];
  const first = `${PAIRS[(a << 2) | (b >> 6)]}${PAIRS[((b & 63) << 4) | (c >> 4)]}`;
  return `${first}${PAIRS[((c & 15) << 6) | (d >> 2)]}${PAIRS[((d & 3) << 8) | e]}`;
}

/** The latest that was written: mostly several ids are made in one moment. */
let written = { at: Number.NaN, text: '' };

function timePart(at: Date): string {
  const moment = at.getTime();
  if (moment === written.at) return written.text;
  let rest = moment;
  let text = '';
  for (let i = 0; i < TIME_CHARACTERS; i += 1) {
    text = ALPHABET[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  written = { at: moment, text };
  return text;
}

/** Beyond that moment, tens of thousands of years ahead, ten characters do not reach. */
const LAST_MOMENT = 32 ** TIME_CHARACTERS - 1;

/** What lies before every id of that kind that was made at that moment or later, and after every earlier one. */
export function leastId(prefix: IdPrefix, at: Date): string {
  const moment = Math.min(Math.max(at.getTime(), 0), LAST_MOMENT);
  return `${prefix}_${timePart(new Date(moment))}`;
}

/** An id whose tail is the given bytes; ten are used. */
export function makeId(prefix: IdPrefix, at: Date, tail: Uint8Array): string {
  if (tail.length < TAIL_BYTES) throw new RangeError(`an id needs ${TAIL_BYTES} bytes`);
  return `${prefix}_${timePart(at)}${base32(tail, 0)}${base32(tail, TAIL_BYTES / 2)}`;
}

/**
 * The first two of the bytes follow the time instead, in steps of 16 ms: what is made in a moment lies together in an
 * index of tails, whose pages are then written for many at once. The others stay random.
 */
export function timelyTail(at: Date, random: Uint8Array): Uint8Array {
  const step = Math.floor(at.getTime() / 16);
  const tail = Uint8Array.from(random);
  [tail[0], tail[1]] = [Math.floor(step / 256) % 256, step % 256];
  return tail;
}

/** The same sixteen characters for the same parts, so that a claim and what it claims are one record. */
export function tailFrom(...parts: readonly string[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest().subarray(0, TAIL_BYTES);
}

const FORM = new RegExp(`^([a-z]+)_([${ALPHABET}]{${TIME_CHARACTERS}})([${ALPHABET}]{16})$`);

export function isId(prefix: IdPrefix, text: string): boolean {
  return FORM.exec(text)?.[1] === prefix;
}

const PLACE = new RegExp(`^([a-z]+)_([${ALPHABET}]{${TIME_CHARACTERS}})(?:[${ALPHABET}]{16})?$`);

/** When an id of that kind was made, or for which moment it is the least; undefined where it is neither. */
export function timeOf(prefix: IdPrefix, text: string): Date | undefined {
  const [, kind, time = ''] = PLACE.exec(text) ?? [];
  if (kind !== prefix) return undefined;
  return new Date([...time].reduce((sum, character) => sum * 32 + ALPHABET.indexOf(character), 0));
}

/** The part of an id that does not depend on when it was made. */
export function tailOf(id: string): string {
  const tail = FORM.exec(id)?.[3];
  if (tail === undefined) throw new TypeError('not an id');
  return tail;
}
