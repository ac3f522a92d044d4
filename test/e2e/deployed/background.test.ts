// What no API reaches: the reconciler runs with what its role allows, and rotation refuses nobody.
import { randomUUID } from 'node:crypto';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, describe, expect, it } from 'vitest';
import { openTask, send } from '../support/broker.ts';
import { invoke } from './aws.ts';
import { output } from './outputs.ts';

const client = new SecretsManagerClient({});
afterAll(() => client.destroy());

interface Version {
  readonly id: string | undefined;
  readonly keys: { readonly current?: string; readonly previous?: string };
}

async function tokenKeys(): Promise<Version> {
  const answer = await client.send(new GetSecretValueCommand({ SecretId: output('TokenKeysSecret') }));
  return { id: answer.VersionId, keys: JSON.parse(answer.SecretString ?? '{}') };
}

/** What Secrets Manager does when a rotation is due. */
async function rotate(SecretId: string, ClientRequestToken: string): Promise<void> {
  for (const Step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) {
    await invoke(output('RotateKeysFunction'), { Step, SecretId, ClientRequestToken });
  }
}

describe('in the background', () => {
  it('the reconciler makes its pass', async () => {
    await expect(invoke(output('ReconcileFunction'), {})).resolves.toMatchObject({
      minutes: expect.any(Number),
    });
  });

  it('rotating the token keys keeps the tokens that are out', async () => {
    const opened = await openTask('report-builder');
    const before = await tokenKeys();
    const version = randomUUID();
    await rotate(output('TokenKeysSecret'), version);
    const after = await tokenKeys();
    expect(after).toMatchObject({ id: version, keys: { previous: before.keys.current } });
    expect(after.keys.current).not.toBe(before.keys.current);
    const read = await send('GET', `/v1/tasks/${opened.task.id}`, { token: opened.token });
    expect(read.status).toBe(200);
  });

  it('rotation touches no other secret, whatever its event says', async () => {
    const before = await tokenKeys();
    await expect(rotate('another', randomUUID())).rejects.toThrow('other secrets');
    expect(await tokenKeys()).toEqual(before);
  });
});
