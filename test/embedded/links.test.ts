// What GET /objects/… answers: to whoever has a link, and to nobody else; and that it says no more than it must.

import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { createDirectoryObjects } from '../../src/adapters/embedded/directory-objects.ts';
import { linkedDirectory } from '../contract/support/linked-directory.ts';

const BODY = Buffer.from('<script>canary</script>\xff', 'latin1');

async function setUp() {
  const subject = await linkedDirectory();
  onTestFinished(subject.close);
  await subject.port.put('30d/call/body', BODY);
  const link = await subject.port.link('30d/call/body', 'text/html', 300);
  return { ...subject, link };
}

async function code(answer: Response): Promise<unknown> {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const problem = (await answer.json()) as { code: string; status: number };
  expect(problem.status).toBe(answer.status);
  return problem.code;
}

it('keeps what a target sent apart from the broker’s own pages', async () => {
  const { link } = await setUp();
  const answer = await fetch(link);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'text/html',
    'content-disposition': 'attachment',
    'content-security-policy': 'sandbox',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'content-length': String(BODY.length),
  });
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(BODY);
});

it('answers HEAD as GET, without the body', async () => {
  const { link } = await setUp();
  const answer = await fetch(link, { method: 'HEAD' });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-length')).toBe(String(BODY.length));
  expect(await answer.text()).toBe('');
});

it.each<[range: string, status: number, body: string, contentRange: string | null]>([
  ['bytes=1-6', 206, 'script', `bytes 1-6/${BODY.length}`],
  ['bytes=-1', 206, '\xff', `bytes ${BODY.length - 1}-${BODY.length - 1}/${BODY.length}`],
  [`bytes=${BODY.length}-`, 416, '', `bytes */${BODY.length}`],
  ['lines=1-6', 200, BODY.toString('latin1'), null],
])('answers the range %s with %i', async (range, status, body, contentRange) => {
  const { link } = await setUp();
  const answer = await fetch(link, { headers: { range } });
  expect(answer.status).toBe(status);
  expect(Buffer.from(await answer.arrayBuffer()).toString('latin1')).toBe(body);
  expect(answer.headers.get('content-range')).toBe(contentRange);
  expect(answer.headers.get('accept-ranges')).toBe('bytes');
  expect(answer.headers.get('content-disposition')).toBe('attachment');
  expect((await fetch(link, { headers: { range, 'if-range': '"of the target"' } })).status).toBe(200);
});

it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('takes no %s', async (method) => {
  const { link } = await setUp();
  const answer = await fetch(link, { method });
  expect(await code(answer)).toBe('method_not_allowed');
  expect(answer.headers.get('allow')).toBe('GET, HEAD');
});

/** Each is asked for as it stands, not as a URL would be mended. */
const PATHS: Readonly<Record<string, (path: string) => string>> = {
  'without a query': (path) => path.replace(/\?.*/, ''),
  'with another part': (path) => `${path}&x=1`,
  'with a part twice': (path) => `${path}&${/until=\d+/.exec(path)?.[0]}`,
  'with the mac cut': (path) => path.slice(0, -1),
  'with an empty mac': (path) => path.replace(/mac=.*/, 'mac='),
  'with no such moment': (path) => path.replace(/until=\d+/, 'until=9e99'),
  'with its path encoded': (path) => path.replace('/call/', '/%63all/'),
  'with dots in its path': (path) => path.replace('/call/', '/x/../call/'),
  'with a slash too many': (path) => path.replace('/objects/', '/objects//'),
  'to the directory itself': () => '/objects/',
};

it.each(Object.entries(PATHS))('does not find a link %s', async (_, change) => {
  const { link, logged } = await setUp();
  const { origin, pathname, search } = new URL(link);
  const path = change(`${pathname}${search}`);
  expect(path).not.toBe(`${pathname}${search}`);
  const { status, body } = await new Promise<{ status: number | undefined; body: string }>(
    (resolve, reject) => {
      request(origin, { path }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode, body: Buffer.concat(chunks).toString() }),
        );
      })
        .on('error', reject)
        .end();
    },
  );
  expect({ status, code: JSON.parse(body).code }).toEqual({ status: 404, code: 'not_found' });
  expect(logged()).not.toContain('mac=');
});

it('finds no link of another process, and none to what is gone', async () => {
  const { link, clock } = await setUp();
  const { link: other } = await setUp();
  const { pathname, search } = new URL(other);
  expect(await code(await fetch(new URL(`${pathname}${search}`, link)))).toBe('not_found');
  const late = await setUp();
  await late.port.put('1d/body', BODY);
  const toGone = await late.port.link('1d/body', 'text/html', 7 * 86_400);
  late.clock.advance(86_400_000);
  expect(await code(await fetch(toGone))).toBe('not_found');
  expect((await fetch(link)).status).toBe(200);
  clock.advance(300_000);
  expect(await code(await fetch(link))).toBe('not_found');
});

it('logs neither the key nor the mac of a link', async () => {
  const { link, logged } = await setUp();
  await fetch(link);
  expect(logged()).toContain('"status":200');
  expect(logged()).not.toMatch(/call|mac=|text\/html/);
});

it('says that it does not know where the directory cannot be read', async () => {
  const { port, directory, logged } = await setUp();
  await writeFile(`${directory}/400d`, 'a file where a directory should be');
  const link = await port.link('400d/body', 'text/plain', 300);
  const answer = await fetch(link);
  expect(await code(answer)).toBe('internal');
  expect(logged()).toContain('"backend":"objects"');
});

it('makes no links where nobody answers them', async () => {
  const { directory, clock } = await setUp();
  const objects = createDirectoryObjects({ directory, clock });
  await expect(objects.link('30d/call/body', 'text/html', 300)).rejects.toThrow(TypeError);
});
