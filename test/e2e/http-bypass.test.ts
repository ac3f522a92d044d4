// Ways around the broker's rules, as data: all are refused with the right code, none reaches the target, and none the canary.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { answersIn, open } from '../embedded/support/raw.ts';
import { brokerUrl } from './support/broker.ts';
import {
  basePath,
  call,
  canaryCount,
  describeCalls,
  isDeployed,
  MARK,
  newMark,
  openFor,
  passed,
  place,
  refused,
  secret,
  seen,
  seenOnce,
} from './support/calls.ts';
import type { Opened } from './support/contract.ts';
import { addresses } from './support/target/config.ts';
import { headerOf } from './support/target/seen.ts';

const CASES = new URL('../cases/http/', import.meta.url);
const textOf = (name: string) => readFileSync(new URL(name, CASES), 'utf8');
const jsonOf = <T>(name: string) => JSON.parse(textOf(`bypass/${name}`)) as readonly T[];

const linesOf = (name: string) =>
  textOf(name)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

interface PathCase {
  readonly path: string;
  readonly code: string;
}

/** As they stand in the request line: of what a client could not send, the bytes. */
const PATHS: readonly PathCase[] = [
  ...linesOf('paths/refused.txt')
    .map((line) => ({ path: JSON.parse(`"${line}"`) as string, code: 'outside_task' }))
    // Here that is a path and a query.
    .filter(({ path }) => !path.includes('?')),
  ...linesOf('bypass/paths.txt').map((line) => {
    const at = line.lastIndexOf(' ');
    return { path: line.slice(0, at), code: line.slice(at + 1) };
  }),
];

/** Of all that was tried. */
const MARKS: string[] = [];

function mark(): string {
  const one = newMark();
  MARKS.push(one);
  return one;
}

let reached = 0;
beforeAll(async () => {
  if (inject('place') !== undefined) reached = await canaryCount();
});

/** Whatever was tried: nobody saw anything of it. */
afterAll(async () => {
  if (inject('place') === undefined) return;
  expect(await canaryCount()).toBe(0);
  expect(reached).toBe(0);
  for (const one of MARKS) expect(await seen(one)).toEqual([]);
});

/** Sent byte by byte, and the connection ended; the codes of what was answered. */
async function codesOf(bytes: string): Promise<readonly string[]> {
  const { socket, closed } = await open(Number(new URL(brokerUrl()).port));
  socket.write(Buffer.from(bytes, 'latin1'));
  return answersIn(await closed).map(({ status, body }) =>
    status < 400 ? String(status) : (JSON.parse(body) as { readonly code: string }).code,
  );
}

describeCalls('paths', () => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await openFor(['tickets:read', 'tickets:reply']);
  });

  /** With a blank, a control character, or more than ASCII in it there is no request line. */
  const isInLine = (path: string) => /^[!-~]*$/.test(path);

  test.for(PATHS)('$path', async ({ path, code }, { skip }) => {
    if (isDeployed) {
      const isPlain = /^\/[!-~]+$/.test(path) && !/[%#\\]|\/\/|\/\.{1,2}(\/|$)/i.test(path);
      skip(!isPlain, 'API Gateway, or its stand-in in an emulator, reads such a path first');
      const answer = await call(opened, 'tickets', path, { headers: { [MARK]: mark() } });
      expect([400, 403, 404]).toContain(answer.status);
      return;
    }
    const lines = [
      `GET ${basePath(opened, 'tickets')}${Buffer.from(path).toString('latin1')} HTTP/1.1`,
      'Host: 127.0.0.1',
      `Authorization: Bearer ${opened.token}`,
      `${MARK}: ${mark()}`,
      'Connection: close',
    ];
    const codes = await codesOf(`${lines.join('\r\n')}\r\n\r\n`);
    expect(codes).toEqual([isInLine(path) ? code : 'malformed_request']);
  });
});

describeCalls('methods', () => {
  interface MethodCase {
    readonly method: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly code: string;
  }

  test.for(jsonOf<MethodCase>('methods.json'))('$method $path', async ({ method, path, headers, code }) => {
    const opened = await openFor(['tickets:read']);
    const answer = await call(opened, 'tickets', path, { method, headers: { ...headers, [MARK]: mark() } });
    refused(answer, code);
  });
});

describeCalls('queries and bodies', () => {
  interface RuleCase {
    readonly why: string;
    readonly method?: string;
    readonly path: string;
    readonly body?: unknown;
    readonly raw?: string;
    readonly type?: string;
    readonly headers?: Readonly<Record<string, string>>;
  }

  const TASK = ['search', 'write'].map((name) => ({
    capability: `ruled:${name}`,
    parameters: { team: 'refunds' },
  }));

  test.for(jsonOf<RuleCase>('rules.json'))(
    '$why',
    async ({ method = 'GET', path, body, raw, type, headers }) => {
      const opened = await openFor(TASK);
      const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
      const answer = await call(opened, 'ruled', path, {
        method,
        headers: {
          ...(sent === undefined ? {} : { 'content-type': type ?? 'application/json' }),
          ...headers,
          [MARK]: mark(),
        },
        ...(sent === undefined ? {} : { body: sent }),
      });
      refused(answer, 'outside_task');
    },
  );

  test('what the rules say passes', async () => {
    const opened = await openFor(TASK);
    passed(await call(opened, 'ruled', '/echo/search?team=refunds&state=open&limit=50&q=late%20ones'));
    const body = { visibility: 'internal', assignee: { team: 'refunds' }, labels: ['a', 'b-c'], amount: 100 };
    const headers = { 'content-type': 'application/json' };
    passed(
      await call(opened, 'ruled', '/echo/notes', { method: 'POST', headers, body: JSON.stringify(body) }),
    );
  });
});

describeCalls('addresses', () => {
  const called = addresses().filter(({ refused: when }) => when === 'call');

  test.for(called)('$baseUrl: $why', async ({ id }) => {
    const opened = await openFor([`${id}:read`], 'prober');
    refused(await call(opened, id, '/x', { headers: { [MARK]: mark() } }), 'target_unavailable');
  });
});

describeCalls('headers', () => {
  interface HeaderCase {
    readonly why: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly gone?: readonly string[];
    readonly dropped?: readonly string[];
  }

  test.for(jsonOf<HeaderCase>('headers.json'))(
    '$why',
    async ({ headers, gone = [], dropped = [] }, { skip }) => {
      skip(isDeployed && 'upgrade' in headers, 'the connection is another door’s');
      const opened = await openFor(['lab:read']);
      const one = newMark();
      const answer = passed(await call(opened, 'lab', '/echo', { headers: { ...headers, [MARK]: one } }));
      const got = await seenOnce(one);
      // What the broker puts in is there whatever else is said.
      expect(headerOf(got, 'x-api-key')).toBe(`${secret('e2e/lab', 'key')}.${secret('e2e/lab', 'second')}`);
      expect(headerOf(got, 'host')).toBe(`${place().host}:${place().ports.https}`);
      expect(JSON.stringify(got)).not.toMatch(/stolen|c3RvbGVu/);
      for (const name of gone) expect([name, headerOf(got, name)]).toEqual([name, undefined]);
      const reported = (answer.header('bailiwick-dropped') ?? '').split(', ');
      for (const name of dropped) expect(reported).toContain(name);
    },
  );

  test('a page of the broker’s own is none of the target’s business', async () => {
    const opened = await openFor(['lab:read']);
    const { origin } = new URL(brokerUrl());
    const page = `${origin}${basePath(opened, 'lab')}/echo`;
    const [own, other] = [newMark(), newMark()];
    passed(await call(opened, 'lab', '/echo', { headers: { origin, referer: page, [MARK]: own } }));
    const got = await seenOnce(own);
    expect([headerOf(got, 'origin'), headerOf(got, 'referer')]).toEqual([undefined, undefined]);
    expect(JSON.stringify(got.headers)).not.toContain(opened.task.id);
    const others = { origin: 'https://app.example', referer: 'https://app.example/a' };
    passed(await call(opened, 'lab', '/echo', { headers: { ...others, [MARK]: other } }));
    const gone = await seenOnce(other);
    expect([headerOf(gone, 'origin'), headerOf(gone, 'referer')]).toEqual([others.origin, others.referer]);
  });

  interface QueryCase {
    readonly why: string;
    readonly query: string;
    readonly pairs: readonly (readonly [string, string])[];
  }

  test.for(jsonOf<QueryCase>('queries.json'))('in the query: $why', async ({ query, pairs }) => {
    const opened = await openFor(['lab:read']);
    const one = newMark();
    passed(await call(opened, 'lab', `/echo?${query}`, { headers: { [MARK]: one } }));
    expect(await seenOnce(one)).toMatchObject({ method: 'GET', path: '/api/echo', query: pairs });
  });
});

// Deployed, the door is API Gateway's: what it makes of bytes that are no request is not the broker's.
const describeSmuggling = isDeployed ? describe.skip : describeCalls;

describeSmuggling('smuggling', () => {
  interface SmugglingCase {
    readonly why: string;
    readonly lines?: readonly string[];
    readonly body?: string;
    readonly raw?: string;
    readonly codes: readonly string[];
  }

  test.for(jsonOf<SmugglingCase>('smuggling.json'))('$why', async ({ lines = [], body = '', raw, codes }) => {
    const opened = await openFor(['lab:read', 'lab:write']);
    const usual = [
      'POST {base}/echo HTTP/1.1',
      'Host: 127.0.0.1',
      'Authorization: Bearer {token}',
      'X-E2E-Mark: {mark}',
      'Connection: close',
      ...lines,
    ];
    const template = raw ?? `${usual.join('\r\n')}\r\n\r\n${body}`;
    const sent = template
      .replaceAll('{base}', basePath(opened, 'lab'))
      .replaceAll('{token}', opened.token)
      .replaceAll('{mark}', mark())
      .replaceAll('{canary}', String(place().ports.canary));
    expect(await codesOf(sent)).toEqual(codes);
  });

  test('a request in the body of another is a part of that body', async () => {
    const opened = await openFor(['lab:read', 'lab:write']);
    const one = newMark();
    const inner = `GET ${basePath(opened, 'lab')}/echo/inner HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
    const body = `${inner}${one}`;
    passed(await call(opened, 'lab', '/echo', { method: 'POST', body }));
    const got = await seenOnce(one);
    expect([got.method, got.path, Buffer.from(got.body, 'base64').toString()]).toEqual([
      'POST',
      '/api/echo',
      body,
    ]);
  });

  test('a second token beside the first is taken for neither', async () => {
    const opened = await openFor(['lab:read']);
    const one = newMark();
    const authorization = [`Bearer ${opened.token}`, 'Bearer stolen'];
    const answer = await call(opened, 'lab', '/echo', { headers: { authorization, [MARK]: one } });
    if (answer.status === 200) expect(JSON.stringify(await seenOnce(one))).not.toMatch(/stolen|bwt_/);
    else refused(answer, 'unauthenticated');
  });

  test('what stands behind the last chunk goes nowhere', async () => {
    const opened = await openFor(['lab:read', 'lab:write']);
    const one = newMark();
    const head = [
      `POST ${basePath(opened, 'lab')}/echo HTTP/1.1`,
      ...['Host: 127.0.0.1', `Authorization: Bearer ${opened.token}`, `${MARK}: ${one}`],
      ...['Transfer-Encoding: chunked', 'Connection: close', '', '2', '{}', '0', 'X-Evil: stolen', '', ''],
    ];
    expect(await codesOf(head.join('\r\n'))).toEqual(['200']);
    const got = await seenOnce(one);
    expect(JSON.stringify(got)).not.toContain('stolen');
    expect(got.headers.filter(([name]) => /^(content-length|transfer-encoding)$/i.test(name))).toHaveLength(
      1,
    );
  });
});
