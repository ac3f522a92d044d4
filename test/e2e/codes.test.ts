// Every code of the table has a case: provoked here, or named where else it is provoked.
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { CODES, STATUS_OF_CODE as STATUS_IN_SOURCE } from '../../src/shared/codes.ts';
import {
  type Answer,
  askCredentials,
  finish,
  LIST,
  openTask,
  READ,
  refusalIn,
  send,
  taskBody,
} from './support/broker.ts';
import { TOKEN } from './support/canaries.ts';
import { NOT_FROM_OUTSIDE } from './support/codes.ts';
import { STATUS_OF_CODE } from './support/contract.ts';
import { type AgentName, agentToken, operatorToken, personToken, tokenOf } from './support/tokens.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

const open = (body: object = taskBody(), token = agentToken('report-builder'), key?: string) =>
  send('POST', '/v1/tasks', { token, body, ...(key === undefined ? {} : { key }) });
const openAs = (agent: AgentName, body = taskBody()) => open(body, agentToken(agent));

const change = (agent: AgentName, how: 'quarantine' | 'disable') =>
  send('POST', `/v1/agents/${agent}/${how}`, { token: operatorToken(), body: { reason: 'A test' } });

/** The plainest way to each. */
const CASES: Readonly<Record<string, () => Promise<Answer>>> = {
  malformed_request: () =>
    send('POST', '/v1/tasks', {
      token: agentToken('report-builder'),
      raw: '{',
      headers: { 'content-type': 'application/json' },
    }),
  invalid_request: () => open({}),
  unauthenticated: () => send('POST', '/v1/tasks', { body: taskBody() }),
  unknown_agent: () => open(taskBody(), tokenOf('ci', { sub: 'stranger' })),
  ambiguous_identity: () =>
    open(taskBody(), tokenOf('ci', { sub: 'p', repository_id: '42', ref: 'refs/heads/main' })),
  agent_quarantined: async () => {
    await change('frozen', 'quarantine');
    return openAs('frozen');
  },
  agent_disabled: async () => {
    await change('switched-off', 'disable');
    return openAs('switched-off');
  },
  conflict: async () => {
    await change('switched-off', 'disable');
    return change('switched-off', 'quarantine');
  },
  proof_required: () => openAs('prover'),
  secret_egress: () =>
    openAs('scribe', taskBody([{ capability: 'notes:read', parameters: { about: TOKEN } }])),
  review_overdue: () => openAs('forgotten'),
  outside_ceiling: () => open(taskBody([{ capability: 'archive:list' }])),
  outside_task: async () => askCredentials(await openTask('report-builder'), READ),
  task_over: async () => {
    const opened = await openTask('report-builder');
    await finish(opened);
    return askCredentials(opened, LIST);
  },
  denied_by_policy: () => openAs('staging-bot', taskBody([LIST])).then(ceilingFirst),
  not_permitted: async () => {
    const { task } = await openTask('report-builder');
    return send('GET', `/v1/tasks/${task.id}/events`, { token: personToken() });
  },
  not_found: () => send('GET', '/v1/nothing'),
  method_not_allowed: () => send('DELETE', '/v1/tasks'),
  request_too_large: () => open({ purpose: 'x'.repeat(1_048_576) }),
  unsupported_media_type: () =>
    send('POST', '/v1/tasks', {
      token: agentToken('report-builder'),
      raw: JSON.stringify(taskBody()),
      headers: { 'content-type': 'text/plain' },
    }),
  idempotency_mismatch: async () => {
    const key = randomUUID();
    await open(taskBody(), agentToken('report-builder'), key);
    return open(taskBody([READ]), agentToken('report-builder'), key);
  },
};

/** The ceiling is asked before policy: what is beyond it is no question of policy. */
async function ceilingFirst(answer: Answer): Promise<Answer> {
  refusalIn(answer, 'outside_ceiling');
  return openAs('staging-bot', taskBody([READ]));
}

test.for(Object.keys(CASES))('%s', async (code) => {
  const answer = await CASES[code]?.();
  if (answer === undefined) throw new Error(`no case for ${code}`);
  refusalIn(answer, code);
});

function textsUnder(directory: string): readonly string[] {
  const names = readdirSync(join(REPOSITORY, directory), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(REPOSITORY, directory, name), 'utf8'));
}

describe('the list of codes', () => {
  test('is a part of the contract’s, with its statuses', () => {
    expect(STATUS_OF_CODE).toMatchObject(STATUS_IN_SOURCE);
  });

  test('has a case each, here or elsewhere and not in both', () => {
    const cased = [...Object.keys(CASES), ...Object.keys(NOT_FROM_OUTSIDE)].sort();
    expect(cased).toEqual([...CODES].sort());
  });

  test.for(Object.entries(NOT_FROM_OUTSIDE))('%s is provoked in %s', ([code, directory]) => {
    expect(textsUnder(directory).some((text) => text.includes(`'${code}'`))).toBe(true);
  });
});
