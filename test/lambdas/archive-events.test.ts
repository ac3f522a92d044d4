// The function that archives: what the events table's stream tells it becomes objects, findings, strays, or nothing.
import { rmSync } from 'node:fs';
import type { Context, DynamoDBRecord } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTools, logOver } from '../../lambdas/shared/tools.ts';
import { archiveName } from '../../src/audit/index.ts';
import type { StoredEvent } from '../../src/ports/events.ts';
import type { Objects } from '../../src/ports/objects.ts';
import { Unavailable } from '../../src/shared/errors.ts';
import type { JsonObject } from '../../src/shared/json.ts';
import { type ArchiveWorld, archiveWorld } from '../broker/archive/support.ts';
import { memoryObjects } from '../contract/support/memory-objects.ts';
import { archivedIds, eventOf } from '../support/archive-parts.ts';
import { DAY, MINUTE, SECOND } from '../support/clock.ts';
import { itemOf, record } from './stream.ts';
import { asDeployed, CONTEXT, capture, type Printed } from './support.ts';

let directory: string;
beforeAll(() => {
  ({ directory } = asDeployed());
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

let world: ArchiveWorld;
let objects: Objects & { readonly kept: Map<string, Uint8Array> };
let printed: Printed;
beforeEach(() => {
  world = archiveWorld();
  objects = memoryObjects();
  printed = capture();
});
afterEach(() => vi.restoreAllMocks());

async function deliver(...Records: readonly DynamoDBRecord[]): Promise<unknown> {
  const { createHandler } = await import('../../lambdas/archive-events/handler.ts');
  const tools = createTools();
  const handler = createHandler({ ...world.dependencies, objects, tools, log: logOver(tools) });
  return (handler as (event: unknown, context: Context) => Promise<unknown>)({ Records }, CONTEXT);
}

async function inserted(number: number, event = eventOf(number, world.clock.now())): Promise<DynamoDBRecord> {
  return record('INSERT', { number, at: world.clock.now(), is: await itemOf(event, objects, world.clock) });
}

/** Of that many characters: over 350,000 it lies beside its item. */
function large(number: number, characters: number): StoredEvent {
  const event = eventOf(number, world.clock.now());
  return { ...event, body: { ...event.body, padding: 'x'.repeat(characters) } };
}

const keys = (prefix: string) =>
  [...world.archive.files.keys()].filter((key) => key.startsWith(prefix)).sort();

function strays(): JsonObject[] {
  return keys('unarchived/').map((key) => {
    expect(archiveName(key)?.kind).toBe('stray');
    return JSON.parse(Buffer.from(world.archive.files.get(key) ?? []).toString());
  });
}

function found(): readonly (JsonObject | string | undefined)[] {
  return world.events
    .all()
    .filter(({ body }) => body['type'] === 'audit.finding')
    .map(({ body }) => body['finding'] as string);
}

describe('what is new', () => {
  it('is archived in one object, named by the first record, as it was stored', async () => {
    const events = [1, 2, 3].map((number) => eventOf(number, world.clock.now()));
    const records = await Promise.all(events.map((event, place) => inserted(place + 1, event)));
    expect(await deliver(...records)).toEqual({ archived: 3, left: 0, strays: 0, findings: 0 });
    expect(keys('')).toEqual([
      'events/day=2026-03-02/hour=12/20260302T121000000Z-4421584500000000000001.jsonl.gz',
    ]);
    expect(await archivedIds(world.archive)).toEqual(events.map(({ id }) => id));
    expect(printed.metrics()).toEqual([]);
  });

  it('is archived once, however often the batch is tried', async () => {
    const records = [await inserted(1), await inserted(2)];
    await deliver(...records);
    world.clock.advance(MINUTE);
    expect(await deliver(...records)).toEqual({ archived: 0, left: 0, strays: 0, findings: 0 });
    expect(await archivedIds(world.archive)).toHaveLength(2);
  });

  it('is read from where a large body lies, and never more at once than fits', async () => {
    const each = 6 * 1024 * 1024;
    const records = await Promise.all([1, 2, 3, 4].map((number) => inserted(number, large(number, each))));
    expect(await deliver(await inserted(0), ...records)).toMatchObject({ archived: 5, strays: 0 });
    expect(await archivedIds(world.archive)).toHaveLength(5);
    expect(keys('events/')).toHaveLength(2);
    // Cut at the same place again.
    expect(await deliver(await inserted(0), ...records)).toMatchObject({ archived: 0 });
    expect(keys('events/')).toHaveLength(2);
  });

  it('is left to the next digest where its name would come too late', async () => {
    const records = [await inserted(1), await inserted(2)];
    world.clock.advance(5 * MINUTE + SECOND);
    const fresh = await inserted(3);
    expect(await deliver(...records, fresh)).toEqual({ archived: 0, left: 3, strays: 0, findings: 0 });
    expect(keys('')).toEqual([]);
    expect(await deliver(fresh)).toMatchObject({ archived: 1 });
  });

  it('is tried again where the archive is away', async () => {
    world.meddle = async ({ name }, run) => {
      if (name === 'archive.put') throw new Unavailable('archive');
      return run();
    };
    const records = [await inserted(1)];
    await expect(deliver(...records)).rejects.toThrow('archive');
    world.meddle = undefined;
    expect(await deliver(...records)).toMatchObject({ archived: 1 });
  });
});

describe('what is no event', () => {
  const poisons: readonly (readonly [string, (item: Record<string, object>) => void])[] = [
    ['no body', (item) => void delete item['body']],
    ['a body that is no JSON', (item) => void Object.assign(item, { body: { S: '{"id":' } })],
    ['a body that is no object', (item) => void Object.assign(item, { body: { S: '"text"' } })],
    ['a body that is null', (item) => void Object.assign(item, { body: { S: 'null' } })],
    ['a body of another event', (item) => void Object.assign(item, { body: { S: '{"id":"evt_x"}' } })],
    ['no stream', (item) => void delete item['stream']],
    ['an id that is a number', (item) => void Object.assign(item, { id: { N: '7' } })],
    ['no expiry', (item) => void delete item['until']],
    ['a pointer to nothing', (item) => void Object.assign(item, { pointer: { S: 'nowhere' } })],
    ['nothing at all', (item) => Object.keys(item).forEach((name) => void delete item[name])],
  ];

  it.each(poisons)('as with %s, is kept whole, and stops nothing else', async (_, poison) => {
    const bad = await inserted(2);
    poison((bad.dynamodb?.NewImage ?? {}) as Record<string, object>);
    const all = [await inserted(1), bad, await inserted(3)];
    expect(await deliver(...all)).toEqual({ archived: 2, left: 0, strays: 1, findings: 0 });
    expect(strays()).toEqual([JSON.parse(JSON.stringify(bad))]);
    expect(printed.metrics()).toEqual(['AuditUnarchived']);
    expect(await archivedIds(world.archive)).toHaveLength(2);
  });

  it('is a body without a moment', async () => {
    const event = eventOf(1, world.clock.now());
    const { at: _, ...timeless } = event.body;
    const records = [
      await inserted(1, { ...event, body: timeless }),
      await inserted(2, { ...event, body: { ...event.body, at: 'yesterday' } }),
    ];
    expect(await deliver(...records)).toMatchObject({ archived: 0, strays: 2 });
    expect(keys('unarchived/')).toHaveLength(2);
  });

  it('is a large body that is gone, or not what was written; one that can’t be had now is tried again', async () => {
    const [gone, changed, away] = [
      await inserted(1, large(1, 400_000)),
      await inserted(2, large(2, 400_000)),
      await inserted(3, large(3, 400_000)),
    ];
    const [first, second] = [...objects.kept.keys()];
    objects.kept.delete(first ?? '');
    objects.kept.set(second ?? '', Buffer.from('{}'));
    const { get } = objects;
    objects.get = async () => {
      throw new Unavailable('objects');
    };
    await expect(deliver(gone, changed, away)).rejects.toThrow(Unavailable);
    expect(keys('')).toEqual([]);
    objects.get = get;
    expect(await deliver(gone, changed, away)).toEqual({ archived: 1, left: 0, strays: 2, findings: 0 });
    expect(strays()).toEqual([gone, changed]);
  });

  it('is kept under a name of now where it comes late, since no digest could bring it', async () => {
    const bad = await inserted(1);
    bad.dynamodb = { ...bad.dynamodb, NewImage: {} };
    world.clock.advance(59 * MINUTE);
    expect(await deliver(bad)).toMatchObject({ strays: 1 });
    expect(keys('unarchived/')).toEqual([
      expect.stringMatching(/^unarchived\/day=2026-03-02\/hour=13\/20260302T130900000Z-\d+\.json$/),
    ]);
  });
});

describe('what happens to an event later', () => {
  const BY_TTL = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };

  async function change(
    eventName: 'MODIFY' | 'REMOVE',
    given: { readonly after?: number; readonly userIdentity?: object } = {},
  ) {
    const event = eventOf(1, world.clock.now());
    const was = await itemOf(event, objects, world.clock);
    world.clock.advance(given.after ?? MINUTE);
    const is = { ...was, body: { S: 'forged' } };
    const { userIdentity } = given;
    const images = eventName === 'MODIFY' ? { was, is } : { was };
    const changed = record(eventName, {
      ...{ number: 9, at: world.clock.now(), ...images },
      ...(userIdentity === undefined ? {} : { userIdentity }),
    });
    return { event, changed };
  }

  it('is a finding where it was overwritten, and never reaches the archive', async () => {
    const { event, changed } = await change('MODIFY');
    expect(await deliver(changed)).toEqual({ archived: 0, left: 0, strays: 0, findings: 1 });
    expect(found()).toEqual(['event_overwritten']);
    expect(world.findings.told).toMatchObject([{ title: 'An audit event was overwritten' }]);
    expect(JSON.stringify(world.findings.told)).toContain(event.id);
    expect(JSON.stringify(world.findings.told)).not.toContain('forged');
    expect(keys('')).toEqual([]);
    expect(printed.metrics()).toEqual(['AuditFinding']);
    // Written once, however often the batch is tried; told each time, by the same id.
    await deliver(changed);
    expect(found()).toEqual(['event_overwritten']);
    expect(new Set(world.findings.told.map(({ id }) => id)).size).toBe(1);
  });

  it.each([
    ['by nobody that says who', {}],
    ['by somebody', { userIdentity: { type: 'AWSService', principalId: 'x' } }],
    [
      'by another service',
      { userIdentity: { type: 'Service', principalId: 'replication.dynamodb.amazonaws.com' } },
    ],
    ['by the table itself, but before its time', { userIdentity: BY_TTL, after: DAY }],
  ])('is a finding where it was removed %s', async (_, given) => {
    const { event, changed } = await change('REMOVE', given);
    expect(await deliver(changed)).toMatchObject({ findings: 1 });
    expect(found()).toEqual(['event_removed']);
    expect(JSON.stringify(world.findings.told)).toContain(event.id);
  });

  it('is nothing where the table removed it because its time was over', async () => {
    const { changed } = await change('REMOVE', { userIdentity: BY_TTL, after: 401 * DAY });
    expect(await deliver(changed)).toEqual({ archived: 0, left: 0, strays: 0, findings: 0 });
    expect([found(), world.findings.told]).toEqual([[], []]);
  });

  it('is tried again where a finding can’t be written, and what is new is archived all the same', async () => {
    const { changed } = await change('MODIFY');
    world.meddle = async ({ name }, run) => {
      if (name === 'events.append') throw new Unavailable('events');
      return run();
    };
    const records = [await inserted(1), changed, await inserted(2)];
    await expect(deliver(...records)).rejects.toThrow(Unavailable);
    expect(await archivedIds(world.archive)).toHaveLength(2);
    world.meddle = undefined;
    expect(await deliver(...records)).toMatchObject({ archived: 0, findings: 1 });
  });
});

it('prints nothing of what events say', async () => {
  const event = eventOf(1, world.clock.now());
  const canary = await inserted(1, { ...event, body: { ...event.body, said: 'canary' } });
  const bad = await inserted(2, { ...event, body: { id: 'canary', at: 'canary' } });
  await deliver(canary, bad);
  expect(printed.text()).not.toContain('canary');
});
