// Detectors are asked of few stretches of digits only: the others would have given nothing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Detector, Stretch } from '../../../src/masking/detector.ts';
import { DETECTORS } from '../../../src/masking/detectors/all.ts';
import { createFinder } from '../../../src/masking/scan/finder.ts';
import { casesOf } from '../support/cases.ts';

const asked = DETECTORS.filter(({ digits }) => digits !== undefined);
const lines = [...new Set(asked.map(({ type }) => type))].flatMap((type) =>
  [...casesOf(type, 'found'), ...casesOf(type, 'not-found')].map(({ text }) => text),
);
const few = createFinder({ detectors: asked });
const all = createFinder({ detectors: asked.map(({ stretches: _, ...detector }) => detector) });

const pieces = fc.oneof(
  fc.constantFrom(...lines),
  fc.constantFrom(...' -.,:()/+%#_@$\n\\"abcdefnxDTZ'),
  fc.constantFrom(
    '12',
    '7',
    '2024',
    '555',
    '1234',
    '10',
    'fe80',
    '::',
    'a5',
    '00',
    '192.168.1.1',
    'GB82',
    '%20',
    '\u00a0',
  ),
);

const detector = (stretches: readonly Stretch[]): Detector => ({
  type: 'NUMBER',
  kind: 'identity',
  title: '',
  example: '',
  check: '',
  tells: 'structure',
  stretches,
  digits: (scan, at, to) => scan.add(at, to),
});

describe('a stretch of digits', () => {
  it('is asked of by whom it can be for', () => {
    fc.assert(
      fc.property(fc.array(pieces, { minLength: 1, maxLength: 10 }), (parts) => {
        const text = parts.join('');
        expect(few.find(text)).toEqual(all.find(text));
      }),
      { numRuns: 2000 },
    );
  });

  it.each<readonly [Stretch, string, string]>([
    [{ digits: [3, 4] }, 'a 123 b', 'a 12 b'],
    [{ first: [2, 2] }, 'a 12-3 b', 'a 123 b'],
    [{ length: [4, 4] }, 'a 12-3 b', 'a 123 b'],
    [{ letter: true }, 'a b12 c', 'a 12 c'],
    [{ run: [[5, 5]] }, 'a 12abc d', 'a 12ab d'],
    [{ run: [[5, 5]] }, 'a 7-12abc d', 'a 7-12ab d'],
    [{ before: '(' }, 'a (12', 'a 12'],
    [{ twoBefore: 'a' }, 'a 12', 'b 12'],
    [{ after: ')' }, 'a 12) b', 'a 12 b'],
    [{ twoAfter: 'b' }, 'a 12 b', 'a 12 c'],
    [{ before: '\u0080' }, 'é12', 'a 12'],
    [{ within: 'nothing' }, 'a 12 b', 'a 1-2 b'],
    [{ within: 'marks' }, 'a 1-2 b', 'a 12 b'],
    [{ within: 'dots' }, 'a 1.2 b', 'a 1-2 b'],
    [{ within: 'dashes' }, 'a 1-2 b', 'a 1.2 b'],
    [{ within: 'blanks' }, 'a 1 2 b', 'a 1-2 b'],
  ])('is like %o where it is', (stretch, like, unlike) => {
    const finder = createFinder({ detectors: [detector([stretch])] });
    expect(finder.find(like)).toHaveLength(1);
    expect(finder.find(unlike)).toEqual([]);
  });

  it('may be for more detectors than there are bits', () => {
    const detectors = Array.from({ length: 40 }, (_, index) => ({
      ...detector([{ digits: [index + 1, index + 1] }]),
      type: `NUMBER${index + 1}`,
    }));
    const finder = createFinder({ detectors });
    for (const many of [1, 31, 32])
      expect(finder.find(`a ${'1'.repeat(many)} b`)[0]?.type).toBe(`NUMBER${many}`);
  });
});
