// Which RSA keys are fit for use: long enough, not too long to check, and not of the kinds that are known to be broken.

export interface RsaKey {
  readonly modulus: bigint;
  readonly modulusLength: number;
  readonly exponent: bigint;
}

const LEAST_BITS = 2048;
/** Each bit more costs whoever checks, and a client's proof brings its own key. */
const MOST_BITS = 8192;
/** What OpenSSL takes with long keys. */
const MOST_EXPONENT = 2n ** 64n - 1n;

const FIRST_ODD_PRIMES = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107,
  109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

function isPowerOf65537(residue: number, prime: number): boolean {
  let power = 1;
  do {
    if (power === residue) return true;
    power = (power * 65_537) % prime;
  } while (power !== 1);
  return false;
}

/**
 * Keys that a widespread library for smart cards made (ROCA, CVE-2017-15361) can be factored. Their modulus is a power
 * of 65537 modulo each of these primes, as one other key in two hundred million is by chance.
 */
function isFactorable(modulus: bigint): boolean {
  return FIRST_ODD_PRIMES.every((prime) => isPowerOf65537(Number(modulus % BigInt(prime)), prime));
}

export function isSoundRsa({ modulus, modulusLength, exponent }: RsaKey): boolean {
  if (modulusLength < LEAST_BITS || modulusLength > MOST_BITS || modulus % 2n === 0n) return false;
  // With 1, everyone can sign. An even one has no private key.
  if (exponent < 3n || exponent > MOST_EXPONENT || exponent % 2n === 0n) return false;
  return !isFactorable(modulus);
}
