// The credentials that come out of the deployed broker do what the task says, and no more.
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { credentials, openTask, READ } from '../support/broker.ts';
import { REPORTS } from './names.ts';

const OURS = 'weekly/team-a/report.csv';
const THEIRS = 'weekly/team-b/report.csv';

const owner = new S3Client({ forcePathStyle: true });
let agent: S3Client | undefined;

beforeAll(async () => {
  await owner.send(new CreateBucketCommand({ Bucket: REPORTS }));
  for (const Key of [OURS, THEIRS]) {
    await owner.send(new PutObjectCommand({ Bucket: REPORTS, Key, Body: Key }));
  }
  const issued = await credentials(await openTask('report-builder', [READ]), { capability: READ.capability });
  const { accessKeyId, secretAccessKey, sessionToken } = issued.credentials;
  agent = new S3Client({ forcePathStyle: true, credentials: { accessKeyId, secretAccessKey, sessionToken } });
});
afterAll(() => {
  agent?.destroy();
  owner.destroy();
});

/** Set where the AWS under test is known to enforce policies; most emulators let everybody do everything. */
const ENFORCED = process.env['BAILIWICK_E2E_IAM'] === 'enforced';

describe('session credentials', () => {
  it('read what the task is for', async () => {
    const object = await agent?.send(new GetObjectCommand({ Bucket: REPORTS, Key: OURS }));
    expect(await object?.Body?.transformToString()).toBe(OURS);
  });

  it.runIf(ENFORCED)('may not read what it is not for', async () => {
    const reading = agent?.send(new GetObjectCommand({ Bucket: REPORTS, Key: THEIRS }));
    await expect(reading).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it.runIf(ENFORCED)('may not write', async () => {
    const writing = agent?.send(new PutObjectCommand({ Bucket: REPORTS, Key: OURS, Body: 'new' }));
    await expect(writing).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});
