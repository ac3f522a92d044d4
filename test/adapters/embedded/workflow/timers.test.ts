// Timers by the clock: for longer than Node's own can wait, through a machine's sleep, and not once they are taken back.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clockTimers } from '../../../../src/adapters/embedded/workflow/timers.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

// `Date` goes with the timers, as it does on a machine that stays awake.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setFor(milliseconds: number) {
  const fired = vi.fn();
  const cancel = clockTimers({ now: () => new Date(), sleep: async () => {} }).after(milliseconds, fired);
  return { fired, cancel };
}

describe('a timer', () => {
  it.each([0, 1, MINUTE, MINUTE + 1, 30 * DAY])('of %i ms fires after that long, once', (milliseconds) => {
    const { fired } = setFor(milliseconds);
    if (milliseconds > 0) {
      vi.advanceTimersByTime(milliseconds - 1);
      expect(fired).not.toHaveBeenCalled();
    }
    vi.advanceTimersByTime(1);
    expect(fired).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(DAY);
    expect(fired).toHaveBeenCalledOnce();
  });

  it.each([0, 1, MINUTE, 40 * MINUTE])('that is taken back after %i ms never fires', (milliseconds) => {
    const { fired, cancel } = setFor(DAY);
    vi.advanceTimersByTime(milliseconds);
    cancel();
    vi.advanceTimersByTime(2 * DAY);
    expect(fired).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('fires within a minute of a sleep that it was to end in', () => {
    const { fired } = setFor(DAY);
    vi.advanceTimersByTime(MINUTE);
    vi.setSystemTime(Date.now() + 2 * DAY);
    expect(fired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(MINUTE);
    expect(fired).toHaveBeenCalledOnce();
  });

  it('fires no more than a minute later where the clock is set back', () => {
    const { fired } = setFor(5 * MINUTE);
    vi.advanceTimersByTime(MINUTE);
    vi.setSystemTime(Date.now() - DAY);
    vi.advanceTimersByTime(5 * MINUTE);
    expect(fired).toHaveBeenCalledOnce();
  });
});
