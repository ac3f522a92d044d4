// The lines that the embedded broker writes of itself: in order, and those of a moment in one write.
import { setTimeout } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { consoleLog } from '../../src/embedded/console-log.ts';

const HANDLED = { method: 'GET', route: '/healthz', status: 200, milliseconds: 1 };

function setUp() {
  const written: string[] = [];
  const log = consoleLog((text) => void written.push(text));
  return { written, log };
}

const withoutTimes = (written: readonly string[]) => written.map((text) => text.replaceAll(/^\S+ /gm, ''));

it('writes what was handled in a moment at once, when the moment is over', async () => {
  const { written, log } = setUp();
  log.info('request handled', HANDLED);
  log.info('request handled', { ...HANDLED, status: 404 });
  expect(written).toEqual([]);
  await vi.waitFor(() =>
    expect(withoutTimes(written)).toEqual(['GET /healthz 200 1 ms\nGET /healthz 404 1 ms']),
  );
  log.info('request handled', HANDLED);
  await vi.waitFor(() => expect(written).toHaveLength(2));
});

it.each(['warn', 'error'] as const)('writes a %s at once, after what came before it', async (level) => {
  const { written, log } = setUp();
  log.info('request handled', HANDLED);
  log[level]('request failed', { error: 'Error' });
  expect(withoutTimes(written)).toEqual(['GET /healthz 200 1 ms\nrequest failed error=Error']);
  await setTimeout(50);
  expect(written).toHaveLength(1);
});

it('tells of a pass of the reconciler only where there was something to do', () => {
  const { written, log } = setUp();
  log.info('reconciler pass', { count: 0 });
  expect(written).toEqual([]);
  log.info('reconciler pass', { count: 2 });
  expect(withoutTimes(written)).toEqual(['reconciler pass count=2']);
});
