// Which of a target's headers come back, and where its links lead then.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { returnedHeaders } from '../../../src/connectors/http/index.ts';
import { type Header, headersOf, jsonOf } from './support.ts';

const LOCATIONS = jsonOf('locations.json') as {
  readonly base: string;
  readonly path: string;
  readonly broker: string;
  readonly rewritten: Readonly<Record<string, string>>;
  readonly withheld: readonly string[];
};
const { base, path, broker: brokerBase } = LOCATIONS;
const OPTIONS = { base, path, brokerBase, cookies: 'keep' } as const;
type Options = Parameters<typeof returnedHeaders>[1];
const returned = (headers: readonly Header[], options: Partial<Options> = {}) =>
  returnedHeaders(headers, { ...OPTIONS, ...options });

describe('headers of a target', () => {
  it.each(headersOf('returned.txt'))('%s: %j comes back', (name, value) => {
    expect(returned([[name, value]])).toEqual({ headers: [[name.toLowerCase(), value]], withheld: [] });
  });

  it.each(headersOf('not-returned.txt'))('%s: %j does not', (name, value) => {
    expect(returned([[name, value]])).toEqual({ headers: [], withheld: [] });
  });

  it.each(['Date', 'Server', 'WWW-Authenticate', 'Cache-Control'])(
    '%s comes back as the target’s',
    (name) => {
      expect(returned([[name, 'x']]).headers).toEqual([[`bailiwick-target-${name.toLowerCase()}`, 'x']]);
    },
  );

  it('lose blanks around them, and no bytes that only look so in Latin-1', () => {
    const utf8 = Buffer.from('à').toString('latin1');
    expect(returned([['x-one', ` \t\u00a0a ${utf8}\t \r`]]).headers).toEqual([['x-one', `\u00a0a ${utf8}`]]);
    expect(returned([['x-one', ' \t ']]).headers).toEqual([['x-one', '']]);
    expect(returned([['location', ` ?k=${utf8} `]]).headers[0]?.[1]).toMatch(/\?k=%C3%A0$/u);
    expect(returned([['link', `<?k=${utf8}>; rel=${utf8}`]]).headers[0]?.[1]).toMatch(
      new RegExp(`\\?k=%C3%A0>; rel=${utf8}$`, 'u'),
    );
    const cookies = { cookies: 'pass' } as const;
    expect(returned([['set-cookie', `k=${utf8} ; b=${utf8} ; Path=/`]], cookies).headers[0]?.[1]).toMatch(
      new RegExp(`^k=${utf8}; b=${utf8}; Path=/`, 'u'),
    );
  });

  it('come in order, as often as they were sent, without those that Connection names', () => {
    const headers: readonly Header[] = [
      ['Vary', 'a'],
      ['Connection', 'X-One'],
      ['X-One', '1'],
      ['X-Two', '2'],
      ['vary', 'b'],
    ];
    expect(returned(headers).headers).toEqual([
      ['vary', 'a'],
      ['x-two', '2'],
      ['vary', 'b'],
    ]);
  });

  it('have nothing in them that ends a line', () => {
    expect(returned([['X-A', 'a\r\nbailiwick-call: b\0\u20ac']]).headers).toEqual([
      ['x-a', 'a  bailiwick-call: b'],
    ]);
    expect(returned([['X-A\r\n', 'a']])).toEqual({ headers: [], withheld: [] });
  });

  it('are 32 KiB at most; what is more is told', () => {
    const headers: readonly Header[] = [
      ['X-A', 'a'.repeat(20_000)],
      ['X-B', 'b'.repeat(20_000)],
      ['X-C', 'c'.repeat(1000)],
    ];
    const { headers: kept, withheld } = returned(headers);
    expect(kept.map(([name]) => name)).toEqual(['x-a', 'x-c']);
    expect(withheld).toEqual(['x-b']);
  });

  it('never speak for the broker, whatever they are', () => {
    const all = ['returned.txt', 'not-returned.txt'].flatMap(headersOf).map(([name]) => name);
    const name = fc.oneof(
      fc.constantFrom(...all, 'Link', 'Location', 'Set-Cookie'),
      fc.string({ unit: 'binary' }),
    );
    const value = fc.oneof(
      fc.webUrl(),
      fc.constantFrom('<', '<a>; x="', ',,<a>'),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), fc.constantFrom('keep', 'pass'), (headers, cookies) => {
        const back = returned(headers, { cookies: cookies as 'keep' | 'pass' });
        for (const [one, text] of back.headers) {
          expect(one).toMatch(/^[a-z0-9!#$%&'*+\-.^_`|~]+$/u);
          expect(one).not.toMatch(/^bailiwick-(?!target-)|^(?:date|server|transfer-encoding)$/u);
          expect(text).toMatch(/^[\t\x20-\x7e\x80-\xff]*$/u);
          if (one === 'location') expect(text.startsWith(brokerBase)).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a location', () => {
  it.each(Object.entries(LOCATIONS.rewritten))('%j leads to the broker', (location, rest) => {
    for (const name of ['location', 'content-location']) {
      expect(returned([[name, location]])).toEqual({ headers: [[name, brokerBase + rest]], withheld: [] });
    }
  });

  it.each(LOCATIONS.withheld)('%j is withheld, and told', (location) => {
    for (const name of ['Location', 'Content-Location']) {
      expect(returned([[name, location]])).toEqual({ headers: [], withheld: [name.toLowerCase()] });
    }
  });

  it('of a target without a path may be anywhere on it', () => {
    const options = { base: 'https://tickets.internal', path: '/' };
    expect(returned([['location', '/anything?x']], options).headers).toEqual([
      ['location', `${brokerBase}/anything?x`],
    ]);
    expect(returned([['location', 'https://other.internal/']], options).withheld).toEqual(['location']);
  });

  it('of the base URL itself is beside it', () => {
    expect(returned([['location', 'api/tickets']], { path: '' }).headers).toEqual([
      ['location', `${brokerBase}/tickets`],
    ]);
    expect(returned([['location', 'tickets']], { path: '' }).withheld).toEqual(['location']);
  });
});

describe('links', () => {
  const outside = '<https://elsewhere.example/api/x>; rel="help"';
  it.each([
    [
      '<https://tickets.internal/api/tickets?page=2>; rel="next"',
      `<${brokerBase}/tickets?page=2>; rel="next"`,
      false,
    ],
    [
      '</api/tickets?page=2>; rel="next", <?page=9>;rel=last',
      `<${brokerBase}/tickets?page=2>; rel="next", <${brokerBase}/tickets/42?page=9>;rel=last`,
      false,
    ],
    [`</api/a>; rel=next, ${outside}`, `<${brokerBase}/a>; rel=next`, true],
    [`${outside},</api/a>; rel=next`, `<${brokerBase}/a>; rel=next`, true],
    [
      '</api/a>; title="a, <b>; \\" c"; rel=next',
      `<${brokerBase}/a>; title="a, <b>; \\" c"; rel=next`,
      false,
    ],
    ['</api/a,b;c>; rel=next', `<${brokerBase}/a,b;c>; rel=next`, false],
    ['</api/a>', `<${brokerBase}/a>`, false],
    [' , </api/a> ; rel=next ,, ', `<${brokerBase}/a>; rel=next`, false],
    [outside, undefined, true],
    ['</api/a>; rel=x; anchor="https://tickets.internal/secret"', undefined, true],
    ['</admin>; rel=x', undefined, true],
    ['<javascript:alert(1)>; rel=x', undefined, true],
    ['</api/a; rel=next', undefined, true],
    ['</api/a> rel=next', undefined, true],
    ['</api/a>; title="open, <https://elsewhere.example>', undefined, true],
    ['</api/a>; rel=next </api/b>', `<${brokerBase}/a>; rel=next </api/b>`, false],
    ['https://tickets.internal/api/a', undefined, true],
    ['', undefined, false],
  ])('%j', (link, value, isWithheld) => {
    expect(returned([['Link', link]])).toEqual({
      headers: value === undefined ? [] : [['link', value]],
      withheld: isWithheld ? ['link'] : [],
    });
  });
});

describe('cookies', () => {
  const at = '/v1/tasks/task_1/http/tickets-api';
  it.each([
    ['a=1', `a=1; Path=${at}`],
    ['a=1; Path=/', `a=1; Path=${at}`],
    ['a=1; path=/api; HttpOnly; Secure; SameSite=Lax', `a=1; HttpOnly; Secure; SameSite=Lax; Path=${at}`],
    ['a=1; Path=/api/tickets/', `a=1; Path=${at}/tickets`],
    ['a=1; Path=/other; Path=/api/x', `a=1; Path=${at}/x`],
    ['a=1; Domain=tickets.internal; Path=/;; Max-Age=5', `a=1; Max-Age=5; Path=${at}`],
  ])('%j stay with the target', (cookie, kept) => {
    const { headers } = returned([['Set-Cookie', cookie]], { cookies: 'pass', path: '' });
    expect(headers).toEqual([['set-cookie', kept]]);
  });

  it.each(['a=1', 'a=1; Path=', 'a=1; Path=not-absolute'])('%j stay where they were set', (cookie) => {
    const { headers } = returned([['Set-Cookie', cookie]], { cookies: 'pass' });
    expect(headers).toEqual([['set-cookie', `a=1; Path=${at}/tickets`]]);
  });

  it('for other paths of the target are withheld', () => {
    const back = returned([['Set-Cookie', 'a=1; Path=/apis']], { cookies: 'pass' });
    expect(back).toEqual({ headers: [], withheld: ['set-cookie'] });
  });
});
