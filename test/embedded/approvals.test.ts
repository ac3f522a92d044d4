// What waits for people at an embedded broker: while its files change, until it expires, and where Slack decides.
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { until } from '../support/poll.ts';
import {
  add,
  COUNTER_FILE,
  change,
  configWith,
  decideBy,
  ended,
  linkTo,
  openTask,
  type Pending,
  pendingIn,
  standing,
  startCounter,
  type Task,
} from './support/approvals.ts';
import { ask, brokerForTest, demoAuditorToken, temporaryDirectory } from './support/broker.ts';

interface Running {
  readonly url: string;
  readonly data: string;
  readonly config: string;
  readonly counts: ReadonlyMap<string, number>;
}

async function running(more = ''): Promise<Running> {
  const counter = await startCounter();
  const config = configWith(counter, more);
  const data = join(temporaryDirectory(), 'data');
  const { url } = await brokerForTest(['--config', config, '--data', data]);
  return { url, data, config, counts: counter.counts };
}

interface Loaded {
  readonly events: readonly { readonly type: string }[];
}

/** How often the files were taken over, as the audit has it. */
async function loadings({ url, data }: Running): Promise<number> {
  const { body } = await ask(`${url}/v1/audit/events?limit=500`, 'GET', demoAuditorToken(data));
  return (body as unknown as Loaded).events.filter(({ type }) => type.startsWith('config.')).length;
}

async function changed(at: Running, file: string, how: (text: string) => string): Promise<void> {
  const before = await loadings(at);
  change(at.config, file, how);
  await until('the new config', async () => ((await loadings(at)) > before ? true : undefined));
}

interface Changed {
  readonly what: string;
  readonly file: string;
  readonly how: (text: string) => string;
  readonly status: 'succeeded' | 'void';
}

/** One after the other, each while a call waits: what becomes of that when it is approved. */
const CHANGES: readonly Changed[] = [
  {
    ...{ what: 'comment', file: COUNTER_FILE, status: 'succeeded' },
    how: (text) => `# Another word.\n${text}`,
  },
  {
    ...{ what: 'unrelated', file: 'targets/demo-aws.yaml', status: 'succeeded' },
    how: (text) => text.replace('team: Demo', 'team: Other'),
  },
  {
    ...{ what: 'owner', file: COUNTER_FILE, status: 'void' },
    how: (text) => text.replace('team: Demo', 'team: Other'),
  },
  {
    ...{ what: 'agent', file: 'agents/demo-agent.yaml', status: 'void' },
    how: (text) => text.replace(/^purpose: .*$/m, 'purpose: Something else'),
  },
  {
    ...{ what: 'policy', file: 'policies/default.cedar', status: 'void' },
    how: (text) => `${text}\nforbid (principal, action == Action::"counter:add", resource);\n`,
  },
];

test('what runs is what was shown, under the files of then and of now, or nothing', async () => {
  const at = await running();
  const task = await openTask(at.url, at.data);
  for (const { what, file, how, status } of CHANGES) {
    const pending = pendingIn(await add(task, what));
    const link = await linkTo(at.data, pending);
    await changed(at, file, how);
    await decideBy(link, at.url, { decision: 'approve' });
    const end = await ended(task, pending);
    expect({ what, status: end.status, count: at.counts.get(`/added/${what}`) ?? 0 }).toEqual({
      ...{ what, status, count: status === 'succeeded' ? 1 : 0 },
    });
    if (status === 'void') expect(end.refusal).toMatchObject({ code: 'approval_void' });
  }
});

describe('an approval that nobody decides', () => {
  test('expires after its seconds, and by then those were asked whom the files name for that', async () => {
    const at = await running(
      'approvals: { expireAfterSeconds: 4, escalateAfterSeconds: 1, escalateTo: [demo-owners] }',
    );
    const task = await openTask(at.url, at.data);
    const pending = pendingIn(await add(task, 'one'));
    const link = await linkTo(at.data, pending);
    const end = await ended(task, pending);
    expect(end).toMatchObject({ status: 'expired', refusal: { code: 'approval_expired' } });
    expect(end.refusal?.detail).toContain('demo-owners');
    const late = await decideBy(link, at.url, {
      decision: 'approve',
      form: 'x',
      key: link.searchParams.get('key') ?? '',
    });
    expect(late.text).not.toContain('You approved this');
    expect(at.counts.size).toBe(0);
    const { body } = await ask(`${at.url}/v1/tasks/${task.id}/events`, 'GET', demoAuditorToken(at.data));
    const told = (body as unknown as { events: readonly { type: string; escalation?: boolean }[] }).events;
    expect(told.map(({ type, escalation }) => (escalation ? `${type} again` : type))).toEqual([
      ...[
        'task.opened',
        'call.requested',
        'call.awaiting',
        'approval.asked',
        'approval.asked again',
        'call.expired',
      ],
    ]);
  });
});

const SIGNING_SECRET = 'not-a-secret-of-anybody';
/** Without a bot token nothing is sent to Slack: only what comes from there is looked at. */
const SLACK = { 'slack-app': { signingSecret: SIGNING_SECRET } };

interface Click {
  readonly user: string;
  readonly decision?: 'approve' | 'deny';
  readonly at?: number;
  readonly secret?: string;
}

async function click(
  { url }: Running,
  { approval }: Pending,
  { user, decision = 'approve', at = Date.now() / 1000, secret = SIGNING_SECRET }: Click,
): Promise<number> {
  const action = { type: 'button', action_id: decision, value: approval };
  const payload = { type: 'block_actions', user: { id: user }, team: { id: 'T0000TEST' }, actions: [action] };
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const timestamp = String(Math.floor(at));
  const mac = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  const response = await fetch(`${url}/v1/slack/interactions`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${mac}`,
    },
  });
  await response.arrayBuffer();
  return response.status;
}

async function withSlack(): Promise<Running & { readonly task: Task; readonly pending: Pending }> {
  const counter = await startCounter();
  const config = configWith(counter, 'notify: { slack: { secret: slack-app, channel: C0000TEST } }');
  change(config, 'broker.yaml', (text) =>
    text
      .replace(
        '{ id: dana@example.com, name: Dana }',
        '{ id: dana@example.com, name: Dana, groups: [demo-owners], slack: U0DANA }',
      )
      .replace('name: Lee, groups: [demo-owners] }', 'name: Lee, groups: [demo-owners], slack: U0LEE }')
      .replace('name: Sam, groups: [demo-owners] }', 'name: Sam, groups: [demo-owners], slack: U0SAM }'),
  );
  const data = join(temporaryDirectory(), 'data');
  const file = join(temporaryDirectory(), 'secrets.json');
  writeFileSync(file, JSON.stringify(SLACK), { mode: 0o600 });
  const { url } = await brokerForTest(['--config', config, '--data', data, '--secrets', file]);
  const task = await openTask(url, data, { requester: 'sam@example.com' });
  return { url, data, config, counts: counter.counts, task, pending: pendingIn(await add(task, 'one')) };
}

describe('a click in Slack', () => {
  test('of the agent’s owner, of the requester, of somebody unknown, or not signed, decides nothing', async () => {
    const at = await withSlack();
    for (const user of ['U0DANA', 'U0SAM', 'U0NOBODY'])
      expect(await click(at, at.pending, { user })).toBe(200);
    const forged: readonly Click[] = [
      { user: 'U0LEE', secret: 'another' },
      { user: 'U0LEE', at: Date.now() / 1000 - 301 },
      { user: 'U0LEE', at: Date.now() / 1000 + 330 },
    ];
    for (const one of forged) expect(await click(at, at.pending, one)).toBe(401);
    expect(await standing(at.task, at.pending)).toMatchObject({
      ...{ status: 'awaiting_approval', approval: { decisions: [] } },
    });
    expect(at.counts.size).toBe(0);
  });

  test('of an owner of the target runs it, once', async () => {
    const at = await withSlack();
    const clicks = [
      await click(at, at.pending, { user: 'U0LEE' }),
      await click(at, at.pending, { user: 'U0LEE' }),
    ];
    expect(clicks).toEqual([200, 200]);
    expect(await ended(at.task, at.pending)).toMatchObject({ status: 'succeeded' });
    expect(at.counts.get('/added/one')).toBe(1);
  });
});
