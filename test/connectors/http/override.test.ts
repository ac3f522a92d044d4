// A request that names another method than its own, where some frameworks look for one.
import { describe, expect, it } from 'vitest';
import { namesMethod } from '../../../src/connectors/http/index.ts';

const FORM = [['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8']] as const;
const PARTS = [['content-type', 'multipart/form-data; boundary=x']] as const;
const JSON_TYPE = [['content-type', 'application/json']] as const;

const part = (name: string) =>
  Buffer.from(`--x\r\nContent-Disposition: form-data; ${name}\r\n\r\nDELETE\r\n--x--`);

describe('another method', () => {
  it.each<[string, Parameters<typeof namesMethod>[0]]>([
    ['in the query', { query: [['_method', 'DELETE']], body: undefined, headers: [] }],
    [
      'in the query, in capitals',
      {
        query: [
          ['a', '1'],
          ['_METHOD', 'DELETE'],
        ],
        body: undefined,
        headers: [],
      },
    ],
    [
      'in the query, as a header is',
      { query: [['X-HTTP-Method-Override', 'PUT']], body: undefined, headers: [] },
    ],
    ['in a form', { query: [], body: Buffer.from('a=1&_method=DELETE'), headers: FORM }],
    ['in a form, encoded', { query: [], body: Buffer.from('%5Fmethod=DELETE'), headers: FORM }],
    ['in a part', { query: [], body: part('name="_method"'), headers: PARTS }],
    ['in a part, without quotes', { query: [], body: part('name=_method'), headers: PARTS }],
  ])('%s is seen', (_, content) => {
    expect(namesMethod(content)).toBe(true);
  });

  it.each<[string, Parameters<typeof namesMethod>[0]]>([
    ['a field whose name holds it', { query: [['payment_method', 'card']], body: undefined, headers: [] }],
    ['a value', { query: [['a', '_method']], body: Buffer.from('a=_method'), headers: FORM }],
    ['a part of another name', { query: [], body: part('name="payment_method"'), headers: PARTS }],
    ['JSON', { query: [], body: Buffer.from('{"_method":"DELETE"}'), headers: JSON_TYPE }],
    ['no body', { query: [], body: undefined, headers: FORM }],
  ])('%s is none', (_, content) => {
    expect(namesMethod(content)).toBe(false);
  });
});
