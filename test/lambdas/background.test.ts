// The functions that no API reaches: the reconciler, and the rotation of the keys of task tokens.
import { rmSync } from 'node:fs';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { Context } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTools, logOver } from '../../lambdas/shared/tools.ts';
import { parseSecretFields } from '../../src/adapters/secret-fields.ts';
import { pseudonymKeysOf } from '../../src/masking/index.ts';
import { mintTaskToken, openTaskToken, tokenKeysOf } from '../../src/tasks/index.ts';
import { HOUR, MINUTE } from '../support/clock.ts';
import { createWorld, type World } from '../support/world.ts';
import { asDeployed, CONTEXT, capture, type Printed } from './support.ts';

let directory: string;
beforeAll(() => {
  ({ directory } = asDeployed());
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

let world: World;
let printed: Printed;
beforeEach(async () => {
  world = await createWorld();
  printed = capture();
});
afterEach(() => vi.restoreAllMocks());

describe('reconcile', () => {
  const run = async () => {
    const { createHandler } = await import('../../lambdas/reconcile/handler.ts');
    const tools = createTools();
    const handler = createHandler({ ...world.dependencies, tools, log: logOver(tools) });
    return (handler as (event: unknown, context: Context) => Promise<unknown>)({}, CONTEXT);
  };

  it('ends what was left, and says how much', async () => {
    const { task, token } = await world.opened();
    world.sessions.answer = async () => {
      throw new Error('gone');
    };
    await world.issue(task.id, token).catch(() => undefined);
    world.clock.advance(3 * MINUTE);
    expect(await run()).toMatchObject({ unknown: 1, mended: 0 });
    expect(world.calls()).toMatchObject([{ status: 'outcome_unknown' }]);
    expect(printed.log().map(({ message }) => message)).toEqual([
      'call ended by the reconciler',
      'reconciler pass',
      'config loaded',
    ]);
    expect(world.told('config.loaded')).toHaveLength(1);
    await run();
    expect(world.told('config.loaded')).toHaveLength(1);
  });

  it('does not end what may still be under way', async () => {
    const { task, token } = await world.opened();
    world.sessions.answer = async () => {
      throw new Error('gone');
    };
    await world.issue(task.id, token).catch(() => undefined);
    expect(await run()).toMatchObject({ ended: 0 });
    expect(world.calls()).toMatchObject([{ status: 'requested' }]);
  });

  it('throws what stops it, so that the alarm of its errors goes off', async () => {
    world.meddle = async () => {
      throw new Error('gone');
    };
    await expect(run()).rejects.toThrow('gone');
  });
});

const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:keys';
const MASKING_SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:masking';

/** As much of Secrets Manager as a rotation uses. */
function fakeSecrets(current: string, secret = SECRET) {
  const versions = new Map([['v1', { text: current, stages: new Set(['AWSCURRENT']) }]]);
  const sent: string[] = [];
  const at = (stage: string) => [...versions].find(([, { stages }]) => stages.has(stage));
  const send = async (command: unknown) => {
    sent.push((command as object).constructor.name);
    if ((command as { input: { SecretId: string } }).input.SecretId !== secret)
      throw new Error('another secret');
    if (command instanceof GetSecretValueCommand) {
      const { VersionId, VersionStage = 'AWSCURRENT' } = command.input;
      const found = VersionId === undefined ? at(VersionStage)?.[1] : versions.get(VersionId);
      if (!found?.stages.has(VersionStage))
        throw new ResourceNotFoundException({ $metadata: {}, message: 'canary' });
      return { SecretString: found.text };
    }
    if (command instanceof PutSecretValueCommand) {
      const { ClientRequestToken = '', SecretString = '', VersionStages = [] } = command.input;
      versions.set(ClientRequestToken, { text: SecretString, stages: new Set(VersionStages) });
      return {};
    }
    if (command instanceof DescribeSecretCommand) {
      const stages = [...versions].map(([id, one]) => [id, [...one.stages]]);
      return { VersionIdsToStages: Object.fromEntries(stages) };
    }
    if (command instanceof UpdateSecretVersionStageCommand) {
      const { MoveToVersionId = '', RemoveFromVersionId = '', VersionStage = '' } = command.input;
      versions.get(RemoveFromVersionId)?.stages.delete(VersionStage);
      versions.get(MoveToVersionId)?.stages.add(VersionStage);
      return {};
    }
    throw new Error('an unexpected command');
  };
  return {
    client: { send } as unknown as SecretsManagerClient,
    sent,
    versions,
    text: (stage = 'AWSCURRENT') => at(stage)?.[1].text,
    keys: (stage = 'AWSCURRENT') => tokenKeysOf(parseSecretFields(at(stage)?.[1].text)),
    currentVersion: () => at('AWSCURRENT')?.[0],
  };
}

const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

describe('rotate-keys', () => {
  let secrets: ReturnType<typeof fakeSecrets>;
  beforeEach(() => {
    secrets = fakeSecrets(JSON.stringify({ current: 'first-key-'.repeat(5) }));
  });

  const step = async (Step: string, version = 'v2', SecretId = SECRET) => {
    const { createHandler } = await import('../../lambdas/rotate-keys/handler.ts');
    const tools = createTools();
    const { clock, ids } = world.dependencies;
    const handler = createHandler({
      tools,
      client: secrets.client,
      secrets: { tokenKeys: SECRET, maskingKeys: MASKING_SECRET },
      clock,
      ids,
      log: logOver(tools),
    });
    const event = { Step, SecretId, ClientRequestToken: version };
    return (handler as (event: unknown, context: Context) => Promise<unknown>)(event, CONTEXT);
  };
  const rotate = async (version: string) => {
    for (const one of STEPS) await step(one, version);
  };
  const claims = () => ({
    task: 'task_01hzzzzzzz0000000000000000',
    agent: 'a',
    ancestors: [],
    expiresAt: world.clock.in(HOUR),
  });

  it('makes a new key, keeps the old one beside it, and makes that the current version', async () => {
    const before = secrets.keys();
    const token = mintTaskToken(claims(), before, world.clock.now());
    await rotate('v2');
    const after = secrets.keys();
    expect(secrets.currentVersion()).toBe('v2');
    expect(after.previous?.open()).toBe(before.current.open());
    expect(after.current.open()).not.toBe(before.current.open());
    expect(after.current.open()).toHaveLength(64);
    expect(openTaskToken(token, after)).toBeDefined();
    // Functions that have not looked again yet understand what those sign that have.
    expect(openTaskToken(mintTaskToken(claims(), after, world.clock.now()), before)).toBeDefined();
    expect(after.currentFrom?.getTime()).toBeGreaterThan(world.clock.now().getTime());
  });

  it('makes one key, however often a step is tried again', async () => {
    await step('createSecret');
    const made = secrets.keys('AWSPENDING').current.open();
    await step('createSecret');
    expect(secrets.keys('AWSPENDING').current.open()).toBe(made);
    await step('finishSecret');
    await step('finishSecret');
    expect(secrets.keys().current.open()).toBe(made);
    expect(secrets.sent.filter((name) => name === 'PutSecretValueCommand')).toHaveLength(1);
    expect(secrets.sent.filter((name) => name === 'UpdateSecretVersionStageCommand')).toHaveLength(1);
  });

  it('never drops a key that still signs, rotated twice in a row', async () => {
    const first = secrets.keys();
    await rotate('v2');
    await rotate('v3');
    const token = mintTaskToken(claims(), first, world.clock.now());
    expect(openTaskToken(token, secrets.keys())).toBeDefined();
    const third = secrets.keys();
    world.clock.advance((third.currentFrom?.getTime() ?? 0) - world.clock.now().getTime());
    await rotate('v4');
    expect(openTaskToken(mintTaskToken(claims(), third, world.clock.now()), secrets.keys())).toBeDefined();
  });

  it('makes a new key of pseudonyms under the id that comes next, and none of the old', async () => {
    const pseudonymKey = () => pseudonymKeysOf(parseSecretFields(secrets.text())).current;
    secrets = fakeSecrets(JSON.stringify({ id: 'k7', key: 'first-key-'.repeat(5) }), MASKING_SECRET);
    for (const one of STEPS) await step(one, 'v2', MASKING_SECRET);
    expect(secrets.currentVersion()).toBe('v2');
    expect(pseudonymKey().id).toBe('k8');
    expect(secrets.text()).not.toContain('first-key-');
    expect(printed.log().map(({ message }) => message)).toEqual(['masking key rotated']);
    expect(printed.text()).not.toContain(Buffer.from(pseudonymKey().key).toString());
  });

  it.each(['setSecret', 'testSecret'])('has nothing to do in %s', async (name) => {
    await step(name);
    expect(secrets.sent).toEqual([]);
  });

  it.each([...STEPS])('touches no other secret, whatever the event of %s says', async (name) => {
    await expect(
      step(name, 'v2', 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:other'),
    ).rejects.toThrow();
    expect(secrets.sent).toEqual([]);
  });

  it.each(['deleteSecret', 'constructor', '__proto__', ''])('does nothing in a step %j', async (name) => {
    await step(name).catch(() => undefined);
    expect(secrets.sent).toEqual([]);
  });

  it('does not go on where the current key cannot be read', async () => {
    secrets = fakeSecrets('{"current":"canary-short"}');
    await expect(step('createSecret')).rejects.toThrow('at least 32 characters');
    expect(secrets.sent).not.toContain('PutSecretValueCommand');
    secrets = fakeSecrets('canary');
    await expect(step('createSecret')).rejects.toThrow('a secret is not JSON');
  });

  it('throws what else Secrets Manager says', async () => {
    secrets.client.send = async () => {
      throw Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    };
    await expect(step('createSecret')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('prints that it rotated, and no key', async () => {
    await rotate('v2');
    expect(printed.log().map(({ message }) => message)).toEqual(['signing keys rotated']);
    for (const { text } of secrets.versions.values()) {
      for (const value of Object.values(JSON.parse(text) as Record<string, string>)) {
        if (value.length > 30) expect(printed.text()).not.toContain(value);
      }
    }
  });
});
