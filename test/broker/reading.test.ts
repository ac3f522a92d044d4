// Reading a task's audit: for people whom policy lets, page by page, and for nobody else.
import { beforeEach, expect, it } from 'vitest';
import { readTaskEvents } from '../../src/broker/index.ts';
import { BadCursor } from '../../src/ports/records.ts';
import { Refusal } from '../../src/shared/errors.ts';
import type { Task } from '../../src/tasks/index.ts';
import { SECOND } from '../support/clock.ts';
import { codeOf, createWorld, DEFAULT_POLICIES, type World } from '../support/world.ts';

let world: World;
let task: Task;
let token: string;
beforeEach(async () => {
  world = await createWorld();
  ({ task, token } = await world.opened());
  world.clock.advance(SECOND);
  await world.issue(task.id, token);
  world.clock.advance(SECOND);
  await world.finish(task.id, token);
});

const read = (
  by: string | undefined,
  id = task.id,
  page: { limit: number; cursor?: string } = { limit: 100 },
) =>
  readTaskEvents(world.dependencies, world.caller(`/v1/tasks/${id}/events`, null, { token: by }), id, page);
const auditor = () => world.personToken(['security']);

it('shows everything that happened under the task, in order', async () => {
  const page = await read(auditor());
  if (page instanceof Refusal) throw new Error(page.detail);
  expect(page.items.map(({ body }) => body['type'])).toEqual([
    'task.opened',
    'call.requested',
    'credentials.issued',
    'task.finished',
  ]);
});

it('goes page by page', async () => {
  const seen: unknown[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(auditor(), task.id, { limit: 1, ...(cursor === undefined ? {} : { cursor }) });
    if (page instanceof Refusal) throw new Error(page.detail);
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.cursor;
  } while (cursor !== undefined);
  const all = world.told().filter(({ type }) => type !== 'audit.exported');
  expect(seen).toEqual(all.map(({ id }) => id));
});

it('takes no cursor of another task', async () => {
  const other = await world.opened();
  await world.finish(other.task.id, other.token);
  const page = await read(auditor(), other.task.id, { limit: 1 });
  const cursor = page instanceof Refusal ? undefined : page.cursor;
  await expect(read(auditor(), task.id, { limit: 1, cursor: cursor ?? '' })).rejects.toBeInstanceOf(
    BadCursor,
  );
});

it.each<[string, () => string | undefined, string]>([
  ['nobody', () => undefined, 'unauthenticated'],
  ['the holder of the task', () => token, 'unauthenticated'],
  ['its agent', () => world.agentToken(), 'unauthenticated'],
  ['a person in no group', () => world.personToken(), 'not_permitted'],
  ['a person in another group', () => world.personToken(['operators']), 'not_permitted'],
  [
    'a person in a group of almost that name',
    () => world.personToken(['Security', 'security ']),
    'not_permitted',
  ],
])('is not for %s', async (_, by, code) => {
  expect(codeOf(await read(by()))).toBe(code);
});

it('says that there is nothing only to those who may read everything', async () => {
  for (const id of [`${task.id.slice(0, -4)}0000`, '', 'x', 'broker', 'agent/report-builder/2026-03-02']) {
    expect(codeOf(await read(auditor(), id))).toBe('not_found');
    expect(codeOf(await read(world.personToken(), id))).toBe('not_permitted');
  }
});

it('lets those read who may read this task only, and no other', async () => {
  await world.use({
    policies: `${DEFAULT_POLICIES}
permit (principal is Human, action == Action::"audit", resource is Task) when { resource.agent == Agent::"report-builder" };`,
  });
  expect(codeOf(await read(world.personToken()))).toBe('ok');
  expect(codeOf(await read(world.personToken(), `${task.id.slice(0, -4)}0000`))).toBe('not_permitted');
});
