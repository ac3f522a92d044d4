// Signer, by KMS and by key files.
import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KMSClient } from '@aws-sdk/client-kms';
import { describe } from 'vitest';
import { createKmsSigner } from '../../src/adapters/aws/kms-signer.ts';
import { createKeySigner } from '../../src/adapters/embedded/key-signer.ts';
import { openSigningKeys, rotateSigningKey } from '../../src/embedded/signing-keys.ts';
import type { Signer } from '../../src/ports/signer.ts';
import { signerContract } from './signer.ts';
import { clientOptions, impatientOptions } from './support/aws.ts';
import { movableClock } from './support/clock.ts';
import { startFakeKms } from './support/fake-kms.ts';
import { closedPort, type Listening, silentServer } from './support/servers.ts';
import { faultsAreTyped, type Open } from './support/subject.ts';
import { temporaryDirectory } from './support/temporary.ts';

const freshKey = (namedCurve = 'P-256') => generateKeyPairSync('ec', { namedCurve }).privateKey;
const KEY_IDS = ['alias/one', 'alias/two'];

const onKms: Open<Signer> = async () => {
  const { endpoint, signing, close } = await startFakeKms();
  for (const keyId of KEY_IDS) signing.set(keyId, freshKey());
  const client = new KMSClient(clientOptions(endpoint));
  return { port: createKmsSigner({ client, keyIds: KEY_IDS }), clock: movableClock(), close };
};

/** A first key, and another one after it. */
async function rotated(data: string): Promise<void> {
  await openSigningKeys(data);
  await rotateSigningKey(data);
}

/** With a data directory in which `prepare` has been. */
const withKeyFiles =
  (prepare: (data: string) => Promise<unknown> = async () => undefined): Open<Signer> =>
  async () => {
    const { path, remove } = await temporaryDirectory();
    await prepare(path);
    const port = createKeySigner({ keys: () => openSigningKeys(path) });
    return { port, clock: movableClock(), close: remove };
  };

describe('Signer by KMS', () => signerContract(onKms));
describe('Signer by key files', () => signerContract(withKeyFiles(rotated)));

const CALLS = {
  keys: (signer: Signer) => signer.keys(),
  sign: (signer: Signer) => signer.sign('a'.repeat(64), Buffer.from('x')),
};

const kmsAt =
  (start: () => Promise<Listening>): Open<Signer> =>
  async () => {
    const { endpoint, close } = await start();
    const client = new KMSClient(impatientOptions(endpoint));
    return { port: createKmsSigner({ client, keyIds: ['alias/one'] }), clock: movableClock(), close };
  };

faultsAreTyped('Signer where nobody listens', 'signer', kmsAt(closedPort), CALLS);
faultsAreTyped('Signer where nobody answers', 'signer', kmsAt(silentServer), CALLS);
faultsAreTyped('Signer whose key KMS has not got', 'signer', kmsAt(startFakeKms), CALLS);

const pemOf = (key: ReturnType<typeof freshKey>) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const inFile = (text: string, mode = 0o600, name = 'signing-key.pem') =>
  withKeyFiles((data) => writeFile(join(data, name), text, { mode }));

const GOOD = pemOf(freshKey());
const sealed = freshKey().export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
faultsAreTyped('Signer whose key others may read', 'signer', inFile(GOOD, 0o640), CALLS);
faultsAreTyped('Signer whose key file is empty', 'signer', inFile(''), CALLS);
faultsAreTyped('Signer whose key file is half', 'signer', inFile(GOOD.slice(0, 100)), CALLS);
faultsAreTyped('Signer whose key is locked', 'signer', inFile(String(sealed)), CALLS);
faultsAreTyped('Signer whose key is RSA', 'signer', inFile(pemOf(rsa)), CALLS);
faultsAreTyped('Signer whose key is on P-384', 'signer', inFile(pemOf(freshKey('P-384'))), CALLS);
faultsAreTyped('Signer whose first key is gone', 'signer', inFile(GOOD, 0o600, 'signing-key-2.pem'), CALLS);
faultsAreTyped(
  'Signer whose key file is a directory',
  'signer',
  withKeyFiles((data) => mkdir(join(data, 'signing-key.pem'), { mode: 0o700 })),
  CALLS,
);
faultsAreTyped(
  'Signer whose second key others may read',
  'signer',
  withKeyFiles(async (data) => {
    await rotated(data);
    await chmod(join(data, 'signing-key-2.pem'), 0o604);
  }),
  CALLS,
);
faultsAreTyped(
  'Signer without its directory',
  'signer',
  withKeyFiles((data) => rm(data, { recursive: true })),
  CALLS,
);
