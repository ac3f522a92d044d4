// The archive's thread, seen from the broker's: what holds the process, what is asked of it twice, and when it hangs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/adapters/embedded/sqlite.ts';
import { createArchiveThread } from '../../src/embedded/archive-thread.ts';
import type { LogFields } from '../../src/ports/log.ts';
import { Unavailable } from '../../src/shared/errors.ts';
import { temporaryDirectory } from './support/broker.ts';

const THREAD = new URL('../../src/embedded/archive-thread.ts', import.meta.url).href;

const HEAD = "const { parentPort } = await import('node:worker_threads');";

/** A thread whose worker runs that, and what was logged of it. */
function threadOf(source: string, closeMilliseconds = 20_000) {
  const errors: LogFields[] = [];
  const thread = createArchiveThread({
    ...{ data: temporaryDirectory(), durable: false, closeMilliseconds },
    worker: new URL(`data:text/javascript,${encodeURIComponent(HEAD + source)}`),
    configDigest: () => 'c'.repeat(64),
    log: { info() {}, warn() {}, error: (_message, fields) => errors.push(fields) },
  });
  return { ...thread, errors };
}

/** Answers nothing before the end, and then everything; says how often it was asked. */
const AT_THE_END = `
  const asked = [];
  parentPort.on('message', ({ wants, number }) => {
    asked.push(number);
    if (wants !== 'close') return;
    parentPort.postMessage({ says: 'log', level: 'error', message: 'audit digest signed', fields: { count: asked.length } });
    for (const each of asked) parentPort.postMessage({ says: 'done', number: each });
  });`;

test('a pass that is asked for while there is one is that one', async () => {
  const { pass, close, errors } = threadOf(AT_THE_END);
  const passes = [pass(), pass(), pass()];
  await close();
  await Promise.all(passes);
  expect(errors).toEqual([{ count: 2 }]);
});

test('how it failed is said once, to whoever asked for it first; the next one is another', async () => {
  const { pass, close, errors } = threadOf(`
    parentPort.on('message', ({ wants, number }) => {
      const failed = wants === 'pass' ? { failed: 'Unavailable', backend: 'archive' } : {};
      parentPort.postMessage({ says: 'done', number, ...failed });
    });`);
  const [first, second] = await Promise.allSettled([pass(), pass()]);
  expect(first).toMatchObject({ status: 'rejected', reason: { name: 'Unavailable', backend: 'archive' } });
  expect(second.status).toBe('fulfilled');
  await expect(pass()).rejects.toThrow(Unavailable);
  await close();
  expect(errors).toEqual([]);
});

test('one that dies is told of once, and there is another for the next pass', async () => {
  const { pass, close, errors } = threadOf(
    "parentPort.once('message', () => { throw new RangeError('no'); });",
  );
  await expect(pass()).rejects.toMatchObject({ name: 'RangeError' });
  await expect(pass()).rejects.toMatchObject({ name: 'RangeError' });
  await expect(close()).rejects.toMatchObject({ name: 'RangeError' });
  expect(errors).toEqual([]);
});

test.each([
  ['does nothing else ever', "parentPort.once('message', () => { for (;;); });"],
  ['waits for what never comes', "parentPort.on('message', () => {});"],
])('the end comes, although a pass %s', async (_, source) => {
  const { pass, close } = threadOf(source, 300);
  const passed = expect(pass()).rejects.toMatchObject({ name: 'ArchiveEnded' });
  await expect(close()).rejects.toMatchObject({ name: 'ArchiveTooSlow' });
  await passed;
});

test('a process that has nothing else to do stays until a pass is done, and then no longer', async () => {
  const data = temporaryDirectory();
  openDatabase({ directory: data }).close();
  const script = join(data, 'script.mjs');
  writeFileSync(
    script,
    `import { createArchiveThread } from ${JSON.stringify(THREAD)};
    const log = { info() {}, warn() {}, error() {} };
    const options = { data: ${JSON.stringify(data)}, durable: false, log, configDigest: () => 'c'.repeat(64) };
    await createArchiveThread(options).pass();
    console.log('passed');`,
  );
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'ignore'] });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(out).toBe('passed\n');
});

test('where the database is gone, none is made', async () => {
  const data = join(temporaryDirectory(), 'data');
  const log = { info() {}, warn() {}, error() {} };
  const { pass, close } = createArchiveThread({
    ...{ data, durable: false, log },
    configDigest: () => 'c'.repeat(64),
  });
  await expect(pass()).rejects.toMatchObject({ name: 'DatabaseGone' });
  await expect(close()).rejects.toMatchObject({ name: 'DatabaseGone' });
  expect(existsSync(data)).toBe(false);
});
