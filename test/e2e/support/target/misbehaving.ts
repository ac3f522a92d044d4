// Pages that answer as no server should: too late, in part, with lengths that are not so, or not in HTTP.
import type { Page, Pages } from './answers.ts';

const OK = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n';
const SMUGGLED = 'HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nsmuggled';

/** What is written to the connection before it is closed, by name. */
export const RAW: Readonly<Record<string, string>> = {
  nothing: '',
  junk: 'SSH-2.0-OpenSSH_9.9\r\n',
  'wrong-version': 'HTTP/9.9 200 OK\r\ncontent-length: 2\r\n\r\nok',
  'no-status': 'HTTP/1.1 OK\r\ncontent-length: 2\r\n\r\nok',
  'switching-protocols': 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
  'too-short-a-body': `${OK}content-length: 100\r\n\r\nok`,
  'two-lengths': `${OK}content-length: 2\r\ncontent-length: 7\r\n\r\nok12345`,
  'a-length-and-chunks': `${OK}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
  'a-length-that-is-none': `${OK}content-length: 2x\r\n\r\nok`,
  'a-length-below-nothing': `${OK}content-length: -1\r\n\r\nok`,
  'chunks-of-no-size': `${OK}transfer-encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n`,
  'chunks-that-break-off': `${OK}transfer-encoding: chunked\r\n\r\n7\r\nok\r\n`,
  'no-last-chunk': `${OK}transfer-encoding: chunked\r\n\r\n2\r\nok\r\n`,
  'an-unknown-coding': `${OK}transfer-encoding: secret, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
  'a-bare-line-feed': 'HTTP/1.1 200 OK\ncontent-length: 2\n\nok',
  'a-header-without-a-name': `${OK}: x\r\ncontent-length: 2\r\n\r\nok`,
  'a-blank-in-a-name': `${OK}x y: z\r\ncontent-length: 2\r\n\r\nok`,
  'a-nul-in-a-header': `${OK}x: a\u0000b\r\ncontent-length: 2\r\n\r\nok`,
  'huge-headers': `${OK}x: ${'x'.repeat(200_000)}\r\ncontent-length: 2\r\n\r\nok`,
  'broken-gzip': `${OK}content-encoding: gzip\r\ncontent-length: 2\r\n\r\nok`,
  'an-unknown-encoding': `${OK}content-encoding: secret\r\ncontent-length: 2\r\n\r\nok`,
};

/** As above, but what can be taken is taken, and nothing behind it. */
export const LOOSE: Readonly<Record<string, string>> = {
  'more-than-its-length': `${OK}content-length: 2\r\n\r\nok${SMUGGLED}`,
  'two-answers': `${OK}content-length: 2\r\n\r\n${'ok'}${SMUGGLED}`,
  'until-the-end': `${OK}connection: close\r\n\r\nok`,
  'an-early-hint': `HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n${OK}content-length: 2\r\n\r\nok`,
};

const raw: Page = ({ request, parts }) => {
  const name = parts[0] ?? '';
  request.socket.end(RAW[name] ?? LOOSE[name] ?? '', 'latin1');
};

/** Says nothing for as long as the connection lasts. */
const silent: Page = () => undefined;

const HANGS: Readonly<Record<string, Page>> = {
  'before-headers': silent,
  'in-headers': ({ request }) => void request.socket.write('HTTP/1.1 200 OK\r\ncontent-type: te'),
  'in-body': (_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 100 });
    response.write('a beginning');
  },
  'in-chunks': (_, response) => void response.writeHead(200, { 'content-type': 'text/plain' }).write('a'),
  // A byte now and then keeps no call alive.
  dripping: (_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    const timer = setInterval(() => response.write('.'), 100);
    response.on('close', () => clearInterval(timer));
  },
};

const reset: Page = (asked) => asked.reset();

export const misbehaving: Pages = [
  [/^\/api\/raw\/([^/]+)$/, raw],
  [/^\/api\/hang\/([^/]+)$/, (asked, response) => (HANGS[asked.parts[0] ?? ''] ?? silent)(asked, response)],
  [/^\/api\/reset$/, reset],
  [
    /^\/api\/redirect$/,
    ({ option }, response) => {
      const status = Number(option('status') ?? '302');
      response.writeHead(status, { location: option('to') ?? '' }).end('elsewhere');
    },
  ],
];
