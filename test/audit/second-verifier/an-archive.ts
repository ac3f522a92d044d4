// An archive with something of everything in it, written by the broker's own archiver and signer.
import { archiveBatch } from '../../../src/broker/archive/index.ts';
import { archiveWorld } from '../../broker/archive/support.ts';
import type { TestSigner } from '../../support/archive-parts.ts';
import { HOUR, MINUTE } from '../../support/clock.ts';

export type Files = Map<string, Uint8Array>;

export interface MadeArchive {
  readonly files: Files;
  readonly signer: TestSigner;
}

/** Six digests, two keys, a stray, hours in which nothing happened, a rest of two hours, and a tail. */
export async function makeArchive(): Promise<MadeArchive> {
  const world = archiveWorld('2026-03-02T12:12:00.000Z');
  const { clock, archive, events, signer, dependencies } = world;
  const deliver = async (many: number) => world.deliver(await world.write(many), clock.now());
  const nextHour = async (hours = 1) => {
    clock.advance(hours * HOUR);
    await world.sign();
  };
  await deliver(3);
  clock.advance(MINUTE);
  await deliver(4);
  await archiveBatch(dependencies, {
    ...{ at: clock.now(), tail: 'poison', events: [], freshOnly: true },
    strays: [{ tail: 'poison', came: { what: 'no event' } }],
  });
  await nextHour();
  await deliver(1);
  signer.rotate();
  await nextHour();
  await nextHour();
  await deliver(2);
  clock.advance(MINUTE);
  await deliver(5);
  await nextHour(2);
  // Lost by the stream, and filled in by the digest.
  await world.write(2);
  await nextHour();
  // The event that tells of the last digest comes with others.
  const lately = { from: new Date(clock.now().getTime() - MINUTE), until: clock.in(MINUTE) };
  const { items } = await events.between(lately, { limit: 10 });
  await world.deliver([...items, ...(await world.write(2))], clock.now());
  return { files: new Map(archive.files), signer };
}
