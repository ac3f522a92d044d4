// The names that a digest gives: of the right kind, in their order, of moments in its span.
import type { Digest } from '../archive/digest.ts';
import { archiveName } from '../archive/names.ts';
import { clipped, type Found } from './faults.ts';

function checkKind(
  { sequence, from, until }: Digest,
  keys: readonly string[],
  kind: 'events' | 'stray',
  where: string,
  found: Found,
): void {
  const what = kind === 'events' ? 'object' : 'stray';
  let before = '';
  for (const key of keys) {
    const name = archiveName(key);
    if (name?.kind !== kind) {
      found.fault('inconsistent', 'digest', where, `It names ${clipped(key)}, which is no name for that.`);
    } else if (name.at < new Date(from) || name.at >= new Date(until)) {
      found.fault('misdated', what, key, `Digest ${sequence} names it, and is from ${from} until ${until}.`);
    }
    if (before === key) found.fault('repeated', what, key, `Digest ${sequence} names it twice.`);
    else if (before > key)
      found.fault('reordered', 'digest', where, `It names ${clipped(key)} after ${clipped(before)}.`);
    before = key;
  }
}

export function checkNames(digest: Digest, where: string, found: Found): void {
  const keysOf = (files: readonly { readonly key: string }[]) => files.map(({ key }) => key);
  checkKind(digest, keysOf(digest.objects), 'events', where, found);
  checkKind(digest, keysOf(digest.strays), 'stray', where, found);
}
