// Who reads the audit, who wanted to and may not, and whose token each request brought: all of it is in the audit.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { credentials, eventsOf, finish, LIST, openTask, refusalIn, send } from './support/broker.ts';
import type { AuditEvent } from './support/contract.ts';
import { auditorToken, personToken } from './support/tokens.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
/** Deployed, an event may take a moment to show by time. */
const PATIENCE = { timeout: 60_000 };

async function byTime(type: string): Promise<readonly AuditEvent[]> {
  const events: AuditEvent[] = [];
  const since = new Date(Date.now() - 600_000).toISOString();
  let cursor: string | undefined;
  do {
    const asked = new URLSearchParams({ type, since, limit: '500', ...(cursor && { cursor }) });
    const answer = await send('GET', `/v1/audit/events?${asked}`, { token: auditorToken() });
    expect(answer.status).toBe(200);
    const page = answer.body as { readonly events: readonly AuditEvent[]; readonly cursor?: string };
    events.push(...page.events);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return events;
}

test("that a task's events were read is told, and not among them", async () => {
  const { task } = await openTask('report-builder', [LIST]);
  const token = auditorToken();
  const read = () => send('GET', `/v1/tasks/${task.id}/events`, { token });
  const first = (await read()).body as { readonly events: readonly AuditEvent[] };
  expect((await read()).body).toEqual(first);
  const ours = async () => (await byTime('audit.exported')).filter((event) => event['task'] === task.id);
  await expect.poll(async () => (await ours()).length, PATIENCE).toBe(2);
  const [opened] = first.events;
  for (const event of await ours()) {
    expect(event).toMatchObject({
      ...{ agent: 'report-builder', events: 1, firstEvent: opened?.id, lastEvent: opened?.id },
      ...{ by: expect.any(String), groups: expect.any(Array) },
      decision: { outcome: 'allowed', policies: expect.any(Array) },
      request: { tokenHash: sha256(token), route: '/v1/tasks/{task}/events' },
    });
  }
});

test('whoever may not read a task, or end it, is refused and told of with it: once in a minute', async () => {
  const { task } = await openTask('report-builder', [LIST]);
  const token = personToken({ groups: ['guests'] });
  for (let tries = 0; tries < 3; tries += 1) {
    refusalIn(await send('GET', `/v1/tasks/${task.id}/events`, { token }), 'not_permitted');
  }
  const revoking = { token, body: { reason: 'Just so' } };
  refusalIn(await send('POST', `/v1/tasks/${task.id}/revoke`, revoking), 'not_permitted');
  const events = await eventsOf(task.id);
  expect(events[0]).toMatchObject({ type: 'task.opened' });
  const refused = events.filter(({ type }) => type === 'access.refused');
  for (const event of refused) {
    expect(event).toMatchObject({
      ...{ by: 'kim@example.com', groups: ['guests'], code: 'not_permitted' },
      ...{ task: task.id, agent: 'report-builder' },
      resource: { type: 'Task', id: task.id },
      decision: { outcome: 'denied' },
      request: { tokenHash: sha256(token) },
    });
  }
  const wanted = refused.map((event) => event['wanted']);
  expect(new Set(wanted)).toEqual(new Set(['audit', 'contain']));
  // A minute may have ended in between.
  expect(wanted.length).toBeLessThanOrEqual(4);
});

test('every request says whose token it brought, and what ended says how long it took', async () => {
  const opened = await openTask('report-builder', [LIST]);
  await credentials(opened, LIST);
  await finish(opened);
  const events = await eventsOf(opened.task.id);
  const ofTask = { request: { tokenHash: sha256(opened.token) } };
  for (const type of ['call.requested', 'credentials.issued', 'task.finished']) {
    expect(events.find((event) => event.type === type)).toMatchObject(ofTask);
  }
  const [first] = events;
  expect(first).toMatchObject({ request: { tokenHash: first?.['tokenHash'] } });
  for (const type of ['task.opened', 'credentials.issued', 'task.finished']) {
    const milliseconds = Number(events.find((event) => event.type === type)?.['milliseconds']);
    expect(milliseconds).toBeGreaterThanOrEqual(0);
    expect(milliseconds).toBeLessThan(60_000);
  }
  for (const type of ['call.requested', 'credentials.issued']) {
    expect(events.find((event) => event.type === type)).toMatchObject({ target: 'reports' });
  }
});
