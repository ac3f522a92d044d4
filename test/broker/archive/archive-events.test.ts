// A batch of events: archived once however often it is tried, and what is no event stops nothing else.
import { expect, it } from 'vitest';
import { archiveBatch, signDigest } from '../../../src/broker/archive/index.ts';
import type { StoredEvent } from '../../../src/ports/events.ts';
import { archivedIds, eventOf } from '../../support/archive-parts.ts';
import { HOUR, MINUTE } from '../../support/clock.ts';
import { type ArchiveWorld, archiveWorld } from './support.ts';

const AT = new Date('2026-03-02T12:10:00.000Z');

const batch = (events: readonly StoredEvent[]) => ({
  ...{ at: AT, tail: '1', events, strays: [], freshOnly: true },
});

async function strayTexts({ archive }: ArchiveWorld): Promise<readonly string[]> {
  const keys = [...archive.files.keys()].filter((key) => key.startsWith('unarchived/'));
  return keys.map((key) => Buffer.from(archive.files.get(key) ?? []).toString());
}

it('is one object, whose name and contents are the same at every try', async () => {
  const { dependencies, archive, write, clock } = archiveWorld();
  const events = await write(3);
  expect(await archiveBatch(dependencies, batch(events))).toEqual({ archived: 3, left: 0, strays: 0 });
  clock.advance(MINUTE);
  expect(await archiveBatch(dependencies, batch(events))).toEqual({ archived: 0, left: 0, strays: 0 });
  expect([...archive.files.keys()]).toEqual(['events/day=2026-03-02/hour=12/20260302T121000000Z-1.jsonl.gz']);
  expect(await archivedIds(archive)).toEqual(events.map(({ id }) => id));
});

it('leaves to the next digest what is too old to be brought by two', async () => {
  const { dependencies, archive, write, clock } = archiveWorld();
  const old = await write(2);
  clock.advance(4 * MINUTE);
  const young = await write(1);
  expect(await archiveBatch(dependencies, batch([...old, ...young]))).toMatchObject({ archived: 1, left: 2 });
  expect(await archivedIds(archive)).toEqual(young.map(({ id }) => id));
});

it('has an event once, though it was brought twice', async () => {
  const { dependencies, archive, write } = archiveWorld();
  const [one, two] = await write(2);
  if (one === undefined || two === undefined) throw new Error('no events');
  await archiveBatch(dependencies, batch([one, two, one]));
  expect(await archivedIds(archive)).toEqual([one.id, two.id]);
});

it('what came as no event is kept as it came', async () => {
  const world = archiveWorld();
  const events = await world.write(1);
  const strays = [{ tail: '7', came: { eventID: 'x', dynamodb: { NewImage: { body: { S: '{' } } } } }];
  expect(await archiveBatch(world.dependencies, { ...batch(events), strays })).toMatchObject({
    ...{ archived: 1, strays: 1 },
  });
  expect(await strayTexts(world)).toEqual([JSON.stringify(strays[0]?.came)]);
  expect(world.logged).toContain('event not archived');
});

/** What JSON can carry and canonical JSON can't. */
const POISON: Readonly<Record<string, () => unknown>> = {
  'a number that is none': () => JSON.parse('1e999'),
  'more depth than can be written': () => JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`),
};

it.each(Object.entries(POISON))('%s stops nothing, neither here nor in a digest', async (_, make) => {
  const world = archiveWorld();
  const { dependencies, archive, events, clock } = world;
  const good = await world.write(2);
  const sample = eventOf(99, clock.now());
  const poison = { ...sample, body: { ...sample.body, agents: make() as number } };
  const { every, read } = events;
  // As a table gives it that somebody has written to.
  Object.assign(events, {
    every: async (...given: Parameters<typeof every>) => {
      const page = await every(...given);
      const { stream, id } = poison;
      const row = { stream, id, event: poison };
      return page.cursor === undefined ? { ...page, items: [...page.items, row] } : page;
    },
    read: async (stream: string, id: string) => (id === poison.id ? poison : read(stream, id)),
  });
  expect(await archiveBatch(dependencies, batch([...good, poison]))).toMatchObject({
    archived: 2,
    strays: 1,
  });
  expect((await strayTexts(world))[0]).toContain(poison.id);
  clock.advance(HOUR);
  const until = new Date('2026-03-02T13:00:00.000Z');
  expect(await signDigest(dependencies, { until, settled: until, alone: false })).toMatchObject({
    ...{ sequence: 1, events: 2, isCompared: true },
  });
  expect(await archivedIds(archive)).toEqual(good.map(({ id }) => id));
});
