// As much of S3 as Objects uses: put if there is nothing, get, head, delete, and get by a presigned URL.
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

/** What a presigned URL says its answer's headers are; undefined where it is not signed like that, or not any more. */
function asSigned(url: URL, now: Date): Record<string, string> | undefined {
  if (!isSigned(url, WHO.credentials.secretAccessKey, now)) return undefined;
  const said = [...url.searchParams].filter(([name]) => name.startsWith('response-'));
  return Object.fromEntries(said.map(([name, value]) => [name.slice('response-'.length), value]));
}

export async function startFakeS3(clock: Clock): Promise<Listening> {
  const kept = new Map<string, Kept>();
  return fakeServer((request, body, response) => {
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
}
