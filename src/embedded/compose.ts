// The one-process broker: every port with its embedded adapter, and the endpoints on top.

import { join } from 'node:path';
import { createDirectoryObjects } from '../adapters/embedded/directory-objects.ts';
import { createNotRealSessions } from '../adapters/embedded/not-real-sessions.ts';
import { createObjectLinks } from '../adapters/embedded/object-links.ts';
import { createRecordedRevoker } from '../adapters/embedded/recorded-revoker.ts';
import { type EmbeddedDatabase, openDatabase } from '../adapters/embedded/sqlite.ts';
import { createSqliteEvents } from '../adapters/embedded/sqlite-events.ts';
import { createSqliteRecords } from '../adapters/embedded/sqlite-records.ts';
import type { EmbeddedWorkflow } from '../adapters/embedded/workflow.ts';
import { createCodeExchange } from '../adapters/network/code-exchange.ts';
import { createKeySets } from '../adapters/network/key-sets.ts';
import { type ClosableOutbound, createOutbound } from '../adapters/network/outbound.ts';
import { systemClock as clock, systemIds as ids } from '../adapters/system.ts';
import { approvalEndpoints } from '../api/endpoints/approvals.ts';
import { approvalPageEndpoints, revealEndpoint } from '../api/endpoints/approve.ts';
import { callTargetEndpoints } from '../api/endpoints/call-target.ts';
import { callEndpoints } from '../api/endpoints/calls.ts';
import { healthEndpoint, openApiEndpoint, protectedResourceEndpoint } from '../api/endpoints/front.ts';
import { issueCredentialsEndpoint } from '../api/endpoints/issue-credentials.ts';
import { openTaskEndpoint } from '../api/endpoints/open-task.ts';
import { operatorEndpoints } from '../api/endpoints/operators.ts';
import { auditEndpoints } from '../api/endpoints/read-events.ts';
import { slackEndpoint } from '../api/endpoints/slack.ts';
import { delegateEndpoint, finishTaskEndpoint, readTaskEndpoint } from '../api/endpoints/tasks.ts';
import { exchangeTokenEndpoint } from '../api/endpoints/token.ts';
import type { Endpoint } from '../api/index.ts';
import {
  type ApprovalDependencies,
  type BrokerDependencies,
  type CallDependencies,
  createOnceAMinute,
  createTally,
  createTargetCredentials,
  type ExecuteDependencies,
  type LoginDependencies,
  maskedStores,
  type Rules,
} from '../broker/index.ts';
import type { Log } from '../ports/log.ts';
import type { Message } from '../ports/mail.ts';
import type { Revoker } from '../ports/revoker.ts';
import type { Secrets } from '../ports/secrets.ts';
import type { SessionIssuer } from '../ports/session-issuer.ts';
import { createPeople } from './approvals.ts';
import type { EmbeddedArchive } from './archive.ts';
import { createArchiveThread } from './archive-thread.ts';
import { createInStep, type InStep, outboundInStep } from './in-step.ts';
import { type LinkedObjects, linkedObjects } from './linked-objects.ts';
import { expectSealingKey } from './sealing-key.ts';
import { expectSigningKeys } from './signing-keys.ts';
import { openTokenKeys } from './token-keys.ts';

export interface CompositionOptions {
  readonly data: string;
  readonly secrets: Secrets;
  readonly aws: boolean;
  readonly durable: boolean;
  readonly log: Log;
  readonly rules: () => Rules;
  readonly publicUrl: () => string;
  readonly onMail: (message: Message) => void;
  readonly slackUrl?: string;
}

export type EmbeddedDependencies = BrokerDependencies &
  CallDependencies &
  ApprovalDependencies &
  ExecuteDependencies &
  LoginDependencies & { readonly isStopping?: () => boolean };

export interface Composition {
  readonly dependencies: EmbeddedDependencies;
  readonly revoker: Revoker;
  readonly database: EmbeddedDatabase;
  readonly objectsDirectory: string;
  readonly linked: LinkedObjects;
  readonly outbound: ClosableOutbound;
  readonly inStep: InStep;
  readonly workflow: EmbeddedWorkflow;
  readonly archive: EmbeddedArchive;
  /** From then on nobody is kept waiting for what people may decide. */
  stopping(): void;
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

const GONE =
  'it was removed or replaced: nothing is done until it is back where it was, or the broker is restarted';

export async function compose(options: CompositionOptions): Promise<Composition> {
  const { data, secrets, aws, durable, log, rules, publicUrl } = options;

  const objectsDirectory = join(data, 'objects');
  // Of this process: a link outlives no restart, and need not.
  const links = createObjectLinks({ publicUrl, key: ids.random(32), clock });
  const objects = createDirectoryObjects({ directory: objectsDirectory, clock, links });
  const keys = await openTokenKeys(data, ids);
  await Promise.all([expectSealingKey(data), expectSigningKeys(data)]);
  const onGone = () => log.error('data directory gone', { reason: GONE });
  const database = openDatabase({ directory: data, durable, onGone });
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
  const inStep = createInStep();
  // This machine is as private as any other that a target may be at: its range is to be listed.
  const outbound = outboundInStep(createOutbound({ clock, loopback: 'listed' }), inStep);
  const people = await createPeople({ ...options, clock, ids });
  const { mail, chat, sealer, workflow } = people;
  let isStopping = false;
  const dependencies: EmbeddedDependencies = {
    ...{ records, events, sessions, outbound, objects, clock, ids, log, secrets },
    ...{ mail, chat, sealer, unsealer: sealer, workflow, deployed: false },
    credentials: createTargetCredentials({ secrets, outbound, sessions, clock }),
    keySets: createKeySets({ clock, allowLoopback: true }),
    codeExchange: createCodeExchange({ clock, allowLoopback: true }),
    rules: async () => rules(),
    tokenKeys: async () => keys,
    tally: createTally({ records, clock, log }),
    told: createOnceAMinute(),
    publicUrl: async () => publicUrl(),
    isStopping: () => isStopping,
  };
  people.work(dependencies);
  const configDigest = () => rules().config.digest;
  return {
    archive: createArchiveThread({ data, durable, log, configDigest }),
    database,
    outbound,
    inStep,
    workflow,
    revoker,
    objectsDirectory,
    linked: linkedObjects({ objects, links, log }),
    dependencies,
    stopping: () => {
      isStopping = true;
    },
  };
}

export function allEndpoints(dependencies: EmbeddedDependencies): readonly Endpoint[] {
  const { publicUrl: url } = dependencies;
  return [
    openTaskEndpoint(dependencies),
    readTaskEndpoint(dependencies),
    finishTaskEndpoint(dependencies),
    delegateEndpoint(dependencies),
    exchangeTokenEndpoint(dependencies),
    issueCredentialsEndpoint(dependencies),
    ...callTargetEndpoints(dependencies),
    ...callEndpoints(dependencies),
    ...approvalEndpoints(dependencies),
    ...approvalPageEndpoints(dependencies),
    revealEndpoint(dependencies),
    slackEndpoint(dependencies),
    ...operatorEndpoints(dependencies),
    ...auditEndpoints(dependencies),
    healthEndpoint(),
    openApiEndpoint(url),
    protectedResourceEndpoint(url, async () => (await dependencies.rules()).config),
  ];
}
