// What is printed where the broker knows of more than it says.
import { expect, test } from 'vitest';
import {
  type AgentView,
  agentTable,
  type RefusedTokens,
  refusedTable,
  type Sighting,
  sightingLines,
  standingLines,
} from '../../src/cli/print/agents.ts';

const AGENT: AgentView = {
  id: 'report-builder',
  owner: { team: 'Reports', email: 'reports@example.com', people: [] },
  purpose: 'Build the weekly reports',
  environment: 'production',
  capabilities: ['reports:read'],
  groups: [],
  maxTaskSeconds: 3600,
  digest: 'd'.repeat(64),
  status: 'active',
  openTasks: 0,
  review: 'none',
  changedSinceReview: false,
  awaitingAttestation: [],
};

test.for([
  [{ openTasks: 620 }, '620'],
  [{ openTasks: 1000 }, '1000'],
  [{ openTasks: 1000, openTasksAtLeast: true }, '1000\\+'],
] as const)('open tasks: %j', ([counted, shown]) => {
  const agent = { ...AGENT, ...counted };
  expect(agentTable([agent], Number.POSITIVE_INFINITY)[1]).toMatch(new RegExp(` ${shown}$`));
  expect(standingLines(agent).join('\n')).toMatch(new RegExp(`^open tasks +${shown}$`, 'm'));
});

const SEEN_AT = '2026-03-02T12:00:30.000Z';
const STRANGER: Omit<Sighting, 'from'> = {
  ...{ issuer: 'https://issuer.example.com', subject: 'shadow', claims: {}, count: 7, tokenHash: 'h' },
  ...{ firstSeen: SEEN_AT, lastSeen: SEEN_AT },
};

test.for([
  [3, undefined, '192.0.2.2: 1 time, last 2026-03-02 12:00 UTC'],
  [10, undefined, '192.0.2.9: 1 time, last 2026-03-02 12:00 UTC'],
  [12, undefined, 'and 2 more'],
  [20, true, 'and more than 10 more'],
] as const)('%d addresses of a stranger, and more: %s', ([count, moreAddresses, last]) => {
  const from = Array.from({ length: count }, (_, i) => ({
    ...{ address: `192.0.2.${i}`, count: 1, lastSeen: SEEN_AT },
  }));
  const lines = sightingLines([{ ...STRANGER, from, moreAddresses }]);
  expect(lines.at(-1)?.trim()).toBe(last);
});

test('refused tokens name the agent that they are for all the same', () => {
  const refused: RefusedTokens = {
    ...{ minute: '2026-03-02T12:00', issuer: 'unknown', reason: 'task_token', address: '192.0.2.7' },
    ...{ count: 3, tokenHash: 'h' },
  };
  const stolen = { ...refused, reason: 'address_not_allowed', agent: 'report-builder' };
  const [, first, second] = refusedTable([refused, stolen], Number.POSITIVE_INFINITY);
  expect(first).toMatch(/ 3 +task_token +192\.0\.2\.7 /);
  expect(second).toMatch(/ 3 +address_not_allowed \(report-builder\) +192\.0\.2\.7 /);
});
