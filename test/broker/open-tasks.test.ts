// How many tasks of an agent are open: exactly up to a thousand, at least so many beyond, and few reads for it.
import { expect, it } from 'vitest';
import { type AgentStanding, readAgent } from '../../src/broker/index.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { makeId } from '../../src/shared/ids.ts';
import type { Json } from '../../src/shared/json.ts';
import { type Ancestor, openTaskIndex, type Task, taskKey } from '../../src/tasks/index.ts';
import { HOUR } from '../support/clock.ts';
import { AGENT, createWorld, OTHER_AGENT, type World } from '../support/world.ts';

async function standingIn(world: World): Promise<AgentStanding> {
  const caller = world.caller('/', null, { token: world.personToken(['operators']) });
  const standing = await readAgent(world.dependencies, caller, AGENT);
  if (standing instanceof Refusal) throw new Error(standing.code);
  return standing;
}

/** Tasks like that one, under these. */
async function more(world: World, task: Task, count: number, ancestors: readonly Ancestor[] = []) {
  for (let i = 0; i < count; i += 1) {
    const id = makeId('task', world.clock.now(), world.dependencies.ids.random(10));
    const another = { ...task, id, ancestors };
    const options = { expiresAt: world.clock.in(24 * HOUR), index: openTaskIndex(another) };
    await world.records.create(taskKey(id), another as unknown as Json, options);
  }
}

it.each([
  [0, 1, false],
  [619, 620, false],
  [999, 1000, false],
  [1000, 1000, true],
  [1700, 1000, true],
])('with %i more there are %i, at least: %s', async (others, openTasks, openTasksAtLeast) => {
  const world = await createWorld();
  const { task } = await world.opened();
  await more(world, task, others);
  expect(await standingIn(world)).toMatchObject({ openTasks, openTasksAtLeast });
});

it('those whose time is up, which ended, or which a task above took with it, are not among them', async () => {
  const world = await createWorld();
  const { task: late } = await world.opened({ ttlSeconds: 60 });
  const { task, token } = await world.opened();
  const { task: above, token: tokenAbove } = await world.opened({
    token: world.agentToken(OTHER_AGENT),
    capabilities: [{ capability: 'ledger:read', parameters: {} }],
  });
  const link = { task: above.id, agent: OTHER_AGENT };
  await more(world, task, 3, [link]);
  await more(world, task, 2, [{ task: late.id, agent: AGENT }]);
  await more(world, task, 1, [link, { task: 'task_01m7xwf4mnttq8h1nxppma3178', agent: AGENT }]);
  expect(await standingIn(world)).toMatchObject({ openTasks: 7, openTasksAtLeast: false });
  world.clock.advance(60_000);
  expect(await standingIn(world)).toMatchObject({ openTasks: 4 });
  await world.finish(above.id, tokenAbove);
  expect(await standingIn(world)).toMatchObject({ openTasks: 1 });
  await world.finish(task.id, token);
  expect(await standingIn(world)).toMatchObject({ openTasks: 0 });
});

it('of an agent that was disabled there are none', async () => {
  const world = await createWorld();
  await world.opened();
  await world.change('disable');
  await world.change('reinstate');
  expect(await standingIn(world)).toMatchObject({ openTasks: 0 });
  await world.opened();
  expect(await standingIn(world)).toMatchObject({ openTasks: 1 });
});

it('what stands above many of them is read once', async () => {
  const world = await createWorld();
  const { task } = await world.opened();
  await more(world, task, 400, [{ task: task.id, agent: AGENT }]);
  let reads = 0;
  world.meddle = async ({ name }, run) => {
    if (name === 'records.read') reads += 1;
    return run();
  };
  expect(await standingIn(world)).toMatchObject({ openTasks: 401 });
  expect(reads).toBeLessThan(10);
});
