// How long a secret is remembered, through rotation, outage and removal.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { expect, it, onTestFinished } from 'vitest';
import { createSecretsManagerSecrets } from '../../../src/adapters/aws/secrets-manager.ts';
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
  const token = async () => (await secrets.read('name'))?.['token']?.open();
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

it.each(['canary', '{"token": canary}', '["canary"]', '{"token":{"canary":1}}', '"canary"', 'null'])(
  'refuses the text %j without quoting it',
  async (text) => {
    const { secrets, hold } = await setUp();
    hold({ text });
    const fault = await secrets.read('name').catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(Unavailable);
    expect(String(fault) + String((fault as Unavailable).cause)).not.toContain('canary');
  },
);
