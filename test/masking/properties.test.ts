// What holds of every text: what was masked stays masked, the rest stays as it is, and nothing makes the engine stumble.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMasker, NO_RULES, type PseudonymKeys, TYPES } from '../../src/masking/index.ts';
import { casesOf } from './support/cases.ts';

const keys: PseudonymKeys = { current: { id: 'k1', key: new Uint8Array(32).fill(7) } };
const masker = createMasker(NO_RULES, keys);

const lines = TYPES.flatMap((type) =>
  [...casesOf(type, 'found'), ...casesOf(type, 'not-found')].map(({ text }) => text),
);
const values = TYPES.flatMap((type) =>
  casesOf(type, 'found').flatMap(({ text, values: spans }) =>
    spans.map(({ start, end }) => text.slice(start, end)),
  ),
);

const word = fc.constantFrom(
  ...['the', 'order', 'of', 'card', 'ssn', 'password', 'tel', 'is', 'Dear', 'from', 'account', 'number', 'token'],
);
const glue = fc.constantFrom(
  ...[' ', ' ', '\n', ', ', ': ', '=', '"', '": "', '\\n', '&', '/', '.', '-', '[', ']', '@', '', '\0', '😀', '\ud83d'],
);
const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...values) },
  { weight: 2, arbitrary: fc.constantFrom(...lines) },
  { weight: 3, arbitrary: word },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom('[EMAIL]', '[CREDIT_CARD:…1111]', '[EMAIL', 'EMAIL]', '[NOT_A_TYPE]') },
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

const unquoted = (text: string) => text.replaceAll(/"(\[[A-Z_]+\])"/gu, '$1');

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
      fc.property(texts, (text) => {
        const masked = masker.text(text);
        expect(masker.find(masked).map(({ start, end }) => masked.slice(start, end))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps every character outside what was masked', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const spans = masker.find(text);
        const labels = spans.map(({ type }) => `[${type}]`);
        const wanted = outside(text, spans).map((part, index) => part + (labels[index] ?? '')).join('');
        expect(unquoted(masker.text(text))).toBe(unquoted(wanted));
      }),
      { numRuns: 500 },
    );
  });
});

describe('what is hostile', () => {
  const MEGABYTE = 1 << 20;
  it.each([
    ...['a', '1', '@', ':', '=', '-', '[', '.', '{', '"', '\\', ' ', '\n', '\ud83d', '/', '+', '(', '_', 'é', '%'],
    ...['eyJ', 'ghp_', 'password=', 'sk-', '1 ', '1-', 'a@', 'a.', '://', ':a', 'a=', '[A', '4111 ', '-----BEGIN '],
    ...['{"a":', '\\"', '&a=', 'Dear ', 'ssn ', 'Bearer ', 'ab:', 'A1', 'a1-', '(1) ', '<a>', '\n\n', '=\n', '%40'],
  ])('a megabyte of %j is gone through', (part) => {
    const text = part.repeat(Math.ceil(MEGABYTE / part.length));
    const masked = masker.text(text);
    expect(masked.length).toBeLessThanOrEqual(text.length * 3);
  });
});
