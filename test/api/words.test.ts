// Purposes, requesters and reasons are text that somebody can read, and that reads as what it is.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeParse } from 'zod/mini';
import { fieldProblems } from '../../src/api/body.ts';
import { openTaskBody, reasonBody, tokenWishes } from '../../src/api/schemas.ts';
import { words } from '../../src/api/words.ts';

/** The text as it is taken, or what is wrong with it. */
function read(text: string): { readonly taken: string } | { readonly problems: readonly string[] } {
  const parsed = safeParse(words(2000), text);
  return parsed.success
    ? { taken: parsed.data }
    : { problems: fieldProblems(parsed.error).map(({ problem }) => problem) };
}

const between = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, place) => String.fromCodePoint(first + place));
const name = (text: string) => `U+${(text.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** What leaves no mark on a screen. */
const UNSEEN = [
  ...[' ', '\t', '\n', '\u00a0', '\u00ad', '\u034f', '\u061c', '\u115f', '\u1160', '\u17b4', '\u180e'],
  ...between(0x2000, 0x200f),
  ...['\u2028', '\u2029', '\u202f', ...between(0x205f, 0x2064), ...between(0x206a, 0x206f)],
  ...['\u2800', '\u3000', '\u3164', '\ufeff', '\uffa0', '\u{1d159}', '\u{1d173}'],
  ...between(0xfe00, 0xfe0f),
  ...between(0xe0000, 0xe007f),
  ...between(0xe0100, 0xe01ef),
  // Nobody has said yet what these look like, or nobody ever will.
  ...['\u0378', '\u{e000}', '\u{10ffff}'],
];
/** What moves the cursor, or turns the writing round. */
const MISLEADING = [
  ...between(0x00, 0x1f).filter((one) => one !== '\t' && one !== '\n'),
  ...between(0x7f, 0x9f),
  ...between(0x202a, 0x202e),
  ...between(0x2066, 0x2069),
];

const unseen = fc.constantFrom(...UNSEEN);
const seen = fc.constantFrom('a', 'Z', '7', '?', '-', '€', 'é', '検', 'ب', 'क', '😀', '🗝️', '👩‍🚀', '<', '\\');
const plain = fc.array(fc.oneof(seen, unseen), { maxLength: 10 }).map((all) => all.join(''));

describe('words', () => {
  it('are none where nothing can be seen', () => {
    fc.assert(
      fc.property(fc.array(unseen, { maxLength: 20 }), (all) => {
        expect(read(all.join(''))).toHaveProperty('problems.length', 1);
      }),
    );
    for (const one of UNSEEN.filter((character) => character.trim() !== '')) {
      expect(read(one)).toEqual({ problems: ['must have a character that can be seen'] });
    }
  });

  it('are taken as they are, but for blanks around them, where something can be seen', () => {
    fc.assert(
      fc.property(plain, seen, plain, (...parts) => {
        const text = parts.join('');
        expect(read(text)).toEqual({ taken: text.trim() });
      }),
    );
  });

  it('never read otherwise than they are', () => {
    fc.assert(
      fc.property(fc.constantFrom(...MISLEADING), plain, plain, (bad, before, after) => {
        const { problems } = read(`a${before}${bad}${after}a`) as { readonly problems: readonly string[] };
        expect(problems).toEqual([expect.stringMatching(/^must not hold U\+[0-9A-F]{4}: no controls /)]);
      }),
    );
    for (const bad of MISLEADING) {
      expect(read(`a${bad}a`)).toEqual({ problems: [expect.stringContaining(` ${name(bad)}:`)] });
    }
  });

  it('may have several lines, however those end', () => {
    for (const text of ['one\ntwo', 'one\r\ntwo', 'one\n\n\ttwo'])
      expect(read(text)).toEqual({ taken: text });
    for (const text of ['one\rtwo', 'one\n\rtwo', 'one\r\r\ntwo'])
      expect(read(text)).toHaveProperty('problems');
  });
});

describe('are asked for as', () => {
  const good = { purpose: 'x', capabilities: [{ capability: 'reports:read' }] };
  it.each([
    ['a purpose', openTaskBody(), 'purpose', good],
    ['a requester', openTaskBody(), 'requester', good],
    ['a reason', reasonBody(), 'reason', {}],
    ['a purpose in a form', tokenWishes(), 'purpose', {}],
    ['a requester in a form', tokenWishes(), 'requester', {}],
  ] as const)('%s', (_, schema, field, rest) => {
    for (const text of ['\u200b\u2060', '\u202egnol', 'a\u0000b', ' ']) {
      const parsed = safeParse(schema, { ...rest, [field]: text });
      expect(parsed.error?.issues).toMatchObject([{ path: [field] }]);
    }
    expect(safeParse(schema, { ...rest, [field]: '漢字 🗝️' }).success).toBe(true);
  });
});
