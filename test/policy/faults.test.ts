// Runs the cases of faults/: what is wrong with policies, and in which line.
import { expect, test } from 'vitest';
import { checkPolicies } from '../../src/policy/index.ts';
import { FaultCase, readCases } from './cases.ts';
import { makeConfig } from './configs.ts';

test.each(readCases('faults', FaultCase))('$name', async ({ content }) => {
  const faults = await checkPolicies(makeConfig(content));
  expect(faults, content.about).toEqual(
    content.expect.map(({ line, says }) => ({
      file: 'policies/default.cedar',
      line,
      problem: expect.stringContaining(says),
    })),
  );
});

test.each(
  (['allow', 'approve', 'deny'] as const).flatMap((folder) =>
    readCases(folder, FaultCase.loose().omit({ expect: true })),
  ),
)('the policies of $name have no fault', async ({ name, content }) => {
  const faults = await checkPolicies(makeConfig(content));
  // Cases about policies that err may hold what the validator refuses.
  if (!name.includes('errs-')) expect(faults).toEqual([]);
});
