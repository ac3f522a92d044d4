// Counting what comes in floods: every one is counted, few are written, and a store that fails loses nothing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTally } from '../../src/broker/index.ts';
import type { CountedValue } from '../../src/ports/records.ts';
import { Unavailable } from '../../src/shared/errors.ts';
import { DAY, MINUTE, SECOND, testClock } from '../support/clock.ts';
import { memoryRecords } from '../support/memory-stores.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };

function setUp() {
  const clock = testClock();
  const records = memoryRecords(clock);
  let [writes, down] = [0, false];
  const counting: typeof records.count = async (...given) => {
    writes += 1;
    if (down) throw new Unavailable('records');
    return records.count(...given);
  };
  const process = () => createTally({ records: { count: counting }, clock, log });
  const of = (name: string) => ({
    key: { partition: 'p', sort: name },
    first: { at: clock.now().toISOString() },
    last: { at: clock.now().toISOString() },
    options: { expiresAt: clock.in(DAY) },
  });
  const kept = (name: string) =>
    records.all().find(({ key }) => key.sort === name)?.value as unknown as CountedValue | undefined;
  return {
    ...{ clock, process, of, kept },
    writes: () => writes,
    fail: (now: boolean) => {
      down = now;
    },
  };
}

describe('a flood', () => {
  it('is one number: the first is written at once, the rest now and then', async () => {
    const { process, of, kept, writes, clock } = setUp();
    const tally = process();
    expect(await tally.note(of('a'))).toBe('first');
    for (let i = 0; i < 10_000; i += 1) expect(await tally.note(of('a'))).toBe('another');
    expect(writes()).toBe(1);
    clock.advance(5 * SECOND);
    await tally.note(of('a'));
    expect(writes()).toBe(2);
    expect(kept('a')).toMatchObject({ count: 10_002 });
  });

  it('is told as the first by one process only', async () => {
    const { process, of } = setUp();
    const told = await Promise.all(Array.from({ length: 8 }, () => process().note(of('a'))));
    expect(told.filter((one) => one === 'first')).toHaveLength(1);
  });

  it('of many names ends in the overflow, and is counted whole', async () => {
    const { process, of, kept, writes, clock } = setUp();
    const tally = process();
    const overflow = () => of('elsewhere');
    for (let i = 0; i < 1000; i += 1) await tally.note({ ...of(`name-${i}`), overflow: overflow() });
    await tally.flush();
    expect(kept('elsewhere')).toMatchObject({ count: 800 });
    expect(writes()).toBeLessThan(210);
    // The next minute, new names have their turn again.
    clock.advance(MINUTE);
    await tally.note({ ...of('later'), overflow: overflow() });
    expect(kept('later')).toMatchObject({ count: 1 });
  });

  it('is written in passing, where no timer runs', async () => {
    const { process, of, kept, clock } = setUp();
    const tally = process();
    for (let i = 0; i < 3; i += 1) await tally.note(of('a'));
    clock.advance(5 * SECOND);
    await tally.note(of('b'));
    expect(kept('a')).toMatchObject({ count: 3 });
  });
});

it('counts every one, whatever is noted when, by several processes, through failures', async () => {
  const step = fc.oneof(
    fc.record({ note: fc.constantFrom('a', 'b', 'c'), process: fc.nat(2) }),
    fc.record({ wait: fc.nat(10_000) }),
    fc.record({ fail: fc.boolean() }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { process, of, kept, fail, clock } = setUp();
      const processes = [process(), process(), process()];
      const noted = new Map<string, number>();
      for (const one of steps) {
        if ('wait' in one) clock.advance(one.wait);
        else if ('fail' in one) fail(one.fail);
        else {
          await processes[one.process]?.note(of(one.note));
          noted.set(one.note, (noted.get(one.note) ?? 0) + 1);
        }
      }
      fail(false);
      for (const tally of processes) await tally.flush();
      for (const [name, count] of noted) expect(kept(name)?.count).toBe(count);
    }),
  );
});
