// What every adapter of Archive must do.
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Archive, ArchiveReader } from '../../src/ports/archive.ts';
import { keysOf, listed } from './support/listed.ts';
import { fresh, type Open, useSubject } from './support/subject.ts';

/** An archive with the reader that looks at it from elsewhere. */
export interface Read extends Archive {
  readonly reader: ArchiveReader;
}

const BAD_KEYS = [
  '',
  '/a',
  'a/',
  'a//b',
  '../a',
  'a/../b',
  'a/..',
  'a..b',
  '.hidden',
  'a/.hidden',
  '.unfinished/a',
  'a\0b',
  'a\\b',
  'a b',
  'a+b',
  'a%2fb',
  '\u00e9',
  'a\n',
  'a'.repeat(600),
];

function listingContract(open: Open<Read>): void {
  const subject = useSubject(open);

  it('lists what begins with a prefix, in order, with sizes, and nothing else', async () => {
    const { port } = subject();
    const folder = fresh('listed');
    // A directory sorts its names otherwise: `a-b` and `a.b` before all of `a/`, `a0` after it.
    const names = ['a/b', 'a/b/c-d', 'a-b', 'a.b', 'a0', 'a=b', 'aZ/b', 'A/b', 'a/b-c', 'a/b.c', 'ab', '_/b'];
    const keys = names.filter((name) => name !== 'a/b').map((name) => `${folder}/${name}`);
    for (const [at, key] of keys.entries()) {
      expect(await port.put(key, Buffer.alloc(at)), key).toBe(true);
    }
    await port.put(`${folder}0`, Buffer.from('x'));
    const sorted = keys.toSorted((a, b) => (a < b ? -1 : 1));
    for (const archive of [port, port.reader]) {
      expect(await listed(archive, `${folder}/`)).toEqual(
        sorted.map((key) => ({ key, bytes: keys.indexOf(key) })),
      );
      // A prefix may end within a name.
      expect(await keysOf(archive, `${folder}/a/`)).toEqual(
        sorted.filter((key) => key.startsWith(`${folder}/a/`)),
      );
      expect(await keysOf(archive, `${folder}/a`)).toEqual(
        sorted.filter((key) => key.startsWith(`${folder}/a`)),
      );
      expect(await keysOf(archive, `${folder}/a/b/c-d`)).toEqual([`${folder}/a/b/c-d`]);
      expect(await keysOf(archive, `${folder}/nothing`)).toEqual([]);
      for (const after of [...sorted, `${folder}/a`, `${folder}/a/`, `${folder}/a/b/c-`, `${folder}/b`]) {
        expect(await keysOf(archive, `${folder}/`, after), after).toEqual(
          sorted.filter((key) => key > after),
        );
      }
      expect(await keysOf(archive, `${folder}/`, '')).toEqual(sorted);
      expect((await keysOf(archive, '')).filter((key) => key.startsWith(`${folder}/`))).toEqual(sorted);
    }
  });

  it('lists no more than is wanted', async () => {
    const { port } = subject();
    const folder = fresh('stopped');
    for (let at = 0; at < 10; at += 1) await port.put(`${folder}/${at}`, Buffer.from('x'));
    const seen: string[] = [];
    for await (const { key } of port.list(`${folder}/`)) {
      seen.push(key);
      if (seen.length === 2) break;
    }
    expect(seen).toEqual([`${folder}/0`, `${folder}/1`]);
  });

  it.each(['/a', '..', 'a/../b', 'a b', 'a\0', '\u00e9', 'a'.repeat(600)])(
    'refuses the prefix %j',
    async (prefix) => {
      await expect(keysOf(subject().port, prefix)).rejects.toThrow(TypeError);
      await expect(keysOf(subject().port.reader, prefix)).rejects.toThrow(TypeError);
    },
  );
}

export function archiveContract(open: Open<Read>): void {
  const subject = useSubject(open);
  const setUp = () => {
    const { port } = subject();
    return { port, key: `events/day=2026-11-21/hour=22/${fresh('20261121T224107123Z')}.jsonl.gz` };
  };

  it('has nothing before something was put', async () => {
    const { port, key } = setUp();
    for (const archive of [port, port.reader]) {
      expect(await archive.get(key)).toBeUndefined();
      expect(await keysOf(archive, 'events/')).toEqual([]);
      expect(await keysOf(archive, '')).toEqual([]);
    }
  });

  it('puts once, and gives back every byte', async () => {
    const { port, key } = setUp();
    const body = randomBytes(2_500_000);
    expect(await port.get(key)).toBeUndefined();
    expect(await port.put(key, body)).toBe(true);
    expect(await port.put(key, Buffer.from('other'))).toBe(false);
    expect(await port.put(key, body), 'the same bytes are not the same put').toBe(false);
    for (const archive of [port, port.reader]) {
      expect(body.equals((await archive.get(key)) ?? Buffer.alloc(0))).toBe(true);
    }
  });

  it('reads nothing that has more bytes than are asked for', async () => {
    const { port, key } = setUp();
    await port.put(key, Buffer.from('four'));
    for (const archive of [port, port.reader]) {
      expect((await archive.get(key, 4))?.length).toBe(4);
      const tooLarge = { name: 'Unavailable', backend: 'archive', code: 'too large' };
      await expect(archive.get(key, 3)).rejects.toMatchObject(tooLarge);
      expect((await archive.get(key))?.length).toBe(4);
    }
  });

  it('takes an empty body for a body', async () => {
    const { port, key } = setUp();
    expect(await port.put(key, new Uint8Array())).toBe(true);
    expect(await port.put(key, Buffer.from('x'))).toBe(false);
    expect((await port.get(key))?.length).toBe(0);
  });

  it('lets exactly one of many puts win, whole', async () => {
    const { port, key } = setUp();
    const bodies = Array.from({ length: 30 }, (_, i) => Buffer.alloc(20_000, i));
    const all = await Promise.all(bodies.map((body) => port.put(key, body)));
    expect(all.filter(Boolean)).toHaveLength(1);
    expect(bodies[all.indexOf(true)]?.equals((await port.get(key)) ?? Buffer.alloc(0))).toBe(true);
  });

  it.each(BAD_KEYS)('refuses the key %j', async (bad) => {
    const { port } = setUp();
    await expect(port.put(bad, Buffer.from('x'))).rejects.toThrow(TypeError);
    await expect(port.get(bad)).rejects.toThrow(TypeError);
    await expect(port.reader.get(bad)).rejects.toThrow(TypeError);
  });

  listingContract(open);
}
