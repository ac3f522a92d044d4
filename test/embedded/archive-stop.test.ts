// The end of a broker whose archive has much to do, or can do nothing.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDirectoryArchive } from '../../src/adapters/embedded/directory-archive.ts';
import { createDirectoryObjects } from '../../src/adapters/embedded/directory-objects.ts';
import { openDatabase } from '../../src/adapters/embedded/sqlite.ts';
import { createSqliteEvents } from '../../src/adapters/embedded/sqlite-events.ts';
import { systemClock as clock } from '../../src/adapters/system.ts';
import { archivedIds, eventOf } from '../support/archive-parts.ts';
import { bailiwick } from '../support/command.ts';
import { until } from '../support/poll.ts';
import { digests } from './support/archiving.ts';
import { eventsIn } from './support/audit.ts';
import { ask, brokerForTest, demoAgentToken, E2E_CONFIG, temporaryDirectory } from './support/broker.ts';

/** Some seconds' work for the archive. */
const MANY = 20_000;
const AT_ONCE = 2000;

/** As if calls had written them. */
async function writeMany(data: string): Promise<void> {
  const database = openDatabase({ directory: data });
  const objects = createDirectoryObjects({ directory: join(data, 'objects'), clock });
  const { append } = createSqliteEvents({ database, objects, clock });
  for (let done = 0; done < MANY; done += AT_ONCE) {
    const some = Array.from({ length: AT_ONCE }, (_, each) => eventOf(done + each, clock.now()));
    await Promise.all(some.map(append));
  }
  await database.close();
}

function archivedFiles(data: string): number {
  const directory = join(data, 'archive', 'events');
  if (!existsSync(directory)) return 0;
  return readdirSync(directory, { recursive: true }).filter((name) => String(name).endsWith('.gz')).length;
}

test('told to end in the midst of a pass, it archives the rest and signs it', {
  timeout: 120_000,
}, async () => {
  const data = join(temporaryDirectory(), 'data');
  // Without the demo target, which would hold the process by itself.
  const broker = await brokerForTest(['--config', E2E_CONFIG, '--data', data]);
  const first = await until('the first pass', () => archivedFiles(data) || undefined);
  await writeMany(data);
  // The timer's pass, of which the end is far.
  const some = await until('the next pass', () => {
    const now = archivedFiles(data);
    return now > first ? now : undefined;
  });
  expect(await broker.stop(), broker.err()).toBe(0);
  expect(some).toBeLessThan(MANY / 1000);

  const archive = createDirectoryArchive({ directory: join(data, 'archive') });
  const archived = await archivedIds(archive);
  expect(archived).toHaveLength(new Set(archived).size);
  const written = await eventsIn(data);
  expect(written.length).toBeGreaterThan(MANY);
  const unsigned = written.filter(({ id }) => !archived.includes(String(id)));
  expect(unsigned.map(({ type }) => type)).toEqual(['audit.digested']);
  const signed = (await digests(archive)).reduce((sum, { events }) => sum + events, 0);
  expect(signed).toBe(archived.length);
  const verified = await bailiwick(['audit', 'verify', join(data, 'archive')]);
  expect(verified.code, verified.out).toBe(0);
});

test('where nothing can be archived, everything else goes on', async () => {
  const data = temporaryDirectory();
  writeFileSync(join(data, 'archive'), 'no directory');
  const begun = performance.now();
  const broker = await brokerForTest(['--data', data]);
  const body = {
    purpose: 'Look',
    capabilities: [{ capability: 'demo-aws:read', parameters: { prefix: 'a' } }],
  };
  const opened = await ask(`${broker.url}/v1/tasks`, 'POST', demoAgentToken(data), body);
  expect(opened.status).toBe(201);
  const failures = () =>
    broker
      .err()
      .split('\n')
      .filter((line) => line.includes('background work failed'));
  await until('the first pass', () => failures()[0]);
  expect(await broker.stop(), broker.err()).toBe(0);
  // Each pass says so, and the end.
  const most = 2 + Math.floor((performance.now() - begun) / 10_000);
  expect(failures().length).toBeGreaterThanOrEqual(2);
  expect(failures().length).toBeLessThanOrEqual(most);
  for (const line of failures())
    expect(line).toMatch(/ background work failed error=Unavailable backend=archive$/);
});
