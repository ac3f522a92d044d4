// Providers' tokens in the surroundings in which they leak: what stands beside one never hides it, nor any part of it.
import { describe, expect, it } from 'vitest';
import { DETECTORS } from '../../src/masking/detectors/all.ts';
import { createFinder } from '../../src/masking/scan/finder.ts';

const finder = createFinder({ detectors: DETECTORS });

/** Values that are found alone: their detectors' examples are nothing else. */
const ALONE = DETECTORS.filter(
  ({ kind, example, rank = 5 }) => kind === 'secret' && rank >= 8 && /^«[^»\s]+»$/u.test(example),
).map(({ type, example }) => [type, example.slice(1, -1)] as const);

const BEFORE = [
  '',
  ' ',
  '"',
  "'",
  '`',
  '(',
  '=',
  '\\n',
  '\\t',
  '%22',
  '=3D',
  '\\u0022',
  '\u001b[31m',
  'key:',
  ',',
  '>',
  '\0',
  'é ',
];
const AFTER = [
  '',
  ' ',
  '"',
  "'",
  '`',
  ')',
  '. ',
  ', ',
  '\\n',
  '\\"',
  '%22',
  '</a>',
  ';',
  '\n',
  '\0',
  '…',
  '! ',
  '\ud83d',
];

/** The characters of the value that no span covers. */
function shown(text: string, start: number, end: number): string {
  let left = '';
  for (let at = start; at < end; at += 1) {
    if (!finder.find(text).some((span) => span.start <= at && at < span.end)) left += text[at];
  }
  return left;
}

describe('a token with a published form', () => {
  it('has examples of many providers', () => {
    expect(ALONE.length).toBeGreaterThan(90);
  });

  it.each(ALONE)('%s is masked whole whatever stands beside it', (_, value) => {
    const leaks = BEFORE.flatMap((before) =>
      AFTER.filter((after) => {
        const text = `${before}${value}${after}`;
        const spans = finder.find(text);
        const [start, end] = [before.length, before.length + value.length];
        const isCovered = spans.some((span) => span.start <= start && span.end >= end);
        return !isCovered && shown(text, start, end) !== '';
      }).map((after) => JSON.stringify([before, after])),
    );
    expect(leaks).toEqual([]);
  });

  it.each(ALONE)('%s leaves nothing to be found once it is masked', (type) => {
    for (const before of BEFORE) expect(finder.find(`${before}[${type}] and more`)).toEqual([]);
  });
});
