// Recorded events as a command reads them of a data directory: all of them, in order, also the large ones.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDirectoryObjects } from '../../src/adapters/embedded/directory-objects.ts';
import { openDatabase } from '../../src/adapters/embedded/sqlite.ts';
import { createSqliteEvents } from '../../src/adapters/embedded/sqlite-events.ts';
import { systemClock as clock } from '../../src/adapters/system.ts';
import { openRecorded, troubleLines } from '../../src/cli/policy/recorded.ts';
import { makeId, tailFrom } from '../../src/shared/ids.ts';
import { temporaryDirectory } from '../embedded/support/broker.ts';

const COUNT = 1234;
/** Larger than what stands in a row. */
const LARGE = 'x'.repeat(400_000);

async function filled() {
  const data = temporaryDirectory();
  const now = Date.now();
  const span = { from: new Date(now - COUNT), until: new Date(now) };
  const database = openDatabase({ directory: data });
  const objects = createDirectoryObjects({ directory: join(data, 'objects'), clock });
  const events = createSqliteEvents({ database, objects, clock });
  const numbers = Array.from({ length: COUNT }, (_, number) => number);
  await Promise.all(
    // As they come: in any order, and of many streams.
    numbers.toReversed().map((number) => {
      const at = new Date(span.from.getTime() + number);
      const id = makeId('evt', at, tailFrom(String(number)));
      const body = number === 700 ? { number, id, LARGE } : { number, id };
      const expiresAt = new Date(now + 3_600_000);
      return events.append({ stream: `task_${number % 7}`, id, body, expiresAt });
    }),
  );
  await database.close();
  return { data, span, numbers };
}

test('pages follow each other without a gap, and nothing is left behind', async () => {
  const { data, span, numbers } = await filled();
  const before = readdirSync(data, { recursive: true });
  const recorded = await openRecorded({ data }, {});
  const read: unknown[] = [];
  for await (const { number, LARGE: large = LARGE } of recorded.events(span)) {
    expect(large).toBe(LARGE);
    read.push(number);
  }
  expect(read).toEqual(numbers);
  const half = { from: new Date(span.from.getTime() + 600), until: new Date(span.from.getTime() + 650) };
  const some: unknown[] = [];
  for await (const { number } of recorded.events(half)) some.push(number);
  expect(some).toEqual(numbers.slice(600, 650));
  await recorded.close();
  expect(readdirSync(data, { recursive: true })).toEqual(before);
});

test('an event whose body is gone ends the reading with a sentence', async () => {
  const { data, span } = await filled();
  rmSync(join(data, 'objects'), { recursive: true });
  const recorded = await openRecorded({ data }, {});
  let read = 0;
  const error = await (async () => {
    for await (const _ of recorded.events(span)) read += 1;
  })().catch((caught: unknown) => caught);
  expect(troubleLines(error)).toEqual([
    expect.stringMatching(/^The events in [^\n]* can't be read any further \(a row is no event\)\.$/),
  ]);
  expect(read).toBe(500);
  await recorded.close();
  expect(readdirSync(data)).toEqual(['bailiwick.db']);
  expect(troubleLines(new Error('a fault'))).toBeUndefined();
});
