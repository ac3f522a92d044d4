// Which role a call for credentials asks a session of: known before anything is read, so that it can be remembered.
import type { Config } from '../config/index.ts';
import type { VendedRole } from '../ports/revoker.ts';
import { vendedRole } from './ask-revocation.ts';
import type { WantedCapability } from './plan-session.ts';

/** The role of what is wanted, if it is of one that the agent may have sessions of: all else is refused later. */
export function roleWanted(
  { agents, targets }: Config,
  agent: string,
  wanted: readonly WantedCapability[],
): { readonly role?: VendedRole } {
  const ceiling = agents[agent]?.capabilities ?? [];
  const [first, ...others] = wanted.map(({ capability }) => capability.slice(0, capability.indexOf(':')));
  if (first === undefined || others.some((other) => other !== first)) return {};
  if (!wanted.every(({ capability }) => ceiling.includes(capability))) return {};
  const target = Object.hasOwn(targets, first) ? targets[first] : undefined;
  return target?.kind === 'aws' ? { role: vendedRole(target.connection) } : {};
}
