// Where looking begins, of an archive whose older part has expired: at the digest that covers a moment.
import { digestKey } from '../archive/names.ts';
import { type Chain, type Gap, isOwn, type Link } from './chain.ts';
import type { Found } from './faults.ts';

export interface Beginning {
  /** The number of the first digest whose contents are looked at. */
  readonly sequence: number;
  /** From there on to that one no digest is missing: only to those have keys to reach. */
  readonly unbroken: number;
  /** What has an earlier name is not looked at; undefined where everything is. */
  readonly from: string | undefined;
}

function sayMissing(gaps: readonly Gap[], found: Found): void {
  for (const { first, detail } of gaps) found.fault('missing', 'digest', digestKey(first), detail);
}

/** A stranger's says whatever it likes. */
function covering(links: readonly Link[], moment: string): Link | undefined {
  const later = links.filter(({ said }) => said !== undefined && said.until > moment);
  return later.find(isOwn) ?? later[0];
}

/** What was signed earlier may be there or not. That moment itself, and all that came after it, must be covered. */
export function beginningAt({ links, gaps }: Chain, since: Date | undefined, found: Found): Beginning {
  if (since === undefined) {
    sayMissing(gaps, found);
    return { sequence: 0, unbroken: 0, from: undefined };
  }
  const moment = since.toISOString();
  const { sequence, said } = covering(links, moment) ?? {};
  if (sequence === undefined || said === undefined) {
    const key = links.at(-1)?.key ?? (gaps[0] && digestKey(gaps[0].last));
    const detail = `No digest is there that ends after ${moment}: nothing shows what happened since.`;
    if (key !== undefined) found.fault('unsigned', 'archive', key, detail);
    return { sequence: Number.POSITIVE_INFINITY, unbroken: 0, from: moment };
  }
  if (said.from > moment && sequence > 1) {
    const detail = `Digest ${sequence} begins at ${said.from}: none is there that covers ${moment}.`;
    found.fault('missing', 'digest', digestKey(sequence - 1), detail);
  }
  sayMissing(
    gaps.filter(({ first }) => first > sequence),
    found,
  );
  const before = gaps.findLast(({ last }) => last < sequence);
  return { sequence, unbroken: (before?.last ?? 0) + 1, from: said.from };
}
