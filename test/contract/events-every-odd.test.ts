// What only one kind of table can hold in a span: texts that are none, numbers too large, entries in a wrong partition.
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { SHARDS } from '../../src/adapters/aws/dynamo-event-items.ts';
import type { Events } from '../../src/ports/events.ts';
import { makeId } from '../../src/shared/ids.ts';
import { DAY, HOUR } from './support/clock.ts';
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

describe('SQLite, by whoever can write the file,', () => {
  const subject = useSubject<Events>(onSqlite) as () => OnSqlite;
  const later = () => subject().clock.in(HOUR).getTime();

  it('may hold streams and ids that are no text, and longer than any key', async () => {
    const { port, run } = subject();
    const id = nextId();
    const streams = ["''", "'a'", "'a' || char(0)", "'a' || char(0) || 'b'", "'b'", `'${'c'.repeat(5000)}'`];
    const illFormed = ["x'ff'", "x'ff61'", "x'80'", "x'c3'", "x'efbfbd'"].map(
      (hex) => `CAST(${hex} AS TEXT)`,
    );
    const places = [
      ...[...streams, ...illFormed].map((stream) => [stream, `'${id}'`]),
      ...illFormed.map((end) => ["'s'", `'${id}' || ${end}`]),
      ["'s'", `'${id}${'z'.repeat(40_000)}'`],
      ["'s'", `'${nextId()}'`],
    ];
    for (const [stream, odd] of places) {
      run(`INSERT INTO events (stream, id, body, until) VALUES (${stream}, ${odd}, '{}', ${later()})`);
    }
    const whole = await readAll(port, 500);
    expect(whole).toHaveLength(places.length);
    for (const limit of [1, 2, 3, 5]) expect(await readAll(port, limit)).toEqual(whole);
    for (const row of whole) expect(row).toHaveProperty('event');
  });

  it('may hold an expiry that no number of JavaScript is', async () => {
    const { port, run } = subject();
    const id = nextId();
    run(INSERT, 's', id, '{}', null, 2n ** 63n - 1n);
    run(INSERT, 's', nextId(), '{}', null, later());
    const found = await readAll(port, 1);
    expect(found.find((row) => row.id === id)).toMatchObject({
      unreadable: { id, body: '{}', until: 2 ** 63 },
    });
    expect(found.at(-1)).toHaveProperty('event');
  });
});

describe('DynamoDB, by whoever can put items,', () => {
  const subject = useSubject<Events>(onDynamo) as () => OnDynamo;
  const until = () => ({ N: String(subject().clock.in(HOUR).getTime()) });

  it('may hold items of any attributes', async () => {
    const { port, put } = subject();
    const odd: Record<string, AttributeValue>[] = [
      {},
      { body: { S: '{}' } },
      { body: { S: '{}' }, until: { S: 'tomorrow' } },
      { body: { S: '{}' }, until: { N: '1e40' } },
      { body: { S: '{}' }, until: { N: `${subject().clock.in(HOUR).getTime()}.5` } },
      { body: { M: { a: { L: [{ NULL: true }, { BOOL: false }] } } }, until: until() },
      { body: { B: Buffer.from('{}') }, until: until() },
      { until: until(), bytes: { BS: [Buffer.from('a')] }, texts: { SS: ['a'] } },
    ];
    const ids = odd.map(() => nextId());
    for (const [i, attributes] of odd.entries()) await put({ ...keys('s', ids[i] ?? ''), ...attributes });
    const rows = await readAll(port, 3);
    expect(rows.map(({ id }) => id)).toEqual(ids);
    for (const [i, row] of rows.entries()) expect(row).toMatchObject({ unreadable: { id: { S: ids[i] } } });
    expect(rows[6]).toMatchObject({ unreadable: { body: { B: 'e30=' } } });
    expect(rows[7]).toMatchObject({ unreadable: { bytes: { BS: ['YQ=='] }, texts: { SS: ['a'] } } });
  });

  it('may hold them in any partition of their day, and the same id in several', async () => {
    const { port, put } = subject();
    const from = new Date('2051-01-01T00:00:00Z');
    const span = { from, until: new Date(from.getTime() + DAY) };
    const ids = [1, 2, 3].map((i) => makeId('evt', new Date(from.getTime() + i), Buffer.alloc(10, i)));
    const all = ids.flatMap((id, i) =>
      Array.from({ length: 3 * SHARDS }, (_, n) => ({ id, stream: `s${n}`, shard: (n + i) % SHARDS })),
    );
    for (const { id, stream, shard } of all) {
      await put({ ...keys(stream, id, from, shard), body: { S: '{}' }, until: until() });
    }
    const name = ({ id, stream }: { id: string; stream: string }) => `${id} ${stream}`;
    for (const limit of [1, 2, 5, 24, 500]) {
      const rows = await readAll(port, limit, span);
      expect(rows.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
      expect(rows.map(name).sort()).toEqual(all.map(name).sort());
    }
  });

  it('may hold them in another day, where they hide none of its events', async () => {
    const { port, put } = subject();
    const from = new Date('2052-01-01T00:00:00Z');
    const days = [0, 1, 2].map((i) => new Date(from.getTime() + i * DAY));
    const id = (day: number, n: number) =>
      makeId('evt', new Date((days[day] ?? from).getTime() + n), Buffer.alloc(10, n));
    const proper = [0, 1, 2].flatMap((day) => [1, 2, 3].map((n) => id(day, n)));
    const row = { body: { S: '{}' }, until: until() };
    for (const one of proper) await put({ ...keys('s', one), ...row });
    for (const [of, lies] of [
      [2, 0],
      [2, 1],
      [0, 1],
      [0, 2],
    ] as const) {
      for (const n of [7, 8]) await put({ ...keys('wrong', id(of, n), days[lies]), ...row });
    }
    const span = { from, until: new Date(from.getTime() + 3 * DAY) };
    for (const limit of [1, 2, 3, 500]) {
      expect((await readAll(port, limit, span)).map((one) => one.id)).toEqual(proper);
    }
  });

  it('takes no cursor of what no table of its can hold', async () => {
    const { port, put } = subject();
    const from = new Date('2053-01-01T00:00:00Z');
    const span = { from, until: new Date(from.getTime() + DAY) };
    for (const n of [1, 2]) {
      const id = makeId('evt', new Date(from.getTime() + n), Buffer.alloc(10, n));
      await put({ ...keys('s', id), body: { S: '{}' }, until: until() });
    }
    const { cursor = '' } = await port.every(span, { limit: 1 });
    const [kind, owner, id, stream, shard] = JSON.parse(
      Buffer.from(cursor, 'base64url').toString(),
    ) as string[];
    const changed = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
    const bad = [
      [kind, owner, `${id}ff`, stream],
      [kind, owner, id, 'ff'],
      [kind, owner, id, ''],
      [kind, owner, id, '', shard],
      [kind, owner, id, `${'61'.repeat(2048)}ff`],
    ];
    for (const parts of bad) {
      const page = { limit: 1, cursor: changed(...parts) };
      await expect(port.every(span, page)).rejects.toMatchObject({ name: 'BadCursor' });
    }
    for (const parts of [
      [kind, owner, id],
      [kind, owner, id, stream],
      [kind, owner, id, stream, '9'],
    ]) {
      await port.every(span, { limit: 1, cursor: changed(...parts) });
    }
  });
});
