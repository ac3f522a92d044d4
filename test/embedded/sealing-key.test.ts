// The key file under which operations wait: made once, its owner's alone, never half.
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createKeySealer } from '../../src/adapters/embedded/key-sealer.ts';
import { systemIds } from '../../src/adapters/system.ts';
import { openSealingKey } from '../../src/embedded/sealing-key.ts';
import { temporaryDirectory } from '../contract/support/temporary.ts';
import { onFullDisk } from '../support/full-disk.ts';

const CONTEXT = { task: 'task_a', call: 'call_b' };
const FILE = 'sealing-key.json';

async function dataDirectory(): Promise<string> {
  const { path, remove } = await temporaryDirectory();
  onTestFinished(remove);
  return path;
}

const start = (data: string) => createKeySealer({ key: () => openSealingKey(data, systemIds) });

it('is made at first use, for its owner alone', async () => {
  const data = await dataDirectory();
  const sealer = start(data);
  expect(await readdir(data)).toEqual([]);
  await sealer.seal(Buffer.from('x'), CONTEXT);
  expect(await readdir(data)).toEqual([FILE]);
  expect((await stat(join(data, FILE))).mode & 0o777).toBe(0o600);
});

it('is the same for all that start at once, and after a restart', async () => {
  const data = await dataDirectory();
  const starts = Array.from({ length: 20 }, () => start(data));
  const sealed = await Promise.all(starts.map((each) => each.seal(Buffer.from('canary'), CONTEXT)));
  const restarted = start(data);
  for (const each of sealed) {
    expect(Buffer.from((await restarted.unseal(each, CONTEXT)) ?? []).toString()).toBe('canary');
  }
  expect(await readdir(data)).toEqual([FILE]);
});

it('opens nothing of another data directory', async () => {
  const [one, other] = [start(await dataDirectory()), start(await dataDirectory())];
  expect(await other.unseal(await one.seal(Buffer.from('x'), CONTEXT), CONTEXT)).toBeUndefined();
});

it.each(['{"current":"canary"}', 'canary', '["canary"]', '{"current":{"canary":1}}'])(
  'that holds %s is refused without quoting it, and asked for again',
  async (text) => {
    const data = await dataDirectory();
    await writeFile(join(data, FILE), text, { mode: 0o600 });
    const sealer = start(data);
    const fault: unknown = await sealer.seal(Buffer.from('x'), CONTEXT).catch((error: unknown) => error);
    const cause = fault instanceof Error ? String(fault.cause) : '';
    expect(cause).toContain(`${FILE} is damaged`);
    expect(String(fault) + cause).not.toContain('canary');
    await writeFile(join(data, FILE), JSON.stringify({ current: 'k'.repeat(64) }));
    expect((await sealer.seal(Buffer.from('x'), CONTEXT))[0]).toBe(2);
  },
);

it('is made whole or not at all', async () => {
  const data = await dataDirectory();
  const program = `
    import { createKeySealer } from '#/src/adapters/embedded/key-sealer.ts';
    import { systemIds } from '#/src/adapters/system.ts';
    import { openSealingKey } from '#/src/embedded/sealing-key.ts';
    const sealer = createKeySealer({ key: () => openSealingKey(process.argv[1], systemIds) });
    const context = ${JSON.stringify(CONTEXT)};
    console.log(await sealer.seal(Buffer.from('x'), context).catch((e) => [e.name, e.backend, e.cause.code].join()));
  `;
  expect(await onFullDisk(program, data)).toBe('Unavailable,sealer,EFBIG');
  expect(await readdir(data)).not.toContain(FILE);
  await start(data).seal(Buffer.from('x'), CONTEXT);
  expect(await readFile(join(data, FILE), 'utf8')).toMatch(/^\{"current":"[\w-]{64}"\}$/);
});
