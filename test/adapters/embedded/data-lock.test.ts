// One broker for each data directory, and none locked out by one that was killed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { DataDirectoryInUse, lockDataDirectory } from '../../../src/adapters/embedded/data-lock.ts';
import { temporaryDirectory } from '../../contract/support/temporary.ts';

async function directory(): Promise<string> {
  const { path, remove } = await temporaryDirectory();
  onTestFinished(remove);
  return path;
}

const HOLDER = `
  const { lockDataDirectory } = await import(process.argv[1]);
  lockDataDirectory(process.argv[2]);
  process.stdout.write('locked');
  setInterval(() => undefined, 1000);
`;

/** Another process that holds the lock. */
async function holder(path: string) {
  const module = new URL('../../../src/adapters/embedded/data-lock.ts', import.meta.url).href;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', HOLDER, module, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await once(child.stdout, 'data');
  return child;
}

it('refuses the second, until the first lets go', async () => {
  const path = await directory();
  const first = lockDataDirectory(path);
  expect(() => lockDataDirectory(path)).toThrow(DataDirectoryInUse);
  expect(() => lockDataDirectory(path)).toThrow(path);
  first.release();
  first.release();
  lockDataDirectory(path).release();
});

it('keeps apart what is apart', async () => {
  const locks = [lockDataDirectory(await directory()), lockDataDirectory(await directory())];
  for (const lock of locks) lock.release();
});

it('refuses another process, also after one was refused, and is free when it is killed', async () => {
  const path = await directory();
  const child = await holder(path);
  expect(() => lockDataDirectory(path)).toThrow(DataDirectoryInUse);
  expect(() => lockDataDirectory(path)).toThrow(DataDirectoryInUse);
  child.kill('SIGKILL');
  await once(child, 'exit');
  lockDataDirectory(path).release();
});
