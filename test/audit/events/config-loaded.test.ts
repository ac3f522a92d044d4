// Deployed, whoever comes by every minute tells which config decides since it was deployed: once.
import { beforeEach, expect, it } from 'vitest';
import { recordNewConfig } from '../../../src/broker/index.ts';
import { Unavailable } from '../../../src/shared/errors.ts';
import { MINUTE } from '../../support/clock.ts';
import { failingAt } from '../../support/meddling.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});

const told = () => world.told('config.loaded').map(({ configDigest }) => configDigest);
async function minutes(many: number): Promise<void> {
  for (let minute = 0; minute < many; minute += 1) {
    await recordNewConfig(world.dependencies);
    world.clock.advance(MINUTE);
  }
}

it('is told of each config once, also of one that comes back', async () => {
  const first = world.rules;
  await minutes(3);
  await world.use({ digest: 'f'.repeat(64) });
  await minutes(3);
  world.rules = first;
  await minutes(3);
  expect(told()).toEqual([first.config.digest, 'f'.repeat(64), first.config.digest]);
});

it('is told twice rather than never', async () => {
  world.meddle = failingAt({ name: 'events.append' });
  await expect(recordNewConfig(world.dependencies)).rejects.toBeInstanceOf(Unavailable);
  world.meddle = failingAt({ name: 'records.create' });
  await expect(recordNewConfig(world.dependencies)).rejects.toBeInstanceOf(Unavailable);
  world.meddle = undefined;
  await minutes(2);
  expect(told()).toHaveLength(2);
});
