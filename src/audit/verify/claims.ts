// What the audit's own events say of digests: the digests that are there must be those.
import type { ArchiveReader } from '../../ports/archive.ts';
import { digestKey } from '../archive/names.ts';
import type { Link } from './chain.ts';
import type { Found } from './faults.ts';
import type { Claim } from './object-lines.ts';

export interface Claims {
  check(where: string, claims: readonly Claim[]): Promise<void>;
}

export function createClaims(reader: ArchiveReader, links: readonly Link[], found: Found): Claims {
  const bySequence = new Map(links.map((link) => [link.sequence, link]));
  const last = links.at(-1)?.sequence ?? 0;

  async function checkOne(where: string, { event, sequence, sha256 }: Claim): Promise<void> {
    const link = bySequence.get(sequence);
    const key = digestKey(sequence);
    if (link !== undefined && link.sha256 !== sha256) {
      const detail = `It is not the one that was signed, whose hash was ${sha256} by an event in ${where}: it has ${link.sha256}.`;
      found.fault('altered', 'digest', key, detail, event);
    }
    if (sequence <= last) return;
    // Nobody has to hold the archive still meanwhile.
    if ((await reader.get(key)) !== undefined) {
      found.note('newer', 'digest', key, 'It was signed after this began, and was not looked at.');
    } else {
      const detail = `Digest ${sequence} is not there, and was signed: an event in ${where} says so.`;
      found.fault('missing', 'digest', key, detail, event);
    }
  }

  return {
    async check(where, claims) {
      for (const claim of claims) await checkOne(where, claim);
    },
  };
}
