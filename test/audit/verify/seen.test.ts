// The table of events that were met: what it forgets is the oldest, and what it remembers is right.
import { hash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSeen } from '../../../src/audit/verify/seen.ts';

const leafOf = (text: string) => hash('sha256', text, 'buffer');

test('an event is met again, in the same line or in another', () => {
  const seen = createSeen();
  expect(seen.add({ stream: 'task', id: 'evt_1' }, leafOf('a'), 7)).toBeUndefined();
  expect(seen.add({ stream: 'task', id: 'evt_1' }, leafOf('a'), 8)).toEqual({ isSameLine: true, digest: 7 });
  expect(seen.add({ stream: 'task', id: 'evt_1' }, leafOf('b'), 9)).toEqual({ isSameLine: false, digest: 7 });
});

test('one id in two streams is two events', () => {
  const seen = createSeen();
  expect(seen.add({ stream: 'task_a', id: 'evt_1' }, leafOf('a'), 1)).toBeUndefined();
  expect(seen.add({ stream: 'task_b', id: 'evt_1' }, leafOf('a'), 1)).toBeUndefined();
});

test('while there is room it knows exactly what a map knows', () => {
  const word = fc.string({ maxLength: 3, unit: fc.constantFrom('a', 'b', 'c', '1') });
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word, word), { maxLength: 400 }), (all) => {
      const [seen, map] = [createSeen(), new Map<string, string>()];
      for (const [stream, id, line] of all) {
        const before = map.get(`${stream} ${id}`);
        const expected = before === undefined ? undefined : { isSameLine: before === line, digest: 1 };
        expect(seen.add({ stream: stream, id: id }, leafOf(line), 1)).toEqual(expected);
        if (before === undefined) map.set(`${stream} ${id}`, line);
      }
    }),
  );
});

test('places that look alike are told apart, each time by another hash', () => {
  const leaf = leafOf('a');
  const texts = [
    '',
    'a',
    'ab',
    'abc',
    'a\0',
    '\0a',
    '\u8000a',
    'a\u8000',
    '\u8000\u8000',
    'aa',
    'aaa',
    'aaaa',
  ];
  for (let run = 0; run < 20; run += 1) {
    const seen = createSeen();
    const all = texts.flatMap((stream) => texts.map((id) => ({ stream, id })));
    for (const event of all) expect(seen.add(event, leaf, 1)).toBeUndefined();
    for (const event of all) expect(seen.add(event, leaf, 2)).toEqual({ isSameLine: true, digest: 1 });
  }
});

test('of what is not signed it is asked what the event says, of the rest what its line is', () => {
  const seen = createSeen();
  const [event, signed] = [
    { stream: 'task', id: 'evt_1' },
    { stream: 'task', id: 'evt_2' },
  ];
  seen.add(event, leafOf('a'), 0, leafOf('said'));
  expect(seen.add(event, leafOf('b'), 0, leafOf('said'))).toEqual({ isSameLine: true, digest: 0 });
  expect(seen.add(event, leafOf('a'), 0, leafOf('other'))).toEqual({ isSameLine: false, digest: 0 });
  seen.add(signed, leafOf('a'), 3);
  expect(seen.add(signed, leafOf('a'), 0, leafOf('said'))).toEqual({ isSameLine: true, digest: 3 });
  expect(seen.add(signed, leafOf('b'), 0, leafOf('said'))).toEqual({ isSameLine: false, digest: 3 });
});

test('many are told apart, however often the table grows', () => {
  const seen = createSeen();
  const leaf = leafOf('a');
  for (let number = 0; number < 20_000; number += 1) {
    expect(seen.add({ stream: 'broker', id: `evt_${number}` }, leaf, 1)).toBeUndefined();
  }
  for (let number = 0; number < 20_000; number += 1) {
    expect(seen.add({ stream: 'broker', id: `evt_${number}` }, leaf, 2)).toEqual({
      isSameLine: true,
      digest: 1,
    });
  }
});

test('beyond its room it remembers the newest, and forgets the oldest', () => {
  const seen = createSeen(64);
  const leaf = leafOf('a');
  for (let number = 0; number < 500; number += 1)
    seen.add({ stream: 'broker', id: `evt_${number}` }, leaf, 1);
  for (let number = 470; number < 500; number += 1) {
    expect(seen.add({ stream: 'broker', id: `evt_${number}` }, leaf, 2)).toEqual({
      isSameLine: true,
      digest: 1,
    });
  }
  expect(seen.add({ stream: 'broker', id: 'evt_0' }, leaf, 2)).toBeUndefined();
});
