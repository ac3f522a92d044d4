// Runs the cases of allow/, approve/ and deny/: the folder is the verdict.
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { createPolicyEngine, type Decision, type HumanQuestion } from '../../src/policy/index.ts';
import { readCases, VerdictCase } from './cases.ts';
import { AGENT, makeConfig, TARGET } from './configs.ts';

const OUTCOMES = { allow: 'allowed', approve: 'needsApproval', deny: 'denied' } as const;

const RESOURCES: Readonly<Record<string, HumanQuestion['resource']>> = {
  agent: { type: 'Agent', id: AGENT },
  task: { type: 'Task', id: 'task_1', agent: AGENT },
  broker: { type: 'Broker' },
  approval: { type: 'Approval', id: 'appr_1', agent: AGENT, target: TARGET },
  'forgotten-agent': { type: 'Agent', id: 'forgotten' },
  'task-of-forgotten-agent': { type: 'Task', id: 'task_1', agent: 'forgotten' },
  'approval-of-forgotten-target': { type: 'Approval', id: 'appr_1', agent: AGENT, target: 'forgotten' },
};

async function verdict(content: z.infer<typeof VerdictCase>): Promise<Decision> {
  const engine = await createPolicyEngine(makeConfig(content));
  const { person, effect, task, at, address, operation } = content;
  if (person !== undefined) {
    const human = { id: 'dana@example.com', groups: person.groups };
    return engine.mayHuman({ human, action: person.does, resource: RESOURCES[person.to] } as HumanQuestion);
  }
  const { purpose = 'answer ticket 42', chainDepth = 1, requester, age } = task;
  const openedAt = new Date(Date.parse(at) - age * 1000).toISOString();
  const own = { agent: AGENT, purpose, chainDepth, openedAt };
  return engine.decide({
    at,
    address,
    chain: [requester === undefined ? own : { ...own, requester }],
    operations: [{ capability: `${TARGET}:${effect}`, parameters: {}, ...operation }],
  });
}

for (const [folder, outcome] of Object.entries(OUTCOMES)) {
  test.each(readCases(folder, VerdictCase))('$name', async ({ content }) => {
    const code = content.person === undefined ? 'denied_by_policy' : 'not_permitted';
    expect(await verdict(content), content.about).toEqual({
      outcome,
      ...(outcome === 'denied' ? { code } : {}),
      ...content.expect,
      configDigest: 'd'.repeat(64),
    });
  });
}
