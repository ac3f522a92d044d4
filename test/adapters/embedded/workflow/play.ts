// Plays a state machine with steps that answer by a script: what it visits, what it asks, how long it waits.
import { getEventListeners } from 'node:events';
import { Failed } from '../../../../src/adapters/embedded/workflow/data.ts';
import type { FunctionName, Machine } from '../../../../src/adapters/embedded/workflow/language.ts';
import { type Ending, run } from '../../../../src/adapters/embedded/workflow/run.ts';
import { createTokens, type Tokens } from '../../../../src/adapters/embedded/workflow/tokens.ts';
import { systemIds } from '../../../../src/adapters/system.ts';
import type { Json, JsonObject } from '../../../../src/shared/json.ts';
import { idle, manualTimers } from './manual-timers.ts';

export interface Said {
  readonly answers?: Json;
  /** The name of an error. */
  readonly throws?: string;
  /** It never answers. */
  readonly hangs?: boolean;
  /** A callback comes for the token that it was given: while it is still at it, or once it has answered. */
  readonly woken?: 'at once' | 'later';
}

export interface Asked {
  readonly name: FunctionName;
  readonly input: JsonObject;
}

export interface Played {
  readonly ending: Ending | undefined;
  readonly transitions: readonly string[];
  readonly asked: readonly Asked[];
  /** Seconds that passed, wait by wait. */
  readonly waited: readonly number[];
  /** What would go on waiting though the execution does not: timers, listeners, tokens. */
  readonly left: number;
}

export interface Script {
  readonly machine: Machine;
  readonly input?: JsonObject;
  readonly say: (asked: Asked, secondsSinceStart: number) => Said;
  /** So that a test of a machine that goes round for ever has an end. */
  readonly mostRounds?: number;
}

function countedTokens(issued: Set<string>): Tokens {
  const tokens = createTokens(systemIds);
  return {
    wake: tokens.wake,
    issue(wake) {
      const { text, forget } = tokens.issue(wake);
      issued.add(text);
      return {
        text,
        forget: () => {
          forget();
          issued.delete(text);
        },
      };
    },
  };
}

export async function play({ machine, input, say, mostRounds = 200_000 }: Script): Promise<Played> {
  const timers = manualTimers();
  const issued = new Set<string>();
  const tokens = countedTokens(issued);
  const asked: Asked[] = [];
  const transitions: string[] = [];
  const waited: number[] = [];
  let toWake: string | undefined;
  let ending: Ending | undefined;

  async function invoke(name: FunctionName, given: JsonObject): Promise<Json> {
    const question = { name, input: given };
    asked.push(question);
    const said = say(question, timers.now);
    const token = String(given['token']);
    if (said.woken === 'at once') tokens.wake(token);
    if (said.woken === 'later') toWake = token;
    if (said.hangs) return new Promise(() => {});
    if (said.throws !== undefined) throw new Failed(said.throws);
    return said.answers ?? {};
  }

  const { signal } = new AbortController();
  const onTransition = (name: string) => transitions.push(name);
  let problem: unknown;
  run(machine, input ?? { approval: 'appr_1' }, { invoke, timers, tokens, signal, onTransition }).then(
    (end) => {
      ending = end;
    },
    (thrown: unknown) => {
      problem = thrown;
    },
  );
  for (let round = 0; round < mostRounds; round += 1) {
    await idle();
    if (problem !== undefined) throw problem;
    if (ending !== undefined) break;
    if (toWake !== undefined) {
      tokens.wake(toWake);
      toWake = undefined;
    } else {
      const seconds = timers.fire();
      if (seconds === undefined) break;
      waited.push(seconds);
    }
  }
  const left = timers.set + getEventListeners(signal, 'abort').length + issued.size;
  return { ending, transitions, asked, waited, left };
}
