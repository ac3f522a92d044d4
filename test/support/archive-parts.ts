// What the archive's use cases stand on, in memory: an archive, keys that sign, findings, and events to archive.
import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  archiveName,
  eachLine,
  eventOfLine,
  keyIdOf,
  storedEvent,
  unpackLines,
} from '../../src/audit/index.ts';
import type { Archive, ArchivedObject, ArchiveReader } from '../../src/ports/archive.ts';
import type { StoredEvent } from '../../src/ports/events.ts';
import type { Finding, Findings } from '../../src/ports/findings.ts';
import type { Signer, SigningKey } from '../../src/ports/signer.ts';
import { makeId, tailFrom } from '../../src/shared/ids.ts';

export interface MemoryArchive extends Archive {
  readonly files: Map<string, Uint8Array>;
}

export function memoryArchive(): MemoryArchive {
  const files = new Map<string, Uint8Array>();
  async function* list(prefix: string, after = ''): AsyncGenerator<ArchivedObject> {
    const keys = [...files.keys()].filter((key) => key.startsWith(prefix) && key > after);
    for (const key of keys.sort()) yield { key, bytes: files.get(key)?.length ?? 0 };
  }
  return {
    files,
    list,
    get: async (key) => files.get(key),
    async put(key, body) {
      if (files.has(key)) return false;
      files.set(key, body);
      return true;
    },
  };
}

export interface TestSigner extends Signer {
  /** A further key, the newest from now on. */
  rotate(): void;
  readonly made: readonly KeyObject[];
}

export function testSigner(): TestSigner {
  const made: KeyObject[] = [];
  const rotate = () => {
    made.push(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  };
  rotate();
  const shown = (key: KeyObject): SigningKey => {
    const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
    return { id: keyIdOf(publicKey), publicKey };
  };
  return {
    made,
    rotate,
    keys: async () => made.map(shown),
    async sign(keyId, message) {
      const key = made.find((each) => shown(each).id === keyId);
      if (key === undefined) throw new Error('no such key');
      return sign('sha256', message, key);
    },
  };
}

export function memoryFindings(): Findings & { readonly told: Finding[] } {
  const told: Finding[] = [];
  return { told, report: async (finding) => void told.push(finding) };
}

/** The number tells one from another. */
export function eventOf(number: number, at: Date, stream = `task_of_${number % 3}`): StoredEvent {
  const id = makeId('evt', at, tailFrom('test', String(number)));
  return storedEvent(stream, id, at, {
    type: 'config.loaded',
    configDigest: 'd'.repeat(64),
    agents: number,
    targets: 1,
  });
}

/** Every event in the archive, as often as it stands there. */
export async function archivedIds(archive: ArchiveReader): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { key } of archive.list('events/')) {
    const bytes = await archive.get(key);
    if (bytes === undefined || archiveName(key)?.kind !== 'events') continue;
    for (const line of eachLine(unpackLines(bytes))) ids.push(eventOfLine(line).id);
  }
  return ids;
}
