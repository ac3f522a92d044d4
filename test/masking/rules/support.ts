// Random patterns, as operators might write them and as they never would.
import fc from 'fast-check';

const one = fc.constantFrom(
  ...['a', 'b', 'c', 'A', '0', '1', '-', '_', ' ', '.', '\\.', '\\d', '\\w', '\\s', '\\D', '\\W', '\\S'],
  ...[
    '[ab]',
    '[^a]',
    '[a-c0-9]',
    '[^\\d\\s]',
    '\\p{L}',
    '\\P{L}',
    '\\u0061',
    '\\u{1f600}',
    '\\x62',
    '😀',
    '[😀é]',
  ],
  ...['\\u{e9}', '\\ud83d\\ude00', '\\n', '[\\-]', '[\\]b]'],
);
const place = fc.constantFrom('\\b', '\\B', '^', '$');
const quantifier = fc.constantFrom(
  '*',
  '+',
  '?',
  '{2}',
  '{0,2}',
  '{1,3}',
  '{2,}',
  '*?',
  '+?',
  '??',
  '{1,2}?',
);

export const { pattern } = fc.letrec<{ pattern: string; row: string; part: string; group: string }>(
  (tie) => ({
    pattern: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      { arbitrary: tie('row'), weight: 4 },
      {
        arbitrary: fc.array(tie('row'), { minLength: 2, maxLength: 3 }).map((rows) => rows.join('|')),
        weight: 1,
      },
    ),
    row: fc.array(tie('part'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
    part: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      { arbitrary: one, weight: 6 },
      { arbitrary: place, weight: 1 },
      { arbitrary: fc.tuple(one, quantifier).map(([part, times]) => part + times), weight: 4 },
      { arbitrary: tie('group'), weight: 2 },
      { arbitrary: fc.tuple(tie('group'), quantifier).map(([part, times]) => part + times), weight: 2 },
    ),
    group: fc
      .tuple(
        fc.oneof(
          fc.constantFrom('(', '(?:'),
          fc.nat().map((name) => `(?<n${name}>`),
        ),
        tie('pattern'),
      )
      .map(([open, inner]) => `${open}${inner})`),
  }),
);
