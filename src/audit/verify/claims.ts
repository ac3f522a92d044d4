// What the audit's own events say of digests: the digests that are there must be those.
import type { ArchiveReader } from '../../ports/archive.ts';
import { digestKey } from '../archive/names.ts';
import { isOwn, type Link } from './chain.ts';
import type { Found } from './faults.ts';
import type { Claim } from './object-lines.ts';
import { readWhole } from './read-file.ts';

export interface Claims {
  /** `isTail`: nobody signed that. */
  check(where: string, claims: readonly Claim[], isTail: boolean): Promise<void>;
}

interface Known {
  readonly links: readonly Link[];
  readonly trusted: ReadonlySet<Link>;
}

export function createClaims(reader: ArchiveReader, { links, trusted }: Known, found: Found): Claims {
  const bySequence = new Map(links.map((link) => [link.sequence, link]));
  const last = links.at(-1)?.sequence ?? 0;

  function sayOther(where: string, { event, sequence, sha256 }: Claim, link: Link, isTail: boolean): void {
    if (isTail && trusted.has(link) && isOwn(link)) {
      const detail = `An event in it tells of another digest ${sequence}, whose hash was ${sha256}: it has ${link.sha256}. That is not the one that was signed then, or the event, which is not signed, is made up.`;
      found.fault('altered', 'object', where, detail, event);
    } else {
      const detail = `It is not the one that was signed, whose hash was ${sha256} by an event in ${where}: it has ${link.sha256}.`;
      found.fault('altered', 'digest', link.key, detail, event);
    }
  }

  async function checkOne(where: string, claim: Claim, isTail: boolean): Promise<void> {
    const { event, sequence, sha256 } = claim;
    const link = bySequence.get(sequence);
    const key = digestKey(sequence);
    if (link !== undefined && link.sha256 !== sha256) sayOther(where, claim, link, isTail);
    if (sequence <= last) return;
    // Nobody has to hold the archive still meanwhile.
    if ((await readWhole(reader, key)) !== undefined) {
      found.note('newer', 'digest', key, 'It was signed after this began, and was not looked at.');
    } else {
      const detail = `Digest ${sequence} is not there, and was signed: an event in ${where} says so.`;
      found.fault('missing', 'digest', key, detail, event);
    }
  }

  return {
    async check(where, claims, isTail) {
      for (const claim of claims) await checkOne(where, claim, isTail);
    },
  };
}
