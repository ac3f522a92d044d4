// Sealer and Unsealer, by KMS and by a key file.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KMSClient } from '@aws-sdk/client-kms';
import { describe } from 'vitest';
import { createKmsSealer, createKmsUnsealer } from '../../src/adapters/aws/kms-sealer.ts';
import { createKeySealer } from '../../src/adapters/embedded/key-sealer.ts';
import { systemIds } from '../../src/adapters/system.ts';
import { openSealingKey } from '../../src/embedded/sealing-key.ts';
import type { Sealer, Unsealer } from '../../src/ports/sealer.ts';
import { CONTEXT, sealerContract } from './sealer.ts';
import { clientOptions, impatientOptions } from './support/aws.ts';
import { movableClock } from './support/clock.ts';
import { startFakeKms } from './support/fake-kms.ts';
import { closedPort, type Listening, silentServer } from './support/servers.ts';
import { faultsAreTyped, type Open } from './support/subject.ts';
import { temporaryDirectory } from './support/temporary.ts';

type Both = Sealer & Unsealer;

function byKms(client: KMSClient): Both {
  const dependencies = { client, keyId: 'alias/bailiwick-sealing' };
  return { ...createKmsSealer(dependencies), ...createKmsUnsealer(dependencies) };
}

const onKms: Open<Both> = async () => {
  const { endpoint, close } = await startFakeKms();
  return { port: byKms(new KMSClient(clientOptions(endpoint))), clock: movableClock(), close };
};

/** With a data directory in which `prepare` has been. */
const withKeyFile =
  (prepare: (data: string) => Promise<void> = async () => undefined): Open<Both> =>
  async () => {
    const { path, remove } = await temporaryDirectory();
    await prepare(path);
    const port = createKeySealer({ key: () => openSealingKey(path, systemIds) });
    return { port, clock: movableClock(), close: remove };
  };

const kmsAt =
  (start: () => Promise<Listening>): Open<Both> =>
  async () => {
    const { endpoint, close } = await start();
    return { port: byKms(new KMSClient(impatientOptions(endpoint))), clock: movableClock(), close };
  };

describe('Sealer by KMS', () => sealerContract(onKms));
describe('Sealer by a key file', () => sealerContract(withKeyFile()));

/** Of the form that KMS is asked about. */
const SEALED = Buffer.concat([Buffer.from([1, 0, 1, 7]), Buffer.alloc(40)]);
const CALLS = {
  seal: (port: Both) => port.seal(Buffer.from('x'), CONTEXT),
  unseal: (port: Both) => port.unseal(SEALED, CONTEXT),
};

faultsAreTyped('Sealer where nobody listens', 'sealer', kmsAt(closedPort), CALLS);
faultsAreTyped('Sealer where nobody answers', 'sealer', kmsAt(silentServer), CALLS);

const inFile = (text: string, mode: number) =>
  withKeyFile((data) => writeFile(join(data, 'sealing-key.json'), text, { mode }));

const WELL_FORMED = JSON.stringify({ current: 'k'.repeat(64) });
faultsAreTyped('Sealer whose key others may read', 'sealer', inFile(WELL_FORMED, 0o640), CALLS);
faultsAreTyped('Sealer whose key file is empty', 'sealer', inFile('', 0o600), CALLS);
faultsAreTyped('Sealer whose key is short', 'sealer', inFile(JSON.stringify({ current: 'k' }), 0o600), CALLS);
faultsAreTyped(
  'Sealer whose key file is a directory',
  'sealer',
  withKeyFile(async (data) => void (await mkdir(join(data, 'sealing-key.json'), { mode: 0o700 }))),
  CALLS,
);
