// Handing work on: a coordinator and those who work for it, as they see each other through the API.
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  type Answer,
  askCredentials,
  credentials,
  eventsOf,
  finish,
  refusalIn,
  send,
  taskBody,
  type Wanted,
} from './support/broker.ts';
import { idPattern, type Opened, type TaskView } from './support/contract.ts';
import { type AgentName, agentToken, operatorToken, personToken, tokenOf } from './support/tokens.ts';

interface DelegationView {
  readonly id: string;
  readonly task: string;
  readonly agent: string;
  readonly capabilities: readonly Wanted[];
  readonly expiresAt: string;
}
interface ChildView extends TaskView {
  readonly delegation?: string;
  readonly ancestors: readonly { readonly task: string; readonly agent: string }[];
}
type Child = Opened & { readonly task: ChildView };

/** Agents whose tests are these alone. */
const OURS = ['lead', 'scout', 'writer', 'careful'] as const;
type Ours = (typeof OURS)[number];
const tokenFor = (agent: Ours | AgentName) =>
  (OURS as readonly string[]).includes(agent)
    ? tokenOf('ci', { sub: agent })
    : agentToken(agent as AgentName);

const LIST: Wanted = { capability: 'reports:list' };
const folder = (path: string): Wanted => ({ capability: 'reports:folder', parameters: { path } });

function openAs(agent: Ours | AgentName, capabilities: readonly Wanted[], more: object = {}, key?: string) {
  const body = taskBody(capabilities, more);
  return send('POST', '/v1/tasks', { token: tokenFor(agent), body, ...(key === undefined ? {} : { key }) });
}

function created<T>({ status, body, text }: Answer): T {
  expect({ status, text: status === 201 ? '' : text }).toEqual({ status: 201, text: '' });
  return body as T;
}

async function lead(
  capabilities = [folder('2026'), LIST],
  more: object = {},
  agent: Ours = 'lead',
): Promise<Child> {
  return created(await openAs(agent, capabilities, { requester: 'kim', ...more }));
}

function handOn({ task, token }: Opened, agent: string, more: object = {}, key?: string): Promise<Answer> {
  const body = { agent, capabilities: [LIST], ...more };
  return send('POST', `/v1/tasks/${task.id}/delegations`, {
    token,
    body,
    ...(key === undefined ? {} : { key }),
  });
}

async function offered(above: Opened, agent: string, more: object = {}): Promise<DelegationView> {
  return created<{ delegation: DelegationView }>(await handOn(above, agent, more)).delegation;
}

function accept(
  { id, agent, capabilities }: DelegationView,
  more: object = {},
  key?: string,
): Promise<Answer> {
  return openAs(agent as Ours, capabilities, { delegation: id, ...more }, key);
}

async function handedOn(above: Opened, agent: Ours | AgentName, more: object = {}): Promise<Child> {
  return created(await accept(await offered(above, agent, more)));
}

const statusOf = async ({ task, token }: Opened) =>
  ((await send('GET', `/v1/tasks/${task.id}`, { token })).body as { task: TaskView }).task.status;

describe('a coordinator hands part of its task on', () => {
  test('and the other agent does that part, for the same person, under the same root', async () => {
    const root = await lead(undefined, { requesterToken: personToken(), requester: 'kim@example.com' });
    const delegation = await offered(root, 'scout', { capabilities: [folder('2026/q1')], ttlSeconds: 600 });
    expect(delegation).toEqual({
      ...{ id: expect.stringMatching(idPattern('dele')), task: root.task.id, agent: 'scout' },
      ...{ capabilities: [folder('2026/q1')], expiresAt: expect.any(String) },
    });
    expect(delegation.expiresAt < root.task.expiresAt).toBe(true);
    const child = created<Child>(await accept(delegation, { purpose: 'Read the first quarter' }));
    expect(child.task).toMatchObject({
      ...{ agent: 'scout', status: 'open', purpose: 'Read the first quarter', delegation: delegation.id },
      requester: { id: 'kim@example.com', proven: true },
      ancestors: [{ task: root.task.id, agent: 'lead' }],
      expiresAt: delegation.expiresAt,
    });
    const got = await credentials(child, { capability: 'reports:folder' });
    expect(got.credentials.expiration <= delegation.expiresAt).toBe(true);
    expect((await finish(child)).status).toBe(200);
    expect(await statusOf(root)).toBe('open');
  });

  test('and every event of it names the whole chain', async () => {
    const root = await lead();
    const middle = await handedOn(root, 'scout');
    const last = await handedOn(middle, 'writer');
    await credentials(last, LIST);
    refusalIn(await askCredentials(last, folder('2026')), 'outside_task');
    await finish(last);
    const ancestors = [root, middle].map(({ task }) => ({ task: task.id, agent: task.agent }));
    const events = await eventsOf(last.task.id);
    // The Revoker may have been there by now, and has its say in its own time.
    const types = events.map(({ type }) => type).filter((type) => type !== 'credentials.revoked');
    expect(new Set(types)).toEqual(
      new Set(['task.opened', 'call.requested', 'credentials.issued', 'call.denied', 'task.finished']),
    );
    for (const event of events)
      expect(event).toMatchObject({ ancestors, agent: 'writer', task: last.task.id });
    expect(events[0]).toMatchObject({
      requester: { id: 'kim', proven: false },
      delegation: last.task.delegation,
    });
    const above = await eventsOf(root.task.id);
    expect(above.find(({ type }) => type === 'delegation.offered')).toMatchObject({
      ...{
        delegation: middle.task.delegation,
        to: 'scout',
        ancestors: [],
        capabilities: [{ ...LIST, parameters: {} }],
      },
    });
  });

  test('which may be all of it, with the parameters that the task has', async () => {
    const root = await lead();
    const { capabilities } = await offered(root, 'scout', {
      capabilities: [{ capability: 'reports:folder' }, LIST],
    });
    expect(capabilities).toEqual([folder('2026'), { ...LIST, parameters: {} }]);
  });
});

describe('never more than it has', () => {
  test.for<[string, object, string]>([
    ['other parameters', { capabilities: [folder('2025')] }, 'outside_task'],
    ['wider ones', { capabilities: [folder('2')] }, 'outside_task'],
    ['such that only begin alike', { capabilities: [folder('2026-drafts')] }, 'outside_task'],
    [
      'what the task does not hold',
      { capabilities: [{ capability: 'reports:write', parameters: { prefix: 'a' } }] },
      'outside_task',
    ],
    ['a wildcard', { capabilities: [folder('2026/*')] }, 'invalid_request'],
    ['a time beyond its own', { ttlSeconds: 100_000 }, 'invalid_request'],
    ['nothing', { capabilities: [] }, 'invalid_request'],
    ['a field that nobody knows', { requester: 'pat' }, 'invalid_request'],
    ['an agent in a circle', { agent: 'lead' }, 'invalid_request'],
    ['an agent that is none', { agent: 'nobody' }, 'invalid_request'],
    ['an id that is none', { agent: '../lead' }, 'invalid_request'],
    ['an agent whose ceiling is lower', { agent: 'staging-bot' }, 'outside_ceiling'],
  ])('%s', async ([, more, code]) => {
    refusalIn(await handOn(await lead(), 'scout', more), code);
  });

  test('nor does the other agent open more than was handed to it', async () => {
    const delegation = await offered(await lead(), 'writer', { capabilities: [folder('2026/q1')] });
    for (const capabilities of [
      [folder('2026')],
      [LIST],
      [{ capability: 'reports:write', parameters: { prefix: 'a' } }],
    ])
      refusalIn(await accept({ ...delegation, capabilities }), 'outside_task');
    refusalIn(await accept(delegation, { requester: 'pat' }), 'invalid_request');
    refusalIn(await accept(delegation, { ttlSeconds: 3600 }), 'invalid_request');
    created(await accept({ ...delegation, capabilities: [folder('2026/q1/draft')] }, { requester: 'kim' }));
  });

  test('nor deeper than five', async () => {
    let last = await lead([LIST]);
    const root = last;
    for (const agent of ['scout', 'writer', 'archivist', 'pipeline-branches', 'from-cognito'] as const)
      last = await handedOn(last, agent);
    expect(last.task.ancestors.map(({ agent }) => agent)).toEqual([
      ...['lead', 'scout', 'writer', 'archivist', 'pipeline-branches'],
    ]);
    await credentials(last, LIST);
    refusalIn(await handOn(last, 'report-builder'), 'invalid_request');
    expect((await send('POST', `/v1/tasks/${root.task.id}/finish`, { token: root.token })).status).toBe(200);
    refusalIn(await askCredentials(last, LIST), 'task_over');
    expect(await statusOf(last)).toBe('finished');
  });

  test('nor without the approval that the coordinator needs', async () => {
    const root = await lead([LIST], {}, 'careful');
    const child = await handedOn(root, 'scout');
    for (const { task } of [root, child])
      expect(task.capabilities[0]?.decision).toMatchObject({
        outcome: 'needsApproval',
        approvals: { count: 1, of: {} },
      });
    const { status, body } = await askCredentials(child, LIST);
    expect({ status, body }).toMatchObject({
      status: 202,
      body: { approval: { needed: { count: 1, of: {} } } },
    });
  });
});

describe('a delegation is good for one agent, and once', () => {
  test('nobody else can use it', async () => {
    const delegation = await offered(await lead(), 'scout');
    for (const agent of ['writer', 'lead', 'archivist'])
      refusalIn(await accept({ ...delegation, agent }), 'not_found');
    for (const id of [delegation.task, 'dele_', `${delegation.id}x`, '../state', '%00'])
      refusalIn(await accept({ ...delegation, id }), 'not_found');
    created(await accept(delegation));
    refusalIn(await accept(delegation), 'conflict');
  });

  test('of several at once, one gets a task', async () => {
    const delegation = await offered(await lead(), 'scout');
    const answers = await Promise.all(Array.from({ length: 6 }, () => accept(delegation)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(5).fill(409)]);
  });

  test('an Idempotency-Key brings the same task, and the same delegation, again', async () => {
    const root = await lead();
    const [key, other] = [randomUUID(), randomUUID()];
    const all = await Promise.all(Array.from({ length: 4 }, () => handOn(root, 'scout', {}, key)));
    const [delegation, ...more] = all.map(
      (answer) => created<{ delegation: DelegationView }>(answer).delegation,
    );
    if (delegation === undefined) throw new Error('there is none');
    for (const one of more) expect(one).toEqual(delegation);
    refusalIn(await handOn(root, 'writer', {}, key), 'idempotency_mismatch');
    const tasks = await Promise.all(Array.from({ length: 4 }, () => accept(delegation, {}, other)));
    expect(new Set(tasks.map((answer) => created<Child>(answer).task.id)).size).toBe(1);
    refusalIn(await accept(delegation), 'conflict');
  });

  test.for<[string, (above: Opened) => string | undefined]>([
    ["the agent's own token", () => tokenFor('lead')],
    ["a person's", () => operatorToken()],
    [
      'a changed one',
      ({ token }) => `${token.slice(0, -9)}${token.at(-9) === '0' ? 1 : 0}${token.slice(-8)}`,
    ],
    ['none', () => undefined],
  ])('nobody hands on with %s', async ([, token]) => {
    const root = await lead();
    refusalIn(await handOn({ ...root, token: token(root) as string }, 'scout'), 'unauthenticated');
  });

  test("nobody hands on with another task's token", async () => {
    const [root, other] = [await lead(), await lead()];
    refusalIn(await handOn({ ...root, token: other.token }, 'scout'), 'not_found');
  });
});

describe('what ends a task ends all below it', () => {
  const act = (path: string) => send('POST', path, { token: operatorToken(), body: { reason: 'A test' } });

  test.for<[string, (root: Opened) => Promise<Answer>, string]>([
    ['finished', (root) => finish(root), 'finished'],
    ['revoked', ({ task }) => act(`/v1/tasks/${task.id}/revoke`), 'revoked'],
  ])('once it is %s', async ([, end, status]) => {
    const root = await lead();
    const child = await handedOn(root, 'scout');
    const waiting = await offered(child, 'writer');
    expect((await end(root)).status).toBe(200);
    refusalIn(await askCredentials(child, LIST), 'task_over');
    refusalIn(await handOn(child, 'writer'), 'task_over');
    refusalIn(await accept(waiting), 'task_over');
    expect(await statusOf(child)).toBe(status);
    const [told] = (await eventsOf(root.task.id)).filter(({ type }) => type === `task.${status}`);
    expect(told).toMatchObject({ below: [child.task.id] });
  });

  test('frozen with its agent, and over with it', async () => {
    const child = await handedOn(await lead(), 'scout');
    const grandchild = await handedOn(child, 'writer');
    expect((await act('/v1/agents/scout/quarantine')).status).toBe(200);
    refusalIn(await askCredentials(grandchild, LIST), 'agent_quarantined');
    expect((await act('/v1/agents/scout/reinstate')).status).toBe(200);
    await credentials(grandchild, LIST);
    expect((await act('/v1/agents/scout/disable')).status).toBe(200);
    refusalIn(await askCredentials(grandchild, LIST), 'agent_disabled');
    expect((await act('/v1/agents/scout/reinstate')).status).toBe(200);
    refusalIn(await askCredentials(grandchild, LIST), 'task_over');
    expect(await statusOf(grandchild)).toBe('revoked');
  });
});
