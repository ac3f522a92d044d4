// What a text was said to be is worked out once, and what is kept of it stays small.
import { expect, it } from 'vitest';
import { remembered } from '../../src/shared/remembered.ts';

function counting() {
  const asked: string[] = [];
  const lengthOf = remembered((text) => {
    asked.push(text);
    return text === '' ? undefined : text.length;
  });
  return { asked, lengthOf };
}

it('works out each text once, also where nothing comes of it', () => {
  const { asked, lengthOf } = counting();
  expect(['abc', '', 'abc', '', 'ab'].map(lengthOf)).toEqual([3, undefined, 3, undefined, 2]);
  expect(asked).toEqual(['abc', '', 'ab']);
});

it('keeps no long text', () => {
  const { asked, lengthOf } = counting();
  const long = 'x'.repeat(65);
  expect([lengthOf(long), lengthOf(long), lengthOf(long.slice(1)), lengthOf(long.slice(1))]).toEqual([
    65, 65, 64, 64,
  ]);
  expect(asked).toHaveLength(3);
});

it('forgets when there are many, and is right all the same', () => {
  const { asked, lengthOf } = counting();
  const texts = Array.from({ length: 2500 }, (_, i) => String(i));
  expect(texts.map(lengthOf)).toEqual(texts.map(({ length }) => length));
  expect(lengthOf('0')).toBe(1);
  expect(asked).toHaveLength(2501);
  expect(lengthOf('2499')).toBe(4);
  expect(asked).toHaveLength(2501);
});
