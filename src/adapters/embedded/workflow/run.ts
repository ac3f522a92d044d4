// One execution of a state machine, from its start to its end, as Step Functions would go through it.
import type { Json, JsonObject } from '../../../shared/json.ts';
import { Failed, fill, find, put, RUNTIME, read, readSeconds } from './data.ts';
import {
  type Choice,
  type Condition,
  type FunctionName,
  functionOf,
  type Machine,
  type Retrier,
  type State,
  type Task,
  type Wait,
  waitsForCallback,
} from './language.ts';
import type { Timers } from './timers.ts';
import type { Tokens } from './tokens.ts';

export interface Surroundings {
  /** Rejects with a `Failed` that has the name of the error. */
  readonly invoke: (name: FunctionName, input: JsonObject) => Promise<Json>;
  readonly timers: Timers;
  readonly tokens: Tokens;
  /** Once it fires, nothing is waited for any more. */
  readonly signal: AbortSignal;
  /** Told of every transition, as in `Ask.Catch[0]`. */
  readonly onTransition?: (name: string) => void;
}

export interface Ending {
  readonly outcome: 'succeeded' | 'failed' | 'stopped';
  readonly state: string;
  readonly error?: string;
}

class Stopped extends Error {}

/** The service ends an execution there. Here, too: a loop that would be ended there must not go on here. */
const MOST_EVENTS = 25_000;

interface Execution extends Surroundings {
  /** Counts what the service would write into the execution's history. */
  readonly note: (events: number) => void;
}

interface Transition {
  readonly by: string;
  readonly to: string;
  readonly data: JsonObject;
}

interface Waiting<T> {
  readonly seconds: number;
  readonly onTime: (settle: {
    readonly done: (value: T) => void;
    readonly failed: (error: Error) => void;
  }) => void;
  readonly begin?: (done: (value: T) => void, failed: (error: Error) => void) => void;
}

/** What comes first: what was begun, the time, or the end of all waiting. */
function first<T>({ timers, signal }: Surroundings, { seconds, onTime, begin }: Waiting<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal.aborted) return reject(new Stopped());
    const stop = () => failed(new Stopped());
    const over = () => {
      cancel();
      signal.removeEventListener('abort', stop);
    };
    const done = (value: T) => {
      over();
      resolve(value);
    };
    const failed = (error: Error) => {
      over();
      reject(error);
    };
    const cancel = timers.after(seconds * 1000, () => onTime({ done, failed }));
    signal.addEventListener('abort', stop);
    begin?.(done, failed);
  });
}

function pause(execution: Execution, seconds: number): Promise<void> {
  return first<void>(execution, { seconds, onTime: ({ done }) => done() });
}

/** The answer, or nothing where a callback was waited for. */
async function attempt(task: Task, data: JsonObject, execution: Execution): Promise<Json> {
  const seconds = task.TimeoutSeconds ?? readSeconds(data, task.TimeoutSecondsPath ?? '', 1);
  let wake = () => {};
  const token = waitsForCallback(task) ? execution.tokens.issue(() => wake()) : undefined;
  try {
    const input = fill(task.Parameters.Payload, data, token?.text);
    execution.note(2);
    return await first<Json>(execution, {
      seconds,
      onTime: ({ failed }) => failed(new Failed('States.Timeout')),
      begin: (done, failed) => {
        // Whoever is told of the token may be faster than the function that told it.
        wake = () => done(null);
        execution
          .invoke(functionOf(task), input)
          .then((answer) => (token === undefined ? done(answer) : execution.note(1)))
          .catch(failed);
      },
    });
  } finally {
    token?.forget();
    execution.note(1);
  }
}

function matches(equals: readonly string[], error: string): boolean {
  if (error === RUNTIME) return false;
  if (equals.includes('States.ALL') || equals.includes(error)) return true;
  return equals.includes('States.TaskFailed') && error !== 'States.Timeout';
}

function delayOf({ IntervalSeconds, BackoffRate, MaxDelaySeconds }: Retrier, retries: number): number {
  return Math.min(IntervalSeconds * BackoffRate ** retries, MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
}

/** Of several retriers the first that matches decides, and each has its own count. */
async function withRetries(task: Task, data: JsonObject, execution: Execution): Promise<Json> {
  const retries = new Map<Retrier, number>();
  for (;;) {
    try {
      return await attempt(task, data, execution);
    } catch (thrown) {
      if (!(thrown instanceof Failed)) throw thrown;
      const retrier = task.Retry.find(({ ErrorEquals }) => matches(ErrorEquals, thrown.error));
      const count = retrier === undefined ? 0 : (retries.get(retrier) ?? 0);
      if (retrier === undefined || count >= retrier.MaxAttempts) throw thrown;
      retries.set(retrier, count + 1);
      await pause(execution, delayOf(retrier, count));
    }
  }
}

async function perform(task: Task, data: JsonObject, execution: Execution): Promise<Transition> {
  try {
    const answer = await withRetries(task, data, execution);
    const { ResultPath, ResultSelector, Next } = task;
    if (ResultPath === null || ResultSelector === undefined) return { by: 'Next', to: Next, data };
    const kept = fill(ResultSelector, { Payload: answer });
    return { by: 'Next', to: Next, data: put(data, ResultPath, kept) };
  } catch (thrown) {
    if (!(thrown instanceof Failed)) throw thrown;
    const at = task.Catch.findIndex(({ ErrorEquals }) => matches(ErrorEquals, thrown.error));
    const catcher = task.Catch[at];
    if (catcher === undefined) throw thrown;
    return { by: `Catch[${at}]`, to: catcher.Next, data };
  }
}

function holds(condition: Condition, data: JsonObject): boolean {
  if ('IsPresent' in condition) return (find(data, condition.Variable) !== undefined) === condition.IsPresent;
  return read(data, condition.Variable) === condition.StringEquals;
}

function choose({ Choices, Default }: Choice, data: JsonObject): Transition {
  const at = Choices.findIndex((rule) =>
    'And' in rule ? rule.And.every((condition) => holds(condition, data)) : holds(rule, data),
  );
  const rule = Choices[at];
  return rule === undefined
    ? { by: 'Default', to: Default, data }
    : { by: `Choices[${at}]`, to: rule.Next, data };
}

async function waitOut(state: Wait, data: JsonObject, execution: Execution): Promise<Transition> {
  const seconds = 'Seconds' in state ? state.Seconds : readSeconds(data, state.SecondsPath, 0);
  await pause(execution, seconds);
  return { by: 'Next', to: state.Next, data };
}

type Passed = Exclude<State, { readonly Type: 'Succeed' | 'Fail' }>;

async function pass(state: Passed, data: JsonObject, execution: Execution): Promise<Transition> {
  execution.note(2);
  switch (state.Type) {
    case 'Task':
      return perform(state, data, execution);
    case 'Choice':
      return choose(state, data);
    case 'Wait':
      return waitOut(state, data, execution);
  }
}

/** Never rejects but for a bug. */
export async function run(machine: Machine, input: JsonObject, surroundings: Surroundings): Promise<Ending> {
  let events = 0;
  const note = (more: number) => {
    events += more;
    if (events > MOST_EVENTS) throw new Failed(RUNTIME);
  };
  const execution: Execution = { ...surroundings, note };
  let name = machine.StartAt;
  let data = input;
  try {
    for (;;) {
      const state = machine.States[name];
      if (state === undefined) throw new Failed(RUNTIME);
      if (state.Type === 'Succeed') return { outcome: 'succeeded', state: name };
      if (state.Type === 'Fail') return { outcome: 'failed', state: name, error: state.Error };
      const transition = await pass(state, data, execution);
      surroundings.onTransition?.(`${name}.${transition.by}`);
      name = transition.to;
      data = transition.data;
    }
  } catch (thrown) {
    if (thrown instanceof Stopped) return { outcome: 'stopped', state: name };
    if (thrown instanceof Failed) return { outcome: 'failed', state: name, error: thrown.error };
    throw thrown;
  }
}
