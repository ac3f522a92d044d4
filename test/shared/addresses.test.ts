// Addresses and ranges: what they are read as, and who is counted as one.
import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressBucket, inRanges, parseRange } from '../../src/shared/addresses.ts';

const byte = fc.nat(255);
const ipv4 = fc.tuple(byte, byte, byte, byte).map((bytes) => bytes.join('.'));
const groups = fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 });
const zeroes = fc.array(fc.constantFrom(0, 0, 0, 1, 0xffff), { minLength: 8, maxLength: 8 });
const full = (of: readonly number[]) => of.map((group) => group.toString(16).padStart(4, '0')).join(':');
const anyGroups = fc
  .oneof(groups, zeroes)
  .filter((of) => !(of.slice(0, 5).every((group) => group === 0) && of[5] === 0xffff));
const ipv6 = anyGroups.map(full);
/** As the URL parser spells it: the short form of RFC 5952. */
const short = (address: string) => new URL(`http://[${address}]/`).hostname.slice(1, -1);

/** An address with so many of its leading bits, and zeros or ones after them. */
function filled(address: string, prefix: number, rest: 0n | 1n): string {
  const bits = isIP(address) === 4 ? 32 : 128;
  const width = bits === 32 ? 8 : 16;
  const parts =
    bits === 32 ? address.split('.').map(Number) : address.split(':').map((of) => Number(`0x${of}`));
  const number = parts.reduce((sum, part) => (sum << BigInt(width)) | BigInt(part), 0n);
  const free = BigInt(bits - prefix);
  const changed = ((number >> free) << free) | (rest * ((1n << free) - 1n));
  const mask = (1n << BigInt(width)) - 1n;
  const out = parts.map((_, at) => Number((changed >> BigInt(width * (parts.length - 1 - at))) & mask));
  return bits === 32 ? out.join('.') : full(out);
}

const addressAndPrefix = fc.oneof(fc.tuple(ipv4, fc.nat(32)), fc.tuple(ipv6, fc.nat(128)));

describe('parseRange', () => {
  it.each([
    ['10.0.0.0/8', { family: 4, first: 0x0a000000n, prefix: 8 }],
    ['0.0.0.0/0', { family: 4, first: 0n, prefix: 0 }],
    ['192.0.2.1', { family: 4, first: 0xc0000201n, prefix: 32 }],
    ['192.0.2.1/32', { family: 4, first: 0xc0000201n, prefix: 32 }],
    ['::/0', { family: 6, first: 0n, prefix: 0 }],
    ['2001:DB8::/32', { family: 6, first: 0x2001_0db8n << 96n, prefix: 32 }],
    ['1:2:3:4:5:6:7:8', { family: 6, first: 0x0001_0002_0003_0004_0005_0006_0007_0008n, prefix: 128 }],
    ['1::8', { family: 6, first: (1n << 112n) | 8n, prefix: 128 }],
    ['64:ff9b::192.0.2.1', { family: 6, first: (0x64_ff9bn << 96n) | 0xc0000201n, prefix: 128 }],
    ['::ffff:10.0.0.0/104', { family: 4, first: 0x0a000000n, prefix: 8 }],
    ['::ffff:a00:1', { family: 4, first: 0x0a000001n, prefix: 32 }],
    ['::ffff:0:0/96', { family: 4, first: 0n, prefix: 0 }],
  ])('reads %s', (text, range) => {
    expect(parseRange(text)).toEqual(range);
  });

  it.each([
    '',
    '/',
    '/8',
    'localhost',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/+8',
    '10.0.0.0/08',
    '10.0.0.0/8.0',
    '10.0.0.0/8/8',
    '10.0.0.0/255.0.0.0',
    ' 10.0.0.0/8',
    '10.0.0.0/8\n',
    '10.0.0.0 /8',
    '10.0.0/8',
    '10.0.0.0.0/8',
    '010.0.0.0/8',
    '0xa.0.0.0/8',
    '167772160/8',
    '256.0.0.0/8',
    '10.0.0.1/8',
    '10.128.0.0/8',
    '0.0.0.1/0',
    '2001:db8::/129',
    '2001:db8::1/64',
    '2001:db8::/28',
    ':::/0',
    '1::2::3',
    '1:2:3:4:5:6:7/112',
    '1:2:3:4:5:6:7:8:9',
    '12345::/16',
    '[::1]',
    'fe80::1%eth0',
    'fe80::%1/64',
    '::ffff:10.0.0.1/104',
    '::ffff:10.0.0.0/8',
    '::ffff:0:0/95',
    '١٠.0.0.0/8',
  ])('refuses %j', (text) => {
    expect(parseRange(text)).toBeUndefined();
    expect(inRanges('10.0.0.1', [text])).toBe(false);
    expect(inRanges('::1', [text])).toBe(false);
  });

  it('refuses whatever has host bits set, and nothing else', () => {
    fc.assert(
      fc.property(addressAndPrefix, ([address, prefix]) => {
        const network = filled(address, prefix, 0n);
        expect(parseRange(`${network}/${prefix}`)).toBeDefined();
        const isNetwork = network === address;
        expect(parseRange(`${address}/${prefix}`) !== undefined).toBe(isNetwork);
      }),
    );
  });
});

describe('inRanges', () => {
  it('holds the first and the last address of a range, and not their neighbours', () => {
    fc.assert(
      fc.property(
        addressAndPrefix.filter(([, prefix]) => prefix > 0),
        ([address, prefix]) => {
          const range = `${filled(address, prefix, 0n)}/${prefix}`;
          const { family, first = 0n } = parseRange(range) ?? {};
          // `::/80` ends with addresses that are IPv4 in IPv6's clothes: they are in no range of IPv6.
          fc.pre([address, filled(address, prefix, 1n)].every((one) => parseRange(one)?.family === family));
          expect(inRanges(filled(address, prefix, 0n), [range])).toBe(true);
          expect(inRanges(filled(address, prefix, 1n), [range])).toBe(true);
          expect(inRanges(address, [range])).toBe(true);
          const size = 1n << BigInt((family === 4 ? 32 : 128) - prefix);
          const last = (1n << (family === 4 ? 32n : 128n)) - 1n;
          const text = (number: bigint) =>
            family === 4
              ? [24n, 16n, 8n, 0n].map((by) => (number >> by) & 255n).join('.')
              : (number.toString(16).padStart(32, '0').match(/.{4}/g) ?? []).join(':');
          for (const outside of [first - 1n, first + size]) {
            if (outside >= 0n && outside <= last) expect(inRanges(text(outside), [range])).toBe(false);
          }
        },
      ),
    );
  });

  it('is the same for every spelling of an address', () => {
    fc.assert(
      fc.property(anyGroups, fc.nat(128), (of, prefix) => {
        const range = `${filled(full(of), prefix, 0n)}/${prefix}`;
        for (const spelt of [full(of), full(of).toUpperCase(), short(full(of))]) {
          expect(inRanges(spelt, [range])).toBe(true);
          expect(inRanges(spelt, [short(full(of))])).toBe(true);
        }
      }),
    );
  });

  it('takes an IPv4 address in its IPv6 spelling for what it is', () => {
    fc.assert(
      fc.property(ipv4, fc.nat(32), (address, prefix) => {
        const range = `${filled(address, prefix, 0n)}/${prefix}`;
        for (const spelt of [`::ffff:${address}`, `::FFFF:${address}`, short(`::ffff:${address}`)]) {
          expect(inRanges(spelt, [range])).toBe(true);
          expect(inRanges(spelt, ['::/0'])).toBe(false);
        }
      }),
    );
  });

  it('keeps the families apart', () => {
    fc.assert(
      fc.property(ipv4, ipv6, (four, six) => {
        expect(inRanges(four, ['::/0'])).toBe(false);
        expect(inRanges(six, ['0.0.0.0/0'])).toBe(false);
        expect(inRanges(four, ['::/0', '0.0.0.0/0'])).toBe(true);
      }),
    );
  });

  it.each([
    '',
    'unknown',
    'localhost',
    '10.0.0.1/32',
    '10.0.0.1:80',
    '[::1]',
    '010.0.0.1',
    '0x7f.1',
    'fe80::1%1',
  ])('holds nothing that is no address: %j', (text) => {
    expect(inRanges(text, ['0.0.0.0/0', '::/0', text])).toBe(false);
  });

  it('holds nothing where there is no range', () => {
    expect(inRanges('10.0.0.1', [])).toBe(false);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (address, range) => {
        expect(inRanges(address, [range])).toBeTypeOf('boolean');
        expect(addressBucket(address)).toBeTypeOf('string');
      }),
    );
  });
});

describe('addressBucket', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8::/64'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['0:0:0:1::', '0:0:0:1::/64'],
    ['::1', '::/64'],
    ['', 'unknown'],
    [undefined, 'unknown'],
    ['unknown', 'unknown'],
    ['192.0.2.1, 198.51.100.1', 'unknown'],
    ['fe80::1%eth0', 'unknown'],
    ['2001:db8::/64', 'unknown'],
  ])('counts %s as %s', (address, bucket) => {
    expect(addressBucket(address)).toBe(bucket);
  });

  it('is one for a /64, in its shortest form, and holds the address', () => {
    fc.assert(
      fc.property(anyGroups, groups, (of, other) => {
        const bucket = addressBucket(full(of));
        expect(bucket).toBe(`${short(full([...of.slice(0, 4), 0, 0, 0, 0]))}/64`);
        expect(inRanges(full(of), [bucket])).toBe(true);
        if (of.slice(0, 4).some((group) => group !== 0)) {
          expect(addressBucket(full([...of.slice(0, 4), ...other.slice(4)]))).toBe(bucket);
        }
      }),
    );
  });

  it('is the address itself for IPv4', () => {
    fc.assert(
      fc.property(ipv4, (address) => {
        expect(addressBucket(address)).toBe(address);
      }),
    );
  });
});
