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
  'forgotten-agent': { type: 'Agent', id: 'forgotten' },
  'task-of-forgotten-agent': { type: 'Task', id: 'task_1', agent: 'forgotten' },
};

async function verdict(content: z.infer<typeof VerdictCase>): Promise<Decision> {
  const engine = await createPolicyEngine(makeConfig(content));
  const { person, effect, impacts, task } = content;
  if (person !== undefined) {
    const resource = RESOURCES[person.to];
    if (resource === undefined) throw new Error(`no resource ${person.to}`);
    return engine.mayHuman({
      human: { id: 'dana@example.com', groups: person.groups },
      action: person.does,
      resource,
    });
  }
  const { purpose = 'answer ticket 42', chainDepth = 1, requester } = task;
  return engine.decide({
    agent: AGENT,
    target: TARGET,
    capability: effect,
    impacts,
    task: { purpose, chainDepth, ...(requester === undefined ? {} : { requester }) },
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
