// Ranges of addresses, and what would be right where one is not quite.
import { z } from 'zod';
import { parseRange } from '../../../shared/addresses.ts';
import { quoted } from '../words.ts';
import { listOf } from './fields.ts';

function spelled(family: 4 | 6, address: bigint): string {
  const [width, groups] = family === 4 ? [8n, 4] : [16n, 8];
  const parts = Array.from({ length: groups }, (_, index) => {
    const group = (address >> (BigInt(groups - 1 - index) * width)) % (1n << width);
    return group.toString(family === 4 ? 10 : 16);
  });
  // A URL has an IPv6 address in its one short form.
  return family === 4 ? parts.join('.') : new URL(`http://[${parts.join(':')}]/`).hostname.slice(1, -1);
}

/** The range that was meant, where only bits for hosts are in the way. */
function networkOf(text: string): string | undefined {
  const [, address = '', length] = /^([^/]+)\/(0|[1-9]\d{0,2})$/u.exec(text) ?? [];
  const parsed = parseRange(address);
  if (parsed === undefined) return undefined;
  const free = (address.includes(':') ? 128 : 32) - Number(length);
  if (free < 0 || free > parsed.prefix) return undefined;
  const first = (parsed.first >> BigInt(free)) << BigInt(free);
  return `${spelled(parsed.family, first)}/${parsed.prefix - free}`;
}

const range = z.string().superRefine((text, context) => {
  if (parseRange(text) !== undefined) return;
  const network = networkOf(text);
  const message =
    network === undefined
      ? 'must be a range of addresses, as in `10.0.0.0/8` or `2001:db8::/32`, or one address'
      : `is ${quoted(text)}, which has host bits set: write ${quoted(network)}`;
  context.addIssue({ code: 'custom', message, input: text });
});

/** Never empty: without any range, whatever is asked of it would be refused. */
export const ranges = (meaning: string) =>
  listOf(range.describe('A range, as in `10.0.0.0/8`, or one address.')).min(1).describe(meaning);
