// Check digits and encodings of made-up numbers, written apart from the detectors so that one mistake is not in both.
import { createHash } from 'node:crypto';

const digitsOf = (text: string) => [...text].map(Number);

export function weighted(text: string, weights: readonly number[]): number {
  return digitsOf(text).reduce((sum, digit, at) => sum + digit * (weights[at] ?? 0), 0);
}

/** The digit that makes `text` and it pass Luhn's check. */
export function luhnDigit(text: string): string {
  const sum = digitsOf(text)
    .reverse()
    .reduce((total, digit, at) => total + (at % 2 === 1 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2), 0);
  return String((10 - (sum % 10)) % 10);
}

function mod97(text: string): number {
  let rest = 0;
  for (const character of text.toUpperCase()) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}

export function ibanOf(country: string, account: string): string {
  const check = 98 - mod97(`${account}${country}00`);
  return `${country}${String(check).padStart(2, '0')}${account}`;
}

const FIVES = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

function times(a: number, b: number): number {
  // The dihedral group of ten elements: turns below five, mirrored from five on.
  const turn = a < 5 ? a + (b % 5) : a - (b % 5);
  const place = ((turn % 5) + 5) % 5;
  return a < 5 === b < 5 ? place : place + 5;
}

function permuted(digit: number, often: number): number {
  let out = digit;
  for (let at = 0; at < often % 8; at += 1) out = FIVES[out] as number;
  return out;
}

export function verhoeffDigit(text: string): string {
  const sum = digitsOf(text)
    .reverse()
    .reduce((total, digit, at) => times(total, permuted(digit, at + 1)), 0);
  return String([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].find((digit) => times(sum, digit) === 0));
}

/** ISO 7064, mod 11,10: of German tax ids. */
export function mod1110Digit(text: string): string {
  let product = 10;
  for (const digit of digitsOf(text)) product = (((digit + product) % 10 || 10) * 2) % 11;
  return String((11 - product) % 10);
}

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

export function base58(bytes: Uint8Array): string {
  let number = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (; number > 0n; number /= 58n) text = BASE58[Number(number % 58n)] + text;
  let zeros = 0;
  while (bytes[zeros] === 0) zeros += 1;
  return '1'.repeat(zeros) + text;
}

export function base58Check(bytes: Uint8Array): string {
  return base58(Buffer.concat([bytes, sha256(sha256(bytes)).subarray(0, 4)]));
}

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

function polymod(values: readonly number[]): number {
  let check = 1;
  for (const value of values) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    GENERATORS.forEach((generator, bit) => {
      if (((top >>> bit) & 1) === 1) check ^= generator;
    });
  }
  return check;
}

/** `version` is left out where a chain has none. Version 1 and later are of the newer kind. */
export function bech32(prefix: string, bytes: Uint8Array, version?: number): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const fives = (bits.match(/.{1,5}/gu) ?? []).map((five) => Number.parseInt(five.padEnd(5, '0'), 2));
  const data = version === undefined ? fives : [version, ...fives];
  const codes = [...prefix].map((character) => character.charCodeAt(0));
  const head = [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
  const target = version !== undefined && version > 0 ? 0x2bc830a3 : 1;
  const sum = polymod([...head, ...data, 0, 0, 0, 0, 0, 0]) ^ target;
  const check = [5, 4, 3, 2, 1, 0].map((at) => (sum >>> (5 * at)) & 31);
  return `${prefix}1${[...data, ...check].map((five) => BECH32[five]).join('')}`;
}
