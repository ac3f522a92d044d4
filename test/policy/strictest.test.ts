// One decision out of several: the strictest holds, whatever the order.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/policy/index.ts';
import { strictest } from '../../src/policy/strictest.ts';

const policies = fc
  .uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 })
  .map((names) => names.sort());
const groups = fc.dictionary(fc.constantFrom('owners', 'security'), fc.integer({ min: 1, max: 3 }));
const decision: fc.Arbitrary<Decision> = fc.oneof(
  policies.map((names): Decision => ({ outcome: 'allowed', policies: names, configDigest: 'd' })),
  policies.map(
    (names): Decision => ({
      outcome: 'denied',
      code: 'denied_by_policy',
      policies: names,
      configDigest: 'd',
    }),
  ),
  fc.tuple(policies, groups, fc.integer({ min: 0, max: 2 })).map(([names, of, more]): Decision => {
    const count = Math.max(1, Object.values(of).reduce((sum, one) => sum + one, 0) + more);
    return { outcome: 'needsApproval', approvals: { count, of }, policies: names, configDigest: 'd' };
  }),
);
const several = fc.array(decision, { minLength: 1, maxLength: 4 });
const of = strictest;
const RANK = { allowed: 0, needsApproval: 1, denied: 2 };

describe('strictest', () => {
  it('is as strict as the strictest, in any order', () => {
    fc.assert(
      fc.property(several, (decisions) => {
        const rank = Math.max(...decisions.map(({ outcome }) => RANK[outcome]));
        expect(RANK[of(decisions).outcome]).toBe(rank);
        expect(of([...decisions].reverse())).toEqual(of(decisions));
      }),
    );
  });

  it('asks for approvals that satisfy each of them', () => {
    fc.assert(
      fc.property(several, (decisions) => {
        const together = of(decisions);
        fc.pre(together.outcome === 'needsApproval');
        for (const { approvals } of decisions) {
          expect(together.approvals?.count).toBeGreaterThanOrEqual(approvals?.count ?? 0);
          for (const [group, needed] of Object.entries(approvals?.of ?? {})) {
            expect(together.approvals?.of[group]).toBeGreaterThanOrEqual(needed);
          }
        }
      }),
    );
  });

  it('names the policies that determined it', () => {
    fc.assert(
      fc.property(several, (decisions) => {
        const together = of(decisions);
        const all = decisions
          .filter(({ outcome }) => outcome === together.outcome)
          .flatMap((one) => one.policies);
        expect(together.policies).toEqual([...new Set(all)].sort());
      }),
    );
  });
});
