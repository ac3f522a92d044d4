// The state machine of approvals: every branch by a case, what its file must and must not say, and how long it can go on.
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { approvalMachine } from '../../src/adapters/embedded/workflow/approval-machine.ts';
import type { Json } from '../../src/shared/json.ts';
import { type Asked, play, type Said } from '../adapters/embedded/workflow/play.ts';
import { ENDS, STATES, TASKS, TEXT, TRANSITIONS } from './approval.ts';

interface Step extends Said {
  readonly asked: string;
}

interface Case {
  readonly about: string;
  readonly steps: readonly Step[];
  readonly visits: readonly string[];
  readonly waited: readonly number[];
}

const DIRECTORY = new URL('../cases/workflow/', import.meta.url);
const CASES = readdirSync(DIRECTORY).map((file): [string, Case] => [
  file.replace('.json', ''),
  JSON.parse(readFileSync(new URL(file, DIRECTORY), 'utf8')),
]);
const MACHINE = await approvalMachine();

function stepOf({ name, input }: Asked): Json {
  return name === 'execute' ? 'execute' : (input['step'] ?? null);
}

/** In this order and no other. */
function scripted(steps: readonly Step[]): (asked: Asked) => Said {
  const left = [...steps];
  return (asked) => {
    const step = left.shift();
    if (step === undefined || step.asked !== stepOf(asked))
      throw new Error(`nobody expects ${stepOf(asked)}`);
    return step;
  };
}

/** What may be told to a function, and nothing else. */
function isPlain({ name, input }: Asked): boolean {
  const { approval, step, token, ...others } = input;
  const waits = step === 'ask' || step === 'escalate';
  return (
    approval === 'appr_1' &&
    Object.keys(others).length === 0 &&
    (step === undefined) === (name === 'execute') &&
    (waits ? typeof token === 'string' && token.length === 43 : token === undefined)
  );
}

describe('every branch', () => {
  it.each(CASES)('%s', async (_, { steps, visits, waited }) => {
    const played = await play({ machine: MACHINE, say: scripted(steps) });
    const visited = [...played.transitions.map((name) => name.split('.')[0]), played.ending?.state];
    expect(visited).toEqual(visits);
    expect(played.waited).toEqual(waited);
    expect(played.left).toBe(0);
    expect(played.asked.map(stepOf)).toEqual(steps.map(({ asked }) => asked));
    expect(played.asked.filter((asked) => !isPlain(asked))).toEqual([]);
    expect(played.ending?.outcome).toBe(
      ['Unknown', 'Lost'].includes(visits.at(-1) ?? '') ? 'failed' : 'succeeded',
    );
  });

  it('has a case', async () => {
    const taken = new Set<string>();
    for (const [, { steps }] of CASES) {
      const { transitions } = await play({ machine: MACHINE, say: scripted(steps) });
      for (const name of transitions) taken.add(name);
    }
    expect([...taken].sort()).toEqual([...TRANSITIONS].sort());
  });

  it('leads to an end that has a case', () => {
    expect(new Set(CASES.map(([, { visits }]) => visits.at(-1)))).toEqual(new Set(ENDS));
  });
});

const CARRIED = ['approval', 'token', 'step', 'status', 'stage', 'seconds', 'pause'];
const ONLY_CARRIED = new RegExp(`^(\\$\\.(Payload\\.)?(${CARRIED.join('|')})|\\$\\$\\.Task\\.Token)$`);

describe('the file', () => {
  it.each(TASKS)('%s has a timeout, and catches everything', (_, task) => {
    expect(
      [task.TimeoutSeconds, task.TimeoutSecondsPath].filter((given) => given !== undefined),
    ).toHaveLength(1);
    expect(task.Catch?.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
  });

  it.each(TASKS)('%s hands on ids, statuses and seconds only', (_, task) => {
    const { Payload = {} } = task.Parameters ?? {};
    for (const [name, value] of Object.entries({ ...Payload, ...task.ResultSelector })) {
      expect(CARRIED).toContain(name.replace('.$', ''));
      if (name.endsWith('.$')) expect(value).toMatch(ONLY_CARRIED);
      else expect(name).toBe('step');
    }
    // Else the whole answer would go on, or the whole error.
    expect(task.ResultSelector === undefined).toBe(task.ResultPath === null);
    expect(task.Catch?.map(({ ResultPath }) => ResultPath)).toEqual(task.Catch?.map(() => null));
  });

  it('retries what may be done twice, and never what carries a call out', () => {
    const retried = TASKS.filter(([, { Retry }]) => Retry !== undefined).map(([name]) => name);
    expect(retried).toEqual(['Look', 'Record']);
    const executing = TASKS.filter(([, { Parameters }]) => Parameters?.FunctionName === '${ExecuteFunction}');
    expect(executing.map(([name]) => name)).toEqual(['Execute']);
  });

  it('is deployed with two names to fill in', () => {
    const placeholders = new Set([...TEXT.matchAll(/\$\{[^}]*\}/g)].map(([name]) => name));
    expect(placeholders).toEqual(new Set(['${StepsFunction}', '${ExecuteFunction}']));
  });

  it.each(STATES)('%s says what it is for', (_, { Comment }) => {
    expect(Comment).toMatch(/\.$/);
  });
});

const MONTH = 30 * 24 * 3600;

/** An approval of a month for which everything goes wrong that may go wrong until it expires. */
function unlucky(pause: number): (asked: Asked, now: number) => Said {
  let looked = 0;
  return (asked, now) => {
    const step = stepOf(asked);
    const status = now >= MONTH ? 'expired' : 'pending';
    if (step === 'record') return { answers: { status } };
    if (step !== 'look') return { throws: 'Unavailable' };
    looked += 1;
    if (looked % 6 !== 0) return { throws: 'Unavailable' };
    return { answers: { status, stage: 'ask', seconds: Math.ceil(Math.max(1, MONTH - now)), pause } };
  };
}

describe('how long it can go on', () => {
  it('for a month in which nobody can be told, with the least pause', async () => {
    const { ending } = await play({ machine: MACHINE, say: unlucky(MONTH / 500) });
    expect(ending).toEqual({ outcome: 'succeeded', state: 'Expired' });
  });

  it('not with a pause much shorter than that: the history is full', async () => {
    const { ending } = await play({ machine: MACHINE, say: unlucky(MONTH / 1000) });
    expect(ending).toMatchObject({ outcome: 'failed', error: 'States.Runtime' });
  });

  it('for 880 votes in a month', async () => {
    let votes = 0;
    const { ending } = await play({
      machine: MACHINE,
      say: (asked) => {
        const step = stepOf(asked);
        if (step === 'ask') votes += 1;
        const status = votes >= 880 ? 'denied' : 'pending';
        if (step === 'look') return { answers: { status, stage: 'ask', seconds: MONTH, pause: 30 } };
        return step === 'ask' ? { woken: 'later' } : { answers: { status } };
      },
    });
    expect(ending).toMatchObject({ state: 'Denied' });
  });
});

const STATUSES = ['pending', 'approved', 'denied', 'expired', 'withdrawn', 'void'];
const CALLS = [
  'succeeded',
  'failed',
  'denied',
  'void',
  'outcome_unknown',
  'executing',
  'awaiting_approval',
  'approved',
];

const saying = fc.record({
  status: fc.constantFrom(...STATUSES),
  call: fc.constantFrom(...CALLS),
  stage: fc.constantFrom('ask', 'escalate'),
  how: fc.constantFrom('answers', 'answers', 'answers', 'throws', 'hangs'),
  woken: fc.constantFrom('at once', 'later', undefined),
});

describe('whatever its steps do', () => {
  it('it carries out only what a look found approved, once a look, and ends as was recorded last', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(saying, { minLength: 1, maxLength: 40 }), async (sayings) => {
        let at = 0;
        let approved = false;
        let recorded = '';
        const { ending, asked } = await play({
          machine: MACHINE,
          mostRounds: 400,
          say: (question) => {
            const { status, call, stage, how, woken } = sayings[at++ % sayings.length] ?? {};
            const step = stepOf(question);
            if (step === 'execute') expect(approved).toBe(true);
            approved = step === 'look' && how === 'answers' && status === 'approved';
            if (how === 'throws') return { throws: 'Unavailable' };
            if (how === 'hangs') return { hangs: true };
            if (step === 'record') recorded = String(call);
            const answers = { status: step === 'record' ? call : status, stage, seconds: 900, pause: 30 };
            return {
              answers,
              ...(woken !== undefined && question.input['token'] !== undefined ? { woken } : {}),
            };
          },
        });
        expect(asked.filter((question) => !isPlain(question))).toEqual([]);
        if (ending?.state === 'Executed') expect(recorded).toBe('succeeded');
        if (ending?.state === 'Unknown') expect(recorded).toBe('outcome_unknown');
        if (ending !== undefined) expect(ENDS).toContain(ending.state);
      }),
      { numRuns: 200, interruptAfterTimeLimit: 10_000 },
    );
  });
});
