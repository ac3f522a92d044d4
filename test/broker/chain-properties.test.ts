// Whatever operators write and agents ask for: a task below another is never more than that one, and never milder.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/policy/index.ts';
import { Refusal } from '../../src/shared/errors.ts';
import type { Task } from '../../src/tasks/index.ts';
import { AGENTS, accept, type Held, LIST } from '../support/chains.ts';
import { type Asked, allows, exampleOf, type Statement } from '../support/iam-patterns.ts';
import { executed, type Played, play, scenario } from '../support/random-chains.ts';
import { codeOf, type World } from '../support/world.ts';

const RANK = { allowed: 0, needsApproval: 1, denied: 2 } as const;

/** No less strict: whatever satisfies the one satisfies the other. */
function expectNoMilder(below: Decision, above: Decision): void {
  expect(RANK[below.outcome]).toBeGreaterThanOrEqual(RANK[above.outcome]);
  if (below.outcome !== 'needsApproval' || above.outcome !== 'needsApproval') return;
  expect(below.approvals?.count).toBeGreaterThanOrEqual(above.approvals?.count ?? 0);
  for (const [group, needed] of Object.entries(above.approvals?.of ?? {})) {
    expect(below.approvals?.of[group] ?? 0).toBeGreaterThanOrEqual(needed);
  }
}

/** What the task's own agent would be told under that task, if nobody stood above it. */
function ownDecision(
  { rules }: World,
  { agent, purpose, requester, openedAt, ancestors }: Task,
  capability: string,
): Decision {
  const task = { agent, purpose, openedAt, chainDepth: ancestors.length };
  return rules.policy.decide({
    at: openedAt,
    address: '127.0.0.1',
    chain: [requester === undefined ? task : { ...task, requester }],
    operations: [{ capability, parameters: {} }],
  });
}

const statementsOf = (policy: string) =>
  (JSON.parse(policy) as { Statement: readonly Statement[] }).Statement;

/** Requests that a session with this policy may make, one for each action and resource. */
function requestsUnder(policy: string, seed: number): readonly Asked[] {
  const example = (pattern: string) => fc.sample(exampleOf(pattern), { numRuns: 1, seed })[0] ?? '';
  return statementsOf(policy).flatMap(({ Action, Resource, Condition }) => {
    const context = Object.entries(Condition).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => {
        const [value = ''] = [values].flat().slice(seed % [values].flat().length);
        // Just before the end, which is the last moment at which it may.
        const moment = () => new Date(Date.parse(value) - 1).toISOString();
        return [key, operator === 'DateLessThan' ? moment() : example(value)] as const;
      }),
    );
    return Action.flatMap((action) =>
      Resource.map((resource) => ({
        action,
        resource: example(resource),
        context: Object.fromEntries(context),
      })),
    );
  });
}

/** How often there was something to see: a property that never saw anything has shown nothing. */
const seen = { delegated: 0, executed: 0, narrower: 0, approvals: 0, deepest: 0 };

async function expectNoneWider({ world, chain }: Played, seed: number): Promise<void> {
  const done = [];
  for (const held of chain) done.push(await executed(world, held));
  for (const [place, below] of chain.entries()) {
    const above = chain[place - 1];
    if (above === undefined) continue;
    seen.delegated += 1;
    seen.deepest = Math.max(seen.deepest, place);
    for (const { policy, operation } of done[place] ?? []) {
      seen.executed += 1;
      const same = above.task.capabilities.some(
        (one) =>
          JSON.stringify([one.capability, one.parameters]) ===
          JSON.stringify([operation.capability, operation.parameters]),
      );
      if (!same) seen.narrower += 1;
      // What is done below could be done by each above in its own sessions, at that very moment.
      for (const others of done.slice(0, place)) {
        const statements = others.flatMap((one) => statementsOf(one.policy));
        for (const asked of requestsUnder(policy, seed)) {
          expect(statementsOf(policy).some((one) => allows(one, asked))).toBe(true);
          expect(
            statements.some((one) => allows(one, asked)),
            JSON.stringify({ asked, statements }),
          ).toBe(true);
        }
      }
    }
    expect(Date.parse(below.task.expiresAt)).toBeLessThanOrEqual(Date.parse(above.task.expiresAt));
  }
}

function expectNoneMilder({ world, chain }: Played): void {
  for (const [place, { task }] of chain.entries()) {
    for (const { capability, decision } of task.capabilities) {
      if (decision.outcome === 'needsApproval' && place > 0) seen.approvals += 1;
      for (const { task: above } of chain.slice(0, place + 1)) {
        expectNoMilder(decision, ownDecision(world, above, capability));
        const held = above.capabilities.filter((one) => one.capability === capability);
        expect(held).not.toEqual([]);
        for (const one of held) expectNoMilder(decision, one.decision);
      }
    }
  }
}

describe('every chain there can be', () => {
  it('covers nothing below that is not covered above, decides nothing more mildly, and lasts no longer', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, fc.nat(1000), async (one, seed) => {
        const played = await play(one);
        await expectNoneWider(played, seed);
        expectNoneMilder(played);
      }),
      { numRuns: 80 },
    );
    expect(seen.delegated).toBeGreaterThan(40);
    expect(seen.executed).toBeGreaterThan(40);
    expect(seen.narrower).toBeGreaterThan(2);
    expect(seen.approvals).toBeGreaterThan(3);
    expect(seen.deepest).toBeGreaterThan(2);
  });

  it('names the root’s requester and the whole chain everywhere, and each delegation opens one task at most', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (one) => {
        const { world, chain, delegations, opened } = await play(one);
        for (const held of chain) await executed(world, held);
        for (const count of opened) expect(count).toBeLessThanOrEqual(1);
        for (const { id } of delegations) {
          const accepted = world.told('task.opened').filter(({ delegation }) => delegation === id);
          expect(accepted.length).toBeLessThanOrEqual(1);
        }
        const requester = chain[0]?.task.requester;
        for (const [place, { task }] of chain.entries()) {
          const ancestors = chain
            .slice(0, place)
            .map((above) => ({ task: above.task.id, agent: above.task.agent }));
          expect(task.ancestors).toEqual(ancestors);
          expect(task.requester).toEqual(requester);
          for (const told of world.told().filter((event) => event['task'] === task.id)) {
            expect(told['ancestors']).toEqual(ancestors);
            // An intent is written down before the task is read.
            if (told['type'] !== 'call.requested') expect(told['requester']).toEqual(requester);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  const ENDS = {
    finish: (world: World, { task, token }: Held) => world.finish(task.id, token),
    revoke: (world: World, { task }: Held) => world.revoke(task.id),
    disable: (world: World, { task }: Held) => world.change('disable', { agent: task.agent }),
    quarantine: (world: World, { task }: Held) => world.change('quarantine', { agent: task.agent }),
  };

  it('ends below wherever it is ended, and nowhere else', async () => {
    await fc.assert(
      fc.asyncProperty(
        scenario,
        fc.constantFrom(...(Object.keys(ENDS) as (keyof typeof ENDS)[])),
        fc.nat(20),
        async (one, end, pick) => {
          const { world, chain, delegations } = await play(one);
          const place = pick % Math.max(1, chain.length);
          const held = chain[place];
          if (held === undefined) return;
          const before = [];
          for (const above of chain.slice(0, place)) before.push((await executed(world, above)).length);
          expect(codeOf(await ENDS[end](world, held))).toBe('ok');
          const after = [];
          for (const above of chain.slice(0, place)) after.push((await executed(world, above)).length);
          expect(after).toEqual(before);
          for (const { task, token } of chain.slice(place)) {
            expect(await executed(world, { task, token })).toEqual([]);
            const agent = AGENTS.find((id) => id !== task.agent) ?? '';
            expect(await world.delegate(task.id, token, { agent, capabilities: LIST })).toBeInstanceOf(
              Refusal,
            );
          }
          for (const delegation of delegations.filter(({ task }) =>
            chain.slice(place).some((at) => at.task.id === task),
          )) {
            expect(await accept(world, delegation)).toBeInstanceOf(Refusal);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
