// Whatever operators write: what a backtest says would be decided is what the broker decides once those files are in force.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Rules } from '../../src/broker/index.ts';
import type { JsonObject } from '../../src/shared/json.ts';
import type { Task } from '../../src/tasks/index.ts';
import { changesUnder, rulesFor } from '../support/backtested.ts';
import { AGENTS } from '../support/chains.ts';
import { play, scenario } from '../support/random-chains.ts';
import type { World } from '../support/world.ts';

/** What would be decided otherwise, by the event that records it. */
async function changesOf(rules: Rules, events: readonly JsonObject[]): Promise<ReadonlyMap<string, unknown>> {
  const { found, counters } = await changesUnder(rules, events);
  expect(counters).toMatchObject({ withoutInput: 0, unreadable: 0 });
  return new Map(found.map(({ event, wouldBe }) => [event, comparable(wouldBe)]));
}

interface Decided {
  readonly outcome: string;
  readonly code?: unknown;
  readonly approvals?: unknown;
}

const comparable = ({ outcome, code, approvals }: Decided): Decided => ({ outcome, code, approvals });

/** What an event says of the one decision that it tells of; undefined where it was no matter of the files. */
function decidedIn(event: JsonObject | undefined): Decided | undefined {
  const told = event as unknown as {
    readonly type: string;
    readonly decision?: Decided;
    readonly capabilities?: readonly { readonly decision: Decided }[];
    readonly code?: string;
    readonly refusal?: { readonly code: string };
  };
  if (event === undefined) return undefined;
  const decision = told.type === 'task.opened' ? told.capabilities?.[0]?.decision : told.decision;
  if (decision !== undefined) return comparable(decision);
  const code = told.refusal?.code ?? told.code;
  return code === 'outside_ceiling' ? { outcome: 'denied', code, approvals: undefined } : undefined;
}

const TELLING = ['task.opened', 'task.refused', 'credentials.issued', 'call.denied', 'call.failed'];

/** The one event of what is asked, under these rules. */
async function told(
  world: World,
  rules: Rules,
  ask: () => Promise<unknown>,
): Promise<JsonObject | undefined> {
  const before = new Set(world.told(...TELLING).map(({ id }) => id));
  world.rules = rules;
  await ask();
  return world.told(...TELLING).find(({ id }) => !before.has(id));
}

/** Everything that can be asked for again exactly as it was: each use of what tasks hold, and openings of one thing. */
function requests(world: World, chain: readonly { readonly task: Task; readonly token: string }[]) {
  const uses = chain.flatMap(({ task, token }) =>
    task.capabilities.map(
      ({ capability, parameters }) =>
        () =>
          world.issue(task.id, token, { wanted: [{ capability, parameters }] }),
    ),
  );
  const openings = AGENTS.slice(0, 3).flatMap((agent) =>
    ['store:one', 'store:two', 'store:nonesuch'].map((capability) => () => {
      const capabilities = [{ capability, parameters: { path: 'a' } }];
      return world.open({ token: world.agentToken(agent), capabilities, purpose: 'Tidy up' });
    }),
  );
  return [...uses, ...openings];
}

test('as the broker itself decides under the candidate, call by call', async () => {
  let compared = 0;
  let changed = 0;
  await fc.assert(
    fc.asyncProperty(scenario, scenario, async (played, other) => {
      const { world, chain } = await play(played);
      const [was, candidate] = [await rulesFor(played.parts), await rulesFor(other.parts)];
      const recorded: JsonObject[] = [];
      const expected = new Map<string, unknown>();
      for (const ask of requests(world, chain)) {
        const first = await told(world, was, ask);
        const then = decidedIn(first);
        const now = decidedIn(await told(world, candidate, ask));
        // Whether a task covers what it is used for is a matter of the moment, and not of the record.
        if (first === undefined || then === undefined || now === undefined) continue;
        recorded.push(first);
        if (JSON.stringify(then) !== JSON.stringify(now)) expected.set(String(first['id']), now);
      }
      compared += recorded.length;
      changed += expected.size;
      expect(await changesOf(candidate, recorded)).toEqual(expected);
      expect(await changesOf(was, recorded)).toEqual(new Map());
    }),
    { numRuns: 20 },
  );
  // Or nothing was tested.
  expect(compared).toBeGreaterThan(200);
  expect(changed).toBeGreaterThan(50);
});
