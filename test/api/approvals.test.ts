// What people read of approvals by REST: how they stand by the clock, and who is still missing, in lists too.
import { describe, expect, it } from 'vitest';
import { approvalAnswer, approvalsAnswer } from '../../src/api/answers.ts';
import { ROUTES } from '../../src/api/routes.ts';
import { listApprovals } from '../../src/broker/index.ts';
import { BadCursor } from '../../src/ports/records.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { apiRequest, bodyOf, endpointsOf } from '../support/api.ts';
import { approvalWorld, decide, GUEST, KIM, LEE, needing, waiting } from '../support/approvals.ts';
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

describe('a list of approvals', () => {
  const page = (world: World, person: readonly [groups: readonly string[], id: string], cursor?: string) => {
    const token = world.personToken([...person[0]], person[1]);
    const asked = world.caller('/v1/approvals', null, { token });
    return listApprovals(world.dependencies, asked, { limit: 2, ...(cursor !== undefined && { cursor }) });
  };

  it('comes page by page, and no cursor is of one that is not shown', async () => {
    const world = await approvalWorld();
    const asked: string[] = [];
    for (let times = 0; times < 5; times += 1) asked.push((await waiting(world)).approval.id);
    const shown: string[] = [];
    let cursor: string | undefined;
    do {
      const listed = await page(world, [['security'], KIM], cursor);
      if (listed instanceof Refusal) throw new Error(listed.detail);
      const { items, ...next } = listed;
      shown.push(...items.map(({ id }) => id));
      cursor = next.cursor;
      if (cursor !== undefined) {
        expect(Buffer.from(cursor, 'base64url').toString()).toContain(items.at(-1)?.id);
      }
    } while (cursor !== undefined);
    expect(shown).toEqual(asked);
    expect(await page(world, [['guests'], GUEST])).toEqual({ items: [] });
  });

  it('takes only its own cursors', async () => {
    const world = await approvalWorld();
    await expect(page(world, [['security'], KIM], 'bm9uZQ')).rejects.toBeInstanceOf(BadCursor);
  });
});
