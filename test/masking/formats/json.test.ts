// JSON's text, masked in place.
import { describe, expect, it } from 'vitest';
import { editsOfMarks } from '../../../src/masking/formats/edits.ts';
import type { Action } from '../../../src/masking/model.ts';
import { maskerOf } from './support.ts';

const masker = maskerOf();
const mask = (text: string) => masker.text(text, undefined, 'json');

const CARD = '4111111111111111';

describe('JSON', () => {
  it.each([
    ['keeps what is no match', ' { "a" : 1.0e+2 ,\t"a":[ true,null ] ,"b":"\\u0041\\/" }\r\n', undefined],
    ['masks within a string', '{"a":"to a@b.example now"}', '{"a":"to [EMAIL] now"}'],
    ['masks a number as a string', `{"n":${CARD}}`, '{"n":"[CARD]"}'],
    ['masks all of a number of which a part is one', `[-${CARD}]`, '["[CARD]"]'],
    ['knows the name of a string', '{"password":"hunter2"}', '{"password":"[SECRET]"}'],
    ['knows the name of a number', '{"ssn":123456789,"n":123456789}', '{"ssn":"[SSN]","n":123456789}'],
    ['names the items of an array', '{"ssn":[123456789,[123456780]]}', '{"ssn":["[SSN]",["[SSN]"]]}'],
    ['names no member of an object so', '{"ssn":{"n":123456789}}', undefined],
    [
      'names what a type or a part of it stands for',
      '{"ssn":{"N":123456789,"home":{"$numberLong":"123456789"}}}',
      '{"ssn":{"N":"[SSN]","home":{"$numberLong":"[SSN]"}}}',
    ],
    [
      'names all under the name of a secret',
      '{"passwords":{"bob":"hunter2","eve":["hunter3"],"x":{"S":"abcd"}}}',
      '{"passwords":{"bob":"[SECRET]","eve":["[SECRET]"],"x":{"S":"[SECRET]"}}}',
    ],
    [
      'but what is said about it',
      '{"password":{"type":"string","minLength":1000,"description":"any text","createdAt":"today"}}',
      undefined,
    ],
    ['names nothing after the array', '{"ssn":[1],"n":123456789}', undefined],
    [
      'keeps equal keys',
      '{"password":"abcd","password":"efgh"}',
      '{"password":"[SECRET]","password":"[SECRET]"}',
    ],
    ['masks keys', '{"a@b.example":1,"c@d.example":2}', '{"[EMAIL]":1,"[EMAIL]#2":2}'],
    [
      'keeps keys apart that are masked alike, also from such as are labels, and equal ones equal',
      '{"x":0,"a@b.example":1,"to c@d.example":{"[EMAIL]":1},"c@d.example":2,"a@b.example":3,"[EMAIL]":4}',
      '{"x":0,"[EMAIL]":1,"to [EMAIL]":{"[EMAIL]":1},"[EMAIL]#2":2,"[EMAIL]":3,"[EMAIL]#3":4}',
    ],
    [
      'numbers them in a string, too',
      '{"a":"{\\"a@b.example\\":1,\\"c@d.example\\":2}"}',
      '{"a":"{\\"[EMAIL]\\":1,\\"[EMAIL]#2\\":2}"}',
    ],
    [
      'reads numbers as they are meant',
      '{"a":4.111111111111111e15,"b":4111111111111111.0,"ssn":123456789.0,"c":1.5e3}',
      '{"a":"[CARD]","b":"[CARD]","ssn":"[SSN]","c":1.5e3}',
    ],
    [
      'takes no name from what is masked of a key',
      '{"4111111111111111 ssn":123456789}',
      '{"[CARD] ssn":"[SSN]"}',
    ],
    ['takes no name from a label', '{"[SSN]":123456789,"a[SSN]":123456789}', undefined],
    ['reads escaped keys', '{"pass\\u0077ord":"hunter2"}', '{"pass\\u0077ord":"[SECRET]"}'],
    ['reads escapes', '{"a":"\\"a\\u0040b.example\\"\\n"}', '{"a":"\\"[EMAIL]\\"\\n"}'],
    [
      'reads several values',
      '{"ssn":123456789}\n{"ssn":"x"} 5 "a@b.example"',
      '{"ssn":"[SSN]"}\n{"ssn":"x"} 5 "[EMAIL]"',
    ],
    ['reads what Python writes', '{"a":None,"b":NaN,"ssn":123456789}', '{"a":None,"b":NaN,"ssn":"[SSN]"}'],
    ['allows a comma too many', '{"ssn":123456789,}', '{"ssn":"[SSN]",}'],
    ['begins after a byte order mark', '\ufeff{"password":"hunter2"}', '\ufeff{"password":"[SECRET]"}'],
    ['takes a label for a label', '{"password":"[SECRET]","ssn":"[SSN:…1234]"}', undefined],
  ])('%s', (_, text, wanted) => {
    expect(mask(text)).toBe(wanted ?? text);
  });

  it.each([
    ['{"name":"DB_PASSWORD","value":"hunter2"}', '{"name":"DB_PASSWORD","value":"[SECRET]"}'],
    ['{"Key":"password","Value":"hunter2"}', '{"Key":"password","Value":"[SECRET]"}'],
    ['{"value":"hunter2", "name" : "password"}', '{"value":"[SECRET]", "name" : "password"}'],
    ['{"value":123456789,"key":"ssn"}', '{"value":"[SSN]","key":"ssn"}'],
    ['{"key":"ssn","n":{},"value":123456789}', '{"key":"ssn","n":{},"value":"[SSN]"}'],
    ['{"name":"color","value":"hunter2"}', '{"name":"color","value":"hunter2"}'],
    [
      '{"value":"hunter2","x":{"name":"y"},"name":"password"}',
      '{"value":"[SECRET]","x":{"name":"y"},"name":"password"}',
    ],
    [
      '{"value":["hunter2",{"a":1}],"x":"a@b.example","key":"password"}',
      '{"value":["[SECRET]",{"a":1}],"x":"[EMAIL]","key":"password"}',
    ],
    [
      '{"Value":"a@b.example","x":"c@d.example","Key":"password"}',
      '{"Value":"[SECRET]","x":"[EMAIL]","Key":"password"}',
    ],
    [
      '{"ParameterKey":"Password","ParameterValue":"hunter2"}',
      '{"ParameterKey":"Password","ParameterValue":"[SECRET]"}',
    ],
    ['{"field":"password","value":"hunter2"}', '{"field":"password","value":"[SECRET]"}'],
    ['{"value":"hunter2","label":"Password"}', '{"value":"[SECRET]","label":"Password"}'],
    ['[["password","hunter2"],["ssn",123456789]]', '[["password","[SECRET]"],["ssn","[SSN]"]]'],
    ['[["password","ssn"],["a","hunter2"]]', '[["password","ssn"],["a","hunter2"]]'],
    ['["password","hunter2"]', '["password","hunter2"]'],
    ['["run","--password","hunter2","x"]', '["run","--password","[SECRET]","x"]'],
    ['["--password","--token","hunter2"]', '["--password","--token","[SECRET]"]'],
    ['[{"name":"password"},{"value":"hunter2"}]', '[{"name":"password"},{"value":"hunter2"}]'],
    ['{"name":"password","x":{"value":"hunter2"}}', '{"name":"password","x":{"value":"hunter2"}}'],
  ])('what names a value: %s', (text, wanted) => {
    expect(mask(text)).toBe(wanted);
  });

  it.each([
    ['{"a":"{\\"password\\":\\"hunter2\\"}"}', '{"a":"{\\"password\\":\\"[SECRET]\\"}"}'],
    ['{"a":"[{\\"ssn\\": 123456789}]"}', '{"a":"[{\\"ssn\\": \\"[SSN]\\"}]"}'],
    ['{"password":"{\\"a\\":1}"}', '{"password":"[SECRET]"}'],
    ['{"a":"{no JSON, a@b.example}"}', '{"a":"{no JSON, [EMAIL]}"}'],
  ])('JSON in a string: %s', (text, wanted) => {
    expect(mask(text)).toBe(wanted);
  });

  it('is read in strings four deep, and is text further in', () => {
    const nest = (value: string, times: number): string =>
      times === 0 ? value : nest(JSON.stringify({ a: value }), times - 1);
    const inner = JSON.stringify({ Key: 'password', Value: 'hunter2' });
    const wanted = JSON.stringify({ Key: 'password', Value: '[SECRET]' });
    expect(mask(nest(inner, 4))).toBe(nest(wanted, 4));
    expect(mask(nest(inner, 5))).toBe(nest(inner, 5));
  });

  it.each([
    ['{"a":1} mail a@b.example', '{"a":1} mail [EMAIL]'],
    [
      '{"password":"hunter2" oops "password":"hunter2"}',
      '{"password":"[SECRET]" oops "password":"[SECRET]"}',
    ],
    ['[SECRET] a@b.example', '[SECRET] [EMAIL]'],
    ['[1,[EMAIL] of a@b.example', '[1,[EMAIL] of [EMAIL]'],
    ['{"a":4111 1111 1111 1111}', '{"a":[CARD]}'],
    ['{"a":1, "ssn" : 123456789 oops', '{"a":1, "ssn" : "[SSN]" oops'],
    ['[4111 1111 1111 1111]', '[[CARD]]'],
    ['}a@b.example', '}[EMAIL]'],
    ['{"a":[1}"a@b.example"', '{"a":[1}"[EMAIL]"'],
    ['{"a" "a@b.example"', '{"a" "[EMAIL]"'],
  ])('where it stops being JSON, the rest is text: %s', (text, wanted) => {
    expect(mask(text)).toBe(wanted);
  });

  it.each([
    ['{"password":"hunter2', '{"password":"[SECRET]'],
    ['{"a":{"password":"hunter2"', '{"a":{"password":"[SECRET]"'],
    ['{"ssn":123456789', '{"ssn":"[SSN]"'],
    ['["a@b.example\\', '["[EMAIL]\\'],
    ['{"a":"x\\u00', '{"a":"x\\u00'],
    ['{"a@b.example', '{"[EMAIL]'],
    ['{"a":tru', '{"a":tru'],
  ])('what was cut is masked as far as it goes: %s', (text, wanted) => {
    expect(mask(text)).toBe(wanted);
  });

  it('takes in all of a surrogate pair that a mark ends within', () => {
    const text = 'a😀😀b';
    const marks = [
      { type: 'A', start: 0, end: 2 },
      { type: 'B', start: 2, end: 4 },
      { type: 'C', start: 4, end: 6 },
    ];
    expect(editsOfMarks(text, marks).map(({ value }) => value)).toEqual(['a😀', '😀', 'b']);
  });

  it('never splits a surrogate pair or an escape', () => {
    const text = '{"a":"\\ud83d\\ude00\\u0061@b.example\\ud83d\\ude00"}';
    expect(JSON.parse(mask(text))).toEqual({ a: '😀[EMAIL]😀' });
  });

  it('says where values stand, without their quotes', () => {
    const text = `{"password":"hunter2","n":${CARD}}`;
    const shown = masker.find(text, 'json').map(({ type, start, end }) => [type, text.slice(start, end)]);
    expect(shown).toEqual([
      ['SECRET', 'hunter2'],
      ['CARD', CARD],
    ]);
  });
});

describe('percent-encoding in a string', () => {
  it.each([
    ['{"a":"4111%201111%201111%201111"}', '{"a":"[CARD]"}'],
    [
      '{"u":"https://h.example/?c=4111%201111%201111%201111&d=%20"}',
      '{"u":"https://h.example/?c=%5BCARD%5D&d=%20"}',
    ],
    ['{"a":"p%61ssword=hunter2"}', '{"a":"p%61ssword=[SECRET]"}'],
    ['{"a":"\\u002541@b.example, 100%25 c@d.example"}', '{"a":"%5BEMAIL%5D, 100%25 [EMAIL]"}'],
    ['{"ssn":"12345678%39"}', '{"ssn":"[SSN]"}'],
    ['{"a":"x %7B%22ssn%22%3A123456789%7D"}', '{"a":"x %7B%22ssn%22%3A\\"[SSN]\\"%7D"}'],
    ['{"a":"%7B%22ssn%22%3A123456789,%22%61@b.example%22:1%7D"}', undefined],
    ['{"a":"?u=%3Fm%3Da%2540b.example"}', '{"a":"?u=%3Fm%3D%255BEMAIL%255D"}'],
    ['{"a":"100%, %4, %zz, %ff, %41bc"}', '{"a":"100%, %4, %zz, %ff, %41bc"}'],
    ['{"serial":"a%40b.example","memo":"%20"}', '{"serial":"a%40b.example","memo":"[RULE]"}'],
  ])('%s', (text, wanted) => {
    const of = maskerOf({ keys: { serial: 'keep', memo: 'redact' } });
    const once = of.text(text, undefined, 'json');
    if (wanted !== undefined) expect(once).toBe(wanted);
    expect(once).not.toMatch(/123456789|%61@b/u);
    expect(of.text(once, undefined, 'json')).toBe(once);
  });

  it.each(['%41', '%25', '%', 'a%40b.example ', '%7B%22', '%5BEMAIL%5D'])('of a megabyte of %s', (part) => {
    const value = part.repeat((1 << 20) / part.length);
    expect(mask(JSON.stringify({ value }))).not.toContain('%40b');
  });
});

describe('a rule', () => {
  const under = (paths: Readonly<Record<string, Action>>, text: string, keys = {}) =>
    maskerOf({ paths, keys }).text(text, undefined, 'json');

  it.each([
    ['$.a', 'redact', '{"a":"x","b":"x"}', '{"a":"[RULE]","b":"x"}'],
    ['$.a', 'redact', '{"a":[1,{"b":true,"c":null}]}', '{"a":["[RULE]",{"b":"[RULE]","c":"[RULE]"}]}'],
    ['$.a', 'drop', '{"a":[1,{"b":true,"c":null}],"d":"x"}', '{"a":[null,{"b":null,"c":null}],"d":"x"}'],
    ['$.a', 'drop', '{"a":"\\u0041"}', '{"a":null}'],
    ['$.a', 'drop', '{"a":"trunc', '{"a":null'],
    ['$.a', 'redact', '{"a":""}', '{"a":""}'],
    ['$.a', 'last4', '{"a":"abcdefghijkl","b":1}', '{"a":"[RULE:…ijkl]","b":1}'],
    ['$.a', 'last4', '{"a":true}', '{"a":"[RULE]"}'],
    ['$.password', 'last4', '{"password":"abcdefghijkl"}', '{"password":"[SECRET:…ijkl]"}'],
    ['$.password', 'keep', '{"password":"abcdefgh"}', '{"password":"abcdefgh"}'],
    ['$.a', 'keep', '{"a":{"x@y.example":"a@b.example"}}', '{"a":{"x@y.example":"a@b.example"}}'],
    ['$[*].a', 'drop', '[{"a":1},{"a":2}]', '[{"a":null},{"a":null}]'],
    ['$..a', 'drop', '{"b":[{"a":"x"}]}', '{"b":[{"a":null}]}'],
    ['$.b.a', 'drop', '{"b":"{\\"a\\":\\"x\\"}"}', '{"b":"{\\"a\\":null}"}'],
    ['$.b', 'redact', '{"b":"{\\"a\\":\\"x\\"}"}', '{"b":"[RULE]"}'],
    ['$', 'redact', '{"b":"x"}\n"y"', '{"b":"[RULE]"}\n"[RULE]"'],
    ['$.a', 'drop', '{"a":1}\n{"a":2}', '{"a":null}\n{"a":null}'],
    ["$['a\\\\b']", 'drop', '{"a\\\\b":1}', '{"a\\\\b":null}'],
  ] as const)('%s: %s: %s', (path, action, text, wanted) => {
    expect(under({ [path]: action }, text)).toBe(wanted);
    expect(under({ [path]: action }, wanted)).toBe(wanted);
  });

  it('by key holds in any case, at any depth; the nearest rule holds', () => {
    const keys = { Note: 'drop', inner: 'keep' };
    expect(under({}, '{"a":{"NOTE":"x","note":{"Inner":"x","b":"x"}}}', keys)).toBe(
      '{"a":{"NOTE":null,"note":{"Inner":"x","b":null}}}',
    );
    expect(under({ '$.note': 'hash' }, '{"note":"x"}', keys)).toContain('[RULE:sha256-');
  });

  it('holds for what is named by another member', () => {
    expect(under({}, '{"name":"note","value":"x"}', { note: 'drop' })).toBe('{"name":"note","value":null}');
    expect(under({ '$.value': 'keep' }, '{"name":"note","value":"x"}', { note: 'drop' })).toBe(
      '{"name":"note","value":"x"}',
    );
  });

  it.each(['hash', 'pseudonym', 'last4', 'redact', 'drop'] as const)(
    'masks what it masked to itself: %s',
    (action) => {
      const once = under({ '$..a': action }, '{"a":["some value",12345678,true,null]}');
      expect(JSON.parse(once)).toBeDefined();
      expect(under({ '$..a': action }, once)).toBe(once);
    },
  );

  it('with a path that is none is a fault', () => {
    expect(() => under({ 'a.b': 'drop' }, '{}')).toThrow('begins with "$"');
  });
});

describe('a type that is dropped', () => {
  it('leaves keys that stay apart', () => {
    const text = '{"":0,"a@b.example":1,"c@d.example":2}';
    expect(dropping.text(text, undefined, 'json')).toBe('{"":0,"#2":1,"#3":2}');
    expect(dropping.value(JSON.parse(text))).toEqual({ '': 0, '#2': 1, '#3': 2 });
  });

  const dropping = maskerOf({ actions: { EMAIL: 'drop', SSN: 'drop' } });
  it.each([
    ['{"a":"a@b.example","b":"to a@b.example."}', '{"a":null,"b":"to ."}'],
    ['{"ssn":123456789}', '{"ssn":null}'],
    ['{"a":"{\\"ssn\\":123456789}"}', '{"a":"{\\"ssn\\":null}"}'],
  ])('%s', (text, wanted) => {
    expect(dropping.text(text, undefined, 'json')).toBe(wanted);
  });
});

describe('what is hostile', () => {
  const DEEP = 1_000_000;

  it.each([10_000, DEEP])('is read %d levels deep', (depth) => {
    const arrays = `${'['.repeat(depth)}"a@b.example"${']'.repeat(depth)}`;
    expect(mask(arrays)).toBe(arrays.replace('a@b.example', '[EMAIL]'));
    const objects = `${'{"a":'.repeat(depth)}123${'}'.repeat(depth)}`;
    expect(mask(objects)).toBe(objects);
  });

  it('is read with a path that goes on at every level', () => {
    const text = `${'{"a":'.repeat(100_000)}123${'}'.repeat(100_000)}`;
    const masked = maskerOf({ paths: { '$..a..a..a..b': 'drop', '$..x': 'drop' } }).text(
      text,
      undefined,
      'json',
    );
    expect(masked).toBe(text);
  });

  const MEGABYTE = 1 << 20;
  it.each([
    '{',
    '[',
    '"',
    '\\',
    '{"',
    '{"a":',
    '"a"',
    '["',
    '\\"',
    '1',
    '-',
    ' ',
    ',',
    '[]',
    '{}',
    'e',
    't',
    '[1 ',
    '{"value":1,',
  ])('a megabyte of %s stays as it is', (part) => {
    const text = part.repeat(MEGABYTE / part.length);
    expect(mask(text) === text).toBe(true);
  });

  it('a string of quotes within quotes is unwrapped no further than four times', () => {
    let text = `"${CARD}"`;
    for (let times = 0; times < 14; times += 1) text = JSON.stringify({ a: text });
    expect(mask(text)).not.toContain(CARD);
  });

  it('values within values that are all named late', () => {
    const depth = 2000;
    const text = `${'{"value":'.repeat(depth)}"hunter2"${',"name":"password"}'.repeat(depth)}`;
    expect(mask(text)).toBe(text.replace('hunter2', '[SECRET]'));
  });

  it('as many keys that are masked alike as fit', () => {
    const text = `{${Array.from({ length: 50_000 }, (_, index) => `"a${index}@b.example":${index}`).join()}}`;
    expect(Object.values(JSON.parse(mask(text)))).toEqual(
      Array.from({ length: 50_000 }, (_, index) => index),
    );
  });

  it('as many equal keys as fit', () => {
    const text = `{${Array.from({ length: 50_000 }, () => '"a@b.example":1').join()}}`;
    expect(mask(text)).toBe(text.replaceAll('a@b.example', '[EMAIL]'));
  });
});
