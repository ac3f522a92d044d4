import { expect, it } from 'vitest';
import { createParser } from '../../../src/adapters/embedded/read-again.ts';
import type { JsonObject } from '../../../src/shared/json.ts';

it('reads what it read before, as long as it is the same, and as JSON has it', () => {
  const parse = createParser();
  const texts = ['{"version":1,"parts":[{"of":"it"}]}', '{"version":2}', '[]', 'null', '"text"', '7'];
  for (const text of [...texts, ...texts]) expect(parse('a', text)).toEqual(JSON.parse(text));
  expect(parse('b', '{"n":1}')).toBe(parse('b', '{"n":1}'));
  expect(parse('b', '{"n":2}')).toEqual({ n: 2 });
  expect(parse('c', '{"n":1}')).toEqual({ n: 1 });
});

it('lets nobody change what others read', () => {
  const parse = createParser();
  const value = parse('a', '{"list":[{"deep":true}]}') as { list: { deep: boolean }[] } & JsonObject;
  expect(() => value.list.push({ deep: false })).toThrow(TypeError);
  expect(() => Object.assign(value.list[0] ?? {}, { deep: false })).toThrow(TypeError);
  expect(parse('a', '{"list":[{"deep":true}]}')).toEqual({ list: [{ deep: true }] });
});

it('reads any number of them, of any length', () => {
  const parse = createParser();
  for (let number = 0; number < 1000; number += 1) {
    const text = JSON.stringify({ number, text: 'x'.repeat(number * 20) });
    expect(parse(String(number), text)).toEqual(JSON.parse(text));
  }
});

it('refuses what is no JSON, and goes on', () => {
  const parse = createParser();
  expect(() => parse('a', '{')).toThrow(SyntaxError);
  expect(parse('a', '{}')).toEqual({});
});
