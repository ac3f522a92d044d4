// Where the chain of digests stands, and who alone may go on with it.
import {
  archiveName,
  DIGESTS_PREFIX,
  type Digest,
  digestKey,
  isSignedAsNamed,
  readDigest,
} from '../../audit/index.ts';
import type { Archive } from '../../ports/archive.ts';
import type { RecordKey } from '../../ports/records.ts';
import type { SigningKey } from '../../ports/signer.ts';
import { Unavailable } from '../../shared/errors.ts';
import { sha256 } from '../../shared/hash.ts';
import { makeId } from '../../shared/ids.ts';
import type { Json } from '../../shared/json.ts';
import { FAR_FUTURE } from '../keeping.ts';
import type { DigestDependencies } from './dependencies.ts';
import type { WantedFinding } from './record-finding.ts';

/** Partition of the state table; its function may touch no other. */
const KEY: RecordKey = { partition: 'archive/digest', sort: 'chain' };
const HOUR = 3_600_000;
/** Longer than its function may run. */
const LEASE_MILLISECONDS = 16 * 60_000;

/** The last digest, as far as the next one needs it. */
export interface Head {
  readonly sequence: number;
  readonly sha256: string;
  /** Unknown of what stands in the chain's way. */
  readonly until?: string;
  readonly signedAt?: string;
  readonly keyId: string;
  readonly nextKeyId?: string;
}

/** What was done so far. */
export interface Progress {
  readonly head?: Head;
  /** Until when the table was compared with the archive; later than that, digests were signed without. */
  readonly comparedUntil?: string;
}

interface Chain extends Progress {
  readonly lease?: { readonly by: string; readonly until: string };
}

export interface HeldChain {
  /** As it was remembered; the archive may be further. */
  readonly progress: Progress;
  /** Remembers how far it came, and lets the next one in. */
  release(progress: Progress): Promise<void>;
}

/** One that reaches further ahead than any run can is nobody's. */
function isHeld(lease: Chain['lease'], now: Date): boolean {
  const left = Date.parse(lease?.until ?? '') - now.getTime();
  return left > 0 && left <= LEASE_MILLISECONDS;
}

/** Undefined while another has it. A broker of one process has nobody to wait for: what it holds is from before. */
export async function takeChain(
  { records, clock, ids }: Pick<DigestDependencies, 'records' | 'clock' | 'ids'>,
  { alone }: { readonly alone: boolean },
): Promise<HeldChain | undefined> {
  const [stored] = await records.read([KEY]);
  const { lease, ...progress } = (stored?.value ?? {}) as unknown as Chain;
  const now = clock.now();
  if (!alone && isHeld(lease, now)) return undefined;
  const by = makeId('req', now, ids.random(10));
  const until = new Date(now.getTime() + LEASE_MILLISECONDS).toISOString();
  const options = { expiresAt: FAR_FUTURE };
  const write = async (version: number, chain: Chain) =>
    version === 0
      ? (await records.create(KEY, chain as unknown as Json, options)).created
      : records.replace(KEY, version, chain as unknown as Json, options);
  const version = stored?.version ?? 0;
  if (!(await write(version, { ...progress, lease: { by, until } }))) return undefined;
  return {
    progress,
    release: async (done) => {
      // Where another has it by now, its own word stands.
      await write(version + 1, done);
    },
  };
}

export function headOf(digest: Digest, file: Uint8Array): Head {
  const { sequence, until, signedAt, key, nextKey } = digest;
  return {
    sequence,
    sha256: sha256(file),
    until,
    signedAt,
    keyId: key.id,
    ...(nextKey === undefined ? {} : { nextKeyId: nextKey.id }),
  };
}

async function isDigestThere(archive: Archive, sequence: number): Promise<boolean> {
  for await (const { key } of archive.list(digestKey(sequence))) if (key === digestKey(sequence)) return true;
  return false;
}

/** Every number that a digest's name is taken for, ascending. */
async function numbersIn(archive: Archive): Promise<readonly number[]> {
  const numbers: number[] = [];
  for await (const { key } of archive.list(DIGESTS_PREFIX)) {
    const name = archiveName(key);
    if (name?.kind === 'digest') numbers.push(name.sequence);
  }
  return numbers;
}

interface OwnDigest {
  readonly digest: Digest;
  readonly file: Uint8Array;
}

const headOfFile = ({ digest, file }: OwnDigest) => headOf(digest, file);

/** Undefined where it is gone, or no digest that one of the broker's keys signed. */
async function ownDigest(
  archive: Archive,
  sequence: number,
  keys: readonly SigningKey[],
): Promise<OwnDigest | undefined> {
  const file = await archive.get(digestKey(sequence));
  const signed = file === undefined ? undefined : readDigest(file);
  if (file === undefined || signed?.digest.sequence !== sequence || !isSignedAsNamed(signed))
    return undefined;
  return keys.some(({ id }) => id === signed.digest.key.id) ? { digest: signed.digest, file } : undefined;
}

/** The last digest that is the broker's own, however much stands above it. */
async function highestOwn(archive: Archive, keys: readonly SigningKey[]): Promise<OwnDigest | undefined> {
  for (const sequence of (await numbersIn(archive)).toReversed()) {
    const own = await ownDigest(archive, sequence, keys);
    if (own !== undefined) return own;
  }
  return undefined;
}

/** Whoever may write records could have written anything there. */
function isHead(remembered: unknown): remembered is Head {
  const { sequence, sha256: hash } = (remembered ?? {}) as Record<string, unknown>;
  const isNumber = Number.isSafeInteger(sequence) && Number(sequence) > 0;
  return isNumber && typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash);
}

/** A number that is not there is believed up to here: behind it is room for as many again. */
const MOST_DIGESTS = 1_000_000_000;

const timeOf = (moment: unknown) => (typeof moment === 'string' ? Date.parse(moment) : Number.NaN);

/** Whether a digest that is gone can have ended and been signed as is remembered: none is of more than an hour. */
function canBe({ sequence, until, signedAt }: Head, last: Digest | undefined, now: Date): boolean {
  const [ended, signed] = [timeOf(until), timeOf(signedAt)];
  if (!(ended <= signed && signed <= now.getTime())) return false;
  if (last === undefined) return true;
  const before = timeOf(last.until);
  return before <= ended && ended <= before + (sequence - last.sequence) * HOUR;
}

async function isFile(archive: Archive, { sequence, sha256: hash }: Head): Promise<boolean> {
  const file = await archive.get(digestKey(sequence));
  return file !== undefined && sha256(file) === hash;
}

interface KnownHead {
  /** Undefined where the archive alone can say it. */
  readonly head?: Head;
  readonly isThere: boolean;
}

/**
 * Of what is remembered, as far as the archive has it: whoever may write records may not say what was signed. A digest that
 * is gone leaves its number free, so that `verify` misses it, and its time too, so that it fits where it is brought back.
 */
async function headBy(
  archive: Archive,
  remembered: Head,
  keys: readonly SigningKey[],
  now: Date,
): Promise<KnownHead> {
  const { sequence, sha256: hash } = remembered;
  const own = await ownDigest(archive, sequence, keys);
  if (own !== undefined) return { head: headOfFile(own), isThere: true };
  const last = await highestOwn(archive, keys);
  if (sequence <= (last?.digest.sequence ?? 0) || sequence > MOST_DIGESTS) return { isThere: false };
  // Where no key is left that signed anything, it is still that file.
  const isLikely = last !== undefined || (await isFile(archive, remembered));
  if (isLikely && canBe(remembered, last?.digest, now)) return { head: remembered, isThere: false };
  return { head: { keyId: '', ...(last && headOfFile(last)), sequence, sha256: hash }, isThere: false };
}

export interface FoundHead {
  readonly head: Head | undefined;
  /** Digests of runs that died before they could remember them: perhaps nobody was told of them either. */
  readonly untold: readonly OwnDigest[];
  /** What looks wrong with the chain. */
  readonly findings: readonly WantedFinding[];
}

/** The last digest. The chain goes on behind whatever stands in its way: nobody believes what that says. */
export async function findHead(
  archive: Archive,
  remembered: Head | undefined,
  keys: readonly SigningKey[],
  now: Date,
): Promise<FoundHead> {
  const findings: WantedFinding[] = [];
  const untold: OwnDigest[] = [];
  const known = isHead(remembered) ? await headBy(archive, remembered, keys, now) : undefined;
  if (isHead(remembered) && known?.isThere === false) {
    const detail = 'A digest that was signed is not in the archive any more, or not as it was.';
    findings.push({ kind: 'archive_changed', detail, key: digestKey(remembered.sequence) });
  }
  const highest = known?.head === undefined ? await highestOwn(archive, keys) : undefined;
  if (highest !== undefined) untold.push(highest);
  let head = known?.head ?? (highest && headOfFile(highest));
  let sequence = head?.sequence ?? 0;
  while (await isDigestThere(archive, sequence + 1)) {
    sequence += 1;
    const own = await ownDigest(archive, sequence, keys);
    if (own !== undefined) {
      untold.push(own);
      head = headOfFile(own);
      continue;
    }
    const file = await archive.get(digestKey(sequence));
    if (file === undefined) throw new Unavailable('archive', new Error('a digest that was listed is gone'));
    const detail = 'No key of the broker signed it. The chain goes on behind it.';
    findings.push({ kind: 'digest_taken', detail, key: digestKey(sequence) });
    head = { keyId: '', ...head, sequence, sha256: sha256(file) };
  }
  return { head, untold, findings };
}

/** When the last span ended, as far as it is remembered. */
export async function signedUntil({
  records,
}: Pick<DigestDependencies, 'records'>): Promise<Date | undefined> {
  const [stored] = await records.read([KEY]);
  const until = new Date(((stored?.value ?? {}) as unknown as Chain).head?.until ?? Number.NaN);
  return Number.isNaN(until.getTime()) ? undefined : until;
}
