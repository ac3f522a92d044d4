// Operators' patterns find what the runtime's own regular expressions find, and never more than 512 characters at once.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePatterns } from '../../../src/masking/rules/patterns.ts';
import { canBeNothing, type Node, parsePattern } from '../../../src/masking/rules/syntax.ts';
import { pattern } from './support.ts';

function found(match: string, text: string, ignoreCase = false): readonly string[] {
  const spans: string[] = [];
  const find = compilePatterns({ patterns: [{ type: 'T', match, ignoreCase, action: 'redact' }] });
  find(text, (type, start, end) => spans.push(`${type} ${start} ${end}`));
  return spans;
}

function foundByRuntime(match: string, text: string, ignoreCase: boolean): readonly string[] {
  const matches = [...text.matchAll(new RegExp(match, ignoreCase ? 'gimu' : 'gmu'))];
  return matches.map(({ 0: whole, index }) => `T ${index} ${index + whole.length}`);
}

/** An engine may go around there without reading anything, or not; the language has a rule of its own for it. */
function mayRepeatNothing(node: Node): boolean {
  if (node.kind === 'row') return node.parts.some(mayRepeatNothing);
  if (node.kind === 'choice') return node.choices.some(mayRepeatNothing);
  if (node.kind !== 'repeat') return false;
  return mayRepeatNothing(node.part) || (node.most > node.least && canBeNothing(node.part));
}

const text = fc.string({
  maxLength: 40,
  unit: fc.constantFrom(...'aaabbbcAB01_-. \n\r', 'é', 'ſ', '😀', '😁', '\ud83d', '\ude00', '\u2028'),
});

describe('a pattern', () => {
  test('finds what the runtime finds, the preferred way first', () => {
    fc.assert(
      fc.property(
        pattern,
        fc.array(text, { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        (match, texts, ignoreCase) => {
          const parsed = parsePattern(match);
          fc.pre('tree' in parsed && !canBeNothing(parsed.tree) && !mayRepeatNothing(parsed.tree));
          for (const one of texts) {
            const expected = foundByRuntime(match, one, ignoreCase);
            expect(found(match, one, ignoreCase), `/${match}/ on ${JSON.stringify(one)}`).toEqual(expected);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['EMP-[0-9]{6}', 'EMP-123456, emp-123456 and EMP-1234567', ['T 0 10', 'T 27 37']],
    ['\\bEMP-[0-9]{6}\\b', 'XEMP-123456 EMP-1234567 EMP-123456', ['T 24 34']],
    ['^[0-9]{4}$', '1234\n12345\r\n2345', ['T 0 4', 'T 12 16']],
    ['😀{2}', '😀😀😀 😀', ['T 0 4']],
    ['\\p{L}{3}', 'aé\u{1d400} \ud800ab', ['T 0 4']],
    ['a.c', 'a\u0000c a\nc', ['T 0 3']],
    ['"[^"]*?"', '"a" and "b"', ['T 0 3', 'T 8 11']],
  ])('%s is found where it is', (match, given, spans) => {
    expect(found(match, given)).toEqual(spans);
  });

  test('is found whatever its case where that is asked for', () => {
    expect(found('emp-[a-f]{2}', 'EMP-Ab', true)).toEqual(['T 0 6']);
    expect(found('emp-[a-f]{2}', 'EMP-Ab')).toEqual([]);
  });

  test('finds 512 characters at once, and goes on behind them', () => {
    expect(found('[0-9]+', '7'.repeat(1100))).toEqual(['T 0 512', 'T 512 1024', 'T 1024 1100']);
    expect(found('x[0-9]+y', `x${'7'.repeat(510)}y x${'7'.repeat(511)}y`)).toEqual(['T 0 512']);
  });

  test.each(['a', '7', '@', ' ', 'a7', '😀', '\ud83d', '漢字'])(
    'reads a megabyte of %j to its end',
    (unit) => {
      const long = unit.repeat(Math.ceil(1_000_000 / unit.length));
      expect(found('[a-z]{1,8}-[0-9]{1,8}', `${long}-a-1`)).toHaveLength(1);
      expect(found('(?:[a-z0-9]{1,8} ){2}EMP', long)).toEqual([]);
    },
  );

  test('of every character there is, forgets the ones it met first', () => {
    const all = Array.from({ length: 0x30000 }, (_, code) => String.fromCodePoint(code)).join('');
    const letters = found('\\p{L}', all).length;
    expect(letters).toBe([...all.matchAll(/\p{L}/gu)].length);
  });

  test('that the check refuses is a fault, not a rule that finds nothing', () => {
    expect(() => compilePatterns({ patterns: [{ type: 'T', match: '(', action: 'redact' }] })).toThrow(
      'the pattern of T must be a regular expression',
    );
  });
});
