// The hourly writer: what it signs, what it fills, what it tells, and that it is one.
import { describe, expect, it } from 'vitest';
import {
  createMerkleTree,
  digestKey,
  eachLine,
  eventsKey,
  gatherLines,
  isSignedAsNamed,
  leafHash,
  packLines,
  readDigest,
  type SignedDigest,
  unpackLines,
} from '../../../src/audit/index.ts';
import { Unavailable } from '../../../src/shared/errors.ts';
import { sha256 } from '../../../src/shared/hash.ts';
import { archivedIds, testSigner } from '../../support/archive-parts.ts';
import { HOUR, MINUTE } from '../../support/clock.ts';
import { failingAt } from '../../support/meddling.ts';
import { type ArchiveWorld, archiveWorld } from './support.ts';

const idsOf = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id).sort();

function digestOf({ archive }: ArchiveWorld, sequence: number): SignedDigest {
  const signed = readDigest(archive.files.get(digestKey(sequence)) ?? new Uint8Array());
  if (signed === undefined) throw new Error(`no digest ${sequence}`);
  return signed;
}

/** Written, and brought by the stream. */
async function delivered(world: ArchiveWorld, many: number) {
  const at = world.clock.now();
  const batch = await world.write(many);
  await world.deliver(batch, at);
  return batch;
}

function toTheNextRun({ clock }: ArchiveWorld): void {
  const now = clock.now().getTime();
  clock.advance(Math.ceil((now + 1) / HOUR) * HOUR + 10 * MINUTE - now);
}

describe('a digest', () => {
  it('names every object and event of its hour, and says what stands before it', async () => {
    const world = archiveWorld();
    const first = await delivered(world, 3);
    world.clock.advance(MINUTE);
    const second = await delivered(world, 2);
    toTheNextRun(world);
    expect(await world.sign()).toMatchObject({ sequence: 1, events: 5, filled: 0, findings: 0 });

    const { digest, signature } = digestOf(world, 1);
    expect(isSignedAsNamed({ digest, signature })).toBe(true);
    expect(digest).toMatchObject({
      sequence: 1,
      from: '2026-03-02T12:00:00.000Z',
      until: '2026-03-02T13:00:00.000Z',
      previous: null,
      events: 5,
    });
    const tree = createMerkleTree();
    for (const { key, sha256: hash, bytes, events } of digest.objects) {
      const file = world.archive.files.get(key) ?? new Uint8Array();
      expect([sha256(file), file.length]).toEqual([hash, bytes]);
      const lines = [...eachLine(unpackLines(file))];
      expect(lines).toHaveLength(events);
      for (const line of lines) tree.add(leafHash(line));
    }
    expect(tree.root().toString('hex')).toBe(digest.root);
    expect(await archivedIds(world.archive)).toEqual([...first, ...second].map(({ id }) => id));
    const index = unpackLines(world.archive.files.get(digest.index?.key ?? '') ?? new Uint8Array());
    expect(index.toString().split('\n').slice(0, -1)).toHaveLength(5);
    expect(index.toString()).toContain(first[0]?.id);
  });

  it('is signed for an hour in which nothing happened, and follows the one before', async () => {
    const world = archiveWorld();
    toTheNextRun(world);
    await world.sign();
    const one = world.archive.files.get(digestKey(1)) ?? new Uint8Array();
    toTheNextRun(world);
    await world.sign();
    expect(digestOf(world, 1).digest).toMatchObject({
      events: 0,
      objects: [],
      index: null,
      root: sha256(''),
    });
    // The event that tells of the first one was not brought by the stream: it was filled in.
    expect(digestOf(world, 2).digest).toMatchObject({
      sequence: 2,
      previous: sha256(one),
      from: digestOf(world, 1).digest.until,
    });
    toTheNextRun(world);
    await world.sign();
    expect(digestOf(world, 3).digest.events).toBe(1);
  });

  it('is told once, as an event', async () => {
    const world = archiveWorld();
    await delivered(world, 2);
    toTheNextRun(world);
    await world.sign();
    expect(await world.sign()).toBe('nothing');
    const told = world.events.all().filter(({ body }) => body['type'] === 'audit.digested');
    expect(told).toHaveLength(1);
    expect(told[0]?.body).toMatchObject({
      sequence: 1,
      events: 2,
      sha256: sha256(world.archive.files.get(digestKey(1)) ?? new Uint8Array()),
    });
  });

  it('covers an hour each, however many there are to make up for', async () => {
    const world = archiveWorld();
    const events = await delivered(world, 2);
    toTheNextRun(world);
    await world.sign();
    world.clock.advance(5 * HOUR);
    expect(await world.sign()).toMatchObject({ sequence: 6 });
    const spans = [1, 2, 3, 4, 5, 6].map((sequence) => digestOf(world, sequence).digest);
    expect(spans.map(({ until }) => until.slice(11, 13))).toEqual(['13', '14', '15', '16', '17', '18']);
    expect(spans.slice(1).map(({ from }) => from)).toEqual(spans.slice(0, -1).map(({ until }) => until));
    expect(await archivedIds(world.archive)).toEqual(expect.arrayContaining(idsOf(events)));
  });

  it('is signed by a new key from the one after that which names it', async () => {
    const world = archiveWorld();
    toTheNextRun(world);
    await world.sign();
    world.signer.rotate();
    for (let run = 0; run < 3; run += 1) {
      toTheNextRun(world);
      await world.sign();
    }
    const [old, next] = await world.signer.keys();
    const said = [1, 2, 3, 4].map((sequence) => digestOf(world, sequence).digest);
    expect(said.map(({ key }) => key.id)).toEqual([old?.id, old?.id, next?.id, next?.id]);
    expect(said.map(({ nextKey }) => nextKey?.id)).toEqual([undefined, next?.id, undefined, undefined]);
  });

  it('goes on where it ended after its key was lost, and signs nothing once more', async () => {
    const world = archiveWorld();
    toTheNextRun(world);
    await world.sign();
    const { keys, sign } = testSigner();
    Object.assign(world.dependencies.signer, { keys, sign });
    toTheNextRun(world);
    await world.sign();
    const [before, after] = [1, 2].map((sequence) => digestOf(world, sequence).digest);
    expect(after).toMatchObject({
      from: before?.until,
      previous: sha256(world.archive.files.get(digestKey(1)) ?? ''),
    });
    expect(after?.key.id).not.toBe(before?.key.id);
  });
});

describe('what the stream did not bring', () => {
  it('is filled in, once', async () => {
    const world = archiveWorld();
    const brought = await delivered(world, 2);
    const at = world.clock.now();
    const lost = await world.write(3);
    toTheNextRun(world);
    expect(await world.sign()).toMatchObject({ events: 5, filled: 3 });
    expect(world.logged).toContain('audit gap filled');
    // The stream comes to it after all.
    expect(await world.deliver(lost, at)).toMatchObject({ archived: 0, left: 3 });
    toTheNextRun(world);
    await world.sign();
    expect([...(await archivedIds(world.archive))].sort()).toEqual(
      expect.arrayContaining(idsOf([...brought, ...lost])),
    );
    expect(new Set(await archivedIds(world.archive)).size).toBe((await archivedIds(world.archive)).length);
  });

  it('is not what was brought after the hour had turned', async () => {
    const world = archiveWorld('2026-03-02T12:59:59.900Z');
    await world.sign();
    const batch = await world.write(2);
    world.clock.advance(200);
    await world.deliver(batch, world.clock.now());
    world.clock.advance(11 * MINUTE);
    expect(await world.sign()).toMatchObject({ sequence: 2, events: 1, filled: 1 });
    toTheNextRun(world);
    expect(digestOf(world, 2).digest.until).toBe('2026-03-02T13:00:00.000Z');
    expect(await world.sign()).toMatchObject({ sequence: 3, events: 3, filled: 1 });
  });

  it('is filled in by the next run where the table could not be read', async () => {
    const world = archiveWorld();
    const brought = await delivered(world, 1);
    const lost = await world.write(2);
    toTheNextRun(world);
    world.meddle = failingAt({ name: 'events.every' });
    expect(await world.sign()).toMatchObject({ events: 1, isCompared: false });
    world.meddle = undefined;
    toTheNextRun(world);
    expect(await world.sign()).toMatchObject({ filled: 3, isCompared: true });
    expect(await archivedIds(world.archive)).toEqual(expect.arrayContaining(idsOf([...brought, ...lost])));
  });

  it('is seen at midnight for a whole day', async () => {
    const world = archiveWorld('2026-03-02T20:10:00.000Z');
    toTheNextRun(world);
    await world.sign();
    world.clock.advance(90 * MINUTE);
    toTheNextRun(world);
    await world.sign();
    // An id that was made hours before its event was written.
    const [event] = await archiveWorld('2026-03-02T20:30:00.000Z').write(1);
    if (event === undefined) throw new Error('no event');
    await world.events.append(event);
    toTheNextRun(world);
    await world.sign();
    expect(await archivedIds(world.archive)).toContain(event.id);
  });
});

describe('what looks wrong', () => {
  it('an event that was overwritten or removed is a finding, told once, and the archive keeps the original', async () => {
    const world = archiveWorld();
    const [changed, removed, kept] = await delivered(world, 3);
    if (changed === undefined || removed === undefined || kept === undefined) throw new Error('no events');
    const { all } = world.events;
    const others = archiveWorld();
    for (const event of all()) {
      if (event.id === removed.id) continue;
      const body = event.id === changed.id ? { ...event.body, agents: 99 } : event.body;
      await others.events.append({ ...event, body });
    }
    // The same archive, over a table that somebody changed.
    Object.assign(world.events, { every: others.events.every, read: others.events.read });
    toTheNextRun(world);
    expect(await world.sign()).toMatchObject({ events: 3, findings: 2 });
    world.clock.advance(1);
    toTheNextRun(world);
    await world.sign();
    // As long as the hour is looked at, which is twice; each time it is told anew, and once.
    const findings = world.events.all().filter(({ body }) => body['type'] === 'audit.finding');
    const told = findings.map(({ body }) => `${body['finding']} ${(body['event'] as { id: string }).id}`);
    expect([...new Set(told)].sort()).toEqual([`event_differs ${changed.id}`, `event_removed ${removed.id}`]);
    expect(told).toHaveLength(4);
    expect(world.findings.told).toHaveLength(4);
    expect(await archivedIds(world.archive)).toEqual(
      expect.arrayContaining([changed.id, removed.id, kept.id]),
    );
  });

  it('an object that no archiver made stays unsigned, and is a finding', async () => {
    const world = archiveWorld();
    await delivered(world, 1);
    const at = world.clock.now();
    world.archive.files.set(eventsKey(at, 'junk'), Buffer.from('not packed'));
    world.archive.files.set(eventsKey(at, 'other'), packLines(gatherLines('{"of":"somebody else"}')));
    world.archive.files.set(`${eventsKey(at, 'x')}.bak`, Buffer.from('x'));
    toTheNextRun(world);
    expect(await world.sign()).toMatchObject({ events: 1 });
    expect(digestOf(world, 1).digest.objects).toHaveLength(1);
    expect(world.events.all().filter(({ body }) => body['finding'] === 'archive_changed')).toHaveLength(3);
  });

  it('something where the next digest belongs is a finding, and the chain goes on behind it', async () => {
    const world = archiveWorld();
    toTheNextRun(world);
    await world.sign();
    const squatter = Buffer.from('{}');
    world.archive.files.set(digestKey(2), squatter);
    await delivered(world, 1);
    toTheNextRun(world);
    expect(await world.sign()).toMatchObject({ sequence: 3 });
    expect(digestOf(world, 3).digest).toMatchObject({
      previous: sha256(squatter),
      from: digestOf(world, 1).digest.until,
    });
    expect(world.events.all().filter(({ body }) => body['finding'] === 'digest_taken')).toHaveLength(1);
  });

  it('a digest that is gone is a finding', async () => {
    const world = archiveWorld();
    toTheNextRun(world);
    await world.sign();
    world.archive.files.delete(digestKey(1));
    toTheNextRun(world);
    expect(await world.sign()).toMatchObject({ sequence: 2 });
    expect(world.events.all().filter(({ body }) => body['finding'] === 'archive_changed')).toHaveLength(1);
  });

  it('a digest that was hidden fits where it is brought back', async () => {
    const world = archiveWorld();
    for (let run = 0; run < 2; run += 1) {
      toTheNextRun(world);
      await world.sign();
    }
    const hidden = world.archive.files.get(digestKey(2)) ?? new Uint8Array();
    world.archive.files.delete(digestKey(2));
    toTheNextRun(world);
    await world.sign();
    world.archive.files.set(digestKey(2), hidden);
    expect(digestOf(world, 3).digest).toMatchObject({
      previous: sha256(hidden),
      from: digestOf(world, 2).digest.until,
    });
  });

  it('that nobody could be told of it stops nothing', async () => {
    const world = archiveWorld();
    world.archive.files.set(eventsKey(world.clock.now(), 'junk'), Buffer.from('not packed'));
    world.findings.report = async () => {
      throw new Unavailable('findings');
    };
    toTheNextRun(world);
    expect(await world.sign()).toMatchObject({ sequence: 1 });
    expect(world.logged).toContain('back end unavailable');
  });
});

describe('one writer', () => {
  it('of two at once one signs', async () => {
    const world = archiveWorld();
    await delivered(world, 2);
    await world.write(2);
    toTheNextRun(world);
    const results = await Promise.all([world.sign(), world.sign(), world.sign()]);
    expect(results.filter((result) => typeof result === 'object')).toHaveLength(1);
    expect(results.filter((result) => result === 'busy')).toHaveLength(2);
    expect([...world.archive.files.keys()].filter((key) => key.endsWith('.json'))).toHaveLength(1);
  });

  it('what fails is tried again by the next run', async () => {
    for (const name of ['archive.put', 'archive.get', 'signer.sign', 'signer.keys', 'records.replace']) {
      const world = archiveWorld();
      await delivered(world, 1);
      const lost = await world.write(1);
      toTheNextRun(world);
      world.meddle = failingAt({ name });
      await world.sign().catch((error: unknown) => expect(error).toBeInstanceOf(Unavailable));
      world.meddle = undefined;
      toTheNextRun(world);
      await world.sign();
      expect(await archivedIds(world.archive), name).toEqual(expect.arrayContaining(idsOf(lost)));
      expect(digestOf(world, 1).digest.sequence, name).toBe(1);
    }
  });

  it('finds the end of the chain where nothing is remembered', async () => {
    const world = archiveWorld();
    for (let run = 0; run < 3; run += 1) {
      toTheNextRun(world);
      await world.sign();
    }
    const other = archiveWorld(world.clock.now().toISOString());
    for (const [key, file] of world.archive.files) other.archive.files.set(key, file);
    for (const key of await other.signer.keys()) expect(key).toBeDefined();
    Object.assign(other.dependencies.signer, { keys: world.signer.keys, sign: world.signer.sign });
    toTheNextRun(other);
    expect(await other.sign()).toMatchObject({ sequence: 4 });
    expect(digestOf(other, 4).digest.from).toBe(digestOf(world, 3).digest.until);
  });
});
