// Every decision is written down with its whole input: what policy was asked is what is recorded, and asking it again
// gives the same answer.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createPolicyEngine,
  type Decision,
  type DecisionInput,
  type OperatorQuestion,
} from '../../src/policy/index.ts';
import { executed, play, scenario } from '../support/random-chains.ts';
import { AGENT, createWorld, PERSON, type World } from '../support/world.ts';

interface Told {
  readonly type: string;
  readonly input?: DecisionInput;
  readonly decision?: Decision;
  readonly capabilities?: readonly { readonly decision?: Decision }[];
}

const tellings = (world: World) => world.told() as unknown as readonly Told[];

type Answer = Decision | undefined | readonly (Decision | undefined)[];

/** Each recorded decision, and what a new engine says of the recorded input. */
async function again(world: World): Promise<readonly { readonly was: Answer; readonly is: Answer }[]> {
  const engine = await createPolicyEngine(world.rules.config);
  return tellings(world).flatMap(
    ({ type, input, decision, capabilities = [] }): { readonly was: Answer; readonly is: Answer }[] => {
      if (input === undefined) return [];
      if (type === 'task.opened') {
        return [{ was: capabilities.map((one) => one.decision), is: engine.decideEach(input) }];
      }
      if (decision === undefined) return [];
      return [
        { was: decision, is: type === 'task.refused' ? engine.decideEach(input)[0] : engine.decide(input) },
      ];
    },
  );
}

describe('what is recorded of a decision', () => {
  it('is all that it follows from, whatever the rules and the chain', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const { world, chain } = await play(given);
        for (const held of chain) await executed(world, held);
        for (const { was, is } of await again(world)) {
          expect(is).toEqual(was);
          compared += 1;
        }
      }),
      { numRuns: 20 },
    );
    expect(compared).toBeGreaterThan(20);
  });

  it('is what policy was asked, to the letter', async () => {
    const world = await createWorld();
    const { policy } = world.rules;
    const asked: DecisionInput[] = [];
    world.rules = {
      ...world.rules,
      policy: {
        ...policy,
        decide: (input) => {
          asked.push(input);
          return policy.decide(input);
        },
        decideEach: (input) => {
          asked.push(input);
          return policy.decideEach(input);
        },
      },
    };
    const { task, token } = await world.opened({ requester: 'kim@example.com', address: '203.0.113.9' });
    world.clock.advance(61_000);
    await world.issue(task.id, token, { address: '203.0.113.10' });
    world.clock.advance(1000);
    await world.open({ capabilities: [{ capability: 'sandbox:read', parameters: {} }] });
    const recorded = tellings(world).flatMap(({ input }) => input ?? []);
    expect(recorded).toEqual(JSON.parse(JSON.stringify(asked)));
    expect(recorded).toMatchObject([
      { address: '203.0.113.9', chain: [{ requester: { id: 'kim@example.com', proven: false } }] },
      { address: '203.0.113.10', chain: [{ openedAt: task.openedAt }] },
      { operations: [{ capability: 'sandbox:read' }] },
    ]);
    expect(await again(world)).toHaveLength(3);
  });

  it('is there where the ceiling refused, so that a wider one can be tried, and not where the moment did', async () => {
    const world = await createWorld();
    await world.open({ capabilities: [{ capability: 'reports:unheard-of', parameters: {} }] });
    const { task, token } = await world.opened();
    await world.issue(task.id, token, { wanted: [{ capability: 'reports:purge' }] });
    const refused = world.told('task.refused', 'call.denied') as unknown as readonly Told[];
    expect(refused.map(({ input }) => input?.operations)).toEqual([
      [{ capability: 'reports:unheard-of', parameters: {} }],
      undefined,
    ]);
  });
});

describe('what a person was let do', () => {
  it('is recorded with what it was decided by, and is decided again as it was', async () => {
    const world = await createWorld();
    const { task } = await world.opened();
    await world.revoke(task.id, { token: world.personToken(['operators']) });
    world.clock.advance(1000);
    await world.change('quarantine', { token: world.personToken(['operators', 'others']) });
    const engine = await createPolicyEngine(world.rules.config);
    const recorded = world.told('task.revoked', 'agent.quarantined') as unknown as readonly {
      readonly decision: Decision;
      readonly input: OperatorQuestion;
    }[];
    expect(recorded.map(({ input }) => input)).toEqual([
      {
        human: { id: PERSON, groups: ['operators'] },
        action: 'contain',
        resource: { type: 'Task', id: task.id, agent: AGENT },
      },
      {
        human: { id: PERSON, groups: ['operators', 'others'] },
        action: 'contain',
        resource: { type: 'Agent', id: AGENT },
      },
    ]);
    for (const { decision, input } of recorded) {
      expect(decision).toMatchObject({ outcome: 'allowed', policies: [expect.any(String)] });
      expect(engine.mayHuman(input)).toEqual(decision);
    }
  });
});
