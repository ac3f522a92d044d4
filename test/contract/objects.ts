// What every adapter of Objects must do.
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ObjectKey, Objects } from '../../src/ports/objects.ts';
import { DAY, type MovableClock } from './support/clock.ts';
import { fresh, type Open, useSubject } from './support/subject.ts';

interface Linked {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

async function follow(link: string): Promise<Linked> {
  const answer = await fetch(link);
  return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()) };
}

const TYPE = 'text/html; charset="iso-8859-1"';

function linksContract(setUp: () => { objects: Objects; clock: MovableClock; key: ObjectKey }): void {
  it('links to the bytes, as the type they were said to be, for saving and not for showing', async () => {
    const { objects, key } = setUp();
    const body = randomBytes(300_000);
    await objects.put(key, body);
    const { status, headers, body: followed } = await follow(await objects.link(key, TYPE, 300));
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe(TYPE);
    expect(headers.get('content-disposition')).toBe('attachment');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body.equals(followed)).toBe(true);
  });

  it('holds a link until its time is up', async () => {
    const { objects, clock, key } = setUp();
    await objects.put(key, Buffer.from('x'));
    const link = await objects.link(key, TYPE, 300);
    clock.advance(300_000 - 1000);
    expect(await follow(link)).toMatchObject({ status: 200, body: Buffer.from('x') });
    clock.advance(1000);
    const late = await follow(link);
    expect(late.status).toBeGreaterThanOrEqual(400);
  });

  it('takes a link for no other object, for no other type and for no longer', async () => {
    const { objects, key } = setUp();
    const other = setUp().key;
    await objects.put(key, Buffer.from('canary'));
    await objects.put(other, Buffer.from('canary'));
    const link = await objects.link(key, TYPE, 300);
    const changed = new URL(link);
    changed.pathname = changed.pathname.replace(key, other);
    const changes = [changed.href];
    for (const [name, value] of new URL(link).searchParams) {
      const another = new URL(link);
      another.searchParams.set(name, /^\d+$/.test(value) ? String(Number(value) + 1) : `${value}A`);
      const without = new URL(link);
      without.searchParams.delete(name);
      changes.push(another.href, without.href);
    }
    expect(changes.length).toBeGreaterThan(6);
    for (const each of changes) {
      const answer = await follow(each);
      expect(answer.status, each).toBeGreaterThanOrEqual(400);
      expect(answer.body.includes('canary'), each).toBe(false);
    }
  });

  it('links to nothing where there is nothing', async () => {
    const { objects, key } = setUp();
    expect((await follow(await objects.link(key, TYPE, 300))).status).toBe(404);
  });

  it.each(['', ' ', 'text/html\r\nset-cookie: a=b', 'text/\u20ac', `text/${'a'.repeat(300)}`])(
    'gives out bytes where the type is said to be %j',
    async (type) => {
      const { objects, key } = setUp();
      await objects.put(key, Buffer.from('x'));
      const { status, headers } = await follow(await objects.link(key, type, 300));
      expect({ status, type: headers.get('content-type') }).toEqual({
        status: 200,
        type: 'application/octet-stream',
      });
      expect(headers.get('set-cookie')).toBeNull();
    },
  );

  it.each([0, -1, 1.5, Number.NaN, 7 * 86_400 + 1])('makes no link for %s seconds', async (seconds) => {
    const { objects, key } = setUp();
    await expect(objects.link(key, TYPE, seconds)).rejects.toThrow(RangeError);
  });
}

export function objectsContract(open: Open<Objects>): void {
  const subject = useSubject(open);
  const setUp = () => {
    const { port, clock } = subject();
    return { objects: port, clock, key: `30d/${fresh('object')}/body` as ObjectKey };
  };

  it('puts once, and gives back every byte', async () => {
    const { objects, key } = setUp();
    const body = randomBytes(2_500_000);
    expect(await objects.get(key)).toBeUndefined();
    expect(await objects.put(key, body)).toBe(true);
    expect(await objects.put(key, Buffer.from('other'))).toBe(false);
    expect(body.equals((await objects.get(key)) ?? Buffer.alloc(0))).toBe(true);
  });

  it('removes before its time, and what is gone already stays gone', async () => {
    const { objects, key } = setUp();
    const other = setUp().key;
    await objects.put(key, Buffer.from('x'));
    await objects.put(other, Buffer.from('y'));
    await objects.remove(key);
    await objects.remove(key);
    expect(await objects.get(key)).toBeUndefined();
    expect((await objects.get(other))?.length).toBe(1);
  });

  it('takes an empty body for a body', async () => {
    const { objects, key } = setUp();
    expect(await objects.put(key, new Uint8Array())).toBe(true);
    expect(await objects.put(key, Buffer.from('x'))).toBe(false);
    expect((await objects.get(key))?.length).toBe(0);
  });

  it('lets exactly one of many puts win, whole', async () => {
    const { objects, key } = setUp();
    const bodies = Array.from({ length: 30 }, (_, i) => Buffer.alloc(20_000, i));
    const all = await Promise.all(bodies.map((body) => objects.put(key, body)));
    expect(all.filter(Boolean)).toHaveLength(1);
    expect(bodies[all.indexOf(true)]?.equals((await objects.get(key)) ?? Buffer.alloc(0))).toBe(true);
  });

  it.each([
    ['1d', 1],
    ['30d', 30],
    ['400d', 400],
  ] as const)('keeps what is under %s that long', async (keep, days) => {
    const { objects, clock } = setUp();
    const key: ObjectKey = `${keep}/${fresh('kept')}`;
    await objects.put(key, Buffer.from('x'));
    clock.advance(days * DAY - 1000);
    expect((await objects.get(key))?.length).toBe(1);
    clock.advance(1000);
    expect(await objects.get(key)).toBeUndefined();
  });

  it.each([
    '30d/../../etc/passwd',
    '30d/..',
    '30d/a/../b',
    '30d/.hidden',
    '30d//a',
    '30d/',
    '30d',
    '/30d/a',
    '31d/a',
    '30d/a/',
    '30d/Upper',
    '30d/a\0b',
    '30d/a\\b',
    '30d/\u00e9',
    '30d/a\n',
    'unfinished/a',
    `30d/${'a'.repeat(600)}`,
  ])('refuses the key %j', async (bad) => {
    const { objects } = setUp();
    await expect(objects.put(bad as ObjectKey, Buffer.from('x'))).rejects.toThrow(TypeError);
    await expect(objects.get(bad as ObjectKey)).rejects.toThrow(TypeError);
    await expect(objects.remove(bad as ObjectKey)).rejects.toThrow(TypeError);
    await expect(objects.link(bad as ObjectKey, TYPE, 300)).rejects.toThrow(TypeError);
  });

  describe('links', () => linksContract(setUp));
}
