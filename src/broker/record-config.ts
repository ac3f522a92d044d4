// Writes down which config decides from now on.
import { BROKER_STREAM, storedEvent } from '../audit/index.ts';
import type { Config } from '../config/index.ts';
import { makeId } from '../shared/ids.ts';
import type { BrokerDependencies } from './dependencies.ts';

export async function recordConfig(
  { events, clock, ids, log }: Pick<BrokerDependencies, 'events' | 'clock' | 'ids' | 'log'>,
  config: Config,
): Promise<void> {
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
