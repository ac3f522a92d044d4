// What the broker remembers: tasks survive a restart, and whatever was answered survives a `kill -9`.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { until } from '../support/poll.ts';
import {
  ask,
  brokerForTest,
  demoAgentToken,
  demoAuditorToken,
  temporaryDirectory,
} from './support/broker.ts';

const WANTED = {
  purpose: 'Survive',
  capabilities: [{ capability: 'demo-aws:read', parameters: { prefix: 'weekly' } }],
};
const READ = { capability: 'demo-aws:read' };

interface Opened {
  readonly task: { readonly id: string };
  readonly token: string;
}

async function openTask(url: string, token: string, key?: string): Promise<Opened> {
  const headers = key === undefined ? undefined : { 'idempotency-key': key };
  const { status, body } = await ask(`${url}/v1/tasks`, 'POST', token, WANTED, headers);
  expect(status).toBe(201);
  return body as unknown as Opened;
}

/** The statuses of all calls in a data directory, while its broker runs. */
function callsIn(data: string): ReadonlyMap<string, string> {
  const database = new DatabaseSync(join(data, 'bailiwick.db'), { readOnly: true });
  try {
    const rows = database.prepare("SELECT body FROM records WHERE sort LIKE 'call/%'").all();
    const calls = rows.map((row) => JSON.parse(String(row['body'])) as { id: string; status: string });
    return new Map(calls.map(({ id, status }) => [id, status]));
  } finally {
    database.close();
  }
}

interface Outcome {
  readonly type: string;
  readonly call?: string;
}

async function eventsOf(url: string, task: string, auditor: string): Promise<readonly Outcome[]> {
  const { status, body } = await ask(`${url}/v1/tasks/${task}/events?limit=500`, 'GET', auditor);
  expect(status).toBe(200);
  return body['events'] as readonly Outcome[];
}

describe('a clean restart', () => {
  test('keeps tasks, their tokens, keys and what was finished', async () => {
    const data = temporaryDirectory();
    const first = await brokerForTest(['--data', data]);
    const token = demoAgentToken(data);
    const [open, over] = [await openTask(first.url, token, 'k1'), await openTask(first.url, token)];
    await ask(`${first.url}/v1/tasks/${over.task.id}/finish`, 'POST', over.token);
    expect(await first.stop()).toBe(0);

    const second = await brokerForTest(['--data', data]);
    const read = await ask(`${second.url}/v1/tasks/${open.task.id}`, 'GET', open.token);
    expect(read.body).toEqual({ task: open.task });
    const issued = await ask(`${second.url}/v1/tasks/${open.task.id}/credentials`, 'POST', open.token, READ);
    expect(issued.status).toBe(200);
    expect((await openTask(second.url, token, 'k1')).task).toEqual(open.task);
    const late = await ask(`${second.url}/v1/tasks/${over.task.id}/credentials`, 'POST', over.token, READ);
    expect(late.body).toMatchObject({ code: 'task_over' });
  });
});

describe('kill -9', () => {
  test('in the middle of 200 requests loses nothing that was answered, and leaves nothing hanging', async () => {
    const data = temporaryDirectory();
    const first = await brokerForTest(['--data', data]);
    const token = demoAgentToken(data);
    const auditor = demoAuditorToken(data);
    const ground = await Promise.all(Array.from({ length: 5 }, () => openTask(first.url, token)));

    // Answered to the caller before the broker died; what fails with it was never promised.
    const tasks: Opened[] = [...ground];
    const calls: { id: string; task: string }[] = [];
    let answered = 0;
    const count = () => {
      answered += 1;
      if (answered === 20) first.child.kill('SIGKILL');
    };
    const opening = async (place: number) => {
      const opened = await openTask(first.url, token, `opening-${place}`);
      tasks.push(opened);
      count();
    };
    const issuing = async (place: number) => {
      const { task, token: taskToken } =
        ground[place % ground.length] ?? ground[0] ?? (await openTask('', ''));
      const path = `${first.url}/v1/tasks/${task.id}/credentials`;
      const { status, body } = await ask(path, 'POST', taskToken, READ);
      expect(status).toBe(200);
      calls.push({ id: String(body['call']), task: task.id });
      count();
    };
    // Not all at once: they could all be answered by then. So most are still to come, and some under way.
    const places = Array.from({ length: 200 }, (_, place) => place).values();
    const asking = async () => {
      for (const place of places) await (place % 2 === 0 ? opening(place) : issuing(place));
    };
    const results = await Promise.allSettled(Array.from({ length: 40 }, asking));
    expect(await first.ended).toBe('SIGKILL');
    expect(results.map(({ status }) => status)).not.toContain('fulfilled');
    expect(answered).toBeLessThan(200);
    expect(calls.length).toBeGreaterThan(0);

    const second = await brokerForTest(['--data', data]);
    for (const { task, token: taskToken } of tasks) {
      const read = await ask(`${second.url}/v1/tasks/${task.id}`, 'GET', taskToken);
      expect(read).toEqual({ status: 200, body: { task } });
    }
    const events = new Map<string, readonly Outcome[]>();
    for (const { task } of tasks) events.set(task.id, await eventsOf(second.url, task.id, auditor));
    for (const told of events.values()) {
      expect(told.filter(({ type }) => type === 'task.opened')).toHaveLength(1);
    }
    const outcomes = [...events.values()].flat().filter(({ type }) => !/requested|opened/.test(type));
    for (const call of calls) {
      const told = outcomes.filter((outcome) => outcome.call === call.id).map(({ type }) => type);
      expect(told).toEqual(['credentials.issued']);
    }
    // Every call has one intent at most, and exactly one outcome, whether it was answered or not.
    const ended = callsIn(data);
    expect([...ended.values()]).not.toContain('requested');
    for (const call of ended.keys()) {
      expect(outcomes.filter((outcome) => outcome.call === call)).toHaveLength(1);
    }
    const intents = [...events.values()].flat().filter(({ type }) => type === 'call.requested');
    expect(new Set(intents.map(({ call }) => call)).size).toBe(intents.length);
    // A key that was under way is still one task.
    const again = await openTask(second.url, token, 'opening-0');
    expect((await openTask(second.url, token, 'opening-0')).task.id).toBe(again.task.id);
    expect(await second.stop()).toBe(0);
  });

  test('while a call is under way: the reconciler ends it at the next start', async () => {
    const data = temporaryDirectory();
    const first = await brokerForTest(['--data', data]);
    const token = demoAgentToken(data);
    const opened = await openTask(first.url, token);
    const path = `${first.url}/v1/tasks/${opened.task.id}/credentials`;
    const { body } = await ask(path, 'POST', opened.token, READ);
    first.child.kill('SIGKILL');
    await first.ended;

    // As the disk looks when the broker dies between the two trips: claim and intent are there, the outcome is not.
    const call = String(body['call']);
    const database = new DatabaseSync(join(data, 'bailiwick.db'));
    const sort = `call/${call.slice(-16)}`;
    const [row] = database.prepare('SELECT body FROM records WHERE sort = ?').all(sort);
    const record = JSON.parse(String(row?.['body'])) as Record<string, unknown>;
    const { operation: _, decision: __, session: ___, endedAt: ____, ...asked } = record;
    database
      .prepare('UPDATE records SET body = ?, version = 1 WHERE sort = ?')
      .run(JSON.stringify({ ...asked, status: 'requested' }), sort);
    database.prepare('DELETE FROM events WHERE id = ?').run(String(record['outcomeEvent']));
    database.close();

    const second = await brokerForTest(['--data', data]);
    const auditor = demoAuditorToken(data);
    const told = await until('the outcome of the lost call', async () => {
      const events = await eventsOf(second.url, opened.task.id, auditor);
      return events.length === 3 ? events : undefined;
    });
    expect(told.map((event) => [event.type, event.call])).toEqual([
      ['task.opened', undefined],
      ['call.requested', call],
      ['call.unknown', call],
    ]);
    expect(callsIn(data).get(call)).toBe('outcome_unknown');
  });
});
