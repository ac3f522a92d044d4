// The data directory goes away under a running broker: what it would write, nobody would ever find.
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startCounter } from './support/approvals.ts';
import { configOfCounting, count, eventsIn, taskOfCounting } from './support/audit.ts';
import { brokerForTest, temporaryDirectory } from './support/broker.ts';

test('nothing happens at the target until it is back', async () => {
  const counter = await startCounter();
  const data = join(temporaryDirectory(), 'data');
  const broker = await brokerForTest(['--config', configOfCounting(counter), '--data', data]);
  const task = await taskOfCounting(broker.url, data);
  expect((await count(task, 'before'))?.status).toBe(201);

  renameSync(data, `${data}-elsewhere`);
  for (const _ of [1, 2]) expect((await count(task, 'meanwhile'))?.status).toBeGreaterThanOrEqual(500);
  expect(counter.counts.get('/counted/meanwhile')).toBeUndefined();
  expect(existsSync(data)).toBe(false);

  renameSync(`${data}-elsewhere`, data);
  expect((await count(task, 'after'))?.status).toBe(201);
  expect(await broker.stop()).toBe(0);
  const lines = (await eventsIn(data)).map((event) => event['requestLine']);
  expect(lines).toContain('POST /counted/after');
  const told = broker.err().split('\n');
  expect(told.filter((line) => line.includes('data directory gone'))).toHaveLength(1);
  expect(told.filter((line) => line.includes('background work failed')).length).toBeLessThan(5);
});

test('another broker on a new one does not take the first one along', async () => {
  const counter = await startCounter();
  const data = join(temporaryDirectory(), 'data');
  const args = ['--config', configOfCounting(counter), '--data', data];
  const first = await brokerForTest(args);
  const task = await taskOfCounting(first.url, data);
  rmSync(data, { recursive: true, force: true, maxRetries: 5 });
  const second = await brokerForTest(args);
  expect((await count(task, 'first'))?.status).toBeGreaterThanOrEqual(500);
  const other = await taskOfCounting(second.url, data);
  expect((await count(other, 'second'))?.status).toBe(201);
  expect(counter.counts.get('/counted/first')).toBeUndefined();
  expect(await first.stop()).toBe(0);
  expect((await count(other, 'second'))?.status).toBe(201);
});
