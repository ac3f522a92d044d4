// Where a host is: resolved once, every address checked, and nothing else is dialled afterwards.
import { isIP, type LookupFunction } from 'node:net';
import { type AddressProblem, type AddressRules, addressProblem } from './address-policy.ts';

/** All addresses of a name. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/** What the rest of this machine would dial, its hosts file included. Loaded with the first name: it starts slowly. */
export const systemResolve: Resolve = async (name) => {
  const { lookup } = await import('node:dns/promises');
  return (await lookup(name, { all: true })).map(({ address }) => address);
};

/** A host that must not be dialled, because of an address of its. */
export class AddressRefused extends Error {
  readonly problem: AddressProblem;

  constructor(host: string, problem: AddressProblem) {
    super(`${host} has an address that is not dialled: ${problem}`);
    this.problem = problem;
  }
}

/** A URL's host as it is dialled: an IPv6 address without its brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/**
 * The addresses of a host, all of which may be dialled. One that may not refuses the whole: whoever answers for that
 * name is not to be trusted with the others either.
 */
export async function checkedAddresses(
  host: string,
  rules: AddressRules,
  resolve: Resolve,
): Promise<readonly string[]> {
  const addresses = isIP(host) === 0 ? await resolve(host) : [host];
  if (addresses.length === 0) throw new Error(`${host} has no address`);
  for (const address of addresses) {
    const problem = addressProblem(address, rules);
    if (problem !== undefined) throw new AddressRefused(host, problem);
  }
  return addresses;
}

/** A connection's own lookup: it knows these addresses, and asks nobody. */
export function lookupAmong(addresses: readonly string[]): LookupFunction {
  const [first = ''] = addresses;
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_, options, callback) => {
    if (options.all === true) callback(null, all);
    else callback(null, first, isIP(first));
  };
}
