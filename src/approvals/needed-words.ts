// How many of whom, in words: the same on the card, in a refusal and once somebody has decided.
import type { Needed } from './model.ts';

/** `2 of orders-owners`, `1 of owners and 1 of security`, `3, of them at least 1 of security`. */
export function neededWords({ count, of }: Needed): string {
  const groups = Object.entries(of)
    .filter(([, many]) => many > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const list = groups.map(([group, many]) => `${many} of ${group}`).join(' and ');
  if (groups.length === 0) return `${count} of those who may approve`;
  const sum = groups.reduce((total, [, many]) => total + many, 0);
  return sum === count ? list : `${count}, of them at least ${list}`;
}
