// Operators' patterns find what the runtime's own regular expressions find, and never more than 512 characters at once.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePatterns } from '../../../src/masking/rules/patterns.ts';
import { canBeNothing, parsePattern } from '../../../src/masking/rules/syntax.ts';
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
          fc.pre('tree' in parsed && !canBeNothing(parsed.tree));
          for (const one of texts) {
            const expected = foundByRuntime(match, one, ignoreCase);
            expect(found(match, one, ignoreCase), `/${match}/ on ${JSON.stringify(one)}`).toEqual(expected);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
