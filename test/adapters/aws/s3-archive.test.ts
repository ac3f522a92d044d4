// What only S3 can do to the archive, and what it is told of each object.
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { S3Client } from '@aws-sdk/client-s3';
import { expect, it, onTestFinished } from 'vitest';
import { s3Settings } from '../../../src/adapters/aws/client-settings.ts';
import { createS3Archive, createS3ArchiveReader } from '../../../src/adapters/aws/s3-archive.ts';
import { Unavailable } from '../../../src/shared/errors.ts';
import { clientOptions } from '../../contract/support/aws.ts';
import { movableClock } from '../../contract/support/clock.ts';
import { startFakeS3 } from '../../contract/support/fake-s3.ts';
import { keysOf, listed } from '../../contract/support/listed.ts';
import { fakeServer, type Listening, silentServer } from '../../contract/support/servers.ts';

const KEY = 'events/day=2026-11-21/hour=22/20261121T224107123Z-1.jsonl.gz';

function clientOf(endpoint: string): S3Client {
  return new S3Client({ ...s3Settings({ AWS_ENDPOINT_URL: endpoint }), ...clientOptions(endpoint) });
}

type Meddle = (attempt: number, send: () => Promise<unknown>) => Promise<unknown>;

/** Each attempt of a put goes through `meddle`. */
async function archiveThrough(meddle: Meddle) {
  const { endpoint, close } = await startFakeS3(movableClock());
  onTestFinished(close);
  const client = clientOf(endpoint);
  let attempts = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context['commandName'] !== 'PutObjectCommand') return next(args);
      attempts += 1;
      return (await meddle(attempts, () => next(args))) as Awaited<ReturnType<typeof next>>;
    },
    { step: 'deserialize', priority: 'high' },
  );
  const others = createS3Archive({ client: clientOf(endpoint), bucket: 'archive' });
  return { archive: createS3Archive({ client, bucket: 'archive' }), others, attempts: () => attempts };
}

const lost = () => Object.assign(new Error('the answer was lost'), { name: 'TimeoutError' });

const loseFirst: Meddle = async (attempt, send) => {
  const answer = await send();
  if (attempt > 1) return answer;
  throw lost();
};

it('takes its own put, whose answer was lost, for done', async () => {
  const { archive, others, attempts } = await archiveThrough(loseFirst);
  expect(await archive.put(KEY, Buffer.from('ours'))).toBe(true);
  expect(attempts()).toBe(2);
  expect(await others.put(KEY, Buffer.from('theirs'))).toBe(false);
});

it("takes another's put for what it is, also when it was sent twice itself", async () => {
  const { archive, others, attempts } = await archiveThrough(async (attempt, send) => {
    if (attempt > 1) return send();
    throw lost();
  });
  await others.put(KEY, Buffer.from('the same'));
  expect(await archive.put(KEY, Buffer.from('the same'))).toBe(false);
  expect(attempts()).toBe(2);
});

/** Answers each request with the next of these; what was asked is kept. */
async function answering(...answers: readonly (readonly [status: number, code: string])[]) {
  const asked: { method: string; url: string; headers: IncomingHttpHeaders; body: Buffer }[] = [];
  const left = [...answers];
  const server = await fakeServer(({ method = '', url = '', headers }, body, response) => {
    asked.push({ method, url, headers, body });
    const [status, code] = left.shift() ?? [200, ''];
    response.writeHead(status, { 'content-type': 'application/xml' });
    const error = `<Error><Code>${code}</Code><Message>${code}</Message></Error>`;
    response.end(status === 200 || method === 'HEAD' ? undefined : error);
  });
  onTestFinished(server.close);
  return { ...server, asked };
}

const archiveAt = ({ endpoint }: Listening) =>
  createS3Archive({ client: clientOf(endpoint), bucket: 'archive' });

it('says that the key must be free, what is in it, and what its bytes hash to', async () => {
  const server = await answering();
  const body = Buffer.from('packed');
  expect(await archiveAt(server).put(KEY, body)).toBe(true);
  const [{ method, url, headers, body: sent } = { headers: {} }, ...others] = server.asked;
  expect(others).toEqual([]);
  expect(method).toBe('PUT');
  expect(decodeURIComponent(url ?? '')).toBe(`/archive/${KEY}?x-id=PutObject`);
  expect(sent).toEqual(body);
  expect(headers).toMatchObject({
    'if-none-match': '*',
    'content-type': 'application/gzip',
    'x-amz-checksum-sha256': createHash('sha256').update(body).digest('base64'),
    'x-amz-meta-writer': expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(headers).not.toHaveProperty('content-encoding');
});

it.each([
  ['digests/digest-0000000017.json', 'application/json'],
  ['digests/digest-0000000017-0123456789abcdef.index.gz', 'application/gzip'],
  ['unarchived/a', 'application/octet-stream'],
])('calls %s %s', async (key, type) => {
  const server = await answering();
  await archiveAt(server).put(key, Buffer.from('{}'));
  expect(server.asked[0]?.headers['content-type']).toBe(type);
});

it('begins anew where another put of the key was under way, and knows its own', async () => {
  const server = await answering([409, 'ConditionalRequestConflict'], [200, '']);
  expect(await archiveAt(server).put(KEY, Buffer.from('x'))).toBe(true);
  expect(server.asked.map(({ method }) => method)).toEqual(['PUT', 'PUT']);
});

it('counts as taken what it may not look at', async () => {
  const server = await answering(
    [409, 'ConditionalRequestConflict'],
    [412, 'PreconditionFailed'],
    [403, 'AccessDenied'],
  );
  expect(await archiveAt(server).put(KEY, Buffer.from('x'))).toBe(false);
  expect(server.asked.map(({ method }) => method)).toEqual(['PUT', 'PUT', 'HEAD']);
});

it('does not ask whose it is where it was sent once', async () => {
  const server = await answering([412, 'PreconditionFailed']);
  expect(await archiveAt(server).put(KEY, Buffer.from('x'))).toBe(false);
  expect(server.asked).toHaveLength(1);
});

it('lists what nobody of ours can have put there, by its name', async () => {
  const { endpoint, place, close } = await startFakeS3(movableClock(), 2);
  onTestFinished(close);
  const names = ['a b', 'a+b', 'a&b<c', 'a\u0001b', 'caf\u00e9', '\u{1f511}', 'a%2fb', '../a', '.x', 'x/'];
  for (const name of names) place(`archive/audit/events/${name}`, Buffer.from('xyz'));
  const reader = createS3ArchiveReader({ client: clientOf(endpoint), bucket: 'archive', prefix: 'audit' });
  const found = await listed(reader, 'events/');
  expect(found.map(({ key }) => key)).toEqual(names.map((name) => `events/${name}`).sort());
  expect(new Set(found.map(({ bytes }) => bytes))).toEqual(new Set([3]));
});

it.each([undefined, '', '/', 'audit', 'audit/', '/audit/', 'teams/audit'])(
  'keeps what is under the prefix %j apart',
  async (prefix) => {
    const { endpoint, close } = await startFakeS3(movableClock());
    onTestFinished(close);
    const client = clientOf(endpoint);
    const at = (where: string | undefined) =>
      createS3Archive({ client, bucket: 'archive', ...(where === undefined ? {} : { prefix: where }) });
    await at(prefix).put('events/a', Buffer.from('x'));
    await at('other').put('events/b', Buffer.from('x'));
    expect(await keysOf(at(prefix), 'events/')).toEqual(['events/a']);
    expect(await at(prefix).get('events/b')).toBeUndefined();
    expect((await at(prefix).get('events/a'))?.length).toBe(1);
  },
);

it('waits no longer than it is told, for each page', async () => {
  const server = await silentServer();
  onTestFinished(server.close);
  const client = clientOf(server.endpoint);
  const archive = createS3Archive({ client, bucket: 'archive', deadlineMilliseconds: 50 });
  const first = archive.list('events/')[Symbol.asyncIterator]();
  for (const call of [archive.get('a'), archive.put('a', Buffer.from('x')), first.next()]) {
    const fault: unknown = await call.catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(Unavailable);
    expect(String((fault as Unavailable).cause)).toContain('no answer within 50 ms');
  }
});
