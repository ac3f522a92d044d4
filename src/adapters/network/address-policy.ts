// Which addresses may be dialled: whatever a name resolves to is judged here, before any connection is made.
import { isIP } from 'node:net';
import { inRanges, parseRange, type Range } from '../../shared/addresses.ts';

export interface AddressRules {
  /** Ranges that the operator lists. They open what is merely private, never what nobody may dial. */
  readonly private?: readonly string[];
  /**
   * Whether this machine itself may be dialled: `refused` in a function, where its own runtime listens there;
   * embedded, `listed` where the operator's file has to name it, or `allowed`.
   */
  readonly loopback: 'refused' | 'listed' | 'allowed';
}

const parsed = new Map<readonly string[], readonly Range[]>();

/** Parsed when they are first asked for: most of a function's instances dial nobody, and all of them start. */
function rangesOf(texts: readonly string[]): readonly Range[] {
  const known = parsed.get(texts);
  if (known !== undefined) return known;
  const ranges = texts.map((text) => {
    const range = parseRange(text);
    if (range === undefined) throw new TypeError(`${text} is no range`);
    return range;
  });
  parsed.set(texts, ranges);
  return ranges;
}

function isWithin(address: string, texts: readonly string[]): boolean {
  return inRanges(address, rangesOf(texts));
}

const LOOPBACK = ['127.0.0.0/8', '::1'];
const IPV4 = ['0.0.0.0/0'];
const NAT64 = ['64:ff9b::/96'];
const GLOBAL = ['0.0.0.0/0', '2000::/3'];

/** Refused whatever an operator lists. */
const NEVER = {
  // AWS keeps a whole range for such services; of the other clouds' it is these addresses.
  metadata: [
    'fd00:ec2::/32',
    '169.254.169.254',
    '169.254.170.2',
    '169.254.170.23',
    '168.63.129.16',
    '192.0.0.192',
    '100.100.100.200',
    '100.96.0.96',
    'fd20:ce::254',
    'fd00:c1::a9fe:a9fe',
    'fd00:42::42',
    'fd00:a9fe:a9fe::1',
    'fd00:100::100:200',
  ],
  // Among them what serves a Lambda function, 169.254.100.1.
  'link-local': ['169.254.0.0/16', 'fe80::/10'],
  unspecified: ['0.0.0.0/8', '::'],
  multicast: ['224.0.0.0/4', 'ff00::/8'],
  broadcast: ['255.255.255.255'],
  // Compatible, translated, local NAT64, 6to4, Teredo: where such a packet ends up is some gateway's to say.
  'IPv4 in IPv6': ['::/96', '::ffff:0:0:0/96', '64:ff9b:1::/48', '2002::/16', '2001::/32'],
} as const;

/** Refused unless an operator lists it. IPv6 that is not global needs no line here. */
const UNLESS_LISTED = {
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fec0::/10'],
  'shared by a carrier': ['100.64.0.0/10'],
  benchmarking: ['198.18.0.0/15', '2001:2::/48'],
  documentation: ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '3fff::/20'],
  reserved: [
    '192.0.0.0/24',
    '192.31.196.0/24',
    '192.52.193.0/24',
    '192.88.99.0/24',
    '192.175.48.0/24',
    '240.0.0.0/4',
    '2001::/23',
    '2620:4f:8000::/48',
  ],
} as const;

export type AddressProblem =
  | keyof typeof NEVER
  | keyof typeof UNLESS_LISTED
  | 'not an address'
  | 'runtime API'
  | 'loopback'
  | 'NAT64'
  | 'not global';

function nameOf<Name extends string>(
  table: Readonly<Record<Name, readonly string[]>>,
  address: string,
): Name | undefined {
  return (Object.keys(table) as Name[]).find((name) => isWithin(address, table[name]));
}

/** What serves the function that this runs in, where it is one: whoever reaches it can take the function's place. */
function isRuntimeApi(address: string): boolean {
  const api = process.env['AWS_LAMBDA_RUNTIME_API'];
  if (api === undefined || !URL.canParse(`http://${api}`)) return false;
  return inRanges(address, [new URL(`http://${api}`).hostname.replace(/^\[|\]$/g, '')]);
}

/** The IPv4 address that a NAT64 gateway would go on to. */
function behindNat64(address: string): string {
  const last = (parseRange(address)?.first ?? 0n) & 0xffff_ffffn;
  return [24n, 16n, 8n, 0n].map((shift) => (last >> shift) & 0xffn).join('.');
}

/** Why the address must not be dialled, whoever asks for it; undefined where it may be. */
export function addressProblem(address: string, rules: AddressRules): AddressProblem | undefined {
  const family = isIP(address);
  if (family === 0 || address.includes('%')) return 'not an address';
  // A name with such an address is up to something: it could as well have the IPv4 address.
  if (family === 6 && isWithin(address, IPV4)) return 'IPv4 in IPv6';
  if (isRuntimeApi(address)) return 'runtime API';
  const isListed = inRanges(address, rules.private ?? []);
  if (isWithin(address, LOOPBACK)) {
    return rules.loopback === 'allowed' || (rules.loopback === 'listed' && isListed) ? undefined : 'loopback';
  }
  const never = nameOf(NEVER, address);
  if (never !== undefined) return never;
  if (isWithin(address, NAT64)) {
    return isListed ? addressProblem(behindNat64(address), { ...rules, loopback: 'refused' }) : 'NAT64';
  }
  if (isListed) return undefined;
  return nameOf(UNLESS_LISTED, address) ?? (isWithin(address, GLOBAL) ? undefined : 'not global');
}

/** Whether it is an address of this very machine. */
export function isLoopback(address: string): boolean {
  return isWithin(address, LOOPBACK);
}
