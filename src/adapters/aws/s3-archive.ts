// The archive in one S3 bucket, versioned and under Object Lock; a put must say that the key is free.
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  InvalidObjectState,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  type ListObjectsV2CommandOutput,
  NoSuchKey,
  type S3Client,
} from '@aws-sdk/client-s3';
import {
  type Archive,
  type ArchivedObject,
  type ArchiveReader,
  UnreadableObject,
} from '../../ports/archive.ts';
import { assertArchiveKey, assertArchivePrefix } from '../archive-keys.ts';
import { withinDeadline } from '../faults.ts';
import { DEADLINE_MILLISECONDS } from './client-settings.ts';
import { putOnce } from './s3-put-once.ts';

export interface S3ArchiveDependencies {
  readonly client: S3Client;
  readonly bucket: string;
  /** Where in the bucket the archive begins, as `audit` or `teams/audit`; left out, it is the whole bucket. */
  readonly prefix?: string;
  /** For one call, and for each page of a list. */
  readonly deadlineMilliseconds?: number;
}

/** What every key begins with: nothing, or a path that ends in a slash. */
function rootOf({ prefix = '' }: S3ArchiveDependencies): string {
  const path = prefix.replace(/^\/+|\/+$/g, '');
  return path === '' ? '' : `${path}/`;
}

/** Packed lines are a file like any other: an encoding would have clients unpack what a digest has the hash of. */
function contentType(key: string): string {
  if (key.endsWith('.gz')) return 'application/gzip';
  return key.endsWith('.json') ? 'application/json' : 'application/octet-stream';
}

function withinTime<T>(
  { deadlineMilliseconds = DEADLINE_MILLISECONDS }: S3ArchiveDependencies,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return withinDeadline('archive', deadlineMilliseconds, work);
}

/** Nothing of it is read. */
function assertNoLarger({ Body, ContentLength = 0 }: GetObjectCommandOutput, most: number): void {
  if (ContentLength <= most) return;
  if (Body !== undefined && 'destroy' in Body) Body.destroy();
  throw new UnreadableObject('too large');
}

interface Asked {
  readonly key: string;
  readonly most: number;
}

async function get(
  { client, bucket }: S3ArchiveDependencies,
  { key, most }: Asked,
  abortSignal: AbortSignal,
): Promise<Uint8Array | undefined> {
  try {
    const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal });
    if (answer.Body === undefined) throw new Error('an answer without a body');
    assertNoLarger(answer, most);
    return await answer.Body.transformToByteArray();
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    if (error instanceof InvalidObjectState) throw new UnreadableObject(error.name, error);
    throw error;
  }
}

/** As the answer says that it is written: somebody else's key may hold what XML can't. */
function plainKey(key: string, encoding: string | undefined): string {
  if (encoding !== 'url') return key;
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}

function objectsOf(
  { Contents = [], EncodingType }: ListObjectsV2CommandOutput,
  root: string,
): readonly ArchivedObject[] {
  return Contents.map(({ Key = '', Size = 0 }) => ({
    key: plainKey(Key, EncodingType).slice(root.length),
    bytes: Size,
  }));
}

async function* list(
  dependencies: S3ArchiveDependencies,
  prefix: string,
  after: string,
): AsyncGenerator<ArchivedObject> {
  assertArchivePrefix(prefix);
  const { client, bucket } = dependencies;
  const root = rootOf(dependencies);
  const input: ListObjectsV2CommandInput = {
    Bucket: bucket,
    Prefix: `${root}${prefix}`,
    EncodingType: 'url',
    ...(after === '' ? {} : { StartAfter: `${root}${after}` }),
  };
  let next: string | undefined;
  do {
    const command = new ListObjectsV2Command({ ...input, ...(next && { ContinuationToken: next }) });
    const page = await withinTime(dependencies, (abortSignal) => client.send(command, { abortSignal }));
    yield* objectsOf(page, root);
    next = page.NextContinuationToken;
  } while (next !== undefined);
}

/** May be used with no permission to put. */
export function createS3ArchiveReader(dependencies: S3ArchiveDependencies): ArchiveReader {
  const root = rootOf(dependencies);
  return {
    async get(key, most = Number.POSITIVE_INFINITY) {
      assertArchiveKey(key);
      return withinTime(dependencies, (signal) => get(dependencies, { key: `${root}${key}`, most }, signal));
    },
    list: (prefix, after = '') => list(dependencies, prefix, after),
  };
}

export function createS3Archive(dependencies: S3ArchiveDependencies): Archive {
  const { client, bucket } = dependencies;
  const root = rootOf(dependencies);
  return {
    ...createS3ArchiveReader(dependencies),
    async put(key, body) {
      assertArchiveKey(key);
      const object = {
        Bucket: bucket,
        Key: `${root}${key}`,
        Body: body,
        ContentType: contentType(key),
        // A bucket under Object Lock takes nothing without a checksum.
        ChecksumAlgorithm: 'SHA256' as const,
      };
      return withinTime(dependencies, (signal) => putOnce(client, object, signal));
    },
  };
}
