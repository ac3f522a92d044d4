// What somebody who may write into the table, or into the state table, does to the archive's writer: nothing unnoticed,
// and nothing that stops it.
import { describe, expect, it } from 'vitest';
import { digestKey, readDigest } from '../../../src/audit/index.ts';
import { archiveBatch, recordFinding } from '../../../src/broker/archive/index.ts';
import type { StoredEvent } from '../../../src/ports/events.ts';
import { makeId, tailFrom } from '../../../src/shared/ids.ts';
import type { Json } from '../../../src/shared/json.ts';
import { archivedIds, eventOf } from '../../support/archive-parts.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../support/clock.ts';
import { failingAt } from '../../support/meddling.ts';
import { type ArchiveWorld, archiveWorld } from './support.ts';

function toTheNextRun({ clock }: ArchiveWorld): void {
  const now = clock.now().getTime();
  clock.advance(Math.ceil((now + 1) / HOUR) * HOUR + 10 * MINUTE - now);
}

const findingsIn = ({ events }: ArchiveWorld) =>
  events.all().flatMap(({ body }) => (body['type'] === 'audit.finding' ? [body['finding']] : []));
const toldIn = ({ events }: ArchiveWorld) =>
  events.all().flatMap(({ body }) => (body['type'] === 'audit.digested' ? [body['sequence']] : []));
const sequencesIn = ({ archive }: ArchiveWorld) =>
  [...archive.files.keys()].flatMap((key) => /^digests\/digest-(\d{10})\.json$/.exec(key)?.[1] ?? []);

describe('between two hours', () => {
  it('nothing is archived twice that was in an object with an earlier name', async () => {
    const world = archiveWorld('2026-03-02T11:59:58.000Z');
    const began = world.clock.now();
    const early = await world.write(1);
    world.clock.advance(7 * SECOND);
    const batch = [...early, ...(await world.write(5))];
    await world.deliver(batch, began);
    for (let run = 0; run < 3; run += 1) {
      toTheNextRun(world);
      await world.sign();
    }
    const ids = await archivedIds(world.archive);
    expect(ids).toHaveLength(new Set(ids).size);
  });

  it('all that was signed without a look at the table is looked at later', async () => {
    const world = archiveWorld();
    const lost = await world.write(3);
    world.meddle = failingAt({ name: 'events.every' });
    for (let run = 0; run < 4; run += 1) {
      toTheNextRun(world);
      expect(await world.sign()).toMatchObject({ isCompared: false });
    }
    world.meddle = undefined;
    toTheNextRun(world);
    await world.sign();
    expect(await archivedIds(world.archive)).toEqual(expect.arrayContaining(lost.map(({ id }) => id)));
  });

  it('a digest that nobody could be told of is told by the next run', async () => {
    const world = archiveWorld();
    toTheNextRun(world);
    world.meddle = failingAt({ name: 'events.append' });
    await expect(world.sign()).rejects.toThrow('events');
    world.meddle = undefined;
    for (let run = 0; run < 2; run += 1) {
      toTheNextRun(world);
      await world.sign();
    }
    expect(toldIn(world)).toEqual([1, 2, 3]);
  });

  it('what is over in the table by then is no finding', async () => {
    const world = archiveWorld();
    const now = world.clock.now();
    const knock = { ...eventOf(1, now), expiresAt: new Date(now.getTime() + 90 * DAY) };
    const event: StoredEvent = { ...knock, body: { ...knock.body, type: 'token.refused' } };
    await world.events.append(event);
    await world.deliver([event], now);
    world.clock.advance(91 * DAY);
    await world.sign();
    expect(findingsIn(world)).toEqual([]);
    expect(await archivedIds(world.archive)).toContain(event.id);
  }, 60_000);
});

/** Rows of a table that anybody wrote, which are no events. */
const ROWS: Readonly<Record<string, (sample: StoredEvent) => StoredEvent>> = {
  'another id inside': (sample) => ({
    ...sample,
    body: { ...sample.body, id: makeId('evt', new Date(0), tailFrom('x')) },
  }),
  'an id with a line end': (sample) => {
    const id = `${sample.id}\nevt_0`;
    return { ...sample, id, body: { ...sample.body, id } };
  },
  'an id that is none': (sample) => ({
    ...sample,
    id: `${sample.id}~1`,
    body: { ...sample.body, id: `${sample.id}~1` },
  }),
  'no time': (sample) => ({ ...sample, body: { ...sample.body, at: '' } }),
  'a stream with a NUL': (sample) => ({ ...sample, stream: 'task\0' }),
  'a stream with a space': (sample) => ({ ...sample, stream: 'task of 1' }),
};

describe('a row that is no event', () => {
  it.each(Object.entries(ROWS))('with %s is set aside once, and stops nothing', async (_, make) => {
    const world = archiveWorld();
    const good = await world.write(2);
    const bad = make(eventOf(9, world.clock.now()));
    const { every, read } = world.events;
    Object.assign(world.events, {
      every: async (...given: Parameters<typeof every>) => {
        const page = await every(...given);
        const isIn = world.clock.now().getTime() - given[0].from.getTime() < 4 * HOUR;
        const row = { stream: bad.stream, id: bad.id, event: bad };
        return page.cursor === undefined && isIn ? { ...page, items: [...page.items, row] } : page;
      },
      read: async (stream: string, id: string) => {
        if (stream.includes('\0')) throw new TypeError('no table takes that');
        return stream === bad.stream && id === bad.id ? bad : read(stream, id);
      },
    });
    for (let run = 0; run < 3; run += 1) {
      toTheNextRun(world);
      expect(await world.sign()).toMatchObject({ isCompared: true });
    }
    expect(await archivedIds(world.archive)).toEqual(expect.arrayContaining(good.map(({ id }) => id)));
    expect(await archivedIds(world.archive)).not.toContain(bad.id);
    expect(findingsIn(world)).toEqual([]);
    const strays = [...world.archive.files.keys()].filter((key) => key.startsWith('unarchived/'));
    expect(strays.length).toBeLessThanOrEqual(1);
  });

  it('too large for a line is set aside too', async () => {
    const world = archiveWorld();
    const sample = eventOf(1, world.clock.now());
    const large = { ...sample, body: { ...sample.body, purpose: 'x'.repeat(17_000_000) } };
    const batch = { at: world.clock.now(), tail: '1', events: [large], strays: [], freshOnly: true };
    expect(await archiveBatch(world.dependencies, batch)).toEqual({ archived: 0, left: 0, strays: 1 });
  });
});

describe('an event', () => {
  it('that was made no event in the table is a finding, and stops nothing', async () => {
    const world = archiveWorld();
    const [spoilt] = await world.write(1);
    const lost = await world.write(2);
    if (spoilt === undefined) throw new Error('no event');
    await world.deliver([spoilt], world.clock.now());
    const { stream, id } = spoilt;
    world.events.lay({ stream, id, unreadable: { body: 'null' } });
    toTheNextRun(world);
    expect(await world.sign()).toMatchObject({ isCompared: true, filled: 2, findings: 1 });
    expect(findingsIn(world)).toEqual(['event_differs']);
    expect(await archivedIds(world.archive)).toEqual(expect.arrayContaining(lost.map((each) => each.id)));
  });
});

describe('a finding', () => {
  it('is told although something was written where it belongs', async () => {
    const world = archiveWorld();
    const event = { stream: 'task_1', id: eventOf(1, world.clock.now()).id };
    const finding = { kind: 'event_removed', detail: 'Gone.', event } as const;
    const hour = new Date(Math.floor(world.clock.now().getTime() / HOUR) * HOUR);
    const id = makeId('evt', hour, tailFrom('finding', 'event_removed', event.stream, event.id, ''));
    await world.events.append({ ...eventOf(2, hour, 'broker'), id });
    await recordFinding(world.dependencies, finding);
    expect(world.findings.told).toHaveLength(1);
    expect(world.logged).toContain('audit finding');
  });
});

describe('the record of the chain', () => {
  const KEY = { partition: 'archive/digest', sort: 'chain' };

  async function rewrite(
    { dependencies }: ArchiveWorld,
    change: (value: Record<string, Json>) => Json,
  ): Promise<void> {
    const [stored] = await dependencies.records.read([KEY]);
    const value = change({ ...(stored?.value as Record<string, Json>) });
    const options = { expiresAt: new Date('2100-01-01T00:00:00Z') };
    if (!(await dependencies.records.replace(KEY, stored?.version ?? 0, value, options)))
      throw new Error('not written');
  }

  async function begun(): Promise<ArchiveWorld> {
    const world = archiveWorld();
    toTheNextRun(world);
    await world.sign();
    await world.write(2);
    toTheNextRun(world);
    return world;
  }

  it('holds nobody up who reads of a lease without end', async () => {
    const world = await begun();
    await rewrite(world, (value) => ({ ...value, lease: { by: 'x', until: '9999-01-01T00:00:00.000Z' } }));
    expect(await world.sign()).toMatchObject({ sequence: 2 });
  });

  it.each([
    ['a later end', { until: '2026-03-02T14:00:00.000Z' }],
    ['an end that is none', { until: 'soon' }],
    ['another hash', { sha256: '0'.repeat(64) }],
    ['another key', { keyId: '0'.repeat(64) }],
  ])('is not believed with %s', async (_, change) => {
    const world = await begun();
    await rewrite(world, (value) => ({ ...value, head: { ...(value['head'] as object), ...change } }));
    expect(await world.sign()).toMatchObject({ sequence: 2 });
    const [one, two] = [1, 2].map((each) =>
      readDigest(world.archive.files.get(digestKey(each)) ?? new Uint8Array()),
    );
    expect(two?.digest.from).toBe(one?.digest.until);
    expect(two?.digest.key).toEqual(one?.digest.key);
  });

  it.each(['soon', '1970-01-01T00:00:00.000Z', '9999-01-01T00:00:00.000Z'])(
    'does not keep the table from being compared, nor all of it to be read, with %s',
    async (comparedUntil) => {
      const world = await begun();
      await rewrite(world, (value) => ({ ...value, comparedUntil }));
      const { every } = world.events;
      const asked: Date[] = [];
      Object.assign(world.events, {
        every: async (...given: Parameters<typeof every>) => {
          asked.push(given[0].from);
          return every(...given);
        },
      });
      expect(await world.sign()).toMatchObject({ sequence: 2, isCompared: true, filled: 3 });
      for (const from of asked) expect(world.clock.now().getTime() - from.getTime()).toBeLessThan(8 * DAY);
    },
  );

  it('is not needed, even where a stranger has the highest number', async () => {
    const world = await begun();
    await rewrite(world, () => ({}));
    world.archive.files.set(digestKey(4), Buffer.from('{}'));
    expect(await world.sign()).toMatchObject({ sequence: 2 });
    toTheNextRun(world);
    await world.sign();
    toTheNextRun(world);
    expect(await world.sign()).toMatchObject({ sequence: 5 });
    expect(sequencesIn(world).sort()).toEqual([
      '0000000001',
      '0000000002',
      '0000000003',
      '0000000004',
      '0000000005',
    ]);
    expect(findingsIn(world)).toContain('digest_taken');
  });

  const HASH = '0'.repeat(64);
  const FUTURE = '9999-01-01T00:00:00.000Z';
  const NOW = { until: '2026-03-02T15:00:00.000Z', signedAt: '2026-03-02T15:00:01.000Z' };
  const forged: readonly [string, (head: Record<string, Json>) => Json][] = [
    ['ends long ago', (head) => ({ ...head, until: '1970-01-01T00:00:00.000Z' })],
    ['ends right now', (head) => ({ ...head, ...NOW })],
    ['ends in the future', (head) => ({ ...head, until: FUTURE, signedAt: FUTURE })],
    ['ends at no time', (head) => ({ ...head, until: 'soon' })],
    ['ends at a number', (head) => ({ ...head, ...NOW, until: 2026 })],
    ['was signed in the future', (head) => ({ ...head, signedAt: FUTURE })],
    ['names another key', (head) => ({ ...head, keyId: HASH, nextKeyId: HASH })],
    ['is another', (head) => ({ ...head, sequence: 7, sha256: HASH, ...NOW })],
    ['is the last of all', (head) => ({ ...head, sequence: 9_999_999_999 })],
    ['has a number beyond all', (head) => ({ ...head, sequence: 1e300 })],
    ['has no number', (head) => ({ ...head, sequence: '../../1' })],
    ['is before the first', (head) => ({ ...head, sequence: -1 })],
    ['has no hash', (head) => ({ ...head, sequence: 7, sha256: 7 })],
    ['is none', () => 'none'],
    ['is nothing', () => null],
  ];

  it.each(forged.flatMap(([name, forge]) => [true, false].map((isGone) => ({ name, forge, isGone }))))(
    'leaves nothing unsigned that is not missed where the last digest $name (and it is gone: $isGone)',
    async ({ forge, isGone }) => {
      const world = await begun();
      await world.sign();
      await world.deliver(await world.write(2), world.clock.now());
      if (isGone) world.archive.files.delete(digestKey(2));
      await rewrite(world, (value) => ({ ...value, head: forge(value['head'] as Record<string, Json>) }));
      for (let run = 0; run < 2; run += 1) {
        toTheNextRun(world);
        await world.sign();
      }

      const numbers = sequencesIn(world)
        .map(Number)
        .sort((one, other) => one - other);
      const digests = numbers.flatMap(
        (each) => readDigest(world.archive.files.get(digestKey(each)) ?? Buffer.of())?.digest ?? [],
      );
      const [first, last] = [digests[0], digests.at(-1)];
      expect(digests).toHaveLength(numbers.length);
      expect(digests.length).toBeLessThanOrEqual(5);
      expect([last?.until, last?.signedAt]).toEqual(['2026-03-02T16:00:00.000Z', '2026-03-02T16:10:00.000Z']);
      expect(new Set(digests.map(({ key }) => key.id)).size).toBe(1);
      // For each hour that is not signed a digest is missing, which a verifier reports, and a finding told.
      const signed = digests.reduce((sum, { from, until }) => sum + Date.parse(until) - Date.parse(from), 0);
      const unsigned = Date.parse(String(last?.until)) - Date.parse(String(first?.from)) - signed;
      const missing = Number(last?.sequence) - digests.length;
      expect(unsigned).toBeLessThanOrEqual(missing * HOUR);
      if (missing > 0) expect(findingsIn(world)).toContain('archive_changed');
    },
  );

  it('keeps nobody quiet by saying, hour after hour, that all is signed', async () => {
    const world = await begun();
    await world.sign();
    for (const hour of [15, 16]) {
      const until = `2026-03-02T${hour}:00:00.000Z`;
      await rewrite(world, ({ head, ...value }) => ({
        ...value,
        head: { ...(head as object), sequence: 7 + hour, sha256: HASH, until, signedAt: until },
      }));
      toTheNextRun(world);
      expect(await world.sign()).toBe('nothing');
    }
    expect(findingsIn(world)).toEqual(['archive_changed', 'archive_changed']);
  });

  it.each([
    undefined,
    { sequence: 1, sha256: HASH, until: '1970-01-01T00:00:00.000Z', signedAt: '1970-01-01T00:00:00.000Z' },
  ])('does not say where a chain without a digest begins: %o', async (head) => {
    const world = archiveWorld();
    await world.deliver(await world.write(2), world.clock.now());
    const value = head === undefined ? {} : { head };
    await world.dependencies.records.create(KEY, value, { expiresAt: new Date('2100-01-01T00:00:00Z') });
    toTheNextRun(world);
    expect(await world.sign()).toMatchObject({ sequence: head === undefined ? 1 : 2, events: 2 });
  });

  it('is not needed for the first digest, although a stranger has put one there', async () => {
    const world = archiveWorld();
    await world.deliver(await world.write(2), world.clock.now());
    const lost = await world.write(2);
    world.archive.files.set(digestKey(1), Buffer.from('{}'));
    toTheNextRun(world);
    expect(await world.sign()).toMatchObject({ sequence: 2, filled: 2, findings: 1 });
    expect(await archivedIds(world.archive)).toEqual(expect.arrayContaining(lost.map(({ id }) => id)));
  });

  it('something that is in the way and can not be seen is a finding', async () => {
    const world = await begun();
    const { put } = world.dependencies.archive;
    Object.assign(world.dependencies.archive, {
      put: async (key: string, body: Uint8Array) => (key === digestKey(2) ? false : put(key, body)),
    });
    expect(await world.sign()).toBe('busy');
    expect(findingsIn(world)).toEqual(['digest_taken']);
  });
});
