// What only S3 can do to Objects: lost answers and puts that cross each other.
import { S3Client } from '@aws-sdk/client-s3';
import { expect, it, onTestFinished } from 'vitest';
import { clientSettings, s3Settings } from '../../../src/adapters/aws/client-settings.ts';
import { createS3Objects } from '../../../src/adapters/aws/s3-objects.ts';
import { clientOptions } from '../../contract/support/aws.ts';
import { movableClock } from '../../contract/support/clock.ts';
import { startFakeS3 } from '../../contract/support/fake-s3.ts';

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

it('uses paths for buckets only where an emulator is named', () => {
  expect(s3Settings({}).forcePathStyle).toBe(false);
  expect(s3Settings({ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }).forcePathStyle).toBe(true);
  expect(s3Settings({ AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:4566' }).forcePathStyle).toBe(true);
  expect(clientSettings().maxAttempts).toBe(3);
});
