// What comes part by part is masked as the whole is.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Format, Masker } from '../../../src/masking/masker.ts';
import { maskerOf } from './support.ts';

const masker = maskerOf({
  paths: { '$..hidden': 'drop', '$.a.b': 'pseudonym' },
  keys: { note: 'redact' },
  columns: { note: 'hash' },
  actions: { EMAIL: 'last4', SSN: 'drop' },
});

/** Splits where a generated number says so; always the same for the same numbers. */
function partsOf(text: string, sizes: readonly number[]): string[] {
  const parts: string[] = [];
  let at = 0;
  for (let index = 0; at < text.length; index += 1) {
    // Once around, at least one character.
    const size = sizes[index % (sizes.length + 1)] ?? 1;
    parts.push(text.slice(at, at + size));
    at += size;
  }
  return parts;
}

function streamed(of: Masker, parts: readonly string[], format: Format) {
  const tally = new Map<string, number>();
  const stream = of.stream(format, tally);
  const out = parts.map((part) => stream.push(part));
  return { out: [...out, stream.end()], tally };
}

const grain = fc.constantFrom(
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '\n',
    '\r',
    '|',
    '-',
    '=',
    '&',
    '%',
    '%40',
    '+',
    ' ',
    '\t',
    '\0',
    ';',
  ],
  ...[
    '"a":',
    '"b":',
    '"hidden":',
    '"name":"password"',
    '"value":',
    '"note":',
    '{"ssn":',
    '"password":"',
    'true',
    'null',
  ],
  ...[
    'a@b.example',
    'a%40b.example',
    '123456789',
    '4111111111111111',
    'hunter2',
    '\\u0040',
    '\\ud83d\\ude00',
    '1e',
    '-',
  ],
  ...[
    'ssn',
    'password',
    'note',
    'id,ssn\n',
    'id,ssn\n1,2\n',
    '| ssn |\n|---|\n',
    'a=b&',
    '😀',
    '\ud83d',
    '\ude00',
    'é',
  ],
  ...['id,ssn\n1,2\n3,4,5\n', 'sep=;\nid;ssn\n1;2\n', 'ssn\n123456789\n', '\n\n', '[["ssn",', '["--ssn",'],
  ...['{"value":123456789', ',"key":"ssn"}', '{"c@d.example":1,', '"a@b.example":2'],
  ...['[EMAIL]', '[SSN:…1234]', ',"name":"ssn"', '""', '"{\\"ssn\\":', '\ufeff', 'tru', 'Na'],
  ...['data:', '\ndata: ', '\r\ndata: {', 'data: {"ssn":123456789}\n', '\n\ndata: ["a\\u0040b.example"'],
);
const texts = fc.oneof(
  fc.array(grain, { maxLength: 40 }).map((parts) => parts.join('')),
  fc.json().map((json) => json.replaceAll('0', '4111111111111111')),
  fc.string({ unit: 'binary', maxLength: 60 }),
);
const sizes = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 8 });
const formats = ['text', 'json', 'form', 'csv', 'events', 'auto'] as const;

describe.each(formats)('%s', (format) => {
  it('comes out as the whole does, with the same counts', () => {
    fc.assert(
      fc.property(texts, sizes, (text, lengths) => {
        const tally = new Map<string, number>();
        const whole = masker.text(text, tally, format);
        const { out, tally: ofStream } = streamed(masker, partsOf(text, lengths), format);
        expect(out.join('')).toBe(whole);
        expect(ofStream).toEqual(tally);
      }),
      { numRuns: 500 },
    );
  });

  it('comes out in parts that end with whole characters', () => {
    const text = `{"a":"${'😀'.repeat(40)}"} ${'😀'.repeat(40)}`;
    const { out } = streamed(masker, text.split(''), format);
    expect(out.filter((part) => !part.isWellFormed())).toEqual([]);
  });
});

it.each([
  [
    'json',
    '{"a":true,"b":-1.5e+10,"c":NaN,"d":12345 ,"hidden":"x","value":1 , "name":"password","hidden":null}',
  ],
  ['json', '[1.25,null,-0,false] {"hidden":1e5} {"hidden":"\\ud83d\\ude00\\"x'],
  ['json', '{"value":[123456789,{"ssn":1}],"a@b.example":{"c":1},"c@d.example":"x","name":"ssn"}'],
  ['auto', '"a\\u0040b.example" '],
  ['auto', 'sep=,\r\nid,ssn\r\n1,123456789\r\n2,3,123456789\r\n\r\nmail a@b.example, all\r\n'],
  ['csv', 'id,ssn\r\n1,"123456789" \r\n2,"a ""b"", c"\r3,x\n'],
  [
    'events',
    '\ufeffdata: {"ssn":1}\r\n: ssn 123456789\r\rid: a@b.example\ndata:\t[1,\ndata:{"hidden":2}]\n\ndata: "\\u0061@b.example"\ndata: {"ssn": ssn 123456789',
  ],
  ['form', 'a=%F0%9F%98%80&password=a+b%20c&&note=x'],
] as const)('%s comes out alike wherever it is cut in two: %s', (format, text) => {
  const whole = masker.text(text, undefined, format);
  expect(whole).not.toBe(text);
  for (let at = 0; at <= text.length; at += 1) {
    const { out } = streamed(masker, [text.slice(0, at), text.slice(at)], format);
    expect(out.join('')).toBe(whole);
  }
});

/** More than is decided by, more than free text is looked at in one go. */
const LONG: readonly (readonly [string, string])[] = [
  ['JSON', `[${'{"ssn":123456789,"a":{"b":"x\\u0041"},"c":"to a@b.example"},\n'.repeat(8000)}0]`],
  ['JSON lines', '{"ssn":123456789,"value":"hunter2","name":"password"}\n'.repeat(8000)],
  [
    'JSON that ends as text',
    `${'{"ssn":123456789}\n'.repeat(8000)}oops ${'mail a@b.example\n'.repeat(30_000)}`,
  ],
  ['one string', `{"c":"${'to a@b.example '.repeat(40_000)}","ssn":123456789}`],
  ['CSV', `id,ssn,note\n${'1,123456789,"a ""b"", c"\n'.repeat(20_000)}`],
  [
    'a table and text',
    `id,ssn\n${'1,123456789\n'.repeat(9)}\n${'mail a@b.example, or not\n\nssn: 123456789 \n'.repeat(9000)}`,
  ],
  [
    'late names',
    `[${`{"value":123456789,"x":"${'y'.repeat(70_000)}","z":1,"key":"ssn"},{"value":"hunter2","key":"password"},`.repeat(9)}0]`,
  ],
  ['a quote that is not closed', `id,ssn\n1,"x\n${'7,123456789\n'.repeat(20_000)}`],
  [
    'a table, then text',
    `| id | ssn |\n|---|---|\n${'| 1 | 123456789 |\n'.repeat(20_000)}\nmail a@b.example`,
  ],
  ['a form', `a=1&${'ssn=123456789&note=x+y&b=a%40b.example&'.repeat(9000)}`],
  ['text', 'mail a@b.example or 4111 1111 1111 1111, ssn: 123456789.\n'.repeat(12_000)],
  ['text without a blank', 'a@b.example,'.repeat(60_000)],
];

describe.each(LONG)('%s of several 100,000 characters', (_, text) => {
  const whole = masker.text(text, undefined, 'auto');

  it('is masked', () => {
    expect(/[^.]123456789[^,]|a(?:@|%40)b\.example|hunter2/u.test(whole)).toBe(false);
  });

  it.each([[[1000]], [[65_536]], [[65_535, 1, 1, 7]], [[300_000]], [[1_000_000]]])(
    'comes out alike in parts of %j',
    (lengths) => {
      const { out } = streamed(masker, partsOf(text, lengths), 'auto');
      expect(out.join('') === whole).toBe(true);
    },
  );

  it('comes out as it goes in', () => {
    const { out } = streamed(masker, partsOf(text, [10_000]), 'auto');
    const early = out.slice(0, -1).join('').length;
    // All but one string as long as the whole comes before the end.
    expect(early > whole.length / 8 || text.startsWith('{"c":')).toBe(true);
  });
});
