// The demo target is where it was before, so that what waits for people is the same operation after a restart.
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemIds } from '../../src/adapters/system.ts';
import { loadConfig } from '../../src/config/loading/index.ts';
import { createDemo } from '../../src/embedded/demo.ts';
import { decideBy, ended, linkTo, openTask, pendingIn } from './support/approvals.ts';
import { ask, brokerForTest, QUICKSTART, temporaryDirectory } from './support/broker.ts';

const FILE = 'demo-target.json';

async function quickstart() {
  const loaded = await loadConfig(QUICKSTART, { mode: 'embedded' });
  if ('faults' in loaded) throw new Error('the quickstart has faults');
  return loaded.config;
}

/** As a broker on that directory starts it, until it is stopped. */
async function started(data: string, port = 0) {
  const demo = createDemo(systemIds, { data, port });
  let isStopped = false;
  const stop = async () => {
    if (!isStopped) await demo.stop();
    isStopped = true;
  };
  onTestFinished(stop);
  await demo.within(await quickstart());
  const url = demo.url() ?? '';
  const answers = async () => {
    const headers = { authorization: `Bearer ${demo.key.open()}` };
    return (await fetch(`${url}/tickets`, { headers })).status === 200;
  };
  return { url, port: Number(new URL(url).port), stop, answers };
}

test('it listens where it did, with another key', async () => {
  const data = temporaryDirectory();
  const first = await started(data);
  await first.stop();
  const second = await started(data);
  expect({ url: second.url, answers: await second.answers() }).toEqual({ url: first.url, answers: true });
  expect(readdirSync(data)).toEqual([FILE]);
  expect(statSync(join(data, FILE)).mode & 0o777).toBe(0o600);
});

test('elsewhere where that port is taken, and from then on there', async () => {
  const data = temporaryDirectory();
  const first = await started(data);
  await first.stop();
  const other = createServer().listen(first.port, '127.0.0.1');
  await once(other, 'listening');
  const second = await started(data);
  expect(second.port).not.toBe(first.port);
  expect(await second.answers()).toBe(true);
  await second.stop();
  await once(other.close(), 'close');
  expect((await started(data)).url).toBe(second.url);
});

test('not at the port that the broker is to listen at', async () => {
  const data = temporaryDirectory();
  const first = await started(data);
  await first.stop();
  expect((await started(data, first.port)).port).not.toBe(first.port);
});

test.each(['', '{', '[]', '{"port":0}', '{"port":80}', '{"port":"40000"}', '{"port":70000}'])(
  'a file that holds %j stops nothing, and is made anew',
  async (text) => {
    const data = temporaryDirectory();
    writeFileSync(join(data, FILE), text);
    const { port, answers } = await started(data);
    expect(await answers()).toBe(true);
    expect(JSON.parse(readFileSync(join(data, FILE), 'utf8'))).toEqual({ port });
  },
);

test('a file that can’t be written stops nothing', async () => {
  const { answers } = await started(join(temporaryDirectory(), 'nowhere'));
  expect(await answers()).toBe(true);
});

test('what waits for people is carried out after a restart', async () => {
  const data = temporaryDirectory();
  const first = await brokerForTest(['--data', data]);
  const task = await openTask(first.url, data, { capabilities: [{ capability: 'tickets-api:reply' }] });
  const path = `/v1/tasks/${task.id}/http/tickets-api/tickets/42/replies`;
  const pending = pendingIn(await ask(`${first.url}${path}`, 'POST', task.token, { text: 'On it.' }));
  const link = await linkTo(data, pending);
  expect(await first.stop()).toBe(0);

  const { url } = await brokerForTest(['--data', data]);
  await decideBy(link, url, { decision: 'approve' });
  expect(await ended({ ...task, url }, pending)).toMatchObject({ status: 'succeeded' });
});
