// A request that names another method than its own, where some frameworks look for one.
import { describe, expect, it } from 'vitest';
import { namesMethod } from '../../../src/connectors/http/index.ts';

type Content = Parameters<typeof namesMethod>[0];

const FORM = [['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8']] as const;
const PARTS = [['content-type', 'multipart/form-data; boundary=x']] as const;
const JSON_TYPE = [['content-type', 'application/json']] as const;

const part = (name: string) =>
  Buffer.from(`--x\r\nContent-Disposition: form-data; ${name}\r\n\r\nDELETE\r\n--x--`);

const form = (text: string, headers: Content['headers'] = FORM): Content => ({
  query: [],
  body: Buffer.from(text),
  headers,
});
const typed = (type: string): Content['headers'] => [['Content-Type', type]];
const query = (...pairs: Content['query']): Content => ({ query: pairs, body: undefined, headers: [] });

const FILE = [
  '--x\r\nContent-Disposition: form-data; name="page"; filename="_method.html"\r\nContent-Type: text/html\r\n\r\n',
  '<form>\r\n--\r\n<input type="hidden" name="_method" value="PUT">\r\n</form>\r\n--x--\r\n',
].join('');

describe('another method', () => {
  it.each<[string, Content]>([
    ['in the query', query(['_method', 'DELETE'])],
    ['in the query, in capitals', query(['a', '1'], ['_METHOD', 'DELETE'])],
    ['in the query, as a header is', query(['X-HTTP-Method-Override', 'PUT'])],
    ['in the query, behind a semicolon', query(['a', '1;_method=DELETE'])],
    ['in the query, behind a semicolon alone', query([';_method', 'DELETE'])],
    ['in the query, behind a name', query(['a;_method', 'DELETE'])],
    ['in a form', form('a=1&_method=DELETE')],
    ['in a form, encoded', form('%5Fmethod=DELETE')],
    ['in a form, encoded as UTF-16', form('%u005Fmethod=DELETE')],
    ['in a form, behind a semicolon', form('a=1;_method=DELETE')],
    ['in a form, behind a semicolon alone', form(';_method=DELETE')],
    ['in a part', { query: [], body: part('name="_method"'), headers: PARTS }],
    ['in a part, without quotes', { query: [], body: part('name=_method'), headers: PARTS }],
  ])('%s is seen', (_, content) => {
    expect(namesMethod(content)).toBe(true);
  });

  it.each([
    ...[
      '_method%00',
      '_method%00x',
      '_method.',
      '_method[]',
      '_method[x]',
      '[_method]',
      '+_method',
      '.method',
    ],
    ...['_method+', '%20_method%20', '_method%0a', "'_method'", 'x_http_method_override', '_method[x'],
  ])('is seen in a form as %s', (name) => {
    expect(namesMethod(form(`a=1&${name}=DELETE`))).toBe(true);
    expect(namesMethod(query([decodeURIComponent(name.replaceAll('+', ' ')), 'DELETE']))).toBe(true);
  });

  it.each([
    ...['name="\\_method"', "name*=UTF-8''_method", "name*=utf-8'en'%5Fmethod", "name='_method'"],
    ...['name=" _method"', 'name="%5Fmethod"', 'name="_method[]"', 'name="_method."', 'name="_method\0"'],
    ...['name = "_method"', 'name="a"; name="_method"', '\r\n name="_method"', 'NAME="_METHOD"'],
    ...['name="=?utf-8?Q?=5Fmethod?="', 'name="=?utf-8?B?X21ldGhvZA==?="', 'name*0="_me"; name*1="thod"'],
    ...['filename="_method"', 'name="x-http-method-override"', 'name=".method"'],
  ])('is seen in a part as %s', (name) => {
    expect(namesMethod({ query: [], body: part(name), headers: PARTS })).toBe(true);
  });

  it('is seen in the id of a part', () => {
    const text = '--x\r\nContent-ID: _method\r\n\r\nDELETE\r\n--x--';
    expect(namesMethod(form(text, PARTS))).toBe(true);
  });

  it.each([
    ...['application/x-www-form-urlencoded; x', 'application/x-www-form-urlencoded; charset'],
    ...['application/x-www-form-urlencoded, x', 'application/x-www-form-urlencoded;charset=utf-8;='],
    ...['application/x-www-form-urlencoded; a="b', 'Application/X-WWW-Form-Urlencoded x'],
    `application/x-www-form-urlencoded; a=${'b'.repeat(1024)}`,
    ...['text/plain, application/x-www-form-urlencoded', '', ' ', ';', ', x'],
  ])('is seen in a form of the type %j', (type) => {
    expect(namesMethod(form('a=1&_method=DELETE', typed(type)))).toBe(true);
    expect(namesMethod(form('a=1&payment_method=card', typed(type)))).toBe(false);
  });

  it.each([
    ...['multipart/form-data; boundary=x; y', 'multipart/form-data, x', 'multipart/form-data', '', ' ; x'],
    ...['multipart/form-data; boundary="x', 'multipart/form-data; xboundary=y; boundary=x'],
    ...['multipart/form-data; boundary=y; boundary=x', 'multipart/form-data; boundary="x,y"'],
  ])('is seen in parts of the type %j', (type) => {
    expect(namesMethod({ query: [], body: part('name="_method"'), headers: typed(type) })).toBe(true);
    expect(namesMethod({ query: [], body: part('name="payment_method"'), headers: typed(type) })).toBe(false);
  });

  it('is seen in a body that no type is said of', () => {
    expect(namesMethod(form('_method=DELETE', []))).toBe(true);
    expect(namesMethod({ query: [], body: part('name="_method"'), headers: [] })).toBe(true);
  });

  it.each<[string, Content]>([
    ['a field whose name holds it', query(['payment_method', 'card'])],
    ['a value', form('a=_method', FORM)],
    ['a value in the query', query(['a', '_method'], ['b', 'see; _method; or not'])],
    ['an ampersand in a value', form('a=1%26_method%3DDELETE')],
    ['a method', form('method=card&methods=1&a_method=2&_methods=3&_method-x=4&_method.x=5')],
    ['a part of another name', { query: [], body: part('name="payment_method"'), headers: PARTS }],
    ['a file that is called so', { query: [], body: part('name=a; filename="_method.rb"'), headers: PARTS }],
    ['what is in a part', form(FILE, PARTS)],
    ['JSON', form('{"_method":"DELETE"}', JSON_TYPE)],
    ['JSON of no clean type', form('{"a":"x&_method=1"}', typed('application/json; charset'))],
    ['JSON of no type', form('{"_method":"DELETE","a":"payment_method"}', [])],
    ['no body', { query: [], body: undefined, headers: FORM }],
  ])('%s is none', (_, content) => {
    expect(namesMethod(content)).toBe(false);
  });

  it.each<[string, string, Content['headers']]>([
    ['separators', '&', FORM],
    ['escapes', '%20', FORM],
    ['escapes between borders', '%5F', typed('multipart/form-data')],
    ['names', 'name=', PARTS],
    ['names that do not end', 'name*1 ', typed('multipart/form-data')],
    ['pieces', "name*0='a'", typed('multipart/form-data')],
    ['blanks', 'name ', typed('multipart/form-data')],
    ['quotes', "'", typed('multipart/form-data')],
    ['encoded words', '=?a?q?', typed('multipart/form-data')],
    ['borders', '--x', PARTS],
    ['anything', '%=?&;', []],
  ])('is looked for in 4 MiB of %s, and soon', (_, piece, headers) => {
    const began = performance.now();
    const content = form(piece.repeat(Math.floor((4 * 1024 * 1024) / piece.length)), headers);
    expect(namesMethod(content)).toBe(false);
    expect(performance.now() - began).toBeLessThan(3000);
  });
});
