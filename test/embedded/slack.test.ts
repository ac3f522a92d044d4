// The whole way by Slack, against one of the test's own: asked there, clicked there, carried out, and said there.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { consoleLog, start } from '../../src/embedded/index.ts';
import type { JsonObject } from '../../src/shared/json.ts';
import { CHANNEL, type FakeSlack, messageOf, startFakeSlack, TOKEN } from '../contract/support/fake-slack.ts';
import { until } from '../support/poll.ts';
import { type Clicked, clickBody, SIGNING_SECRET, signedAt } from '../support/slack.ts';
import { ask, demoAgentToken, QUICKSTART, temporaryDirectory } from './support/broker.ts';

const LEE = '- { id: lee@example.com, name: Lee, groups: [demo-owners]';

/** The quickstart's files, with a channel and with one person's Slack user. */
function configWith(slack: string): string {
  const config = join(temporaryDirectory(), 'config');
  cpSync(QUICKSTART, config, { recursive: true });
  const file = join(config, 'broker.yaml');
  const text = readFileSync(file, 'utf8').replace(LEE, `${LEE}, slack: U0LEE`);
  writeFileSync(file, `${text}\n${slack}\n`);
  return config;
}

async function brokerWith(slack: FakeSlack) {
  const data = join(temporaryDirectory(), 'data');
  const secretsFile = join(temporaryDirectory(), 'secrets.json');
  const secret = { botToken: TOKEN, signingSecret: SIGNING_SECRET };
  writeFileSync(secretsFile, JSON.stringify({ 'slack-app': secret }), { mode: 0o600 });
  const logged: string[] = [];
  const broker = await start({
    config: configWith(`notify: { slack: { secret: slack-app, channel: ${CHANNEL} } }`),
    ...{ data, secretsFile, port: 0, aws: false, durable: false },
    log: consoleLog((line) => logged.push(line)),
    onMail: () => undefined,
    onFaults: () => undefined,
    slackUrl: `${slack.endpoint}/api`,
  });
  onTestFinished(broker.stop);
  return { url: broker.url, data, logged };
}

/** A reply to a customer, which has to wait. */
async function replyWaits({ url, data }: { readonly url: string; readonly data: string }) {
  const capabilities = [{ capability: 'tickets-api:reply' }];
  const wanted = { purpose: 'Answer the customer', capabilities };
  const { body } = await ask(`${url}/v1/tasks`, 'POST', demoAgentToken(data), wanted);
  const { task, token } = body as unknown as { task: { id: string }; token: string };
  const path = `${url}/v1/tasks/${task.id}/http/tickets-api/tickets/42/replies`;
  const { status, body: waits } = await ask(path, 'POST', token, { text: 'On its way' });
  expect(status).toBe(202);
  const { call, approval } = waits as unknown as { call: string; approval: { id: string } };
  const statusOf = async (wait = 0) => {
    const answer = await ask(`${url}/v1/calls/${call}?wait=${wait}`, 'GET', token);
    return (answer.body['call'] as JsonObject)['status'];
  };
  return { approval: approval.id, statusOf };
}

async function click(url: string, clicked: Clicked, secret?: string): Promise<number> {
  const { rawBody, timestamp = '', signature = '' } = signedAt(new Date(), clickBody(clicked), secret);
  const response = await fetch(`${url}/v1/slack/interactions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': signature,
    },
    body: Buffer.from(rawBody),
  });
  if (response.status === 200) expect(await response.text()).toBe('');
  return response.status;
}

const saidIn = ({ asked }: FakeSlack, method: string) =>
  asked.filter((one) => one.method === `/api/${method}`);

test('a click on the message carries it out, and the message says so', async () => {
  const slack = await startFakeSlack();
  onTestFinished(slack.close);
  const broker = await brokerWith(slack);
  const { approval, statusOf } = await replyWaits(broker);
  const posted = await until('the message', () => saidIn(slack, 'chat.postMessage')[0]);
  const { blocks } = messageOf(posted);
  expect(JSON.stringify(blocks)).toContain('POST /tickets/42/replies');
  expect(JSON.stringify(blocks)).toContain(
    `"action_id":"approve","text":{"type":"plain_text","text":"Approve"`,
  );
  expect(JSON.stringify(blocks)).toContain(`${broker.url}/approve/${approval}"`);

  expect(await click(broker.url, { approval, user: 'U0LEE' }, 'another secret')).toBe(401);
  expect(await click(broker.url, { approval, user: 'U0LEE', action: 'open' })).toBe(200);
  const elsewhere = { more: { response_url: slack.responseUrl } };
  expect(await click(broker.url, { approval, user: 'U0NOBODY', ...elsewhere })).toBe(200);
  expect(await statusOf()).toBe('awaiting_approval');

  const both = [
    click(broker.url, { approval, user: 'U0LEE' }),
    click(broker.url, { approval, user: 'U0LEE' }),
  ];
  expect(await Promise.all(both)).toEqual([200, 200]);
  expect(
    await until('its end', async () => ((await statusOf(5)) === 'succeeded' ? 'succeeded' : undefined)),
  ).toBe('succeeded');
  const updated = await until('the message changed', () => saidIn(slack, 'chat.update').at(-1));
  expect(updated.form).toMatchObject({ channel: CHANNEL, ts: '1531420618.000000' });
  expect(messageOf(updated).text).toContain('Approved by lee@example.com');
  expect(JSON.stringify(messageOf(updated).blocks)).not.toContain('"button"');
  expect(saidIn(slack, 'chat.postMessage')).toHaveLength(1);
  // What is whispered goes to Slack alone, wherever else a payload says.
  expect(slack.whispers).toEqual([]);
  for (const secret of [TOKEN, SIGNING_SECRET]) expect(broker.logged.join('\n')).not.toContain(secret);
});

test('a Slack that refuses everything keeps nobody from deciding there', async () => {
  const slack = await startFakeSlack();
  onTestFinished(slack.close);
  const broker = await brokerWith(slack);
  const { approval, statusOf } = await replyWaits(broker);
  await until('the message', () => saidIn(slack, 'chat.postMessage')[0]);
  slack.taken.token = 'another';
  expect(await click(broker.url, { approval, user: 'U0LEE', action: 'deny', reason: 'Not today.' })).toBe(
    200,
  );
  expect(await until('its end', async () => ((await statusOf(5)) === 'denied' ? 'denied' : undefined))).toBe(
    'denied',
  );
  await until('the line in the log', () => broker.logged.find((line) => line.includes('backend=chat')));
});
