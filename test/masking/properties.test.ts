// What holds of every text: what was masked stays masked, the rest stays as it is, and nothing makes the engine stumble.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMasker, DETECTORS, NO_RULES, type PseudonymKeys, TYPES } from '../../src/masking/index.ts';
import { casesOf } from './support/cases.ts';

const keys: PseudonymKeys = { current: { id: 'k1', key: new Uint8Array(32).fill(7) } };
const masker = createMasker(NO_RULES, keys);
/** Labels say more under these: what they say is no value either. */
const maskers = (['redact', 'last4', 'pseudonym', 'hash'] as const).map((action) =>
  createMasker({ ...NO_RULES, detectors: Object.fromEntries(TYPES.map((type) => [type, action])) }, keys),
);

const lines = TYPES.flatMap((type) =>
  [...casesOf(type, 'found'), ...casesOf(type, 'not-found')].map(({ text }) => text),
);
const values = TYPES.flatMap((type) =>
  casesOf(type, 'found').flatMap(({ text, values: spans }) =>
    spans.map(({ start, end }) => text.slice(start, end)),
  ),
);

/** What stands before a value and after it: the words that make one of it, beside another one. */
const sides = TYPES.flatMap((type) =>
  casesOf(type, 'found').flatMap(({ text, values: spans }) =>
    spans.flatMap(({ start, end }) => [text.slice(0, start), text.slice(end)]),
  ),
).filter((side) => side !== '');
const tellings = DETECTORS.flatMap(({ words = [], names = [], anchors = [] }) => [
  ...words.map((one) => one.replace('*', '')),
  ...names,
  ...anchors.map(({ text }) => text),
]);

const word = fc.constantFrom(
  ...[
    'the',
    'order',
    'of',
    'card',
    'ssn',
    'password',
    'tel',
    'is',
    'Dear',
    'from',
    'account',
    'number',
    'token',
  ],
);
const glue = fc.constantFrom(
  ...[
    ' ',
    ' ',
    '\n',
    ', ',
    ': ',
    '=',
    '"',
    '": "',
    '\\n',
    '&',
    '/',
    '.',
    '-',
    '[',
    ']',
    '@',
    '',
    '\0',
    '😀',
    '\ud83d',
  ],
  ...[
    '',
    '_',
    '+',
    '(',
    ')',
    '’',
    '%20',
    '","',
    '; ',
    ' = ',
    ' is ',
    '<',
    '>',
    '|',
    '\t',
    '//',
    ':',
    '..',
    '{',
    '}',
  ],
);
const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...values) },
  { weight: 2, arbitrary: fc.constantFrom(...lines) },
  { weight: 3, arbitrary: word },
  { weight: 2, arbitrary: fc.constantFrom(...sides) },
  { weight: 2, arbitrary: fc.constantFrom(...tellings) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('[EMAIL]', '[CREDIT_CARD:…1111]', '[EMAIL', 'EMAIL]', '[NOT_A_TYPE]'),
  },
);
const texts = fc
  .array(fc.tuple(piece, glue), { minLength: 1, maxLength: 12 })
  .map((parts) => parts.flat().join(''));

const outside = (text: string, spans: readonly { start: number; end: number }[]) => {
  const kept: string[] = [];
  let at = 0;
  for (const { start, end } of spans) {
    kept.push(text.slice(at, start));
    at = end;
  }
  return [...kept, text.slice(at)];
};

const unquoted = (text: string) => text.replaceAll(/"(\[[A-Z0-9_]+\])"/gu, '$1');

describe('any text', () => {
  it('has spans in order, within it, never overlapping', () => {
    fc.assert(
      fc.property(texts, (text) => {
        let earlier = 0;
        for (const { start, end } of masker.find(text)) {
          expect(start).toBeGreaterThanOrEqual(earlier);
          expect(end).toBeGreaterThan(start);
          earlier = end;
        }
        expect(earlier).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 500 },
    );
  });

  it('is masked once: nothing is found in what was masked', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom(...maskers), (text, by) => {
        const masked = by.text(text);
        expect(by.find(masked).map(({ start, end }) => masked.slice(start, end))).toEqual([]);
        expect(by.text(masked)).toBe(masked);
      }),
      { numRuns: 3000 },
    );
  });

  it('keeps every character outside what was masked', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const spans = masker.find(text);
        const labels = spans.map(({ type }) => `[${type}]`);
        const wanted = outside(text, spans)
          .map((part, index) => part + (labels[index] ?? ''))
          .join('');
        expect(unquoted(masker.text(text))).toBe(unquoted(wanted));
      }),
      { numRuns: 500 },
    );
  });
});

const SIZE = 200_000;
/** For all that one detector waits for: there are more than a thousand such. */
const SIZE_OF_ALL = 60_000;
const filled = (part: string, size = SIZE) => part.repeat(Math.ceil(size / part.length));

describe('what is hostile', () => {
  function isGoneThrough(text: string): void {
    const masked = masker.text(text);
    // The label of a value that is shorter than it makes the text longer, but not by much.
    expect(masked.length).toBeLessThanOrEqual(text.length * 3);
    expect(masked.replaceAll(/\[[A-Z0-9_]+\]/gu, '').length).toBeLessThanOrEqual(text.length);
  }

  it.each([
    ...[
      'a',
      '1',
      '@',
      ':',
      '=',
      '-',
      '[',
      '.',
      '{',
      '"',
      '\\',
      ' ',
      '\n',
      '\ud83d',
      '/',
      '+',
      '(',
      '_',
      'é',
      '%',
    ],
    ...[
      'eyJ',
      'ghp_',
      'password=',
      'sk-',
      '1 ',
      '1-',
      'a@',
      'a.',
      '://',
      ':a',
      'a=',
      '[A',
      '4111 ',
      '-----BEGIN ',
    ],
    ...[
      '{"a":',
      '\\"',
      '&a=',
      'Dear ',
      'ssn ',
      'Bearer ',
      'ab:',
      'A1',
      'a1-',
      '(1) ',
      '<a>',
      '\n\n',
      '=\n',
      '%40',
    ],
    ...[
      '_key=',
      'password:',
      'a1',
      '0x',
      'CFPAT-',
      'key: key: ',
      '"a":"',
      'Bearer eyJ',
      '://a:',
      '@a.b',
      '12 ',
    ],
    ...[
      '[EMAIL]',
      '[EMAIL]:',
      '-1[EMAIL].',
      'a:b@',
      '1.1.1.',
      '::1',
      'name: A ',
      'password is ',
      'is your ',
      '1]-',
    ],
  ])('%j over and over is gone through', (part) => {
    isGoneThrough(filled(part));
  });

  it.each(DETECTORS.map(({ type, anchors = [] }) => [type, anchors.map(({ text }) => text)] as const))(
    'what %s waits for, over and over, is gone through',
    (_, anchors) => {
      // Each as it is, glued to what may be a value, and as a name.
      const parts = anchors.flatMap((text) => [text, `${text}a1`, `${text}="`, ` ${text}: `]);
      isGoneThrough(parts.map((part) => filled(part, SIZE_OF_ALL / parts.length)).join('\n'));
    },
  );
});
