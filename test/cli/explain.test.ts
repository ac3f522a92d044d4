// `bailiwick policy explain` of what a broker has recorded, by the id of a call, a task or an event.
import { beforeAll, describe, expect, test } from 'vitest';
import {
  ask,
  brokerForFile,
  demoAgentToken,
  demoAuditorToken,
  temporaryDirectory,
} from '../embedded/support/broker.ts';
import { bailiwick } from '../support/command.ts';
import { CONFIG, candidate } from './support/backtesting.ts';
import { explained } from './support/explaining.ts';

const { broker, data } = brokerForFile(CONFIG);

const wanted = (name: string, prefix = 'weekly') => ({
  capability: `demo-aws:${name}`,
  parameters: { prefix },
});
const calls: Record<string, string> = {};
let task: string;
let refused: string;
let loaded: string;

beforeAll(async () => {
  const { url } = broker();
  const agent = demoAgentToken(data);
  const open = (...capabilities: readonly object[]) =>
    ask(`${url}/v1/tasks`, 'POST', agent, { purpose: 'Write the report', capabilities });
  const { body } = await open(wanted('read'), wanted('purge'));
  const opened = body as unknown as { readonly task: { readonly id: string }; readonly token: string };
  task = opened.task.id;
  const issue = async (name: string, given: object) => {
    const answer = await ask(`${url}/v1/tasks/${task}/credentials`, 'POST', opened.token, given);
    calls[name] = String(answer.body['call']);
  };
  await issue('read', { capability: 'demo-aws:read' });
  await issue('purge', { capability: 'demo-aws:purge' });
  await issue('uncovered', wanted('write'));
  await issue('other', wanted('read', 'daily'));
  await open(wanted('fly'));
  await ask(`${url}/v1/tasks/${task}/finish`, 'POST', opened.token);
  await issue('late', { capability: 'demo-aws:read' });
  const { body: audit } = await ask(`${url}/v1/audit/events`, 'GET', demoAuditorToken(data));
  const events = audit['events'] as readonly { readonly id: string; readonly type: string }[];
  const idOf = (type: string) => events.find((event) => event.type === type)?.id ?? '';
  [refused, loaded] = [idOf('task.refused'), idOf('config.loaded')];
});

const NOTHING = { COLUMNS: '400' };
const look = (id: string | undefined, ...args: readonly string[]) =>
  explained([String(id), '--data', data, ...args], NOTHING);

describe('a call', () => {
  test('that was allowed', async () => {
    const { code, out, err } = await look(calls['read']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`${calls['read']} of demo-agent, ${task}, `);
    expect(out).toMatch(/^Recorded: demo-aws:read: allowed, decided by default\.cedar:1\.$/m);
    expect(out).toMatch(/^Decided under config [0-9a-f]{12}, which is that of the files as they are now\.$/m);
    expect(out).toContain('demo-agent, demo-aws:read prefix=weekly: allowed');
  });

  test('that needed approval', async () => {
    const { code, out } = await look(calls['purge']);
    expect(code).toBe(1);
    expect(out).toContain(
      'Recorded: demo-aws:purge: needs two approvals by anyone who may approve, decided by blast-radius-changes.',
    );
    expect(out).toContain('what would make it pass:\n  - two approvals by anyone who may approve');
  });

  test('that its task did not cover', async () => {
    const { code, out } = await look(calls['uncovered']);
    expect(code).toBe(1);
    expect(out).toContain(
      'Refused before policy was asked: outside_task: The task does not cover demo-aws:write.',
    );
    expect(out).toContain('what would make it pass:\n  - the task lacks demo-aws:write');
    expect((await look(calls['other'])).out).toContain(
      'the task holds demo-aws:read with other parameters: prefix=weekly',
    );
  });

  test('that came too late', async () => {
    const { code, out } = await look(calls['late']);
    expect(code).toBe(1);
    expect(out).toContain(
      'Refused before policy was asked: task_over: The task is finished. Open a new one.',
    );
  });

  test('under other files: what was, what would be, and which is which', async () => {
    const config = candidate([
      [
        'policies/default.cedar',
        'action in Action::"read", resource);',
        'action in Action::"read", resource) when { context.task.age > 3600 };',
      ],
    ]);
    const { code, out } = await look(calls['read'], '--config', config);
    expect(code).toBe(1);
    expect(out).toMatch(
      /^Decided under config [0-9a-f]{12}; explained under the files as they are now, config [0-9a-f]{12}\.$/m,
    );
    expect(out).toContain('Recorded: demo-aws:read: allowed');
    expect(out).toContain('demo-agent, demo-aws:read prefix=weekly: denied (denied_by_policy)');
    expect(out).toMatch(
      /for default\.cedar:1 to permit it: context\.task\.age > 3600 \(context\.task\.age is \d+\)/,
    );
    const gone = candidate([['agents/demo-agent.yaml', '"demo-aws:read", ', '']]);
    const beyond = await look(calls['read'], '--config', gone);
    expect(beyond.out).toContain("denied (outside_ceiling): the agent's ceiling lacks demo-aws:read");
    // Refused once, it is not said to be allowed because it would be now.
    const easy = candidate([
      ['policies/default.cedar', ' when { context.approvals.count >= 2 };', ';'],
      ['targets/demo-aws.yaml', 'impacts: [destroy]', 'impacts: []'],
    ]);
    const again = await look(calls['purge'], '--config', easy);
    expect(again.out).toContain('demo-aws:purge prefix=weekly: allowed');
    expect(again.code).toBe(1);
  });

  test('as JSON', async () => {
    const { out } = await look(calls['uncovered'], '--json');
    expect(JSON.parse(out)).toMatchObject({
      recorded: {
        ...{ id: calls['uncovered'], type: 'call.denied', agent: 'demo-agent', task, decisions: [] },
        refusal: { code: 'outside_task' },
        uncovered: [{ code: 'outside_task', says: 'the task lacks demo-aws:write' }],
      },
      sameConfig: true,
      explained: [],
    });
  });

  test('asked of the broker, whose data is elsewhere', async () => {
    const token = demoAuditorToken(data);
    const args = [String(calls['read']), '--url', broker().url, '--config', CONFIG];
    const { code, out, err } = await explained(args, { ...NOTHING, BAILIWICK_TOKEN: token });
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('demo-aws:read prefix=weekly: allowed');
    const unasked = await explained(args, { ...NOTHING, BAILIWICK_TOKEN: 'nobody' });
    expect(unasked.code).toBe(2);
    expect(unasked.err).toContain('unauthenticated');
  });
});

test('the opening of a task: each of its capabilities', async () => {
  const { code, out } = await look(task);
  expect(code).toBe(1);
  expect(out).toContain('Recorded: demo-aws:read: allowed');
  expect(out).toContain('demo-agent, demo-aws:read prefix=weekly: allowed');
  expect(out).toContain('demo-agent, demo-aws:purge prefix=weekly: needs two approvals');
});

test('an opening that was refused, by its event', async () => {
  const { code, out } = await look(refused);
  expect(code).toBe(1);
  expect(out).toContain('Recorded: demo-aws:fly: denied (outside_ceiling).');
  expect(out).toContain("what would make it pass:\n  - the agent's ceiling lacks demo-aws:fly");
});

test('the command itself finds the files of the broker that last ran there', async () => {
  const { code, out, err } = await bailiwick(['policy', 'explain', String(calls['purge']), '--data', data]);
  expect([code, err]).toEqual([1, '']);
  expect(out).toContain('blast-radius-changes forbids it without one approval by anyone who may approve');
});

test.each<[id: () => string, args: () => readonly string[], says: string]>([
  [
    () => String(calls['read']).replace(/.$/, (last) => (last === '0' ? '1' : '0')),
    () => ['--data', data],
    'There is no event of a call with the id call_',
  ],
  [() => `task_${'0'.repeat(26)}`, () => ['--data', data], 'There is no event of the opening of a task'],
  [() => loaded, () => ['--data', data], 'Nothing was decided in evt_'],
  [() => String(calls['read']), () => ['--data', temporaryDirectory()], 'There are no recorded events in'],
  [
    () => String(calls['read']),
    () => ['--data', data, '--agent', 'demo-agent'],
    '--agent means nothing beside what was recorded',
  ],
  [() => String(calls['read']), () => ['--data', data, task], 'Name one call by its id'],
])('nothing to explain', async (id, args, says) => {
  const { code, out, err } = await explained([id(), ...args()]);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(says);
});
