// Paths of rules: which they are, what is said of those that are none, and which places they lead to.
import { describe, expect, it } from 'vitest';
import { compilePath, createPathMatcher, type PathState } from '../../../src/masking/formats/paths.ts';
import type { Action } from '../../../src/masking/model.ts';

function matcherOf(rules: Readonly<Record<string, Action>>) {
  return createPathMatcher(
    Object.entries(rules).map(([text, action]) => {
      const path = compilePath(text);
      if ('problem' in path) throw new Error(path.problem);
      return [path, action] as const;
    }),
  );
}

function at(rules: Readonly<Record<string, Action>>, ...way: readonly (string | number)[]) {
  const matcher = matcherOf(rules);
  return way.reduce<PathState>((state, step) => matcher.step(state, step), matcher.root).action;
}

describe('a path', () => {
  it.each([
    ['$', []],
    ['$.a', ['a']],
    ['$.a.b', ['a', 'b']],
    ['$.x-api-key', ['x-api-key']],
    ['$.größe', ['größe']],
    ["$['a b'].c", ['a b', 'c']],
    ['$["a.b"]', ['a.b']],
    ["$['it\\'s']", ["it's"]],
    ["$[ 'a' ]", ['a']],
    ['$.items[0]', ['items', 0]],
    ['$.items[*].x', ['items', 7, 'x']],
    ['$.*.x', ['anything', 'x']],
    ['$.items.*', ['items', 3]],
    ['$..x', ['x']],
    ['$..x', ['a', 0, 'b', 'x']],
    ['$.a..x', ['a', 'b', 'c', 'x']],
    ['$..a..b', ['x', 'a', 'y', 'b']],
    ['$..a.a', ['a', 'a', 'a']],
    ['$..[0]', ['a', 0]],
    ["$..['a b']", ['q', 'a b']],
    ['$..*', ['a', 'b']],
  ] as const)('%s leads to %j', (path, way) => {
    expect(at({ [path]: 'drop' }, ...way)).toBe('drop');
  });

  it.each([
    ['$', ['a']],
    ['$.a', []],
    ['$.a', ['A']],
    ['$.a', ['a', 'b']],
    ['$.a.b', ['b']],
    ['$.a.b', ['a', 'x', 'b']],
    ['$.items[0]', ['items', '0']],
    ['$.items.0', ['items', 0]],
    ['$.items[1]', ['items', 0]],
    ['$.items[*].x', ['items', 'x']],
    ['$..x', ['x', 'y']],
    ['$.a..x', ['x']],
    ['$..*', []],
  ] as const)('%s does not lead to %j', (path, way) => {
    expect(at({ [path]: 'drop' }, ...way)).toBeUndefined();
  });

  it.each([
    ['', 'begins with "$"'],
    ['a.b', 'begins with "$"'],
    ['$a', '"." or "[" is expected at character 2'],
    ['$.', 'a name is expected at character 3'],
    ['$..', 'a name is expected at character 4'],
    ['$.a.', 'a name is expected at character 5'],
    ['$.a b', '"." or "[" is expected at character 4'],
    ['$.a...b', 'a name is expected at character 6'],
    ['$.[0]', 'without the "."'],
    ['$[', 'not understood'],
    ['$[]', 'not understood'],
    ['$[-1]', 'not understood'],
    ['$[01]', 'not understood'],
    ['$[1:2]', 'not understood'],
    ['$[0,1]', 'not understood'],
    ['$[?(@.a)]', 'no filters'],
    ['$[99999999999]', 'not understood'],
    ['$[a]', 'quoted name'],
    ["$['a]", 'the quote at character 3 is not closed'],
    ["$['a'", '"]" is expected at character 6'],
    ["$['a','b']", '"]" is expected at character 6'],
    ["$['\\n']", 'after "\\"'],
    [`$${'.a'.repeat(65)}`, 'at most 64 steps'],
    [`$.${'a'.repeat(1000)}`, 'at most 1000 characters'],
  ])('%s is none', (text, problem) => {
    expect(compilePath(text)).toEqual({ problem: expect.stringContaining(problem) });
  });
});

describe('of several paths', () => {
  it('the one that names more of the way holds, whatever their order', () => {
    expect(at({ '$.a.b': 'keep', '$..b': 'drop' }, 'a', 'b')).toBe('keep');
    expect(at({ '$..b': 'drop', '$.a.b': 'keep' }, 'a', 'b')).toBe('keep');
    expect(at({ '$.items[0].x': 'hash', '$.items[*].x': 'drop' }, 'items', 0, 'x')).toBe('hash');
  });

  it('the later of two alike holds', () => {
    expect(at({ '$.*.b': 'keep', '$..b': 'drop' }, 'a', 'b')).toBe('drop');
  });
});

it('takes no more room the deeper it goes', () => {
  const matcher = matcherOf({ '$..a..a..a..b': 'drop' });
  let state = matcher.root;
  for (let depth = 0; depth < 100_000; depth += 1) state = matcher.step(state, 'a');
  expect(state.next.length).toBeLessThanOrEqual(4);
  expect(matcher.step(state, 'c')).toBe(state);
  expect(matcher.step(state, 'b').action).toBe('drop');
});
