// What a digest says of its span: every object, every event, and the root over them all.
import { once } from 'node:events';
import { createGzip } from 'node:zlib';
import { createMerkleTree, type Digest, EVENTS_PREFIX, STRAYS_PREFIX } from '../../audit/index.ts';
import type { Span } from '../../ports/events.ts';
import type { DigestDependencies } from './dependencies.ts';
import { type ArchivedFile, keysIn, readObject } from './read-archive.ts';
import type { WantedFinding } from './record-finding.ts';

export interface Contents {
  readonly objects: Digest['objects'];
  readonly strays: readonly ArchivedFile[];
  readonly events: number;
  readonly root: string;
  /** The list of all events, packed. */
  readonly index: Uint8Array | undefined;
  readonly findings: readonly WantedFinding[];
}

/** What was archived in the span. What no archiver can have put there is a finding, and stays unsigned. */
export async function contentsOf(
  { archive }: Pick<DigestDependencies, 'archive'>,
  span: Span,
): Promise<Contents> {
  const objects: Digest['objects'] = [];
  const strays: ArchivedFile[] = [];
  const tree = createMerkleTree();
  const index = createIndex();
  const findings: WantedFinding[] = [];
  const foreign = (key: string) => {
    const detail = 'No archiver makes such an object. It is left unsigned.';
    findings.push({ kind: 'archive_changed', detail, key });
  };
  for await (const { key, at } of keysIn(archive, EVENTS_PREFIX, span)) {
    const read = at === undefined ? undefined : await readObject(archive, key);
    if (read?.lines === undefined) {
      foreign(key);
      continue;
    }
    for (const { id, leaf } of read.lines) {
      tree.add(leaf);
      index.add(id, leaf);
    }
    objects.push({ ...read.file, events: read.lines.length });
  }
  for await (const { key, at } of keysIn(archive, STRAYS_PREFIX, span)) {
    const read = at === undefined ? undefined : await readObject(archive, key);
    if (read === undefined) foreign(key);
    else strays.push(read.file);
  }
  const root = tree.root().toString('hex');
  return { objects, strays, events: tree.size, root, index: await index.end(), findings };
}

/** Grows packed: of a busy hour it is large. */
function createIndex() {
  const gzip = createGzip();
  const chunks: Buffer[] = [];
  gzip.on('data', (chunk: Buffer) => chunks.push(chunk));
  let isEmpty = true;
  return {
    add(id: string, leaf: Uint8Array): void {
      isEmpty = false;
      gzip.write(`${id} ${Buffer.from(leaf).toString('hex')}\n`);
    },
    /** Undefined where nothing was added. */
    async end(): Promise<Uint8Array | undefined> {
      gzip.end();
      await once(gzip, 'end');
      return isEmpty ? undefined : Buffer.concat(chunks);
    },
  };
}
