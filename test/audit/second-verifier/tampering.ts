// What archives are tampered with by: lines, files, digests, signatures.
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  createMerkleTree,
  type Digest,
  digestKey,
  digestMessage,
  digestText,
  eachLine,
  indexKey,
  keyIdOf,
  leafHash,
  readDigest,
  SIGNATURE_ALGORITHM,
} from '../../../src/audit/index.ts';
import { sha256 } from '../../../src/shared/hash.ts';
import type { Files, MadeArchive } from './an-archive.ts';

export const STRANGER = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const STRANGER_DER = STRANGER.publicKey.export({ type: 'spki', format: 'der' });
export const STRANGERS_KEY = { id: keyIdOf(STRANGER_DER), publicKey: STRANGER_DER.toString('base64') };

/** The last digest's number. */
export const LAST = 6;
export const INSIDE = new Date('2026-03-02T15:30:00.000Z');
export const LATER = new Date('2026-03-02T18:20:00.000Z');

const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();
export const linesOf = (bytes: Uint8Array | undefined) =>
  text(gunzipSync(bytes ?? Buffer.alloc(0)))
    .split('\n')
    .slice(0, -1);
export const packed = (lines: readonly string[]) => gzipSync(lines.map((line) => `${line}\n`).join(''));
export const eventKeys = (files: Files) =>
  [...files.keys()].filter((key) => key.startsWith('events/')).sort();
const indexKeys = (files: Files) => [...files.keys()].filter((key) => key.endsWith('.index.gz')).sort();

/** The object with the most events, so that there is something to put in another order. */
export const largest = (files: Files) => {
  const [key] = eventKeys(files).sort((a, b) => linesOf(files.get(b)).length - linesOf(files.get(a)).length);
  if (key === undefined) throw new Error('there is no object');
  return key;
};
export const stray = (files: Files) => [...files.keys()].find((key) => key.startsWith('unarchived/')) ?? '';
export const firstIndex = (files: Files) => indexKeys(files)[0] ?? '';

export function withLines(files: Files, change: (lines: string[]) => readonly string[]): void {
  const key = largest(files);
  files.set(key, packed(change(linesOf(files.get(key)))));
}

export function swap(files: Files, one: string, other: string): void {
  const [a, b] = [files.get(one), files.get(other)];
  if (a === undefined || b === undefined) throw new Error('there is nothing to swap');
  files.set(one, b);
  files.set(other, a);
}

export const edit = (files: Files, key: string, from: string, to: string) => {
  const was = text(files.get(key));
  if (!was.includes(from)) throw new Error(`${key} has no ${from}`);
  files.set(key, Buffer.from(was.replace(from, to)));
};

export function digestOf(files: Files, sequence: number): Digest {
  const signed = readDigest(files.get(digestKey(sequence)) ?? Buffer.alloc(0));
  if (signed === undefined) throw new Error(`there is no digest ${sequence}`);
  return signed.digest;
}

export function signAs(files: Files, digest: Digest, key: KeyObject): void {
  const value = sign('sha256', digestMessage(digest), key).toString('base64');
  const signed = { digest, signature: { algorithm: SIGNATURE_ALGORITHM, value } } as const;
  files.set(digestKey(digest.sequence), Buffer.from(digestText(signed)));
}

/** Signs another digest in the place of one, and anew all those after it. Whoever has the keys can. */
export function resign(
  { files, signer }: MadeArchive,
  sequence: number,
  change: (digest: Digest) => Digest,
  as?: KeyObject,
) {
  for (let number = sequence; files.has(digestKey(number)); number += 1) {
    const was = digestOf(files, number);
    const before = files.get(digestKey(number - 1));
    const previous = before === undefined ? null : sha256(before);
    const digest = number === sequence ? change(was) : { ...was, previous };
    const own = signer.made.find((_, place) => keyOf(signer.made, place).id === digest.key.id);
    signAs(files, digest, (number === sequence ? as : undefined) ?? own ?? STRANGER.privateKey);
  }
}

export function keyOf(made: readonly KeyObject[], place: number): Digest['key'] {
  const key = made[place];
  if (key === undefined) throw new Error('there is no such key');
  const jwk = key.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.from(jwk.x ?? '', 'base64url'), Buffer.from(jwk.y ?? '', 'base64url')]);
  const der = Buffer.concat([STRANGER_DER.subarray(0, -64), point]);
  return { id: keyIdOf(der), publicKey: der.toString('base64') };
}

/** None where there is nothing to be read. */
function linesIn(bytes: Uint8Array): readonly Buffer[] {
  try {
    return [...eachLine(gunzipSync(bytes))];
  } catch {
    return [];
  }
}

/** A digest with these objects, whatever is in them, and with index, counts and root that fit them. */
export function naming(files: Files, digest: Digest, objects: readonly string[]): Digest {
  const tree = createMerkleTree();
  const listed: string[] = [];
  const named = objects.map((key) => {
    const bytes = files.get(key) ?? Buffer.alloc(0);
    const lines = linesIn(bytes);
    for (const line of lines) {
      const leaf = leafHash(line);
      tree.add(leaf);
      listed.push(`${JSON.parse(line.toString()).unmapped.event?.id ?? ''} ${leaf.toString('hex')}`);
    }
    return { key, sha256: sha256(bytes), bytes: bytes.length, events: lines.length };
  });
  const index = packed(listed);
  const key = indexKey(digest.sequence, sha256(index));
  if (tree.size > 0) files.set(key, index);
  return {
    ...digest,
    objects: named,
    events: tree.size,
    root: tree.root().toString('hex'),
    index: tree.size === 0 ? null : { key, sha256: sha256(index), bytes: index.length },
  };
}

/** Events tell of digests, too, so that any digest that is signed anew is found: here none does. */
export function withoutClaims({ files, signer }: MadeArchive): void {
  for (const key of eventKeys(files)) {
    const lines = linesOf(files.get(key));
    files.set(key, packed(lines.map((line) => line.replaceAll('audit.digested', 'audit.exported'))));
  }
  for (const key of indexKeys(files)) files.delete(key);
  for (let number = 1; number <= LAST; number += 1) {
    resign({ files, signer }, number, (digest) => naming(files, digest, keysOf(digest)));
  }
}

/** What somebody can do who has the first key alone, and may remove files. */
export function cutBeforeRotation({ files, signer }: MadeArchive): void {
  const { nextKey: _, ...digest } = digestOf(files, 2);
  const kept = new Set([1, 2].flatMap((number) => keysOf(digestOf(files, number))));
  for (const number of [3, 4, 5, 6]) files.delete(digestKey(number));
  for (const key of eventKeys(files)) if (!kept.has(key)) files.delete(key);
  for (const key of indexKeys(files)) if (!/-000000000[12]-/.test(key)) files.delete(key);
  resign({ files, signer }, 2, () => naming(files, digest, keysOf(digest).slice(1)));
  for (const key of keysOf(digest).slice(0, 1)) files.delete(key);
}

export const keysOf = (digest: Digest) => digest.objects.map(({ key }) => key);
export type Change = (archive: MadeArchive) => void;
