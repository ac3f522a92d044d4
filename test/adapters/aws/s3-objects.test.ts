// What only S3 can do to Objects: lost answers and puts that cross each other.
import { S3Client } from '@aws-sdk/client-s3';
import { expect, it, onTestFinished } from 'vitest';
import { clientSettings, s3Settings } from '../../../src/adapters/aws/client-settings.ts';
import { createS3Objects } from '../../../src/adapters/aws/s3-objects.ts';
import { Unavailable } from '../../../src/shared/errors.ts';
import { clientOptions } from '../../contract/support/aws.ts';
import { movableClock } from '../../contract/support/clock.ts';
import { startFakeS3 } from '../../contract/support/fake-s3.ts';
import { isSigned } from '../../contract/support/presigned.ts';
import { fakeServer } from '../../contract/support/servers.ts';

type Meddle = (attempt: number, send: () => Promise<unknown>) => Promise<unknown>;

async function objectsThrough(meddle: Meddle) {
  const clock = movableClock();
  const { endpoint, close } = await startFakeS3(clock);
  onTestFinished(close);
  const make = () =>
    new S3Client({ ...s3Settings({ AWS_ENDPOINT_URL: endpoint }), ...clientOptions(endpoint) });
  const client = make();
  let attempts = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context['commandName'] !== 'PutObjectCommand') return next(args);
      attempts += 1;
      return (await meddle(attempts, () => next(args))) as Awaited<ReturnType<typeof next>>;
    },
    { step: 'deserialize', priority: 'high' },
  );
  const others = createS3Objects({ client: make(), bucket: 'objects', clock });
  return { objects: createS3Objects({ client, bucket: 'objects', clock }), others, attempts: () => attempts };
}

const loseFirst: Meddle = async (attempt, send) => {
  const answer = await send();
  if (attempt > 1) return answer;
  throw Object.assign(new Error('the answer was lost'), { name: 'TimeoutError' });
};

it('takes its own put, whose answer was lost, for done', async () => {
  const { objects, others } = await objectsThrough(loseFirst);
  expect(await objects.put('1d/a', Buffer.from('ours'))).toBe(true);
  expect(await others.put('1d/a', Buffer.from('theirs'))).toBe(false);
});

it("takes another's put for what it is, also when it was sent twice itself", async () => {
  const unanswered: Meddle = async (attempt, send) => {
    if (attempt > 1) return send();
    throw Object.assign(new Error('never arrived'), { name: 'TimeoutError' });
  };
  const { objects, others, attempts } = await objectsThrough(unanswered);
  await others.put('1d/a', Buffer.from('theirs'));
  expect(await objects.put('1d/a', Buffer.from('ours'))).toBe(false);
  expect(attempts()).toBe(2);
});

/** As S3 refuses whoever may do all else. */
async function refusedFor(action: string) {
  const message =
    'User: arn:aws:sts::111122223333:assumed-role/read-calls/x is not authorized to perform: ' +
    `${action} because no identity-based policy allows the ${action.split(' ')[0]} action`;
  const { endpoint, close } = await fakeServer((_, __, response) => {
    response.writeHead(403, { 'content-type': 'application/xml' });
    response.end(
      `<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>${message}</Message></Error>`,
    );
  });
  onTestFinished(close);
  const client = new S3Client({ ...s3Settings({ AWS_ENDPOINT_URL: endpoint }), ...clientOptions(endpoint) });
  return createS3Objects({ client, bucket: 'objects', clock: movableClock() }).get('1d/gone');
}

it('knows what is gone also without the permission to list, for whose want S3 will not say so', async () => {
  expect(await refusedFor('s3:ListBucket on resource: "arn:aws:s3:::objects"')).toBeUndefined();
});

it.each([
  's3:GetObject on resource: "arn:aws:s3:::objects/1d/gone"',
  's3:ListBucketVersions on resource: "arn:aws:s3:::objects"',
  'kms:Decrypt on resource: "arn:aws:kms:eu-west-1:111122223333:key/s3:ListBucket"',
])('takes nothing for gone that is there and refused: %s', async (action) => {
  await expect(refusedFor(action)).rejects.toThrow(Unavailable);
});

it('uses paths for buckets only where an emulator is named', () => {
  expect(s3Settings({}).forcePathStyle).toBe(false);
  expect(s3Settings({ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }).forcePathStyle).toBe(true);
  expect(s3Settings({ AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:4566' }).forcePathStyle).toBe(true);
  expect(clientSettings().maxAttempts).toBe(3);
});

it('checks presigned URLs here as AWS does in its own example', () => {
  const example = new URL(
    'https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256' +
      '&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
      '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
      '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  );
  const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
  expect(isSigned(example, secret, new Date('2013-05-24T23:59:59Z'))).toBe(true);
  expect(isSigned(example, secret, new Date('2013-05-25T00:00:00Z'))).toBe(false);
  expect(isSigned(example, `${secret}x`, new Date('2013-05-24T12:00:00Z'))).toBe(false);
});

it('signs a link without asking anybody, for the host that the client would ask', async () => {
  const clock = movableClock();
  const who = {
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example', sessionToken: 'to/ken+=' },
  };
  const at = async (settings: object) => {
    const client = new S3Client({ ...who, ...settings });
    const link = await createS3Objects({ client, bucket: 'objects', clock }).link('30d/a=b/c', 'a/b', 300);
    const url = new URL(link);
    expect(isSigned(url, 'example', clock.now())).toBe(true);
    expect(url.searchParams.get('X-Amz-Security-Token')).toBe('to/ken+=');
    return `${url.origin}${url.pathname}`;
  };
  expect(await at({})).toBe('https://objects.s3.eu-west-1.amazonaws.com/30d/a%3Db/c');
  expect(await at({ useDualstackEndpoint: true })).toBe(
    'https://objects.s3.dualstack.eu-west-1.amazonaws.com/30d/a%3Db/c',
  );
  // Nobody listens there.
  const emulator = s3Settings({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
  expect(await at({ ...emulator, endpoint: 'http://127.0.0.1:1' })).toBe(
    'http://127.0.0.1:1/objects/30d/a%3Db/c',
  );
});

it('is told that the back end is unavailable where there are no credentials to sign with', async () => {
  const credentials = () => Promise.reject(new Error('none'));
  const client = new S3Client({ region: 'eu-west-1', credentials });
  const objects = createS3Objects({ client, bucket: 'objects', clock: movableClock() });
  await expect(objects.link('30d/a', 'a/b', 300)).rejects.toThrow(Unavailable);
});
