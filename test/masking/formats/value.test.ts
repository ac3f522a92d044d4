// Parsed values, rows and headers.
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/shared/json.ts';
import { maskerOf } from './support.ts';

const masker = maskerOf();

describe('a value', () => {
  it.each<[Json, Json]>([
    ['to a@b.example', 'to [EMAIL]'],
    [4111111111111111, '[CARD]'],
    [{ ssn: [123456789, { n: 123456789 }] }, { ssn: ['[SSN]', { n: 123456789 }] }],
    [
      { name: 'password', value: 'hunter2' },
      { name: 'password', value: '[SECRET]' },
    ],
    [
      { value: 'hunter2', n: 1, name: 'password' },
      { value: '[SECRET]', n: 1, name: 'password' },
    ],
    [{ a: '{"ssn":123456789}' }, { a: '{"ssn":"[SSN]"}' }],
    [
      [null, true, false, 0, ''],
      [null, true, false, 0, ''],
    ],
  ])('%j', (value, wanted) => {
    expect(masker.value(value)).toEqual(wanted);
  });

  it('keeps the order of its keys, and those that are masked alike', () => {
    const value = { b: 1, 'a@b.example': 2, 'c@d.example': 3, '[EMAIL]#2': 4, a: 5 };
    const masked = masker.value(value);
    expect(Object.entries(masked as object)).toEqual([
      ['b', 1],
      ['[EMAIL]', 2],
      ['[EMAIL]#2', 3],
      ['[EMAIL]#2#2', 4],
      ['a', 5],
    ]);
    expect(masker.value(masked)).toEqual(masked);
  });

  it('may have any key, and nothing is changed of what was given', () => {
    const value = JSON.parse('{"__proto__":{"password":"hunter2"},"constructor":"a@b.example"}') as Json;
    const before = JSON.stringify(value);
    const masked = masker.value(value);
    expect(JSON.stringify(masked)).toBe('{"__proto__":{"password":"[SECRET]"},"constructor":"[EMAIL]"}');
    expect(Object.getPrototypeOf(masked)).toBe(Object.prototype);
    expect(JSON.stringify(value)).toBe(before);
  });

  it('may have as many keys that are masked alike as it likes', () => {
    const value = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, index) => [`a${index}@b.example`, index]),
    );
    expect(Object.values(masker.value(value) as object)).toEqual(Object.values(value));
  });

  it('may be a million levels deep', () => {
    let value: Json = 'a@b.example';
    for (let depth = 0; depth < 1_000_000; depth += 1) value = depth % 2 === 0 ? [value] : { a: value };
    let masked: Json | undefined = masker.value(value);
    while (typeof masked === 'object' && masked !== null) {
      masked = Array.isArray(masked) ? masked[0] : (masked as { a: Json }).a;
    }
    expect(masked).toBe('[EMAIL]');
  });

  it('is masked by the same rules as text, and says as much of it', () => {
    const ruled = maskerOf({
      paths: { '$.a[*].b': 'drop', '$..serial': 'keep' },
      keys: { Note: 'redact' },
      actions: { EMAIL: 'drop' },
    });
    const value = {
      a: [{ b: true, c: 'a@b.example' }, { b: { d: 1, serial: 'x' } }],
      note: [null, { serial: 'a@b.example', x: 5 }],
      c: 'to a@b.example',
    };
    const tally = new Map<string, number>();
    const masked = ruled.value(value, tally);
    expect(masked).toEqual({
      a: [{ b: null, c: null }, { b: { d: null, serial: 'x' } }],
      note: ['[RULE]', { serial: 'a@b.example', x: '[RULE]' }],
      c: 'to ',
    });
    const tallyOfText = new Map<string, number>();
    expect(JSON.parse(ruled.text(JSON.stringify(value), tallyOfText, 'json'))).toEqual(masked);
    expect(tallyOfText).toEqual(tally);
    expect(Object.fromEntries(tally)).toEqual({ RULE: 4, EMAIL: 2 });
  });
});

describe('rows', () => {
  const columns = { 'public.customers.email': 'pseudonym', 'customers.card': 'last4', note: 'drop' } as const;
  const ruled = maskerOf({ columns, keys: { memo: 'redact' } });

  it.each([
    ['public.customers.email', 'x', /^\[RULE:k1-/u],
    ['"public"."customers"."email"', 'x', /^\[RULE:k1-/u],
    ['PUBLIC.Customers.Email', 'x', /^\[RULE:k1-/u],
    ['email', 'a@b.example', /^\[EMAIL:k1-/u],
    ['customers.email', 'x', /^\[RULE:k1-/u],
    ['other.email', 'x', /^x$/u],
    ['public.customers.card', '4111111111111111', /^\[CARD:…1111\]$/u],
    ['public.other.card', 'x', /^x$/u],
    ['a.b.memo', 'x', /^\[RULE\]$/u],
    ['a.b.c', 'to a@b.example', /^to \[EMAIL\]$/u],
    ['customers.ssn', '123456789', /^\[SSN\]$/u],
  ])('%s: %s', (column, cell, wanted) => {
    const [[masked] = []] = ruled.rows([column], [[cell]]);
    expect(masked).toMatch(wanted);
    expect(ruled.rows([column], [[masked ?? null]])).toEqual([[masked]]);
  });

  it('have the same pseudonym for the same value: they still join', () => {
    const [first, second] = ruled.rows(
      ['customers.email'],
      [['a@b.example'], ['a@b.example'], ['c@d.example']],
    );
    expect(first).toEqual(second);
  });

  it('may have any cells', () => {
    const rows = [[4111111111111111, null, true, { ssn: 123456789, b: ['a@b.example'] }, 'abc']];
    expect(ruled.rows(['n', 'note', 'x.note', 'data', 'password'], rows)).toEqual([
      ['[CARD]', null, null, { ssn: '[SSN]', b: ['[EMAIL]'] }, '[SECRET]'],
    ]);
  });

  it('name a value by another column', () => {
    expect(
      masker.rows(
        ['NAME', 'VALUE'],
        [
          ['DB_PASSWORD', 'hunter2'],
          ['color', 'green'],
        ],
      ),
    ).toEqual([
      ['DB_PASSWORD', '[SECRET]'],
      ['color', 'green'],
    ]);
  });

  it('are exempt from no rule for doubt', () => {
    const keeping = maskerOf({ columns: { 'public.a.ssn': 'keep', 'b.id': 'keep' } });
    expect(
      keeping.rows(['ssn', 'public.a.ssn', 'x.b.ssn'], [['123456789', '123456789', '123456789']]),
    ).toEqual([['[SSN]', '123456789', '[SSN]']]);
  });

  it('may be longer or shorter than their columns', () => {
    expect(masker.rows(['a'], [['x', 'a@b.example'], []])).toEqual([['x', '[EMAIL]'], []]);
  });
});

describe('headers', () => {
  const ruled = maskerOf({ keys: { 'X-Debug': 'drop', theme: 'keep', 'x-card': 'last4' } });
  it.each([
    ['authorization', 'Bearer abc.def', 'Bearer [SECRET]'],
    ['Authorization', 'Basic  YTpi ', 'Basic  [SECRET] '],
    ['Proxy-Authorization', 'Digest username="a", response="b"', 'Digest [SECRET]'],
    ['authorization', 'x', '[SECRET]'],
    ['authorization', '9F8E7D6C5B4A39281706F5E4 x', '[SECRET]'],
    ['authorization', 'HMAC-SHA256 abcdef', 'HMAC-SHA256 [SECRET]'],
    ['authorization', '', ''],
    ['Cookie', 'a=b; c="d"; theme=dark; e; =f', 'a=[SECRET]; c=[SECRET]; theme=dark; [SECRET]; =[SECRET]'],
    ['Cookie', 'mail=a@b.example', 'mail=[EMAIL]'],
    [
      'set-cookie',
      'sid=abc; Path=/; Domain=b.example; HttpOnly; Max-Age=60',
      'sid=[SECRET]; Path=/; Domain=b.example; HttpOnly; Max-Age=60',
    ],
    ['set-cookie', 'theme=dark; Path=/', 'theme=dark; Path=/'],
    ['set-cookie', 'a=1; Path=/, sid=9F8E; Secure', 'a=[SECRET]; Path=/, sid=[SECRET]; Secure'],
    [
      'set-cookie',
      'a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT,theme=dark,c=2',
      'a=[SECRET]; Expires=Wed, 21 Oct 2026 07:28:00 GMT,theme=dark,c=[SECRET]',
    ],
    ['set-cookie', 'a=1; Path=/a@b.example; sid=abc', 'a=[SECRET]; Path=/[EMAIL]; sid=[SECRET]'],
    ['x-debug', 'whatever', ''],
    ['X-Card', '4111 1111 1111 1111', '[CARD:...1111]'],
    ['X-Password', 'hunter2', '[SECRET]'],
    ['x-note', 'to a@b.example', 'to [EMAIL]'],
    ['x-json', '{"ssn":123456789}', '{"ssn":"[SSN]"}'],
    ['location', '/a?password=hunter2&b=1', '/a?password=%5BSECRET%5D&b=1'],
    ['content-type', 'text/html; charset=utf-8', 'text/html; charset=utf-8'],
    ['x-a', '4111%201111%201111%201111', '[CARD]'],
    ['X-Password', 'hunter%32', '[SECRET]'],
    ['x-url', 'https://h.example/?c=4111%201111%201111%201111', 'https://h.example/?c=%5BCARD%5D'],
    [
      'content-disposition',
      "attachment; filename*=UTF-8''statement%204111%201111%201111%201111.pdf",
      "attachment; filename*=UTF-8''statement%20%5BCARD%5D.pdf",
    ],
    ['link', '</a?m=a%40b.example>; rel=next, <c@d.example>', '</a?m=%5BEMAIL%5D>; rel=next, <[EMAIL]>'],
    ['set-cookie', 'a=1; Path=/a%40b.example', 'a=[SECRET]; Path=/%5BEMAIL%5D'],
  ])('%s: %s', (name, value, wanted) => {
    expect(ruled.headers([[name, value]])).toEqual([[name, wanted]]);
    expect(ruled.headers([[name, wanted]])).toEqual([[name, wanted]]);
  });

  it('have names, which are masked as names may be written', () => {
    const headers = [
      ['of-4111111111111111', '1'],
      ['Of-4111111111111111', '1'],
    ] as const;
    expect(masker.headers(headers)).toEqual([
      ['of-card', '1'],
      ['Of-CARD', '1'],
    ]);
    expect(maskerOf({ actions: { CARD: 'drop' } }).headers([['4111111111111111', '1']])).toEqual([
      ['x', '1'],
    ]);
    expect(maskerOf({ keys: { 'of-4111111111111111': 'keep' } }).headers(headers.slice(0, 1))).toEqual(
      headers.slice(0, 1),
    );
  });

  it('keep their order, also repeated ones', () => {
    const headers = [
      ['b', '1'],
      ['Set-Cookie', 'a=1'],
      ['a', '2'],
      ['Set-Cookie', 'b=2'],
    ] as const;
    expect(masker.headers(headers).map(([name]) => name)).toEqual(['b', 'Set-Cookie', 'a', 'Set-Cookie']);
  });
});
