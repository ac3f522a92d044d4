// What waits for people: what the agent is told, what is kept meanwhile, and what is not there when it could not be.
import { beforeEach, describe, expect, it } from 'vitest';
import { mendApprovals } from '../../src/broker/index.ts';
import type { JsonObject } from '../../src/shared/json.ts';
import {
  approvalIn,
  approvalWorld,
  awaited,
  callIn,
  DROP,
  decide,
  KIM,
  sealedIn,
  toldOf,
} from '../support/approvals.ts';
import { HOUR, MINUTE } from '../support/clock.ts';
import { call, openFor } from '../support/http-calls.ts';
import { failingAt } from '../support/meddling.ts';
import { codeOf, type World } from '../support/world.ts';

let world: World;
let opened: Awaited<ReturnType<typeof openFor>>;
beforeEach(async () => {
  world = await approvalWorld();
  opened = await openFor(world, 'tickets:drop', 'tickets:write');
});

const ask = () => call(world, opened, { ...DROP, body: Buffer.from('canary-body'), key: 'k' });
/** With the task that the call is of. */
const waits = async () => ({ ...awaited(await ask()), ...opened });

describe('what waits', () => {
  it('is told to the agent, and written down before it is before anybody', async () => {
    const asked = await waits();
    expect(asked).toMatchObject({
      call: expect.stringMatching(/^call_/),
      approval: {
        id: expect.stringMatching(/^appr_/),
        needed: { count: 1, of: {} },
        expiresAt: world.clock.in(HOUR).toISOString(),
      },
    });
    const { id } = asked.approval;
    expect(await callIn(world, asked)).toMatchObject({ status: 'awaiting_approval', approval: id });
    expect(await approvalIn(world, id)).toMatchObject({
      ...{ id, status: 'pending', votes: [], links: [], call: asked.call, task: opened.task.id },
      ...{ target: 'tickets', kind: 'http', effect: 'write', requestLine: 'DELETE /tickets/42' },
      decision: { outcome: 'needsApproval' },
    });
    expect(toldOf(world, asked)).toEqual(['call.requested', 'call.awaiting']);
    expect(world.told('call.awaiting')).toMatchObject([
      { approval: id, operation: [{ capability: 'tickets:drop' }], input: { operations: [{}] } },
    ]);
    expect(world.people.started).toEqual([id]);
    expect(world.outside.sent).toEqual([]);
  });

  it('is kept sealed, without any token, and nowhere else', async () => {
    const { approval } = await waits();
    expect(sealedIn(world)).toEqual([(await approvalIn(world, approval.id)).sealed]);
    const [kept = new Uint8Array()] = world.outside.objects.kept.values();
    expect(Buffer.from(kept).toString('latin1')).not.toContain('canary-body');
    const { task, call: of } = await approvalIn(world, approval.id);
    const plain = await world.dependencies.unsealer.unseal(kept, { task, call: of });
    const text = Buffer.from(plain ?? []).toString('utf8');
    expect(text).toContain(Buffer.from('canary-body').toString('base64'));
    for (const secret of [opened.token, world.agentToken()]) expect(text).not.toContain(secret);
  });

  it('waits no longer than its task', async () => {
    world.clock.advance(30 * MINUTE);
    const { approval } = awaited(await call(world, opened, DROP));
    expect(approval.expiresAt).toBe(opened.task.expiresAt);
  });

  const crowd = (many: number) => Promise.all(Array.from({ length: many }, () => call(world, opened, DROP)));

  it('is no more than twenty of a task, however many ask at once; more are let in when some are decided', async () => {
    const answers = await crowd(30);
    const asked = answers.filter((answer) => codeOf(answer) === 'awaiting_approval').map(awaited);
    expect(asked).toHaveLength(20);
    expect(answers.filter((answer) => codeOf(answer) === 'rate_limited')).toHaveLength(10);
    expect(new Set(world.people.started)).toEqual(new Set(asked.map(({ approval }) => approval.id)));
    world.clock.advance(1);
    expect((await crowd(3)).map(codeOf)).toEqual(['rate_limited', 'rate_limited', 'rate_limited']);
    for (const { approval } of asked.slice(0, 2)) {
      await decide(world, approval.id, KIM, { decision: 'deny', reason: 'No.' });
      await world.drive(approval.id);
    }
    const then = (await crowd(3)).map(codeOf);
    expect(then.filter((code) => code === 'awaiting_approval')).toHaveLength(2);
  });

  it('is asked again by the same key, and stays one', async () => {
    const first = await waits();
    const again = awaited(await ask());
    expect(again).toEqual({
      call: first.call,
      approval: first.approval,
      retryAfterSeconds: first.retryAfterSeconds,
    });
    expect(world.people.started).toHaveLength(1);
    expect(world.told('call.repeated')).toMatchObject([{ answer: 'awaiting_approval', call: first.call }]);
    expect(codeOf(await call(world, opened, { ...DROP, body: Buffer.from('other'), key: 'k' }))).toBe(
      'idempotency_mismatch',
    );
  });
});

describe('where something is down', () => {
  const nothingWaits = () => {
    expect(world.records.all().filter(({ key }) => key.partition.startsWith('approval/'))).toEqual([]);
    expect(world.people.started).toEqual([]);
    expect(sealedIn(world)).toEqual([]);
    expect(world.calls()).toMatchObject([{ status: 'failed' }]);
  };

  it.each<[string, string, number | undefined, string]>([
    ['the audit, as it is asked', 'events.append', 2, 'audit_unavailable'],
    ['the sealer', 'sealer.seal', undefined, 'internal'],
    ['the objects', 'objects.put', undefined, 'internal'],
  ])('nothing waits: %s', async (_, name, number, code) => {
    world.meddle = failingAt({ name, ...(number === undefined ? {} : { number }) });
    expect(codeOf(await ask())).toBe(code);
    world.meddle = undefined;
    nothingWaits();
    // The key is let go, for any body: what waits then is what was asked for then.
    const other = { ...DROP, body: Buffer.from('other'), key: 'k' };
    const asked = { ...awaited(await call(world, opened, other)), ...opened };
    await decide(world, asked.approval.id, KIM);
    expect(await world.drive(asked.approval.id)).toBe('succeeded');
    expect(world.outside.sent.map(({ body }) => Buffer.from(body ?? []).toString())).toEqual(['other']);
  });

  it('and was approved, and then its target was not there: under the same key nobody is asked again', async () => {
    const asked = await waits();
    await decide(world, asked.approval.id, KIM);
    world.outside.answer = async () => ({ problem: 'unavailable', sent: false, detail: 'It is not there.' });
    expect(await world.drive(asked.approval.id)).toBe('failed');
    expect(await ask()).toMatchObject({ code: 'target_unavailable', extras: { call: asked.call } });
    expect(world.told('call.awaiting')).toHaveLength(1);
    expect(world.people.started).toHaveLength(1);
  });

  it('a start that was lost is made up for, once it is sure to be', async () => {
    world.meddle = failingAt({ name: 'workflow.start' });
    const { approval } = await waits();
    expect(world.people.started).toEqual([]);
    world.meddle = undefined;
    expect(await mendApprovals(world.dependencies, { restart: false })).toBe(true);
    expect(world.people.started).toEqual([]);
    world.clock.advance(2 * MINUTE);
    await mendApprovals(world.dependencies, { restart: false });
    expect(world.people.started).toEqual([approval.id]);
    // Once it waits for people it is let alone.
    await world.drive(approval.id);
    await mendApprovals(world.dependencies, { restart: false });
    expect(world.people.started).toEqual([approval.id]);
  });

  it('of an agent that was stopped is void within a minute, and its workflow is told', async () => {
    const asked = await waits();
    await world.drive(asked.approval.id);
    await world.change('disable');
    expect(await approvalIn(world, asked.approval.id)).toMatchObject({ status: 'pending' });
    world.clock.advance(MINUTE);
    await mendApprovals(world.dependencies, { restart: false });
    expect(await approvalIn(world, asked.approval.id)).toMatchObject({ status: 'void' });
    expect(await callIn(world, asked)).toMatchObject({ status: 'void', refusal: { code: 'approval_void' } });
    expect(toldOf(world, asked).at(-1)).toBe('call.voided');
    expect(await world.drive(asked.approval.id)).toBe('void');
    expect(world.outside.sent).toEqual([]);
  });

  it('a broker of one process starts them all again, and those that fail the next time', async () => {
    const first = await waits();
    const other = awaited(await call(world, opened, DROP));
    for (const { approval } of [first, other]) await world.drive(approval.id);
    world.people.started.length = 0;
    world.meddle = failingAt({ name: 'workflow.start', number: 1 });
    expect(await mendApprovals(world.dependencies, { restart: true })).toBe(false);
    expect(world.people.started).toHaveLength(1);
    expect(await mendApprovals(world.dependencies, { restart: true })).toBe(true);
    expect(world.people.started).toHaveLength(3);
    expect(new Set(world.people.started)).toEqual(new Set([first.approval.id, other.approval.id]));
    // What has ended is listed no more.
    for (const { approval } of [first, other]) {
      await decide(world, approval.id, KIM);
      await world.drive(approval.id);
    }
    world.people.started.length = 0;
    await mendApprovals(world.dependencies, { restart: true });
    expect(world.people.started).toEqual([]);
  });
});

it('thousands that wait are started again without waiting for each of them', async () => {
  for (let at = 0; at < 5; at += 1) awaited(await call(world, opened, DROP));
  world.people.started.length = 0;
  let trips = 0;
  const { records } = world.dependencies;
  const read: typeof records.read = (keys) => {
    trips += 1;
    return records.read(keys);
  };
  await mendApprovals({ ...world.dependencies, records: { ...records, read } }, { restart: true });
  expect(world.people.started).toHaveLength(5);
  expect(trips).toBe(1);
});

it('shows people what it is, and nothing of what is masked', async () => {
  const body = Buffer.from('{"note":"write to canary.bird@example.net"}');
  const headers = [['content-type', 'application/json']] as const;
  const asked = awaited(await call(world, opened, { ...DROP, body, headers }));
  await world.drive(asked.approval.id);
  const { card } = await approvalIn(world, asked.approval.id);
  const mails = world.people.mails.map(({ text, html }) => text + html).join();
  const shown = JSON.stringify([card, world.people.posted, world.told(), world.records.all()]) + mails;
  expect(shown).toContain('DELETE /tickets/42');
  expect(shown).not.toContain('canary.bird@example.net');
  expect((world.told('call.awaiting')[0] as JsonObject)['card']).toEqual(card);
});
