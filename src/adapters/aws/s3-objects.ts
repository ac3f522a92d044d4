// Objects in one S3 bucket; a put must say that the key is free.
import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectKey, Objects } from '../../ports/objects.ts';
import { withinDeadline } from '../faults.ts';
import { keepMilliseconds, keepOf } from '../keys.ts';
import { assertSeconds, servedType } from '../links.ts';
import { DEADLINE_MILLISECONDS } from './client-settings.ts';
import { presignedUrl } from './s3-link.ts';
import { putOnce } from './s3-put-once.ts';

export interface S3ObjectsDependencies {
  readonly client: S3Client;
  readonly bucket: string;
  readonly clock: Clock;
  readonly deadlineMilliseconds?: number;
}

/**
 * Of a key that nothing is under, S3 tells only who may list the bucket. Whoever may not is refused for just that: of what
 * is there, a refusal names another action.
 */
function isMissing(error: unknown): boolean {
  if (error instanceof NoSuchKey) return true;
  return (
    error instanceof S3ServiceException &&
    error.name === 'AccessDenied' &&
    /not authorized to perform: s3:ListBucket\b/.test(error.message)
  );
}

async function get(
  { client, bucket, clock }: S3ObjectsDependencies,
  key: ObjectKey,
  abortSignal: AbortSignal,
): Promise<Uint8Array | undefined> {
  try {
    const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal });
    if (answer.Body === undefined || answer.LastModified === undefined) {
      throw new Error('an answer without a body or a date');
    }
    // A lifecycle rule removes it some time after, not on time.
    const goneAt = answer.LastModified.getTime() + keepMilliseconds(keepOf(key));
    const body = await answer.Body.transformToByteArray();
    return goneAt <= clock.now().getTime() ? undefined : body;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Shown to whoever has the link, and kept by nobody on the way. */
function link(
  { client, bucket, clock }: S3ObjectsDependencies,
  key: ObjectKey,
  contentType: string,
  seconds: number,
): Promise<string> {
  return presignedUrl(client, {
    Bucket: bucket,
    Key: key,
    ResponseContentType: servedType(contentType),
    // A page of a target's must not run as one of the bucket's.
    ResponseContentDisposition: 'attachment',
    ResponseCacheControl: 'no-store',
    seconds,
    now: clock.now(),
  });
}

export function createS3Objects(dependencies: S3ObjectsDependencies): Objects {
  const { deadlineMilliseconds = DEADLINE_MILLISECONDS } = dependencies;
  return {
    async put(key, body) {
      keepOf(key);
      const { client, bucket } = dependencies;
      return withinDeadline('objects', deadlineMilliseconds, (signal) =>
        putOnce(client, { Bucket: bucket, Key: key, Body: body }, signal),
      );
    },
    async get(key) {
      keepOf(key);
      return withinDeadline('objects', deadlineMilliseconds, (signal) => get(dependencies, key, signal));
    },
    async remove(key) {
      keepOf(key);
      const { client, bucket } = dependencies;
      await withinDeadline('objects', deadlineMilliseconds, (abortSignal) =>
        client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }), { abortSignal }),
      );
    },
    async link(key, contentType, seconds) {
      keepOf(key);
      assertSeconds(seconds);
      // Nothing is sent, but credentials may have to be fetched.
      return withinDeadline('objects', deadlineMilliseconds, () =>
        link(dependencies, key, contentType, seconds),
      );
    },
  };
}
