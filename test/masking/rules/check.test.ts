// Operators' patterns: which are taken, which are refused and why, and that what is taken is as harmless as it seems.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exponentialIn, polynomialIn } from '../../../src/masking/rules/ambiguity.ts';
import { pathProblem, patternProblem, wholePatternProblem } from '../../../src/masking/rules/check.ts';
import { Classes } from '../../../src/masking/rules/classes.ts';
import { Graph, sampledClasses } from '../../../src/masking/rules/graph.ts';
import { compilePatterns } from '../../../src/masking/rules/patterns.ts';
import { type Program, programOf } from '../../../src/masking/rules/program.ts';
import { parsePattern } from '../../../src/masking/rules/syntax.ts';
import { pattern } from './support.ts';

const GOOD = [
  ...['EMP-[0-9]{6}', 'EMP-\\d+', '\\d+', '[a-z]{1,512}', '\\bK[a-z]+ [A-Z][a-z]+\\b', '^x+$', '\\bx+\\b'],
  ...['\\b[a-z]+@x', '[A-Z]{1,20}-[0-9]{6}', 'foo.{0,200}bar', '.{0,20}secret.{0,20}', 'key=[^ ]+'],
  ...['[a-z]+(?:-[a-z]+)*', 'proj-[a-z0-9]+(?:-[a-z0-9]+)*', '[a-z0-9.-]{1,40}\\.[a-z]{2,20}'],
  ...['(?:\\d{1,3}\\.){3}\\d{1,3}', '(?:\\d{4}[ -]?){4}', '(?:[a-f0-9]{40} ?){1,3}', '^INT: .{1,80}$'],
  ...['(?:CUST|EMP)[-_ ]?\\d{4,10}', '\\p{Lu}\\p{Ll}+ \\p{Lu}{2}\\d{6}', '(?<id>a|b)c', '"[^"]*"', '😀+x?'],
];

const BAD: readonly (readonly [string, RegExp])[] = [
  ...[
    '(a+)+$',
    '(a|a)*b',
    '(.*)*x',
    '(?:\\w+\\s?)+x',
    'x(?:a|ab|b)*y',
    '(?:[a-z]+[0-9]*)+!',
    'x(?:a+a?)+',
  ].map((one) => [one, /^takes exponential time on some texts, as `[^`]+` can read/] as const),
  ...['(?:a{1,30}){1,30}b', '(?:a?b?)*c', '(?:\\b|a)*b', '((((a+)+)+)+)+'].map(
    (one) => [one, /^takes exponential time/] as const,
  ),
  ...['a*a*b', '-(?:ab)*(?:ab)+$', '\\d+\\d+', '-.*-.*x'].map(
    (one) => [one, /^takes polynomial time on some texts, as `[^`]+` and `[^`]+` can read the same/] as const,
  ),
  ...['\\s+$', '[a-z]+@x', '.*foo', 'foo.*bar', 'a(?:a*b)?', '\\ud83d\\ude00+?\\u0061', '[0-9]+\\b'].map(
    (one) => [one, /^takes polynomial time on some texts, as a long run of what `[^`]+` reads/] as const,
  ),
  ...['a*', '', '\\b', 'a|', '(?:a?b?)?', '^$'].map(
    (one) => [one, /^also matches where there is nothing/] as const,
  ),
  ...['(a)\\1', '(?<n>a)\\k<n>'].map((one) => [one, /^refers back to a group/] as const),
  ...['a(?=b)', 'a(?!b)', '(?<=a)b', '(?<!a)b'].map((one) => [one, /^looks around itself/] as const),
  ...[
    '[ab]{0,30}a[ab]{0,30}b',
    'a{1,3000}',
    'a{999999999999}',
    '(?:(?:a{99}){99}){99}',
    `(?:${'a|'.repeat(400)}b)+c`,
  ].map((one) => [one, /^is too large to be run fast/] as const),
  ...['(', '[', 'a{', '\\', '(?i', 'x**'].map((one) => [one, /^must be a regular expression/] as const),
  ['a'.repeat(1001), /^has more than 1000 characters/],
];

describe('a pattern that is looked for anywhere', () => {
  test.each(GOOD)('%s is taken', (one) => {
    expect(patternProblem(one)).toBeUndefined();
  });

  test.each(BAD)('%s is refused', (one, problem) => {
    expect(patternProblem(one)).toMatch(problem);
  });

  test('is judged with upper and lower case as one, where it is read so', () => {
    expect(patternProblem('-a+A+b')).toBeUndefined();
    expect(patternProblem('-a+A+b', true)).toMatch(/^takes polynomial time/);
  });

  test('never makes the check throw, and what is taken can be run', () => {
    const anything = fc.string({ maxLength: 30, unit: fc.constantFrom(...'ab01\\()[]{}|*+?.^$-,:<=!>pudk') });
    fc.assert(
      fc.property(fc.oneof(pattern, anything), fc.string({ unit: 'binary' }), (match, text) => {
        if (patternProblem(match) !== undefined) return;
        const find = compilePatterns({ patterns: [{ type: 'T', match, action: 'redact' }] });
        find(text, (_, start, end) => expect(end).toBeGreaterThan(start));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a pattern that the whole value must match', () => {
  test.each([
    ...[
      '.*',
      '.*-.*',
      '.*-.*-.*',
      'a*',
      '[a-z0-9-]{1,40}',
      'refs/heads/(?:main|release-[0-9]+)',
      '(?=a)b',
      '(a)\\1',
    ],
    ...['(?:[a-z]+/)*[a-z]+', '(?:\\d{4}[ -]?){4}'],
  ])('%s is taken', (one) => {
    expect(wholePatternProblem(one)).toBeUndefined();
  });

  test.each([
    ['([a-z0-9]+-?)+', /^takes exponential time/],
    ['(?:a*)*', /^takes exponential time/],
    ['.*-.*-.*-.*', /^takes polynomial time/],
    ['(?:ab)*(?:ab)*(?:ab)*(?:ab)*', /^takes polynomial time/],
  ])('%s is refused', (one, problem) => {
    expect(wholePatternProblem(one)).toMatch(problem);
  });
});

/** In how many ways a text can be read from the pattern's beginning to wherever one then stands. */
function readings({ steps, start, atoms, looks }: Program, text: string): number {
  const classes = new Classes(atoms, false, looks);
  const ends = text.length;
  let after = new Map<number, number>();
  for (let at = ends; at >= 0; at -= 1) {
    const here = new Map<number, number>();
    const later = after;
    const read = (step: number): number => {
      const known = here.get(step);
      if (known !== undefined) return known;
      const one = steps[step];
      let count = 0;
      if (one?.op === 'fork') count = read(one.first) + read(one.second);
      // The places are taken as they come: that only makes for more readings.
      if (one?.op === 'look') count = read(one.next);
      if (one?.op === 'take') {
        const cls = classes.of(text.codePointAt(at) ?? -1);
        if (at === ends) count = 1;
        else if (classes.all[cls]?.takes[one.atom] === true) count = later.get(one.next) ?? 0;
      }
      here.set(step, count);
      return count;
    };
    for (let step = 0; step < steps.length; step += 1) read(step);
    after = here;
  }
  return after.get(start) ?? 0;
}

test('what has no ambiguity is read in a number of ways that does not grow with the text', () => {
  const word = fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom(...'abc01A- .') });
  let judged = 0;
  fc.assert(
    fc.property(pattern, fc.array(word, { minLength: 1, maxLength: 3 }), (match, words) => {
      fc.pre(!/\\[bB]|\^(?!\\d|a)|\$/.test(match));
      const parsed = parsePattern(match);
      if ('problem' in parsed || /^takes exponential/.test(wholePatternProblem(match) ?? '')) return;
      const program = programOf(parsed.tree);
      const graph = () => new Graph(program, sampledClasses(program, false));
      if (exponentialIn(graph()).kind !== 'none' || polynomialIn(graph(), false).kind !== 'none') return;
      judged += 1;
      for (const one of words) {
        const most = (from: number) =>
          Math.max(...Array.from({ length: 6 }, (_, more) => readings(program, one.repeat(from + more))));
        expect(most(60), `/${match}/ on ${one}`).toBeLessThanOrEqual(most(30));
      }
    }),
    { numRuns: 200 },
  );
  expect(judged).toBeGreaterThan(30);
});

test('a path says what is wrong with it', () => {
  expect(pathProblem('$.items[*].serial')).toBeUndefined();
  expect(pathProblem('customer.notes')).toMatch(/a path begins with/);
});
