// Kills a use case in each of its operations, and looks at what the reconciler makes of what is left.
import { describe, expect, it } from 'vitest';
import type { AgentState } from '../../src/agents/index.ts';
import { reconcile } from '../../src/broker/index.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { type Call, type Delegation, type RefusedDelegation, taskKey } from '../../src/tasks/index.ts';
import { SECOND } from '../support/clock.ts';
import { DEATHS, type Death, dyingAt } from '../support/meddling.ts';
import { codeOf, createWorld, OTHER_AGENT, READ, type World } from '../support/world.ts';

interface Flow {
  /** So many tasks there may be, whatever happens; one where left out. */
  readonly tasks?: number;
  /** What must be there before, and what is then killed. */
  readonly prepare: (world: World) => Promise<() => Promise<unknown>>;
}

const WRITE = [{ capability: 'reports:purge' }];
const FLOWS: Readonly<Record<string, Flow>> = {
  'opening a task': { prepare: async (world) => () => world.open({ key: 'k' }) },
  'refusing a task': {
    prepare: async (world) => () =>
      world.open({ key: 'k', capabilities: [{ capability: 'sandbox:read', parameters: {} }] }),
  },
  'issuing credentials': {
    prepare: async (world) => {
      const { task, token } = await world.opened();
      return () => world.issue(task.id, token, { key: 'k' });
    },
  },
  'refusing credentials': {
    prepare: async (world) => {
      const { task, token } = await world.opened();
      return () => world.issue(task.id, token, { key: 'k', wanted: WRITE });
    },
  },
  'credentials that STS refuses': {
    prepare: async (world) => {
      world.sessions.answer = async () => ({ problem: 'refused', detail: 'No.' });
      const { task, token } = await world.opened();
      return () => world.issue(task.id, token, { key: 'k' });
    },
  },
  'finishing a task': {
    prepare: async (world) => {
      const { task, token } = await world.opened();
      return () => world.finish(task.id, token);
    },
  },
  'finishing a task with credentials': {
    prepare: async (world) => {
      const { task, token } = await world.opened();
      await world.issue(task.id, token);
      return () => world.finish(task.id, token);
    },
  },
};

const LEDGER = [{ capability: 'ledger:read', parameters: {} }];

/** A task that another agent may be given, and what gives it. */
async function toHandOn(world: World) {
  const { task, token } = await world.opened({ capabilities: LEDGER });
  const handOn = (capabilities = LEDGER) =>
    world.delegate(task.id, token, { agent: OTHER_AGENT, capabilities }, { key: 'd' });
  const accept = (delegation: Delegation, key?: string) =>
    world.open({
      token: world.agentToken(OTHER_AGENT),
      ...{ capabilities: LEDGER, delegation: delegation.id, key },
    });
  return { task, token, handOn, accept };
}

const CHAIN_FLOWS: Readonly<Record<string, Flow>> = {
  'handing work on': { prepare: async (world) => (await toHandOn(world)).handOn },
  'refusing to hand work on': {
    prepare: async (world) => {
      const { handOn } = await toHandOn(world);
      return () => handOn([{ capability: 'reports:list', parameters: {} }]);
    },
  },
  'accepting what was handed on': {
    tasks: 2,
    prepare: async (world) => {
      const { handOn, accept } = await toHandOn(world);
      const delegation = (await handOn()) as Delegation;
      return () => accept(delegation, 'k');
    },
  },
  'refusing what was accepted before': {
    // One of them is what the key remembers of the refusal.
    tasks: 3,
    prepare: async (world) => {
      const { handOn, accept } = await toHandOn(world);
      const delegation = (await handOn()) as Delegation;
      await accept(delegation);
      return () => accept(delegation, 'k');
    },
  },
  'revoking a task with another below': {
    tasks: 2,
    prepare: async (world) => {
      const { task, handOn, accept } = await toHandOn(world);
      const below = await accept((await handOn()) as Delegation);
      if (below instanceof Refusal) throw new Error(below.detail);
      await world.issue(below.task.id, below.token, { wanted: LEDGER });
      return () => world.revoke(task.id, { key: 'k' });
    },
  },
  ...Object.fromEntries(
    (['quarantine', 'disable', 'reinstate', 'attest'] as const).map((name) => [
      `what an operator does to an agent: ${name}`,
      {
        prepare: async (world: World) => {
          if (name === 'reinstate') await world.change('quarantine');
          return () => world.change(name, { key: 'k' });
        },
      },
    ]),
  ),
};

const OUTCOME_OF: Readonly<Partial<Record<Call['status'], readonly string[]>>> = {
  succeeded: ['credentials.issued'],
  failed: ['call.failed'],
  denied: ['call.denied'],
};

/** What must hold once the reconciler has been there. */
async function expectInvariants(world: World): Promise<void> {
  for (const call of world.allCalls()) {
    expect(call.status, 'every call ends').not.toBe('requested');
    const intent = await world.events.read(call.task, call.intentEvent);
    const outcome = await world.events.read(call.task, call.outcomeEvent);
    expect(outcome !== undefined, 'an outcome where there is an intent, and only there').toBe(
      intent !== undefined,
    );
    if (outcome !== undefined) {
      expect([
        ...(OUTCOME_OF[call.status] ?? []),
        'call.unknown',
        ...(call.repeats === undefined ? [] : ['call.repeated']),
      ]).toContain(outcome.body['type']);
      expect(outcome.body['call']).toBe(call.repeats ?? call.id);
      expect(outcome.id > call.intentEvent, 'the outcome stands after the intent').toBe(true);
    }
  }
  await expectChainInvariants(world);
  // Nothing twice: each event of these fills one place, so each subject has one.
  const subjects = world
    .told(
      ...['credentials.issued', 'call.denied', 'call.failed', 'call.unknown', 'task.opened', 'task.finished'],
    )
    .map(({ type, call, task }) =>
      call === undefined ? `${String(type)} ${String(task)}` : `outcome ${String(call)}`,
    );
  expect(new Set(subjects).size).toBe(subjects.length);
  // What STS was asked for has a call, and its intent.
  expect(world.told('call.requested').length).toBeGreaterThanOrEqual(world.sessions.asked.length);
  for (const task of world.tasks().filter(({ ended }) => ended !== undefined)) {
    const type = task.status === 'revoked' ? 'task.revoked' : 'task.finished';
    expect(world.told(type).filter((told) => told['task'] === task.id)).toHaveLength(1);
  }
}

function kept<T>(world: World, fits: (partition: string, sort: string) => boolean): readonly T[] {
  const found = world.records.all().filter(({ key }) => fits(key.partition, key.sort));
  return found.map(({ value }) => value as unknown as T);
}

/** What has effect is in the audit, and what is good once had effect once. */
async function expectChainInvariants(world: World): Promise<void> {
  const delegations = kept<Delegation | RefusedDelegation>(world, (partition) =>
    partition.startsWith('delegation/'),
  );
  for (const delegation of delegations) {
    if (delegation.status === 'refused') continue;
    const { id, acceptedAs } = delegation;
    const opened = world.tasks().filter((task) => task.delegation === id);
    expect(opened.length).toBeLessThanOrEqual(acceptedAs === undefined ? 0 : 1);
    for (const task of opened) expect(taskKey(task.id)).toEqual(taskKey(acceptedAs ?? ''));
    const told = world.told('delegation.offered').filter(({ delegation: of }) => of === id);
    if (acceptedAs !== undefined) expect(told).toHaveLength(1);
    expect(told.length).toBeLessThanOrEqual(1);
  }
  for (const { lastChange } of kept<AgentState>(
    world,
    (partition, sort) => partition.startsWith('agent/') && sort === 'state',
  )) {
    if (lastChange === undefined) continue;
    expect(world.told().filter(({ id }) => id === lastChange.event)).toHaveLength(1);
  }
}

/** Runs the flow and kills it in that operation; undefined where it ended before. */
async function killed(flow: Flow, number: number, death: Death) {
  const world = await createWorld();
  const run = await flow.prepare(world);
  const { meddle, dead } = dyingAt(number, death);
  world.meddle = meddle;
  const answer = await Promise.race([run(), dead]);
  world.meddle = undefined;
  return { world, run, answer };
}

describe.each(Object.entries({ ...FLOWS, ...CHAIN_FLOWS }))('%s', (_, flow) => {
  it.each(DEATHS)('leaves nothing hanging, killed in any operation: %s', async (death) => {
    let number = 0;
    let answer: unknown = 'dead';
    while (answer === 'dead') {
      number += 1;
      const left = await killed(flow, number, death);
      answer = left.answer;
      const { world } = left;
      await world.settle();
      await expectInvariants(world);
      // Another pass over the same minutes finds nothing to do.
      const [before, told] = [world.records.all(), world.told()];
      await reconcile(world.dependencies, { nothingUnderWay: true });
      expect(world.told()).toEqual(told);
      expect(world.records.all().filter(({ key }) => key.partition !== 'reconciler')).toEqual(
        before.filter(({ key }) => key.partition !== 'reconciler'),
      );
    }
    // It has operations to be killed in, and an answer where it is not.
    expect(number).toBeGreaterThan(2);
    expect(answer).toBeDefined();
  });

  it.each(DEATHS)('is put right at the next start, without waiting: %s', async (death) => {
    for (let number = 1; ; number += 1) {
      const { world, answer } = await killed(flow, number, death);
      // A broker of one process knows that nobody else is at it.
      world.clock.advance(SECOND);
      await reconcile(world.dependencies, { nothingUnderWay: true });
      for (const call of world.calls()) expect(call.status).not.toBe('requested');
      await expectChainInvariants(world);
      if (answer !== 'dead') break;
    }
  });

  it.each(DEATHS)('may be asked again, before the reconciler and after: %s', async (death) => {
    for (let number = 1; ; number += 1) {
      const { world, run, answer } = await killed(flow, number, death);
      const unwaited = await run();
      await world.settle();
      const waited = await run();
      for (const again of [unwaited, waited]) {
        if (again instanceof Refusal) {
          expect([
            'conflict',
            'outcome_unknown',
            'audit_unavailable',
            'denied_by_policy',
            'outside_task',
            'target_failed',
          ]).toContain(again.code);
        }
      }
      // One key, one task or call.
      expect(world.calls().length).toBeLessThanOrEqual(1);
      expect(world.tasks().length).toBeLessThanOrEqual(flow.tasks ?? 1);
      await expectChainInvariants(world);
      if (answer !== 'dead') break;
    }
  });
});

it('finds the session that was issued in the moment of death', async () => {
  const world = await createWorld();
  const { task, token } = await world.opened();
  const issue = () => world.issue(task.id, token, { key: 'k' });
  const { meddle, dead } = dyingAt(5, 'sent');
  world.meddle = meddle;
  expect(await Promise.race([issue(), dead])).toBe('dead');
  expect(world.sessions.asked).toHaveLength(1);
  await world.settle();
  expect(world.calls()).toMatchObject([{ status: 'outcome_unknown' }]);
  // The key does not run it a second time.
  expect(codeOf(await issue())).toBe('outcome_unknown');
  expect(world.sessions.asked).toHaveLength(1);
});

it('hands out credentials only after their event, wherever it is killed', async () => {
  for (const death of DEATHS) {
    for (let number = 1; ; number += 1) {
      const world = await createWorld();
      const { task, token } = await world.opened();
      const { meddle, dead } = dyingAt(number, death);
      world.meddle = meddle;
      const answer = await Promise.race([world.issue(task.id, token, { wanted: READ }), dead]);
      if (answer === 'dead') continue;
      expect(world.told('credentials.issued')).toHaveLength(1);
      break;
    }
  }
});
