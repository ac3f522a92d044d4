// A database that does not belong to the log beside it: the broker does not start on it, and says what to do.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { bailiwick } from '../support/command.ts';
import { startCounter } from './support/approvals.ts';
import { configOfCounting, count, taskOfCounting } from './support/audit.ts';
import { ask, brokerForTest, temporaryDirectory } from './support/broker.ts';

const FILES = ['bailiwick.db', 'bailiwick.db-wal', 'bailiwick.db-shm'];
const CALLS = 20;

/** From then on the log goes on from the file as it is now, and no longer from what was there at the start. */
function checkpoint(file: string): void {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA wal_checkpoint(PASSIVE)');
  database.close();
}

test('an older database put back after a kill is refused until it is put right', async () => {
  const [data, older, newer] = [temporaryDirectory(), temporaryDirectory(), temporaryDirectory()];
  const copy = (names: readonly string[], from: string, to: string) => {
    for (const name of names) copyFileSync(join(from, name), join(to, name));
  };
  const args = ['--config', configOfCounting(await startCounter()), '--data', data];
  const first = await brokerForTest(args);
  await taskOfCounting(first.url, data);
  expect(await first.stop()).toBe(0);
  copy(['bailiwick.db'], data, older);

  const second = await brokerForTest(args);
  const task = await taskOfCounting(second.url, data);
  const calls = async (name: string) => {
    for (let i = 0; i < CALLS; i += 1) expect((await count(task, `${name}-${i}`))?.status).toBe(201);
  };
  await calls('early');
  checkpoint(join(data, 'bailiwick.db'));
  await calls('late');
  second.child.kill('SIGKILL');
  await second.ended;
  copy(FILES, data, newer);
  copy(['bailiwick.db'], older, data);

  for (const _ of [1, 2]) {
    const { code, out, err } = await bailiwick(['start', '--port', '0', ...args]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^The file bailiwick\.db in [^\n]* is damaged\. [^\n]*bailiwick\.db-wal[^\n]*\n$/);
    expect(err).toContain(data);
  }
  const [log, logThen] = [data, newer].map((at) => readFileSync(join(at, 'bailiwick.db-wal')));
  expect(log?.equals(logThen ?? Buffer.alloc(0))).toBe(true);

  copy(FILES, newer, data);
  const { url } = await brokerForTest(args);
  expect((await ask(`${url}/v1/tasks/${task.id}`, 'GET', task.token)).status).toBe(200);
});

test('so is one that was closed, where SQLite comes upon the damage', async () => {
  const data = temporaryDirectory();
  await (await brokerForTest(['--data', data])).stop();
  const file = join(data, 'bailiwick.db');
  const database = new DatabaseSync(file, { readOnly: true });
  const roots = database.prepare("SELECT rootpage FROM sqlite_schema WHERE tbl_name = 'records'").all();
  const page = Number(database.prepare('PRAGMA page_size').get()?.['page_size']);
  database.close();
  const bytes = readFileSync(file);
  for (const { rootpage } of roots) bytes.fill(0xff, (Number(rootpage) - 1) * page, Number(rootpage) * page);
  writeFileSync(file, bytes);
  const { code, out, err } = await bailiwick(['start', '--port', '0', '--data', data]);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err.trimEnd().split('\n').at(-1)).toMatch(/^The file bailiwick\.db in .* is damaged\. /);
});
