// Stores so slow that nobody is waiting any more: nothing is asked of STS, and the call says so.
import { expect, it } from 'vitest';
import { codeOf, createWorld } from '../support/world.ts';

const MORE_THAN_A_CALL_MAY_TAKE = 26_000;

it('a call that took too long to begin runs nothing: call_timeout', async () => {
  const world = await createWorld();
  const { task, token } = await world.opened();
  world.meddle = async ({ name }, run) => {
    if (name === 'records.create') world.clock.advance(MORE_THAN_A_CALL_MAY_TAKE);
    return run();
  };
  expect(codeOf(await world.issue(task.id, token))).toBe('call_timeout');
  expect(world.sessions.asked).toEqual([]);
  expect(world.calls()).toMatchObject([{ status: 'failed', refusal: { code: 'call_timeout' } }]);
  expect(world.told('call.failed')).toMatchObject([{ refusal: { code: 'call_timeout' } }]);
});
