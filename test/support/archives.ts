// Small archives to verify and to tamper with: real formats, real keys, in memory or as files.
import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  archiveLine,
  createMerkleTree,
  DIGEST_FORMAT,
  type Digest,
  digestKey,
  digestMessage,
  digestText,
  eventsKey,
  indexKey,
  keyIdOf,
  leafHash,
  readDigest,
  SIGNATURE_ALGORITHM,
  storedEvent,
  strayKey,
} from '../../src/audit/index.ts';
import type { StoredEvent } from '../../src/ports/events.ts';
import { sha256 } from '../../src/shared/hash.ts';
import { makeId, tailFrom } from '../../src/shared/ids.ts';

export type ArchiveFiles = Map<string, Uint8Array>;

export interface TestKey {
  readonly id: string;
  readonly privateKey: KeyObject;
  /** As a digest names it. */
  readonly named: Digest['key'];
  readonly publicPem: string;
  readonly privatePem: string;
}

export function testKey(): TestKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKey = createPublicKey(privateKey);
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const id = keyIdOf(der);
  return {
    id,
    privateKey,
    named: { id, publicKey: der.toString('base64') },
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** The number tells one from another. */
export function archivedEvent(number: number, at: Date): StoredEvent {
  const id = makeId('evt', at, tailFrom('archived', String(number)));
  return storedEvent(`task_${number % 3}`, id, at, {
    type: 'config.loaded',
    configDigest: 'd'.repeat(64),
    agents: number,
    targets: 1,
  });
}

export function signedFile(digest: Digest, { privateKey }: TestKey): Uint8Array {
  const value = sign('sha256', digestMessage(digest), privateKey).toString('base64');
  return Buffer.from(digestText({ digest, signature: { algorithm: SIGNATURE_ALGORITHM, value } }));
}

export function putLines(files: ArchiveFiles, key: string, lines: readonly string[]): void {
  files.set(key, gzipSync(lines.map((line) => `${line}\n`).join('')));
}

export function linesIn(files: ArchiveFiles, key: string): string[] {
  const text = gunzipSync(fileAt(files, key)).toString('utf8');
  return text.split('\n').slice(0, -1);
}

export function fileAt(files: ArchiveFiles, key: string): Uint8Array {
  const file = files.get(key);
  if (file === undefined) throw new Error(`there is no ${key}`);
  return file;
}

export function digestAt(files: ArchiveFiles, sequence: number): Digest {
  const signed = readDigest(fileAt(files, digestKey(sequence)));
  if (signed === undefined) throw new Error(`there is no digest ${sequence}`);
  return signed.digest;
}

const described = (files: ArchiveFiles, key: string) => {
  const file = fileAt(files, key);
  return { key, sha256: sha256(file), bytes: file.length };
};

export interface Span {
  readonly from: Date;
  readonly until: Date;
  readonly key: TestKey;
  readonly nextKey?: TestKey;
  readonly objects?: readonly string[];
  readonly strays?: readonly string[];
}

/** Writes index and digest of what lies there. */
export function addDigest(files: ArchiveFiles, sequence: number, span: Span): Digest {
  const { from, until, key, nextKey, objects = [], strays = [] } = span;
  const tree = createMerkleTree();
  const named = objects.map((name) => {
    const lines = linesIn(files, name);
    for (const line of lines) tree.add(leafHash(Buffer.from(line)));
    return { ...described(files, name), events: lines.length };
  });
  const before = files.get(digestKey(sequence - 1));
  const digest: Digest = {
    format: DIGEST_FORMAT,
    sequence,
    from: from.toISOString(),
    until: until.toISOString(),
    signedAt: new Date(until.getTime() + 600_000).toISOString(),
    previous: before === undefined ? null : sha256(before),
    objects: named,
    strays: strays.map((name) => described(files, name)),
    events: tree.size,
    root: tree.root().toString('hex'),
    index: addIndex(files, sequence, objects),
    key: key.named,
    ...(nextKey === undefined ? {} : { nextKey: nextKey.named }),
  };
  files.set(digestKey(sequence), signedFile(digest, key));
  return digest;
}

function addIndex(files: ArchiveFiles, sequence: number, objects: readonly string[]): Digest['index'] {
  const listed = objects
    .flatMap((name) => linesIn(files, name))
    .map((line) => {
      const { id } = JSON.parse(line).unmapped.event;
      return `${id} ${leafHash(Buffer.from(line)).toString('hex')}\n`;
    });
  if (listed.length === 0) return null;
  const packed = gzipSync(listed.join(''));
  const key = indexKey(sequence, sha256(packed));
  files.set(key, packed);
  return described(files, key);
}

/** The same digest, changed and signed once more. */
export function resign(
  files: ArchiveFiles,
  sequence: number,
  key: TestKey,
  change: Partial<Digest> = {},
): void {
  const digest = { ...digestAt(files, sequence), ...change };
  files.set(digestKey(sequence), signedFile(digest, key));
}

/** And all after it, each naming the one before it. */
export function resignFrom(files: ArchiveFiles, first: number, keyOf: (sequence: number) => TestKey): void {
  for (let sequence = first; files.has(digestKey(sequence)); sequence += 1) {
    const key = keyOf(sequence);
    const before = files.get(digestKey(sequence - 1));
    resign(files, sequence, key, {
      key: key.named,
      previous: before === undefined ? null : sha256(before),
    });
  }
}

const HOUR = 3_600_000;
export const BEGAN = new Date('2026-11-21T20:00:00.000Z');
const EVENTS_AN_OBJECT = 8;

export const minutesAfter = (minutes: number) => new Date(BEGAN.getTime() + minutes * 60_000);

export interface SmallArchive {
  readonly files: ArchiveFiles;
  /** The one that began, and the one that it was followed by. */
  readonly keys: readonly [TestKey, TestKey];
  /** Their names, in their order: two of digest 1, three of digest 3. */
  readonly objects: readonly string[];
  readonly stray: string;
}

export function addObject(files: ArchiveFiles, minutes: number, tail: string, first: number, count: number) {
  const at = minutesAfter(minutes);
  const events = Array.from({ length: count }, (_, place) =>
    archivedEvent(first + place, new Date(at.getTime() + place)),
  );
  const key = eventsKey(at, tail);
  putLines(files, key, events.map(archiveLine));
  return key;
}

/** Three hours: two objects, nothing, three objects and a stray. The key of the first is followed by another. */
export function smallArchive(): SmallArchive {
  const files: ArchiveFiles = new Map();
  const keys = [testKey(), testKey()] as const;
  const [one, two] = keys;
  const add = (minutes: number, number: number) =>
    addObject(files, minutes, `b${number}`, number * 100, EVENTS_AN_OBJECT);
  const early = [add(5, 1), add(30, 2)];
  const late = [add(125, 3), add(126, 4), add(170, 5)];
  const stray = strayKey(minutesAfter(130), 's1');
  files.set(stray, Buffer.from('{"what":"this is"}'));
  const hours = (number: number) => new Date(BEGAN.getTime() + number * HOUR);
  addDigest(files, 1, { from: hours(0), until: hours(1), key: one, nextKey: two, objects: early });
  addDigest(files, 2, { from: hours(1), until: hours(2), key: two });
  addDigest(files, 3, { from: hours(2), until: hours(3), key: two, objects: late, strays: [stray] });
  return { files, keys, objects: [...early, ...late], stray };
}

/** As a directory, as the embedded broker has it. */
export function writeArchive(directory: string, files: ArchiveFiles): string {
  for (const [key, file] of files) {
    mkdirSync(dirname(join(directory, key)), { recursive: true });
    writeFileSync(join(directory, key), file);
  }
  return directory;
}
