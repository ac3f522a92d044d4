// What random policies are made of: the ids of a small world, and ways to write them down.
import fc from 'fast-check';
import type { Effect } from '../../../src/config/index.ts';

export const AGENTS = ['alpha', 'beta', 'lead'];
export const TARGETS = ['orders', 'web', 'box'];
export const NAMES = ['read', 'write', 'dump'];
export const GROUPS = ['ops', 'owners', 'the odd "ones"', 'vault'];
export const ENVIRONMENTS = ['production', 'staging'];
export const EFFECTS: readonly Effect[] = ['read', 'write', 'admin'];
/** What operations may touch, be or have. */
export const WORDS = ['orders', 'people', 'select', 'update', 'export', 'public', 'boundary', '-rf'];
export const PEOPLE = ['dana', 'kim'];
const ACTIONS = [...EFFECTS, 'approve', 'contain', 'audit', 'restore'];
export const CAPABILITIES = TARGETS.flatMap((target) => NAMES.map((name) => `${target}:${name}`));

export const one = <T>(values: readonly T[]) => fc.constantFrom(...values);
/** Mostly the first. */
export const mostly = <T>(usual: fc.Arbitrary<T>, odd: readonly T[]) =>
  fc.oneof({ weight: 19, arbitrary: usual }, { weight: 1, arbitrary: one(odd) });
const idOf = (ids: readonly string[]) => mostly(one(ids), ['gone']);

export const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;
const ESCAPES: readonly ((text: string) => string)[] = [
  (text) => text.replace(/^[a-z]/, (letter) => `\\x${letter.charCodeAt(0).toString(16)}`),
  (text) => text.replace(/^[a-z]/, (letter) => `\\u{${letter.charCodeAt(0).toString(16)}}`),
];

function entity(type: string, ids: readonly string[]): fc.Arbitrary<string> {
  const mark = mostly(fc.constant('::'), [' :: ', '::\n', ' // at last\n :: ']);
  const spell = mostly<(text: string) => string>(fc.constant(String), ESCAPES);
  return fc
    .tuple(mark, idOf(ids), spell)
    .map(([colons, id, spelt]) => `${type}${colons}${spelt(quoted(id))}`);
}

export const agentUid = entity('Agent', AGENTS);
export const targetUid = entity('Target', TARGETS);
export const groupUid = entity('Group', [...GROUPS, 'none']);
export const actionUid = entity('Action', [...ACTIONS, ...CAPABILITIES]);
export const humanUid = entity('Human', PEOPLE);
export const otherUid = fc.oneof(
  entity('Task', ['t1']),
  entity('Approval', ['a1']),
  entity('Broker', ['this']),
);
export const anyUid = fc.oneof(agentUid, targetUid, groupUid, actionUid, humanUid, otherUid);
export const type = one(['Agent', 'Human', 'Group', 'Target', 'Task', 'Approval', 'Broker', 'Action']);

export const join = (strings: TemplateStringsArray, ...parts: readonly fc.Arbitrary<string | number>[]) =>
  fc.tuple(...parts).map((found) => String.raw({ raw: strings }, ...found));

export const effectUid = one(EFFECTS.map((effect) => `Action::"${effect}"`));
