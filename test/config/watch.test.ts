// The watch: changes are seen once they are whole, told once, and nothing a handler does ends it.
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Config, Fault } from '../../src/config/index.ts';
import { type Loaded, watchConfig } from '../../src/config/loading/index.ts';
import { createLook } from '../../src/config/loading/watch.ts';
import { BASE, directoryOf, writeFiles } from './support.ts';

const FAULT: Fault = { file: 'broker.yaml', line: 1, problem: 'broken' };

/** Files as a test moves them, and what the watch said. */
function scene(digestInForce?: string) {
  const said: string[] = [];
  const files = {
    signature: 'one',
    loaded: 'a' as string | Error,
    broken: false,
    handler: undefined as Error | undefined,
  };
  const load = async (): Promise<Loaded> => {
    if (files.broken) return { faults: [FAULT], warnings: [] };
    return { config: { digest: files.loaded } as Config, warnings: [] };
  };
  const handlers = {
    onLoaded: (config: Config) => {
      if (files.handler !== undefined) throw files.handler;
      said.push(config.digest);
    },
    onFaults: (faults: readonly Fault[]) => void said.push(...faults.map(({ problem }) => problem)),
    onMended: () => void said.push('mended'),
  };
  const look = createLook({ signature: async () => files.signature, load }, handlers, digestInForce);
  const looks = async (times: number) => {
    for (let i = 0; i < times; i += 1) await look();
  };
  return { files, said, looks, look };
}

describe('a look', () => {
  test('says nothing of what is in force already', async () => {
    const { said, looks } = scene('a');
    await looks(3);
    expect(said).toEqual([]);
  });

  test('tells a change once, when two looks find the same', async () => {
    const { files, said, looks } = scene('a');
    await looks(2);
    Object.assign(files, { signature: 'half', loaded: 'b' });
    await looks(1);
    Object.assign(files, { signature: 'whole', loaded: 'c' });
    await looks(1);
    expect(said).toEqual([]);
    await looks(5);
    expect(said).toEqual(['c']);
  });

  test('tells once that what was broken is right again, the same or another', async () => {
    const { files, said, looks } = scene('a');
    await looks(2);
    Object.assign(files, { signature: 'two', broken: true });
    await looks(3);
    Object.assign(files, { signature: 'three', broken: false });
    await looks(3);
    Object.assign(files, { signature: 'four', broken: true });
    await looks(3);
    Object.assign(files, { signature: 'five', broken: false, loaded: 'b' });
    await looks(3);
    expect(said).toEqual(['broken', 'mended', 'broken', 'b', 'mended']);
  });

  test('sees what changed before it first looked', async () => {
    const { said, looks } = scene('older');
    await looks(2);
    expect(said).toEqual(['a']);
  });

  test('takes the first config for the one in force where it is not told', async () => {
    const { files, said, looks } = scene();
    await looks(2);
    Object.assign(files, { signature: 'two', loaded: 'b' });
    await looks(2);
    expect(said).toEqual(['b']);
  });

  test('offers a config again that could not be taken', async () => {
    const { files, said, looks, look } = scene('a');
    Object.assign(files, { signature: 'two', loaded: 'b', handler: new Error('not now') });
    await looks(1);
    await expect(look()).rejects.toThrow('not now');
    files.handler = undefined;
    await looks(2);
    expect(said).toEqual(['b']);
  });
});

describe('on real files', () => {
  function watched(dir: string, digest?: string) {
    const waiting = Promise.withResolvers<{ config?: Config; faults?: readonly Fault[] }>();
    const handlers = {
      onLoaded: (config: Config) => waiting.resolve({ config }),
      onFaults: (faults: readonly Fault[]) => waiting.resolve({ faults }),
      onMended: () => {},
    };
    const stop = watchConfig(dir, 'embedded', handlers, { intervalMs: 5, digest: digest ?? 'older' });
    onTestFinished(stop);
    return waiting.promise;
  }

  test('a new agent arrives', async () => {
    const dir = directoryOf(BASE);
    const { config: before } = await watched(dir);
    const text = (BASE['agents/worker.yaml'] ?? '')
      .replace('id: worker', 'id: second')
      .replace('sub: worker', 'sub: second');
    const next = watched(dir, before?.digest);
    // Touched only: another signature, but the same digest.
    utimesSync(join(dir, 'broker.yaml'), new Date(0), new Date(0));
    writeFiles(dir, { 'agents/second.yaml': text });
    expect(Object.keys((await next).config?.agents ?? {})).toEqual(['second', 'worker']);
  });

  test('a fault is told, and so is a directory that goes away', async () => {
    const dir = directoryOf({ ...BASE, 'agents/worker.yaml': 'x: [' });
    expect((await watched(dir)).faults).toMatchObject([{ file: 'agents/worker.yaml', line: 1 }]);
    expect((await watched(join(dir, 'nowhere'))).faults).toMatchObject([{ file: 'broker.yaml', line: 1 }]);
  });
});
