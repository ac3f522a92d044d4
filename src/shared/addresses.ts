// IP addresses and ranges of them, read from text: which address lies in which range, and whom to count a caller as.
import { isIP } from 'node:net';
import { remembered } from './remembered.ts';

export interface Range {
  readonly family: 4 | 6;
  /** The first address, as a number. */
  readonly first: bigint;
  /** How many leading bits all its addresses share. */
  readonly prefix: number;
}

const BITS = { 4: 32, 6: 128 } as const;
/** `::ffff:0:0/96`: IPv4 addresses as a socket for both families writes them. */
const MAPPED = 0xffffn;

function ipv4Number(text: string): bigint {
  return text.split('.').reduce((number, part) => (number << 8n) | BigInt(part), 0n);
}

function groupsOf(text: string): readonly bigint[] {
  return text === '' ? [] : text.split(':').map((group) => BigInt(`0x${group}`));
}

function ipv6Number(text: string): bigint {
  // The last 32 bits may be written the IPv4 way.
  const hex = text.replace(/[\d.]+\.\d+$/, (ipv4) => {
    const number = ipv4Number(ipv4);
    return `${(number >> 16n).toString(16)}:${(number & 0xffffn).toString(16)}`;
  });
  const [before = '', after] = hex.split('::');
  const head = groupsOf(before);
  const tail = groupsOf(after ?? '');
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => 0n);
  return [...head, ...zeros, ...tail].reduce((number, group) => (number << 16n) | group, 0n);
}

/** One address as a range of its own. What is IPv4 in IPv6's clothes counts as IPv4, because it is the same host. */
function parseAddress(text: string): Range | undefined {
  const family = isIP(text);
  if (family === 4) return { family, first: ipv4Number(text), prefix: 32 };
  // A zone means something on one machine only.
  if (family !== 6 || text.includes('%')) return undefined;
  const number = ipv6Number(text);
  return number >> 32n === MAPPED
    ? { family: 4, first: number & 0xffff_ffffn, prefix: 32 }
    : { family: 6, first: number, prefix: 128 };
}

/** A CIDR or one address. Undefined for anything else, also where bits are set that the prefix leaves out. */
export function parseRange(text: string): Range | undefined {
  const [address = '', length, ...more] = text.split('/');
  const range = parseAddress(address);
  if (range === undefined || length === undefined) return range;
  if (more.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(length)) return undefined;
  const bits = BITS[range.family];
  // A prefix is counted in the form that it is written in.
  const prefix = Number(length) - (isIP(address) === 6 ? 128 - bits : 0);
  if (prefix < 0 || prefix > bits) return undefined;
  const free = BigInt(bits - prefix);
  return (range.first >> free) << free === range.first ? { ...range, prefix } : undefined;
}

function ipv4Text(number: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (number >> shift) & 0xffn).join('.');
}

function holds(range: Range, address: Range): boolean {
  const free = BigInt(BITS[range.family] - range.prefix);
  return range.family === address.family && range.first >> free === address.first >> free;
}

/** Whether the address is in one of the ranges. What is no address is in none, and what is no range holds none. */
export function inRanges(address: string, ranges: readonly (string | Range)[]): boolean {
  const parsed = parseAddress(address);
  if (parsed === undefined) return false;
  return ranges.some((each) => {
    const range = typeof each === 'string' ? parseRange(each) : each;
    return range !== undefined && holds(range, parsed);
  });
}

/** The address alone: IPv4 in IPv6's clothes as IPv4, without a zone. Undefined for what is none. */
export const plainAddress = remembered((text): string | undefined => {
  const [address = ''] = text.split('%');
  const parsed = parseAddress(address);
  if (parsed === undefined) return undefined;
  return parsed.family === 4 ? ipv4Text(parsed.first) : address;
});

/**
 * Whom to count a caller as: an IPv4 address is one, of IPv6 a whole /64 is, since that is what one caller has at the
 * least. `unknown` for what is no address.
 */
export function addressBucket(address: string | undefined): string {
  const parsed = address === undefined ? undefined : parseAddress(address);
  if (parsed === undefined) return 'unknown';
  if (parsed.family === 4) return ipv4Text(parsed.first);
  const groups = [112n, 96n, 80n, 64n].map((shift) => (parsed.first >> shift) & 0xffffn);
  const last = groups.findLastIndex((group) => group !== 0n);
  const shown = groups.slice(0, last + 1).map((group) => group.toString(16));
  return `${shown.join(':')}::/64`;
}
