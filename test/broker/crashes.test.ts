// Kills a use case in each of its operations, and looks at what the reconciler makes of what is left.
import { describe, expect, it } from 'vitest';
import { reconcile } from '../../src/broker/index.ts';
import { Refusal } from '../../src/shared/errors.ts';
import type { Call } from '../../src/tasks/index.ts';
import { SECOND } from '../support/clock.ts';
import { DEATHS, type Death, dyingAt } from '../support/meddling.ts';
import { codeOf, createWorld, READ, type World } from '../support/world.ts';

interface Flow {
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

const OUTCOME_OF: Readonly<Record<Call['status'], readonly string[]>> = {
  requested: [],
  succeeded: ['credentials.issued'],
  failed: ['call.failed'],
  denied: ['call.denied'],
  outcome_unknown: [],
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
        ...OUTCOME_OF[call.status],
        'call.unknown',
        ...(call.repeats === undefined ? [] : ['call.repeated']),
      ]).toContain(outcome.body['type']);
      expect(outcome.body['call']).toBe(call.repeats ?? call.id);
      expect(outcome.id > call.intentEvent, 'the outcome stands after the intent').toBe(true);
    }
  }
  // Nothing twice: each event of these fills one place, so each subject has one.
  const subjects = world
    .told('credentials.issued', 'call.denied', 'call.failed', 'call.unknown', 'task.opened', 'task.finished')
    .map(({ type, call, task }) =>
      call === undefined ? `${String(type)} ${String(task)}` : `outcome ${String(call)}`,
    );
  expect(new Set(subjects).size).toBe(subjects.length);
  // What STS was asked for has a call, and its intent.
  expect(world.told('call.requested').length).toBeGreaterThanOrEqual(world.sessions.asked.length);
  for (const task of world.tasks().filter(({ ended }) => ended !== undefined)) {
    expect(world.told('task.finished').filter((told) => told['task'] === task.id)).toHaveLength(1);
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

describe.each(Object.entries(FLOWS))('%s', (_, flow) => {
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
      expect(world.tasks().length).toBeLessThanOrEqual(1);
      if (answer !== 'dead') break;
    }
  });
});

it('finds the session that was issued in the moment of death', async () => {
  const world = await createWorld();
  const { task, token } = await world.opened();
  const issue = () => world.issue(task.id, token, { key: 'k' });
  const { meddle, dead } = dyingAt(4, 'sent');
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
