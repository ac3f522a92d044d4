// The feed against what it should bring, said of a list: at random, with all that others do to the file.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HOUR } from '../../contract/support/clock.ts';
import { type FedDatabase, fedDatabase, wholeNext } from './fed-database.ts';

interface ModelRow {
  readonly id: string;
  readonly until: number;
  readonly isReadable: boolean;
}

/** What the feed should bring, said of a list. */
class Model {
  rows: ModelRow[] = [];
  readonly lasts: string[] = [];
  readonly brought = new Set<string>();

  next(limit: number, now: number): readonly ModelRow[] {
    const last = this.lasts.findLast((id) => this.rows.some((row) => row.id === id));
    const start = this.rows.findIndex(({ id }) => id === last) + 1;
    return this.rows
      .slice(start)
      .filter(({ until }) => until > now)
      .slice(0, limit);
  }

  done(rows: readonly ModelRow[]): void {
    for (const { id } of rows) this.brought.add(id);
    this.lasts.push(rows.at(-1)?.id ?? '');
  }
}

type Step =
  | { readonly do: 'add'; readonly hours: number; readonly isReadable: boolean }
  | { readonly do: 'look' | 'take'; readonly limit: number }
  | { readonly do: 'wait'; readonly hours: number }
  | { readonly do: 'remove'; readonly place: number }
  | { readonly do: 'sweep' | 'renumber' | 'restart' };

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('add' as const),
        hours: fc.integer({ min: 1, max: 9 }),
        isReadable: fc.boolean(),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constantFrom('look' as const, 'take' as const),
        limit: fc.integer({ min: 1, max: 4 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('wait' as const), hours: fc.constantFrom(1, 2, 5) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), place: fc.nat() }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constantFrom('sweep' as const, 'renumber' as const, 'restart' as const),
      }),
    },
  ),
  { minLength: 5, maxLength: 40 },
);

async function play(subject: FedDatabase, model: Model, step: Step): Promise<void> {
  const { clock, exec } = subject;
  const now = () => clock.now().getTime();
  if (step.do === 'add') {
    const { id, expiresAt } = await subject.add({}, clock.in(step.hours * HOUR));
    if (!step.isReadable) exec(`UPDATE events SET body = 'x' WHERE id = '${id}'`);
    model.rows.push({ id, until: expiresAt.getTime(), isReadable: step.isReadable });
  } else if (step.do === 'look' || step.do === 'take') {
    const wanted = model.next(step.limit, now());
    const batch = await wholeNext(subject.feed(), step.limit);
    const ids = (isReadable: boolean) =>
      wanted.filter((row) => row.isReadable === isReadable).map(({ id }) => id);
    expect((batch?.events ?? []).map(({ id }) => id)).toEqual(ids(true));
    expect((batch?.unreadable ?? []).map(({ id }) => id)).toEqual(ids(false));
    expect(batch?.through.id).toBe(wanted.at(-1)?.id);
    if (step.do === 'look' || batch === undefined) return;
    await subject.feed().done(batch);
    model.done(wanted);
  } else if (step.do === 'wait') clock.advance(step.hours * HOUR);
  else if (step.do === 'remove') {
    const [removed] = model.rows.splice(step.place % Math.max(1, model.rows.length), 1);
    if (removed !== undefined) exec(`DELETE FROM events WHERE id = '${removed.id}'`);
  } else if (step.do === 'sweep') {
    await subject.sweep();
    model.rows = model.rows.filter(({ until }) => until > now());
  } else if (step.do === 'renumber') subject.renumber();
  else await subject.restart();
}

it('loses none and keeps their order, whatever comes between', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (played) => {
      const subject = await fedDatabase();
      const model = new Model();
      try {
        for (const step of played) await play(subject, model, step);
        for (let left = true; left; ) {
          left = model.next(1, subject.clock.now().getTime()).length > 0;
          await play(subject, model, { do: 'take', limit: 3 });
        }
        const now = subject.clock.now().getTime();
        const alive = model.rows.filter(({ until }) => until > now);
        expect(alive.filter(({ id }) => !model.brought.has(id))).toEqual([]);
      } finally {
        await subject.close();
      }
    }),
    { numRuns: 40 },
  );
});
