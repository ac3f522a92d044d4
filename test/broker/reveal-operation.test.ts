// The operation without masks: for whoever has logged in, while it waits, and never before that is written down.
import { describe, expect, it } from 'vitest';
import { revealOperation } from '../../src/broker/index.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { approvalIn, approvalWorld, decide, LEE, type Waits, waiting } from '../support/approvals.ts';
import type { World } from '../support/world.ts';

const REQUEST = { id: 'req-of-a-person', method: 'POST', route: '/r', sourceAddress: '192.0.2.9' };
const HOUR = 3_600_000;

async function reveal(world: World, { approval: { id } }: Waits, channel: 'login' | 'link' = 'login') {
  const rules = await world.dependencies.rules();
  const approver = { id: LEE, groups: ['owners'], channel };
  const looking = { approval: await approvalIn(world, id), approver, rules };
  return revealOperation(world.dependencies, looking, REQUEST);
}

const WAYS: readonly (readonly [string, (world: World, waits: Waits) => Promise<unknown>])[] = [
  ['expired by the clock alone', async (world) => world.clock.advance(HOUR)],
  ['denied', (world, { approval }) => decide(world, approval.id, LEE, { decision: 'deny', reason: 'No' })],
  ['approved', (world, { approval }) => decide(world, approval.id, LEE)],
];

describe('an operation without masks', () => {
  it('is shown to whoever has logged in, and that is recorded', async () => {
    const world = await approvalWorld();
    const waits = await waiting(world);
    expect(await reveal(world, waits)).toMatch(/^DELETE \//);
    expect(world.told('approval.revealed')).toMatchObject([{ by: LEE, channel: 'login', call: waits.call }]);
  });

  it('is not shown by a link alone', async () => {
    const world = await approvalWorld();
    expect(await reveal(world, await waiting(world), 'link')).toMatchObject({ code: 'not_permitted' });
    expect(world.told('approval.revealed')).toEqual([]);
  });

  it.for(WAYS)('is not shown once it is %s', async ([, end]) => {
    const world = await approvalWorld();
    const waits = await waiting(world);
    await end(world, waits);
    const answer = await reveal(world, waits);
    expect(answer).toBeInstanceOf(Refusal);
    expect(answer).toMatchObject({ code: 'conflict' });
    expect(world.told('approval.revealed')).toEqual([]);
  });
});
