// Verifies an archive: its digests, everything that they name, and what they don't.
import type { ArchiveReader } from '../../ports/archive.ts';
import { sha256 } from '../../shared/hash.ts';
import { archiveName, DIGESTS_PREFIX, digestKey, EVENTS_PREFIX, STRAYS_PREFIX } from '../archive/names.ts';
import { type Link, readChain } from './chain.ts';
import { createClaims } from './claims.ts';
import { type Along, checkContents, type Totals } from './contents.ts';
import { createCoverage } from './coverage.ts';
import {
  createFound,
  type Fault,
  type FaultKind,
  type Found,
  type Note,
  type NoteKind,
  type Tally,
} from './faults.ts';
import { type Inventory, takeInventory } from './inventory.ts';
import { createRepeats } from './repeats.ts';
import { createSeen } from './seen.ts';
import { beginningAt } from './since.ts';
import { checkTrust, trustedLinks } from './trust.ts';
import { judgeUncovered, spansOf } from './uncovered.ts';

/** Told while it goes on. */
export interface Watch {
  /** The span of all digests. */
  began(from: Date, until: Date): void;
  /** So many more events, of an object with a name of that moment. */
  seen(events: number, at: Date): void;
}

export interface VerifySettings {
  /** Ids of keys that are trusted. Undefined: the key of the first digest, which proves nothing of who signed. */
  readonly keys: readonly string[] | undefined;
  /** The hash of a digest's file that must be in the chain. */
  readonly head?: string | undefined;
  /** What was archived before is not looked at: it may have expired. */
  readonly since?: Date | undefined;
  /** An archive without any digest is a fault: else it is one that is young. */
  readonly mustBeSigned?: boolean | undefined;
  readonly watch?: Watch | undefined;
}

export interface SignedSpan {
  readonly count: number;
  readonly from: string;
  readonly until: string;
}

/** The newest digest: written down elsewhere, it shows later whether the archive was cut back. */
export interface Head {
  readonly sequence: number;
  readonly sha256: string;
  readonly signedAt: string;
}

export interface Verified {
  readonly digests: SignedSpan | undefined;
  readonly head: Head | undefined;
  readonly keys: readonly string[];
  readonly objects: number;
  readonly events: number;
  readonly strays: number;
  /** What is not signed yet. */
  readonly tail: Totals;
  readonly faults: Tally<FaultKind, Fault>;
  readonly notes: Tally<NoteKind, Note>;
}

/** A chain that was read and judged, before anything that it names. */
export interface JudgedChain {
  readonly links: readonly Link[];
  readonly trusted: ReadonlySet<Link>;
  readonly keys: readonly string[];
  readonly inventory: Inventory;
  /** What has an earlier name is not looked at. */
  readonly from: string | undefined;
}

/** An archive that is young is all tail; one that lost its digests looks the same, but for what they left. */
function checkSigned(
  { isEmpty, digests, indexes }: Inventory,
  { mustBeSigned = false }: VerifySettings,
  found: Found,
): void {
  if (digests.length > 0) return;
  const [index] = indexes;
  if (isEmpty) {
    const detail = 'There is nothing in it. Either nothing was ever archived, or all of it is gone.';
    found.fault('unsigned', 'archive', DIGESTS_PREFIX, detail);
  } else if (index !== undefined) {
    const detail = `There is no digest, and an index of one: ${index.key}.`;
    found.fault('missing', 'digest', digestKey(index.sequence), detail);
  } else if (mustBeSigned) {
    const detail = 'There is no digest in it. Either none was signed yet, or all of them are gone.';
    found.fault('unsigned', 'archive', DIGESTS_PREFIX, detail);
  } else {
    const detail = 'There is no digest in it yet. Nothing is signed, so nothing is proven.';
    found.note('nothingSigned', 'archive', DIGESTS_PREFIX, detail);
  }
}

export async function judgeChain(
  reader: ArchiveReader,
  settings: VerifySettings,
  found: Found,
): Promise<JudgedChain> {
  const { keys: given, head, since } = settings;
  const inventory = await takeInventory(reader, found);
  checkSigned(inventory, settings, found);
  const beginning = await beginningAt(reader, inventory.digests, since, found);
  const links = await readChain(reader, beginning, found);
  const own = links.find(({ said }) => said !== undefined)?.said?.key.id;
  const keys = given ?? (own === undefined ? [] : [own]);
  const trusted = trustedLinks(links, new Set(keys));
  checkTrust(links, trusted, found);
  if (head !== undefined && !links.some((link) => link.sha256 === head)) {
    const detail = `No digest has the hash ${head}: those that were signed last are gone, or others.`;
    found.fault('cutBack', 'archive', DIGESTS_PREFIX, detail);
  }
  return { links, trusted, keys, inventory, from: beginning.from };
}

/** Indexes that no digest names: what a run leaves that dies before it signs. */
async function checkIndexes(
  reader: ArchiveReader,
  { links, inventory, from }: JudgedChain,
  named: ReadonlySet<string>,
  found: Found,
): Promise<void> {
  const due = (links.at(-1)?.sequence ?? 0) + 1;
  const first = from === undefined ? 0 : (links[0]?.sequence ?? due);
  for (const { key, sequence } of inventory.indexes) {
    if (named.has(key) || sequence < first) continue;
    const bytes = await reader.get(key);
    const isItself = bytes !== undefined && key.includes(`-${sha256(bytes).slice(0, 16)}.`);
    if (!isItself || sequence > due) {
      found.fault(
        'added',
        'index',
        key,
        'No digest names it, and no run of the broker leaves such an index.',
      );
      continue;
    }
    const detail =
      sequence === due
        ? `There is no digest ${sequence}. A run that died left it, or the digest was taken away.`
        : `Digest ${sequence} does not name it: a run that died left it.`;
    found.note('leftOver', 'index', key, detail);
  }
}

function timeOf(key: string): Date {
  const name = archiveName(key);
  return name !== undefined && 'at' in name ? name.at : new Date(0);
}

async function checkAll(
  reader: ArchiveReader,
  chain: JudgedChain,
  { watch }: VerifySettings,
  found: Found,
): Promise<{ readonly totals: Totals; readonly tail: Totals }> {
  const { links, trusted, from } = chain;
  const totals: Totals = { objects: 0, events: 0, strays: 0 };
  const tail: Totals = { objects: 0, events: 0, strays: 0 };
  const spans = spansOf(links, trusted);
  const along: Along = {
    ...{ reader, found, totals },
    meetings: {
      seen: createSeen(),
      repeats: createRepeats(reader, found),
      claims: createClaims(reader, links, found),
      met: (events, key) => watch?.seen(events, timeOf(key)),
    },
    objects: createCoverage(reader, EVENTS_PREFIX, (object) => judge(object)),
    strays: createCoverage(reader, STRAYS_PREFIX, (object) => judge(object)),
  };
  const judge = judgeUncovered(along, { spans, from }, tail);
  const named = new Set<string>();
  for (const link of links) {
    const index = await checkContents(along, link);
    if (index !== undefined) named.add(index);
  }
  await checkIndexes(reader, chain, named, found);
  await along.objects.finish();
  await along.strays.finish();
  return { totals, tail };
}

/** Throws `Unavailable('archive')` where it can't be read. */
export async function verifyArchive(reader: ArchiveReader, settings: VerifySettings): Promise<Verified> {
  const found = createFound();
  const chain = await judgeChain(reader, settings, found);
  const said = chain.links.flatMap((link) => link.said ?? []);
  const [first, last] = [said[0], said.at(-1)];
  if (first !== undefined && last !== undefined) {
    settings.watch?.began(new Date(first.from), new Date(last.until));
  }
  const { totals, tail } = await checkAll(reader, chain, settings, found);
  const head = chain.links.at(-1);
  return {
    digests:
      first === undefined || last === undefined
        ? undefined
        : { count: chain.links.length, from: first.from, until: last.until },
    head:
      head?.said === undefined
        ? undefined
        : { sequence: head.sequence, sha256: head.sha256, signedAt: head.said.signedAt },
    keys: chain.keys,
    ...totals,
    tail,
    faults: found.faults(),
    notes: found.notes(),
  };
}
