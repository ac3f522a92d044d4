// Bech32, its newer kind, and Bitcoin Cash's relative of it: addresses in lower case with a checksum over all of them.

const ALPHABET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

const VALUES = new Int8Array(128).fill(-1);
for (let at = 0; at < ALPHABET.length; at += 1) VALUES[ALPHABET.charCodeAt(at)] = at;

export function isBech32Body(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 127 || VALUES[code] === -1) return false;
  }
  return text !== '';
}

const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

function next(check: number, value: number): number {
  const top = check >>> 25;
  let sum = ((check & 0x1ffffff) << 5) ^ value;
  for (let bit = 0; bit < 5; bit += 1) if (((top >>> bit) & 1) === 1) sum ^= GENERATORS[bit] as number;
  return sum;
}

/** Of the older kind or the newer. */
export function isBech32(prefix: string, body: string): boolean {
  let check = 1;
  for (let at = 0; at < prefix.length; at += 1) check = next(check, prefix.charCodeAt(at) >> 5);
  check = next(check, 0);
  for (let at = 0; at < prefix.length; at += 1) check = next(check, prefix.charCodeAt(at) & 31);
  for (let at = 0; at < body.length; at += 1) check = next(check, VALUES[body.charCodeAt(at)] as number);
  return check === 1 || check === 0x2bc830a3;
}

const CASH = [0x98f2bc8e61n, 0x79b76d99e2n, 0xf33e5fb3c4n, 0xae2eabe2a8n, 0x1e4f43e470n];

/** Bitcoin Cash: `body` without `bitcoincash:`. */
export function isCashAddress(body: string): boolean {
  let check = 1n;
  const add = (value: number) => {
    const top = check >> 35n;
    check = ((check & 0x07ffffffffn) << 5n) ^ BigInt(value);
    CASH.forEach((generator, bit) => {
      if (((top >> BigInt(bit)) & 1n) === 1n) check ^= generator;
    });
  };
  for (const character of 'bitcoincash') add(character.charCodeAt(0) & 31);
  add(0);
  for (let at = 0; at < body.length; at += 1) add(VALUES[body.charCodeAt(at)] as number);
  return check === 1n;
}
