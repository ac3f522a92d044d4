// Writes down which config decides from now on.
import { BROKER_STREAM, storedEvent } from '../audit/index.ts';
import type { Config } from '../config/index.ts';
import type { RecordKey } from '../ports/records.ts';
import { makeId } from '../shared/ids.ts';
import type { BrokerDependencies, ConfigOnly } from './dependencies.ts';
import { FAR_FUTURE } from './keeping.ts';

type Dependencies = Pick<BrokerDependencies, 'events' | 'clock' | 'ids' | 'log'>;

export async function recordConfig({ events, clock, ids, log }: Dependencies, config: Config): Promise<void> {
  const now = clock.now();
  await events.append(
    storedEvent(BROKER_STREAM, makeId('evt', now, ids.random(10)), now, {
      type: 'config.loaded',
      configDigest: config.digest,
      agents: Object.keys(config.agents).length,
      targets: Object.keys(config.targets).length,
    }),
  );
  log.info('config loaded', { configDigest: config.digest });
}

const TOLD: RecordKey = { partition: 'reconciler', sort: 'config' };

/**
 * Deployed, no process knows whether its config is a new one: what was written down last stands in the records. The
 * event comes first, so that it is told twice rather than never.
 */
export async function recordNewConfig(
  dependencies: Dependencies & Pick<BrokerDependencies, 'records'> & ConfigOnly,
): Promise<void> {
  const { records } = dependencies;
  const { config } = await dependencies.rules();
  const [stored] = await records.read([TOLD]);
  const value = { digest: config.digest };
  if ((stored?.value as typeof value | undefined)?.digest === config.digest) return;
  await recordConfig(dependencies, config);
  const options = { expiresAt: FAR_FUTURE };
  if (stored === undefined) await records.create(TOLD, value, options);
  else await records.replace(TOLD, stored.version, value, options);
}
