// What the check knows of claims holds of tokens: judged by the very function that decides when a token comes.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClaimRule, Claims } from '../../src/config/index.ts';
import { allImply, anyExcludes, demandsOf } from '../../src/config/loading/checks/claims.ts';
import { claimsFit } from '../../src/identity/claims.ts';

const name = fc.constantFrom('a', 'b', 'c');
const value = fc.constantFrom('x', 'xy', 'z', 1, true);
const pattern = fc.constantFrom('x.*', '[xz]', 'z').map((match) => ({ match }));

/** Few names and values, so that they meet often. */
function members<T>(leaf: fc.Arbitrary<T>, levels: number): fc.Arbitrary<Record<string, unknown>> {
  const inner = levels === 0 ? leaf : fc.oneof(leaf, members(leaf, levels - 1));
  return fc.dictionary(name, inner, { minKeys: 1, maxKeys: 3 });
}

const token = members(value, 2);
const exact = members(value, 2) as fc.Arbitrary<Claims>;
const rules = members(fc.oneof(value, pattern), 2) as fc.Arbitrary<Claims>;

function isMembers(rule: ClaimRule): rule is Claims {
  return typeof rule === 'object' && typeof rule['match'] !== 'string';
}

/** The same with dotted names. */
function dotted(claims: Claims, above = ''): Claims {
  const flat = Object.entries(claims).map(([key, rule]) =>
    isMembers(rule) ? dotted(rule, `${above}${key}.`) : { [above + key]: rule },
  );
  return Object.assign({}, ...flat) as Claims;
}

describe('claims', () => {
  test('demand the same however they are spelled', () => {
    fc.assert(
      fc.property(rules, token, (claims, given) => {
        expect(demandsOf(dotted(claims))).toEqual(demandsOf(claims));
        expect(claimsFit(given, dotted(claims))).toBe(claimsFit(given, claims));
      }),
    );
  });

  test('that imply others are fitted by no token that does not fit those', () => {
    fc.assert(
      fc.property(rules, rules, rules, token, (wide, more, other, given) => {
        const narrow = { ...more, ...wide };
        expect(allImply(demandsOf(narrow), demandsOf(wide))).toBe(true);
        for (const [some, others] of [
          [narrow, wide],
          [other, wide],
        ] as const) {
          const implied = allImply(demandsOf(some), demandsOf(others));
          expect(implied && claimsFit(given, some) && !claimsFit(given, others)).toBe(false);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('of which one implies another are told, where the one is exact', () => {
    fc.assert(
      fc.property(exact, rules, (narrow, wide) => {
        expect(allImply(demandsOf(narrow), demandsOf(wide))).toBe(claimsFit(narrow, wide));
      }),
      { numRuns: 1000 },
    );
  });

  test('that exclude each other are fitted by no token both', () => {
    let excluded = 0;
    fc.assert(
      fc.property(rules, rules, token, (some, others, given) => {
        if (!anyExcludes(demandsOf(some), demandsOf(others))) return;
        excluded += 1;
        expect(claimsFit(given, some) && claimsFit(given, others)).toBe(false);
      }),
      { numRuns: 2000 },
    );
    expect(excluded).toBeGreaterThan(100);
  });
});
