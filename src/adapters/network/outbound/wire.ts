// Writes down a request as it goes over the wire, and refuses what could be read there as something else.
import { isUint8Array } from 'node:util/types';
import type { NoAnswer, OutboundRequest } from '../../../ports/outbound.ts';
import { Secret } from '../../../shared/secret.ts';
import { NAME, VALUE } from './grammar.ts';
import { refused } from './no-answer.ts';
import { ENCODINGS } from './unpack.ts';

/** What goes over the wire. */
export interface Wire {
  readonly method: string;
  /** In Latin-1. */
  readonly head: string;
  readonly body: Uint8Array | undefined;
}

/** Before what is of the connection alone is added, and before it is signed. */
export interface Draft {
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: readonly (readonly [name: string, value: string])[];
}

const METHOD = /^[A-Z][A-Z_-]{0,31}$/;
/** One makes a tunnel of the connection, the other an echo of its secrets. */
const NOT_SENT = new Set(['CONNECT', 'TRACE']);
const PATH = /^\/[!"$-.0->@-[\]-~/]*$/;
const OF_THE_CONNECTION = new Set([
  // What is unpacked here is what is offered here.
  'accept-encoding',
  'host',
  'content-length',
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'http2-settings',
]);
const OFFERED = ENCODINGS.join(', ');
/** What a server may expect a body of: without one, they say so. */
const WITH_BODY = new Set(['POST', 'PUT', 'PATCH']);

function opened(value: string | Secret): string {
  return value instanceof Secret ? value.open() : value;
}

function headerProblem(name: string, value: string): string | undefined {
  if (!NAME.test(name)) return 'A header has a name that no header can have.';
  if (OF_THE_CONNECTION.has(name.toLowerCase()))
    return `The header ${name} is of the connection, and written by it.`;
  return VALUE.test(value) ? undefined : `The header ${name} has a character that no header can have.`;
}

/** Everything but what RFC 3986 leaves unreserved. */
function encodeQueryPart(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Opens the secrets, and looks at every character. */
export function draftOf(request: OutboundRequest): Draft | NoAnswer {
  const { method, path, body } = request;
  if (!METHOD.test(method) || NOT_SENT.has(method)) return refused('The method is none that is sent.');
  if (!PATH.test(path)) return refused('The path has a character that no path can have.');
  if (body !== undefined && !isUint8Array(body)) return refused('The body is no bytes.');
  const headers = request.headers.map(([name, value]) => [name, opened(value)] as const);
  for (const [name, value] of headers) {
    const problem = headerProblem(name, value);
    if (problem !== undefined) return refused(problem);
  }
  const query = request.query.map(([name, value]) => [name, opened(value)] as const);
  if (!query.every((pair) => pair.every((text) => text.isWellFormed()))) {
    return refused('The query has a character that is no Unicode.');
  }
  return { path, query, headers };
}

function lengthOf(method: string, body: Uint8Array | undefined): string {
  if (body !== undefined) return `content-length: ${body.length}\r\n`;
  return WITH_BODY.has(method) ? 'content-length: 0\r\n' : '';
}

/** Whoever wrote it: nothing in it may end it, now or once it is bytes. */
function line(text: string): string {
  if (!VALUE.test(text)) throw new TypeError('a line of a head has a character that no line can have');
  return `${text}\r\n`;
}

export function wireOf(draft: Draft, host: string, method: string, body: Uint8Array | undefined): Wire {
  const query = draft.query
    .map(([name, value]) => `${encodeQueryPart(name)}=${encodeQueryPart(value)}`)
    .join('&');
  const target = query === '' ? draft.path : `${draft.path}?${query}`;
  let head = line(`${method} ${target} HTTP/1.1`) + line(`host: ${host}`);
  for (const [name, value] of draft.headers) head += line(`${name}: ${value}`);
  head += `accept-encoding: ${OFFERED}\r\n${lengthOf(method, body)}connection: keep-alive\r\n\r\n`;
  return { method, head, body };
}
