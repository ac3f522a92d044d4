// Archive, in a directory and on S3.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { describe } from 'vitest';
import { s3Settings } from '../../src/adapters/aws/client-settings.ts';
import { createS3Archive, createS3ArchiveReader } from '../../src/adapters/aws/s3-archive.ts';
import {
  createDirectoryArchive,
  createDirectoryArchiveReader,
} from '../../src/adapters/embedded/directory-archive.ts';
import type { Archive, ArchiveReader } from '../../src/ports/archive.ts';
import { archiveContract, type Read } from './archive.ts';
import { clientOptions, impatientOptions } from './support/aws.ts';
import { movableClock } from './support/clock.ts';
import { startFakeS3 } from './support/fake-s3.ts';
import { closedPort, fakeServer, type Listening, silentServer } from './support/servers.ts';
import { faultsAreTyped, type Open } from './support/subject.ts';
import { temporaryDirectory } from './support/temporary.ts';

/** Lists come in pages of three. */
const onS3 =
  (prefix?: string): Open<Read> =>
  async () => {
    const clock = movableClock();
    const { endpoint, place, close } = await startFakeS3(clock, 3);
    // Beside the archive.
    place('archive/and-more/events/day=2026-11-21/a', Buffer.from('x'));
    place('elsewhere/audit/b/a', Buffer.from('x'));
    const settings = s3Settings({ AWS_ENDPOINT_URL: endpoint });
    const client = new S3Client({ ...settings, ...clientOptions(endpoint) });
    const bucket = prefix === undefined ? 'whole' : 'archive';
    const where = { client, bucket, ...(prefix === undefined ? {} : { prefix }) };
    return { port: { ...createS3Archive(where), reader: createS3ArchiveReader(where) }, clock, close };
  };

const inDirectory: Open<Read> = async () => {
  const { path, remove } = await temporaryDirectory();
  const where = { directory: join(path, 'archive') };
  const port = { ...createDirectoryArchive(where), reader: createDirectoryArchiveReader(where) };
  return { port, clock: movableClock(), close: remove };
};

describe('Archive in a directory', () => archiveContract(inDirectory));
describe('Archive on S3', () => archiveContract(onS3()));
describe('Archive in a part of a bucket', () => archiveContract(onS3('/teams/audit/')));

const firstOf = async (archive: ArchiveReader) => {
  for await (const object of archive.list('events/')) return object;
  return undefined;
};
const READS = { get: (archive: Archive) => archive.get('events/a'), list: firstOf };
const CALLS = { ...READS, put: (archive: Archive) => archive.put('events/a', Buffer.alloc(300_000)) };

const s3At =
  (start: () => Promise<Listening>): Open<Archive> =>
  async () => {
    const { endpoint, close } = await start();
    const settings = s3Settings({ AWS_ENDPOINT_URL_S3: endpoint });
    const client = new S3Client({ ...settings, ...impatientOptions(endpoint) });
    return { port: createS3Archive({ client, bucket: 'archive' }), clock: movableClock(), close };
  };

/** Sends its head and the beginning of a body, then nothing. */
const stallingServer = () =>
  fakeServer((_, __, response) => {
    response.writeHead(200, { 'content-length': 100, 'content-type': 'application/xml' });
    response.write('<');
  });

const refusing = (status: number, code: string) => () =>
  fakeServer((_, __, response) => {
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
  });

const whereAFileIs: Open<Archive> = async () => {
  const { path, remove } = await temporaryDirectory();
  const directory = join(path, 'archive');
  await writeFile(directory, '');
  return { port: createDirectoryArchive({ directory }), clock: movableClock(), close: remove };
};

const { get: _, ...CALLS_WITHOUT_GET } = CALLS;
// There, a file simply has no such name.
faultsAreTyped('Archive where the directory is a file', 'archive', whereAFileIs, CALLS_WITHOUT_GET);
faultsAreTyped('Archive where nobody listens', 'archive', s3At(closedPort), CALLS);
faultsAreTyped('Archive where nobody answers', 'archive', s3At(silentServer), CALLS);
faultsAreTyped('Archive where an answer stops half way', 'archive', s3At(stallingServer), READS);
faultsAreTyped('Archive without a bucket', 'archive', s3At(refusing(404, 'NoSuchBucket')), CALLS);
faultsAreTyped('Archive that lets nobody in', 'archive', s3At(refusing(403, 'AccessDenied')), CALLS);
