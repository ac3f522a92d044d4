// Which format a text is taken to have.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DECIDES, detectFormat } from '../../../src/masking/formats/detect-format.ts';

const isKnown = (name: string) => ['ssn', 'email', 'password'].includes(name.toLowerCase());
const detect = (text: string, hasMore = false) => detectFormat(text, hasMore, isKnown);

const EXAMPLES: readonly (readonly [string, string])[] = [
  ['', 'text'],
  [' \n ', 'text'],
  ['{"a":1}', 'json'],
  ['\ufeff \n{ "a": 1, oops', 'json'],
  ['{}', 'json'],
  ['{', 'json'],
  ['{a}', 'text'],
  ['{{ template }}', 'text'],
  ['[1,2]', 'json'],
  ['[\n  {"a":1}\n]', 'json'],
  ['["cut off', 'json'],
  ['[EMAIL] wrote', 'text'],
  ['[INFO] started', 'text'],
  ['[2024-01-01 10:00:00] GET /', 'text'],
  ['[127.0.0.1] GET /', 'text'],
  ['[1] a footnote', 'text'],
  ['[a link](https://h.example)', 'text'],
  ['id,email\n1,x\n', 'csv'],
  ['\n\nid,email\n1,x\n', 'csv'],
  ['id;"email"\n1;x', 'csv'],
  ['id\tssn\r\n1\t2', 'csv'],
  ['| id | ssn |\n|---|---|\n| 1 | 2 |\n\ntext', 'csv'],
  ['id | ssn\n---+---\n 1 | 2\n(1 row)', 'csv'],
  ['id,email', 'text'],
  ['id,email\nx\n', 'text'],
  ['id,number\n1,2\n', 'text'],
  ['id,ssn\n1,2\n2,3,\n', 'csv'],
  ['id,ssn\n1,2\n2,3,4,5\n', 'csv'],
  ['id,ssn\n1,2\n(1 row)\n', 'csv'],
  ['sep=;\nid;ssn\n1;2\n', 'csv'],
  ['# made today\n\nid,ssn\n1,2\n', 'csv'],
  ['id,ssn\nx\ny\n1,2\n', 'text'],
  ['a <b>,ssn\n1,2', 'csv'],
  ['user:x,ssn\n1,2', 'csv'],
  ['a=b,ssn\n1,2', 'csv'],
  ['a@b.example,ssn\n1,2', 'csv'],
  ['ssn\n123\n456\n', 'csv'],
  ['ssn\nis what they call it here and there', 'text'],
  ['ssn\n-----BEGIN', 'text'],
  ['+----+-----+\n| id | ssn |\n+----+-----+\n|  1 | 2   |\n+----+-----+\n', 'csv'],
  ['Here:\n\n| id | ssn |\n|---|---|\n| 1 | 2 |\n', 'csv'],
  ['name,value\nssn,1\n', 'csv'],
  ['2026-01-01 10:00:00,123 INFO,ssn\n2026-01-01 10:00:00,123 INFO,ssn\n', 'text'],
  [`${'x\n'.repeat(20)}id,ssn\n1,2\n`, 'text'],
  ['Write an email, please\nto her, him, and me', 'text'],
  ['email: x, y\nssn: 1, 2', 'text'],
  ['a=b&c=d', 'form'],
  ['a=b', 'text'],
  ['PASSWORD=hunter2xyz', 'text'],
  ['PASSWORD=hunter&2xyz', 'text'],
  ['a=%41', 'form'],
  ['a=b&c=d \n', 'text'],
  ['"a\\u0040b.example"', 'json'],
  ['"a"\n', 'json'],
  ['"a" said she', 'text'],
  ['"a\nb"', 'text'],
  ['"ssn","id"\n"1","2"\n', 'csv'],
  ['a=b&c&d=\r\n', 'form'],
  ['=b', 'text'],
  ['a=b c=d', 'text'],
  ['a=b\nc=d', 'text'],
  ['just text', 'text'],
  ['x'.repeat(100_000), 'text'],
  [`a=${'x'.repeat(100_000)}`, 'text'],
  [`a=b&c=${'x'.repeat(100_000)}`, 'form'],
  [`"${'x'.repeat(100_000)}`, 'json'],
  [`email,ssn\n${'1,2\n'.repeat(50_000)}`, 'csv'],
  [' '.repeat(100_000), 'text'],
];

describe('a text', () => {
  it.each(EXAMPLES)('%.40j is %s', (text, wanted) => {
    expect(detect(text)).toBe(wanted);
  });

  const grain = fc.constantFrom(
    ...[
      '{',
      '[',
      '"',
      '}',
      ']',
      ',',
      '\n',
      '\r',
      '|',
      '-',
      'email',
      'ssn',
      '=',
      '&',
      ' ',
      'a',
      '1',
      '\t',
      ';',
      '+',
      ':',
    ],
  );
  const texts = fc.oneof(
    fc.array(grain, { maxLength: 30 }).map((parts) => parts.join('')),
    fc.constantFrom(...EXAMPLES.map(([text]) => text)),
  );

  it('is no other format once more of it is there', () => {
    fc.assert(
      fc.property(texts, fc.double({ min: 0, max: 1, noNaN: true }), (text, share) => {
        const early = detect(text.slice(0, Math.floor(text.length * share)), true);
        expect([undefined, detect(text)]).toContain(early);
      }),
      { numRuns: 500 },
    );
  });

  it('is decided by its beginning', () => {
    fc.assert(
      fc.property(texts, texts, (text, rest) => {
        const long = (text + 'x'.repeat(DECIDES)).slice(0, DECIDES);
        expect(detect(`${long}yz`)).toBe(detect(`${long}y${rest}`));
        expect(detect(`${long}yz`, true)).toBe(detect(`${long}y${rest}`));
      }),
      { numRuns: 200 },
    );
  });
});
