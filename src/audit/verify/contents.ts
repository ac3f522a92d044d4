// What one digest names: every file as it was signed, every event under its root.
import { type ArchiveReader, UnreadableObject } from '../../ports/archive.ts';
import { sha256 } from '../../shared/hash.ts';
import type { Digest } from '../archive/digest.ts';
import { createMerkleTree } from '../archive/merkle.ts';
import { archiveName, indexKey } from '../archive/names.ts';
import { isOwn, type Link } from './chain.ts';
import type { Coverage } from './coverage.ts';
import { checkNames } from './digest-names.ts';
import type { Found } from './faults.ts';
import { eventObjects, readDigestFile, readIndexFile } from './find-event.ts';
import { type IndexLines, listedIfAny, openIndex } from './index-lines.ts';
import { beginMeeting, type Meetings } from './meeting.ts';
import { checkChanged, checkReading, linesOfChanged, type NamedObject, readLines } from './objects.ts';
import { readAhead, type UnpackedFile, unpackedAhead } from './read-ahead.ts';
import { unreadText } from './read-file.ts';

export interface Totals {
  objects: number;
  events: number;
  strays: number;
}

/** What a verification goes along with from digest to digest. */
export interface Along {
  readonly reader: ArchiveReader;
  readonly found: Found;
  readonly meetings: Meetings;
  readonly totals: Totals;
  readonly objects: Coverage;
  readonly strays: Coverage;
}

/** Undefined where there is none that can be believed. */
async function indexOf(
  { reader, found }: Along,
  digest: Digest,
  where: string,
): Promise<IndexLines | undefined> {
  const { index, events, sequence } = digest;
  const wrong = (detail: string) => found.fault('inconsistent', 'digest', where, detail);
  if (index === null) {
    if (events > 0) wrong(`It has ${events} events and no index.`);
    return undefined;
  }
  if (events === 0) wrong('It has an index and no events.');
  if (index.key !== indexKey(sequence, index.sha256)) wrong(`Its index can't be named ${index.key}.`);
  const packed = await readIndexFile(reader, digest);
  if (packed instanceof UnreadableObject) found.fault('altered', 'index', index.key, unreadText(packed));
  if (packed === 'missing') found.fault('missing', 'index', index.key, 'It is not there.');
  if (packed === 'altered')
    found.fault('altered', 'index', index.key, 'It was altered: its hash is another.');
  return packed instanceof Uint8Array ? openIndex(packed) : undefined;
}

interface ListedEvents {
  /** As they stand there, of the next object; undefined where it is not known. */
  next(count: number): Promise<Buffer | undefined>;
  /** Nothing may be left. */
  end(): Promise<void>;
}

/** It is as it was signed: what is wrong with it is no work of others. */
function listedEvents(index: IndexLines | undefined, where: string, found: Found): ListedEvents {
  let isReadable = index !== undefined;
  const take = async (count: number) => {
    try {
      return isReadable ? await index?.take(count) : undefined;
    } catch {
      isReadable = false;
      found.fault('inconsistent', 'digest', where, 'Its index was signed as it is, and can not be unpacked.');
      return undefined;
    }
  };
  return {
    next: take,
    async end() {
      const left = await take(1);
      if (left !== undefined && left.length > 0) {
        found.fault('inconsistent', 'digest', where, 'Its index lists more events than it has.');
      }
      index?.close();
    },
  };
}

interface Root {
  /** A line of an object that is as it was signed. */
  readonly add: (leaf: Uint8Array) => void;
  /** An object that is not: by the index, so that one fault hides no other. */
  addListed(listed: Buffer | undefined): void;
  check(): void;
}

function rootOf(digest: Digest, where: string, found: Found): Root {
  const tree = createMerkleTree();
  let isKnown = true;
  return {
    add: tree.add,
    addListed(listed) {
      const leaves = listedIfAny(listed);
      if (leaves === undefined) isKnown = false;
      else for (const { leaf } of leaves) tree.add(Buffer.from(leaf, 'hex'));
    },
    check() {
      const wrong = (detail: string) => found.fault('inconsistent', 'digest', where, detail);
      const said = digest.objects.reduce((sum, { events }) => sum + events, 0);
      if (said !== digest.events)
        wrong(`It says that it has ${digest.events} events, and its objects ${said}.`);
      const root = tree.root().toString('hex');
      if (isKnown && root !== digest.root) wrong(`It says that its root is ${digest.root}: that is ${root}.`);
    },
  };
}

/** How many events are in it. */
async function checkObject(
  { found, meetings }: Along,
  { object, listed, root, digest }: ObjectOfDigest,
): Promise<number> {
  const { file, unpacked, isAsNamed } = object;
  const meeting = beginMeeting(meetings, file.key, digest.sequence);
  if (isAsNamed) {
    const is =
      unpacked &&
      readLines(unpacked, listed, (line) => {
        root.add(line.leaf);
        meeting.line(line);
      });
    checkReading(file, is, found);
    if (unpacked !== undefined) await meeting.end(unpacked);
    return is?.events ?? 0;
  }
  const is = unpacked && linesOfChanged(unpacked, file);
  const elsewhere = (bytes: Uint8Array) => {
    const hash = sha256(bytes);
    return digest.objects.find((each) => each.sha256 === hash)?.key;
  };
  checkChanged({ object, is, listed, elsewhere }, found);
  root.addListed(listed);
  for (const line of is?.lines ?? []) meeting.line(line);
  if (unpacked !== undefined) await meeting.end(unpacked);
  return is?.lines.length ?? 0;
}

interface ObjectOfDigest {
  readonly object: UnpackedFile<NamedObject>;
  readonly listed: Buffer | undefined;
  readonly root: Root;
  readonly digest: Digest;
}

async function checkObjects(along: Along, digest: Digest, where: string): Promise<void> {
  const { reader, found, totals } = along;
  const events = listedEvents(await indexOf(along, digest, where), where, found);
  const root = rootOf(digest, where, found);
  for await (const object of unpackedAhead(reader, eventObjects(digest))) {
    const listed = await events.next(object.file.events);
    totals.objects += object.bytes === undefined ? 0 : 1;
    totals.events += await checkObject(along, { object, listed, root, digest });
  }
  await events.end();
  root.check();
}

async function checkStrays({ reader, found, totals }: Along, { strays }: Digest): Promise<void> {
  const named = strays.filter(({ key }) => archiveName(key)?.kind === 'stray');
  for await (const { file, bytes, unreadable, isAsNamed } of readAhead(reader, named)) {
    if (unreadable !== undefined) found.fault('altered', 'stray', file.key, unreadText(unreadable));
    else if (bytes === undefined) found.fault('missing', 'stray', file.key, 'It is not there.');
    else if (!isAsNamed) found.fault('altered', 'stray', file.key, 'It was altered: its hash is another.');
    totals.strays += bytes === undefined ? 0 : 1;
  }
}

/** Answers the name of the index. What is not the broker's own is not looked at: it may name and hold anything. */
export async function checkContents(along: Along, link: Link): Promise<string | undefined> {
  const { reader, found } = along;
  const { sequence, key, said } = link;
  if (said === undefined || !isOwn(link)) return undefined;
  const read = await readDigestFile(reader, sequence);
  if (read === undefined || read.sha256 !== link.sha256) {
    found.fault('altered', 'digest', key, 'It was altered while it was looked at.');
    return undefined;
  }
  const { digest } = read;
  checkNames(digest, key, found);
  await along.objects.cover(digest.objects.map((each) => each.key));
  await along.strays.cover(digest.strays.map((each) => each.key));
  await checkObjects(along, digest, key);
  await checkStrays(along, digest);
  return digest.index?.key;
}
