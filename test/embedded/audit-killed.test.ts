// `kill -9` at random while 2,000 calls run: no effect without its intent, no answer without its outcome, nothing hangs,
// and the archive has every event once and verifies.
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createDirectoryArchive } from '../../src/adapters/embedded/directory-archive.ts';
import type { JsonObject } from '../../src/shared/json.ts';
import { archivedIds } from '../support/archive-parts.ts';
import { bailiwick } from '../support/command.ts';
import { startCounter, type Task } from './support/approvals.ts';
import { configOfCounting, count, eventsIn, taskOfCounting } from './support/audit.ts';
import { brokerForTest, temporaryDirectory } from './support/broker.ts';

const CALLS = 2000;
const ROUNDS = 10;
const AT_ONCE = 16;

interface Made {
  readonly name: string;
  readonly answer: Awaited<ReturnType<typeof count>>;
}

/** As agents do, a few at a time; those that are left when the broker is gone get no answer. */
async function makeCalls(
  task: Task,
  names: readonly string[],
  after: (many: number) => void,
): Promise<Made[]> {
  const rest = names.values();
  const made: Made[] = [];
  const work = async () => {
    for (const name of rest) {
      made.push({ name, answer: await count(task, name) });
      after(made.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return made;
}

const typesOf = (events: readonly JsonObject[]) => events.map((event) => String(event['type'])).sort();

test('killed at random while 2,000 calls run', { timeout: 180_000 }, async () => {
  const counter = await startCounter();
  const data = join(temporaryDirectory(), 'data');
  const args = ['--config', configOfCounting(counter), '--data', data];
  const made: Made[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const broker = await brokerForTest(args);
    const task = await taskOfCounting(broker.url, data);
    const each = CALLS / ROUNDS;
    const names = Array.from({ length: each }, (_, place) => `r${round}-${place}`);
    // Somewhere on the way, each time elsewhere; the last round's while the archive may be written.
    const fatal = Math.floor(each * Math.random());
    const kill = (many: number) => {
      if (many === fatal) void setTimeout(Math.random() * 20).then(() => broker.child.kill('SIGKILL'));
    };
    made.push(...(await makeCalls(task, names, kill)));
    broker.child.kill('SIGKILL');
    await broker.ended;
  }
  // The next one mends what they left, and ends as it should.
  const last = await brokerForTest(args);
  expect(await last.stop()).toBe(0);

  const events = await eventsIn(data);
  const byCall = Map.groupBy(
    events.filter((event) => String(event['type']).startsWith('call.')),
    (event) => String(event['call']),
  );
  const byName = new Map<string, readonly JsonObject[]>();
  for (const [call, its] of byCall) {
    const line = its.find((event) => event['type'] === 'call.requested')?.['requestLine'];
    expect(line, `the intent of ${call}`).toBeTypeOf('string');
    byName.set(String(line).split('/').at(-1) ?? '', its);
  }
  let [answered, unknown] = [0, 0];
  for (const { name, answer } of made) {
    const its = byName.get(name) ?? [];
    const effects = counter.counts.get(`/counted/${name}`) ?? 0;
    expect(effects, `effects of ${name}`).toBeLessThanOrEqual(1);
    if (effects === 1) expect(typesOf(its), name).toContain('call.requested');
    if (answer?.call !== undefined) {
      answered += 1;
      expect(answer.status, name).toBe(201);
      expect(typesOf(its), name).toEqual(['call.requested', 'call.succeeded']);
    }
    if (its.length === 0) continue;
    // Whoever got no answer: it ended, and the audit says how, if only that nobody knows.
    expect(its, name).toHaveLength(2);
    if (typesOf(its).includes('call.unknown')) unknown += 1;
  }
  expect(made).toHaveLength(CALLS);
  expect(answered).toBeGreaterThan(CALLS / 10);
  expect(unknown).toBeLessThanOrEqual(ROUNDS * AT_ONCE);

  const archived = await archivedIds(createDirectoryArchive({ directory: join(data, 'archive') }));
  expect(archived).toHaveLength(new Set(archived).size);
  // The closing digest is itself an event, and the only one that came after it.
  const written = events.map((event) => String(event['id']));
  const rest = written.filter((id) => !archived.includes(id));
  expect(events.filter((event) => rest.includes(String(event['id']))).map((event) => event['type'])).toEqual([
    'audit.digested',
  ]);
  const verified = await bailiwick(['audit', 'verify', join(data, 'archive')]);
  expect(verified.out + verified.err).toMatch(/self-attested/);
  expect(verified.code, verified.out).toBe(0);
});
