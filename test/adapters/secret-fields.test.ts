// What of a secret's JSON is a field, and that a field is the very text that stands there.
import { expect, it } from 'vitest';
import { parseSecretFields } from '../../src/adapters/secret-fields.ts';

const opened = (text: string) =>
  Object.fromEntries(Object.entries(parseSecretFields(text)).map(([name, field]) => [name, field.open()]));

it.each([
  '5432',
  '0',
  '-0',
  '1.0',
  '1.50',
  '1e5',
  '1E+5',
  '9007199254740993',
  '12345678901234567890123456789',
  '0.1000000000000000055511151231257827',
  '1e999',
  'true',
  'false',
])('takes %s as the text that stands there', (written) => {
  expect(opened(`{ "a" : ${written} ,"b":"text"}`)).toEqual({ a: written, b: 'text' });
});

it.each(['null', '[]', '["x"]', '[5]', '{}', '{"a":5}', '{"a":"x"}'])(
  'does not take %s for a field, and keeps the others',
  (written) => {
    expect(opened(`{"a":${written},"b":"text","c":1.0}`)).toEqual({ b: 'text', c: '1.0' });
  },
);

it.each([
  ['{"a":"x","a":5.0}', { a: '5.0' }],
  ['{"a":5,"a":"x"}', { a: 'x' }],
  ['{"a":7,"a":7.0}', { a: '7.0' }],
  ['{"a":[1],"a":2}', { a: '2' }],
  ['{"a":2,"a":null}', {}],
  ['{"10":1.0,"9":2.0}', { 9: '2.0', 10: '1.0' }],
])('takes each field from its own place in %s', (text, fields) => {
  expect(opened(text)).toEqual(fields);
});

it('takes a field of whatever name', () => {
  const fields = parseSecretFields('{"__proto__":5,"constructor":true}');
  expect(Object.keys(fields)).toEqual(['__proto__', 'constructor']);
});

it.each([undefined, '', 'canary', '["canary"]', '"canary"', '5', 'true', 'null', '{"a":canary}'])(
  'refuses %j without quoting it',
  (text) => {
    expect(() => parseSecretFields(text)).toThrow(/^a secret is not (?:text|JSON|an object of fields)$/);
  },
);
