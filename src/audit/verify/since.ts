// Where verifying begins, of an archive whose older part has expired: at the digest that covers a moment.
import type { ArchiveReader } from '../../ports/archive.ts';
import { digestKey } from '../archive/names.ts';
import { digestIn } from './chain.ts';
import type { Found } from './faults.ts';

export interface Beginning {
  /** The numbers of digests that are looked at. */
  readonly sequences: readonly number[];
  /** What has an earlier name is not looked at; undefined where everything is. */
  readonly from: string | undefined;
}

/** What was signed earlier may be there or not. That moment itself, and all that came after it, must be covered. */
export async function beginningAt(
  reader: ArchiveReader,
  sequences: readonly number[],
  since: Date | undefined,
  found: Found,
): Promise<Beginning> {
  if (since === undefined) return { sequences, from: undefined };
  const moment = since.toISOString();
  for (const [at, sequence] of sequences.entries()) {
    const file = await reader.get(digestKey(sequence));
    const digest = file === undefined ? undefined : digestIn(file)?.digest;
    if (digest === undefined || digest.sequence !== sequence || digest.until <= moment) continue;
    if (digest.from > moment && sequence > 1) {
      const detail = `Digest ${sequence} begins at ${digest.from}: none is there that covers ${moment}.`;
      found.fault('missing', 'digest', digestKey(sequence - 1), detail);
    }
    return { sequences: sequences.slice(at), from: digest.from };
  }
  const detail = `No digest is there that ends after ${moment}: nothing shows what happened since.`;
  if (sequences.length > 0) found.fault('unsigned', 'archive', digestKey(sequences.at(-1) ?? 1), detail);
  return { sequences: [], from: moment };
}
