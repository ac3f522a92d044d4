// Random lives of many tasks under each other, held against a simple model of which of them are alive.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Rules, readTask, statusOf } from '../../src/broker/index.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { type Delegation, MOST_ANCESTORS } from '../../src/tasks/index.ts';
import { AGENTS, accept, chainWorld, type Held, LIST } from '../support/chains.ts';
import { SECOND } from '../support/clock.ts';
import { codeOf, createWorld, type World } from '../support/world.ts';

interface ModelAgent {
  status: 'active' | 'quarantined' | 'disabled';
  /** How often it was disabled. */
  generation: number;
}

interface ModelTask {
  readonly held: Held;
  readonly agent: string;
  readonly above: ModelTask | undefined;
  /** In seconds since the beginning. */
  readonly expires: number;
  readonly generation: number;
  ended?: 'finished' | 'revoked';
}

interface ModelDelegation {
  readonly delegation: Delegation;
  readonly of: ModelTask;
  readonly to: string;
  readonly expires: number;
  used: boolean;
}

class Model {
  now = 0;
  readonly tasks: ModelTask[] = [];
  readonly delegations: ModelDelegation[] = [];
  readonly agents: Record<string, ModelAgent> = Object.fromEntries(
    AGENTS.map((id) => [id, { status: 'active', generation: 0 }]),
  );

  agent(id: string): ModelAgent {
    const agent = this.agents[id];
    if (agent === undefined) throw new Error(`no agent ${id}`);
    return agent;
  }

  /** The root first. */
  line(task: ModelTask): readonly ModelTask[] {
    return task.above === undefined ? [task] : [...this.line(task.above), task];
  }

  own(task: ModelTask): string {
    if (task.ended !== undefined) return task.ended;
    if (this.now >= task.expires) return 'expired';
    return task.generation === this.agent(task.agent).generation ? 'open' : 'revoked';
  }

  status(task: ModelTask): string {
    const own = this.own(task);
    const over = this.line(task).find((one) => this.own(one) !== 'open');
    return own !== 'open' || over === undefined ? own : this.own(over);
  }

  frozen(agent: string): string | undefined {
    const { status } = this.agent(agent);
    return status === 'active' ? undefined : `agent_${status}`;
  }

  /** What is answered to whoever wants something done under the task. */
  codeUnder(task: ModelTask): string {
    const line = this.line(task);
    const agents = [task.agent, ...line.map(({ agent }) => agent)];
    const frozen = agents.map((agent) => this.frozen(agent)).find((code) => code !== undefined);
    return frozen ?? (line.every((one) => this.own(one) === 'open') ? 'ok' : 'task_over');
  }
}

/** How often each command was answered how. */
const met = new Map<string, number>();

type Command = (world: World, model: Model, a: number, b: number) => Promise<void>;

function answered(name: string, answer: unknown, expected: string): boolean {
  const code = codeOf(answer);
  met.set(`${name} ${code}`, (met.get(`${name} ${code}`) ?? 0) + 1);
  expect(`${name}: ${code}`).toBe(`${name}: ${expected}`);
  return code === 'ok';
}

/** Mostly the latest, since that is the deepest. */
function pick<T>(list: readonly T[], number: number): T | undefined {
  return number < 35 ? list.at(-1) : list[number % Math.max(1, list.length)];
}

const agentOf = (number: number) => AGENTS[number % AGENTS.length] ?? '';
const LIVES = [undefined, undefined, 60, undefined, 600, 5, 3600];

const open: Command = async (world, model, a, b) => {
  const [agent, seconds] = [agentOf(a), LIVES[b % LIVES.length]];
  const answer = await world.open({
    token: world.agentToken(agent),
    ...{ capabilities: LIST, requester: 'kim' },
    ...(seconds === undefined ? {} : { ttlSeconds: seconds }),
  });
  if (!answered('open', answer, model.frozen(agent) ?? 'ok')) return;
  const { generation } = model.agent(agent);
  const expires = model.now + (seconds ?? 8 * 3600);
  model.tasks.push({ held: answer as Held, agent, above: undefined, expires, generation });
};

const delegate: Command = async (world, model, a, b) => {
  const task = pick(model.tasks, a);
  if (task === undefined) return;
  const [to, seconds] = [agentOf(b), LIVES[(a + b) % LIVES.length]];
  const wanted = { agent: to, capabilities: LIST, ttlSeconds: seconds };
  const answer = await world.delegate(task.held.task.id, task.held.token, wanted);
  const line = model.line(task);
  const mistaken =
    line.some(({ agent }) => agent === to) ||
    line.length > MOST_ANCESTORS ||
    (seconds !== undefined && model.now + seconds > task.expires);
  const code = model.codeUnder(task);
  if (!answered('delegate', answer, code === 'ok' && mistaken ? 'invalid_request' : code)) return;
  const expires = seconds === undefined ? task.expires : model.now + seconds;
  model.delegations.push({ delegation: answer as Delegation, of: task, to, expires, used: false });
};

const take: Command = async (world, model, a, b) => {
  const one = pick(model.delegations, a);
  if (one === undefined) return;
  const by = b % 6 === 0 ? agentOf(b) : one.to;
  const all = await Promise.all(
    Array.from({ length: 1 + (b % 2) }, () => accept(world, { ...one.delegation, agent: by })),
  );
  const [answer] = all.filter((each) => !(each instanceof Refusal));
  let expected = model.frozen(by) ?? model.codeUnder(one.of);
  if (model.now >= one.expires) expected = 'task_over';
  if (one.used) expected = 'conflict';
  if (by !== one.to) expected = 'not_found';
  if (!answered('take', answer ?? all[0], expected)) return;
  for (const other of all.filter((each) => each !== answer)) expect(codeOf(other)).toBe('conflict');
  one.used = true;
  const expires = Math.min(one.expires, model.now + 8 * 3600);
  model.tasks.push({
    held: answer as Held,
    agent: by,
    above: one.of,
    expires,
    generation: model.agent(by).generation,
  });
};

const call: Command = async (world, model, a) => {
  const task = pick(model.tasks, a);
  if (task === undefined) return;
  const asked = world.sessions.asked.length;
  const answer = await world.issue(task.held.task.id, task.held.token, { wanted: LIST });
  const ran = answered('call', answer, model.codeUnder(task));
  expect(world.sessions.asked.length).toBe(asked + (ran ? 1 : 0));
};

const ending =
  (name: 'finish' | 'revoke'): Command =>
  async (world, model, a) => {
    const task = pick(model.tasks, a);
    if (task === undefined) return;
    const { id } = task.held.task;
    answered(name, await (name === 'finish' ? world.finish(id, task.held.token) : world.revoke(id)), 'ok');
    if (model.status(task) === 'open') task.ended = name === 'finish' ? 'finished' : 'revoked';
  };

const changing =
  (name: 'quarantine' | 'disable' | 'reinstate'): Command =>
  async (world, model, a) => {
    const agent = model.agent(agentOf(a));
    const refused = name === 'quarantine' && agent.status === 'disabled';
    const answer = await world.change(name, { agent: agentOf(a) });
    if (!answered(name, answer, refused ? 'conflict' : 'ok')) return;
    if (name === 'disable' && agent.status !== 'disabled') agent.generation += 1;
    agent.status = name === 'disable' ? 'disabled' : name === 'quarantine' ? 'quarantined' : 'active';
  };

const wait: Command = async (world, model, a) => {
  const seconds = [1, 4, 30, 120][a % 4] ?? 0;
  world.clock.advance(seconds * SECOND);
  model.now += seconds;
};

const COMMANDS = {
  ...{ open, delegate, take, call, wait },
  ...{ finish: ending('finish'), revoke: ending('revoke') },
  ...{ quarantine: changing('quarantine'), disable: changing('disable'), reinstate: changing('reinstate') },
};

/** What every task says of itself is what the model says of it. */
async function expectSame(world: World, model: Model): Promise<void> {
  for (const task of model.tasks) {
    const { id } = task.held.task;
    const standing = await readTask(
      world.dependencies,
      world.caller('/', null, { token: task.held.token }),
      id,
    );
    expect(standing instanceof Refusal ? standing.code : statusOf(standing, world.clock.now())).toBe(
      model.status(task),
    );
    expect(task.held.task.ancestors.map(({ task: above }) => above)).toEqual(
      model
        .line(task)
        .slice(0, -1)
        .map(({ held }) => held.task.id),
    );
  }
}

const command = fc.tuple(
  fc.oneof(
    // Most of the time work is handed on, else there would be few chains to end.
    { weight: 8, arbitrary: fc.constantFrom('delegate', 'take') },
    { weight: 2, arbitrary: fc.constantFrom('open', 'call', 'call', 'wait') },
    {
      weight: 1,
      arbitrary: fc.constantFrom('finish', 'revoke', 'quarantine', 'disable', 'reinstate', 'reinstate'),
    },
  ),
  fc.nat(60),
  fc.nat(60),
);

let rules: Rules | undefined;

async function freshWorld(): Promise<World> {
  rules ??= (await chainWorld()).rules;
  const world = await createWorld();
  world.rules = rules;
  return world;
}

it('tasks under each other live and die as the model says', async () => {
  let deepest = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 20, maxLength: 60, size: 'max' }), async (commands) => {
      const [world, model] = [await freshWorld(), new Model()];
      await open(world, model, 0, 0);
      for (const [name, a, b] of commands) {
        await COMMANDS[name as keyof typeof COMMANDS](world, model, a, b);
        await expectSame(world, model);
      }
      for (const task of model.tasks) deepest = Math.max(deepest, model.line(task).length);
      // In the end each of them is called once more.
      for (const i of model.tasks.keys()) await call(world, model, model.tasks.length * 60 + i, 0);
    }),
    { numRuns: 40 },
  );
  // It has seen what there is to see.
  expect(deepest).toBeGreaterThan(2);
  for (const seen of [
    'delegate task_over',
    'delegate invalid_request',
    'take conflict',
    'take not_found',
    'call task_over',
    'call ok',
  ])
    expect([...met.keys()]).toContain(seen);
});
