// How an execution goes: timeouts, retries and their counts, errors by name, callbacks, and what the data must have.
import { describe, expect, it } from 'vitest';
import { loadMachine } from '../../../../src/adapters/embedded/workflow/language.ts';
import { ASK, CATCH_ALL, machineOf, TASK } from './machines.ts';
import { type Asked, play, type Said } from './play.ts';

const FINE: Said = { answers: { status: 'approved' } };

function playing(first: object, says: readonly Said[], more = {}) {
  const left = [...says];
  return play({ machine: loadMachine(machineOf(first, more)), say: () => left.shift() ?? FINE });
}

const retry = (ErrorEquals: readonly string[], MaxAttempts: number, more = {}) => ({
  ErrorEquals,
  IntervalSeconds: 2,
  BackoffRate: 3,
  MaxAttempts,
  ...more,
});
const caught = (name: string) => ({ ErrorEquals: [name], ResultPath: null, Next: 'Caught' });

describe('a task', () => {
  it('is over when its time is', async () => {
    const { ending, waited } = await playing({ ...TASK, Catch: [caught('States.Timeout')] }, [
      { hangs: true },
    ]);
    expect(ending).toEqual({ outcome: 'failed', state: 'Caught', error: 'Caught' });
    expect(waited).toEqual([30]);
  });

  it('leaves no timer behind', async () => {
    const { waited } = await playing(TASK, [FINE]);
    expect(waited).toEqual([]);
  });

  it.each([
    ['Unavailable', 'Unavailable', true],
    ['Unavailable', 'Other', false],
    ['States.TaskFailed', 'Unavailable', true],
    ['States.TaskFailed', 'States.Timeout', false],
    ['States.Timeout', 'Unavailable', false],
    ['States.ALL', 'States.Timeout', true],
    ['States.ALL', 'States.Runtime', false],
  ])('that catches %s: %s is caught: %s', async (name, thrown, isCaught) => {
    const { ending } = await playing({ ...TASK, Catch: [caught(name)] }, [{ throws: thrown }]);
    expect(ending).toEqual(
      isCaught
        ? { outcome: 'failed', state: 'Caught', error: 'Caught' }
        : { outcome: 'failed', state: 'First', error: thrown },
    );
  });

  it('is caught by the first that matches', async () => {
    const Catch = [{ ...caught('Unavailable'), Next: 'Done' }, CATCH_ALL];
    expect((await playing({ ...TASK, Catch }, [{ throws: 'Unavailable' }])).ending?.state).toBe('Done');
    expect((await playing({ ...TASK, Catch }, [{ throws: 'Other' }])).ending?.state).toBe('Caught');
  });
});

describe('a retry', () => {
  it('waits longer every time, but no longer than it may', async () => {
    const Retry = [retry(['States.ALL'], 4, { MaxDelaySeconds: 20 })];
    const { ending, waited } = await playing({ ...TASK, Retry }, Array(4).fill({ throws: 'Unavailable' }));
    expect(ending?.outcome).toBe('succeeded');
    expect(waited).toEqual([2, 6, 18, 20]);
  });

  it('ends with its attempts; then the error is caught', async () => {
    const Retry = [retry(['States.ALL'], 2)];
    const first = { ...TASK, Retry, Catch: [CATCH_ALL] };
    const { ending, asked } = await playing(first, Array(3).fill({ throws: 'Unavailable' }));
    expect(ending?.state).toBe('Caught');
    expect(asked).toHaveLength(3);
  });

  it('is the first that matches, and each counts for itself', async () => {
    const Retry = [retry(['A', 'B'], 2), retry(['States.ALL'], 1, { IntervalSeconds: 50 })];
    const says = ['A', 'B', 'C', 'B'].map((throws) => ({ throws }));
    const { ending, waited } = await playing({ ...TASK, Retry }, says);
    expect(waited).toEqual([2, 6, 50]);
    // Its two attempts are used up, and the other is for errors that no earlier one is for.
    expect(ending).toEqual({ outcome: 'failed', state: 'First', error: 'B' });
  });

  it('counts anew when the state is entered again', async () => {
    const Retry = [retry(['States.ALL'], 1)];
    const first = { ...TASK, Retry, Next: 'Wait', Catch: [CATCH_ALL] };
    const more = { Wait: { Type: 'Wait', Seconds: 7, Next: 'First' } };
    const says = [{ throws: 'A' }, FINE, { throws: 'A' }, FINE, { throws: 'A' }, { throws: 'A' }];
    const { ending, waited } = await playing(first, says, more);
    expect(waited).toEqual([2, 7, 2, 7, 2]);
    expect(ending?.state).toBe('Caught');
  });

  it('gets a token of its own', async () => {
    const says: readonly Said[] = [{ throws: 'Unavailable' }, { woken: 'later' }];
    const { ending, asked } = await playing({ ...ASK, Retry: [retry(['States.ALL'], 1)] }, says);
    expect(ending?.state).toBe('Done');
    expect(new Set(asked.map(({ input }) => input['token'])).size).toBe(2);
  });
});

describe('a callback', () => {
  it.each(['at once', 'later'] as const)('that comes %s ends the waiting', async (woken) => {
    const { ending, waited } = await playing(ASK, [{ woken }]);
    expect(ending?.state).toBe('Done');
    expect(waited).toEqual([]);
  });

  it('ends it though the step fails after that', async () => {
    const { ending } = await playing({ ...ASK, Catch: [CATCH_ALL] }, [
      { woken: 'at once', throws: 'Unavailable' },
    ]);
    expect(ending?.state).toBe('Done');
  });

  it('is not waited for where the step fails', async () => {
    const { ending, waited } = await playing({ ...ASK, Catch: [CATCH_ALL] }, [{ throws: 'Unavailable' }]);
    expect(ending?.state).toBe('Caught');
    expect(waited).toEqual([]);
  });

  it('that does not come is a timeout', async () => {
    const { ending, waited } = await playing({ ...ASK, Catch: [caught('States.Timeout')] }, [{}]);
    expect(ending?.state).toBe('Caught');
    expect(waited).toEqual([60]);
  });
});

const STRANGE = { outcome: 'failed', state: 'First', error: 'States.Runtime' };
const FROM_DATA = { ...TASK, TimeoutSeconds: undefined, TimeoutSecondsPath: '$.given', Catch: [CATCH_ALL] };

describe('what does not fit the file fails the execution, and nothing catches it', () => {
  it.each([{}, { stage: 'ask' }, null, 'approved', ['approved'], { status: undefined }])(
    'an answer of %j',
    async (answers) => {
      const says = [{ answers: answers as never }];
      expect((await playing({ ...TASK, Catch: [CATCH_ALL] }, says)).ending).toEqual(STRANGE);
    },
  );

  it.each([0, -1, 1.5, '60', null, 100_000_000, undefined])('a timeout of %j', async (given) => {
    const machine = loadMachine(machineOf(JSON.parse(JSON.stringify(FROM_DATA))));
    const input = { approval: 'appr_1', ...(given === undefined ? {} : { given }) };
    expect((await play({ machine, input, say: () => FINE })).ending).toEqual(STRANGE);
  });

  it.each([-1, 1.5, '60', null])('a wait of %j', async (given) => {
    const machine = loadMachine(machineOf({ Type: 'Wait', SecondsPath: '$.given', Next: 'Done' }));
    expect((await play({ machine, input: { given }, say: () => FINE })).ending).toEqual(STRANGE);
  });

  it('what a task is to be told', async () => {
    const machine = loadMachine(machineOf({ ...TASK, Catch: [CATCH_ALL] }));
    const { ending, asked } = await play({ machine, input: {}, say: () => FINE });
    expect(ending).toEqual(STRANGE);
    expect(asked).toEqual([]);
  });
});

function choosing(rule: object, given: object) {
  const choice = { Type: 'Choice', Choices: [{ ...rule, Next: 'Done' }], Default: 'Caught' };
  return play({ machine: loadMachine(machineOf(choice)), input: { ...given }, say: () => FINE });
}

describe('a choice', () => {
  const is = { Variable: '$.a.b', StringEquals: 'yes' };
  it.each<readonly [object, object, string]>([
    [is, { a: { b: 'yes' } }, 'Done'],
    [is, { a: { b: 'no' } }, 'Caught'],
    [is, { a: { b: 1 } }, 'Caught'],
    [is, { a: {} }, 'First'],
    [is, { a: ['yes'] }, 'First'],
    [{ Variable: '$.toString', IsPresent: true }, {}, 'Caught'],
    [{ Variable: '$.a.b', IsPresent: true }, { a: { b: null } }, 'Done'],
    [{ Variable: '$.a.b', IsPresent: false }, { a: {} }, 'Done'],
    [{ And: [{ Variable: '$.a', IsPresent: true }, is] }, {}, 'Caught'],
    [{ And: [{ Variable: '$.a', IsPresent: true }, is] }, { a: { b: 'yes' } }, 'Done'],
    [{ And: [{ Variable: '$.a', IsPresent: true }, is] }, { a: { b: 'no' } }, 'Caught'],
  ])('%j of %j leads to %s', async (rule, given, state) => {
    expect((await choosing(rule, given)).ending?.state).toBe(state);
  });
});

it('hands on what a state is told to, and the answers of states before it', async () => {
  const second = {
    ...TASK,
    Parameters: {
      FunctionName: '${ExecuteFunction}',
      Payload: { step: 'second', 'status.$': '$.look.status', 'approval.$': '$.approval' },
    },
    TimeoutSeconds: 60,
    ResultPath: null,
    ResultSelector: undefined,
  };
  const { asked } = await playing({ ...TASK, Next: 'Second' }, [], {
    Second: JSON.parse(JSON.stringify(second)),
  });
  expect(asked).toEqual<readonly Asked[]>([
    { name: 'steps', input: { step: 'look', approval: 'appr_1' } },
    { name: 'execute', input: { step: 'second', status: 'approved', approval: 'appr_1' } },
  ]);
});
