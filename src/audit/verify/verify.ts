// Verifies an archive: its digests, everything that they name, and what they don't.
import { type ArchiveReader, UnreadableObject } from '../../ports/archive.ts';
import { sha256 } from '../../shared/hash.ts';
import { archiveName, DIGESTS_PREFIX, digestKey, EVENTS_PREFIX, STRAYS_PREFIX } from '../archive/names.ts';
import { isOwn, type Link, readChain } from './chain.ts';
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
import { readWhole, unreadText } from './read-file.ts';
import { createRepeats } from './repeats.ts';
import { createSeen } from './seen.ts';
import { type Beginning, beginningAt } from './since.ts';
import { checkTrust, trustedLinks } from './trust.ts';
import { emptyTail, judgeUncovered, spansOf, type Tail } from './uncovered.ts';

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
  /** What was archived before is not looked at, and may have expired: of its digests those that are there count. */
  readonly since?: Date | undefined;
  /** An archive that has no digest and nothing older than two hours is none that is signed yet, and no fault. */
  readonly mayBeYoung?: { readonly now: Date } | undefined;
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
  /** What was archived before was not looked at; undefined where everything was. */
  readonly since: string | undefined;
  readonly head: Head | undefined;
  readonly keys: readonly string[];
  readonly objects: number;
  readonly events: number;
  readonly strays: number;
  /** What is not signed yet. */
  readonly tail: Readonly<Tail>;
  readonly faults: Tally<FaultKind, Fault>;
  readonly notes: Tally<NoteKind, Note>;
}

/** A chain that was read and judged, before anything that it names. */
export interface JudgedChain {
  readonly links: readonly Link[];
  readonly trusted: ReadonlySet<Link>;
  readonly keys: readonly string[];
  readonly inventory: Inventory;
  readonly beginning: Beginning;
}

/** Digests are signed every hour. */
const YOUNG_MILLISECONDS = 7_200_000;

/** An archive that is young is all tail; one that lost its digests looks the same, but for what they left. */
function checkSigned(
  { isEmpty, digests, indexes, earliest }: Inventory,
  { mayBeYoung, head }: VerifySettings,
  found: Found,
): void {
  if (digests.length > 0) return;
  const oldest = (mayBeYoung?.now.getTime() ?? Number.NaN) - YOUNG_MILLISECONDS;
  const isYoung = head === undefined && earliest !== undefined && earliest.getTime() >= oldest;
  const [index] = indexes;
  if (isEmpty) {
    const detail = 'There is nothing in it. Either nothing was ever archived, or all of it is gone.';
    found.fault('unsigned', 'archive', DIGESTS_PREFIX, detail);
  } else if (index !== undefined) {
    const detail = `There is no digest, and an index of one: ${index.key}.`;
    found.fault('missing', 'digest', digestKey(index.sequence), detail);
  } else if (isYoung) {
    const detail = 'There is no digest in it yet. Nothing is signed, so nothing is proven.';
    found.note('nothingSigned', 'archive', DIGESTS_PREFIX, detail);
  } else {
    const detail = 'There is no digest in it. Either none was signed yet, or all of them are gone.';
    found.fault('unsigned', 'archive', DIGESTS_PREFIX, detail);
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
  const chain = await readChain(reader, inventory.digests, found);
  const { links } = chain;
  const beginning = beginningAt(chain, since, found);
  // What lies before a part that has expired is out of the reach of any key that is not its own.
  const reachable = links.filter(({ sequence }) => sequence >= beginning.unbroken);
  const own = reachable.find(({ said }) => said !== undefined)?.said?.key.id;
  const keys = given ?? (own === undefined ? [] : [own]);
  const trusted = trustedLinks(links, new Set(keys));
  checkTrust(reachable, trusted, found);
  if (head !== undefined && !links.some((link) => link.sha256 === head)) {
    const detail = `No digest has the hash ${head}: those that were signed last are gone, or others.`;
    found.fault('cutBack', 'archive', DIGESTS_PREFIX, detail);
  }
  return { links, trusted, keys, inventory, beginning };
}

function whyLeft(sequence: number, due: number, others: ReadonlySet<number>): string {
  if (sequence === due) {
    return `There is no digest ${sequence}. A run that died left it, or the digest was taken away.`;
  }
  return others.has(sequence)
    ? `Digest ${sequence} is not to be trusted, whatever it names.`
    : `Digest ${sequence} does not name it: a run that died left it.`;
}

/** Indexes that no digest names: what a run leaves that dies before it signs. */
async function checkIndexes(
  reader: ArchiveReader,
  { links, inventory, beginning }: JudgedChain,
  named: ReadonlySet<string>,
  found: Found,
): Promise<void> {
  const due = (links.at(-1)?.sequence ?? 0) + 1;
  const others = new Set(links.filter((link) => !isOwn(link)).map(({ sequence }) => sequence));
  for (const { key, sequence } of inventory.indexes) {
    if (named.has(key) || sequence < beginning.sequence) continue;
    const bytes = await readWhole(reader, key);
    if (bytes instanceof UnreadableObject) {
      found.fault('altered', 'index', key, unreadText(bytes));
      continue;
    }
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
    found.note('leftOver', 'index', key, whyLeft(sequence, due, others));
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
): Promise<{ readonly totals: Totals; readonly tail: Tail }> {
  const { links, trusted, beginning } = chain;
  const totals: Totals = { objects: 0, events: 0, strays: 0 };
  const tail = emptyTail();
  const spans = spansOf(links, trusted);
  const along: Along = {
    ...{ reader, found, totals },
    meetings: {
      seen: createSeen(),
      repeats: createRepeats(reader, found),
      claims: createClaims(reader, chain, found),
      met: (events, key) => watch?.seen(events, timeOf(key)),
    },
    objects: createCoverage(reader, EVENTS_PREFIX, (object) => judge(object)),
    strays: createCoverage(reader, STRAYS_PREFIX, (object) => judge(object)),
  };
  const judge = judgeUncovered(along, { spans, from: beginning.from }, tail);
  const named = new Set<string>();
  for (const link of links) {
    if (link.sequence < beginning.sequence) continue;
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
    settings.watch?.began(new Date(chain.beginning.from ?? first.from), new Date(last.until));
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
    since: chain.beginning.from,
    keys: chain.keys,
    ...totals,
    tail,
    faults: found.faults(),
    notes: found.notes(),
  };
}
