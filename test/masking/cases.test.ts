// Every detector's cases: what it finds, exactly, and what only looks like it.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DETECTORS } from '../../src/masking/detectors/all.ts';
import { createFinder } from '../../src/masking/scan/finder.ts';
import { type Case, casesOf, marked } from './support/cases.ts';

const LEAST = 5;
const TYPES = [...new Set(DETECTORS.map(({ type }) => type))].sort();
const finder = createFinder({ detectors: DETECTORS });

const shown = (text: string, spans: readonly { start: number; end: number }[]) =>
  spans.map(({ start, end }) => text.slice(start, end));

/** Other detectors may find what stands beside: only what overlaps is compared, whatever its label. */
function problemsOf(type: string, { text, values, line }: Case): string[] {
  const spans = finder.find(text);
  const own = spans.filter(
    (span) => span.type === type || values.some(({ start, end }) => span.start < end && start < span.end),
  );
  const [found, wanted] = [shown(text, own), shown(text, values)];
  return JSON.stringify(found) === JSON.stringify(wanted)
    ? []
    : [
        `line ${line}: found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)} in ${JSON.stringify(text)}`,
      ];
}

describe.each(TYPES)('%s', (type) => {
  const found = casesOf(type, 'found');
  const notFound = casesOf(type, 'not-found');

  it('has cases of both kinds', () => {
    expect(found.length).toBeGreaterThanOrEqual(LEAST);
    expect(notFound.length).toBeGreaterThanOrEqual(LEAST);
    expect(found.filter(({ values }) => values.length === 0)).toEqual([]);
  });

  it('is found exactly', () => {
    expect(found.flatMap((one) => problemsOf(type, one))).toEqual([]);
  });

  it('is found under its own label in most of them', () => {
    const labelled = found.filter(({ text }) => finder.find(text).some((span) => span.type === type));
    expect(labelled.length).toBeGreaterThan(found.length / 2);
  });

  it('is not seen in what only looks like it', () => {
    const wrong = notFound.flatMap(({ text, line }) =>
      finder
        .find(text)
        .filter((span) => span.type === type)
        .map(({ start, end }) => `line ${line}: ${JSON.stringify(text.slice(start, end))}`),
    );
    expect(wrong).toEqual([]);
  });

  it('has an example that shows it', () => {
    for (const { example } of DETECTORS.filter((one) => one.type === type)) {
      const { text, values } = marked(example);
      expect(values).toHaveLength(1);
      const [span] = finder.find(text);
      expect(shown(text, span === undefined ? [] : [span])).toEqual(shown(text, values));
      expect(span?.type).toBe(type);
    }
  });
});

it('has no cases of types that are no more', () => {
  const folders = readdirSync(join(import.meta.dirname, '../cases/masking'));
  expect(folders.filter((folder) => !TYPES.includes(folder))).toEqual([]);
});
