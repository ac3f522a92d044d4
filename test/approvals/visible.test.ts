// No text deceives its reader: what can't be seen is spelled out, what looks like something else is told, what is cut is counted.
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visible } from '../../src/approvals/index.ts';
import { anyText } from '../support/cards.ts';

const HIDDEN = /(?![ \n])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\p{Me}]/u;
const lines = fc.constantFrom('one' as const, 'many' as const);
const most = fc.integer({ min: 100, max: 1000 });
const text = fc.oneof(anyText(2000), fc.string({ unit: 'binary', maxLength: 600 }));

describe('whatever the text is', () => {
  it('nothing hidden is left, it is as long as it may be, and showing it again changes nothing', () => {
    fc.assert(
      fc.property(text, lines, most, (given, kept, length) => {
        const options = { most: length, lines: kept };
        const once = visible(given, options);
        expect(once.text).not.toMatch(HIDDEN);
        if (kept === 'one') expect(once.text).not.toContain('\n');
        expect(once.text.length).toBeLessThanOrEqual(length);
        expect(visible(once.text, options).text).toBe(once.text);
        expect(once.warnings.join('')).not.toMatch(HIDDEN);
      }),
      { numRuns: 2000, interruptAfterTimeLimit: 20_000 },
    );
  });

  it('its beginning and its end are shown, and what is left out between is counted', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z /{}]{0,900}$/), most, (given, length) => {
        const { text: shown, characters, isComplete } = visible(given, { most: length, lines: 'one' });
        expect(characters).toBe(given.length);
        expect(isComplete).toBe(shown === given || / ×/.test(shown));
        const [, before = '', hidden = '', after = ''] =
          /^(.*)⟨([\d,]+) characters? not shown⟩(.*)$/.exec(shown) ?? [];
        if (isComplete) return;
        if (/ {41}/.test(given)) return;
        expect(given.startsWith(before) && given.endsWith(after)).toBe(true);
        expect(before.length + Number(hidden.replaceAll(',', '')) + after.length).toBe(given.length);
        expect(before.length).toBeGreaterThan(30);
        expect(after.length).toBeGreaterThan(15);
      }),
    );
  });

  it('four megabytes are cut at once', () => {
    const { text: shown, isComplete } = visible(`GET /${'\u202e'.repeat(4_000_000)}end`, {
      most: 500,
      lines: 'many',
    });
    expect(shown).toBe('GET /⟨U+202E ×4000000⟩end');
    expect(isComplete).toBe(true);
    const cut = visible('ab'.repeat(2_000_000), { most: 500, lines: 'many' });
    expect(cut.warnings).toEqual([
      expect.stringMatching(/^3,999,\d{3} of 4,000,000 characters are not shown$/),
    ]);
  });
});

interface Case {
  readonly text: string;
  readonly lines?: 'one' | 'many';
  readonly shown: string;
  /** A part of each warning, in their order. */
  readonly warnings: readonly string[];
}

const folder = new URL('../cases/approvals/deceive/', import.meta.url);
const cases = readdirSync(folder).map((file) => ({
  name: file.replace('.json', ''),
  ...(JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Case),
}));

it.each(cases)('$name', ({ text: given, lines: kept = 'one', shown, warnings }) => {
  const seen = visible(given, { most: 300, lines: kept });
  expect(seen.text).toBe(shown);
  expect(seen.warnings).toEqual(warnings.map((warning) => expect.stringContaining(warning)));
});
