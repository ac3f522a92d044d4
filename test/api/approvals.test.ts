// What people read of approvals by REST: how they stand by the clock, and who is still missing, in lists too.
import { describe, expect, it } from 'vitest';
import { approvalAnswer, approvalsAnswer } from '../../src/api/answers.ts';
import { ROUTES } from '../../src/api/routes.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { apiRequest, bodyOf, endpointsOf } from '../support/api.ts';
import { approvalWorld, decide, KIM, LEE, needing, waiting } from '../support/approvals.ts';
import type { World } from '../support/world.ts';

const HOUR = 3_600_000;
const BOTH_GROUPS = needing('context.approvals.of["owners"] >= 1 && context.approvals.of["security"] >= 1');

async function ask(world: World, route: 'listApprovals' | 'readApproval', approval = '') {
  const endpoint = endpointsOf(world).find((one) => one.route === ROUTES[route]);
  const headers = { authorization: `Bearer ${world.personToken(['security'], KIM)}` };
  const answer = await endpoint?.handle(apiRequest({ method: 'GET', headers, parameters: { approval } }));
  if (answer === undefined || answer instanceof Refusal) throw new Error('it was not answered');
  expect(answer.status).toBe(200);
  return bodyOf(answer);
}

const read = async (world: World, id: string) =>
  approvalAnswer.parse(await ask(world, 'readApproval', id)).approval;
const listed = async (world: World) => approvalsAnswer.parse(await ask(world, 'listApprovals')).approvals;

describe('an approval by REST', () => {
  it('says who is missing, wherever it is read', async () => {
    const world = await approvalWorld({ policies: BOTH_GROUPS });
    const { approval } = await waiting(world);
    const all = { count: 2, of: { owners: 1, security: 1 } };
    expect(await read(world, approval.id)).toMatchObject({ needed: all, missing: all });
    await decide(world, approval.id, LEE);
    const left = { status: 'pending', needed: all, missing: { count: 1, of: { security: 1 } } };
    expect(await read(world, approval.id)).toMatchObject(left);
    expect(await listed(world)).toMatchObject([{ id: approval.id, ...left }]);
    await decide(world, approval.id, KIM);
    const done = await read(world, approval.id);
    expect(done).toMatchObject({ status: 'approved', decisions: [{ by: LEE }, { by: KIM }] });
    expect(done.missing).toBeUndefined();
    expect(await listed(world)).toEqual([]);
  });

  it('is expired by the clock, though nobody has written that down', async () => {
    const world = await approvalWorld();
    const { approval } = await waiting(world);
    world.clock.advance(HOUR);
    const late = await read(world, approval.id);
    expect(late.status).toBe('expired');
    expect(late.missing).toBeUndefined();
    expect(await listed(world)).toEqual([]);
  });
});
