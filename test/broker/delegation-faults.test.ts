// A back end fails in any one operation of handing on, accepting, revoking, or changing an agent, whether or not what it
// was asked for arrived: the answer stays true, nothing has effect without its event, and nothing happens twice.
import { describe, expect, it } from 'vitest';
import { type AgentState, agentKey } from '../../src/agents/index.ts';
import { type Backend, Refusal, Unavailable } from '../../src/shared/errors.ts';
import type { Delegation } from '../../src/tasks/index.ts';
import { accept, CHAIN_PARTS, chainOf, chainWorld, type Held, LIST, offered } from '../support/chains.ts';
import { codeOf, type World } from '../support/world.ts';

interface Flow {
  /** What must be there before, and what then fails in one of its operations. */
  readonly prepare: (world: World) => Promise<() => Promise<unknown>>;
  /** What must hold of the world once the same request has been answered well. */
  readonly done: (world: World) => Promise<void>;
  /** What it has of effects, which must not be there without its event. */
  readonly effective: (world: World) => boolean;
  readonly event: string;
}

const KEY = { key: 'k' };

async function leadOf(world: World): Promise<Held> {
  const [lead] = await chainOf(world, ['lead']);
  if (lead === undefined) throw new Error('there is none');
  return lead;
}

const scoutsTasks = (world: World) =>
  world.tasks().filter((task) => task.agent === 'scout' && task.status === 'open');
const once = (world: World, event: string) => expect(world.told(event)).toHaveLength(1);

const FLOWS: Readonly<Record<string, Flow>> = {
  'handing on': {
    prepare: async (world) => {
      const { task, token } = await leadOf(world);
      return () => world.delegate(task.id, token, { agent: 'scout', capabilities: LIST }, KEY);
    },
    done: async (world) => once(world, 'delegation.offered'),
    // What was offered and not told of is of no use before it is.
    effective: () => false,
    event: 'delegation.offered',
  },
  accepting: {
    prepare: async (world) => {
      const delegation = await offered(world, await leadOf(world), 'scout');
      return () => accept(world, delegation, KEY);
    },
    done: async (world) => {
      expect(scoutsTasks(world)).toHaveLength(1);
      expect(world.told('task.opened').filter(({ agent }) => agent === 'scout')).toHaveLength(1);
      expect(world.told('task.refused')).toEqual([]);
    },
    effective: () => false,
    event: 'task.opened',
  },
  revoking: {
    prepare: async (world) => {
      const { task } = await leadOf(world);
      return () => world.revoke(task.id, KEY);
    },
    done: async (world) => once(world, 'task.revoked'),
    effective: (world) => world.tasks().some(({ status }) => status === 'revoked'),
    event: 'task.revoked',
  },
  ...Object.fromEntries(
    (
      [
        ['quarantine', 'agent.quarantined'],
        ['disable', 'agent.disabled'],
        ['attest', 'agent.attested'],
      ] as const
    ).map(([name, event]): [string, Flow] => [
      `to an agent: ${name}`,
      {
        prepare: async (world) => () => world.change(name, { agent: 'lead', ...KEY }),
        // An attestation that was asked for twice, since nobody knows of the first, is two.
        done: async (world) =>
          void (name === 'attest' ? expect(world.told(event)).not.toEqual([]) : once(world, event)),
        effective: (world) =>
          world.records.all().some(({ key, value }) => {
            const { lastChange } = value as unknown as AgentState;
            return key.partition === agentKey('lead').partition && lastChange !== undefined;
          }),
        event,
      },
    ]),
  ),
};

interface Failed {
  readonly world: World;
  readonly run: () => Promise<unknown>;
  readonly answer: unknown;
  /** The operation that failed; undefined where there were not so many. */
  readonly name: string | undefined;
}

/** Runs the flow with its operation of that number failing. */
async function failed(flow: Flow, number: number, arrived: boolean): Promise<Failed> {
  const world = await chainWorld();
  const run = await flow.prepare(world);
  let [count, failing]: [number, string | undefined] = [0, undefined];
  world.meddle = async ({ name }, go) => {
    count += 1;
    if (count !== number) return go();
    failing = name;
    if (arrived) await go();
    throw new Unavailable(name.split('.')[0] as Backend);
  };
  const answer = await run().catch((error: unknown) => error);
  world.meddle = undefined;
  return { world, run, answer, name: failing };
}

describe.each(Object.entries(FLOWS))('%s', (_, flow) => {
  it.each([false, true])('stays true where any one operation fails, arrived: %j', async (arrived) => {
    const met = new Set<string>();
    for (let number = 1; ; number += 1) {
      const { world, run, answer, name } = await failed(flow, number, arrived);
      if (name === undefined) break;
      met.add(name);
      const well = !(answer instanceof Refusal) && !(answer instanceof Error);
      if (well) await flow.done(world);
      else if (answer instanceof Refusal)
        expect(['audit_unavailable', 'outcome_unknown']).toContain(answer.code);
      else expect(answer).toBeInstanceOf(Unavailable);
      // Where it is said that nothing was done, nothing was.
      if (codeOf(answer) === 'audit_unavailable') expect(flow.effective(world)).toBe(false);
      const again = await run();
      expect(codeOf(again), `after ${name}, operation ${number}`).toBe('ok');
      await flow.done(world);
    }
    expect([...met]).toEqual(expect.arrayContaining(['records.read', 'events.append']));
  });

  it.each([false, true])(
    'is mended by the reconciler where nobody asks again, arrived: %j',
    async (arrived) => {
      for (let number = 1; ; number += 1) {
        const { world, name } = await failed(flow, number, arrived);
        if (name === undefined) break;
        await world.settle();
        if (flow.effective(world)) expect(world.told(flow.event)).toHaveLength(1);
      }
    },
  );
});

describe('what was offered and could not be told of', () => {
  const LEFT = { agent: 'scout', capabilities: LIST };

  async function untold(world: World, held: Held): Promise<Delegation> {
    world.meddle = async ({ name }, run) => {
      if (name === 'events.append') throw new Unavailable('events');
      return run();
    };
    const answer = await world.delegate(held.task.id, held.token, LEFT, KEY);
    expect(codeOf(answer)).toBe('audit_unavailable');
    expect(JSON.stringify(answer)).not.toContain('dele_');
    world.meddle = undefined;
    const [record] = world.records.all().filter(({ key }) => key.partition.startsWith('delegation/'));
    return record?.value as unknown as Delegation;
  }

  it('is told of before it is accepted, by whom it was for and guessed its id', async () => {
    const world = await chainWorld();
    const lead = await leadOf(world);
    const delegation = await untold(world, lead);
    expect(world.told('delegation.offered')).toEqual([]);
    // By then the files are others; the event names those that it was offered under.
    await world.use({ ...CHAIN_PARTS, digest: 'f'.repeat(64) });
    expect(codeOf(await accept(world, delegation))).toBe('ok');
    const [told, opened] = [world.told('delegation.offered'), world.told('task.opened')];
    expect(told).toMatchObject([
      {
        ...{
          id: delegation.event,
          delegation: delegation.id,
          task: lead.task.id,
          agent: 'lead',
          to: 'scout',
        },
        ...{ at: delegation.offeredAt, configDigest: 'e'.repeat(64), requester: { id: 'kim' } },
      },
    ]);
    // It was another request that offered it.
    expect(told[0]).not.toHaveProperty('request');
    expect(opened.find(({ agent }) => agent === 'scout')).toMatchObject({ configDigest: 'f'.repeat(64) });
  });

  it('is not accepted while it can not be told of, and not used up by that', async () => {
    const world = await chainWorld();
    const delegation = await untold(world, await leadOf(world));
    world.meddle = async ({ name }, run) => {
      if (name === 'events.append') throw new Unavailable('events');
      return run();
    };
    expect(codeOf(await accept(world, delegation))).toBe('audit_unavailable');
    world.meddle = undefined;
    expect(scoutsTasks(world)).toEqual([]);
    expect(codeOf(await accept(world, delegation))).toBe('ok');
  });

  it('is the same once it can, by the same key', async () => {
    const world = await chainWorld();
    const lead = await leadOf(world);
    const delegation = await untold(world, lead);
    expect(await world.delegate(lead.task.id, lead.token, LEFT, KEY)).toEqual(delegation);
    once(world, 'delegation.offered');
  });
});

describe('an opening whose event can not be written', () => {
  async function unwritten(key?: string) {
    const world = await chainWorld();
    const delegation = await offered(world, await leadOf(world), 'scout');
    world.meddle = async ({ name, arguments: [event] }, run) => {
      const { body } = (event ?? {}) as { body?: { type?: string } };
      if (name === 'events.append' && body?.type === 'task.opened') throw new Unavailable('events');
      return run();
    };
    const answer = await accept(world, delegation, key === undefined ? {} : { key });
    world.meddle = undefined;
    return { world, delegation, answer };
  }

  it('brings its task by the same key', async () => {
    const { world, delegation, answer } = await unwritten('k');
    expect(answer).toMatchObject({ code: 'audit_unavailable', extras: { retryAfterSeconds: 1 } });
    expect(codeOf(await accept(world, delegation, KEY))).toBe('ok');
    expect(scoutsTasks(world)).toHaveLength(1);
  });

  it('has used the delegation up where it had no key, and says so', async () => {
    const { world, delegation, answer } = await unwritten();
    expect(answer).toMatchObject({ code: 'audit_unavailable', detail: expect.stringContaining('used up') });
    expect(codeOf(await accept(world, delegation))).toBe('conflict');
    expect(world.told('task.opened').filter(({ agent }) => agent === 'scout')).toEqual([]);
  });
});

it('what is refused stays refused where that can not be remembered', async () => {
  const world = await chainWorld();
  const { task, token } = await leadOf(world);
  const wanted = { agent: 'scout', capabilities: [{ capability: 'store:write', parameters: { path: 'a' } }] };
  world.meddle = async ({ name }, run) => {
    if (name === 'records.create') throw new Unavailable('records');
    return run();
  };
  expect(codeOf(await world.delegate(task.id, token, wanted, KEY))).toBe('outside_task');
  world.meddle = async ({ name }, run) => {
    if (name === 'events.append') throw new RangeError('a mistake in the broker');
    return run();
  };
  await expect(world.delegate(task.id, token, wanted)).rejects.toThrow(RangeError);
  await expect(world.delegate(task.id, token, { agent: 'scout', capabilities: LIST })).rejects.toThrow(
    RangeError,
  );
});
