// What no API reaches: the reconciler runs with what its role allows, and rotation refuses nobody.
import { randomUUID } from 'node:crypto';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { invoke } from './aws.ts';
import { broker, DEPLOYED, openTask, outputs } from './broker.ts';

describe.skipIf(!DEPLOYED)('in the background', () => {
  it('the reconciler makes its pass', async () => {
    await expect(invoke(outputs('ReconcileFunction'), {})).resolves.toMatchObject({ ended: 0 });
  });

  it('rotating the token keys keeps the tokens that are out, and makes new ones under the new key', async () => {
    const before = await openTask();
    const secret = outputs('TokenKeysSecret');
    const client = new SecretsManagerClient({});
    const version = randomUUID();
    const was = await client.send(new GetSecretValueCommand({ SecretId: secret }));
    // What Secrets Manager does when a rotation is due.
    for (const Step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) {
      await invoke(outputs('RotateKeysFunction'), { Step, SecretId: secret, ClientRequestToken: version });
    }
    const is = await client.send(new GetSecretValueCommand({ SecretId: secret }));
    expect(is.VersionId).toBe(version);
    expect(JSON.parse(is.SecretString ?? '{}')).toMatchObject({
      previous: JSON.parse(was.SecretString ?? '{}').current,
    });
    const read = await broker('GET', `/v1/tasks/${before.id}`, { token: before.token });
    expect(read.status).toBe(200);
    client.destroy();
  });

  it('rotation touches no other secret, whatever its event says', async () => {
    const event = { Step: 'createSecret', SecretId: 'another', ClientRequestToken: randomUUID() };
    await expect(invoke(outputs('RotateKeysFunction'), event)).rejects.toThrow();
  });
});
