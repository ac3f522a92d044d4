// What is told of a text's lines without a look at their fields: as much as splitting them tells.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sniffTable } from '../../../src/masking/formats/sniff-table.ts';
import { DELIMITERS, TableLines } from '../../../src/masking/formats/table-lines.ts';

const grain = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...DELIMITERS, ' ', '\n', '\n', '\r', '\r\n') },
  fc.constantFrom('a', 'ssn', '"', '\ufeff', '\u2028', '😀', 'z'.repeat(30), '😀'.repeat(40), 'y'.repeat(64)),
);
const texts = fc.array(grain, { minLength: 1, maxLength: 40 }).map((parts) => parts.join(''));

const linesOf = (text: string): readonly string[] => text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/gu) ?? [];
const bare = (field: string) => field.replaceAll(/^[ \t\r\n\ufeff]+|[ \t\r\n\ufeff]+$/gu, '');
const isTooLong = (field: string) => /^.{65}/u.test(field.trim());

describe('the lines of a text', () => {
  it('end, and have as many fields, as when they are split', () => {
    fc.assert(
      fc.property(texts, fc.array(fc.nat(40), { minLength: 1 }), (text, order) => {
        const lines = new TableLines(text);
        const wanted = linesOf(text);
        // Asked in any order, and several times.
        for (const at of order.map((one) => one % wanted.length)) {
          const line = wanted[at] as string;
          expect(text.slice(lines.startOf(at), lines.endOf(at))).toBe(line);
          expect(lines.hasQuote(at)).toBe(line.includes('"'));
          expect(lines.isParted(at)).toBe(/[,;\t|]/u.test(line));
          DELIMITERS.forEach((delimiter, index) => {
            expect(lines.fieldsOf(at, index)).toBe(line.split(delimiter).length);
            expect(lines.has(at, index)).toBe(line.includes(delimiter));
            expect(lines.isEmpty(at, index)).toBe(line.split(delimiter).every((one) => bare(one) === ''));
          });
        }
      }),
    );
  });

  it('have the same fields, but for the blanks around them', () => {
    fc.assert(
      fc.property(texts, fc.nat(), (text, number) => {
        const wanted = linesOf(text);
        const at = number % wanted.length;
        const fields = (wanted[at] as string).split(',');
        expect(new TableLines(text).namesOf(at, 0)).toEqual(fields.map(bare));
      }),
    );
  });

  it('have one that is too long for a name where the first long one is', () => {
    fc.assert(
      fc.property(texts, fc.nat(), (text, number) => {
        const wanted = linesOf(text);
        const at = number % wanted.length;
        const long = (wanted[at] as string).split(',').find((one) => one.length > 64);
        expect(new TableLines(text).hasTooLong(at, 0)).toBe(long !== undefined && isTooLong(long));
      }),
      { numRuns: 500 },
    );
  });
});

describe('a head', () => {
  const isKnown = (name: string) => ['ssn', 'email'].includes(name.toLowerCase());
  const tableOf = (head: string) => `${head}\n${head.split(',').fill('1').join()}\n`;

  it.each([
    ['a name of 64 characters', `id,${'x'.repeat(64)},ssn`],
    ['one of 64 pairs', `id,${'😀'.repeat(64)},ssn`],
    ['a long one with blanks around it', `id,${' '.repeat(40)}${'x'.repeat(40)},ssn`],
    ['a long one at its end', `id,ssn,${'x'.repeat(60)}${' '.repeat(20)}`],
    ['one of 63 in quotes', `id,"${'x'.repeat(63)}",ssn`],
    ['something assigned in one of three', 'a: b,ssn,id'],
    ['a colon', 'at 1:2,ssn,id'],
    ['two names that stand for all', 'name,value,x'],
  ])('may have %s', (_, head) => {
    expect(sniffTable(tableOf(head), true, isKnown)?.delimiter).toBe(',');
  });

  it.each([
    ['a name of 65 characters', `id,${'x'.repeat(65)},ssn`],
    ['one at its end', `id,ssn,${'x'.repeat(65)}`],
    ['one of 65 pairs', `id,${'😀'.repeat(65)},ssn`],
    ['one of 65 letters beyond Latin', `id,${'ж'.repeat(65)},ssn`],
    ['one of 65 characters after a dash', `id,\u2013${'x'.repeat(64)},ssn`],
    ['a brace', 'id,a {b,ssn'],
    ['a time', 'id,10:30,ssn'],
    ['something assigned in most', 'a: b,c: d,e: f,ssn'],
    ['no name that is known', 'id,what,else'],
    ['one word of the two that stand for all', 'name,x,y'],
  ])('has not %s', (_, head) => {
    expect(sniffTable(tableOf(head), true, isKnown)).toBeUndefined();
    // Nor where it has a quote, which takes a closer look.
    expect(sniffTable(tableOf(`"q",${head}`), true, isKnown)).toBeUndefined();
  });
});
