// Objects, in a directory and on S3.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { describe } from 'vitest';
import { s3Settings } from '../../src/adapters/aws/client-settings.ts';
import { createS3Objects } from '../../src/adapters/aws/s3-objects.ts';
import { createDirectoryObjects } from '../../src/adapters/embedded/directory-objects.ts';
import type { Objects } from '../../src/ports/objects.ts';
import { objectsContract } from './objects.ts';
import { clientOptions, impatientOptions } from './support/aws.ts';
import { movableClock } from './support/clock.ts';
import { startFakeS3 } from './support/fake-s3.ts';
import { linkedDirectory } from './support/linked-directory.ts';
import { closedPort, fakeServer, type Listening, silentServer } from './support/servers.ts';
import { faultsAreTyped, type Open } from './support/subject.ts';
import { temporaryDirectory } from './support/temporary.ts';

const onS3: Open<Objects> = async () => {
  const clock = movableClock();
  const { endpoint, close } = await startFakeS3(clock);
  const settings = s3Settings({ AWS_ENDPOINT_URL: endpoint });
  const client = new S3Client({ ...settings, ...clientOptions(endpoint) });
  return { port: createS3Objects({ client, bucket: 'objects', clock }), clock, close };
};

describe('Objects in a directory', () => objectsContract(linkedDirectory));
describe('Objects on S3', () => objectsContract(onS3));

const CALLS = {
  put: (objects: Objects) => objects.put('1d/a', Buffer.alloc(300_000)),
  get: (objects: Objects) => objects.get('1d/a'),
  remove: (objects: Objects) => objects.remove('1d/a'),
};

const s3At =
  (start: () => Promise<Listening>): Open<Objects> =>
  async () => {
    const { endpoint, close } = await start();
    const settings = s3Settings({ AWS_ENDPOINT_URL_S3: endpoint });
    const client = new S3Client({ ...settings, ...impatientOptions(endpoint) });
    const clock = movableClock();
    return { port: createS3Objects({ client, bucket: 'objects', clock }), clock, close };
  };

/** Sends its head and the beginning of a body, then nothing. */
const stallingServer = () =>
  fakeServer((_, __, response) => {
    response.writeHead(200, { 'content-length': 100, 'last-modified': new Date().toUTCString() });
    response.write('a');
  });

const whereAFileIs: Open<Objects> = async () => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory.path, 'objects'), '');
  const clock = movableClock();
  const port = createDirectoryObjects({ directory: join(directory.path, 'objects'), clock });
  return { port, clock, close: directory.remove };
};

faultsAreTyped('Objects where the directory is a file', 'objects', whereAFileIs, CALLS);
faultsAreTyped('Objects where nobody listens', 'objects', s3At(closedPort), CALLS);
faultsAreTyped('Objects where nobody answers', 'objects', s3At(silentServer), CALLS);
faultsAreTyped('Objects where an answer stops half way', 'objects', s3At(stallingServer), {
  get: CALLS.get,
});
