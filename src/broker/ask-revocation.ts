// Asks that a role's deny be looked at: what is over was recorded before, so that whoever looks then sees it.
import type { Config } from '../config/index.ts';
import { askedIndex, askedKey, roleHash } from '../credentials/index.ts';
import type { VendedRole } from '../ports/revoker.ts';
import type { BrokerDependencies, ConfigOnly } from './dependencies.ts';

type Asking = Pick<BrokerDependencies, 'records' | 'clock'>;

const KEPT_MILLISECONDS = 7 * 86_400_000;

/** Every role that the operator's files name. */
export function rolesOf(config: Pick<Config, 'targets'>): readonly VendedRole[] {
  const roles = new Map<string, VendedRole>();
  for (const target of Object.values(config.targets)) {
    if (target.kind === 'aws') roles.set(target.connection.roleArn, vendedRole(target.connection));
  }
  return [...roles.values()];
}

export function vendedRole({ roleArn, revokerRoleArn, externalId }: VendedRole): VendedRole {
  return {
    roleArn,
    ...(revokerRoleArn === undefined ? {} : { revokerRoleArn }),
    ...(externalId === undefined ? {} : { externalId }),
  };
}

/** Asks for a role as it was asked for before. */
export async function askAgain({ records, clock }: Asking, role: VendedRole): Promise<void> {
  const hash = roleHash(role);
  const expiresAt = new Date(clock.now().getTime() + KEPT_MILLISECONDS);
  await records.count(askedKey(hash), 1, {}, { ...role }, { expiresAt, index: askedIndex(hash) });
}

/** A role is reached as the operator's files say now, if they still name it: else as they did when it was vended. */
export async function askRevocation(
  dependencies: Asking & ConfigOnly,
  roles: readonly VendedRole[],
): Promise<void> {
  if (roles.length === 0) return;
  const named = new Map(rolesOf((await dependencies.rules()).config).map((role) => [role.roleArn, role]));
  await Promise.all(roles.map((role) => askAgain(dependencies, named.get(role.roleArn) ?? role)));
}
