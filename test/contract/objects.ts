// What every adapter of Objects must do.
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import type { ObjectKey, Objects } from '../../src/ports/objects.ts';
import { DAY } from './support/clock.ts';
import { fresh, type Open, useSubject } from './support/subject.ts';

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
  });
}
