// Base58: the alphabet without look-alikes that wallets are written in.
import { createHash } from 'node:crypto';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

const VALUES = new Int8Array(128).fill(-1);
for (let at = 0; at < ALPHABET.length; at += 1) VALUES[ALPHABET.charCodeAt(at)] = at;

export function isBase58(text: string, from = 0, to = text.length): boolean {
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 127 || VALUES[code] === -1) return false;
  }
  return to > from;
}

/** What it stands for; `text` is base58. Takes the square of its length: for short texts only. */
export function fromBase58(text: string): Uint8Array {
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    let carry = VALUES[text.charCodeAt(at)] as number;
    for (let place = 0; place < bytes.length; place += 1) {
      carry += (bytes[place] as number) * 58;
      bytes[place] = carry & 255;
      carry >>= 8;
    }
    for (; carry > 0; carry >>= 8) bytes.push(carry & 255);
  }
  for (let at = 0; text[at] === '1'; at += 1) bytes.push(0);
  return Uint8Array.from(bytes.reverse());
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

/** Whether the last four bytes are the hash's hash of those before. */
export function isBase58Check(bytes: Uint8Array): boolean {
  if (bytes.length < 5) return false;
  const body = bytes.subarray(0, -4);
  return sha256(sha256(body)).subarray(0, 4).equals(bytes.subarray(-4));
}

/** Ripple has the same letters in another order. */
const RIPPLE = 'rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz';

export function fromRipple(text: string): string {
  let out = '';
  for (const character of text) out += ALPHABET[RIPPLE.indexOf(character)];
  return out;
}
