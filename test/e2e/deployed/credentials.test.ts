// The credentials that come out of the deployed broker do what the task says, and no more.
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { broker, DEPLOYED, openTask } from './broker.ts';
import { REPORTS } from './names.ts';

const owner = new S3Client({ forcePathStyle: true });
let agent: S3Client;

describe.skipIf(!DEPLOYED)('session credentials', () => {
  beforeAll(async () => {
    await owner.send(new CreateBucketCommand({ Bucket: REPORTS }));
    for (const Key of ['weekly/team-a/report.csv', 'weekly/team-b/report.csv']) {
      await owner.send(new PutObjectCommand({ Bucket: REPORTS, Key, Body: Key }));
    }
    const task = await openTask();
    const { body } = await broker('POST', `/v1/tasks/${task.id}/credentials`, {
      token: task.token,
      body: { capability: 'reports:read' },
    });
    const { expiration, ...keys } = body.credentials;
    agent = new S3Client({
      forcePathStyle: true,
      credentials: { ...keys, expiration: new Date(expiration) },
    });
  });
  afterAll(() => {
    agent?.destroy();
    owner.destroy();
  });

  it('read what the task is for', async () => {
    const object = await agent.send(
      new GetObjectCommand({ Bucket: REPORTS, Key: 'weekly/team-a/report.csv' }),
    );
    expect(await object.Body?.transformToString()).toBe('weekly/team-a/report.csv');
  });

  it.each([
    ['read what it is not for', new GetObjectCommand({ Bucket: REPORTS, Key: 'weekly/team-b/report.csv' })],
    ['write', new PutObjectCommand({ Bucket: REPORTS, Key: 'weekly/team-a/new.csv', Body: 'new' })],
  ])('may not %s', async (_, command) => {
    await expect(agent.send(command as GetObjectCommand)).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});
