// Proves that one event was signed: the way from its line to the root of its digest.
import type { ArchiveReader } from '../../ports/archive.ts';
import { timeOf } from '../../shared/ids.ts';
import type { Digest } from '../archive/digest.ts';
import { inclusionPath, rootByPath } from '../archive/merkle.ts';
import { archiveName, EVENTS_PREFIX, keysFrom } from '../archive/names.ts';
import { isOwn, type Link } from './chain.ts';
import { createFound, type Fault, type FaultKind, type Tally } from './faults.ts';
import { type EventPlace, eventsOf, placeIn, readDigestFile } from './find-event.ts';
import type { Listed } from './index-lines.ts';
import { lineFinder, unpackedOf, visitLines } from './object-lines.ts';
import { readIfPossible } from './read-file.ts';
import { spansOf } from './uncovered.ts';
import { type JudgedChain, judgeChain, type VerifySettings } from './verify.ts';

/** Hashes are in hex. */
export interface Proof {
  readonly event: string;
  readonly digest: {
    readonly sequence: number;
    readonly key: string;
    readonly sha256: string;
    readonly signedAt: string;
    readonly signedBy: string;
  };
  readonly object: string;
  /** From 1. */
  readonly line: number;
  readonly leaf: string;
  /** From 0, among `size`. */
  readonly place: number;
  readonly size: number;
  /** The nearest first. */
  readonly path: readonly string[];
  readonly root: string;
}

export interface Proven {
  /** Undefined where there is none; `why` says it. */
  readonly proof: Proof | undefined;
  readonly why: string | undefined;
  readonly keys: readonly string[];
  /** What is wrong with the chain of digests. */
  readonly faults: Tally<FaultKind, Fault>;
}

/** The span that its id was made in, those after it, which may have come by it late, and then those before. */
function likeliestFirst(links: readonly Link[], event: string): readonly Link[] {
  const made = timeOf('evt', event)?.toISOString() ?? '';
  const isLater = ({ said }: Link) => said !== undefined && said.until > made;
  const from = links.findIndex(isLater);
  const cut = from === -1 ? links.length : from;
  return [...links.slice(cut), ...links.slice(0, cut).reverse()];
}

interface SignedEvent {
  readonly link: Link;
  readonly digest: Digest;
  readonly events: readonly Listed[];
  readonly place: number;
}

async function findSigned(
  reader: ArchiveReader,
  links: readonly Link[],
  event: string,
): Promise<SignedEvent | undefined> {
  for (const link of likeliestFirst(links, event)) {
    if (link.said === undefined || link.said.events === 0 || !isOwn(link)) continue;
    const { digest } = (await readDigestFile(reader, link.sequence)) ?? {};
    const events = digest === undefined ? [] : await eventsOf(reader, digest);
    const place = events.findIndex(({ id }) => id === event);
    if (digest !== undefined && place !== -1) return { link, digest, events, place };
  }
  return undefined;
}

async function unpackedAt(reader: ArchiveReader, key: string): Promise<Buffer | undefined> {
  const packed = await readIfPossible(reader, key);
  return packed && unpackedOf(packed);
}

/** The hash of that line as it lies there; undefined where there is none, or it is no line of that event. */
async function leafAt(
  reader: ArchiveReader,
  { object, line }: EventPlace,
  event: string,
): Promise<string | undefined> {
  const unpacked = archiveName(object)?.kind === 'events' ? await unpackedAt(reader, object) : undefined;
  const is = unpacked && lineFinder(unpacked)(line);
  return is?.id === event ? is.leaf.toString('hex') : undefined;
}

async function proofOf(
  reader: ArchiveReader,
  { link, digest, events, place }: SignedEvent,
  trusted: ReadonlySet<Link>,
): Promise<Proof | string> {
  const { sequence, key, sha256 } = link;
  const listed = events[place];
  const found = placeIn(digest, place);
  if (listed === undefined || found === undefined) return `Digest ${sequence} does not say where it is.`;
  if (!trusted.has(link)) return `It is in digest ${sequence}, which is not to be trusted.`;
  const leaves = events.map(({ leaf }) => Buffer.from(leaf, 'hex'));
  const leaf = Buffer.from(listed.leaf, 'hex');
  const path = inclusionPath(leaves, place);
  const root = rootByPath(leaf, place, digest.events, path)?.toString('hex');
  if (root !== digest.root) return `Digest ${sequence} signed other events than lie there.`;
  if ((await leafAt(reader, found, listed.id)) !== listed.leaf) {
    return `Digest ${sequence} signed it in line ${found.line} of ${found.object}, where it is not any more.`;
  }
  return {
    event: listed.id,
    digest: { sequence, key, sha256, signedAt: digest.signedAt, signedBy: digest.key.id },
    ...found,
    ...{ leaf: listed.leaf, place, size: digest.events },
    path: path.map((hash) => Buffer.from(hash).toString('hex')),
    root,
  };
}

/** Where it is, if it is there and not signed. */
async function whyUnsigned(
  reader: ArchiveReader,
  { links, trusted }: JudgedChain,
  event: string,
): Promise<string> {
  const { until } = spansOf(links, trusted);
  const after = until === undefined ? undefined : keysFrom(EVENTS_PREFIX, new Date(until));
  for await (const { key } of reader.list(EVENTS_PREFIX, after)) {
    if (archiveName(key)?.kind !== 'events') continue;
    const unpacked = await unpackedAt(reader, key);
    let [line, isThere] = [0, false];
    visitLines(unpacked ?? Buffer.alloc(0), ({ id }) => {
      line += 1;
      isThere = id === event;
      return !isThere;
    });
    if (isThere) return `It is in line ${line} of ${key}, and not signed yet.`;
  }
  return 'No digest has it, nor is it among what is not signed yet.';
}

/** Reads the digests, and of what they name only what the proof needs. Throws `Unavailable('archive')`. */
export async function proveEvent(
  reader: ArchiveReader,
  settings: VerifySettings,
  event: string,
): Promise<Proven> {
  const found = createFound();
  const chain = await judgeChain(reader, settings, found);
  const signed = await findSigned(reader, chain.links, event);
  const proof =
    signed === undefined
      ? await whyUnsigned(reader, chain, event)
      : await proofOf(reader, signed, chain.trusted);
  const [what, why] = typeof proof === 'string' ? [undefined, proof] : [proof, undefined];
  return { proof: what, why, keys: chain.keys, faults: found.faults() };
}
