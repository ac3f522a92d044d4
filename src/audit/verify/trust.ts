// Which digests are trusted: by a key that was given, by one that such a digest announces, or by a later one's word.

import type { Link } from './chain.ts';
import type { Found } from './faults.ts';

/** Forward from keys, and back by hashes. */
export function trustedLinks(links: readonly Link[], given: ReadonlySet<string>): ReadonlySet<Link> {
  const keys = new Set(given);
  const trusted = new Set<Link>();
  for (const link of links) {
    const { said, isSigned } = link;
    if (said === undefined || !isSigned || !keys.has(said.key.id)) continue;
    trusted.add(link);
    if (said.nextKey !== undefined) keys.add(said.nextKey.id);
  }
  let later: Link | undefined;
  for (const link of links.toReversed()) {
    const isNext = later?.sequence === link.sequence + 1 && later.said?.previous === link.sha256;
    if (isNext && later !== undefined && trusted.has(later)) trusted.add(link);
    later = link;
  }
  return trusted;
}

function sayUntrusted(run: readonly Link[], found: Found): void {
  const [first, last] = [run[0], run.at(-1)];
  if (first?.said === undefined || last === undefined) return;
  // That its key is none of the chain's is told already.
  if (first === last && first.keyOf === undefined) return;
  const which = first === last ? `Digest ${first.sequence}` : `Digests ${first.sequence} to ${last.sequence}`;
  const detail = `${which} can't be trusted: no key that was given vouches for the key ${first.said.key.id}.`;
  found.fault('otherKey', 'digest', first.key, detail);
}

/** One fault for all that lie together under one key. */
export function checkTrust(links: readonly Link[], trusted: ReadonlySet<Link>, found: Found): void {
  let run: Link[] = [];
  for (const link of links) {
    const last = run.at(-1);
    const isMore = last === undefined || last.said?.key.id === link.said?.key.id;
    const isUntrusted = !trusted.has(link) && link.isSigned;
    if (!isUntrusted || !isMore) {
      sayUntrusted(run, found);
      run = [];
    }
    if (isUntrusted) run.push(link);
  }
  sayUntrusted(run, found);
}
