// The line that says how far a long reading has come.
import { describe, expect, it } from 'vitest';
import { barText, createProgress } from '../../src/cli/policy/progress.ts';

const SPAN = { from: new Date('2026-05-01T00:00:00Z'), until: new Date('2026-05-11T00:00:00Z') };
const at = (day: number) => new Date(SPAN.from.getTime() + day * 86_400_000).toISOString();

function drawing(terminal: object = { isTTY: true, columns: 80 }, environment = {}) {
  const written: string[] = [];
  let now = 0;
  const screen = { ...terminal, write: (text: string) => void written.push(text) };
  const progress = createProgress(screen, SPAN, environment, () => now);
  const seen = (day: unknown, milliseconds: number) => {
    now += milliseconds;
    progress.seen(day);
  };
  return { written, progress, seen };
}

describe('the bar', () => {
  it('says how much of the span is done, how many events, and how fast they come', () => {
    const { written, seen, progress } = drawing();
    for (let count = 0; count < 2500; count += 1) seen(at(2.5), 0);
    seen(at(5), 1000);
    expect(written).toEqual(['\r\u001b[K[############............] 50 %  2,501 events, 2,501/s']);
    progress.clear();
    expect(written.slice(1)).toEqual(['\r\u001b[K']);
  });

  it('is drawn ten times a second at most, over itself', () => {
    const { written, seen } = drawing();
    for (let count = 0; count < 1000; count += 1) seen(at(count / 100), 1);
    expect(written).toHaveLength(10);
    expect(written.every((text) => text.startsWith('\r\u001b[K') && !text.includes('\n'))).toBe(true);
  });

  it('never goes beyond its ends, and takes times that are none', () => {
    const { written, seen } = drawing();
    for (const time of [at(-5), at(50), 'never', undefined]) seen(time, 200);
    const shares = written.map((text) => /(\d+) %/.exec(text)?.[1]);
    expect(shares).toEqual(['0', '100', '0', '0']);
  });

  it('never breaks a line', () => {
    const bar = { share: 0.5, events: 12_345, seconds: 2 };
    for (let columns = 1; columns < 100; columns += 1) {
      expect(barText(bar, columns).length, String(columns)).toBeLessThan(columns);
    }
    expect(barText(bar, 100)).toContain('[####');
    const { written, seen } = drawing({ isTTY: true, columns: 0 });
    seen(at(1), 500);
    expect(written[0]).toContain('[##');
  });

  it.each([
    [{}, {}],
    [{ isTTY: false }, {}],
    [{ isTTY: true }, { TERM: 'dumb' }],
  ])('is not drawn where it can not be drawn over: %j %j', (terminal, environment) => {
    const { written, seen, progress } = drawing(terminal, environment);
    for (let count = 0; count < 100; count += 1) seen(at(5), 200);
    progress.clear();
    expect(written).toEqual([]);
  });

  it('that was not drawn is not taken away', () => {
    const { written, progress } = drawing();
    progress.clear();
    expect(written).toEqual([]);
  });
});
