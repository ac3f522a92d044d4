// The workflow in this process: executions that end and begin again, tokens, faults that reach nobody, and stopping.
import { describe, expect, it } from 'vitest';
import { approvalMachine } from '../../../src/adapters/embedded/workflow/approval-machine.ts';
import { createEmbeddedWorkflow } from '../../../src/adapters/embedded/workflow.ts';
import { systemIds } from '../../../src/adapters/system.ts';
import { Unavailable } from '../../../src/shared/errors.ts';
import type { Json, JsonObject } from '../../../src/shared/json.ts';
import { keptLog } from './workflow/log.ts';
import { idle, manualTimers } from './workflow/manual-timers.ts';

const MACHINE = await approvalMachine();
const PENDING = { status: 'pending', stage: 'ask', seconds: 900, pause: 30 };

interface World {
  /** What each approval has come to; pending unless it says otherwise. */
  readonly statuses: Map<string, string>;
  /** What the steps were asked, in order. */
  readonly asked: string[];
  readonly tokens: string[];
}

/** The approval's record, as much of it as the steps need. */
function setUp(meddle: (step: string, world: World) => Promise<Json> | undefined = () => undefined) {
  const world: World = { statuses: new Map(), asked: [], tokens: [] };
  const timers = manualTimers();
  const log = keptLog();
  async function answer(step: string, input: JsonObject): Promise<Json> {
    world.asked.push(step);
    if (typeof input['token'] === 'string') world.tokens.push(input['token']);
    const other = meddle(step, world);
    if (other !== undefined) return other;
    const status = world.statuses.get(String(input['approval'])) ?? 'pending';
    return step === 'record' ? { status } : { ...PENDING, status };
  }
  const workflow = createEmbeddedWorkflow({
    machine: MACHINE,
    functions: {
      steps: (input) => answer(String(input['step']), input),
      execute: (input) => answer('execute', input),
    },
    timers,
    ids: systemIds,
    log,
  });
  return { ...world, timers, log, workflow };
}

const MINUTES = 60_000;

describe('an execution', () => {
  it('begins once it was started, not while it is', async () => {
    const { workflow, asked } = setUp();
    const started = workflow.start('appr_1');
    expect(asked).toEqual([]);
    await started;
    await idle();
    expect(asked).toEqual(['look', 'ask']);
  });

  it('may be started anew when it has ended', async () => {
    const { workflow, asked, statuses, tokens } = setUp();
    await workflow.start('appr_1');
    await idle();
    statuses.set('appr_1', 'denied');
    await workflow.wake(tokens[0] ?? '');
    await idle();
    expect(asked).toEqual(['look', 'ask', 'look', 'record']);
    await workflow.start('appr_1');
    await idle();
    expect(asked).toEqual(['look', 'ask', 'look', 'record', 'look', 'record']);
  });

  it('of one approval knows nothing of the next', async () => {
    const { workflow, asked, statuses, tokens } = setUp();
    await Promise.all([workflow.start('appr_1'), workflow.start('appr_2')]);
    await idle();
    statuses.set('appr_2', 'withdrawn');
    await workflow.wake(tokens[0] ?? '');
    await idle();
    // The first goes on waiting: only it was woken, and it is still pending.
    expect(asked).toEqual(['look', 'look', 'ask', 'ask', 'look', 'ask']);
  });
});

describe('a token', () => {
  it('cannot be guessed, and is another every time', async () => {
    const { workflow, tokens } = setUp();
    await Promise.all(Array.from({ length: 50 }, (_, at) => workflow.start(`appr_${at}`)));
    await idle();
    expect(new Set(tokens).size).toBe(50);
    for (const token of tokens) expect(token).toMatch(/^[\w-]{43}$/);
  });

  it('wakes once', async () => {
    const { workflow, asked, tokens } = setUp();
    await workflow.start('appr_1');
    await idle();
    for (const _ of ['used', 'again']) {
      await workflow.wake(tokens[0] ?? '');
      await idle();
    }
    expect(asked).toEqual(['look', 'ask', 'look', 'ask']);
  });

  it('wakes nobody once the time is over', async () => {
    const { workflow, asked, tokens, timers } = setUp();
    await workflow.start('appr_1');
    await idle();
    timers.fire();
    await idle();
    expect(asked).toEqual(['look', 'ask', 'look', 'ask']);
    await workflow.wake(tokens[0] ?? '');
    await idle();
    expect(asked).toHaveLength(4);
  });

  it.each(['', 'unknown', '__proto__'])('of %j wakes nobody', async (token) => {
    const { workflow, asked } = setUp();
    await workflow.start('appr_1');
    await idle();
    await workflow.wake(token);
    await idle();
    expect(asked).toEqual(['look', 'ask']);
  });
});

const canary = () => {
  throw new TypeError('canary');
};

describe('a fault', () => {
  it.each<readonly [string, () => Promise<Json>, string]>([
    ['that is thrown at once', canary, 'TypeError'],
    ['of a back end', () => Promise.reject(new Unavailable('mail')), 'Unavailable'],
    ['that is no error', () => Promise.reject('canary'), 'unknown'],
  ])('%s is logged by its name and reaches nobody', async (_, fail, error) => {
    const { workflow, log, timers } = setUp((step) => (step === 'ask' ? fail() : undefined));
    await workflow.start('appr_1');
    await idle();
    expect(log.lines).toEqual([{ level: 'error', message: 'background work failed', fields: { error } }]);
    expect(JSON.stringify(log.lines)).not.toContain('canary');
    // It goes on after the pause.
    expect(timers.set).toBe(1);
  });

  it('of a step that was no longer waited for is logged, too', async () => {
    const { workflow, log, timers } = setUp((step, { asked }) => {
      if (step !== 'look' || asked.length > 1) return undefined;
      return new Promise((_, reject) => {
        late = () => reject(new Unavailable('records'));
      });
    });
    let late = () => {};
    await workflow.start('appr_1');
    await idle();
    timers.fire();
    await idle();
    late();
    await idle();
    expect(log.lines.map(({ fields }) => fields.error)).toEqual(['Unavailable']);
  });

  it.each<readonly [string, Json, string]>([
    ['an end that is none', { status: 'requested' }, 'Lost'],
    ['an end that is not known', { status: 'outcome_unknown' }, 'OutcomeUnknown'],
    ['an answer that says nothing', {}, 'States.Runtime'],
  ])('is %s', async (_, recorded, error) => {
    const { workflow, statuses, log } = setUp((step) =>
      step === 'record' ? Promise.resolve(recorded) : undefined,
    );
    statuses.set('appr_1', 'denied');
    await workflow.start('appr_1');
    await idle();
    expect(log.lines.map(({ fields }) => fields.error)).toEqual([error]);
  });

  it('is not what ends as it should', async () => {
    const { workflow, statuses, log, timers } = setUp();
    for (const status of ['denied', 'expired', 'withdrawn', 'void']) {
      statuses.set(`appr_${status}`, status);
      await workflow.start(`appr_${status}`);
    }
    await idle();
    expect(log.lines).toEqual([]);
    expect(timers.set).toBe(0);
  });
});

describe('stopping', () => {
  it('ends what waits, for a callback or for time', async () => {
    const { workflow, asked, tokens, timers } = setUp((_, { asked: before }) =>
      // The second one can't ask, and pauses.
      before.length === 4 ? Promise.reject(new Unavailable('mail')) : undefined,
    );
    await Promise.all([workflow.start('appr_1'), workflow.start('appr_2')]);
    await idle();
    expect(asked).toEqual(['look', 'look', 'ask', 'ask']);
    expect(timers.set).toBe(2);
    await workflow.stop(10 * MINUTES);
    expect(timers.set).toBe(0);
    for (const token of tokens) await workflow.wake(token);
    await idle();
    expect(asked).toHaveLength(4);
  });

  it('lets a step end that is under way, and begins no other', async () => {
    let finish = (_: Json) => {};
    const hung = new Promise<Json>((resolve) => {
      finish = resolve;
    });
    const { workflow, statuses, asked } = setUp((step) => (step === 'execute' ? hung : undefined));
    statuses.set('appr_1', 'approved');
    await workflow.start('appr_1');
    await idle();
    let stopped = false;
    const stopping = workflow.stop(10 * MINUTES).then(() => {
      stopped = true;
    });
    await idle();
    expect(stopped).toBe(false);
    finish({ status: 'done' });
    await stopping;
    await idle();
    expect(asked).toEqual(['look', 'execute']);
  });

  it('waits no longer than it is told', async () => {
    const { workflow, timers } = setUp(() => new Promise<Json>(() => {}));
    await workflow.start('appr_1');
    await idle();
    const stopping = workflow.stop(10 * MINUTES);
    await idle();
    expect(timers.fire()).toBe(600);
    await stopping;
  });

  it('begins no other step where it was woken just before', async () => {
    const { workflow, asked, tokens } = setUp();
    await workflow.start('appr_1');
    await idle();
    const woken = workflow.wake(tokens[0] ?? '');
    await workflow.stop(10 * MINUTES);
    await woken;
    await idle();
    expect(asked).toEqual(['look', 'ask']);
  });

  it('starts nothing after that', async () => {
    const { workflow, asked } = setUp();
    await workflow.stop(10 * MINUTES);
    await workflow.start('appr_1');
    await idle();
    expect(asked).toEqual([]);
  });
});
