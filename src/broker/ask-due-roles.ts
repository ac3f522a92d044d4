// Every minute: asks again for the roles whose deny may not fit what is recorded, or does not any more.
import { Unavailable } from '../shared/errors.ts';
import { askRevocation } from './ask-revocation.ts';
import type { BrokerDependencies, ConfigOnly } from './dependencies.ts';
import { askedRoles } from './revoke-asked.ts';
import { isDue } from './role-lease.ts';

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}

/** False where it could not be done. */
export async function askDueRoles(
  dependencies: Pick<BrokerDependencies, 'records' | 'clock' | 'log'> & ConfigOnly,
): Promise<boolean> {
  try {
    const now = dependencies.clock.now();
    for await (const found of askedRoles(dependencies)) {
      if (isDue(found, now)) await askRevocation(dependencies, [found.role]);
    }
    return true;
  } catch (error) {
    if (error instanceof Unavailable) {
      dependencies.log.error('back end unavailable', { backend: error.backend });
    } else dependencies.log.error('background work failed', { error: nameOf(error) });
    return false;
  }
}
