// Puts an object into S3 if its key is free, and knows its own put when it meets it.
import { randomUUID } from 'node:crypto';
import {
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';

/** How often a put starts over when S3 says that another put of the same key was under way. */
const PUT_ATTEMPTS = 3;

export type OncePut = Required<Pick<PutObjectCommandInput, 'Bucket' | 'Key' | 'Body'>> &
  Omit<PutObjectCommandInput, 'IfNoneMatch' | 'Metadata'>;

function failedWith(error: unknown, status: number): error is S3ServiceException {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === status;
}

async function isOurs(
  client: S3Client,
  { Bucket, Key }: OncePut,
  writer: string,
  abortSignal: AbortSignal,
): Promise<boolean> {
  try {
    const head = await client.send(new HeadObjectCommand({ Bucket, Key }), { abortSignal });
    return head.Metadata?.['writer'] === writer;
  } catch (error) {
    // Whoever may only put can't tell: then it counts as another's.
    if (failedWith(error, 403)) return false;
    throw error;
  }
}

/** False when the key is taken. Throws what the client throws. */
export async function putOnce(client: S3Client, object: OncePut, abortSignal: AbortSignal): Promise<boolean> {
  const writer = randomUUID();
  const input = { ...object, IfNoneMatch: '*', Metadata: { writer } };
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.send(new PutObjectCommand(input), { abortSignal });
      return true;
    } catch (error) {
      if (failedWith(error, 409) && attempt < PUT_ATTEMPTS) continue;
      if (!failedWith(error, 412)) throw error;
      // Only a put that was sent more than once can have met itself.
      const sentOnce = attempt === 1 && error.$metadata.attempts === 1;
      return !sentOnce && isOurs(client, object, writer, abortSignal);
    }
  }
}
