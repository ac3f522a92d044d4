// One set of credentials, kept fresh: when the broker is asked, how often, and what is handed out meanwhile.
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Issued } from '../../src/cli/credentials/ask.ts';
import { TASK_OVER, type Trouble } from '../../src/cli/credentials/trouble.ts';
import { AWAY, keeping, MINUTE, type Outcome, refusedWith } from './support/keeping.ts';

describe('while all is well', () => {
  test.for([
    ['an hour of a longer task: shortly before an SDK asks for others', 180, 60, [0, 44, 88, 132]],
    ['a quarter of an hour: at half of it', 60, 15, [0, 7.5, 15, 22.5, 30, 37.5, 45]],
    ['a minute: at half of it', 3, 1, [0, 0.5, 1, 1.5, 2]],
    ['as long as the task: never again', 45, 60, [0]],
    ['less than a quarter of an hour, as long as the task: never again', 5, 15, [0]],
  ] as const)('%s', async ([, taskLasts, lasts, expected]) => {
    const world = keeping(taskLasts * MINUTE, lasts * MINUTE);
    await world.got();
    await world.advance(taskLasts * MINUTE - 1);
    expect(world.asked.map((at) => at / MINUTE)).toEqual(expected);
    expect(world.timers.size).toBe(0);
    expect(world.said).toEqual([]);
  });

  test('nobody waits for the next set', async () => {
    const world = keeping(180 * MINUTE, 60 * MINUTE);
    expect(await world.got()).toBe('key-1');
    let open = () => {};
    world.gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    await world.advance(44 * MINUTE);
    expect(world.asked).toHaveLength(2);
    expect(await world.got()).toBe('key-1');
    open();
    await world.skip(0);
    expect(await world.got()).toBe('key-2');
  });

  test('after a sleep whoever asks first has others asked for', async () => {
    const world = keeping(180 * MINUTE, 60 * MINUTE);
    await world.got();
    await world.skip(50 * MINUTE);
    expect(await world.got()).toBe('key-1');
    expect(world.asked).toHaveLength(2);
    await world.skip(70 * MINUTE);
    expect(await world.got()).toBe('key-3');
  });

  test('with little left, whoever asks waits for the next set', async () => {
    const world = keeping(180 * MINUTE, 60 * MINUTE);
    await world.got();
    await world.skip(60 * MINUTE - 29_000);
    let open = () => {};
    world.gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const waiting = [world.got(), world.got()];
    await world.skip(0);
    open();
    expect(await Promise.all(waiting)).toEqual(['key-2', 'key-2']);
  });

  test('with little left of what lasts as long as the task, that is handed out', async () => {
    const world = keeping(60 * MINUTE, 60 * MINUTE);
    await world.got();
    await world.skip(60 * MINUTE - 1);
    expect(await world.got()).toBe('key-1');
    expect(world.asked).toHaveLength(1);
  });

  test('what lasts for seconds only is good for most of them', async () => {
    const world = keeping(180 * MINUTE, 20_000);
    await world.got();
    await world.skip(14_000);
    expect(await world.got()).toBe('key-1');
    await world.skip(16_000);
    expect(await world.got()).toBe('key-3');
  });

  test.for(['at first', 'when all is over'])('a hundred at once are one request: %s', async (when) => {
    const world = keeping(180 * MINUTE, 60 * MINUTE);
    if (when !== 'at first') {
      await world.got();
      await world.skip(61 * MINUTE);
    }
    const before = world.asked.length;
    const got = await Promise.all(Array.from({ length: 100 }, () => world.got()));
    expect(world.asked.length - before).toBe(1);
    expect(new Set(got)).toEqual(new Set([`key-${world.asked.length}`]));
  });
});

describe('while the broker is away', () => {
  test('what is kept is handed out until it ends, and the broker is asked again, at longer and longer intervals', async () => {
    const world = keeping(180 * MINUTE, 60 * MINUTE);
    await world.got();
    world.lasts = AWAY;
    await world.advance(60 * MINUTE - 1);
    expect(await world.got()).toBe('key-1');
    const pauses = world.asked.slice(1).map((at, place, all) => at - (all[place - 1] ?? at));
    expect(pauses.slice(1, 6)).toEqual([1000, 2000, 4000, 8000, 15_000]);
    expect(world.asked.length).toBeLessThan(80);
    expect(world.said).toEqual(['broker_unavailable']);
    await world.advance(1);
    expect(await world.got()).toBe('broker_unavailable');
  });

  test.for<readonly [string, Outcome, string]>([
    ['what works is handed out to its end, though little is left', AWAY, 'key-1'],
    ['but not after a "no"', refusedWith('denied_by_policy'), 'denied_by_policy'],
  ])('%s', async ([, outcome, expected]) => {
    const world = keeping(180 * MINUTE, 60 * MINUTE);
    await world.got();
    await world.skip(60 * MINUTE - 1000);
    world.lasts = outcome;
    expect(await world.got()).toBe(expected);
    expect(world.asked).toHaveLength(2);
  });

  test('and once nothing works any more, only whoever asks has it asked, now and then', async () => {
    const world = keeping(180 * MINUTE, AWAY);
    expect(await world.got()).toBe('broker_unavailable');
    await world.advance(10 * MINUTE);
    expect(world.asked).toHaveLength(1);
    for (let second = 0; second < 120; second += 1) {
      expect(await Promise.all([world.got(), world.got()])).toEqual(Array(2).fill('broker_unavailable'));
      await world.advance(1000);
    }
    expect(world.asked.length).toBeLessThan(16);
    world.lasts = 60 * MINUTE;
    await world.advance(15_000);
    expect(await world.got()).toMatch(/^key-/);
    expect(world.said).toEqual(['broker_unavailable', undefined]);
  });

  test.for([
    'internal',
    'target_unavailable',
    'target_failed',
    'audit_unavailable',
    'rate_limited',
    'conflict',
  ])('%s is no "no"', async (code) => {
    const world = keeping(180 * MINUTE, 60 * MINUTE);
    await world.got();
    world.lasts = refusedWith(code);
    await world.advance(50 * MINUTE);
    expect(world.said).toEqual([code]);
    expect(await world.got()).toBe('key-1');
  });
});

describe('when the broker says no', () => {
  test.for([
    'unauthenticated',
    'agent_quarantined',
    'agent_disabled',
    'denied_by_policy',
    'outside_task',
    'later_code',
  ])('%s: nothing is handed out any more, and it is asked again only for those who ask', async (code) => {
    const world = keeping(180 * MINUTE, 60 * MINUTE);
    await world.got();
    world.lasts = refusedWith(code);
    await world.advance(44 * MINUTE);
    expect(await world.got()).toBe(code);
    const before = world.asked.length;
    await world.advance(20 * MINUTE);
    expect(world.asked).toHaveLength(before);
    world.lasts = 60 * MINUTE;
    expect(await world.got()).toBe(`key-${before + 1}`);
  });

  test('task_over is for good', async () => {
    const world = keeping(180 * MINUTE, 60 * MINUTE);
    await world.got();
    world.lasts = refusedWith('task_over');
    await world.advance(44 * MINUTE);
    world.lasts = 60 * MINUTE;
    await world.advance(60 * MINUTE);
    expect(await world.got()).toBe('task_over');
    expect(world.asked).toHaveLength(2);
  });

  test('what was on its way when the task ended is not handed out', async () => {
    const world = keeping(180 * MINUTE, 60 * MINUTE);
    const waiting = world.got();
    world.keeper.end(TASK_OVER);
    expect(await waiting).toBe('task_over');
    expect(world.timers.size).toBe(0);
    expect(world.said).toEqual(['task_over']);
  });
});

test('a clock that is wrong is named, and makes no storm', async () => {
  const world = keeping(180 * MINUTE, -MINUTE);
  for (let turn = 0; turn < 100; turn += 1) {
    expect(await world.got()).toBe('clock');
    await world.advance(100);
  }
  expect(world.asked.length).toBeLessThan(6);
});

test('a mistake in here is told as one, without what it says', async () => {
  const world = keeping(180 * MINUTE, new TypeError('secret things'));
  expect(JSON.stringify(await world.keeper.get())).not.toContain('secret things');
  expect(await world.got()).toBe('internal');
});

/** What may happen to a keeper, in any order. */
const step = fc.oneof(
  fc.record({ advance: fc.integer({ min: 0, max: 40 * MINUTE }) }),
  fc.record({ skip: fc.integer({ min: 0, max: 90 * MINUTE }) }),
  fc.record({ ask: fc.integer({ min: 1, max: 5 }) }),
  fc.record({
    lasts: fc.oneof(
      fc.integer({ min: 2000, max: 60 * MINUTE }),
      fc.constant<Outcome>(-1000),
      fc.constantFrom<Outcome>(AWAY, refusedWith('unauthenticated'), refusedWith('rate_limited')),
    ),
  }),
);

test('whatever happens: nothing that is over, no two requests at a time, none close upon another', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const world = keeping(600 * MINUTE, 60 * MINUTE);
      for (const one of steps) {
        if ('advance' in one) await world.advance(one.advance);
        else if ('skip' in one) await world.skip(one.skip);
        else if ('lasts' in one) world.lasts = one.lasts;
        else {
          const got = await Promise.all(Array.from({ length: one.ask }, () => world.keeper.get()));
          for (const answer of got) {
            if (!('kind' in answer)) expect(answer.expiration.getTime()).toBeGreaterThan(world.now());
          }
        }
      }
      world.keeper.stop();
      expect(world.mostFlights).toBeLessThanOrEqual(1);
      const pauses = world.asked.slice(1).map((at, place) => at - (world.asked[place] ?? 0));
      expect(pauses.filter((pause) => pause < 1000)).toEqual([]);
    }),
    { numRuns: 300, interruptAfterTimeLimit: 20_000 },
  );
});

test('stopped, it asks nobody any more', async () => {
  const world = keeping(180 * MINUTE, 60 * MINUTE);
  onTestFinished(() => world.keeper.stop());
  await world.got();
  world.keeper.stop();
  await world.advance(179 * MINUTE);
  const got: Issued | Trouble = await world.keeper.get();
  expect('kind' in got).toBe(true);
  expect(world.asked).toHaveLength(1);
});
