// What is said of everything under a task that is over: all of it where that can be looked at, and in time in any case.
import { beforeEach, describe, expect, it } from 'vitest';
import { aftermathOf } from '../../src/broker/aftermath.ts';
import { makeId } from '../../src/shared/ids.ts';
import type { Json } from '../../src/shared/json.ts';
import { callKey, childKey, type Task, taskKey } from '../../src/tasks/index.ts';
import { DAY, SECOND } from '../support/clock.ts';
import { AGENT, createWorld, type World } from '../support/world.ts';

let world: World;
let root: Task;
beforeEach(async () => {
  world = await createWorld();
  ({ task: root } = await world.opened());
});

const far = () => ({ expiresAt: world.clock.in(DAY) });
let made = 0;

/** A task under another, as it would be recorded. */
async function under(parent: Task): Promise<Task> {
  made += 1;
  const tail = new Uint8Array(10);
  new DataView(tail.buffer).setUint32(0, made);
  const id = makeId('task', world.clock.now(), tail);
  const ancestors = [...parent.ancestors, { task: parent.id, agent: AGENT }];
  const child: Task = { ...root, id, ancestors };
  await world.records.create(childKey(parent.id, id), { task: id }, far());
  await world.records.create(taskKey(id), child as unknown as Json, far());
  return child;
}

async function manyUnder(parent: Task, count: number): Promise<readonly Task[]> {
  const children: Task[] = [];
  for (let i = 0; i < count; i += 1) children.push(await under(parent));
  return children;
}

async function issuedUnder({ id, expiresAt }: Task): Promise<void> {
  const call = makeId('call', world.clock.now(), new Uint8Array(10).fill(7));
  const value = { task: id, status: 'succeeded', session: { real: true, expiresAt } };
  await world.records.create(callKey(id, call), value, far());
}

const ended = (): Task => ({ ...root, ended: { at: world.clock.now().toISOString(), event: 'evt' } });
const aftermath = async () => (await aftermathOf(world.dependencies, ended())).aftermath;

describe('a tree of tasks', () => {
  it('is looked at whole, and the worst of its credentials counts', async () => {
    const children = await manyUnder(root, 30);
    const grandchildren = await manyUnder(children[7] ?? root, 40);
    const all = [...children, ...grandchildren].map(({ id }) => id).sort();
    const before = await aftermath();
    expect({ ...before, below: [...before.below].sort() }).toEqual({ revocation: 'none', below: all });
    await issuedUnder(grandchildren[3] ?? root);
    expect((await aftermath()).revocation).toBe('pending');
  });

  it('that is too large is over all the same, and it is said that not all was looked at', async () => {
    await manyUnder(root, 700);
    const found = await aftermath();
    expect(found).toMatchObject({ revocation: 'pending', belowIncomplete: true });
    expect(found.below.length).toBeGreaterThan(400);
  });

  it('takes no more operations than a request has time for, however deep and wide it is', async () => {
    const wide = await manyUnder(root, 60);
    for (const child of wide) await manyUnder(child, 30);
    let operations = 0;
    world.meddle = (_, run) => {
      operations += 1;
      return run();
    };
    expect(await aftermath()).toMatchObject({ belowIncomplete: true });
    expect(operations).toBeLessThan(3 * 600);
  });

  it('is not waited for where the store is slow', async () => {
    for (const child of await manyUnder(root, 50)) await manyUnder(child, 3);
    world.meddle = async (_, run) => {
      await world.clock.sleep(SECOND);
      return run();
    };
    const before = world.clock.now().getTime();
    expect(await aftermath()).toMatchObject({ revocation: 'pending', belowIncomplete: true });
    // Time stands still but for what the store takes, which here is one after the other.
    expect(world.clock.now().getTime() - before).toBeLessThan(200 * SECOND);
  });
});
