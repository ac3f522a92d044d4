// The keys that sign the audit's digests, embedded: files of the data directory, the first made at first use.
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { signingKeyOf } from '../adapters/signing-key.ts';
import type { SigningKey } from '../ports/signer.ts';
import { createOrRead, PrivateFileDamaged, readIfThere } from './private-file.ts';

/** The first has no number, the second is `signing-key-2.pem`. */
const NAME = /^signing-key(?:-([2-9]|[1-9]\d+))?\.pem$/;

function fileOf(data: string, number: number): string {
  return join(data, number === 1 ? 'signing-key.pem' : `signing-key-${number}.pem`);
}

async function freshKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return privateKey;
}

/** Quotes nothing of it. Whoever lost a key can't go on with what it has signed, so none is made in its place. */
function keyIn(file: string, text: string | undefined): KeyObject {
  try {
    if (text === undefined) throw new Error('it is not there');
    const key = createPrivateKey(text);
    signingKeyOf(createPublicKey(key));
    return key;
  } catch {
    throw new PrivateFileDamaged(`${file} is missing, damaged, or no key on P-256; restore it`);
  }
}

async function highestNumber(data: string): Promise<number> {
  const numbers = (await readdir(data)).flatMap((name) => {
    const found = NAME.exec(name);
    return found === null ? [] : [Number(found[1] ?? 1)];
  });
  return Math.max(0, ...numbers);
}

/** The oldest first. Throws `PrivateFileExposed`, and where one can't be used. */
export async function openSigningKeys(data: string): Promise<readonly KeyObject[]> {
  const count = await highestNumber(data);
  const first = fileOf(data, 1);
  if (count === 0) return [keyIn(first, await createOrRead(first, freshKey))];
  return Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const file = fileOf(data, at + 1);
      return keyIn(file, await readIfThere(file));
    }),
  );
}

/** Before anything is done whose audit could then not be signed. Where there is none yet, one is made at first use. */
export async function expectSigningKeys(data: string): Promise<void> {
  if ((await highestNumber(data)) > 0) await openSigningKeys(data);
}

/** There is nothing to rotate: a broker makes the first one. */
export class NoSigningKey extends Error {
  override readonly name = 'NoSigningKey';
}

/** Adds a key. The next digest names it, and from the one after that on it signs. */
export async function rotateSigningKey(data: string): Promise<SigningKey & { readonly file: string }> {
  if ((await highestNumber(data)) === 0) throw new NoSigningKey();
  const keys = await openSigningKeys(data);
  const file = fileOf(data, keys.length + 1);
  const key = keyIn(file, await createOrRead(file, freshKey));
  return { ...signingKeyOf(createPublicKey(key)), file };
}
