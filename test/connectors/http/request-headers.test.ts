// Which of an agent's headers go on to the target, and which it is told did not.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forwardedHeaders, isEncoded } from '../../../src/connectors/http/index.ts';
import { type Header, headersOf } from './support.ts';

const TOKEN = `bwt_eyJ0YXNrIjoidGFzazEifQ.${'A'.repeat(43)}0123abcd`;
const OPTIONS = { injected: ['x-target-key'], cookies: 'keep', taskToken: TOKEN } as const;
const sort = (headers: readonly Header[], options: Partial<Parameters<typeof forwardedHeaders>[1]> = {}) =>
  forwardedHeaders(headers, { ...OPTIONS, ...options });

describe('headers of an agent', () => {
  it.each(headersOf('forwarded.txt'))('%s: %j goes on', (name, value) => {
    expect(sort([[name, value]])).toEqual({ forwarded: [[name, value]], dropped: [] });
  });

  it.each(headersOf('left-out.txt'))('%s: %j is left out', (name, value) => {
    expect(sort([[name, value]])).toEqual({ forwarded: [], dropped: [] });
  });

  it.each(headersOf('dropped.txt'))('%s: %j is dropped, and told', (name, value) => {
    expect(sort([[name, value]])).toEqual({ forwarded: [], dropped: [name.toLowerCase()] });
  });

  it.each([
    ['Authorization', `Bearer ${TOKEN}`],
    ['authorization', `DPoP ${TOKEN}`],
    ['Authorization', `token ${TOKEN}`],
    ['Authorization', `Basic ${Buffer.from(`anyone:${TOKEN}`).toString('base64')}`],
    ['X-Target-Key', TOKEN],
    ['X-Target-Key', `Key ${TOKEN}`],
  ])('%s with the task token is left out', (name, value) => {
    expect(sort([[name, value]])).toEqual({ forwarded: [], dropped: [] });
  });

  it.each([
    ['with the injected name', [['X-Target-Key', 'mine']], ['x-target-key']],
    ['that servers read as the injected one', [['x_target_key', 'mine']], ['x_target_key']],
    ['with the token elsewhere', [['X-Note', `a ${TOKEN}`]], ['x-note']],
    ['with its base64 elsewhere', [['X-Note', Buffer.from(`ab${TOKEN}c`).toString('base64')]], ['x-note']],
    [
      'with its base64url elsewhere',
      [['X-Note', Buffer.from(`a${TOKEN}`).toString('base64url')]],
      ['x-note'],
    ],
    [
      'with a name that is none',
      [
        ['a b', '1'],
        ['x\r\ny: ', '2'],
        ['', '3'],
        ['é', '4'],
      ],
      ['', '?', 'a?b', 'x??y??'],
    ],
    [
      'several times',
      [
        ['X-Api-Key', '1'],
        ['x-api-key', '2'],
        ['Cookie', 'a'],
      ],
      ['cookie', 'x-api-key'],
    ],
    [
      'beside the token',
      [
        ['Authorization', `Bearer ${TOKEN}`],
        ['Authorization', 'Bearer other'],
      ],
      ['authorization'],
    ],
  ] as const)('%s are dropped, and told', (_, headers, dropped) => {
    expect(sort(headers)).toEqual({ forwarded: [], dropped });
  });

  it('that Connection names are of the connection', () => {
    const headers: readonly Header[] = [
      ['Connection', 'close, X-One ,x-two'],
      ['connection', 'X-Three'],
      ['x-one', '1'],
      ['X-Two', '2'],
      ['x_three', '3'],
      ['x-four', '4'],
    ];
    expect(sort(headers)).toEqual({ forwarded: [['x-four', '4']], dropped: [] });
  });

  it('that say what is judged go on, whatever Connection names', () => {
    const headers: readonly Header[] = [
      ['Content-Type', 'application/json'],
      ['Content-Encoding', 'gzip'],
      ['Idempotency-Key', '7'],
      ['Accept', 'application/json'],
      ['If-Match', '*'],
    ];
    const named = headers.map(([name]) => name.toLowerCase().replaceAll('-', '_')).join(', ');
    for (const connection of [named, named.replaceAll('_', '-')]) {
      expect(sort([['Connection', connection], ...headers])).toEqual({ forwarded: headers, dropped: [] });
    }
    const others: readonly Header[] = [
      ['Connection', 'authorization, cookie'],
      ['Authorization', 'Bearer other'],
      ['Cookie', 'a=1'],
    ];
    expect(sort(others)).toEqual({ forwarded: [], dropped: ['authorization', 'cookie'] });
  });

  it('have a content type that no other spelling stands beside', () => {
    const type: Header = ['Content-Type', 'application/json'];
    const other: Header = ['Content_Type', 'application/x-www-form-urlencoded'];
    for (const headers of [
      [type, other],
      [other, type],
    ]) {
      expect(sort(headers)).toEqual({ forwarded: [type], dropped: ['content_type'] });
    }
  });

  it.each([
    ['application/json;charset=utf-32', 'application/json'],
    ['text/csv ; q=0.5; Charset = "IBM037";header=present', 'text/csv ; q=0.5;header=present'],
    ['text/plain;charset=utf-7, application/json;q=0.1;charset=utf-16', 'text/plain, application/json;q=0.1'],
    ['text/plain;charset="utf-7', 'text/plain'],
    ['text/plain;title="a;charset=x";charset=x', 'text/plain;title="a;charset=x"'],
    ['text/plain;xcharset=x', 'text/plain;xcharset=x'],
  ])('do not ask for a charset: %j', (accept, asked) => {
    expect(sort([['ACCEPT', accept]])).toEqual({ forwarded: [['ACCEPT', asked]], dropped: [] });
  });

  it('stay in their order, and as often as they came', () => {
    const headers: readonly Header[] = [
      ['Accept', 'a'],
      ['X-One', '1'],
      ['accept', 'b'],
    ];
    expect(sort(headers).forwarded).toEqual(headers);
  });

  it('have one content type, the one that is judged', () => {
    const headers: readonly Header[] = [
      ['content-type', 'application/json'],
      ['Content-Type', 'text/plain'],
    ];
    expect(sort(headers)).toEqual({ forwarded: headers.slice(0, 1), dropped: ['content-type'] });
  });

  it('have cookies where the target says so, but never the token in them', () => {
    expect(sort([['Cookie', 'a=1']], { cookies: 'pass' })).toEqual({
      forwarded: [['Cookie', 'a=1']],
      dropped: [],
    });
    expect(sort([['Cookie', `a=${TOKEN}`]], { cookies: 'pass' }).dropped).toEqual(['cookie']);
  });

  it('never end a line, never carry the token or the injected name, and are told in names alone', () => {
    const all = ['forwarded.txt', 'left-out.txt', 'dropped.txt'].flatMap(headersOf);
    const name = fc.oneof(
      fc.constantFrom(...all.map(([one]) => one), 'X-Target-Key'),
      fc.string({ unit: 'binary' }),
    );
    const value = fc.oneof(
      fc.constantFrom(TOKEN, `Bearer ${TOKEN}`, '\r\nx: y'),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), fc.constantFrom('keep', 'pass'), (headers, cookies) => {
        const { forwarded, dropped } = sort(headers, { cookies: cookies as 'keep' | 'pass' });
        for (const [one, text] of forwarded) {
          expect(one).toMatch(/^[\w!#$%&'*+\-.^`|~]+$/u);
          expect(text).not.toMatch(/[\r\n\0]/u);
          expect(text).not.toContain(TOKEN);
          expect(one).not.toMatch(/^(?:x[-_]target[-_]key|(?:proxy-)?authorization|bailiwick-.*|host)$/iu);
          if (one.toLowerCase() !== 'accept') expect(headers).toContainEqual([one, text]);
        }
        for (const one of dropped) expect(one).toMatch(/^[a-z0-9!#$%&'*+\-.^_`|~?]*$/u);
        expect(dropped).toEqual([...new Set(dropped)].toSorted());
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a body', () => {
  it.each([
    [[['Content-Encoding', 'gzip']], true],
    [[['content_encoding', 'DEFLATE']], true],
    [
      [
        ['content-encoding', 'identity'],
        ['Content-Encoding', 'br'],
      ],
      true,
    ],
    [[['Content-Encoding', 'identity, x']], true],
    [[['Content-Encoding', ' Identity ,']], false],
    [[['Content-Encoding', '']], false],
    [[['Accept-Encoding', 'gzip']], false],
    [[], false],
  ] as const)('with %j is encoded: %j', (headers, is) => {
    expect(isEncoded(headers)).toBe(is);
  });
});
