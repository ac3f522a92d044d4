// What a backtest may meet in a stream of events: other versions, meddling, and no end. It neither breaks nor grows.
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, it } from 'vitest';
import { createChangeGroups } from '../../src/broker/backtest-groups.ts';
import { backtest, type Change, type Rules } from '../../src/broker/index.ts';
import type { JsonObject } from '../../src/shared/json.ts';
import { capability, rulesFor, tried, withCeiling } from '../support/backtested.ts';
import { createWorld, PARTS } from '../support/world.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('events of other versions, and events that were tampered with', () => {
  let issued: JsonObject;
  let opened: JsonObject;
  let refused: JsonObject;
  beforeEach(async () => {
    const world = await createWorld();
    const { task, token } = await world.opened();
    await world.issue(task.id, token);
    await world.open({ capabilities: [capability('sandbox:read')] });
    [opened, issued, refused] = ['task.opened', 'credentials.issued', 'task.refused'].map(
      (type) => world.told(type)[0],
    ) as [JsonObject, JsonObject, JsonObject];
  });

  const without = (event: JsonObject, name: string) => ({ ...event, [name]: undefined });
  const input = (event: JsonObject, change: object) => ({
    ...event,
    input: { ...(event['input'] as object), ...change },
  });
  const CASES: readonly (readonly [string, 'withoutInput' | 'unreadable', () => unknown])[] = [
    ['an opening without input', 'withoutInput', () => without(opened, 'input')],
    ['credentials without input', 'withoutInput', () => without(issued, 'input')],
    ['a refusal without input', 'withoutInput', () => without(refused, 'input')],
    ['no operations', 'unreadable', () => input(issued, { operations: [] })],
    ['no chain', 'unreadable', () => input(issued, { chain: [] })],
    ['a time that is none', 'unreadable', () => input(issued, { at: 'yesterday' })],
    ['a time beyond all years', 'unreadable', () => input(issued, { at: '+275760-09-13T00:00:00.000Z' })],
    ['an input that is text', 'unreadable', () => ({ ...issued, input: 'x' })],
    ['an input that is null', 'unreadable', () => ({ ...issued, input: null })],
    ['an outcome that is unknown', 'unreadable', () => ({ ...issued, decision: { outcome: 'maybe' } })],
    ['another agent than its input', 'unreadable', () => ({ ...issued, agent: 'ledger-bot' })],
    ['fewer decisions than operations', 'unreadable', () => ({ ...opened, capabilities: [] })],
    [
      'decisions of other capabilities',
      'unreadable',
      () => input(opened, { operations: [capability('reports:list')] }),
    ],
    [
      'a number that none is',
      'unreadable',
      () => input(issued, { operations: [{ ...capability('reports:list'), maxRows: 1.5 }] }),
    ],
  ];
  it.each(CASES)('%s: %s', async (_, counter, event) => {
    const { counters, found } = await tried([event() as JsonObject, issued], withCeiling([]));
    // The next one is decided all the same.
    expect(found).toHaveLength(1);
    expect(counters).toMatchObject({ events: 2, operations: 1, changed: 1, [counter]: 1 });
  });

  it('are no reason to skip what was never a matter of the files', async () => {
    const overdue = { ...without(issued, 'decision'), input: undefined, refusal: { code: 'task_over' } };
    const others = [{ ...overdue, type: 'call.denied' }, { type: 7 }, { type: 'constructor' }, {}];
    const { counters } = await tried(others as JsonObject[], PARTS);
    expect(counters).toMatchObject({ events: 4, operations: 0, withoutInput: 0, unreadable: 0 });
  });

  it('do not lend what is remembered to what can not be judged', async () => {
    const nowhere = input(issued, { address: 'nowhere' });
    const { found } = await tried([issued, nowhere, issued], PARTS);
    expect(found.map(({ wouldBe }) => wouldBe.code)).toEqual(['denied_by_policy']);
  });
});

describe('a long stream', () => {
  const LENGTH = 24_000;

  it('is read as far as its changes are taken, and nothing of it is held on to', async () => {
    const world = await createWorld();
    const { task, token } = await world.opened();
    await world.issue(task.id, token);
    const [issued = {}] = world.told('credentials.issued');
    const pulled: WeakRef<JsonObject>[] = [];
    async function* stream() {
      for (let number = 0; number < LENGTH; number += 1) {
        const event: JsonObject = { ...issued, id: `evt_${number}`, call: `call_${number}` };
        pulled.push(new WeakRef(event));
        if (number % 1000 === 0) await setImmediate();
        yield event;
      }
    }
    // One answer to remember for each call, and every tenth is another than was given.
    let remembered = 0;
    const decide: Rules['policy']['decide'] = (_, memory = new Map()) => {
      memory.set(`what only call ${pulled.length} is like`, {
        outcome: 'allowed',
        policies: [],
        touched: [],
      });
      remembered = Math.max(remembered, memory.size);
      const outcome = pulled.length % 10 === 0 ? 'needsApproval' : 'allowed';
      return { outcome, approvals: { count: 1, of: {} }, policies: [], configDigest: '' };
    };
    const { config, policy } = await rulesFor(PARTS);
    const { counters, changes } = backtest({ config, policy: { ...policy, decide } }, stream());
    const groups = createChangeGroups();
    let alive = 0;
    for await (const change of changes) {
      groups.add(change);
      // It never reads ahead.
      expect(change.call).toBe(`call_${pulled.length - 1}`);
      if (pulled.length !== LENGTH) continue;
      // References are let go of between turns only.
      await setImmediate();
      collectGarbage();
      alive = pulled.filter((one) => one.deref() !== undefined).length;
    }
    expect(counters).toMatchObject({ events: LENGTH, operations: LENGTH, changed: LENGTH / 10 });
    expect(groups.list()).toMatchObject([{ count: LENGTH / 10, examples: { length: 20 } }]);
    expect(remembered).toBeLessThanOrEqual(10_000);
    expect(alive).toBeLessThan(10);
  });
});

describe('groups', () => {
  const change: Change = {
    ...{ at: '2026-03-02T12:00:00.000Z', event: 'evt_1', call: 'call_1', task: 'task_1', what: 'call' },
    ...{ agent: 'a1', target: 'reports', capabilities: ['reports:read'], change: 'narrower' },
    was: { outcome: 'allowed', policies: ['a'] },
    wouldBe: {
      outcome: 'needsApproval',
      approvals: { count: 2, of: { leads: 1, security: 1 } },
      policies: ['b'],
    },
  };

  it('are of one agent, one target and one kind of change, whichever policies decide', () => {
    const groups = createChangeGroups();
    const approvals = { count: 2, of: { security: 1, leads: 1 } };
    groups.add(change);
    groups.add({ ...change, at: '2026-03-01T12:00:00.000Z', wouldBe: { ...change.wouldBe, approvals } });
    groups.add({
      ...change,
      at: '2026-03-03T12:00:00.000Z',
      call: 'call_2',
      was: { ...change.was, policies: [] },
    });
    groups.add({ ...change, agent: 'a0' });
    groups.add({ ...change, what: 'opening' });
    expect(groups.list()).toMatchObject([
      { agent: 'a0', count: 1 },
      {
        ...{ agent: 'a1', what: 'call', count: 3, examples: ['call_1', 'call_2'] },
        ...{ first: '2026-03-01T12:00:00.000Z', last: '2026-03-03T12:00:00.000Z' },
      },
      { agent: 'a1', what: 'opening', count: 1 },
    ]);
    expect(groups.leftOut()).toBe(0);
  });

  it('are never more than so many, and none is cut short without a word', () => {
    const groups = createChangeGroups(5);
    for (let number = 0; number < 100; number += 1) groups.add({ ...change, agent: `a${number % 8}` });
    expect(groups.list()).toHaveLength(5);
    const listed = groups.list().reduce((sum, { count }) => sum + count, 0);
    expect(listed + groups.leftOut()).toBe(100);
    const large = createChangeGroups();
    const of = (number: number) => ({ [`g${number}`.padEnd(200_000, 'x')]: 1 });
    for (let number = 0; number < 200; number += 1) {
      large.add({ ...change, wouldBe: { ...change.wouldBe, approvals: { count: 1, of: of(number) } } });
    }
    expect(large.leftOut()).toBeGreaterThan(100);
  });
});
