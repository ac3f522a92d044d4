// The reconciler: which minutes it looks at, what it ends, what it mends, and what it leaves alone.
import { beforeEach, describe, expect, it } from 'vitest';
import { reconcile } from '../../src/broker/index.ts';
import { Unavailable } from '../../src/shared/errors.ts';
import type { Json } from '../../src/shared/json.ts';
import { type Call, callKey, dueKey, duePartitions, type Task } from '../../src/tasks/index.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../support/clock.ts';
import { codeOf, createWorld, type World } from '../support/world.ts';

let world: World;
let task: Task;
let token: string;
beforeEach(async () => {
  world = await createWorld();
  ({ task, token } = await world.opened());
});

const pass = (nothingUnderWay = false) => reconcile(world.dependencies, { nothingUnderWay });
const through = async () => {
  const [record] = await world.records.read([{ partition: 'reconciler', sort: 'progress' }]);
  return (record?.value as { through?: string } | undefined)?.through;
};

/** Leaves a call that STS never answered, as a process does that dies then. */
async function lost(): Promise<Call> {
  const before = new Set(world.calls().map(({ id }) => id));
  const { answer } = world.sessions;
  world.sessions.answer = async () => {
    throw new Error('gone');
  };
  await world.issue(task.id, token).catch(() => undefined);
  world.sessions.answer = answer;
  const [call] = world.calls().filter(({ id }) => !before.has(id));
  if (call === undefined) throw new Error('there is no call');
  return call;
}

const statusOf = async (call: Call) => {
  const [record] = await world.records.read([callKey(call.task, call.id)]);
  return (record?.value as unknown as Call | undefined)?.status;
};

describe('the minutes', () => {
  it('are looked at once they have been over for half a minute', async () => {
    // 12:00:30 now; the deadline falls into 12:00.
    const call = await lost();
    world.clock.advance(59 * SECOND);
    expect(await pass()).toMatchObject({ ended: 0 });
    expect(await statusOf(call)).toBe('requested');
    world.clock.advance(SECOND);
    expect(await pass()).toMatchObject({ unknown: 1 });
    expect(await statusOf(call)).toBe('outcome_unknown');
    expect(await through()).toBe('2026-03-02T12:00:00.000Z');
  });

  it('begin ten minutes back where nothing is known of earlier passes', async () => {
    const call = await lost();
    world.clock.advance(10 * MINUTE);
    expect(await pass()).toEqual({ minutes: 11, ended: 0, unknown: 1, mended: 0, failed: 0 });
    expect(await statusOf(call)).toBe('outcome_unknown');
  });

  it('go on where the last pass ended, and are not looked at twice', async () => {
    await pass();
    for (const wait of [1, 3, 0, 2]) {
      world.clock.advance(wait * MINUTE);
      expect(await pass()).toEqual({ minutes: wait, ended: 0, unknown: 0, mended: 0, failed: 0 });
    }
    expect(await through()).toBe('2026-03-02T12:05:00.000Z');
  });

  it('are made up for after a long stop, some at a time', async () => {
    await pass();
    const early = await lost();
    world.clock.advance(5 * HOUR);
    const late = await lost();
    world.clock.advance(2 * MINUTE);
    const passes: number[] = [];
    while (passes.at(-1) !== 0) passes.push((await pass()).minutes);
    expect(Math.max(...passes)).toBe(120);
    expect(passes.reduce((sum, minutes) => sum + minutes, 0)).toBe(302);
    expect(await statusOf(early)).toBe('outcome_unknown');
    expect(await statusOf(late)).toBe('outcome_unknown');
  });

  it('are made up for at once where so many may be looked at, up to what was left by who came after the stop', async () => {
    await pass();
    world.clock.advance(5 * DAY);
    ({ task, token } = await world.opened());
    const call = await lost();
    const mostMinutes = 10_000;
    expect(await reconcile(world.dependencies, { nothingUnderWay: true, mostMinutes })).toMatchObject({
      unknown: 1,
    });
    expect(await statusOf(call)).toBe('outcome_unknown');
  });

  it('are looked at again where something in them could not be looked at', async () => {
    await pass();
    const call = await lost();
    world.clock.advance(3 * MINUTE);
    const before = await through();
    world.meddle = async ({ name }, run) => {
      if (name === 'events.read') throw new Error('gone');
      return run();
    };
    expect(await pass()).toMatchObject({ failed: 1 });
    expect(world.logged).toContainEqual({
      ...{ level: 'error', message: 'background work failed', fields: { error: 'Error' } },
    });
    world.meddle = undefined;
    expect(await through()).toBe(before);
    expect(await pass()).toMatchObject({ unknown: 1 });
    expect(await statusOf(call)).toBe('outcome_unknown');
  });

  it('may be looked at by two at once', async () => {
    await pass();
    await lost();
    world.clock.advance(3 * MINUTE);
    const passes = await Promise.all([pass(), pass()]);
    expect(passes.reduce((sum, { unknown }) => sum + unknown, 0)).toBe(1);
    expect(world.told('call.unknown')).toHaveLength(1);
  });

  it('hold more calls than one page', async () => {
    await pass();
    for (let i = 0; i < 30; i += 1) await lost();
    const list = world.records.listIndex;
    world.records.listIndex = (partition, page) => list(partition, { ...page, limit: 2 });
    world.clock.advance(3 * MINUTE);
    expect(await pass()).toMatchObject({ unknown: 30 });
  });

  it('that are still to come are looked at too at the start of a broker of one process', async () => {
    await pass();
    const call = await lost();
    expect(await pass(true)).toMatchObject({ unknown: 1 });
    expect(await statusOf(call)).toBe('outcome_unknown');
    // And the minute itself is looked at again when its time comes.
    expect(await through()).toBe('2026-03-02T11:59:00.000Z');
  });
});

describe('where the clock was ahead for one pass', () => {
  const AHEAD = [90 * SECOND, 10 * MINUTE, 59 * MINUTE];
  const AWAY = [2, 3, 11, 60, 180].map((minutes) => minutes * MINUTE);

  it.each(AHEAD.flatMap((ahead) => AWAY.map((away) => [ahead, away] as const)))(
    'by %d ms, a call that was left after it is ended by who starts %d ms later',
    async (ahead, away) => {
      await pass();
      world.clock.advance(ahead);
      await pass();
      world.clock.advance(-ahead);
      const call = await lost();
      world.clock.advance(away);
      await reconcile(world.dependencies, { nothingUnderWay: true, mostMinutes: 1500 });
      expect(await statusOf(call)).toBe('outcome_unknown');
    },
  );
});

describe('a call that was left', () => {
  it('is ended as unknown, with its event', async () => {
    const call = await lost();
    await world.settle();
    expect(await statusOf(call)).toBe('outcome_unknown');
    expect(world.told('call.unknown')).toEqual([
      expect.objectContaining({ call: call.id, id: call.outcomeEvent, task: task.id }),
    ]);
    expect(world.logged).toContainEqual({
      level: 'warn',
      message: 'call ended by the reconciler',
      fields: { call: call.id, reason: 'loseTrack' },
    });
  });

  it.each<[string, () => Promise<unknown>, string, object]>([
    [
      'succeeded',
      () => world.issue(task.id, token),
      'succeeded',
      { session: expect.objectContaining({ accessKeyId: 'ASIAEXAMPLE1', real: true }) },
    ],
    [
      'was denied',
      () => world.issue(task.id, token, { wanted: [{ capability: 'reports:list' }] }),
      'denied',
      { refusal: expect.objectContaining({ code: 'outside_task' }) },
    ],
    [
      'failed',
      () => {
        world.sessions.answer = async () => ({ problem: 'refused', detail: 'No.' });
        return world.issue(task.id, token);
      },
      'failed',
      { refusal: { code: 'target_failed', detail: 'No.' }, decision: expect.anything() },
    ],
  ])('but %s by its event is recorded so', async (_, run, status, rest) => {
    world.meddle = async ({ name }, go) => {
      if (name === 'records.replace') throw new Error('gone');
      return go();
    };
    await run();
    expect(world.calls()).toMatchObject([{ status: 'requested' }]);
    await world.settle();
    expect(world.calls()).toEqual([expect.objectContaining({ status, ...rest })]);
    expect(world.told('call.unknown')).toEqual([]);
  });

  it('of which nothing ran lets its key go, so that it may be tried again', async () => {
    // The claim is stored, its intent is not, and whoever asked is gone.
    world.meddle = async ({ name }, go) => {
      if (name === 'events.append' || name === 'records.replace') throw new Unavailable('events');
      return go();
    };
    expect(codeOf(await world.issue(task.id, token, { key: 'k' }))).toBe('audit_unavailable');
    await world.settle();
    expect(world.calls()).toMatchObject([{ status: 'failed', refusal: { code: 'audit_unavailable' } }]);
    expect(codeOf(await world.issue(task.id, token, { key: 'k' }))).toBe('ok');
  });

  it('is ended although its outcome arrives in that very moment, and its writer dies then', async () => {
    const call = await lost();
    const { append } = world.events;
    world.events.append = async (event) => {
      world.events.append = append;
      await append({
        ...event,
        body: { ...event.body, type: 'call.failed', refusal: { code: 'internal', detail: '' } },
      });
      return append(event);
    };
    await world.settle();
    expect(await statusOf(call)).toBe('failed');
    expect(world.told('call.unknown')).toEqual([]);
  });
});

describe('what ended', () => {
  it('gets the event that was lost', async () => {
    await world.issue(task.id, token);
    const [call] = world.calls();
    const { read, append } = world.events;
    // As if its event had never been written.
    const gone = (id: string) => id === call?.outcomeEvent;
    const appended: string[] = [];
    world.events.read = async (stream, id) => (gone(id) ? undefined : read(stream, id));
    world.events.append = async (event) => {
      appended.push(String(event.body['type']));
      return gone(event.id) ? true : append(event);
    };
    await world.settle();
    expect(appended).toEqual(['call.unknown']);
  });

  it('is left alone where everything is there', async () => {
    await world.issue(task.id, token);
    await world.issue(task.id, token, { wanted: [{ capability: 'reports:list' }] });
    await world.finish(task.id, token);
    const [records, events] = [world.calls(), world.told()];
    world.clock.advance(5 * MINUTE);
    expect(await pass()).toMatchObject({ ended: 0, mended: 0, failed: 0 });
    expect(world.calls()).toEqual(records);
    expect(world.told()).toEqual(events);
  });

  it('gets the event of its end, if it is a task', async () => {
    const { append } = world.events;
    world.events.append = async () => {
      throw new Error('gone');
    };
    await world.finish(task.id, token).catch(() => undefined);
    world.events.append = append;
    world.clock.advance(3 * MINUTE);
    expect(await pass()).toMatchObject({ mended: 1, failed: 0 });
    expect(world.told('task.finished')).toEqual([expect.objectContaining({ task: task.id })]);
  });

  it('and is gone meanwhile, is passed over', async () => {
    const call = await lost();
    await world.records.replace(callKey(call.task, call.id), 1, call as unknown as Json, {
      expiresAt: world.clock.in(SECOND),
      index: dueKey(call),
    });
    world.clock.advance(DAY);
    await expect(pass()).resolves.toMatchObject({ ended: 0 });
  });
});

describe('where it finds calls', () => {
  it('is spread over a few partitions a minute, the same for whoever looks', () => {
    const minute = new Date('2026-03-02T12:00:59.999Z');
    const partitions = duePartitions(minute);
    expect(new Set(partitions).size).toBe(partitions.length);
    expect(duePartitions(new Date('2026-03-02T12:00:00Z'))).toEqual(partitions);
    expect(duePartitions(new Date('2026-03-02T12:01:00Z'))).not.toEqual(partitions);
  });

  it('is in the minute of the deadline, for every call', async () => {
    const calls = [];
    for (let i = 0; i < 40; i += 1) {
      calls.push(await lost());
      world.clock.advance(40);
    }
    const found = calls.map((call) => dueKey(call).partition);
    for (const [i, call] of calls.entries())
      expect(duePartitions(new Date(call.deadline))).toContain(found[i]);
    expect(new Set(found).size).toBeGreaterThan(3);
  });
});
