// As much of S3 as Objects and Archive use: put if there is nothing, get, head, delete, list, and get by a presigned URL.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../../src/ports/clock.ts';
import { WHO } from './aws.ts';
import { isSigned } from './presigned.ts';
import { fakeServer, type Listening } from './servers.ts';

interface Kept {
  readonly body: Buffer;
  readonly at: Date;
  readonly writer: string;
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}

function put(
  kept: Map<string, Kept>,
  clock: Clock,
  request: IncomingMessage,
  body: Buffer,
): [number, string] {
  if (request.headers['if-none-match'] !== '*') return [403, 'AccessDenied'];
  const path = request.url?.split('?')[0] ?? '';
  if (kept.has(path)) return [412, 'PreconditionFailed'];
  const writer = String(request.headers['x-amz-meta-writer']);
  kept.set(path, { body, at: clock.now(), writer });
  return [200, ''];
}

/** What stands between tags; keys are encoded as the request wants them. */
function listed(key: string, query: URLSearchParams): string {
  const text = query.get('encoding-type') === 'url' ? encodeURIComponent(key).replaceAll('%2F', '/') : key;
  return text.replaceAll('%20', '+').replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** ListObjectsV2: in the order of UTF-8, so many a page. The token says after which key a page begins. */
function list(kept: Map<string, Kept>, { pathname, searchParams: query }: URL, pageSize: number): string {
  const bucket = `${pathname.replace(/\/$/, '')}/`;
  const prefix = query.get('prefix') ?? '';
  const token = query.get('continuation-token');
  const after =
    token === null ? Buffer.from(query.get('start-after') ?? '') : Buffer.from(token, 'base64url');
  const found = [...kept]
    .filter(([path]) => path.startsWith(bucket))
    .map(([path, { body }]) => ({ key: decodeURIComponent(path.slice(bucket.length)), bytes: body.length }))
    .filter(({ key }) => key.startsWith(prefix) && Buffer.compare(Buffer.from(key), after) > 0)
    .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  const page = found.slice(0, pageSize);
  const contents = page.map(
    ({ key, bytes }) => `<Contents><Key>${listed(key, query)}</Key><Size>${bytes}</Size></Contents>`,
  );
  const more = found.length > page.length;
  const last = Buffer.from(page.at(-1)?.key ?? '').toString('base64url');
  const next = more ? `<NextContinuationToken>${last}</NextContinuationToken>` : '';
  const encoding = query.has('encoding-type') ? '<EncodingType>url</EncodingType>' : '';
  return `<?xml version="1.0"?><ListBucketResult><IsTruncated>${more}</IsTruncated>${encoding}${contents.join('')}${next}</ListBucketResult>`;
}

/** What a presigned URL says its answer's headers are; undefined where it is not signed like that, or not any more. */
function asSigned(url: URL, now: Date): Record<string, string> | undefined {
  if (!isSigned(url, WHO.credentials.secretAccessKey, now)) return undefined;
  const said = [...url.searchParams].filter(([name]) => name.startsWith('response-'));
  return Object.fromEntries(said.map(([name, value]) => [name.slice('response-'.length), value]));
}

export interface FakeS3 extends Listening {
  /** Puts there what no client of the broker's can have put, under a path that begins with the bucket. */
  readonly place: (path: string, body: Buffer) => void;
}

export async function startFakeS3(clock: Clock, pageSize = 1000): Promise<FakeS3> {
  const kept = new Map<string, Kept>();
  const place = (path: string, body: Buffer) =>
    void kept.set(encodeURI(`/${path}`), { body, at: clock.now(), writer: 'another' });
  const server = await fakeServer((request, body, response) => {
    if (request.method === 'PUT') {
      const [status, code] = put(kept, clock, request, body);
      if (status === 200) response.writeHead(200, { etag: '"e"' }).end();
      else refuse(response, status, code);
      return;
    }
    if (request.method === 'DELETE') {
      kept.delete(request.url?.split('?')[0] ?? '');
      response.writeHead(204).end();
      return;
    }
    const url = new URL(request.url ?? '', `http://${request.headers.host}`);
    const said = request.headers.authorization === undefined ? asSigned(url, clock.now()) : {};
    if (said === undefined) return refuse(response, 403, 'AccessDenied');
    if (url.searchParams.has('list-type')) {
      response.writeHead(200, { 'content-type': 'application/xml' }).end(list(kept, url, pageSize));
      return;
    }
    const found = kept.get(url.pathname);
    if (found === undefined) return refuse(response, 404, 'NoSuchKey');
    response.writeHead(200, {
      ...said,
      'last-modified': found.at.toUTCString(),
      'content-length': found.body.length,
      'x-amz-meta-writer': found.writer,
    });
    response.end(request.method === 'HEAD' ? undefined : found.body);
  });
  return { ...server, place };
}
