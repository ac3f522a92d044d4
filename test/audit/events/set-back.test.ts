// However the clock is set back meanwhile, nothing took less than no time.
import { beforeAll, describe, expect, it } from 'vitest';
import { SECOND } from '../../support/clock.ts';
import type { World } from '../../support/world.ts';
import { FACTS } from './facts.ts';
import { walked } from './walk.ts';

let world: World;
beforeAll(async () => {
  world = await walked(({ clock }) => {
    const { now } = clock;
    const setBack = () => {
      clock.advance(-SECOND);
      return now();
    };
    Object.assign(clock, { now: setBack });
  });
});

const TIMED = Object.entries(FACTS).filter(([, { timings }]) => timings.includes('milliseconds'));

/** What waited has expired once the clock is past an hour from then, wherever it has been. */
const BY_THE_CLOCK = ['call.expired'];

it('whatever it is', () => {
  const less = world.told().filter(({ milliseconds }) => Number(milliseconds ?? 0) < 0);
  expect(less).toEqual([]);
});

describe.each(TIMED.map(([type]) => type).filter((type) => !BY_THE_CLOCK.includes(type)))('%s', (type) => {
  it('took none', () => {
    expect(world.told(type).map(({ milliseconds }) => milliseconds)).toContain(0);
  });
});
