// What Slack is asked, and what its answers come to: rotated tokens, rate limits, refusals, and hosts that are not Slack.
import { inspect } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { createSlackChat, type SlackChatDependencies } from '../../../src/adapters/network/slack-chat.ts';
import type { Secrets } from '../../../src/ports/secrets.ts';
import { Unavailable } from '../../../src/shared/errors.ts';
import { Secret } from '../../../src/shared/secret.ts';
import { MESSAGE } from '../../contract/chat.ts';
import { movableClock } from '../../contract/support/clock.ts';
import {
  CHANNEL,
  type FakeAnswer,
  type FakeSlack,
  refused,
  startFakeSlack,
  TOKEN,
} from '../../contract/support/fake-slack.ts';
import { silentServer } from '../../contract/support/servers.ts';
import { selfSigned } from './support/certificate.ts';
import { canary, httpsPort } from './support/servers.ts';

type Read = Secrets['read'];

/** A clock that keeps how long it was to wait. */
function waitingClock() {
  const waited: number[] = [];
  const sleep = async (milliseconds: number) => void waited.push(milliseconds);
  return { waited, clock: { ...movableClock(), sleep } };
}

function chatAt(baseUrl: string, options: Partial<SlackChatDependencies> = {}) {
  const { waited, clock } = waitingClock();
  const read: Read = async (name) => (name === 'slack-app' ? { botToken: new Secret(TOKEN) } : undefined);
  const chat = createSlackChat({
    secrets: { read },
    settings: () => ({ secret: 'slack-app', channel: CHANNEL }),
    clock,
    allowLoopback: true,
    baseUrl,
    ...options,
  });
  return { chat, waited };
}

async function setUp(options: Partial<SlackChatDependencies> = {}) {
  const slack: FakeSlack = await startFakeSlack();
  onTestFinished(slack.close);
  return { ...slack, ...chatAt(`${slack.endpoint}/api`, options) };
}

/** As it is told, with all that lies behind it; and no token anywhere in it. */
async function faultOf(work: Promise<unknown>): Promise<Unavailable> {
  const fault = await work.then(
    () => 'no fault',
    (error: unknown) => error,
  );
  expect(inspect(fault, { depth: 9, showHidden: true })).not.toContain('canary-token');
  if (!(fault instanceof Unavailable)) throw new Error(`${String(fault)} instead of Unavailable`);
  return fault;
}

const causeOf = async (work: Promise<unknown>) => String((await faultOf(work)).cause);

it('asks for nothing to be unfolded, linked or mentioned', async () => {
  const { chat, asked } = await setUp();
  const posted = await chat.post(MESSAGE);
  await chat.update(posted, MESSAGE);
  const said = {
    channel: CHANNEL,
    text: MESSAGE.text,
    blocks: JSON.stringify(MESSAGE.blocks),
    parse: 'none',
    link_names: 'false',
  };
  expect(asked).toEqual([
    {
      method: '/api/chat.postMessage',
      authorization: `Bearer ${TOKEN}`,
      form: { ...said, unfurl_links: 'false', unfurl_media: 'false' },
    },
    {
      method: '/api/chat.update',
      authorization: `Bearer ${TOKEN}`,
      form: { ...said, ts: posted.id },
    },
  ]);
  expect(posted.channel).toBe(CHANNEL);
});

function rotating(after: string) {
  const reads: boolean[] = [];
  const read: Read = async (_, { fresh = false } = {}) => {
    reads.push(fresh);
    return { botToken: new Secret(fresh ? after : TOKEN) };
  };
  return { reads, secrets: { read } };
}

it.each(['invalid_auth', 'token_revoked', 'token_expired'])(
  'reads the secret anew when told %s, and says it again with what is there now',
  async (code) => {
    const { reads, secrets } = rotating('xoxb-newer');
    const { chat, asked, taken, next } = await setUp({ secrets });
    taken.token = 'xoxb-newer';
    next.push(refused(code));
    await chat.post(MESSAGE);
    expect(asked.map(({ authorization }) => authorization)).toEqual([`Bearer ${TOKEN}`, 'Bearer xoxb-newer']);
    expect(reads).toEqual([false, true]);
  },
);

it('reads it anew once, and does not insist with the same token', async () => {
  const same = rotating(TOKEN);
  const one = await setUp({ secrets: same.secrets });
  one.taken.token = 'xoxb-other';
  expect(await causeOf(one.chat.post(MESSAGE))).toBe('Error: chat.postMessage: invalid_auth');
  expect([one.asked.length, same.reads]).toEqual([1, [false, true]]);

  const wrong = rotating('xoxb-canary-token-2');
  const two = await setUp({ secrets: wrong.secrets });
  two.taken.token = 'xoxb-other';
  expect(await causeOf(two.chat.post(MESSAGE))).toBe('Error: chat.postMessage: invalid_auth');
  expect([two.asked.length, wrong.reads]).toEqual([2, [false, true]]);
});

const limited = (retryAfter?: string): FakeAnswer => ({
  status: 429,
  ...(retryAfter === undefined ? {} : { headers: { 'retry-after': retryAfter } }),
  body: '{"ok":false,"error":"ratelimited"}',
});

it.each(['0', '1', '3'])('waits once where Slack asks for %s seconds', async (seconds) => {
  const { chat, asked, next, waited } = await setUp();
  next.push(limited(seconds));
  await chat.post(MESSAGE);
  expect([asked.length, waited]).toEqual([2, [Number(seconds) * 1000]]);
});

it('does not wait a second time', async () => {
  const { chat, asked, next, waited } = await setUp();
  next.push(limited('1'), limited('1'));
  expect(await causeOf(chat.post(MESSAGE))).toBe('Error: chat.postMessage: ratelimited');
  expect([asked.length, waited]).toEqual([2, [1000]]);
});

it.each(['4', '30', '-1', '1.5', 'Wed, 21 Oct 2026 07:28:00 GMT', '99999', undefined])(
  'does not wait where Slack asks for %s',
  async (seconds) => {
    const { chat, asked, next, waited } = await setUp();
    next.push(limited(seconds));
    expect(await causeOf(chat.update({ channel: CHANNEL, id: '1.0' }, MESSAGE))).toBe(
      'Error: chat.update: ratelimited',
    );
    expect([asked.length, waited]).toEqual([1, []]);
  },
);

it.each([
  [refused('not_in_channel'), 'Error: chat.postMessage: not_in_channel'],
  [refused('canary-token is what you sent'), 'Error: Slack answered neither that it is done nor why not'],
  [{ body: '{"ok":true}' }, 'Error: Slack answered neither that it is done nor why not'],
  [
    { body: '{"ok":true,"channel":"C1","ts":7}' },
    'Error: Slack answered neither that it is done nor why not',
  ],
  [
    { body: '{"ok":"true","channel":"C1","ts":"1.0"}' },
    'Error: Slack answered neither that it is done nor why not',
  ],
  [{ body: '<html>canary-token</html>' }, 'Error: the answer is no JSON'],
  [{ body: '["canary-token"]' }, 'Error: the answer is no JSON object'],
  [{ status: 500, body: '{"ok":true}' }, 'Error: Slack answered with status 500'],
  [{ status: 403, body: 'no' }, 'Error: Slack answered with status 403'],
] satisfies readonly [FakeAnswer, string][])('is not done where Slack answers %j', async (answer, cause) => {
  const { chat, asked, next } = await setUp();
  next.push(answer);
  expect(await causeOf(chat.post(MESSAGE))).toBe(cause);
  // It may have been done: it is not done again.
  expect(asked).toHaveLength(1);
});

it('follows nobody to another host', async () => {
  const { port, reached } = await canary();
  const { chat, next } = await setUp();
  next.push({ status: 307, headers: { location: `http://127.0.0.1:${port}/` }, body: '' });
  expect(await causeOf(chat.post(MESSAGE))).toBe('Error: Slack answered with status 307');
  expect(reached()).toBe(0);
});

it('is bounded in time', async () => {
  const { endpoint, close } = await silentServer();
  onTestFinished(close);
  const { chat } = chatAt(endpoint, { timeoutMilliseconds: 50 });
  expect((await faultOf(chat.post(MESSAGE))).backend).toBe('chat');
});

it.each<[string, Read, string]>([
  ['is not there', async () => undefined, 'the secret slack-app has no field botToken'],
  [
    'has other fields',
    async () => ({ token: new Secret(TOKEN) }),
    'the secret slack-app has no field botToken',
  ],
  ['cannot be read', () => Promise.reject(new Unavailable('secrets')), 'the secrets back end did not answer'],
  [
    'ends in a line break',
    async () => ({ botToken: new Secret(`${TOKEN}\n`) }),
    'Invalid character in header content',
  ],
])('says nothing where its secret %s', async (_, read, cause) => {
  const { chat, asked } = await setUp({ secrets: { read } });
  const fault = await faultOf(chat.post(MESSAGE));
  expect(fault.backend).toBe('chat');
  expect(String(fault.cause)).toContain(cause);
  expect(asked).toEqual([]);
});

it('speaks by TLS to whoever proves to be Slack, and tells its token to nobody else', async () => {
  const heard: unknown[] = [];
  const theirs = selfSigned({ names: ['slack.com'] });
  const port = await httpsPort(theirs, (request, response) => {
    heard.push(request.headers.authorization);
    response.end(JSON.stringify({ ok: true, channel: CHANNEL, ts: '1.0' }));
  });
  const resolve = async () => ['127.0.0.1'];
  const at = (host: string, ca?: string) =>
    chatAt(`https://${host}:${port}/api`, { resolve, ...(ca === undefined ? {} : { ca }) }).chat;
  await faultOf(at('slack.com').post(MESSAGE));
  await faultOf(at('slack.example.com', theirs.cert).post(MESSAGE));
  expect(heard).toEqual([]);
  await at('slack.com', theirs.cert).post(MESSAGE);
  expect(heard).toEqual([`Bearer ${TOKEN}`]);
});

it.each([['http://slack.com/api'], ['https://127.0.0.1/api']])(
  'does not speak to %s, deployed',
  async (baseUrl) => {
    const { chat } = chatAt(baseUrl, { allowLoopback: false });
    expect(await causeOf(chat.post(MESSAGE))).toMatch(/only https is fetched|not dialled: loopback/);
  },
);

it('whispers in words that Slack reads nothing into, and shows its token to nobody', async () => {
  const { chat, responseUrl, asked, whispers } = await setUp();
  await chat.whisper(responseUrl, '<!channel> *A* & <https://evil.example|B> "\u{1f511}"');
  expect(asked).toEqual([]);
  expect(whispers).toEqual([
    {
      contentType: 'application/json',
      authorization: undefined,
      said: {
        response_type: 'ephemeral',
        replace_original: false,
        mrkdwn: false,
        unfurl_links: false,
        unfurl_media: false,
        text: '&lt;!channel&gt; *A* &amp; &lt;https://evil.example|B&gt; "\u{1f511}"',
      },
    },
  ]);
});

it.each<FakeAnswer>([{ body: '' }, { body: 'ok' }, { body: '{"ok":true}' }])(
  'has whispered where Slack answers %j',
  async (answer) => {
    const { chat, responseUrl, next, whispers } = await setUp();
    next.push(answer);
    await chat.whisper(responseUrl, 'Recorded.');
    expect(whispers).toHaveLength(1);
  },
);

it.each<FakeAnswer>([
  { status: 404, body: 'expired_url' },
  { status: 404, body: 'used_url' },
  { status: 429, headers: { 'retry-after': '1' }, body: '' },
  { status: 500, body: 'ok' },
  { status: 302, headers: { location: 'http://127.0.0.1:1/' }, body: '' },
  { body: '{"ok": false, "error": "no_text"}' },
  { body: 'x'.repeat(600 * 1024) },
])('has not whispered where Slack answers $status, and does not say it twice', async (answer) => {
  const { chat, responseUrl, next, whispers } = await setUp();
  next.push(answer);
  const fault = await faultOf(chat.whisper(responseUrl, 'Recorded.'));
  expect([fault.backend, whispers.length]).toEqual(['chat', 1]);
  // The address is as good as a key.
  expect(inspect(fault, { depth: 9, showHidden: true })).not.toContain('canary-hook');
});

it('whispers to nobody but Slack', async () => {
  const { port, reached } = await canary();
  const { chat, endpoint, whispers } = await setUp();
  for (const to of [
    '',
    'canary-token',
    `http://127.0.0.1:${port}/actions/1`,
    `http://localhost:${new URL(endpoint).port}/actions/T1/2/canary-hook`,
    `https://hooks.slack.com:${port}/actions/1`,
    `https://hooks.slack.com@127.0.0.1:${port}/actions/1`,
    'http://hooks.slack.com/actions/canary-token',
    'https://hooks.slack.com.evil.example/actions/canary-token',
    'https://slack.com/actions/canary-token',
    'file:///etc/passwd',
  ]) {
    expect(await causeOf(chat.whisper(to, 'Recorded.'))).toBe('Error: what is whispered goes to Slack alone');
  }
  expect([reached(), whispers.length]).toEqual([0, 0]);
});

it('whispers to no host of the network that calls itself Slack', async () => {
  const resolve = async () => ['127.0.0.1'];
  const { clock } = waitingClock();
  const secrets = { read: async () => ({ botToken: new Secret(TOKEN) }) };
  const settings = () => ({ secret: 'slack-app', channel: CHANNEL });
  const chat = createSlackChat({ secrets, settings, clock, resolve });
  for (const host of ['hooks.slack.com', 'hooks.slack-gov.com']) {
    expect(await causeOf(chat.whisper(`https://${host}/actions/1`, 'Recorded.'))).toMatch(/loopback/);
  }
});

it('whispers for two seconds at most', async () => {
  const { endpoint, close } = await silentServer();
  onTestFinished(close);
  const { chat } = chatAt(endpoint);
  expect(await causeOf(chat.whisper(`${endpoint}/actions/1`, 'Recorded.'))).toMatch(/timeout|2000 ms/);
});
