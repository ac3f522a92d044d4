// That the engine is as good as the docs say, on a small corpus that is made anew from a seed of its own.
import { beforeAll, describe, expect, it } from 'vitest';
import { corpusOf, KIND_OF } from '../../bench/masking/corpus.ts';
import { readCorpus, readMap } from '../../bench/masking/given.ts';
import { gold, inCsv, inJson, sampleOf } from '../../bench/masking/marked.ts';
import { type Find, type KnownType, type Miss, type Scored, scoreOf } from '../../bench/masking/score.ts';
import { createMasker, NO_RULES } from '../../src/masking/index.ts';

const SEED = 20_260;
const EACH = 25;

const masker = createMasker(NO_RULES, { current: { id: 'k1', key: new Uint8Array(32) } });
const known = (type: string): KnownType => KIND_OF.get(type) ?? { tells: 'structure' };

/** What went wrong, to be read in the failure. */
const shown = (all: readonly Miss[]) =>
  all
    .slice(0, 20)
    .map(
      ({ type, sample, start, end }) => `${type}: ${sample.text.slice(Math.max(0, start - 40), end + 40)}`,
    );

describe('accuracy', () => {
  let scored: Scored;

  beforeAll(() => {
    scored = scoreOf(corpusOf(SEED, EACH), (text) => masker.find(text, 'auto'), known);
  });

  const missedOf = (tells: string) =>
    shown(scored.misses.filter(({ type }) => known(type).tells === tells)).join('\n');

  it('finds 98 % of the values that have a structure of their own', () => {
    expect(scored.score.recall.structure, missedOf('structure')).toBeGreaterThanOrEqual(0.98);
  });

  it('finds 90 % of the values that need context', () => {
    expect(scored.score.recall.context, missedOf('context')).toBeGreaterThanOrEqual(0.9);
  });

  it('masks what is none in at most 3 of 100 cases', () => {
    expect(scored.score.precision, shown(scored.falses).join('\n')).toBeGreaterThanOrEqual(0.97);
  });

  it('finds four in five of every type', () => {
    const poor = Object.entries(scored.score.types).filter(([, { recall }]) => recall < 0.8);
    expect(poor.map(([type, { recall }]) => `${type} ${recall}`)).toEqual([]);
  });

  it('takes nothing more than the values', () => {
    expect(scored.score.excess).toBeLessThan(0.05);
  });
});

describe('the measure', () => {
  const sample = sampleOf(`a ${gold('EMAIL', '0123456789')} b ${gold('GITHUB', 'ABCDEFGHIJ')} c`, 'test');
  const scored = (find: Find) => scoreOf([sample], find, known);

  it.each([
    ['all of it', 2, 12, 1],
    ['nine tenths', 2, 11, 1],
    ['eight tenths', 2, 10, 0],
    ['and more', 0, 14, 1],
  ])('counts a value of which %s is masked', (_, start, end, masked) => {
    const { score } = scored(() => [{ type: 'X', start, end }]);
    expect(score.types['EMAIL']?.masked).toBe(masked);
  });

  it('wants a secret whole', () => {
    const { score } = scored(() => [{ type: 'X', start: 15, end: 24 }]);
    expect(score.types['GITHUB']?.masked).toBe(0);
  });

  it('counts what covers no value as false, and what touches one as not', () => {
    const { score, falses } = scored(() => [
      { type: 'X', start: 0, end: 1 },
      { type: 'X', start: 10, end: 14 },
    ]);
    expect(falses).toHaveLength(1);
    expect(score.labels['X']).toEqual({ n: 2, false: 1, precision: 0.5 });
  });

  it('keeps a value where it stands through JSON and CSV', () => {
    const value = gold('PERSON', 'Jo "the\nRock"');
    for (const text of [`{"a":"${inJson(value)}"}`, `x,${inCsv(value)},y`]) {
      const { text: written, spans } = sampleOf(text, 'test');
      expect(spans).toHaveLength(1);
      expect(written.slice(spans[0]?.start, spans[0]?.end)).toMatch(/^Jo .*the.*Rock/su);
    }
  });

  it('reads corpora from elsewhere, with their own names of types', () => {
    const line = JSON.stringify({
      text: 'Ana, a@b.example',
      spans: [
        { type: 'NAME', start: 0, end: 3 },
        { type: 'MAIL', start: 5, end: 16 },
      ],
    });
    const [read] = readCorpus(`${line}\n\n`, readMap('{"MAIL":"EMAIL"}'));
    expect(read?.spans).toEqual([{ type: 'EMAIL', start: 5, end: 16 }]);
    expect(read?.asides).toHaveLength(1);
  });

  it('is the same for the same seed', () => {
    expect(corpusOf(3, 1)).toEqual(corpusOf(3, 1));
  });
});
