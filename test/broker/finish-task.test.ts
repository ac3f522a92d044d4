// Finishing tasks: once, whoever asks and however often, and what it says of credentials that are out.
import { beforeEach, describe, expect, it } from 'vitest';
import { readTask } from '../../src/broker/index.ts';
import type { Refusal } from '../../src/shared/errors.ts';
import type { Task } from '../../src/tasks/index.ts';
import { HOUR, MINUTE } from '../support/clock.ts';
import { codeOf, createWorld, HELD, OTHER_AGENT, type World } from '../support/world.ts';

let world: World;
let task: Task;
let token: string;
beforeEach(async () => {
  world = await createWorld();
  ({ task, token } = await world.opened());
});

const finished = () => world.told('task.finished');

describe('a task is finished', () => {
  it.each<[string, () => string]>([
    ['by its token', () => token],
    ['by a token of its agent', () => world.agentToken()],
  ])('%s', async (_, by) => {
    const answer = await world.finish(task.id, by());
    expect(answer).toMatchObject({
      revocation: 'none',
      task: {
        id: task.id,
        status: 'finished',
        ended: { at: world.clock.now().toISOString() },
      },
    });
    expect(finished()).toEqual([expect.objectContaining({ task: task.id, revocation: 'none' })]);
    expect(world.tasks()[0]?.status).toBe('finished');
  });

  it('once, however often it is asked for', async () => {
    const first = await world.finish(task.id, token);
    world.clock.advance(MINUTE);
    const second = await world.finish(task.id, token);
    expect(second).toEqual(first);
    expect(finished()).toHaveLength(1);
  });

  it('once, by ten at once', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => world.finish(task.id, token)));
    for (const one of all) expect(one).toEqual(all[0]);
    expect(finished()).toHaveLength(1);
    expect(world.tasks()).toMatchObject([{ status: 'finished' }]);
  });

  it('and is over at once', async () => {
    await world.finish(task.id, token);
    expect(codeOf(await world.issue(task.id, token))).toBe('task_over');
  });

  it('not after it expired, which is no mistake', async () => {
    world.clock.advance(8 * HOUR);
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'none', task: { id: task.id } });
    expect(finished()).toEqual([]);
  });

  it('although its agent may do nothing else any more', async () => {
    await world.setAgent({ status: 'disabled' });
    expect(codeOf(await world.finish(task.id, token))).toBe('ok');
  });
});

describe('nobody else learns that there is a task', () => {
  const readBy = (id: string, by: string | undefined) =>
    readTask(world.dependencies, world.caller(`/v1/tasks/${id}`, null, { token: by }), id);

  it.each<[string, () => Promise<readonly [string, string | undefined]>, string]>([
    ['another agent', async () => [task.id, world.agentToken(OTHER_AGENT)], 'not_found'],
    ['the token of another task', async () => [task.id, (await world.opened()).token], 'not_found'],
    ['an unknown task', async () => [`${task.id.slice(0, -3)}000`, world.agentToken()], 'not_found'],
    ['another time in the id', async () => [`task_7${task.id.slice(6)}`, world.agentToken()], 'not_found'],
    ['no id', async () => ['', world.agentToken()], 'not_found'],
    ['a path for an id', async () => ['../../agent/x', world.agentToken()], 'not_found'],
    ['a person', async () => [task.id, world.personToken()], 'unauthenticated'],
    ['nobody', async () => [task.id, undefined], 'unauthenticated'],
    ['an agent that nobody knows', async () => [task.id, world.agentToken('else')], 'unknown_agent'],
  ])('%s', async (_, asking, code) => {
    const [id, by] = await asking();
    expect(codeOf(await world.finish(id, by))).toBe(code);
    expect(codeOf(await readBy(id, by))).toBe(code);
    expect(finished()).toEqual([]);
  });

  it('but its agent and its holder read it', async () => {
    for (const by of [token, world.agentToken()]) expect(await readBy(task.id, by)).toMatchObject({ task });
  });

  it('nor that there was a refusal under a key', async () => {
    await world.open({ key: 'k', capabilities: [{ capability: 'sandbox:read', parameters: {} }] });
    const [refused] = world.tasks().filter(({ status }) => String(status) === 'refused');
    expect(refused).toBeDefined();
    expect(codeOf(await readBy(task.id, world.agentToken()))).toBe('ok');
  });
});

describe('the revocation', () => {
  it('is pending while credentials are good, and in force once the task would have ended', async () => {
    await world.issue(task.id, token);
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'pending' });
    expect(finished()).toEqual([expect.objectContaining({ revocation: 'pending' })]);
    world.clock.advance(8 * HOUR);
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'inForce' });
    expect(finished()).toHaveLength(1);
  });

  it('is in force once they have expired by themselves', async () => {
    await world.issue(task.id, token);
    world.clock.advance(HOUR);
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'inForce' });
  });

  it('is none where they were never real', async () => {
    world.sessions.answer = async (request) => world.session(request, false);
    await world.issue(task.id, token);
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'none' });
  });

  it('is none where STS refused', async () => {
    world.sessions.answer = async () => ({ problem: 'refused', detail: 'No.' });
    await world.issue(task.id, token);
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'none' });
  });

  it('is pending while a call is under way, which may yet bring some', async () => {
    const asked = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    world.sessions.answer = async (request) => {
      asked.resolve();
      await released.promise;
      return world.session(request);
    };
    const issuing = world.issue(task.id, token);
    await asked.promise;
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'pending' });
    released.resolve();
    // What STS gave meanwhile is not handed out any more, and that is written down.
    expect(codeOf(await issuing)).toBe('task_over');
    expect(world.told('credentials.issued')).toHaveLength(1);
    expect(world.told('credentials.withheld')).toMatchObject([{ code: 'task_over' }]);
  });

  it('is never none for credentials that go out all the same, whenever the call begins', async () => {
    const { records } = world;
    const { list } = records;
    let issuing: Promise<unknown> | undefined;
    records.list = async (...asked) => {
      const page = await list.apply(records, asked);
      issuing ??= world.issue(task.id, token);
      await issuing;
      return page;
    };
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'none' });
    expect(codeOf((await issuing) as Refusal)).toBe('task_over');
  });

  it('is pending where a repeated key brought fresh ones, long after the first expired', async () => {
    await world.issue(task.id, token, { key: 'k' });
    world.clock.advance(2 * HOUR);
    expect(codeOf(await world.issue(task.id, token, { key: 'k' }))).toBe('ok');
    world.clock.advance(10 * MINUTE);
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'pending' });
  });

  it('counts every call of the task, over as many pages as it takes', async () => {
    for (let i = 0; i < 3; i += 1) await world.issue(task.id, token);
    const { records } = world;
    const { list } = records;
    // Pages of one, the last of which has the only session that still counts.
    records.list = (partition, prefix, page) => list(partition, prefix, { ...page, limit: 1 });
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'pending' });
  });

  it("does not count another task's", async () => {
    const other = await world.opened({ capabilities: HELD });
    await world.issue(other.task.id, other.token);
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'none' });
  });
});
