// A warm, allowed HTTP call costs two trips to AWS beside the target itself, one after the other, whatever is in it.
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDynamoEvents } from '../../src/adapters/aws/dynamo-events.ts';
import { createDynamoRecords } from '../../src/adapters/aws/dynamo-records.ts';
import { createS3Objects } from '../../src/adapters/aws/s3-objects.ts';
import { createSecretsManagerSecrets } from '../../src/adapters/aws/secrets-manager.ts';
import { createStsSessionIssuer } from '../../src/adapters/aws/sts-session-issuer.ts';
import { createTally, createTargetCredentials } from '../../src/broker/index.ts';
import type { HttpTarget } from '../../src/config/index.ts';
import type { OutboundRequest } from '../../src/ports/outbound.ts';
import { clientOptions } from '../contract/support/aws.ts';
import { EVENTS_TABLE, type LocalDynamo, STATE_TABLE, startDynamo } from '../contract/support/dynamo.ts';
import { startFakeS3 } from '../contract/support/fake-s3.ts';
import { startFakeSecretsManager } from '../contract/support/fake-secrets-manager.ts';
import { startFakeSts } from '../contract/support/fake-sts.ts';
import { MINUTE, SECOND } from '../support/clock.ts';
import { httpCapability } from '../support/config.ts';
import { type AskedCall, call, partsWith, TICKETS } from '../support/http-calls.ts';
import { createRounds } from '../support/rounds.ts';
import { codeOf, createWorld, type World } from '../support/world.ts';

const rounds = createRounds();

/** Every attempt that goes over the wire is held; what is never sent, such as a request that is only signed, is not. */
function holding<Client extends { readonly middlewareStack: object }>(client: Client): Client {
  // Of any client it is the same, but for what commands are of.
  const stack = client.middlewareStack as LocalDynamo['client']['middlewareStack'];
  stack.add(
    (next, context) => async (args) =>
      rounds.hold(String(context.commandName).replace(/Command$/, ''), () => next(args)),
    { step: 'finalizeRequest', priority: 'low' },
  );
  return client;
}

let dynamo: LocalDynamo;
let world: World;
let closing: (() => Promise<void> | void)[];
beforeAll(async () => {
  dynamo = await startDynamo();
  holding(dynamo.client);
});
afterAll(() => dynamo.close());

const UNCAPPED = httpCapability();
const { secret: _, ...OPEN } = TICKETS;
const CAPABILITIES = { ...TICKETS.capabilities, read: UNCAPPED };
const PLAIN: HttpTarget = { ...TICKETS, capabilities: CAPABILITIES };
const SIGNED: HttpTarget = {
  ...OPEN,
  capabilities: CAPABILITIES,
  inject: [{ sigv4: { service: 'execute-api', region: 'eu-west-1', target: 'reports' } }],
};

/** A world whose adapters are those of a deployment. */
async function deployed(target: HttpTarget) {
  world = await createWorld();
  const { clock } = world;
  const [s3, secrets, sts] = [
    await startFakeS3(clock),
    await startFakeSecretsManager({ 'prod/tickets': { token: 'canary' } }),
    await startFakeSts(clock),
  ];
  const s3Client = holding(new S3Client(clientOptions(s3.endpoint)));
  const secretsClient = holding(new SecretsManagerClient(clientOptions(secrets.endpoint)));
  const stsClient = holding(new STSClient(clientOptions(sts.endpoint)));
  closing = [s3, secrets, sts].map((server) => () => server.close());
  const objects = createS3Objects({ client: s3Client, bucket: 'objects', clock });
  const { client } = dynamo;
  const records = createDynamoRecords({ client, table: STATE_TABLE, objects, clock });
  const events = createDynamoEvents({ client, table: EVENTS_TABLE, objects, clock });
  const outbound = {
    send: (request: OutboundRequest) => rounds.hold('the target', () => world.outside.answer(request)),
  };
  const sessions = createStsSessionIssuer({ client: stsClient });
  const credentials = createTargetCredentials({
    secrets: createSecretsManagerSecrets({ client: secretsClient, clock }),
    ...{ outbound, sessions, clock },
  });
  const tally = createTally({ records, clock, log: world.dependencies.log });
  Object.assign(world.dependencies, { records, events, objects, outbound, sessions, credentials, tally });
  await world.use(partsWith(target, { policies: 'permit (principal, action, resource);' }));
  const capabilities = [
    ...['tickets:read', 'tickets:write', 'reports:list'].map((capability) => ({
      capability,
      parameters: {},
    })),
  ];
  return world.opened({ capabilities });
}

let opened: Awaited<ReturnType<typeof deployed>>;

/** The rounds of a call, after one that warmed everything up. */
async function roundsOf(asked: AskedCall = {}) {
  await call(world, opened);
  world.clock.advance(SECOND);
  const answer = await rounds.of(() => call(world, opened, asked));
  return {
    answer,
    trips: rounds.rounds.filter((names) => !names.includes('the target')),
    all: rounds.rounds,
  };
}

const BEGIN = ['BatchGetItem', 'PutItem', 'PutItem'];
const END = ['PutItem', 'PutItem'];
const TARGET = ['the target'];
const answering = (text: string) => {
  const headers = [['content-type', 'text/plain']] as const;
  world.outside.answer = async () => ({ status: 200, headers, body: Buffer.from(text) });
};
const PUT = { method: 'PUT', headers: [['content-type', 'text/plain']] } as const;

describe.each([
  ['its secret', PLAIN],
  ['the task’s session', SIGNED],
] as const)('a warm call with %s', (_what, target) => {
  beforeEach(async () => {
    opened = await deployed(target);
    return async () => {
      for (const close of closing) await close();
    };
  });
  /** A session is remembered for each call, beside all else. */
  const begin = (...more: readonly string[]) =>
    [...BEGIN, ...(target === SIGNED ? ['PutItem'] : []), ...more].toSorted();

  it('takes two trips', async () => {
    const { answer, all } = await roundsOf();
    expect(codeOf(answer)).toBe('ok');
    expect(all).toEqual([begin(), TARGET, END]);
  });

  it('takes two trips with an Idempotency-Key', async () => {
    const { answer, all } = await roundsOf({ ...PUT, key: 'k' });
    expect(codeOf(answer)).toBe('ok');
    expect(all).toEqual([begin(), TARGET, END]);
  });

  it('takes two trips with a large body', async () => {
    const { answer, all } = await roundsOf({ ...PUT, body: Buffer.from('x'.repeat(1_000_000)) });
    expect(codeOf(answer)).toBe('ok');
    expect(all).toEqual([begin('PutObject'), TARGET, END]);
  });

  it('takes two trips with an answer of five megabytes, and its link none', async () => {
    answering('x'.repeat(5 * 1_048_576));
    const { answer, all } = await roundsOf();
    expect(answer).toMatchObject({ status: 303 });
    expect(all).toEqual([begin(), TARGET, [...END, 'PutObject']]);
  });

  it('takes two trips with all of that', async () => {
    answering('x'.repeat(5 * 1_048_576));
    const { answer, all } = await roundsOf({ ...PUT, key: 'k', body: Buffer.from('x'.repeat(1_000_000)) });
    expect(answer).toMatchObject({ status: 303 });
    expect(all).toEqual([begin('PutObject'), TARGET, [...END, 'PutObject']]);
  });

  it('takes two trips with as much as is kept beside its event', async () => {
    answering('"\\'.repeat(32_000));
    const { answer, all } = await roundsOf({ ...PUT, key: 'k', body: Buffer.from('"\\'.repeat(32_000)) });
    expect(codeOf(answer)).toBe('ok');
    expect(all).toEqual([begin(), TARGET, END]);
  });

  it('takes two trips to be refused, and no target', async () => {
    const { answer, all } = await roundsOf({ path: '/users' });
    expect(codeOf(answer)).toBe('outside_task');
    expect(all).toEqual([begin(), END]);
  });

  it('takes two trips where the target fails', async () => {
    await call(world, opened);
    world.outside.answer = async () => ({ problem: 'failed', sent: true, detail: 'It broke.' });
    const { answer, trips } = await roundsOf();
    expect(codeOf(answer)).toBe('target_failed');
    expect(trips).toEqual([begin(), END]);
  });
});

describe('what is not warm', () => {
  beforeEach(async () => {
    opened = await deployed(SIGNED);
    return async () => {
      for (const close of closing) await close();
    };
  });

  it('is seen to cost more', async () => {
    const answer = await rounds.of(() => call(world, opened));
    expect(codeOf(answer)).toBe('ok');
    expect(rounds.rounds).toContainEqual(['AssumeRole']);
    world.clock.advance(60 * MINUTE - 5 * SECOND);
    await rounds.of(() => call(world, opened));
    expect(rounds.rounds).toContainEqual(['AssumeRole']);
  });
});
