// `bailiwick credentials serve`: the endpoint as processes find it, and a command that is run with it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, type TestContext, test } from 'vitest';
import { listen } from '../contract/support/servers.ts';
import { bailiwick, type Said, type Started, startCommand } from '../support/command.ts';
import { until } from '../support/poll.ts';
import {
  CAPABILITY,
  credentialsFor,
  environmentFor,
  type FakeBroker,
  fakeBroker,
  HOUR,
  refusal,
  TASK_TOKEN,
} from './support/fake-broker.ts';

const SERVE = ['credentials', 'serve', '--capability', CAPABILITY];
const EXPORTS =
  /^export AWS_CONTAINER_CREDENTIALS_FULL_URI=(http:\/\/127\.0\.0\.1:\d+\/credentials)\nexport AWS_CONTAINER_AUTHORIZATION_TOKEN=([\w-]{43})\n$/;

interface Served extends Started {
  readonly url: string;
  readonly token: string;
  get(token?: string): Promise<{ readonly status: number; readonly body: Record<string, string> }>;
}

/** These tests wait more than they work, so they run side by side; what ends with one is told so by that one. */
type OfTest = Pick<TestContext, 'onTestFinished'>;

function brokerOf({ onTestFinished }: OfTest, taskLasts = HOUR): Promise<FakeBroker> {
  return fakeBroker(taskLasts, onTestFinished);
}

function started({ onTestFinished }: OfTest, broker: FakeBroker, args: readonly string[] = []): Started {
  const serving = startCommand([...SERVE, ...args], { env: environmentFor(broker) });
  onTestFinished(async () => {
    serving.child.kill('SIGKILL');
    await serving.ended;
    expect(serving.out() + serving.err()).not.toMatch(/canary|\n\s+at /);
    expect(serving.out() + serving.err()).not.toContain(TASK_TOKEN);
  });
  return serving;
}

async function served(one: OfTest, broker: FakeBroker, args: readonly string[] = []): Promise<Served> {
  const serving = started(one, broker, args);
  const [, url = '', token = ''] = await until('the exports', () => EXPORTS.exec(serving.out()) ?? undefined);
  return {
    ...serving,
    url,
    token,
    get: async (given = token) => {
      const answer = await fetch(url, { headers: { authorization: given } });
      return { status: answer.status, body: (await answer.json()) as Record<string, string> };
    },
  };
}

describe.concurrent('serving', () => {
  test('says what to export, hands out one set to all who ask, and ends when it is told to', async (one) => {
    const broker = await brokerOf(one);
    const { get, child, ended, err } = await served(one, broker);
    const answers = await Promise.all(Array.from({ length: 100 }, () => get()));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body['AccessKeyId'])).size).toBe(1);
    expect(broker.asked).toEqual([{ capability: CAPABILITY }]);
    expect((await get('another')).status).toBe(401);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(err()).toBe('');
  });

  test('each start has a token of its own', async (one) => {
    const broker = await brokerOf(one);
    const [first, other] = [await served(one, broker), await served(one, broker)];
    expect((await first.get(other.token)).status).toBe(401);
    expect((await first.get()).status).toBe(200);
  });

  test('ends when its task does, by itself', async (one) => {
    const broker = await brokerOf(one, 1500);
    const { ended, err } = await served(one, broker);
    broker.status = 'expired';
    broker.issue = () => refusal(403, 'task_over', 'The task has expired.');
    expect(await ended).toBe(0);
    expect(err()).toMatch(/^task_over: [^\n]*\n$/);
  });

  test('a hundred who find nothing, and a broker that takes its time: one request', async (one) => {
    const broker = await brokerOf(one);
    broker.issue = () => credentialsFor(400);
    const { get } = await served(one, broker);
    const over = Date.now() + 400;
    const seen = broker.asked.length;
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    broker.issue = async () => {
      await gate;
      return credentialsFor(HOUR);
    };
    await until('the end of the first set', () => (Date.now() > over ? true : undefined));
    const waiting = Array.from({ length: 100 }, () => get());
    await until('the next request', () => (broker.asked.length > seen ? true : undefined));
    open();
    for (const { status } of await Promise.all(waiting)) expect(status).toBe(200);
    expect(broker.asked).toHaveLength(seen + 1);
  });

  test('what the broker says reaches the SDK, and its return too', async (one) => {
    const broker = await brokerOf(one);
    broker.issue = () => credentialsFor(400);
    const { get, err } = await served(one, broker);
    broker.issue = () => refusal(403, 'agent_quarantined', 'An operator has frozen the agent.');
    const refused = await until('the refusal', async () => {
      const answer = await get();
      return answer.status === 200 ? undefined : answer;
    });
    const message = expect.stringContaining('An operator has frozen the agent.');
    expect(refused).toMatchObject({ status: 403, body: { code: 'agent_quarantined', message } });
    broker.issue = () => credentialsFor(HOUR);
    await until('credentials', async () => ((await get()).status === 200 ? true : undefined));
    const told = await until('both lines', () => /^(?:.*\n){2,}$/.exec(err())?.[0]);
    expect(told).toMatch(/^agent_quarantined: .*\nThe broker issues credentials again\.\n$/);
  });

  test('without a broker for a moment it hands out what it has, then says that there is none', async (one) => {
    const broker = await brokerOf(one);
    broker.issue = () => credentialsFor(2000);
    const { get } = await served(one, broker);
    await broker.close();
    expect((await get()).status).toBe(200);
    const away = await until('the end of what it has', async () => {
      const answer = await get();
      return answer.status === 200 ? undefined : answer;
    });
    expect(away).toMatchObject({ status: 503, body: { code: 'broker_unavailable' } });
  });

  test('takes a new token from its file', async (one) => {
    const broker = await brokerOf(one);
    const directory = mkdtempSync(join(tmpdir(), 'bailiwick-credentials-'));
    one.onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const file = join(directory, 'token');
    writeFileSync(file, 'bwt_one');
    broker.issue = () => credentialsFor(2000);
    const { get } = await served(one, broker, ['--token-file', file]);
    writeFileSync(file, 'bwt_two');
    await until('the new token', async () => {
      await get();
      return broker.tokens.includes('bwt_two') ? true : undefined;
    });
    expect(broker.tokens[0]).toBe('bwt_one');
  });
});

describe.concurrent('does not begin', () => {
  const refused = async (broker: FakeBroker, args: readonly string[] = []): Promise<Said> => {
    const said = await bailiwick([...SERVE, ...args, '--', 'node', '-p', '"never"'], {
      env: environmentFor(broker),
    });
    expect(said.out).toBe('');
    return said;
  };

  test('for a task that is over', async (one) => {
    const broker = await brokerOf(one);
    broker.status = 'finished';
    expect(await refused(broker)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^task_over: [^\n]*\n$/),
    });
    expect(broker.asked).toEqual([]);
  });

  test('without credentials', async (one) => {
    const broker = await brokerOf(one);
    broker.issue = () => refusal(403, 'outside_task');
    expect(await refused(broker)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^outside_task: [^\n]*\n$/),
    });
  });

  test('without a broker', async (one) => {
    const broker = await brokerOf(one);
    await broker.close();
    expect(await refused(broker)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^broker_unavailable: /),
    });
  });

  test('on a port that is taken, and asks for no credentials', async (one) => {
    const broker = await brokerOf(one);
    const { endpoint, close } = await listen(createServer());
    one.onTestFinished(close);
    const said = await refused(broker, ['--port', new URL(endpoint).port]);
    expect(said).toMatchObject({ code: 2, err: expect.stringMatching(/^Port \d+ .*EADDRINUSE.*--port/) });
    expect(broker.asked).toEqual([]);
  });
});

describe.concurrent('a command', () => {
  const node = (script: string) => ['--', process.execPath, '-e', script];

  const run = async (one: OfTest, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Said> =>
    bailiwick([...SERVE, ...args], { env: environmentFor(await brokerOf(one), more) });

  test('gets the endpoint and no other credentials, and its exit code is the answer', async (one) => {
    const script = `
      const { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN: authorization } = process.env;
      const others = ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'BAILIWICK_TOKEN'].filter((name) => name in process.env);
      fetch(url, { headers: { authorization } }).then(async (answer) => {
        console.log(answer.status, Object.keys(await answer.json()).join(), others.join());
        process.exitCode = 7;
      });`;
    const more = { AWS_ACCESS_KEY_ID: 'AKIAMACHINE', AWS_PROFILE: 'mine' };
    const { code, out, err } = await run(one, node(script), more);
    expect({ code, out, err }).toEqual({
      ...{ code: 7, err: '' },
      out: '200 AccessKeyId,SecretAccessKey,Token,Expiration \n',
    });
  });

  test.for([
    [['--', 'no-such-command-anywhere'], 127, /^no-such-command-anywhere can't be run \(ENOENT\)\.\n$/],
    [['--', '/'], 126, /^\/ can't be run \(EACCES\)\.\n$/],
    [node("process.kill(process.pid, 'SIGKILL')"), 137, /^$/],
  ] as const)('%j ends with %d', async ([args, code, err], one) => {
    expect(await run(one, args)).toEqual({ code, out: '', err: expect.stringMatching(err) });
  });

  test('is told all that follows, also what would mean something here', async (one) => {
    const said = await run(one, [
      ...node('console.log(process.argv.slice(1).join())'),
      '--',
      '--help',
      '--',
      '-h',
    ]);
    expect(said).toEqual({ code: 0, out: '--help,--,-h\n', err: '' });
  });

  test('lives on when the task is over, and is told so where it asks', async (one) => {
    const broker = await brokerOf(one, 1500);
    const script = `
      const { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN: authorization } = process.env;
      const look = () => fetch(url, { headers: { authorization } }).then(async (answer) => {
        if (answer.status === 200) return setTimeout(look, 50);
        console.log(answer.status, (await answer.json()).code);
      });
      look();`;
    const serving = started(one, broker, node(script));
    await until('the first credentials', () => (broker.asked.length > 0 ? true : undefined));
    broker.status = 'expired';
    broker.issue = () => refusal(403, 'task_over');
    expect(await serving.ended).toBe(0);
    expect(serving.out()).toBe('403 task_over\n');
  });
});
