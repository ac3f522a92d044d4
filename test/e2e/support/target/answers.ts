// How the servers' pages are written: what is asked, and what answers it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Place } from './place.ts';
import type { Seen } from './seen.ts';

export interface Asked extends Seen {
  readonly request: IncomingMessage;
  /** The body whole. */
  readonly bytes: Uint8Array;
  /** What the pattern of the page found in the path. */
  readonly parts: readonly string[];
  /** The first of that name in the query. */
  readonly option: (name: string) => string | undefined;
  readonly place: Place;
  /** Ends the connection as a machine does that went down. */
  readonly reset: () => void;
}

export type Page = (asked: Asked, response: ServerResponse) => void | Promise<void>;

/** A pattern of the whole path, and what answers. The first that fits. */
export type Pages = readonly (readonly [path: RegExp, page: Page])[];

export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

export function typed(response: ServerResponse, type: string, body: string | Uint8Array): void {
  response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
}
