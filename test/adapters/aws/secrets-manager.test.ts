// How long a secret is remembered, through rotation, outage and removal.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { expect, it, onTestFinished } from 'vitest';
import { createSecretsManagerSecrets } from '../../../src/adapters/aws/secrets-manager.ts';
import type { ReadOptions } from '../../../src/ports/secrets.ts';
import { Unavailable } from '../../../src/shared/errors.ts';
import { impatientOptions } from '../../contract/support/aws.ts';
import { HOUR, MINUTE, movableClock } from '../../contract/support/clock.ts';
import { startFakeSecretsManager } from '../../contract/support/fake-secrets-manager.ts';

async function setUp() {
  const manager = await startFakeSecretsManager({ name: { token: 'one' } });
  onTestFinished(manager.close);
  const clock = movableClock();
  const client = new SecretsManagerClient(impatientOptions(manager.endpoint));
  const secrets = createSecretsManagerSecrets({ client, clock });
  const token = async (options?: ReadOptions) => (await secrets.read('name', options))?.['token']?.open();
  const hold = (held: { text: string } | { error: string }) => manager.held.set('name', held);
  return { ...manager, clock, secrets, token, hold };
}

it('asks once for many readers, and again after five minutes', async () => {
  const { clock, token, asked, hold } = await setUp();
  expect(await Promise.all([token(), token(), token()])).toEqual(['one', 'one', 'one']);
  hold({ text: '{"token":"two"}' });
  clock.advance(5 * MINUTE - 1);
  expect(await token()).toBe('one');
  expect(asked).toHaveLength(1);
  clock.advance(1);
  expect(await token()).toBe('two');
  expect(asked).toHaveLength(2);
});

it.each([{ error: 'InternalServiceError' }, { error: 'AccessDeniedException' }, { text: 'not JSON' }])(
  'goes on with the last good one for an hour when told %j',
  async (answer) => {
    const { clock, token, asked, hold } = await setUp();
    await token();
    hold(answer);
    clock.advance(5 * MINUTE);
    expect(await token()).toBe('one');
    const probes = asked.length;
    expect(await token()).toBe('one');
    expect(asked).toHaveLength(probes);
    clock.advance(HOUR - 5 * MINUTE - 1);
    expect(await token()).toBe('one');
    clock.advance(1);
    await expect(token()).rejects.toThrow(Unavailable);
    hold({ text: '{"token":"two"}' });
    expect(await token()).toBe('two');
  },
);

it.each(['ResourceNotFoundException', 'InvalidRequestException'])(
  'forgets a secret that was removed: %s',
  async (error) => {
    const { clock, token, hold } = await setUp();
    await token();
    hold({ error });
    clock.advance(5 * MINUTE);
    expect(await token()).toBeUndefined();
  },
);

it.each(['canary', '{"token": canary}', '["canary"]', '"canary"', 'null', '5'])(
  'refuses the text %j without quoting it',
  async (text) => {
    const { secrets, hold } = await setUp();
    hold({ text });
    const fault = await secrets.read('name').catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(Unavailable);
    expect(String(fault) + String((fault as Unavailable).cause)).not.toContain('canary');
  },
);

it('reads what RDS writes, each number as it stands there', async () => {
  const { secrets, hold } = await setUp();
  hold({ text: '{"username":"app","password":"p","port":5432,"account":12345678901234567890,"proxy":null}' });
  const opened = Object.entries((await secrets.read('name')) ?? {}).map(([name, field]) => [
    name,
    field.open(),
  ]);
  expect(opened).toEqual([
    ['username', 'app'],
    ['password', 'p'],
    ['port', '5432'],
    ['account', '12345678901234567890'],
  ]);
});

const FRESH = { fresh: true };

it('reads afresh for many at once, once, and not again for five seconds', async () => {
  const { clock, token, asked, hold } = await setUp();
  await token();
  hold({ text: '{"token":"two"}' });
  // However short a while ago it was read first.
  expect(await Promise.all([token(FRESH), token(FRESH), token()])).toEqual(['two', 'two', 'one']);
  expect(await token()).toBe('two');
  hold({ text: '{"token":"three"}' });
  clock.advance(5000 - 1);
  for (let i = 0; i < 50; i += 1) expect(await token(FRESH)).toBe('two');
  expect(asked).toHaveLength(2);
  clock.advance(1);
  expect(await token(FRESH)).toBe('three');
});

it('remembers what was read afresh for as long as any other', async () => {
  const { clock, token, asked } = await setUp();
  await token();
  clock.advance(5 * MINUTE - 1);
  await token(FRESH);
  clock.advance(5 * MINUTE - 1);
  await token();
  expect(asked).toHaveLength(2);
});

it('answers a fresh read with what it remembers through an outage, which it probes twice a minute', async () => {
  const { clock, token, asked, hold } = await setUp();
  await token();
  hold({ error: 'InternalServiceError' });
  clock.advance(5000);
  expect(await token(FRESH)).toBe('one');
  const probes = asked.length;
  expect(probes).toBeGreaterThan(1);
  clock.advance(MINUTE / 2 - 1);
  expect(await token(FRESH)).toBe('one');
  expect(asked).toHaveLength(probes);
  clock.advance(1);
  hold({ text: '{"token":"two"}' });
  expect(await token(FRESH)).toBe('two');
});

it('has nothing to answer a fresh read with where the outage is older than what it knows', async () => {
  const { clock, token, hold } = await setUp();
  await token();
  hold({ error: 'InternalServiceError' });
  clock.advance(HOUR);
  await expect(token(FRESH)).rejects.toThrow(Unavailable);
});
