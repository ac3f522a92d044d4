// A box by itself: bound to its use even where two uses had the same key.
import { expect, it } from 'vitest';
import { bindingOf, closeBox, openBox } from '../../src/adapters/sealed-box.ts';

const KEY = Buffer.alloc(32, 7);
const HEADER = Buffer.from([1, 2, 3]);
const BINDING = bindingOf({ task: 'task_a', call: 'call_b' });
const PLAIN = Buffer.from('canary');

it.each([
  ['another task', HEADER, { ...BINDING, task: 'task_b' }],
  ['another call', HEADER, { ...BINDING, call: 'call_c' }],
  ['another purpose', HEADER, { ...BINDING, purpose: 'x' }],
  ['another header', Buffer.from([1, 2, 4]), BINDING],
])('does not open for %s', (_, header, binding) => {
  const box = closeBox(KEY, PLAIN, HEADER, BINDING);
  expect(openBox(KEY, box, header, binding)).toBeUndefined();
  expect(PLAIN.equals(openBox(KEY, box, HEADER, BINDING) ?? Buffer.alloc(0))).toBe(true);
});
