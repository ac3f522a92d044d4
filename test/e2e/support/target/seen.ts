// What the servers were asked, for tests to look at: by a way of its own, so that nothing of it has to come back through the broker.
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';

export interface Seen {
  readonly server: string;
  readonly method: string;
  /** As it stood in the request line. */
  readonly url: string;
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  /** As they came, in order and in their own case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** In base64, the first 64 KiB of it. */
  readonly body: string;
  readonly size: number;
  readonly sha256: string;
  /** The fingerprint of what the caller proved itself with by TLS. */
  readonly certificate?: string;
}

const SHOWN_BYTES = 65_536;

function pairs(raw: readonly string[]): (readonly [string, string])[] {
  return raw.flatMap((name, place) => (place % 2 === 0 ? [[name, raw[place + 1] ?? ''] as const] : []));
}

export function seenIn(server: string, request: IncomingMessage, body: Uint8Array): Seen {
  const { method = '', url = '', rawHeaders } = request;
  const [path = '', ...rest] = url.split('?');
  const proof = (request.socket as TLSSocket).getPeerCertificate?.();
  return {
    server,
    method,
    url,
    path,
    query: [...new URLSearchParams(rest.join('?'))],
    headers: pairs(rawHeaders),
    body: Buffer.from(body.subarray(0, SHOWN_BYTES)).toString('base64'),
    size: body.length,
    sha256: createHash('sha256').update(body).digest('hex'),
    ...(proof?.fingerprint256 === undefined ? {} : { certificate: proof.fingerprint256 }),
  };
}

export function headerOf({ headers }: Pick<Seen, 'headers'>, name: string): string | undefined {
  return headers.find(([known]) => known.toLowerCase() === name)?.[1];
}

/** Whether any part of it says that text. */
export function says({ url, headers, body }: Seen, text: string): boolean {
  return (
    url.includes(text) ||
    headers.flat().some((part) => part.includes(text)) ||
    Buffer.from(body, 'base64').toString('latin1').includes(text)
  );
}
