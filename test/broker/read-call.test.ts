// How a call stands, for the holder of its task's token, while people decide and afterwards; and the same key meanwhile.
import { beforeEach, describe, expect, it } from 'vitest';
import { type MadeCall, readCall, readCallAnswer } from '../../src/broker/index.ts';
import { Refusal } from '../../src/shared/errors.ts';
import type { Json } from '../../src/shared/json.ts';
import {
  approvalIn,
  approvalParts,
  approvalWorld,
  awaited,
  DROP,
  decide,
  KIM,
  type Waits,
} from '../support/approvals.ts';
import { HOUR, SECOND } from '../support/clock.ts';
import { call, openFor, TICKETS } from '../support/http-calls.ts';
import { codeOf, TARGETS, type World } from '../support/world.ts';

let world: World;
let opened: Awaited<ReturnType<typeof openFor>>;
beforeEach(async () => {
  world = await approvalWorld();
  opened = await openFor(world, 'tickets:drop', 'tickets:read');
});

const KEYED = { ...DROP, key: 'k', body: Buffer.from('one') };
const ask = (more = {}) => call(world, opened, { ...KEYED, ...more });

async function waiting(): Promise<Waits> {
  const waits = { ...awaited(await ask()), ...opened };
  world.clock.advance(2);
  await world.drive(waits.approval.id);
  return waits;
}

const callerOf = (id: string, token: string | undefined) => world.caller(`/v1/calls/${id}`, {}, { token });
const read = (id: string, { wait = 0, token = opened.token } = {}) =>
  readCall(world.dependencies, callerOf(id, token === '' ? undefined : token), id, wait);
const answer = (id: string, token: string | undefined = opened.token) =>
  readCallAnswer(world.dependencies, callerOf(id, token), id);

const DENY = { decision: 'deny', reason: 'No' } as const;

describe('how it stands', () => {
  it('is of its own task only', async () => {
    const { call: id } = await waiting();
    const other = await openFor(world, 'tickets:drop');
    expect(codeOf(await read(id))).toBe('ok');
    expect(codeOf(await read(id, { token: other.token }))).toBe('not_found');
    expect(codeOf(await answer(id, other.token))).toBe('not_found');
    for (const nobody of ['', 'bwt_nonsense', world.agentToken()]) {
      expect(codeOf(await read(id, { token: nobody }))).toBe('unauthenticated');
    }
    for (const unknown of ['nonsense', 'call_01hzzzzzzz0000000000000000', opened.task.id]) {
      expect(codeOf(await read(unknown))).toBe('not_found');
    }
  });

  it('is what its approval says, and then what became of it', async () => {
    const { call: id, approval } = await waiting();
    const status = async () => {
      const found = await read(id);
      return found instanceof Refusal ? found.code : found.status;
    };
    expect(await status()).toBe('awaiting_approval');
    await decide(world, approval.id, KIM);
    expect(await status()).toBe('approved');
    await world.drive(approval.id);
    expect(await status()).toBe('succeeded');
  });

  it.each<[string, (waits: Waits) => Promise<unknown>]>([
    ['approved', ({ approval }) => decide(world, approval.id, KIM)],
    ['denied', ({ approval }) => decide(world, approval.id, KIM, DENY)],
    ['withdrawn', ({ task, token }) => world.finish(task.id, token)],
    ['void', ({ task }) => world.revoke(task.id)],
  ])('is waited for until it changes: %s', async (status, change) => {
    const waits = await waiting();
    const found = read(waits.call, { wait: 20 });
    // It polls by the clock, which goes on while it sleeps.
    await change(waits);
    expect(await found).toMatchObject({ status });
    expect(world.clock.slept()).toBeLessThan(20 * SECOND);
  });

  it('is told after so long as was asked for, where nothing changes', async () => {
    const { call: id } = await waiting();
    expect(await read(id, { wait: 3 })).toMatchObject({ status: 'awaiting_approval' });
    expect(world.clock.slept()).toBeGreaterThanOrEqual(2 * SECOND);
    expect(world.clock.slept()).toBeLessThanOrEqual(3 * SECOND);
  });

  it('is told no later where the clock is set back meanwhile', async () => {
    const { call: id } = await waiting();
    const before = world.clock.slept();
    const { sleep } = world.clock;
    const clock = {
      ...world.clock,
      async sleep(milliseconds: number) {
        if (world.clock.slept() === before) world.clock.advance(-HOUR);
        await sleep(milliseconds);
      },
    };
    await readCall({ ...world.dependencies, clock }, callerOf(id, opened.token), id, 10);
    expect(world.clock.slept() - before).toBeLessThanOrEqual(11 * SECOND);
  });

  it('is told soon, where the broker is about to stop', async () => {
    const { call: id } = await waiting();
    const stopping = { ...world.dependencies, isStopping: () => world.clock.slept() >= SECOND };
    const found = await readCall(stopping, callerOf(id, opened.token), id, 20);
    expect(found).toMatchObject({ status: 'awaiting_approval' });
    expect(world.clock.slept()).toBeLessThan(3 * SECOND);
  });
});

describe('what it would have answered', () => {
  it('is the 202 again while it waits, and the answer of the target once it was made', async () => {
    const waits = await waiting();
    expect(awaited(await answer(waits.call))).toMatchObject({ call: waits.call, approval: waits.approval });
    world.outside.answer = async () => ({
      status: 200,
      headers: [['content-type', 'application/json']],
      body: Buffer.from('{"by":"canary.bird@example.net"}'),
    });
    await decide(world, waits.approval.id, KIM);
    awaited(await answer(waits.call));
    await world.drive(waits.approval.id);
    const kept = (await answer(waits.call)) as MadeCall;
    expect(kept).toMatchObject({ status: 200, call: waits.call });
    expect(JSON.parse(Buffer.from((kept as { body: Uint8Array }).body).toString())).toEqual({
      by: '[EMAIL]',
    });
    // As often as it is asked for, and nothing is sent again.
    expect(await answer(waits.call)).toEqual(kept);
    expect(world.outside.sent).toHaveLength(1);
  });

  describe('says of the request', () => {
    const EMAIL = 'canary.bird@example.net';
    const said = {
      headers: [
        ['cookie', 'a=b'],
        ['x-said', EMAIL],
      ] as const,
      body: Buffer.from(EMAIL),
    };
    const OF_BOTH = { dropped: ['cookie'], masked: { EMAIL: 3 } };

    async function approved(): Promise<string> {
      const asked = awaited(await ask(said));
      expect(asked).toMatchObject({ dropped: ['cookie'] });
      world.clock.advance(2);
      await world.drive(asked.approval.id);
      world.outside.answer = async () => ({ status: 200, headers: [], body: Buffer.from(EMAIL) });
      await decide(world, asked.approval.id, KIM);
      await world.drive(asked.approval.id);
      return asked.call;
    }

    it('what was dropped of it, and with the answer what was masked, as the events do', async () => {
      const id = await approved();
      expect(await answer(id)).toMatchObject(OF_BOTH);
      expect(await ask(said)).toMatchObject(OF_BOTH);
      const asked = { masked: { EMAIL: 2 }, dropped: ['cookie'] };
      expect(world.told('call.requested')).toMatchObject([asked, asked]);
      expect(world.told('call.succeeded')).toMatchObject([{ masked: { EMAIL: 3 } }]);
    });

    it('the same as where nobody has to be asked', async () => {
      await world.use(
        approvalParts({ targets: [...TARGETS, TICKETS], policies: 'permit (principal, action, resource);' }),
      );
      world.outside.answer = async () => ({ status: 200, headers: [], body: Buffer.from(EMAIL) });
      expect(await ask(said)).toMatchObject(OF_BOTH);
    });

    it('nothing where an older broker kept nothing of it', async () => {
      const id = await approved();
      for (const { key, value, version } of world.records.all()) {
        const { dropped: _, ...kept } = value as Record<string, unknown>;
        if (kept['id'] !== id || kept['answer'] === undefined) continue;
        const { masked: __, ...given } = kept['answer'] as Record<string, unknown>;
        const older = { ...kept, answer: given } as unknown as Json;
        const options = { expiresAt: world.clock.in(3600 * SECOND) };
        expect(await world.records.replace(key, version, older, options)).toBe(true);
      }
      const old = (await answer(id)) as MadeCall;
      expect(old).toMatchObject({ status: 200, dropped: [] });
      expect(old).not.toHaveProperty('masked');
    });
  });

  it.each<[string, (waits: Waits) => Promise<unknown>, string]>([
    ['denied', ({ approval }) => decide(world, approval.id, KIM, DENY), 'approval_denied'],
    ['expired', async () => world.clock.advance(2 * 3600 * SECOND), 'approval_expired'],
    ['withdrawn', ({ task, token }) => world.finish(task.id, token), 'task_over'],
    ['void', ({ task }) => world.revoke(task.id), 'approval_void'],
  ])('is a refusal, before and after its record says so: %s', async (_, change, code) => {
    const waits = await waiting();
    await change(waits);
    expect(codeOf(await answer(waits.call))).toBe(code);
    await world.drive(waits.approval.id);
    expect(await answer(waits.call)).toMatchObject({ code, extras: { call: waits.call } });
  });

  it('is what the target refused, or did not answer', async () => {
    const waits = await waiting();
    world.outside.answer = async () => ({ problem: 'timeout', sent: true, detail: 'It was slow.' });
    await decide(world, waits.approval.id, KIM);
    expect(await world.drive(waits.approval.id)).toBe('outcome_unknown');
    expect(await answer(waits.call)).toMatchObject({ code: 'outcome_unknown' });
  });

  it('is not given once the rules of masking are others', async () => {
    const waits = await waiting();
    await decide(world, waits.approval.id, KIM);
    await world.drive(waits.approval.id);
    const masked = { ...TICKETS, masking: { detectors: { EMAIL: 'last4' } } } as const;
    await world.use(approvalParts({ targets: [...TARGETS, masked] }));
    expect(codeOf(await answer(waits.call))).toBe('conflict');
  });

  it('is not given to an agent that was stopped', async () => {
    const waits = await waiting();
    await decide(world, waits.approval.id, KIM);
    await world.drive(waits.approval.id);
    await world.change('quarantine');
    expect(codeOf(await answer(waits.call))).toBe('agent_quarantined');
  });
});

describe('the same Idempotency-Key', () => {
  it('is the 202 until it was made, then the answer; and never for another body', async () => {
    const waits = await waiting();
    const asked = { call: waits.call, approval: waits.approval };
    expect(awaited(await ask())).toMatchObject(asked);
    await decide(world, waits.approval.id, KIM);
    expect(awaited(await ask())).toMatchObject(asked);
    let during: unknown;
    const { answer: usual } = world.outside;
    world.outside.answer = async (request) => {
      during ??= await ask();
      return usual(request);
    };
    await world.drive(waits.approval.id);
    expect(awaited(during)).toMatchObject(asked);
    expect(await ask()).toMatchObject({ call: waits.call, status: 200 });
    expect(codeOf(await ask({ body: Buffer.from('other') }))).toBe('idempotency_mismatch');
    expect(world.outside.sent).toHaveLength(1);
    expect((await approvalIn(world, waits.approval.id)).votes).toHaveLength(1);
  });

  it('of what was denied is the denial', async () => {
    const waits = await waiting();
    await decide(world, waits.approval.id, KIM, DENY);
    expect(codeOf(await ask())).toBe('approval_denied');
    await world.drive(waits.approval.id);
    expect(await ask()).toMatchObject({ code: 'approval_denied', extras: { call: waits.call } });
    // Another key asks people again.
    expect(codeOf(await ask({ key: 'other' }))).toBe('awaiting_approval');
  });
});
