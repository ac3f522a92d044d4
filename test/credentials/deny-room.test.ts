// How much fits into a role's deny, what gives way when not all does, and that clocks are not trusted further than that.
import { describe, expect, it } from 'vitest';
import { type EndedTask, planDeny } from '../../src/credentials/index.ts';
import { MOST_INLINE_CHARACTERS } from '../../src/ports/revoker.ts';
import { makeId } from '../../src/shared/ids.ts';
import { HOUR, MINUTE, SECOND } from '../support/clock.ts';
import { denies, sizeOf } from '../support/denies.ts';

const NOW = new Date('2026-03-02T12:00:00.400Z');
const ago = (milliseconds: number) => new Date(NOW.getTime() - milliseconds);

function idOf(number: number): string {
  const tail = new Uint8Array(10);
  new DataView(tail.buffer).setUint32(0, number);
  return makeId('task', NOW, tail);
}

function ended(number: number, given: Partial<EndedTask> = {}): EndedTask {
  const task = idOf(number);
  return {
    ...{ task, agent: 'report-builder', root: task, rootOver: true, revoked: true },
    ...{ latest: ago(20 * MINUTE), endsBy: new Date(NOW.getTime() + HOUR) },
    ...given,
  };
}

const many = (count: number, given: Partial<EndedTask> = {}, first = 0) =>
  Array.from({ length: count }, (_, place) => ended(first + place, given));
const idsFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, place) => idOf(first + place));
const sessionOf = ({ task, agent, root, latest }: EndedTask, skew = 0) => ({
  ...{ task, agent, root, issued: new Date(latest.getTime() + skew) },
});

describe('what fits', () => {
  it('is the list of about 290 tasks that the docs speak of', () => {
    const live = idsFrom(10_000, 400);
    const { denied, document = '' } = planDeny(many(400), live, NOW);
    expect(denied.size).toBeGreaterThan(285);
    expect(denied.size).toBeLessThan(300);
    expect(sizeOf(document)).toBeLessThanOrEqual(MOST_INLINE_CHARACTERS);
    // No further entry would have fitted.
    expect(sizeOf(document) + 34).toBeGreaterThan(MOST_INLINE_CHARACTERS);
  });

  it('is everything, where fewer than the 250 open tasks of the docs stand beside it', () => {
    const tasks = many(5000);
    const live = idsFrom(10_000, 250);
    const { document, denied, waiting } = planDeny(tasks, live, NOW);
    expect([denied.size, waiting.size]).toEqual([5000, 0]);
    for (const task of tasks) expect(denies(document, sessionOf(task, MINUTE))).toBe(true);
    for (const task of live) {
      const session = { task, agent: 'report-builder', root: task, issued: ago(30 * MINUTE) };
      expect(denies(document, session)).toBe(false);
    }
  });

  it('is a tree by its root, only where all of it is over', () => {
    const root = idOf(9999);
    const tree = many(50, { root });
    expect(planDeny(tree, [], NOW).document).toContain(`"aws:PrincipalTag/root":["${root}"]`);
    const partly = tree.map((task) => ({ ...task, rootOver: false }));
    expect(planDeny(partly, [], NOW).document).not.toContain('PrincipalTag/root');
  });
});

describe('what gives way', () => {
  const live = idsFrom(10_000, 400);

  it('is what finished, whatever works for longer', () => {
    const finished = many(400, { revoked: false, endsBy: new Date(NOW.getTime() + 2 * HOUR) }, 1000);
    const { denied } = planDeny([...finished, ...many(200)], live, NOW);
    expect([...denied].filter((id) => id < idOf(1000))).toHaveLength(200);
    expect(denied.size).toBeGreaterThan(285);
  });

  it('is not what is denied already, among its like', () => {
    const since = NOW.toISOString();
    const before = many(100, { since, endsBy: new Date(NOW.getTime() + MINUTE) }, 1000);
    const { denied } = planDeny([...many(400), ...before], live, NOW);
    for (const { task } of before) expect(denied).toContain(task);
  });

  it('is none of the disabled agents', () => {
    const disabled = many(100, { agent: 'odd-agent', agentDisabled: ago(MINUTE) }, 1000);
    const { denied } = planDeny([...many(400), ...disabled], live, NOW);
    for (const { task } of disabled) expect(denied).toContain(task);
  });
});

describe('clocks that differ', () => {
  it.each([-60, -30, 0, 30, 60])('by %i s let no ended session slip through', (seconds) => {
    // Vended at every second of the last minutes.
    const tasks = Array.from({ length: 600 }, (_, place) => ended(place, { latest: ago(place * SECOND) }));
    const { document, denied } = planDeny(tasks, idsFrom(10_000, 20), NOW);
    expect(denied.size).toBe(600);
    for (const task of tasks) expect(denies(document, sessionOf(task, seconds * SECOND))).toBe(true);
  });

  it('never deny what is vended from now on', () => {
    const { document } = planDeny(many(600), [], NOW);
    const task = idOf(77_777);
    const fresh = { task, agent: 'report-builder', root: task, issued: ago(59 * SECOND) };
    expect(denies(document, fresh)).toBe(false);
  });
});

it('is nothing where nothing is over', () => {
  expect(planDeny([], idsFrom(0, 3), NOW)).toEqual({
    document: undefined,
    denied: new Set(),
    waiting: new Set(),
  });
});

it('is nothing where there is no room at all', () => {
  const { document, waiting } = planDeny(many(2), [], NOW, 50);
  expect(document).toBeUndefined();
  expect(waiting.size).toBe(2);
});
