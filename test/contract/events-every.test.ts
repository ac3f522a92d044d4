// Rows that others put into a table of events: on SQLite, on DynamoDB and in memory.
import { describe, expect, it } from 'vitest';
import { isObject } from '../../src/adapters/event-rows.ts';
import type { Events } from '../../src/ports/events.ts';
import { Unavailable } from '../../src/shared/errors.ts';
import { sha256 } from '../../src/shared/hash.ts';
import { memoryEvents } from '../support/memory-stores.ts';
import { type MeddledSubject, readingEvery } from './events-every.ts';
import { HOUR, movableClock } from './support/clock.ts';
import {
  INSERT,
  keys,
  nextId,
  type OnDynamo,
  type OnSqlite,
  onDynamo,
  onSqlite,
  readAll,
} from './support/meddled-events.ts';
import { useSubject } from './support/subject.ts';

async function inMemory(): Promise<MeddledSubject> {
  const clock = movableClock();
  const port = memoryEvents(clock);
  const parsed = (body: string): unknown => {
    try {
      return JSON.parse(body);
    } catch {
      return undefined;
    }
  };
  return {
    ...{ port, clock },
    close: async () => undefined,
    lay({ stream, id, body: text, until }) {
      const body = parsed(text);
      if (!isObject(body)) return port.lay({ stream, id, unreadable: { body: text } });
      port.lay({ stream, id, event: { stream, id, body, expiresAt: new Date(until) } });
    },
  };
}

describe('every on SQLite', () => readingEvery(onSqlite));
describe('every on DynamoDB', () => readingEvery(onDynamo));
describe('every in memory', () => readingEvery(inMemory));

const pointer = (object: string, text: string, more: object = {}) =>
  JSON.stringify({ object, sha256: sha256(text), bytes: text.length, ...more });

/** Bodies and pointers of which none makes an event; `there` is an object that holds `{}`. */
const NONE: readonly (readonly [body: string | null, pointer: string | null])[] = [
  ...['', 'null', '[]', '"x"', '7', 'true', '{"half":', '{}}'].map((body) => [body, null] as const),
  [null, null],
  [null, ''],
  [null, 'null'],
  [null, pointer('400d/spill/gone', '{}')],
  [null, pointer('400d/spill/there', '{ }')],
  [null, pointer('400d/spill/there', '{}', { bytes: 3 })],
  [null, pointer('400d/spill/there', '{}', { bytes: -1 })],
  [null, pointer('400d/spill', '{}')],
  [null, pointer('../../etc/passwd', '{}')],
  [null, pointer('400d/spill/text', 'null')],
  // A pointer goes before a body, as it does for events.
  ['{}', 'null'],
];

describe.each([
  ['SQLite', onSqlite],
  ['DynamoDB', onDynamo],
] as const)('a row that is no event on %s', (_, open) => {
  const subject = useSubject<Events>(open) as () => OnSqlite | OnDynamo;
  const lay = async (body: string | null, pointed: string | null, until?: number | null) => {
    const on = subject();
    const [stream, id, over] = ['s', nextId(), until ?? on.clock.in(HOUR).getTime()];
    if ('run' in on) on.run(INSERT, stream, id, body, pointed, over);
    else {
      await on.put({
        ...keys(stream, id),
        ...(until !== null && { until: { N: String(over) } }),
        ...(body !== null && { body: { S: body } }),
        ...(pointed !== null && { pointer: { S: pointed } }),
      });
    }
    return id;
  };

  it.each(NONE)('is handed over with the body %j and the pointer %j', async (body, pointed) => {
    const { port, objects } = subject();
    await objects.put('400d/spill/there', Buffer.from('{}'));
    await objects.put('400d/spill/text', Buffer.from('null'));
    const before = await lay('{}', null);
    const id = await lay(body, pointed);
    const after = await lay(null, pointer('400d/spill/there', '{}'));
    const rows = (await readAll(port, 3)).filter((row) => [before, id, after].includes(row.id));
    expect(rows).toMatchObject([
      { event: { id: before } },
      { stream: 's', id },
      { event: { id: after, body: {} } },
    ]);
    const { unreadable } = rows[1] as { unreadable: object };
    const shown = JSON.stringify(unreadable);
    for (const one of [id, body, pointed]) if (one !== null) expect(shown).toContain(JSON.stringify(one));
  });

  it('is one whose expiry is no moment', async () => {
    const id = await lay('{}', null, 9_000_000_000_000_000);
    const rows = await readAll(subject().port, 500);
    expect(rows.find((row) => row.id === id)).toMatchObject({ id, unreadable: { id: expect.anything() } });
  });

  it('is not told from an event while objects do not answer', async () => {
    const { port, objects, clock } = subject();
    const body = { large: 'x'.repeat(400_000) };
    const event = { stream: 's', id: nextId(), body, expiresAt: clock.in(HOUR) };
    await port.append(event);
    const { get } = objects;
    objects.get = () => Promise.reject(new Unavailable('objects', new Error('EIO')));
    await expect(readAll(port, 500)).rejects.toMatchObject({ name: 'Unavailable', backend: 'events' });
    objects.get = get;
    expect((await readAll(port, 500)).find(({ id }) => id === event.id)).toMatchObject({ event });
  });
});
