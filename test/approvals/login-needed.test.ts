// Who must log in to decide: every combination of what the files say, where the broker runs, and what the effect is.
import { expect, it } from 'vitest';
import { needsLogin } from '../../src/approvals/index.ts';

const Y = true;
const N = false;
const _ = undefined;

// Of broker.yaml, of the target, deployed; for read and write, for admin.
it.each([
  [_, _, N, N, Y],
  [_, _, Y, Y, Y],
  [_, N, N, N, Y],
  [_, N, Y, N, Y],
  [_, Y, N, Y, Y],
  [_, Y, Y, Y, Y],
  [N, _, N, N, Y],
  [N, _, Y, N, Y],
  [N, N, N, N, Y],
  [N, N, Y, N, Y],
  [N, Y, N, Y, Y],
  [N, Y, Y, Y, Y],
  [Y, _, N, Y, Y],
  [Y, _, Y, Y, Y],
  [Y, N, N, N, Y],
  [Y, N, Y, N, Y],
  [Y, Y, N, Y, Y],
  [Y, Y, Y, Y, Y],
])('broker %s, target %s, deployed %s', (broker, target, deployed, otherwise, admin) => {
  const rules = { broker, target, deployed };
  expect(needsLogin({ ...rules, effect: 'read' })).toBe(otherwise);
  expect(needsLogin({ ...rules, effect: 'write' })).toBe(otherwise);
  expect(needsLogin({ ...rules, effect: 'admin' })).toBe(admin);
});
