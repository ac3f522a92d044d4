// Asks that a role's deny be looked at: what is over was recorded before, so that whoever looks then sees it.
import type { Config } from '../config/index.ts';
import { askedIndex, askedKey, roleHash } from '../credentials/index.ts';
import type { VendedRole } from '../ports/revoker.ts';
import type { BrokerDependencies } from './dependencies.ts';

type Dependencies = Pick<BrokerDependencies, 'records' | 'clock'>;

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

export async function askRevocation(
  { records, clock }: Dependencies,
  roles: readonly VendedRole[],
): Promise<void> {
  const now = clock.now();
  const expiresAt = new Date(now.getTime() + KEPT_MILLISECONDS);
  const each = roles.map((role) => {
    const hash = roleHash(role);
    const last = { ...role };
    return records.count(askedKey(hash), 1, {}, last, { expiresAt, index: askedIndex(hash) });
  });
  await Promise.all(each);
}
