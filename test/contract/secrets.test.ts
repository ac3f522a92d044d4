// Secrets, in a file and in Secrets Manager.
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe } from 'vitest';
import { createSecretsManagerSecrets } from '../../src/adapters/aws/secrets-manager.ts';
import { createFileSecrets } from '../../src/adapters/embedded/file-secrets.ts';
import type { Secrets } from '../../src/ports/secrets.ts';
import { HELD, secretsContract } from './secrets.ts';
import { clientOptions, impatientOptions } from './support/aws.ts';
import { movableClock } from './support/clock.ts';
import { startFakeSecretsManager } from './support/fake-secrets-manager.ts';
import { closedPort, type Listening, silentServer } from './support/servers.ts';
import { faultsAreTyped, type Open } from './support/subject.ts';
import { temporaryDirectory } from './support/temporary.ts';

const inFile: Open<Secrets> = async () => {
  const directory = await temporaryDirectory();
  const file = join(directory.path, 'secrets.json');
  await writeFile(file, JSON.stringify(HELD), { mode: 0o600 });
  return { port: await createFileSecrets({ file }), clock: movableClock(), close: directory.remove };
};

const managerAt =
  (start: () => Promise<Listening>, options = clientOptions): Open<Secrets> =>
  async () => {
    const { endpoint, close } = await start();
    const client = new SecretsManagerClient(options(endpoint));
    const clock = movableClock();
    return { port: createSecretsManagerSecrets({ client, clock }), clock, close };
  };

describe('Secrets in a file', () => secretsContract(inFile));
describe('Secrets in Secrets Manager', () => secretsContract(managerAt(() => startFakeSecretsManager(HELD))));

const openToOthers: Open<Secrets> = async () => {
  const directory = await temporaryDirectory();
  const file = join(directory.path, 'secrets.json');
  await writeFile(file, JSON.stringify(HELD), { mode: 0o600 });
  const port = await createFileSecrets({ file });
  await chmod(file, 0o640);
  return { port, clock: movableClock(), close: directory.remove };
};

const CALLS = { read: (secrets: Secrets) => secrets.read('prod/tickets-api') };
faultsAreTyped('Secrets in a file that was opened to others', 'secrets', openToOthers, CALLS);
faultsAreTyped('Secrets where nobody listens', 'secrets', managerAt(closedPort, impatientOptions), CALLS);
faultsAreTyped('Secrets where nobody answers', 'secrets', managerAt(silentServer, impatientOptions), CALLS);
