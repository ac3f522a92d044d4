// The one-process broker: every port with its embedded adapter, and the endpoints on top.

import { join } from 'node:path';
import { createDirectoryObjects } from '../adapters/embedded/directory-objects.ts';
import { createNotRealSessions } from '../adapters/embedded/not-real-sessions.ts';
import { createRecordedRevoker } from '../adapters/embedded/recorded-revoker.ts';
import { type EmbeddedDatabase, openDatabase } from '../adapters/embedded/sqlite.ts';
import { createSqliteEvents } from '../adapters/embedded/sqlite-events.ts';
import { createSqliteRecords } from '../adapters/embedded/sqlite-records.ts';
import { createKeySets } from '../adapters/network/key-sets.ts';
import { systemClock as clock, systemIds as ids } from '../adapters/system.ts';
import { healthEndpoint, openApiEndpoint, protectedResourceEndpoint } from '../api/endpoints/front.ts';
import { issueCredentialsEndpoint } from '../api/endpoints/issue-credentials.ts';
import { openTaskEndpoint } from '../api/endpoints/open-task.ts';
import { operatorEndpoints } from '../api/endpoints/operators.ts';
import { auditEndpoints } from '../api/endpoints/read-events.ts';
import { delegateEndpoint, finishTaskEndpoint, readTaskEndpoint } from '../api/endpoints/tasks.ts';
import { exchangeTokenEndpoint } from '../api/endpoints/token.ts';
import type { Endpoint } from '../api/index.ts';
import { type BrokerDependencies, createTally, maskedStores, type Rules } from '../broker/index.ts';
import type { Log } from '../ports/log.ts';
import type { Revoker } from '../ports/revoker.ts';
import type { SessionIssuer } from '../ports/session-issuer.ts';
import { openTokenKeys } from './token-keys.ts';

export interface CompositionOptions {
  readonly data: string;
  readonly aws: boolean;
  readonly durable: boolean;
  readonly log: Log;
  readonly rules: () => Rules;
  readonly publicUrl: () => string;
}

export interface Composition {
  readonly dependencies: BrokerDependencies;
  readonly revoker: Revoker;
  readonly database: EmbeddedDatabase;
  readonly objectsDirectory: string;
}

interface Sessions {
  readonly sessions: SessionIssuer;
  readonly revoker: Revoker;
}

/** Loaded where it is asked for: most brokers on a laptop never do. Any permissions boundary will do there. */
async function awsSessions(): Promise<Sessions> {
  const { embeddedAws } = await import('./aws.ts');
  return embeddedAws();
}

export async function compose(options: CompositionOptions): Promise<Composition> {
  const { data, aws, durable, log, rules, publicUrl } = options;

  const objectsDirectory = join(data, 'objects');
  const objects = createDirectoryObjects({ directory: objectsDirectory, clock });
  const keys = await openTokenKeys(data, ids);
  const database = openDatabase({ directory: data, durable });
  const { records, events } = maskedStores(
    {
      records: createSqliteRecords({ database, objects, clock }),
      events: createSqliteEvents({ database, objects, clock }),
    },
    async () => rules().masking,
  );
  const { sessions, revoker } = aws
    ? await awsSessions()
    : { sessions: createNotRealSessions({ clock, ids }), revoker: createRecordedRevoker() };
  return {
    database,
    revoker,
    objectsDirectory,
    dependencies: {
      records,
      events,
      sessions,
      keySets: createKeySets({ clock, allowLoopback: true }),
      clock,
      ids,
      log,
      rules: async () => rules(),
      tokenKeys: async () => keys,
      tally: createTally({ records, clock, log }),
      publicUrl: async () => publicUrl(),
    },
  };
}

export function allEndpoints(dependencies: BrokerDependencies): readonly Endpoint[] {
  const { publicUrl: url } = dependencies;
  return [
    openTaskEndpoint(dependencies),
    readTaskEndpoint(dependencies),
    finishTaskEndpoint(dependencies),
    delegateEndpoint(dependencies),
    exchangeTokenEndpoint(dependencies),
    issueCredentialsEndpoint(dependencies),
    ...operatorEndpoints(dependencies),
    ...auditEndpoints(dependencies),
    healthEndpoint(),
    openApiEndpoint(url),
    protectedResourceEndpoint(url, async () => (await dependencies.rules()).config),
  ];
}
