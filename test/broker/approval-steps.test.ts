// The steps between asking and the end: who is asked and asked again, and how what waits ends without a decision.
import { beforeEach, describe, expect, it } from 'vitest';
import { approvalStep, mendApprovals } from '../../src/broker/index.ts';
import type { JsonObject } from '../../src/shared/json.ts';
import {
  approvalIn,
  approvalParts,
  approvalWorld,
  awaited,
  callIn,
  DROP,
  decide,
  GUEST,
  KIM,
  LEE,
  needing,
  OWNER,
  sealedIn,
  toldOf,
  waiting,
} from '../support/approvals.ts';
import { chainAgent, handedOn } from '../support/chains.ts';
import { HOUR, MINUTE, SECOND } from '../support/clock.ts';
import { call, openFor } from '../support/http-calls.ts';
import { failingAt } from '../support/meddling.ts';
import { codeOf, type World } from '../support/world.ts';

const approvals = { expireAfterSeconds: 1800, escalateAfterSeconds: 600, escalateTo: ['guests', 'owners'] };

let world: World;
beforeEach(async () => {
  world = await approvalWorld({ broker: { approvals } });
});

const step = (approval: string, name: string, token = 'token-x') =>
  approvalStep(world.dependencies, { step: name, approval, token }) as Promise<JsonObject>;
const asked = () => world.people.mails.map(({ to }) => to).sort();

describe('who is asked', () => {
  it('is each who may decide, once, however often it is tried, by links of their own', async () => {
    const { approval } = await waiting(world);
    const may = ['bo@example.com', KIM, LEE];
    expect(asked()).toEqual(may);
    for (let again = 0; again < 3; again += 1) await step(approval.id, 'ask', `token-${again}`);
    expect(asked()).toEqual(may);
    expect(world.people.posted).toHaveLength(1);
    const links = world.people.mails.map(({ text }) => /\/approve\/\S+key=(\S+)/.exec(text)?.[1]);
    expect(new Set(links).size).toBe(3);
    const kept = JSON.stringify([world.records.all(), world.told()]);
    for (const key of links) expect(kept).not.toContain(key ?? 'none');
    expect(world.told('approval.asked')).toHaveLength(1);
    expect((await approvalIn(world, approval.id)).waiting).toBe('token-2');
  });

  it('is asked after a while those whom the files name, who need not be able to decide, but never who may not', async () => {
    const { approval } = await waiting(world);
    world.people.mails.length = 0;
    expect(await step(approval.id, 'look')).toMatchObject({ status: 'pending', stage: 'ask' });
    world.clock.advance(11 * MINUTE);
    expect(await step(approval.id, 'look')).toMatchObject({ status: 'pending', stage: 'escalate' });
    await step(approval.id, 'escalate');
    await step(approval.id, 'escalate');
    expect(asked()).toEqual(['bo@example.com', GUEST, LEE].sort());
    expect(asked()).not.toContain(OWNER);
    expect(world.told('approval.asked').map(({ escalation }) => escalation)).toEqual([undefined, true]);
    expect(codeOf(await decide(world, approval.id, GUEST))).toBe('not_permitted');
  });

  it('is tried again, where nothing could be sent', async () => {
    const opened = await openFor(world, 'tickets:drop');
    const { approval } = awaited(await call(world, opened, DROP));
    world.meddle = failingAt({ name: 'mail.send', number: 2 });
    await world.drive(approval.id);
    expect((await approvalIn(world, approval.id)).unreached).toHaveLength(1);
    expect(asked()).toHaveLength(2);
    expect(await step(approval.id, 'look')).toMatchObject({ stage: 'ask', seconds: 300 });
    world.meddle = undefined;
    await world.drive(approval.id);
    expect(asked()).toEqual(['bo@example.com', KIM, LEE]);
    expect((await approvalIn(world, approval.id)).unreached).toEqual([]);
    expect((await step(approval.id, 'look'))['seconds']).toBeGreaterThan(300);
  });

  it('is told in the channel again where that could not be reached', async () => {
    world.meddle = failingAt({ name: 'chat.post', number: 1 });
    const { approval } = await waiting(world);
    expect(world.people.posted).toEqual([]);
    expect((await approvalIn(world, approval.id)).unreached).toEqual(['#channel']);
    await world.drive(approval.id);
    expect(world.people.posted).toHaveLength(1);
  });

  it('is nobody once it is decided: whoever waits is woken at once', async () => {
    const opened = await openFor(world, 'tickets:drop');
    const { approval } = awaited(await call(world, opened, DROP));
    await decide(world, approval.id, KIM);
    await step(approval.id, 'ask');
    expect(asked()).toEqual([]);
    expect(world.people.woken).toEqual(['token-x']);
  });

  it('is woken who waits, by whatever ends it', async () => {
    const { approval } = await waiting(world);
    const { waiting: token } = await approvalIn(world, approval.id);
    await decide(world, approval.id, KIM);
    expect(world.people.woken).toEqual([token]);
  });

  it('says nothing of the operation, of people or of secrets', async () => {
    const { approval } = await waiting(world);
    for (const name of ['look', 'ask', 'escalate', 'record']) {
      for (const value of Object.values(await step(approval.id, name))) {
        expect(String(value)).toMatch(/^\d+$|^[a-z_]+$/);
      }
    }
  });
});

describe('a wake-up that was lost', () => {
  it('is made up for by the reconciler, and what was approved is carried out', async () => {
    const waits = await waiting(world);
    const { waiting: token } = await approvalIn(world, waits.approval.id);
    world.meddle = failingAt({ name: 'workflow.wake' });
    expect(codeOf(await decide(world, waits.approval.id, KIM))).toBe('ok');
    world.meddle = undefined;
    world.clock.advance(2 * MINUTE);
    await mendApprovals(world.dependencies, { restart: false });
    expect(world.people.woken).toEqual([token]);
    expect((await callIn(world, waits)).status).toBe('awaiting_approval');
    expect(await world.drive(waits.approval.id)).toBe('succeeded');
  });

  it('of a workflow that is gone ends the call in the end, and says that nothing was done', async () => {
    const waits = await waiting(world);
    await decide(world, waits.approval.id, KIM);
    world.clock.advance(16 * MINUTE);
    await mendApprovals(world.dependencies, { restart: false });
    expect(await callIn(world, waits)).toMatchObject({ status: 'failed', refusal: { code: 'internal' } });
    expect(await world.drive(waits.approval.id)).toBe('failed');
    expect(world.outside.sent).toEqual([]);
  });
});

describe('what nobody decides', () => {
  it('expires, by the clock, and says who could have', async () => {
    const waits = await waiting(world);
    world.clock.advance(30 * MINUTE + SECOND);
    expect(await decide(world, waits.approval.id, KIM)).toMatchObject({ code: 'approval_expired' });
    expect(await world.drive(waits.approval.id)).toBe('expired');
    const { status, refusal } = await callIn(world, waits);
    expect([status, refusal?.code]).toEqual(['expired', 'approval_expired']);
    expect(refusal?.detail).toContain('could have been decided by');
    expect(toldOf(world, waits).at(-1)).toBe('call.expired');
    expect([sealedIn(world), world.outside.sent]).toEqual([[], []]);
    expect(world.people.updated).not.toEqual([]);
  });

  it('does not outlive its task', async () => {
    await world.use(approvalParts());
    const waits = await waiting(world);
    world.clock.advance(HOUR + SECOND);
    expect(['expired', 'void']).toContain(await world.drive(waits.approval.id));
  });
});

describe('what is over before anybody decides', () => {
  /** One call of a task, and one of another below it. */
  async function both() {
    const parts = approvalParts({ broker: { approvals } });
    const scout = chainAgent('scout', { capabilities: ['tickets:drop'] });
    await world.use({ ...parts, agents: [...(parts.agents ?? []), scout] });
    const above = await openFor(world, 'tickets:drop');
    const capabilities = [{ capability: 'tickets:drop', parameters: {} }];
    const below = await handedOn(world, above, 'scout', { capabilities });
    const all = [];
    for (const held of [above, below]) {
      const waits = { ...awaited(await call(world, held, DROP)), ...held };
      world.clock.advance(2);
      await world.drive(waits.approval.id);
      all.push(waits);
    }
    return { above, below, all };
  }

  it.each<[string, (held: Awaited<ReturnType<typeof both>>) => Promise<unknown>, string, string]>([
    ['finished', ({ above }) => world.finish(above.task.id, above.token), 'withdrawn', 'task_over'],
    ['revoked', ({ above }) => world.revoke(above.task.id), 'void', 'approval_void'],
  ])('%s: those below too, and who waits is woken', async (_, end, status, code) => {
    const held = await both();
    expect(codeOf(await end(held))).toBe('ok');
    const tokens = await Promise.all(
      held.all.map(async ({ approval }) => (await approvalIn(world, approval.id)).waiting),
    );
    expect([...world.people.woken].sort()).toEqual(tokens.sort());
    for (const waits of held.all) {
      expect((await approvalIn(world, waits.approval.id)).status).toBe(status);
      expect(codeOf(await decide(world, waits.approval.id, KIM))).toMatch(/conflict|approval_void/);
      expect(await world.drive(waits.approval.id)).toBe(status);
      expect(await callIn(world, waits)).toMatchObject({ status, refusal: { code } });
    }
    expect([sealedIn(world), world.outside.sent]).toEqual([[], []]);
  });

  it.each(['quarantine', 'disable'] as const)('%s of its agent: void, once anybody looks', async (name) => {
    const waits = await waiting(world);
    await world.change(name);
    expect(await decide(world, waits.approval.id, KIM)).toMatchObject({ code: 'approval_void' });
    expect(await world.drive(waits.approval.id)).toBe('void');
    expect(sealedIn(world)).toEqual([]);
  });

  it('is looked at by the workflow itself too', async () => {
    const waits = await waiting(world);
    await world.change('quarantine');
    expect(await world.drive(waits.approval.id)).toBe('void');
  });
});

it('one of two keeps waiting for the other', async () => {
  await world.use(
    approvalParts({ broker: { approvals }, policies: needing('context.approvals.count >= 2') }),
  );
  const waits = await waiting(world);
  await decide(world, waits.approval.id, KIM);
  expect(await world.drive(waits.approval.id)).toBe('awaiting_approval');
  await decide(world, waits.approval.id, LEE);
  expect(await world.drive(waits.approval.id)).toBe('succeeded');
});
