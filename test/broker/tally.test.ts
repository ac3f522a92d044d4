// Counting what comes in floods: every one is counted, few are written, a store that fails loses nothing, and nobody
// pays for what others are counted by.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTally } from '../../src/broker/index.ts';
import type { Bound, Counting } from '../../src/broker/tally.ts';
import type { CountedValue } from '../../src/ports/records.ts';
import { Unavailable } from '../../src/shared/errors.ts';
import { DAY, HOUR, MINUTE, SECOND, testClock } from '../support/clock.ts';
import { memoryRecords } from '../support/memory-stores.ts';

type Trouble = 'not sent' | 'answer lost';

function setUp() {
  const clock = testClock();
  const records = memoryRecords(clock);
  const written: string[] = [];
  const logged: string[] = [];
  let trouble: Trouble | undefined;
  const counting: typeof records.count = async (...given) => {
    written.push(given[0].sort);
    if (trouble === 'not sent') throw new Unavailable('records');
    const count = await records.count(...given);
    if (trouble === 'answer lost') throw new Unavailable('records');
    return count;
  };
  const keep = (message: string) => void logged.push(message);
  const log = { info: keep, warn: keep, error: keep };
  const of = (name: string, more: Partial<Counting> = {}): Counting => ({
    key: { partition: 'p', sort: name },
    first: { at: clock.now().toISOString() },
    last: { at: clock.now().toISOString() },
    options: { expiresAt: clock.in(DAY) },
    ...more,
  });
  const kept = (name: string) =>
    records.all().find(({ key }) => key.sort === name)?.value as unknown as CountedValue | undefined;
  return {
    ...{ clock, of, kept, written, logged },
    process: () => createTally({ records: { count: counting }, clock, log }),
    trouble: (now: Trouble | undefined) => {
      trouble = now;
    },
  };
}

const FLOOD: Bound = { group: 'flood', most: 1000 };
const within = (most: number, instead?: Counting): Bound => ({
  ...{ group: 'names', most },
  ...(instead === undefined ? {} : { instead }),
});

describe('a flood', () => {
  it('is one number: the first is written at once, the rest now and then', async () => {
    const { process, of, kept, written, clock } = setUp();
    const tally = process();
    for (let i = 0; i < 10_000; i += 1) await tally.note(of('a'));
    expect(written).toHaveLength(1);
    clock.advance(14 * SECOND);
    await tally.note(of('a'));
    expect(written).toHaveLength(1);
    clock.advance(SECOND);
    await tally.note(of('a'));
    expect(written).toHaveLength(2);
    expect(kept('a')).toMatchObject({ count: 10_002 });
  });

  it('is written as often where the clock is set back', async () => {
    const { process, of, kept, clock } = setUp();
    const tally = process();
    await tally.note(of('a'));
    clock.advance(-HOUR);
    await tally.note(of('a'));
    clock.advance(15 * SECOND);
    await tally.writeDue();
    expect(kept('a')).toMatchObject({ count: 2 });
  });

  it('of many names is counted under another one, as often as that may begin, and then under nothing', async () => {
    const { process, of, kept, written, clock } = setUp();
    const tally = process();
    const counting = (name: string) => of(name, { bound: within(20, of('elsewhere')) });
    for (let i = 0; i < 1000; i += 1) await tally.note(counting(`name-${i}`));
    await tally.flush();
    expect(kept('elsewhere')).toMatchObject({ count: 980 });
    expect(written).toHaveLength(22);
    // Those that have begun still count, and the next minute new names have their turn again.
    clock.advance(MINUTE);
    for (const name of ['name-0', 'later']) await tally.note(counting(name));
    await tally.flush();
    expect([kept('name-0')?.count, kept('later')?.count]).toEqual([2, 1]);
    await Promise.all(['x', 'y'].map((name) => tally.note(of(name, { bound: { group: 'other', most: 1 } }))));
    expect([kept('x')?.count, kept('y')?.count]).toEqual([1, undefined]);
  });

  it('of one group takes nothing from another', async () => {
    const { process, of, kept } = setUp();
    const tally = process();
    for (let i = 0; i < 100; i += 1) await tally.note(of(`name-${i}`, { bound: within(5) }));
    await tally.note(of('real', { bound: { group: 'others', most: 5 } }));
    expect(kept('real')).toMatchObject({ count: 1 });
  });

  it('from 190 addresses at 100 a second costs few writes a minute, and is counted whole', async () => {
    const { process, of, kept, written, clock } = setUp();
    const tally = process();
    const names = new Map<string, number>();
    for (let second = 0; second < 180; second += 1) {
      const before = written.length;
      const minute = Math.floor(clock.now().getTime() / MINUTE);
      for (let i = 0; i < 100; i += 1) {
        const name = `${minute}/${(second * 100 + i) % 190}`;
        const elsewhere = of(`${minute}/elsewhere`);
        await Promise.all([
          tally.note(of(name, { bound: { group: 'refused', most: 50, instead: elsewhere } })),
          tally.writeDue(),
        ]);
      }
      names.set(String(minute), (names.get(String(minute)) ?? 0) + written.length - before);
      clock.advance(SECOND);
    }
    for (const writes of names.values()) expect(writes).toBeLessThanOrEqual(50 + 1 + 4 + 150);
    await tally.flush();
    const counts = [...names.keys()].flatMap((minute) =>
      [...Array.from({ length: 190 }, (_, i) => String(i)), 'elsewhere'].map(
        (name) => kept(`${minute}/${name}`)?.count ?? 0,
      ),
    );
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(18_000);
  });

  it('writes whatever has waited longest, a few at a time', async () => {
    const { process, of, written, clock } = setUp();
    const tally = process();
    for (let i = 0; i < 12; i += 1) {
      for (let again = 0; again < 2; again += 1) await tally.note(of(`name-${i}`, { bound: FLOOD }));
      clock.advance(SECOND);
    }
    clock.advance(15 * SECOND);
    written.length = 0;
    for (let i = 0; i < 4; i += 1) await tally.writeDue();
    expect(written).toEqual(Array.from({ length: 12 }, (_, i) => `name-${i}`));
  });
});

describe('the first of a number', () => {
  const toldBy = (told: string[], name: string) => async () => void told.push(name);

  it('is told by one process only', async () => {
    const { process, of } = setUp();
    const told: string[] = [];
    await Promise.all(
      Array.from({ length: 8 }, (_, i) => process().note(of('a', { begun: toldBy(told, `${i}`) }))),
    );
    expect(told).toHaveLength(1);
  });

  it.each(['not sent', 'answer lost'] as const)('is told later where it was %s', async (trouble) => {
    const { process, of, clock, ...world } = setUp();
    const [tally, told]: [ReturnType<typeof process>, string[]] = [process(), []];
    world.trouble(trouble);
    for (let i = 0; i < 3; i += 1) {
      await tally.note(of('a', { bound: FLOOD, begun: toldBy(told, `${i}`) }));
    }
    expect(told).toEqual([]);
    world.trouble(undefined);
    clock.advance(15 * SECOND);
    await tally.writeDue();
    // As it was when it was the first.
    expect(told).toEqual(['0']);
    await tally.note(of('a', { bound: FLOOD, begun: toldBy(told, 'later') }));
    await tally.flush();
    expect(told).toEqual(['0']);
  });

  it('is told until that does not fail, also where nothing more is counted', async () => {
    const { process, of, kept, clock } = setUp();
    const tally = process();
    let attempts = 0;
    const begun = async () => {
      attempts += 1;
      if (attempts < 3) throw new Unavailable('events');
    };
    await tally.note(of('a', { begun }));
    clock.advance(15 * SECOND);
    await tally.note(of('a', { begun }));
    for (let i = 0; i < 3; i += 1) await tally.flush();
    expect(attempts).toBe(3);
    expect(kept('a')).toMatchObject({ count: 2 });
  });
});

describe('what one is counted by', () => {
  it('is not waited for by another', async () => {
    const { process, of, written, clock } = setUp();
    const tally = process();
    for (const name of ['a', 'a', 'b', 'b', 'own', 'own']) await tally.note(of(name));
    clock.advance(MINUTE);
    written.length = 0;
    await tally.note(of('own'));
    expect(written).toEqual(['own']);
  });

  it('can’t be kept, and then it is let go and logged, and fails nobody', async () => {
    const { process, of, kept, written, logged, clock } = setUp();
    const tally = process();
    const bad = of('bad', { first: 'x'.repeat(5000), bound: FLOOD });
    for (const counting of [bad, of('good'), bad, of('good')]) await tally.note(counting);
    expect(logged).toEqual(['background work failed', 'background work failed']);
    clock.advance(MINUTE);
    await tally.writeDue();
    await tally.flush();
    expect(kept('good')).toMatchObject({ count: 2 });
    expect(written.filter((name) => name === 'bad')).toHaveLength(2);
  });

  it('is written once at a time', async () => {
    const { process, of, kept, clock } = setUp();
    const tally = process();
    await Promise.all([tally.note(of('a')), tally.note(of('a')), tally.flush()]);
    clock.advance(MINUTE);
    await Promise.all([tally.note(of('a')), tally.writeDue(), tally.flush()]);
    expect(kept('a')).toMatchObject({ count: 3 });
  });
});

it('counts every one, whatever is noted when, by several processes, through failures', async () => {
  const step = fc.oneof(
    fc.record({ note: fc.constantFrom('a', 'b', 'c'), process: fc.nat(2) }),
    fc.record({ wait: fc.nat(30_000) }),
    fc.record({ pass: fc.nat(2) }),
    fc.record({ fail: fc.boolean() }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { process, of, kept, trouble, clock } = setUp();
      const processes = [process(), process(), process()];
      const noted = new Map<string, number>();
      const told = new Set<string>();
      for (const one of steps) {
        if ('wait' in one) clock.advance(one.wait);
        else if ('fail' in one) trouble(one.fail ? 'not sent' : undefined);
        else if ('pass' in one) await processes[one.pass]?.writeDue();
        else {
          const begun = async () => void told.add(one.note);
          const bound = one.note === 'a' ? {} : { bound: FLOOD };
          await processes[one.process]?.note(of(one.note, { begun, ...bound }));
          noted.set(one.note, (noted.get(one.note) ?? 0) + 1);
        }
      }
      trouble(undefined);
      for (const tally of processes) await tally.flush();
      for (const [name, count] of noted) expect(kept(name)?.count).toBe(count);
      expect([...told].sort()).toEqual([...noted.keys()].sort());
    }),
  );
});
