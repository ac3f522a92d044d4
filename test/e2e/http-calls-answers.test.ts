// What comes back of a call: every kind and size of body, masked and otherwise as it was, and the headers that go with it.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  call,
  describeCalls,
  exchange,
  MARK,
  newMark,
  openFor,
  passed,
  refused,
  seenOnce,
} from './support/calls.ts';
import { BINARY, long } from './support/target/bodies.ts';
import { headerOf } from './support/target/seen.ts';
import { CUSTOMER } from './support/target/tickets.ts';

const get = async (path: string, headers: Record<string, string> = {}, target = 'lab') =>
  call(await openFor([`${target}:read`]), target, path, { headers });

const MASKED = 'Ask [EMAIL] about it.';

describeCalls('a body', () => {
  test.for<[string, string, (bytes: Buffer) => string, string]>([
    ['text', 'text/plain; charset=utf-8', (bytes) => bytes.toString(), `Größe: ${MASKED}`],
    ['html', 'text/html; charset=utf-8', (bytes) => bytes.toString(), `<p>Größe: <b>${MASKED}</b></p>`],
    ['latin1', 'text/plain; charset=', (bytes) => bytes.toString('latin1'), `Größe: ${MASKED}`],
    ['utf16', 'text/plain; charset=', (bytes) => bytes.toString('utf16le'), `Größe: ${MASKED}`],
    ['csv', 'text/csv', (bytes) => bytes.toString(), 'name,mail\r\njo,[EMAIL]\r\n'],
    ['xml', 'application/xml', (bytes) => bytes.toString(), '<a mail="[EMAIL]">é</a>'],
    ['no-type', '', (bytes) => bytes.toString(), MASKED],
    ['wrong-json', 'application/json', (bytes) => bytes.toString(), `{"a": ${MASKED}`],
    ['empty', 'application/json', (bytes) => bytes.toString(), ''],
  ])('of kind %s is masked in its own charset', async ([kind, type, decode, expected]) => {
    const answer = passed(await get(`/kinds/${kind}`));
    expect(answer.header('content-type') ?? '').toMatch(new RegExp(`^${type.replace(/[;/]/g, '\\$&')}`));
    const charset = /charset=([\w-]+)/.exec(answer.header('content-type') ?? '')?.[1]?.toLowerCase();
    // It may come in UTF-8 instead, where it says so.
    const text = charset === 'utf-8' ? answer.bytes.toString() : decode(answer.bytes);
    expect(text).toBe(expected);
    expect(Number(answer.header('content-length'))).toBe(answer.bytes.length);
  });

  test('in Shift_JIS is masked, too', async () => {
    const answer = passed(await get('/kinds/shift-jis'));
    const charset = /charset=([\w-]+)/.exec(answer.header('content-type') ?? '')?.[1] ?? 'utf-8';
    expect(new TextDecoder(charset).decode(answer.bytes)).toBe(`日本語: ${MASKED}`);
  });

  test('of JSON lines stays lines of JSON', async () => {
    const answer = passed(await get('/kinds/json-lines'));
    const lines = answer.text.split('\n');
    expect(lines.slice(0, 2).map((line) => JSON.parse(line))).toEqual([{ a: 1, b: MASKED }, { c: [] }]);
    expect(lines.slice(2)).toEqual(['']);
  });

  test('of a form stays a form', async () => {
    const form = new URLSearchParams(passed(await get('/kinds/form')).text);
    expect([...form]).toEqual([
      ['note', MASKED],
      ['more', 'a b'],
    ]);
  });

  test('in parts is masked', async () => {
    const { text } = passed(await get('/kinds/multipart'));
    expect(text).toContain('\r\n\r\nAsk [EMAIL] about it.\r\n--border--');
  });

  test.for(['binary', 'png'])('of kind %s is what it was', async (kind) => {
    const answer = passed(await get(`/kinds/${kind}`));
    expect(answer.bytes.equals(BINARY)).toBe(true);
  });

  test.for(['gzip', 'br', 'deflate', 'gzip, gzip'])(
    'packed as %s comes unpacked and masked',
    async (encoding) => {
      const answer = passed(await get(`/packed/${encodeURIComponent(encoding)}`));
      expect(answer.json()).toEqual({ note: MASKED });
      expect(answer.header('content-encoding')).toBeUndefined();
    },
  );
});

describeCalls('a large body', () => {
  test('of a megabyte comes whole', async () => {
    const answer = passed(await get('/large?bytes=1000000'));
    expect(answer.text).toBe(long(1_000_000).replace(CUSTOMER.email, '[EMAIL]'));
  });

  test('too large for the door is behind a link, masked', async () => {
    const bytes = 6_000_000;
    const answer = passed(await get(`/large?bytes=${bytes}`), 303);
    const location = answer.header('location') ?? '';
    expect(location).toMatch(/^https?:\/\//);
    expect(answer.bytes.length).toBeLessThan(10_000);
    const { host, pathname, search } = new URL(location);
    // The link is the broker's own, or of the store behind it; it needs no token.
    const direct = host === 'bailiwick.example.com' ? await exchange(`${pathname}${search}`) : undefined;
    const whole = direct?.bytes ?? Buffer.from(await (await fetch(location)).arrayBuffer());
    const expected = long(bytes).replace(CUSTOMER.email, '[EMAIL]');
    expect(whole.length).toBe(expected.length);
    expect(createHash('sha256').update(whole).digest('hex')).toBe(
      createHash('sha256').update(expected).digest('hex'),
    );
  });

  test('in a part too large for the door is that part, behind the link', async () => {
    const range = 'bytes=1000-';
    const answer = passed(await get('/large?bytes=6000000', { range }), 303);
    const { host, pathname, search, href } = new URL(answer.header('location') ?? '');
    const headers = { range };
    const fetched = async () => {
      const got = await fetch(href, { headers });
      return { status: got.status, bytes: Buffer.from(await got.arrayBuffer()) };
    };
    const isOfBroker = host === 'bailiwick.example.com';
    const { status, bytes } = isOfBroker
      ? await exchange(`${pathname}${search}`, { headers })
      : await fetched();
    const expected = long(6_000_000).replace(CUSTOMER.email, '[EMAIL]').slice(1000);
    expect([status, bytes.length]).toEqual([206, expected.length]);
  });

  test('beyond all bounds is no answer', async () => {
    refused(await get('/large?bytes=40000000'), 'target_failed');
  });
});

describeCalls('a read that is capped', () => {
  test('comes where it is small', async () => {
    expect(passed(await get('/large?bytes=900', {}, 'capped')).bytes.length).toBeGreaterThan(800);
  });

  test('is refused above', async () => {
    const { detail } = refused(await get('/large?bytes=2000', {}, 'capped'), 'response_over_cap');
    expect(detail).toContain('bailiwick-export');
  });

  test('asked for as an export is decided as one', async () => {
    const mark = newMark();
    const opened = await openFor(['capped:read']);
    const headers = { 'bailiwick-export': 'true', [MARK]: mark };
    const answer = await call(opened, 'capped', '/large?bytes=2000', { headers });
    // An export needs people here, whoever asks.
    expect(answer.status).toBe(202);
  });
});

describeCalls('parts of a body', () => {
  const etag = async (headers: Record<string, string>) => get('/etag', headers);

  test('what has not changed is not sent again', async () => {
    const answer = await etag({ 'if-none-match': '"of-this"' });
    expect([answer.status, answer.bytes.length]).toEqual([304, 0]);
    expect(answer.header('etag')).toBe('"of-this"');
  });

  test.for([
    ['bytes=0-2', 206, 'ten', 'bytes 0-2/10'],
    ['bytes=4-', 206, 'bytes.', 'bytes 4-9/10'],
    ['bytes=-6', 206, 'bytes.', 'bytes 4-9/10'],
    ['bytes=4-100', 206, 'bytes.', 'bytes 4-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['lines=1-2', 200, 'ten bytes.', undefined],
    ['bytes=5-2', 200, 'ten bytes.', undefined],
  ] as const)('%s', async ([range, status, text, content]) => {
    const answer = await etag({ range });
    expect([answer.status, answer.text, answer.header('content-range')]).toEqual([status, text, content]);
  });

  test('are cut from what is masked: no part shows what the whole hides', async () => {
    const opened = await openFor(['lab:read']);
    const whole = passed(await call(opened, 'lab', '/kinds/text')).bytes;
    const mark = newMark();
    const got: number[] = [];
    for (const at of [11, 12, 13, 14, 15, 16, 17, 18]) {
      const answer = await call(opened, 'lab', '/kinds/text', {
        headers: { range: `bytes=${at}-${at}`, ...(at === 11 ? { [MARK]: mark } : {}) },
      });
      got.push(...passed(answer, 206).bytes);
    }
    expect(Buffer.from(got).toString()).toBe(whole.subarray(11, 19).toString());
    expect(headerOf(await seenOnce(mark), 'range')).toBeUndefined();
  });
});

describeCalls('headers', () => {
  test('that are the target’s come back, each line by itself', async () => {
    const answer = passed(await get('/headers'));
    const many = answer.headers.filter(([name]) => name === 'x-many').map(([, value]) => value);
    expect(many.join(', ')).toBe('one, two, three');
    expect(answer.header('bailiwick-target-server')).toBe('Target/1.0');
    expect(answer.header('bailiwick-target-www-authenticate')).toBe('Basic realm="x"');
    expect(answer.header('bailiwick-target-date')).toMatch(/GMT$/);
    expect(answer.header('x-mail')).toBe('[EMAIL]');
  });

  test('that are of the connection, of the broker, or cookies, do not', async () => {
    const answer = passed(await get('/headers'));
    for (const name of [
      'set-cookie',
      'x-hop',
      'proxy-authenticate',
      'www-authenticate',
      'bailiwick-approved',
    ]) {
      expect([name, answer.header(name)]).toEqual([name, undefined]);
    }
    expect(answer.header('bailiwick-call')).not.toBe('call_forged');
    expect(answer.header('strict-transport-security')).not.toBe('max-age=0');
    expect(answer.header('access-control-allow-origin')).toBeUndefined();
    expect(answer.header('cache-control')).toContain('no-store');
  });

  test('with cookies go both ways where the target says so', async () => {
    const mark = newMark();
    const answer = passed(await get('/headers', { cookie: 'own=1', [MARK]: mark }, 'cookies'));
    const cookies = answer.headers.filter(([name]) => name === 'set-cookie').map(([, value]) => value);
    expect(cookies).toHaveLength(2);
    expect(cookies[0]).toMatch(/^a=1; HttpOnly/);
    expect(headerOf(await seenOnce(mark), 'cookie')).toBe('own=1');
  });
});

describeCalls('a redirect', () => {
  const redirect = (to: string, status = 302) =>
    get(`/redirect?status=${status}&to=${encodeURIComponent(to)}`);

  test.for([301, 302, 303, 307, 308])('with %i comes back, and is not followed', async (status) => {
    const opened = await openFor(['lab:read']);
    const mark = newMark();
    const path = `/redirect?status=${status}&to=${encodeURIComponent('/api/echo/there?x=1')}`;
    const answer = passed(await call(opened, 'lab', path, { headers: { [MARK]: mark } }), status);
    const location = new URL(answer.header('location') ?? '', 'https://bailiwick.example.com');
    expect(location.pathname + location.search).toMatch(
      new RegExp(`/v1/tasks/${opened.task.id}/http/lab/echo/there\\?x=1$`),
    );
    await seenOnce(mark);
    // Whoever follows stays with the broker.
    const followed = location.pathname.slice(location.pathname.indexOf('/v1/')) + location.search;
    passed(await exchange(followed, { headers: { authorization: `Bearer ${opened.token}` } }));
  });

  test.for([
    'https://evil.example/api/echo',
    '//evil.example/api/echo',
    '/elsewhere',
    '/api/../admin',
    '/apis',
    'http://169.254.169.254/latest/meta-data',
    'https://127.0.0.1/api/echo',
    'https://user:pass@127.0.0.1/api/echo',
    'javascript:alert(1)',
    '\\\\evil.example\\api',
    '/\\evil.example/api',
  ])('to %s is withheld', async (to) => {
    const answer = passed(await redirect(to), 302);
    expect(answer.header('location')).toBeUndefined();
    expect(answer.header('bailiwick-withheld')).toBe('location');
  });
});

describeCalls('events', () => {
  test('that end come whole, masked', async () => {
    const answer = passed(await get('/events/few'));
    expect(answer.header('content-type')).toMatch(/^text\/event-stream/);
    expect(answer.text).toBe(`event: note\ndata: ${MASKED}\n\nevent: note\ndata: [DONE]\n\n`);
    expect(answer.header('bailiwick-truncated')).toBeUndefined();
  });

  test('without an end come up to a megabyte, and say so', async () => {
    const answer = passed(await get('/events/many'));
    expect(answer.header('bailiwick-truncated')).toBe('bytes');
    expect(answer.bytes.length).toBeGreaterThan(900_000);
    expect(answer.bytes.length).toBeLessThanOrEqual(1_048_576);
  });

  test('that go on come up to when the target’s time is almost over, and say so', async () => {
    const answer = passed(await get('/events/slow', {}, 'slow'));
    expect(answer.header('bailiwick-truncated')).toBe('time');
    expect(answer.text).toContain(`data: ${MASKED}\n\n`);
  });
});
