// The audit store does not take what is written, or takes long: nothing happens at the target, and calls say why; once it
// takes it again, so do calls.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { until } from '../support/poll.ts';
import { startCounter } from './support/approvals.ts';
import { configOfCounting, count, eventsIn, taskOfCounting } from './support/audit.ts';
import { ask, brokerForTest, temporaryDirectory } from './support/broker.ts';

test('a store that is locked fails calls closed, and nobody has to do anything after', {
  timeout: 60_000,
}, async () => {
  const counter = await startCounter();
  const data = join(temporaryDirectory(), 'data');
  const broker = await brokerForTest(['--config', configOfCounting(counter), '--data', data]);
  const task = await taskOfCounting(broker.url, data);
  expect((await count(task, 'before'))?.status).toBe(201);

  const other = new DatabaseSync(join(data, 'bailiwick.db'));
  other.exec('BEGIN IMMEDIATE');
  const path = `${task.url}/v1/tasks/${task.id}/http/counter/counted/meanwhile`;
  const answers = await Promise.all(
    Array.from({ length: 3 }, () => ask(path, 'POST', task.token, { what: 'meanwhile' })),
  );
  for (const { status, body } of answers) {
    expect([status, body['code']]).toEqual([503, 'audit_unavailable']);
  }
  expect(counter.counts.get('/counted/meanwhile')).toBeUndefined();
  other.exec('ROLLBACK');
  other.close();

  await until('calls to go through again', async () => {
    const answer = await count(task, 'after');
    return answer?.status === 201 ? answer : undefined;
  });
  expect(counter.counts.get('/counted/meanwhile')).toBeUndefined();
  expect(await broker.stop()).toBe(0);
  const lines = (await eventsIn(data)).map((event) => event['requestLine']);
  expect(lines.filter((line) => line === 'POST /counted/after').length).toBeGreaterThan(0);
});
