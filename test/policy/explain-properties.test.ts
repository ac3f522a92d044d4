// Whatever the policies and the question: an explanation says what was decided, and nothing that Cedar does not say.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Config } from '../../src/config/index.ts';
import { cedar } from '../../src/policy/cedar.ts';
import type { Request } from '../../src/policy/evaluate.ts';
import { askAbout } from '../../src/policy/explain-ask.ts';
import { canBeCut, textOf } from '../../src/policy/explain-conditions.ts';
import type { Unmet } from '../../src/policy/explain-unmet.ts';
import { createExplainer, createPolicyEngine, type Explained } from '../../src/policy/index.ts';
import { factsOfPolicy, readPolicies } from '../../src/policy/policies.ts';
import { askedOf, capabilityRequest, humanRequest } from '../../src/policy/request.ts';
import { config, humanQuestion, input } from '../support/random-policies.ts';

type Node = Readonly<Record<string, unknown>>;

/** Chains as lists, since how they are bracketed makes no difference. */
function flat(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(flat);
  if (typeof body !== 'object' || body === null) return body;
  const [[operator = '', operand] = []] = Object.entries(body);
  if (operator === '&&' || operator === '||') {
    const { left, right } = operand as { left: unknown; right: unknown };
    const sides = [left, right].map(flat) as Node[];
    return { [operator]: sides.flatMap((side) => (side[operator] as unknown[] | undefined) ?? [side]) };
  }
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, flat(value)]));
}

function parsed(text: string): unknown {
  const answer = cedar((module) =>
    module.policyToJson(`permit (principal, action, resource) when { ${text} };`),
  );
  return answer.type === 'success' ? answer.json.conditions[0]?.body : answer.errors;
}

const isTold = (unmet: Unmet): boolean =>
  'anyOf' in unmet ? unmet.anyOf.some((way) => way.some(isTold)) : unmet.error !== undefined;

/** What holds of an explanation by itself, and when Cedar is asked again. */
function holds(files: Config, request: Request, { decision, policies, problem, remedies }: Explained): void {
  const { outcome } = decision;
  expect(remedies.length > 0).toBe(outcome !== 'allowed');
  if (outcome === 'allowed') expect(new Set(policies.map(({ says }) => says))).toEqual(new Set(['permits']));
  if (problem !== undefined) return;
  expect(
    policies
      .filter(({ decided }) => decided)
      .map(({ id }) => id)
      .sort(),
  ).toEqual(decision.policies);
  const known = new Map(readPolicies(files).map((policy) => [policy.id, policy]));
  const asking = askAbout(files, request, [...known.values()]);
  for (const { id, says, effect, unmet, remaining, approvals, hopeless, error } of policies) {
    const policy = known.get(id);
    if (policy === undefined) throw new Error(`${id} is no policy`);
    // What a head asks for, a condition does not tell.
    const isOutside =
      unmet.some((one) => 'text' in one && /^principal in Group::/.test(one.text)) && says === 'misses';
    const said = asking.policies([policy]).get(policy);
    if (error !== undefined) expect(said).toEqual({ error });
    expect(unmet.some(isTold)).toBe(says === 'errs');
    if (!isOutside) expect(said === 'holds').toBe(says === 'permits' || says === 'forbids');
    expect(unmet.length > 0 || hopeless === true).toBe(says !== 'permits');
    if (approvals === undefined || remaining.length > 0) continue;
    const answered = asking.policies([policy], approvals).get(policy);
    expect(answered).toBe(effect === 'permit' ? 'holds' : undefined);
  }
}

test('what is explained is what is decided, for agents and for people', async () => {
  await fc.assert(
    fc.asyncProperty(
      config,
      fc.array(input, { minLength: 1, maxLength: 3 }),
      humanQuestion,
      async (files, inputs, question) => {
        const engine = await createPolicyEngine(files);
        const explainer = createExplainer(files);
        for (const each of inputs) {
          const { decision, operations } = explainer.ofInput(each);
          expect(operations.map((operation) => operation.decision)).toEqual(engine.decideEach(each));
          expect(decision).toEqual(engine.decide(each));
          for (const { operation, tasks } of operations) {
            for (const [place, task] of tasks.entries()) {
              const asked = each.chain[place];
              if (asked === undefined) throw new Error('more was explained than asked');
              holds(files, capabilityRequest(files, each, asked, askedOf(files, operation)), task);
            }
          }
        }
        const explained = explainer.ofHuman(question);
        expect(explained.decision).toEqual(engine.mayHuman(question));
        holds(files, humanRequest(files, question), explained);
      },
    ),
    { numRuns: 25 },
  );
});

test('a condition that is shown is the one that stands in the policy', () => {
  fc.assert(
    fc.property(config, (files) => {
      for (const policy of readPolicies(files)) {
        if (!canBeCut(policy)) continue;
        for (const { body } of factsOfPolicy(policy).conditions) {
          expect(flat(parsed(textOf(body)))).toEqual(flat(body));
        }
      }
    }),
    { numRuns: 50 },
  );
});
