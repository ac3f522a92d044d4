// The runner of policy cases: a case holds if and only if policy answers as it says, and what no case touches matters to none.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideAgain } from '../../src/broker/decide-again.ts';
import { type CasesRun, runPolicyCases } from '../../src/broker/index.ts';
import type { Config } from '../../src/config/index.ts';
import {
  createPolicyEngine,
  type Decision,
  type PolicyCase,
  placesOfPolicies,
} from '../../src/policy/index.ts';
import { cutPolicies } from '../../src/policy/source.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { createPlainEngine } from '../support/plain-policy.ts';
import { config, humanQuestion, input } from '../support/random-policies.ts';

/** With ceilings that leave most of it to policy. */
const configs = config.map((given): Config => {
  const all = Object.values(given.targets).flatMap(({ id, capabilities }) =>
    Object.keys(capabilities).map((name) => `${id}:${name}`),
  );
  const agents = Object.entries(given.agents).map(([id, agent]) => [
    id,
    { ...agent, capabilities: id === 'beta' ? all.slice(1) : all },
  ]);
  return { ...given, agents: Object.fromEntries(agents) };
});

const asks: fc.Arbitrary<PolicyCase['asks']> = fc.oneof(
  { weight: 3, arbitrary: input.map((operation) => ({ operation })) },
  { weight: 1, arbitrary: humanQuestion.map((human) => ({ human })) },
);
const questions = fc.array(asks, { minLength: 1, maxLength: 6 });

async function run(files: Config, cases: readonly PolicyCase[]): Promise<CasesRun> {
  return runPolicyCases({ config: files, policy: await createPolicyEngine(files) }, cases);
}

/** What the plain engine says to each, as what is expected of it. */
function casesFor(files: Config, all: readonly PolicyCase['asks'][]): readonly PolicyCase[] {
  const rules = { config: files, policy: createPlainEngine(files) };
  return all.map((question, place) => {
    const answer: Decision | Refusal =
      'human' in question ? rules.policy.mayHuman(question.human) : decideAgain(rules, question.operation);
    const said =
      answer instanceof Refusal ? { outcome: 'denied' as const, code: answer.code, policies: [] } : answer;
    const { outcome, code, approvals, policies } = said as Decision;
    const expected = {
      policies,
      ...(code === undefined ? {} : { code }),
      ...(approvals === undefined ? {} : { approvals }),
    };
    return { file: `${place}.yaml`, asks: question, outcome, expect: expected, lines: {} };
  });
}

/** The same case, expecting one thing else. */
function spoiled(one: PolicyCase): readonly (readonly [string, PolicyCase])[] {
  const { outcome, expect: given } = one;
  const others = (['allowed', 'needsApproval', 'denied'] as const).filter((other) => other !== outcome);
  const { count = 1, of = {} } = given.approvals ?? {};
  return [
    ...others.map((other) => ['outcome', { ...one, outcome: other }] as const),
    ['policies', { ...one, expect: { policies: [...(given.policies ?? []), 'nobody'] } }],
    ['code', { ...one, expect: { ...given, code: 'rate_limited' } }],
    ['approvals', { ...one, expect: { approvals: { count: count + 1 } } }],
    ['approvals', { ...one, expect: { approvals: { of: { ...of, nobody: 1 } } } }],
  ];
}

test('a case holds if it says what policy answers, and tells what is not as it says', async () => {
  await fc.assert(
    fc.asyncProperty(configs, questions, async (files, all) => {
      const cases = casesFor(files, all);
      const { results, failed } = await run(files, cases);
      expect(results.filter(({ differs }) => differs !== undefined)).toEqual([]);
      expect({ failed, run: results.length }).toEqual({ failed: 0, run: all.length });
      const wrong = cases.flatMap(spoiled);
      const spoiltRun = await run(
        files,
        wrong.map(([, one]) => one),
      );
      expect(spoiltRun.results.map(({ differs }) => differs)).toEqual(wrong.map(([what]) => what));
      expect(spoiltRun.failed).toBe(wrong.length);
    }),
    { numRuns: 15 },
  );
});

/** The same policies but one. Lines stay as they are, since others are named by them. */
function without({ policies: [file], ...rest }: Config, place: number): Config {
  const { text = '' } = file ?? {};
  const piece = cutPolicies(text)[place];
  if (file === undefined || piece === undefined) throw new Error('there is no such policy');
  const blank = piece.text.replace(/[^\n]/g, ' ');
  const less = text.slice(0, piece.start) + blank + text.slice(piece.start + piece.text.length);
  return { ...rest, policies: [{ ...file, text: less }] };
}

test('what decided is touched, and what is not touched could be left out', async () => {
  await fc.assert(
    fc.asyncProperty(configs, questions, async (files, all) => {
      const cases = casesFor(files, all);
      const { results, policies, untouched } = await run(files, cases);
      const places = placesOfPolicies(files);
      expect(policies).toBe(places.length);
      const decided = new Set(results.flatMap(({ came }) => came.policies));
      expect(untouched.filter(({ id }) => decided.has(id))).toEqual([]);
      const texts = cutPolicies(files.policies[0]?.text ?? '').map(({ text }) => text);
      for (const [place, { id }] of places.entries()) {
        if (!untouched.some((one) => one.id === id)) continue;
        // One that looks at approvals may make people be asked otherwise without having had the last word.
        if (texts[place]?.includes('approvals')) continue;
        const { results: others } = await run(without(files, place), cases);
        const answers = (which: typeof results) =>
          which.map(({ came: { outcome, approvals } }) => ({ outcome, approvals }));
        expect(answers(others)).toEqual(answers(results));
      }
    }),
    { numRuns: 15 },
  );
});
