// The chain of digests: every number there, every file a digest, each following on the one before it.
import { type ArchiveReader, UnreadableObject } from '../../ports/archive.ts';
import { sha256 } from '../../shared/hash.ts';
import { type Digest, readDigest, type SignedDigest } from '../archive/digest.ts';
import { digestKey } from '../archive/names.ts';
import { isSignedAsNamed } from '../archive/signature.ts';
import type { Found } from './faults.ts';
import { readWhole, unreadText } from './read-file.ts';

/** A digest's file, and as much of the digest as is kept of each. */
export interface Link {
  readonly sequence: number;
  readonly key: string;
  readonly sha256: string;
  /** Undefined where the file is no digest, or that of another number. */
  readonly said: Said | undefined;
  /** Its signature is that of the key that it names. */
  readonly isSigned: boolean;
  /**
   * Whose key that is: the one due in the chain, since a key that was followed is good for nothing; or that of a stranger's
   * digest right before it, which was told of there; else undefined.
   */
  readonly keyOf: 'chain' | 'stranger' | undefined;
}

/** Signed by the key that was due: what others put there says nothing. */
export function isOwn({ isSigned, keyOf }: Link): boolean {
  return isSigned && keyOf === 'chain';
}

/** Digests that are not there. */
export interface Gap {
  readonly first: number;
  readonly last: number;
  readonly detail: string;
}

export interface Chain {
  /** Every digest there is, in its order. */
  readonly links: readonly Link[];
  readonly gaps: readonly Gap[];
}

export interface Said
  extends Pick<Digest, 'from' | 'until' | 'signedAt' | 'previous' | 'key' | 'nextKey' | 'events'> {}

/** Base64 in its one form: else two texts would be the same bytes. */
function isBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text;
}

function isMoment(text: string): boolean {
  const at = new Date(text);
  return !Number.isNaN(at.getTime()) && at.toISOString() === text;
}

/** Undefined where it is not written as digests are. */
export function digestIn(file: Uint8Array): SignedDigest | undefined {
  const signed = readDigest(file);
  if (signed === undefined) return undefined;
  const { digest, signature } = signed;
  const { key, nextKey, from, until, signedAt } = digest;
  const bases = [signature.value, key.publicKey, ...(nextKey === undefined ? [] : [nextKey.publicKey])];
  return bases.every(isBase64) && [from, until, signedAt].every(isMoment) ? signed : undefined;
}

/** A format that a later version may know. */
function whyNoDigest(file: Uint8Array): string {
  try {
    const format: unknown = JSON.parse(Buffer.from(file).toString('utf8'))?.digest?.format;
    if (typeof format === 'string' && /^bailiwick-digest-(?!1$)\d{1,3}$/.test(format)) {
      return `It is of the format ${format}, which this version does not know.`;
    }
  } catch {
    // It is no JSON either.
  }
  return 'It is no digest, to the letter.';
}

interface Before {
  /** Whatever lies there. */
  readonly last: Link;
  /** The last one that a key of the chain signed: a stranger's file in between changes nothing. */
  readonly good: Link | undefined;
}

function isDueAfter(said: Said, { said: earlier }: Link): boolean {
  return earlier !== undefined && (earlier.nextKey ?? earlier.key).id === said.key.id;
}

function keyOf(said: Said, before: Before | undefined): Link['keyOf'] {
  const { last, good } = before ?? {};
  if (good === undefined || isDueAfter(said, good)) return 'chain';
  const isAfter = last?.isSigned === true && said.previous === last.sha256 && isDueAfter(said, last);
  return isAfter ? 'stranger' : undefined;
}

function linkOf(file: Uint8Array, sequence: number, before: Before | undefined, found: Found): Link {
  const key = digestKey(sequence);
  const link = { sequence, key, sha256: sha256(file) };
  const none = { ...link, said: undefined, isSigned: false, keyOf: undefined };
  const signed = digestIn(file);
  if (signed === undefined) {
    found.fault('altered', 'digest', key, whyNoDigest(file));
    return none;
  }
  const { digest } = signed;
  if (digest.sequence !== sequence) {
    found.fault('reordered', 'digest', key, `It says that it is digest ${digest.sequence}.`);
    return none;
  }
  const { from, until, signedAt, previous, nextKey, events } = digest;
  const said = { from, until, signedAt, previous, key: digest.key, events };
  return {
    ...link,
    said: nextKey === undefined ? said : { ...said, nextKey },
    isSigned: isSignedAsNamed(signed),
    keyOf: keyOf(said, before),
  };
}

function checkSignature(link: Link, before: Before | undefined, found: Found): void {
  const { key, said, isSigned } = link;
  if (said === undefined) return;
  const { id } = said.key;
  if (!isSigned) {
    found.fault('unsigned', 'digest', key, `Its signature is not that of the key ${id} over what it says.`);
  } else if (link.keyOf === undefined) {
    const detail = `It is signed with the key ${id}, and digest ${before?.good?.sequence} announced no such one.`;
    found.fault('otherKey', 'digest', key, detail);
  }
}

/** What it says of the file before it. */
function checkPrevious(
  { sequence, key, said, isSigned }: Link,
  before: Before | undefined,
  found: Found,
): void {
  if (said === undefined) return;
  if ((said.previous === null) !== (sequence === 1)) {
    const detail = sequence === 1 ? 'It is the first, and names one before it.' : 'It names none before it.';
    found.fault('unchained', 'digest', key, detail);
    return;
  }
  const last = before?.last;
  if (last === undefined || said.previous === last.sha256) return;
  const hashes = `by digest ${sequence} its hash is ${said.previous}, and it has ${last.sha256}`;
  if (isSigned) found.fault('altered', 'digest', last.key, `It was altered or replaced: ${hashes}.`);
  else found.fault('unchained', 'digest', key, `It does not follow on digest ${last.sequence}: ${hashes}.`);
}

/**
 * The digest that this one goes on from. Of one that was altered nobody knows where it ended, so there is none; behind a
 * stranger's the chain goes on as if that were not there.
 */
function goneOnFrom({ said, keyOf }: Link, { last, good }: Before): Link | undefined {
  if (keyOf !== 'chain') return last;
  return good === last || said?.previous === last.sha256 ? good : undefined;
}

function checkTimes(link: Link, before: Before | undefined, found: Found): void {
  const { key, said } = link;
  if (said === undefined) return;
  const { from, until, signedAt } = said;
  const misdated = (detail: string) => found.fault('misdated', 'digest', key, detail);
  if (until < from) misdated(`It ends at ${until}, before it begins at ${from}.`);
  if (signedAt < until) misdated(`It was signed at ${signedAt}, before its end at ${until}.`);
  const { sequence, said: earlier } = (before && goneOnFrom(link, before)) ?? {};
  if (earlier === undefined) return;
  if (from !== earlier.until)
    misdated(`It begins at ${from}, and digest ${sequence} ends at ${earlier.until}.`);
  if (signedAt < earlier.signedAt) {
    misdated(
      `It is back-dated: signed at ${signedAt}, and digest ${sequence} before it at ${earlier.signedAt}.`,
    );
  }
}

function gapOf(first: number, last: number): Gap {
  const which = first === last ? `Digest ${first} is` : `Digests ${first} to ${last} are`;
  return { first, last, detail: `${which} not there.` };
}

/** Every digest there is, with what is wrong with it told; what is not there may have expired. */
export async function readChain(
  reader: ArchiveReader,
  sequences: readonly number[],
  found: Found,
): Promise<Chain> {
  const links: Link[] = [];
  const gaps: Gap[] = [];
  let before: Before | undefined;
  let due = 1;
  for (const sequence of sequences) {
    const key = digestKey(sequence);
    const file = await readWhole(reader, key);
    if (sequence > due) gaps.push(gapOf(due, sequence - 1));
    const isNext = sequence === due;
    due = sequence + 1;
    if (file === undefined || file instanceof UnreadableObject) {
      const detail = 'It has a name there, and is no file.';
      if (file === undefined) gaps.push({ first: sequence, last: sequence, detail });
      else found.fault('altered', 'digest', key, unreadText(file));
      before = undefined;
      continue;
    }
    if (!isNext) before = undefined;
    const link = linkOf(file, sequence, before, found);
    checkSignature(link, before, found);
    checkPrevious(link, before, found);
    checkTimes(link, before, found);
    links.push(link);
    before = { last: link, good: isOwn(link) ? link : before?.good };
  }
  return { links, gaps };
}
