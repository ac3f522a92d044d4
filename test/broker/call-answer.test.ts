// From a target's answer to the agent's: nothing that was sent to the target comes back, in whatever form; ranges, bare answers, records.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnswerContext, MOST_DIRECT_BYTES, maskedAnswer } from '../../src/broker/call-answer.ts';
import { createMasking, type MaskTally, type WantedHttp } from '../../src/broker/index.ts';
import { MOST_INLINE_BYTES } from '../../src/broker/recorded-body.ts';
import type { HttpTarget } from '../../src/config/index.ts';
import { parsePath } from '../../src/connectors/http/index.ts';
import type { OutboundAnswer } from '../../src/ports/outbound.ts';
import { createScrub } from '../../src/shared/scrub.ts';
import { Secret } from '../../src/shared/secret.ts';
import { testClock } from '../support/clock.ts';
import { configOf, httpCapability, httpTarget } from '../support/config.ts';

const EMAIL = 'canary.bird@example.net';
const SECRET = 'canary/Key+with"odd&signs=1';
/** As files begin that are no text. */
const PNG = Buffer.from('89504e470d0a1a0a0000000d', 'hex');
const KEYS = { current: { id: 'k1', key: Buffer.alloc(32, 1) } };

interface Given {
  readonly answer?: Partial<OutboundAnswer>;
  readonly wanted?: Partial<WantedHttp>;
  readonly target?: Partial<HttpTarget>;
  readonly mayBeRepeated?: boolean;
}

function context(
  { wanted = {}, target: more = {}, mayBeRepeated = false }: Given,
  tally: MaskTally,
): AnswerContext {
  const target = httpTarget('tickets', more);
  const path = parsePath('/tickets/42');
  if (path === undefined) throw new Error('no path');
  return {
    masking: createMasking(configOf({ targets: [target] }), KEYS),
    plan: {
      ...{ target, definition: httpCapability(), path, cap: undefined, operation: [] },
      decision: { outcome: 'allowed', policies: [], configDigest: 'd' },
      input: { at: '', address: '', chain: [], operations: [] },
    },
    wanted: {
      ...{ target: 'tickets', method: 'GET', path: '/tickets/42', query: [], headers: [] },
      ...{ body: undefined, asExport: false },
      ...wanted,
    },
    scrub: createScrub([new Secret(SECRET)]),
    brokerBase: 'https://bailiwick.example.com/v1/tasks/task_1/http/tickets',
    ...{ task: 'task_1', id: 'evt_1', tally, mayBeRepeated },
    ...{ clock: testClock(), until: Number.POSITIVE_INFINITY },
  };
}

async function answered(given: Given = {}) {
  const tally: MaskTally = new Map();
  const answer = { status: 200, headers: [], body: new Uint8Array(), ...given.answer };
  const masked = await maskedAnswer(answer, context(given, tally));
  if ('problem' in masked) throw new Error(masked.problem);
  return { ...masked, tally, text: Buffer.from(masked.direct ?? []).toString() };
}

const text = (body: string, type = 'text/plain'): Partial<OutboundAnswer> => ({
  headers: [['Content-Type', type]],
  body: Buffer.from(body),
});
const headerOf = ({ headers }: { readonly headers: OutboundAnswer['headers'] }, name: string) =>
  headers.filter(([one]) => one === name).map(([, value]) => value);

const FORMS: readonly [string, string][] = [
  ['as it is', SECRET],
  ['in base64', Buffer.from(SECRET).toString('base64')],
  ['in base64url', Buffer.from(SECRET).toString('base64url')],
  ['in base64, after something', Buffer.from(`me:${SECRET}`).toString('base64')],
  ['in base64, between things', Buffer.from(`a${SECRET}zz`).toString('base64')],
  ['in a URL', encodeURIComponent(SECRET)],
  ['in a form', new URLSearchParams([['', SECRET]]).toString().slice(1)],
  ['in JSON', JSON.stringify(SECRET).slice(1, -1)],
  ['in JSON in JSON', JSON.stringify(JSON.stringify(SECRET)).slice(3, -3)],
  ['in HTML', SECRET.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
  ['in hex', Buffer.from(SECRET).toString('hex')],
];

/** Whether a text holds any of it. */
const tells = (value: string) => FORMS.some(([, form]) => value.includes(form)) || value.includes('canary');

describe('the secret', () => {
  it.each(FORMS)('%s does not come back in any part of an answer', async (_, form) => {
    const masked = await answered({
      answer: {
        headers: [
          ['x-heard', `before ${form} after`],
          ['content-type', 'application/json'],
          ['etag', `W/"${form}"`],
        ],
        body: Buffer.from(`{"a":"${form}","b":1}`),
      },
      mayBeRepeated: true,
    });
    const { recorded, kept, headers } = masked;
    const again = 'base64' in kept.body ? Buffer.from(kept.body.base64, 'base64').toString() : '';
    expect(tells(JSON.stringify([recorded, headers, kept.headers]) + masked.text + again)).toBe(false);
    expect(masked.text).toContain('[secret]');
    expect(headerOf(masked, 'x-heard')[0]).toContain('[secret]');
  });

  it.each<[string, string]>([
    ['text', 'text/plain'],
    ['JSON', 'application/json'],
    ['HTML', 'text/html'],
    ['a form', 'application/x-www-form-urlencoded'],
    ['bytes', 'image/png'],
    ['nothing that anybody knows', 'application/x-unknown'],
    ['events', 'text/event-stream'],
  ])('does not come back in what calls itself %s', async (_, type) => {
    for (const [, form] of FORMS)
      expect(tells((await answered({ answer: text(`heard ${form}`, type) })).text)).toBe(false);
  });

  it('does not come back in a header’s name, which is left out whole', async () => {
    const plain = context({}, new Map());
    const scrub = createScrub([new Secret('canary-key')]);
    const answer: OutboundAnswer = {
      status: 200,
      headers: [
        ['x-canary-key', '1'],
        ['X-CANARY-KEY', '2'],
        ['canary-key', '3'],
        ['x-other', '4'],
      ],
      body: new Uint8Array(),
    };
    const masked = await maskedAnswer(answer, { ...plain, scrub });
    if ('problem' in masked) throw new Error(masked.problem);
    const { headers, recorded } = masked;
    expect(JSON.stringify([headers, recorded])).not.toContain('canary-key');
    expect(headers).toContainEqual(['x-other', '4']);
  });

  it('does not come back in a name in small letters, nor among the names of what was left out', async () => {
    const plain = context({}, new Map());
    const key = 'K3Y-abcDEF-0123456789';
    const base64 = Buffer.from(`me:${key}`).toString('base64url');
    const large = 'x'.repeat(33_000);
    const answer: OutboundAnswer = {
      status: 200,
      headers: [
        [`x-${key}`, '1'],
        [`X-${key.toUpperCase()}`, '2'],
        [`x-${base64}`, '3'],
        [`x-more-${key}`, large],
        ['x-large', large],
        ['x-other', '4'],
      ],
      body: new Uint8Array(),
    };
    const masked = await maskedAnswer(answer, { ...plain, scrub: createScrub([new Secret(key)]) });
    if ('problem' in masked) throw new Error(masked.problem);
    const told = JSON.stringify(masked).toLowerCase();
    for (const text of [key, base64]) expect(told).not.toContain(text.toLowerCase().slice(0, -2));
    expect(masked.headers).toContainEqual(['x-other', '4']);
    expect(masked.withheld).toEqual(['x-large']);
    expect(masked.kept.withheld).toEqual(['x-large']);
  });

  it.each([
    ['UTF-8', 'utf8'],
    ['Latin-1', 'latin1'],
  ] as const)('beyond ASCII does not come back in %s, in headers or in bytes', async (_, charset) => {
    const plain = context({}, new Map());
    // Its last byte in UTF-8 is a no-break space in Latin-1.
    const key = 'pässwörd-geheim-ñandú-à';
    const scrub = createScrub([new Secret(key)]);
    const bytes = Buffer.from(key, charset);
    const heard = Buffer.concat([Buffer.from([0x89, 0x50, 0, 1]), bytes, Buffer.from([0, 0xff])]);
    for (const [type, body] of [
      ['application/octet-stream', heard],
      ['application/octet-stream', Buffer.concat([Buffer.from('so it is: '), bytes, Buffer.from([0xff])])],
      ['text/plain; charset=iso-8859-1', bytes],
      ['text/plain', Buffer.concat([bytes, Buffer.from([0xff])])],
    ] as const) {
      const headers = [
        ['content-type', type],
        ['x-heard', bytes.toString('latin1')],
      ] as const;
      const masked = await maskedAnswer({ status: 200, headers, body }, { ...plain, scrub });
      if ('problem' in masked) throw new Error(masked.problem);
      expect(headerOf(masked, 'x-heard')).toEqual(['[secret]']);
      const direct = Buffer.from(masked.direct ?? []).toString('latin1');
      expect(direct).toContain('[secret]');
      expect(direct + JSON.stringify(masked.recorded)).not.toMatch(/geheim|ssw|and/u);
    }
  });

  it('does not come back in a content type', async () => {
    const masked = await answered({ answer: text('x', `text/plain; note=${encodeURIComponent(SECRET)}`) });
    expect(headerOf(masked, 'content-type')).toEqual(['text/plain; note=[secret]']);
    expect(tells(JSON.stringify(masked.recorded))).toBe(false);
  });

  it('comes back in no body that holds it anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.constantFrom(...FORMS),
        fc.string(),
        fc.constantFrom('text/plain', 'application/json', 'text/csv', 'application/octet-stream', ''),
        async (before, [, form], after, type) => {
          const given = { status: 200, headers: [], ...text(before + form + after, type) } as OutboundAnswer;
          const masked = await maskedAnswer(given, context({}, new Map()));
          // What can't be read can't be masked, and is not given at all.
          return 'problem' in masked || !tells(Buffer.from(masked.direct ?? []).toString());
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('what detectors find', () => {
  it('is masked in body and headers, and counted', async () => {
    const masked = await answered({
      answer: {
        headers: [
          ['content-type', 'application/json'],
          ['content-disposition', `attachment; filename="${EMAIL}"`],
        ],
        body: Buffer.from(JSON.stringify({ to: EMAIL })),
      },
    });
    expect(masked.text).toBe('{"to":"[EMAIL]"}');
    expect(headerOf(masked, 'content-disposition')).toEqual(['attachment; filename="[EMAIL]"']);
    expect([...masked.tally]).toEqual([['EMAIL', 2]]);
    expect(masked.recorded).toMatchObject({
      status: 200,
      bytes: JSON.stringify({ to: EMAIL }).length,
      body: { text: '{"to":"[EMAIL]"}' },
    });
  });

  it('is masked in headers that are UTF-8, which stay in their own bytes', async () => {
    const utf8 = (text: string) => Buffer.from(text).toString('latin1');
    const masked = await answered({
      answer: {
        headers: [
          ['x-full-name', utf8('Jürgen Müller')],
          ['x-note', utf8('Zoë 東京 4111\u00a01111\u00a01111\u00a01111')],
          ['x-latin-1', 'caf\xe9'],
          ['x-stray', `${utf8('é 4111\u00a01111\u00a01111\u00a01111')}\xff`],
        ],
        body: Buffer.from('abc'),
      },
      wanted: { headers: [['range', 'bytes=0-0']] },
    });
    const given = new Map(masked.headers);
    const shown = new Map(masked.recorded.headers);
    expect([given.get('x-full-name'), shown.get('x-full-name')]).toEqual(['[PERSON]', '[PERSON]']);
    expect(given.get('x-note')).toBe(utf8('Zoë 東京 [CREDIT_CARD]'));
    expect(shown.get('x-note')).toBe('Zoë 東京 [CREDIT_CARD]');
    expect([given.get('x-latin-1'), shown.get('x-latin-1')]).toEqual(['caf\xe9', 'café']);
    expect(given.get('x-stray')).toBe(`${utf8('é [CREDIT_CARD]')}\xff`);
    expect(shown.get('x-stray')).toMatch(
      /^é \[CREDIT_CARD\]\ufffd \[not all of this is text: 17 bytes, SHA-256 /,
    );
    expect(shown.get('content-range')).toBe('bytes 0-0/3');
    expect([...masked.tally]).toEqual([
      ['PERSON', 1],
      ['CREDIT_CARD', 2],
    ]);
  });

  it('is masked in charsets other than UTF-8', async () => {
    const body = Buffer.from(`grüße ${EMAIL}`, 'utf16le');
    const masked = await answered({
      answer: { headers: [['content-type', 'text/plain; charset=utf-16le']], body },
    });
    expect(Buffer.from(masked.direct ?? []).toString('utf16le')).toBe('grüße [EMAIL]');
  });

  it('and what has nothing to mask comes back byte for byte', async () => {
    const bytes = PNG;
    const { direct, recorded } = await answered({
      answer: { headers: [['content-type', 'image/png']], body: bytes },
    });
    expect(Buffer.from(direct ?? [])).toEqual(bytes);
    expect(recorded.body).toEqual({
      binary: true,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      bytes: 12,
    });
  });
});

describe('a range', () => {
  const answer = {
    ...text(`to ${EMAIL}, yes`),
    headers: [
      ['content-type', 'text/plain'],
      ['etag', '"7"'],
    ],
  } as const;
  const ask = (range: string, more: WantedHttp['headers'] = []) =>
    answered({ answer, wanted: { headers: [['Range', range], ...more] } });

  it.each<[string, number, string, string | undefined]>([
    ['bytes=0-1', 206, 'to', 'bytes 0-1/15'],
    ['bytes=3-9', 206, '[EMAIL]', 'bytes 3-9/15'],
    ['bytes=-3', 206, 'yes', 'bytes 12-14/15'],
    ['bytes=10-', 206, ', yes', 'bytes 10-14/15'],
    ['bytes=15-', 416, '', 'bytes */15'],
    ['bytes=0-1,3-4', 200, 'to [EMAIL], yes', undefined],
    ['lines=0-1', 200, 'to [EMAIL], yes', undefined],
  ])('%s of a masked body is of what is masked: %i', async (range, status, body, contentRange) => {
    const masked = await ask(range);
    expect([masked.status, masked.text]).toEqual([status, body]);
    expect(headerOf(masked, 'content-range')).toEqual(contentRange === undefined ? [] : [contentRange]);
    expect(headerOf(masked, 'accept-ranges')).toEqual(['bytes']);
    if (status !== 416) expect(masked.recorded.body).toEqual({ text: body });
    expect(masked.recorded.status).toBe(status);
  });

  it('read byte by byte says no more than the whole', async () => {
    const bytes = await Promise.all(
      Array.from({ length: 15 }, async (_, place) => (await ask(`bytes=${place}-${place}`)).text),
    );
    expect(bytes.join('')).toBe('to [EMAIL], yes');
  });

  it('that is too large for the door is of the whole, which is put aside', async () => {
    const large = { ...answer, ...text('x'.repeat(MOST_DIRECT_BYTES + 10)) };
    const ofLarge = async (range: string) => {
      const { status, toStore } = await answered({ answer: large, wanted: { headers: [['range', range]] } });
      return [status, toStore?.bytes.length];
    };
    expect(await ofLarge('bytes=1-')).toEqual([200, MOST_DIRECT_BYTES + 10]);
    expect(await ofLarge('bytes=10-')).toEqual([206, MOST_DIRECT_BYTES]);
  });

  it('of an answer that has changed is the whole', async () => {
    expect((await ask('bytes=0-1', [['If-Range', '"7"']])).status).toBe(206);
    expect((await ask('bytes=0-1', [['If-Range', '"8"']])).status).toBe(200);
  });

  it('is none of what is no 200 and of what is no GET', async () => {
    const wanted = { headers: [['range', 'bytes=0-1']] } as const;
    expect((await answered({ answer: { ...answer, status: 404 }, wanted })).status).toBe(404);
    expect((await answered({ answer, wanted: { ...wanted, method: 'POST' } })).text).toBe('to [EMAIL], yes');
  });
});

describe('an answer without a body', () => {
  it.each<[string, number, string]>([
    ['a HEAD', 200, 'HEAD'],
    ['a 204', 204, 'GET'],
    ['a 304', 304, 'GET'],
  ])('%s stays one, whatever came, with its headers', async (_, status, method) => {
    const masked = await answered({
      answer: {
        ...text('canary'),
        status,
        headers: [
          ['etag', '"7"'],
          ['content-type', 'text/plain'],
        ],
      },
      wanted: { method, headers: [['range', 'bytes=0-1']] },
    });
    expect([masked.status, masked.text]).toEqual([status, '']);
    expect(headerOf(masked, 'etag')).toEqual(['"7"']);
    expect(headerOf(masked, 'content-type')).toEqual(['text/plain']);
    expect(masked.recorded).not.toHaveProperty('body');
  });
});

describe('what is written down', () => {
  const big = 'x'.repeat(MOST_INLINE_BYTES + 1);
  const png = (bytes: number): Partial<OutboundAnswer> => ({
    headers: [['content-type', 'image/png']],
    body: Buffer.concat([PNG, Buffer.alloc(bytes)]).subarray(0, bytes),
  });

  it.each<[string, Given, RegExp | undefined, boolean]>([
    ['a small text, with its event', { answer: text('x') }, undefined, true],
    ['the largest such text', { answer: text(big.slice(1)) }, undefined, true],
    ['a larger one, by itself', { answer: text(big) }, /^400d\//, true],
    ['bytes, by their hash', { answer: png(MOST_INLINE_BYTES + 1) }, undefined, true],
    [
      'bytes that may be asked for again',
      { answer: png(MOST_INLINE_BYTES + 1), mayBeRepeated: true },
      /^1d\//,
      true,
    ],
    ['few bytes that may be', { answer: png(9), mayBeRepeated: true }, undefined, true],
    ['text too large for the door', { answer: text('x'.repeat(MOST_DIRECT_BYTES + 1)) }, /^400d\//, false],
    ['bytes too large for the door', { answer: png(MOST_DIRECT_BYTES + 1) }, /^1d\//, false],
    ['the largest for the door', { answer: png(MOST_DIRECT_BYTES) }, undefined, true],
  ])('of %s', async (_, given, key, isDirect) => {
    const { toStore, direct, recorded, kept } = await answered(given);
    expect(toStore === undefined ? undefined : key?.test(toStore.key)).toBe(
      key === undefined ? undefined : true,
    );
    expect(direct !== undefined).toBe(isDirect);
    if (toStore !== undefined) {
      const told = { sha256: expect.stringMatching(/^[0-9a-f]{64}$/), bytes: toStore.bytes.length };
      expect(kept.body).toEqual({ object: toStore.key, ...told });
      // No event names what is gone before it.
      const isKept = toStore.key.startsWith('400d/');
      expect(recorded.body).toEqual(isKept ? kept.body : { binary: true, ...told });
    } else {
      expect(kept.body).toEqual({
        base64: given.mayBeRepeated ? Buffer.from(direct ?? []).toString('base64') : '',
      });
    }
  });

  it('is a stream’s end, where it was cut', async () => {
    const masked = await answered({ answer: { ...text('data: 1\n\n', 'text/event-stream'), cut: 'bytes' } });
    expect([masked.truncated, masked.recorded.truncated]).toEqual(['bytes', 'bytes']);
  });

  it('are cookies neither where they are kept away, nor raw where they pass', async () => {
    const answer = { headers: [['set-cookie', 'session=canary-session; Path=/api']] } as const;
    expect(JSON.stringify((await answered({ answer })).recorded)).not.toContain('canary');
    const passed = await answered({ answer, target: { cookies: 'pass' } });
    expect(JSON.stringify(passed.recorded)).not.toContain('canary-session');
  });
});
