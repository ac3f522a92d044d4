// Secrets, in a file and in Secrets Manager.
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe } from 'vitest';
import { createSecretsManagerSecrets } from '../../src/adapters/aws/secrets-manager.ts';
import { createFileSecrets } from '../../src/adapters/embedded/file-secrets.ts';
import type { Secrets } from '../../src/ports/secrets.ts';
import { HELD, type Holding, secretsContract } from './secrets.ts';
import { clientOptions, impatientOptions } from './support/aws.ts';
import { movableClock } from './support/clock.ts';
import { startFakeSecretsManager } from './support/fake-secrets-manager.ts';
import { closedPort, type Listening, silentServer } from './support/servers.ts';
import { faultsAreTyped, type Open } from './support/subject.ts';
import { temporaryDirectory } from './support/temporary.ts';

const inFile: Open<Holding> = async () => {
  const directory = await temporaryDirectory();
  const file = join(directory.path, 'secrets.json');
  const held: Record<string, unknown> = { ...HELD };
  const write = () => writeFile(file, JSON.stringify(held), { mode: 0o600 });
  const hold: Holding['hold'] = async (name, fields) => {
    held[name] = fields;
    await write();
  };
  await write();
  const port = Object.assign(await createFileSecrets({ file }), { hold });
  return { port, clock: movableClock(), close: directory.remove };
};

const inManager: Open<Holding> = async () => {
  const { held, endpoint, close } = await startFakeSecretsManager(HELD);
  const clock = movableClock();
  const client = new SecretsManagerClient(clientOptions(endpoint));
  const hold: Holding['hold'] = async (name, fields) => {
    held.set(name, { text: JSON.stringify(fields) });
  };
  return { port: Object.assign(createSecretsManagerSecrets({ client, clock }), { hold }), clock, close };
};

const managerAt =
  (start: () => Promise<Listening>): Open<Secrets> =>
  async () => {
    const { endpoint, close } = await start();
    const client = new SecretsManagerClient(impatientOptions(endpoint));
    const clock = movableClock();
    return { port: createSecretsManagerSecrets({ client, clock }), clock, close };
  };

describe('Secrets in a file', () => secretsContract(inFile));
describe('Secrets in Secrets Manager', () => secretsContract(inManager));

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
faultsAreTyped('Secrets where nobody listens', 'secrets', managerAt(closedPort), CALLS);
faultsAreTyped('Secrets where nobody answers', 'secrets', managerAt(silentServer), CALLS);
