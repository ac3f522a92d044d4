// ECDSA over P-256 of a digest, as KMS signs: Node's own signs messages only, and hashes them itself.
import { createECDH, type KeyObject } from 'node:crypto';

/** The order of the group. */
const N = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');

function mod(value: bigint): bigint {
  return ((value % N) + N) % N;
}

/** By Fermat: N is prime. */
function inverse(value: bigint): bigint {
  let result = 1n;
  let base = mod(value);
  for (let exponent = N - 2n; exponent > 0n; exponent /= 2n) {
    if (exponent % 2n === 1n) result = mod(result * base);
    base = mod(base * base);
  }
  return result;
}

function number(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function derInteger(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  const positive = (bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Buffer.of(0), bytes]);
  return Buffer.concat([Buffer.of(2, positive.length), positive]);
}

/** In DER. */
export function signDigest(privateKey: KeyObject, digest: Uint8Array): Buffer {
  const d = number(Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url'));
  const once = createECDH('prime256v1');
  // The point that a random number leads to: its first coordinate follows the byte that says it is not packed.
  const r = mod(number(once.generateKeys().subarray(1, 33)));
  const s = mod(inverse(number(once.getPrivateKey())) * (number(digest) + r * d));
  const both = Buffer.concat([derInteger(r), derInteger(s)]);
  return Buffer.concat([Buffer.of(0x30, both.length), both]);
}
