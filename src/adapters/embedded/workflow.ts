// The workflow in this process: an execution for each approval, of the same state machine that is deployed on AWS.
import type { Ids } from '../../ports/ids.ts';
import type { Log } from '../../ports/log.ts';
import type { Workflow } from '../../ports/workflow.ts';
import type { Json, JsonObject } from '../../shared/json.ts';
import { Failed } from './workflow/data.ts';
import type { FunctionName, Machine } from './workflow/language.ts';
import { type Ending, run } from './workflow/run.ts';
import type { Timers } from './workflow/timers.ts';
import { createTokens } from './workflow/tokens.ts';

/** What the functions do that the machine calls. An error counts by its name. */
export type WorkflowFunctions = Readonly<Record<FunctionName, (input: JsonObject) => Promise<Json>>>;

export interface EmbeddedWorkflowDependencies {
  readonly machine: Machine;
  readonly functions: WorkflowFunctions;
  readonly timers: Timers;
  readonly ids: Ids;
  readonly log: Log;
}

export interface EmbeddedWorkflow extends Workflow {
  /**
   * Waits for nothing any more, and lets the steps end that are under way, for so long. What was not finished is found
   * at the next start: executions are kept nowhere.
   */
  stop(milliseconds: number): Promise<void>;
}

function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : 'unknown';
}

export function createEmbeddedWorkflow(dependencies: EmbeddedWorkflowDependencies): EmbeddedWorkflow {
  const { machine, functions, timers, ids, log } = dependencies;
  const tokens = createTokens(ids);
  const running = new Map<string, AbortController>();
  /** Also those whose execution has gone on without them. */
  const underWay = new Set<Promise<unknown>>();
  let stopped = false;

  function complain(error: string): void {
    log.error('background work failed', { error });
  }

  async function invoke(name: FunctionName, input: JsonObject): Promise<Json> {
    // Later, so that whoever starts an execution waits for none of its steps.
    const answer = Promise.resolve().then(() => functions[name](input));
    underWay.add(answer);
    try {
      return await answer;
    } catch (thrown) {
      complain(nameOf(thrown));
      throw new Failed(nameOf(thrown));
    } finally {
      underWay.delete(answer);
    }
  }

  async function work(approval: string, signal: AbortSignal): Promise<void> {
    const ending: Ending = await run(machine, { approval }, { invoke, timers, tokens, signal });
    if (ending.outcome === 'failed') complain(ending.error ?? 'unknown');
  }

  return {
    async start(approval) {
      if (stopped || running.has(approval)) return;
      const controller = new AbortController();
      running.set(approval, controller);
      work(approval, controller.signal)
        .catch((thrown: unknown) => complain(nameOf(thrown)))
        .finally(() => running.delete(approval));
    },
    async wake(token) {
      tokens.wake(token);
    },
    async stop(milliseconds) {
      stopped = true;
      for (const controller of running.values()) controller.abort();
      await new Promise<void>((resolve) => {
        const cancel = timers.after(milliseconds, resolve);
        Promise.allSettled(underWay).then(() => {
          cancel();
          resolve();
        });
      });
    },
  };
}
