// Time that goes on with a clock, and does not go back with it.
import { expect, it } from 'vitest';
import { goingOn } from '../../src/shared/going-on.ts';
import { HOUR, SECOND, testClock } from '../support/clock.ts';

it('goes on as the clock does, also over what the clock leaps', () => {
  const clock = testClock();
  const now = goingOn(clock);
  const began = now();
  expect(began).toBe(clock.now().getTime());
  for (const passed of [SECOND, 9 * HOUR]) clock.advance(passed);
  expect(now() - began).toBe(9 * HOUR + SECOND);
});

it('stands still where the clock is set back, and goes on from there', () => {
  const clock = testClock();
  const now = goingOn(clock);
  const began = now();
  for (const leap of [-HOUR, HOUR + SECOND, -2 * HOUR]) {
    clock.advance(leap);
    now();
  }
  expect(now() - began).toBe(HOUR + SECOND);
  clock.advance(SECOND);
  expect(now() - began).toBe(HOUR + 2 * SECOND);
});
