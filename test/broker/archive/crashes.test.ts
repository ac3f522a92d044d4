// Kills the archiver and the writer of digests in each of their operations: whatever comes after, every event is
// archived exactly once, and the chain is whole.
import { describe, expect, it } from 'vitest';
import { digestKey, isSignedAsNamed, readDigest } from '../../../src/audit/index.ts';
import type { StoredEvent } from '../../../src/ports/events.ts';
import { sha256 } from '../../../src/shared/hash.ts';
import { archivedIds } from '../../support/archive-parts.ts';
import { HOUR, MINUTE, SECOND } from '../../support/clock.ts';
import { DEATHS, type Death, dyingAt } from '../../support/meddling.ts';
import { type ArchiveWorld, archiveWorld } from './support.ts';

interface Begun {
  readonly world: ArchiveWorld;
  readonly at: Date;
  readonly brought: readonly StoredEvent[];
  readonly lost: readonly StoredEvent[];
}

async function begin(): Promise<Begun> {
  const world = archiveWorld('2026-03-02T12:20:00.000Z');
  await world.deliver(await world.write(2), world.clock.now());
  const lost = await world.write(2);
  world.clock.advance(SECOND);
  const at = world.clock.now();
  return { world, at, lost, brought: await world.write(3) };
}

const past = ({ world: { clock } }: Begun) =>
  clock.advance(HOUR * Math.ceil(clock.now().getTime() / HOUR) + 11 * MINUTE - clock.now().getTime());

/** What comes after the death, before the next hours' runs. */
const SEQUELS = {
  'the stream tries again at once': async ({ world, brought, at }: Begun) => {
    world.clock.advance(2 * SECOND);
    await world.deliver(brought, at);
  },
  'the stream tries again when it is too late': async (begun: Begun) => {
    begun.world.clock.advance(5 * MINUTE);
    await begun.world.deliver(begun.brought, begun.at);
  },
  'the stream tries again after the hour': async (begun: Begun) => {
    past(begun);
    await begun.world.sign();
    await begun.world.deliver(begun.brought, begun.at);
  },
  'the stream never does': async () => undefined,
} as const;

const ARCHIVING = async ({ world, brought, at }: Begun) => world.deliver(brought, at);
const SIGNING = async (begun: Begun) => {
  await begun.world.deliver(begun.brought, begun.at);
  past(begun);
  return begun.world.sign();
};

/** Whether it died: else it had no operation of that number. */
async function dies(begun: Begun, work: (begun: Begun) => Promise<unknown>, number: number, death: Death) {
  const killed = dyingAt(number, death);
  begun.world.meddle = killed.meddle;
  const ended = await Promise.race([work(begun).then(() => 'ended' as const), killed.dead]);
  begun.world.meddle = undefined;
  return ended === 'dead';
}

async function expectWhole({ world }: Begun): Promise<void> {
  for (let run = 0; run < 3; run += 1) {
    world.clock.advance(HOUR);
    await world.sign();
  }
  const archived = [...(await archivedIds(world.archive))].sort();
  expect(archived).toEqual([...new Set(archived)]);
  // The last digest's own event comes with the next one.
  const written = world.events.all().map(({ id }) => id);
  const last = world.events
    .all()
    .filter(({ body }) => body['type'] === 'audit.digested')
    .at(-1);
  expect(archived).toEqual(written.filter((id) => id !== last?.id).sort());
  let previous: string | null = null;
  let events = 0;
  let sequence = 1;
  for (; world.archive.files.has(digestKey(sequence)); sequence += 1) {
    const file: Uint8Array = world.archive.files.get(digestKey(sequence)) ?? new Uint8Array();
    const signed = readDigest(file);
    expect(signed !== undefined && isSignedAsNamed(signed)).toBe(true);
    expect(signed?.digest.previous).toBe(previous);
    previous = sha256(file);
    events += signed?.digest.events ?? 0;
  }
  expect(sequence).toBeGreaterThan(3);
  expect(events).toBe(archived.length);
  expect(world.events.all().filter(({ body }) => body['type'] === 'audit.finding')).toEqual([]);
}

describe.each(Object.entries(SEQUELS))('killed, and then %s', (_, sequel) => {
  it.each(DEATHS)('while it archives (%s)', async (death) => {
    let deaths = 0;
    for (let number = 1; ; number += 1) {
      const begun = await begin();
      if (!(await dies(begun, ARCHIVING, number, death))) break;
      deaths += 1;
      await sequel(begun);
      await expectWhole(begun);
    }
    expect(deaths).toBeGreaterThan(0);
  });

  it.each(DEATHS)('while it signs (%s)', async (death) => {
    let deaths = 0;
    for (let number = 2; ; number += 1) {
      const begun = await begin();
      if (!(await dies(begun, SIGNING, number, death))) break;
      deaths += 1;
      await sequel(begun);
      await expectWhole(begun);
    }
    expect(deaths).toBeGreaterThan(5);
  });
});
