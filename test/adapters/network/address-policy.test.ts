// Which addresses are dialled, by whom, and which never.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type AddressRules, addressProblem } from '../../../src/adapters/network/address-policy.ts';

const casesOf = (name: string) =>
  Object.entries<string>(
    JSON.parse(readFileSync(new URL(`../../cases/network/${name}.json`, import.meta.url), 'utf8')),
  );
const NEVER = casesOf('never-dialled');
const IF_LISTED = casesOf('dialled-if-listed');
const DIALLED = casesOf('dialled');

const EVERYTHING = ['0.0.0.0/0', '::/0'];
const deployed: AddressRules = { loopback: 'refused' };
const listing = (...ranges: readonly string[]): AddressRules => ({ private: ranges, loopback: 'refused' });

describe('an address', () => {
  it.each(NEVER)('%j is never dialled: %s', (address, problem) => {
    expect(addressProblem(address, deployed)).toBe(problem);
    expect(addressProblem(address, listing(...EVERYTHING))).toBe(problem);
    expect(addressProblem(address, listing(address, `${address}/32`, `${address}/128`))).toBe(problem);
  });

  it.each(IF_LISTED)('%s is dialled only if it is listed: %s', (address, problem) => {
    expect(addressProblem(address, deployed)).toBe(problem);
    expect(addressProblem(address, listing('1.1.1.1', '2606:4700::/32', 'nonsense'))).toBe(problem);
    expect(addressProblem(address, listing('1.1.1.1', address))).toBeUndefined();
    expect(addressProblem(address, listing(...EVERYTHING))).toBeUndefined();
    expect(addressProblem(address, { loopback: 'allowed' })).toBe(problem);
  });

  it.each(DIALLED)('%s is dialled (%s)', (address) => {
    expect(addressProblem(address, deployed)).toBeUndefined();
    expect(addressProblem(address, listing('10.0.0.0/8'))).toBeUndefined();
  });

  it('of the local network is let through by its own range alone', () => {
    expect(addressProblem('10.1.2.3', listing('10.1.0.0/16'))).toBeUndefined();
    expect(addressProblem('10.2.0.0', listing('10.1.0.0/16'))).toBe('private');
    expect(addressProblem('fd12::1', listing('10.0.0.0/8'))).toBe('private');
  });

  it('is refused in every spelling if it is in one', () => {
    const refused = [...NEVER, ...IF_LISTED].filter(([, problem]) => problem !== 'not an address');
    fc.assert(
      fc.property(fc.constantFrom(...refused), ([address, problem]) => {
        if (!address.includes(':'))
          expect(addressProblem(`::ffff:${address}`, deployed)).toBe('IPv4 in IPv6');
        else {
          const short = new URL(`http://[${address}]/`).hostname.slice(1, -1);
          expect(addressProblem(short, deployed)).toBe(problem);
          expect(addressProblem(short.toUpperCase(), deployed)).toBe(problem);
        }
      }),
    );
  });
});

describe('this machine', () => {
  it.each(['127.0.0.1', '127.8.9.10', '::1'])('is dialled at %s only where that is said', (address) => {
    expect(addressProblem(address, { loopback: 'allowed' })).toBeUndefined();
    expect(addressProblem(address, { loopback: 'listed' })).toBe('loopback');
    expect(addressProblem(address, { loopback: 'listed', private: [address] })).toBeUndefined();
    expect(addressProblem(address, { loopback: 'refused', private: [address] })).toBe('loopback');
  });

  it.each(['::ffff:127.0.0.1', '::127.0.0.1', '64:ff9b::7f00:1', '0.0.0.0', '::'])(
    'is not dialled by its other name %s',
    (address) => {
      expect(addressProblem(address, { loopback: 'allowed', private: EVERYTHING })).toBeDefined();
    },
  );
});

describe('what is behind NAT64', () => {
  it.each([
    ['64:ff9b::8.8.8.8', undefined],
    ['64:ff9b::169.254.169.254', 'metadata'],
    ['64:ff9b::a9fe:6401', 'link-local'],
    ['64:ff9b::7f00:1', 'loopback'],
    ['64:ff9b::10.0.0.1', 'private'],
    ['64:ff9b::', 'unspecified'],
  ])('is judged, too: %s', (address, problem) => {
    expect(addressProblem(address, deployed)).toBe('NAT64');
    expect(addressProblem(address, listing('64:ff9b::/96'))).toBe(problem);
  });

  it('is let through where both are listed', () => {
    expect(addressProblem('64:ff9b::10.0.0.1', listing('64:ff9b::/96', '10.0.0.0/8'))).toBeUndefined();
  });
});

describe("a function's runtime API", () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    ['10.1.2.3:9001', '10.1.2.3'],
    ['127.0.0.1:9001', '127.0.0.1'],
    ['[fd12::1]:9001', 'fd12::1'],
    ['8.8.8.8', '8.8.8.8'],
  ])('is never dialled, wherever it is: %s', (api, address) => {
    const lenient: AddressRules = { private: EVERYTHING, loopback: 'allowed' };
    expect(addressProblem(address, lenient)).toBeUndefined();
    vi.stubEnv('AWS_LAMBDA_RUNTIME_API', api);
    expect(addressProblem(address, lenient)).toBe('runtime API');
    expect(addressProblem('10.9.9.9', lenient)).toBeUndefined();
  });

  it.each(['', ':', 'localhost:9001', 'sandbox.localdomain'])('may have no address: %j', (api) => {
    vi.stubEnv('AWS_LAMBDA_RUNTIME_API', api);
    expect(addressProblem('8.8.8.8', deployed)).toBeUndefined();
  });
});
