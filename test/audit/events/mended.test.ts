// What somebody else writes down of a call says as much of it: the reconciler, whose outcome was lost, and the workflow.
import { beforeEach, expect, it } from 'vitest';
import { decideApproval } from '../../../src/broker/index.ts';
import { approvalWorld, awaited, KIM, waiting } from '../../support/approvals.ts';
import { HOUR, MINUTE } from '../../support/clock.ts';
import { call, openFor, worldWithTickets } from '../../support/http-calls.ts';
import { failingAt } from '../../support/meddling.ts';
import { jsonAnswer } from '../../support/outside.ts';
import { codeOf, type World } from '../../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await worldWithTickets();
});

const FACTS: Readonly<Record<string, unknown>> = {
  agent: 'report-builder',
  owner: { team: 'Data', email: 'data@example.com' },
  purpose: 'Build the weekly report',
  target: 'tickets',
  request: expect.objectContaining({ id: expect.stringMatching(/^req-/), tokenHash: expect.any(String) }),
};

/** How far the clock is set back meanwhile: the least that anything took is no time. */
const SET_BACK = [0, MINUTE];

it.each(SET_BACK)('an outcome that was never written, the clock being set back by %i', async (back) => {
  const opened = await openFor(world, 'tickets:read');
  world.outside.answer = async () => {
    world.clock.advance(-back);
    return jsonAnswer({ id: '42' });
  };
  world.meddle = failingAt({ name: 'events.append', number: 2 });
  expect(codeOf(await call(world, opened))).toBe('outcome_unknown');
  await world.settle();
  const request: unknown = world.told('call.requested')[0]?.['request'];
  expect(world.told('call.unknown')).toEqual([
    expect.objectContaining({
      ...{ ...FACTS, request, milliseconds: 0 },
      operation: [expect.objectContaining({ capability: 'tickets:read' })],
      decision: expect.objectContaining({ outcome: 'allowed' }),
    }),
  ]);
});

it('a call whose maker is gone', async () => {
  const opened = await openFor(world, 'tickets:read');
  world.outside.answer = () => new Promise(() => undefined);
  void call(world, opened).catch(() => undefined);
  while (world.outside.sent.length === 0) await new Promise(setImmediate);
  await world.settle();
  expect(world.told('call.unknown')).toEqual([expect.objectContaining(FACTS)]);
  // How long it took nobody knows.
  expect(world.told('call.unknown')[0]).not.toHaveProperty('milliseconds');
});

it.each(SET_BACK)('a fault of the broker, the clock being set back by %i', async (back) => {
  const opened = await openFor(world, 'tickets:read');
  world.meddle = async ({ name }, run) => {
    if (name === 'records.read') {
      world.clock.advance(-back);
      throw new Error('a mistake');
    }
    return run();
  };
  await call(world, opened).catch(() => undefined);
  world.meddle = undefined;
  const { purpose: _, ...without } = FACTS;
  const { owner: __, ...known } = without;
  expect(world.told('call.failed')).toEqual([
    expect.objectContaining({
      ...known,
      milliseconds: 0,
      refusal: expect.objectContaining({ code: 'internal' }),
    }),
  ]);
});

it.each([
  ['a denial', 'call.denied', 'deny', 0, 3],
  ['a denial by a clock that was set back', 'call.denied', 'deny', MINUTE, 0],
  ['an expiry', 'call.expired', 'wait', 0, HOUR + 2],
] as const)('%s whose event was lost', async (_, type, what, back, milliseconds) => {
  world = await approvalWorld();
  const waits = await waiting(world);
  if (what === 'wait') world.clock.advance(HOUR);
  else {
    world.clock.advance(1 - back);
    const approver = { id: KIM, groups: ['security'], channel: 'api' } as const;
    const wanted = { decision: 'deny', reason: 'No' } as const;
    const facts = world.caller('/x', {}, { token: world.personToken() }).facts;
    await decideApproval(world.dependencies, approver, waits.approval.id, wanted, facts);
  }
  let failed = false;
  world.meddle = async ({ name, arguments: [event] }, run) => {
    const { body } = (event ?? {}) as { readonly body?: { readonly type?: string } };
    if (name !== 'events.append' || body?.type !== type || failed) return run();
    failed = true;
    return failingAt({ name })({ name, arguments: [] }, run);
  };
  await world.drive(waits.approval.id).catch(() => undefined);
  expect([failed, world.told(type)]).toEqual([true, []]);
  await world.settle(5 * MINUTE);
  expect(world.told(type)).toEqual([
    expect.objectContaining({
      ...{ ...FACTS, approval: waits.approval.id, milliseconds },
      ...(what === 'deny' ? { by: KIM } : {}),
      operation: [expect.objectContaining({ capability: 'tickets:drop' })],
      decision: expect.objectContaining({ outcome: 'needsApproval' }),
    }),
  ]);
  expect(awaited(waits).approval.id).toBe(waits.approval.id);
});
