// Form data, query strings and URLs.
import { describe, expect, it } from 'vitest';
import { maskerOf } from './support.ts';

const ruled = maskerOf({
  keys: { note: 'drop', serial: 'keep', memo: 'redact' },
  paths: { '$.x': 'redact' },
});
const form = (text: string) => ruled.text(text, undefined, 'form');

describe('form data', () => {
  it.each([
    ['a=1&password=hunter2&b=', 'a=1&password=%5BSECRET%5D&b='],
    ['a=to+a%40b.example+now%21', 'a=to+%5BEMAIL%5D+now%21'],
    ['user%5Bpassword%5D=hunter2', 'user%5Bpassword%5D=%5BSECRET%5D'],
    ['a%40b.example=1&a@b.example=2', '%5BEMAIL%5D=1&%5BEMAIL%5D=2'],
    ['ssn=123+456+789&ssn=123456789', 'ssn=123+456+789&ssn=%5BSSN%5D'],
    ['note=x&memo=a%20b&memo=&x=1', 'note=&memo=%5BRULE%5D&memo=&x=%5BRULE%5D'],
    ['serial=4111111111111111', 'serial=4111111111111111'],
    ['a={"ssn":123456789}', 'a={"ssn":%22%5BSSN%5D%22}'],
    ['a=%7B%22ssn%22%3A123456789%7D', 'a=%7B%22ssn%22%3A%22%5BSSN%5D%22%7D'],
    ['a@b.example', '%5BEMAIL%5D'],
    ['a=%zz%4&b=%ff%40&&=&', 'a=%zz%4&b=%ff%40&&=&'],
    ['a=%F0%9F%98%80%20a@b.example+%E2%82', 'a=%F0%9F%98%80%20%5BEMAIL%5D+%E2%82'],
    ['', ''],
  ])('%s', (text, wanted) => {
    expect(form(text)).toBe(wanted);
    expect(form(wanted)).toBe(wanted);
  });
});

describe('a URL', () => {
  it.each([
    ['/tickets/42?sort=asc', '/tickets/42?sort=asc'],
    ['/users/a@b.example/cards', '/users/%5BEMAIL%5D/cards'],
    ['/users/a%40b.example/cards%2F1', '/users/%5BEMAIL%5D/cards%2F1'],
    ['/cards/4111%201111%201111%201111', '/cards/%5BCARD%5D'],
    ['/a?password=hunter2&b=c%40d.example', '/a?password=%5BSECRET%5D&b=%5BEMAIL%5D'],
    ['/a?serial=4111111111111111&b=4111111111111111', '/a?serial=4111111111111111&b=%5BCARD%5D'],
    ['https://h.example/a#token=abcdef&b=1', 'https://h.example/a#token=%5BSECRET%5D&b=1'],
    ['password:{b"value":', 'password:%5BSECRET%5D":'],
    ['password:%5BSECRET%5D"value":', 'password:%5BSECRET%5D"value":'],
    ['/x;password=hunter2?y=1', '/x;password=%5BSECRET%5D?y=1'],
    ['/x;v=1;password=hunter2/y;a', '/x;v=1;password=%5BSECRET%5D/y;a'],
    ['/a?b#c?password=hunter2', '/a?b#c?password=%5BSECRET%5D'],
    ['/a?memo=x%26y', '/a?memo=%5BRULE%5D'],
    ['*', '*'],
    ['', ''],
    ['/%', '/%'],
  ])('%s', (url, wanted) => {
    expect(ruled.url(url)).toBe(wanted);
    expect(ruled.url(wanted)).toBe(wanted);
  });

  it.each(['/', ';', ';a=', '/%41', '%', '?', '&', '=', '#', '?a=', '&password=abc', 'a%40b.example/'])(
    'of a megabyte of %s',
    (part) => {
      const url = part.repeat((1 << 20) / part.length);
      expect(ruled.url(url)).not.toContain('%40');
    },
  );
});

describe('the value of a field', () => {
  it.each([
    ['password', 'text', 'hunter2', '[SECRET]'],
    ['note', 'csv', 'a,b\n1,2\n', ''],
    ['x', 'auto', 'any', '[RULE]'],
    ['serial', 'text', '4111111111111111', '4111111111111111'],
    ['password', 'csv', 'id,ssn\n1,123456789\n', 'id,ssn\n1,[SSN]\n'],
    ['passwords', 'json', '{"a":"hunter2","serial":4111111111111111}', undefined],
    ['memo', 'json', '{"a":[1]} x', '{"a":["[RULE]"]} x'],
    ['a', 'auto', '{"note":"x"}', '{"note":null}'],
  ] as const)('%s as %s: %s', (name, format, text, wanted) => {
    const masked = ruled.text(text, undefined, format, name);
    if (wanted !== undefined) expect(masked).toBe(wanted);
    expect(masked).not.toContain('hunter2');
    if (format !== 'text') {
      const stream = ruled.stream(format, undefined, name);
      expect([...text].map((part) => stream.push(part)).join('') + stream.end()).toBe(masked);
    }
  });

  it('of a megabyte is no password', () => {
    const text = 'to a@b.example '.repeat(70_000);
    expect(ruled.text(text, undefined, 'text', 'password')).toBe('to [EMAIL] '.repeat(70_000));
    expect(ruled.text(text, undefined, 'text', 'note')).toBe('');
  });
});
