// Where the chain of digests stands, and who alone may go on with it.
import { DIGESTS_PREFIX, type Digest, digestKey, isSignedAsNamed, readDigest } from '../../audit/index.ts';
import type { Archive } from '../../ports/archive.ts';
import type { RecordKey } from '../../ports/records.ts';
import type { SigningKey } from '../../ports/signer.ts';
import { Unavailable } from '../../shared/errors.ts';
import { sha256 } from '../../shared/hash.ts';
import { makeId } from '../../shared/ids.ts';
import type { Json } from '../../shared/json.ts';
import { FAR_FUTURE } from '../keeping.ts';
import type { DigestDependencies } from './dependencies.ts';

/** Partition of the state table; its function may touch no other. */
const KEY: RecordKey = { partition: 'archive/digest', sort: 'chain' };
/** Longer than its function may run. */
const BEGINNING = new Date(0).toISOString();
const LEASE_MILLISECONDS = 16 * 60_000;

/** The last digest, as far as the next one needs it. */
export interface Head {
  readonly sequence: number;
  readonly sha256: string;
  readonly until: string;
  readonly signedAt: string;
  readonly keyId: string;
  readonly nextKeyId?: string;
}

interface Chain {
  readonly head?: Head;
  readonly lease?: { readonly by: string; readonly until: string };
}

export interface HeldChain {
  /** As it was remembered; the archive may be further. */
  readonly head: Head | undefined;
  /** Remembers how far it came, and lets the next one in. */
  release(head: Head | undefined): Promise<void>;
}

/** Undefined while another has it. A broker of one process has nobody to wait for: what it holds is from before. */
export async function takeChain(
  { records, clock, ids }: Pick<DigestDependencies, 'records' | 'clock' | 'ids'>,
  { alone }: { readonly alone: boolean },
): Promise<HeldChain | undefined> {
  const [stored] = await records.read([KEY]);
  const { head, lease } = (stored?.value ?? {}) as unknown as Chain;
  const now = clock.now();
  if (!alone && lease !== undefined && Date.parse(lease.until) > now.getTime()) return undefined;
  const by = makeId('req', now, ids.random(10));
  const until = new Date(now.getTime() + LEASE_MILLISECONDS).toISOString();
  const options = { expiresAt: FAR_FUTURE };
  const write = async (version: number, chain: Chain) =>
    version === 0
      ? (await records.create(KEY, chain as unknown as Json, options)).created
      : records.replace(KEY, version, chain as unknown as Json, options);
  const version = stored?.version ?? 0;
  const known = head === undefined ? {} : { head };
  if (!(await write(version, { ...known, lease: { by, until } }))) return undefined;
  return {
    head,
    release: async (last) => {
      // Where another has it by now, its own word stands.
      await write(version + 1, last === undefined ? {} : { head: last });
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

export async function isDigestThere(archive: Archive, sequence: number): Promise<boolean> {
  for await (const { key } of archive.list(digestKey(sequence))) if (key === digestKey(sequence)) return true;
  return false;
}

/** Where nothing is remembered: the highest number there is. */
async function highest(archive: Archive): Promise<number> {
  let last = 0;
  const numbers = /^digests\/digest-(\d{10})\.json$/;
  for await (const { key } of archive.list(DIGESTS_PREFIX)) last = Number(numbers.exec(key)?.[1] ?? last);
  return last;
}

/** Undefined where the file is no digest that one of the broker's keys signed. */
function ownDigest(file: Uint8Array, sequence: number, keys: readonly SigningKey[]): Digest | undefined {
  const signed = readDigest(file);
  const isOwn =
    signed?.digest.sequence === sequence &&
    isSignedAsNamed(signed) &&
    keys.some(({ id }) => id === signed.digest.key.id);
  return isOwn ? signed.digest : undefined;
}

export interface FoundHead {
  readonly head: Head | undefined;
  /** Digests of runs that died before they could remember them: perhaps nobody was told of them either. */
  readonly untold: readonly { readonly digest: Digest; readonly file: Uint8Array }[];
  /** Numbers that something else than a digest of the broker's stands under. */
  readonly foreign: readonly number[];
}

/** The last digest. The chain goes on behind whatever stands in its way: nobody believes what that says. */
export async function findHead(
  archive: Archive,
  remembered: Head | undefined,
  keys: readonly SigningKey[],
): Promise<FoundHead> {
  const foreign: number[] = [];
  const untold: { digest: Digest; file: Uint8Array }[] = [];
  let head = remembered;
  let sequence = remembered?.sequence ?? Math.max(0, (await highest(archive)) - 1);
  while (await isDigestThere(archive, sequence + 1)) {
    sequence += 1;
    const file = await archive.get(digestKey(sequence));
    if (file === undefined) throw new Unavailable('archive', new Error('a digest that was listed is gone'));
    const digest = ownDigest(file, sequence, keys);
    if (digest === undefined) {
      foreign.push(sequence);
      const before = head ?? { until: BEGINNING, signedAt: BEGINNING, keyId: '' };
      head = { ...before, sequence, sha256: sha256(file) };
    } else {
      untold.push({ digest, file });
      head = headOf(digest, file);
    }
  }
  return { head, untold, foreign };
}

/** When the last span ended, as far as it is remembered. */
export async function signedUntil({
  records,
}: Pick<DigestDependencies, 'records'>): Promise<Date | undefined> {
  const [stored] = await records.read([KEY]);
  const { head } = (stored?.value ?? {}) as unknown as Chain;
  return head === undefined ? undefined : new Date(head.until);
}
