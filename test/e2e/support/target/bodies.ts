// Pages of every kind and size: what comes back of them has to be what they are, masked.
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { type Page, type Pages, typed } from './answers.ts';
import { CUSTOMER } from './tickets.ts';

const TEXT = `Ask ${CUSTOMER.email} about it.`;

/** Every byte, several times. */
export const BINARY = Buffer.from(Array.from({ length: 4096 }, (_, place) => (place * 31) % 256));

const shiftJis = Buffer.concat([
  Buffer.from([0x93, 0xfa, 0x96, 0x7b, 0x8c, 0xea]),
  Buffer.from(`: ${TEXT}`, 'latin1'),
]);

const multipart = [
  '--border',
  'content-disposition: form-data; name="note"',
  '',
  TEXT,
  '--border--',
  '',
].join('\r\n');

/** By name: the type, and what is of it. */
const KINDS: Readonly<Record<string, readonly [type: string, body: string | Uint8Array]>> = {
  text: ['text/plain; charset=utf-8', `Größe: ${TEXT}`],
  html: ['text/html; charset=utf-8', `<p>Größe: <b>${TEXT}</b></p>`],
  latin1: ['text/plain; charset=iso-8859-1', Buffer.from(`Größe: ${TEXT}`, 'latin1')],
  utf16: ['text/plain; charset=utf-16le', Buffer.from(`Größe: ${TEXT}`, 'utf16le')],
  'shift-jis': ['text/plain; charset=shift_jis', shiftJis],
  'json-lines': [
    'application/x-ndjson',
    `${JSON.stringify({ a: 1, b: TEXT })}\n${JSON.stringify({ c: [] })}\n`,
  ],
  form: ['application/x-www-form-urlencoded', new URLSearchParams({ note: TEXT, more: 'a b' }).toString()],
  multipart: ['multipart/form-data; boundary=border', multipart],
  csv: ['text/csv', `name,mail\r\njo,${CUSTOMER.email}\r\n`],
  xml: ['application/xml', `<a mail="${CUSTOMER.email}">é</a>`],
  binary: ['application/octet-stream', BINARY],
  png: ['image/png', BINARY],
  'wrong-json': ['application/json', `{"a": ${TEXT}`],
  'no-type': ['', TEXT],
  empty: ['application/json', ''],
};

const kind: Page = ({ parts }, response) => {
  const [type, body] = KINDS[parts[0] ?? ''] ?? ['text/plain', 'no such kind'];
  if (type === '') response.end(body);
  else typed(response, type, body);
};

const PACKED: Readonly<Record<string, (body: string) => Uint8Array>> = {
  gzip: (body) => gzipSync(body),
  br: (body) => brotliCompressSync(body),
  deflate: (body) => deflateSync(body),
  'gzip, gzip': (body) => gzipSync(gzipSync(body)),
};

const packed: Page = ({ parts }, response) => {
  const encoding = decodeURIComponent(parts[0] ?? '');
  const body = (PACKED[encoding] ?? Buffer.from)(JSON.stringify({ note: TEXT }));
  response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding }).end(body);
};

/** A hundred megabytes and more in a hundred thousand bytes. */
const bomb: Page = (_, response) => {
  const body = gzipSync(Buffer.alloc(120 * 2 ** 20));
  response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' }).end(body);
};

const LINE = `${'0123456789abcdef'.repeat(4)}\n`;

/** Text of that many bytes, with something to mask at its end. */
export function long(bytes: number): string {
  const end = `\n${CUSTOMER.email}\n`;
  return LINE.repeat(Math.ceil(bytes / LINE.length)).slice(0, bytes - end.length) + end;
}

const large: Page = ({ option }, response) => {
  const bytes = Number(option('bytes') ?? '0');
  typed(response, option('type') ?? 'text/plain', long(bytes));
};

/** Until the caller has had enough. */
const endless: Page = (_, response) => {
  response.writeHead(200, { 'content-type': 'text/plain' });
  const chunk = LINE.repeat(1000);
  const more = () => {
    while (!response.closed && response.write(chunk));
  };
  response.on('drain', more);
  more();
};

const event = (data: string) => `event: note\ndata: ${data}\n\n`;

const EVENTS: Readonly<Record<string, Page>> = {
  few: (_, response) => typed(response, 'text/event-stream', event(TEXT) + event('[DONE]')),
  many: (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const chunk = event('x'.repeat(1000)).repeat(100);
    const more = () => {
      while (!response.closed && response.write(chunk));
    };
    response.on('drain', more);
    more();
  },
  slow: (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(event(TEXT));
    const timer = setInterval(() => response.write(event('and')), 100);
    response.on('close', () => clearInterval(timer));
  },
};

const etagged: Page = ({ request }, response) => {
  const etag = '"of-this"';
  const known = request.headers['if-none-match'] === etag;
  response.writeHead(known ? 304 : 200, {
    etag,
    'content-type': 'text/plain',
    'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
  });
  response.end(known ? undefined : 'ten bytes.');
};

const headers: Page = (_, response) => {
  response.writeHead(200, [
    ...['X-Many', 'one', 'X-Many', 'two, three', 'Set-Cookie', 'a=1; HttpOnly', 'Set-Cookie', 'b=2'],
    ...['Server', 'Target/1.0', 'WWW-Authenticate', 'Basic realm="x"', 'Connection', 'X-Hop, keep-alive'],
    ...[
      'X-Hop',
      'secret',
      'Keep-Alive',
      'timeout=5',
      'Proxy-Authenticate',
      'Basic',
      'Content-Type',
      'text/plain',
    ],
    ...[
      'Bailiwick-Call',
      'call_forged',
      'Bailiwick-Approved',
      'yes',
      'Strict-Transport-Security',
      'max-age=0',
    ],
    ...['Access-Control-Allow-Origin', '*', 'X-Mail', CUSTOMER.email, 'Alt-Svc', 'h3=":443"'],
    ...['Content-Length', '2'],
  ]);
  response.end('ok');
};

export const bodies: Pages = [
  [/^\/api\/kinds\/([^/]+)$/, kind],
  [/^\/api\/packed\/([^/]+)$/, packed],
  [/^\/api\/bomb$/, bomb],
  [/^\/api\/large$/, large],
  [/^\/api\/endless$/, endless],
  [/^\/api\/events\/([^/]+)$/, (asked, response) => EVENTS[asked.parts[0] ?? '']?.(asked, response)],
  [/^\/api\/etag$/, etagged],
  [/^\/api\/headers$/, headers],
  [
    /^\/api\/status\/(\d{3})$/,
    ({ parts }, response) => void response.writeHead(Number(parts[0]), { 'x-status': 'kept' }).end(),
  ],
];
