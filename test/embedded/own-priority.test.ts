// A worker steps behind the others, and takes nobody with it.
import { execFile } from 'node:child_process';
import { getPriority } from 'node:os';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { BEHIND_OTHERS } from '../../src/embedded/own-priority.ts';

interface Told {
  readonly thread: number | undefined;
  readonly own: number | undefined;
}

const FILE = new URL('../../src/embedded/own-priority.ts', import.meta.url);
const WORK = `
  import { getPriority } from 'node:os';
  import { parentPort } from 'node:worker_threads';
  import { ownThread, stepBehindOthers } from ${JSON.stringify(FILE.href)};
  stepBehindOthers();
  const thread = ownThread();
  parentPort.postMessage({ thread, own: thread && getPriority(thread) });
`;

async function heardOf(worker: Worker): Promise<Told> {
  const { promise, resolve, reject } = Promise.withResolvers<Told>();
  worker.once('message', resolve);
  worker.once('error', reject);
  return promise;
}

it.runIf(process.platform === 'linux')('is of the one thread alone', async () => {
  const before = getPriority();
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(WORK)}`));
  try {
    const { thread, own } = await heardOf(worker);
    expect(thread).not.toBe(process.pid);
    expect(own).toBe(Math.max(before, BEHIND_OTHERS));
    expect(getPriority()).toBe(before);
  } finally {
    await worker.terminate();
  }
});

it('leaves a process as it is whose first thread asks', async () => {
  const code = `
    import { getPriority } from 'node:os';
    import { stepBehindOthers } from ${JSON.stringify(FILE.href)};
    stepBehindOthers();
    console.log(getPriority());
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code]);
  expect(Number(stdout)).toBe(getPriority());
});
