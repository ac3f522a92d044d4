// Policies are validated in batches, each with few capabilities. What is told of one must not depend on the others.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkPolicies } from '../../src/policy/index.ts';
import { awsTarget, configOf } from '../support/config.ts';

const TARGETS = 15;
const config = configOf({
  targets: Array.from({ length: TARGETS }, (_, i) =>
    awsTarget(`target-${i}`, {
      capabilities: Object.fromEntries(
        (['read', 'write', 'admin'] as const).map((effect) => [
          effect,
          { effect, impacts: [], parameters: { prefix: { pattern: '[a-z]+' } }, statements: [] },
        ]),
      ),
    }),
  ),
});

const capability = fc
  .tuple(fc.nat(TARGETS), fc.constantFrom('read', 'write', 'admin', 'raed'))
  .map(([target, name]) => `Action::"target-${target}:${name}"`);

const action = fc.oneof(
  fc.constantFrom('action', 'action in Action::"read"', 'action == Action::"approve"'),
  capability.map((one) => `action == ${one}`),
  fc.array(capability, { minLength: 1, maxLength: 14 }).map((some) => `action in [${some.join(', ')}]`),
);

const condition = fc.oneof(
  fc.constantFrom(
    'true',
    'context.task.age > 60',
    'context.task.age > "60"',
    'context.operation.http.method == "GET"',
    'context.operation has htp',
    'resource.environment == "prodution"',
    'context.time.now < datetime("tomorrow")',
  ),
  capability.map((one) => `action == ${one}`),
);

const policy = fc
  .tuple(
    fc.constantFrom('permit', 'forbid'),
    fc.constantFrom('principal', 'principal is Agent'),
    action,
    condition,
  )
  .map(([effect, who, what, when]) => `${effect} (${who}, ${what}, resource) when { ${when} };`);

async function problemsOf(text: string): Promise<readonly string[]> {
  const faults = await checkPolicies({ ...config, policies: [{ file: 'policies/all.cedar', text }] });
  return faults.map(({ line, problem }) => `${line} ${problem}`);
}

test('policies that are checked together have the faults that each has alone', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(policy, { maxLength: 40 }), async (policies) => {
      const alone = await Promise.all(policies.map((text, i) => problemsOf(`${'\n'.repeat(i)}${text}`)));
      expect([...(await problemsOf(policies.join('\n')))].sort()).toEqual(alone.flat().sort());
    }),
    { numRuns: 30 },
  );
});
