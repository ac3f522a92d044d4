// The cases of allow/, approve/ and deny/, explained: the explanation never says otherwise than the verdict.
import { expect, test } from 'vitest';
import type { z } from 'zod';
import {
  approvalsInWords,
  createExplainer,
  type Explained,
  type HumanQuestion,
} from '../../src/policy/index.ts';
import { readCases, VerdictCase } from './cases.ts';
import { AGENT, makeConfig, TARGET } from './configs.ts';

const RESOURCES: Readonly<Record<string, HumanQuestion['resource']>> = {
  agent: { type: 'Agent', id: AGENT },
  task: { type: 'Task', id: 'task_1', agent: AGENT },
  broker: { type: 'Broker' },
  approval: { type: 'Approval', id: 'appr_1', agent: AGENT, target: TARGET },
  'forgotten-agent': { type: 'Agent', id: 'forgotten' },
  'task-of-forgotten-agent': { type: 'Task', id: 'task_1', agent: 'forgotten' },
  'approval-of-forgotten-target': { type: 'Approval', id: 'appr_1', agent: AGENT, target: 'forgotten' },
};

function explained(content: z.infer<typeof VerdictCase>): Explained {
  const { person, effect, task, at, address, operation } = content;
  if (person === undefined) {
    const openedAt = new Date(Date.parse(at) - task.age * 1000).toISOString();
    const { purpose = 'answer ticket 42', chainDepth = 1, requester } = task;
    const own = { agent: AGENT, purpose, chainDepth, openedAt };
    const { operations } = createExplainer(makeConfig(content)).ofInput({
      ...{ at, address },
      chain: [requester === undefined ? own : { ...own, requester }],
      operations: [{ capability: `${TARGET}:${effect}`, parameters: {}, ...operation }],
    });
    return operations[0]?.tasks[0] as Explained;
  }
  const human = { id: 'dana@example.com', groups: person.groups };
  return createExplainer(makeConfig(content)).ofHuman({
    ...{ human, action: person.does, resource: RESOURCES[person.to] },
  } as HumanQuestion);
}

const OUTCOMES = { allow: 'allowed', approve: 'needsApproval', deny: 'denied' } as const;

for (const [folder, outcome] of Object.entries(OUTCOMES)) {
  test.each(readCases(folder, VerdictCase))('$name, explained', ({ content }) => {
    const { decision, policies, remedies } = explained(content);
    expect(decision).toMatchObject({ outcome, ...content.expect });
    const decided = policies.filter((policy) => policy.decided).map(({ id }) => id);
    expect(decided.toSorted()).toEqual(content.expect.policies);
    const { approvals } = content.expect;
    if (outcome === 'allowed') expect(remedies).toEqual([]);
    else if (approvals !== undefined) expect(remedies).toEqual([approvalsInWords(approvals)]);
    else expect(remedies.join()).not.toMatch(/^(?:one|two|three) approval/);
  });
}
