// The audit by time: everything that happened in a span, whatever it belongs to, for those who may read all of it.
import { expect, test } from 'vitest';
import { eventsOf, LIST, openTask, refusalIn, send } from './support/broker.ts';
import type { AuditEvent } from './support/contract.ts';
import { agentToken, auditorToken, personToken } from './support/tokens.ts';

interface Page {
  readonly events: readonly AuditEvent[];
  readonly cursor?: string;
}

/** Deployed, an event may take a moment to show, and what others do meanwhile is read too. */
const PATIENCE = { timeout: 60_000 };

const types = (events: readonly AuditEvent[]) => events.map(({ type }) => type);
const minutes = (count: number) => new Date(Date.now() + count * 60_000).toISOString();
const query = (given: Readonly<Record<string, string>>) => `/v1/audit/events?${new URLSearchParams(given)}`;
const around = () => ({ since: minutes(-10), until: minutes(10) });

async function allOf(given: Readonly<Record<string, string>>): Promise<readonly AuditEvent[]> {
  const events: AuditEvent[] = [];
  let cursor: string | undefined;
  do {
    const more: Record<string, string> = cursor === undefined ? {} : { cursor };
    const answer = await send('GET', query({ ...given, ...more }), { token: auditorToken() });
    expect(answer.status).toBe(200);
    const got = answer.body as Page;
    events.push(...got.events);
    cursor = got.cursor;
  } while (cursor !== undefined);
  return events;
}

test('shows the events of all tasks, each once and in order, in pages of any size', async () => {
  const tasks = await Promise.all(
    [1, 2, 3].map(async () => (await openTask('report-builder', [LIST])).task.id),
  );
  const ours = (await Promise.all(tasks.map(eventsOf))).flat().map(({ id }) => id);
  expect(ours).toHaveLength(3);
  const span = around();
  const read = async (limit: string) => (await allOf({ ...span, limit })).map(({ id }) => id);
  const showsOurs = async () => {
    const ids = await read('500');
    return ours.every((id) => ids.includes(id));
  };
  await expect.poll(showsOurs, PATIENCE).toBe(true);
  for (const limit of ['25', '500']) {
    const ids = await read(limit);
    expect([...new Set(ids)].sort()).toEqual(ids);
    expect(ids).toEqual(expect.arrayContaining(ours));
  }
});

test('shows what belongs to no task, and one type alone where that is asked for', async () => {
  const refused = await send('POST', '/v1/tasks', {
    token: agentToken('report-builder'),
    body: { purpose: 'Too much', capabilities: [{ capability: 'ledger:read' }] },
  });
  const { requestId } = refusalIn(refused, 'outside_ceiling');
  const isOurs = (event: AuditEvent) => (event['request'] as { id?: string } | undefined)?.id === requestId;
  await expect
    .poll(async () => (await allOf({ ...around(), type: 'task.refused' })).filter(isOurs), PATIENCE)
    .toMatchObject([{ type: 'task.refused', code: 'outside_ceiling' }]);
  const opened = await allOf({ ...around(), type: 'task.opened', limit: '30' });
  expect([...new Set(types(opened))]).toEqual(['task.opened']);
});

test('left out, its span is the last 24 hours, and a cursor goes on in it', async () => {
  await Promise.all([openTask('report-builder'), openTask('report-builder')]);
  const first = { limit: '1' };
  await expect.poll(async () => (await allOf({ type: 'task.opened' })).length, PATIENCE).toBeGreaterThan(1);
  const { body } = await send('GET', query(first), { token: auditorToken() });
  const { cursor = '' } = body as Page;
  const next = await send('GET', query({ ...first, cursor }), { token: auditorToken() });
  expect(next.status).toBe(200);
  const elsewhere = query({ ...first, cursor, since: minutes(-5) });
  const { errors } = refusalIn(await send('GET', elsewhere, { token: auditorToken() }), 'invalid_request');
  expect(errors?.map(({ path }) => path)).toEqual(['cursor']);
});

test('of days in which nothing happened it comes to an end', async () => {
  expect(await allOf({ since: '2001-01-01T00:00:00Z', until: '2002-01-31T23:59:59.999Z' })).toEqual([]);
});

test.for<[Readonly<Record<string, string>>, string]>([
  [{ since: '2030-01-02T00:00:00Z', until: '2030-01-01T00:00:00Z' }, 'since'],
  [{ since: '2030-01-01T00:00:00Z', until: '2031-02-06T00:00:00Z' }, 'since'],
  [{ since: '2999-01-01T00:00:00Z' }, 'since'],
  [{ since: 'yesterday' }, 'since'],
  [{ since: '2030-01-01' }, 'since'],
  [{ since: '2030-02-30T00:00:00Z' }, 'since'],
  [{ since: '2030-01-01T00:00:00 02:00' }, 'since'],
  [{ since: '1893456000' }, 'since'],
  [{ until: '' }, 'until'],
  [{ until: '2030-01-01T00:00:00' }, 'until'],
  [{ type: 'task.unheard' }, 'type'],
  [{ type: '' }, 'type'],
  [{ limit: '501' }, 'limit'],
  [{ cursor: 'x' }, 'cursor'],
  [{ cursor: 'a.b.c' }, 'cursor'],
  [{ task: 'task_1' }, 'task'],
])('%j is refused', async ([given, path]) => {
  const answer = await send('GET', query(given), { token: auditorToken() });
  const { errors } = refusalIn(answer, 'invalid_request');
  expect(errors?.map((error) => error.path)).toEqual([path]);
});

test.for<[string, () => string, string]>([
  ['an agent', () => agentToken('report-builder'), 'unauthenticated'],
  ['a person who may not audit', () => personToken({ groups: ['operators'] }), 'not_permitted'],
])('it is not for %s', async ([, token, code]) => {
  refusalIn(await send('GET', '/v1/audit/events', { token: token() }), code);
});
