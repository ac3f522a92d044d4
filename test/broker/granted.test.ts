// Credentials that people approved: granted, and issued to whoever asks for just the same again, while the task is open.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Awaiting } from '../../src/broker/index.ts';
import {
  approvalParts,
  approvalWorld,
  awaited,
  callIn,
  decide,
  KIM,
  needing,
  sealedIn,
  toldOf,
} from '../support/approvals.ts';
import { HOUR, MINUTE } from '../support/clock.ts';
import { awsCapability } from '../support/config.ts';
import { failingAt } from '../support/meddling.ts';
import { AGENT, codeOf, TARGETS, type World } from '../support/world.ts';

const PREFIX = { prefix: { pattern: '[a-z-]{1,20}' } };
const wanting = (prefix: string) => [{ capability: 'reports:edit', parameters: { prefix } }];

/** With a write that says of what. */
function parts(given: object = {}) {
  const [reports] = TARGETS;
  const edit = awsCapability({
    effect: 'write',
    parameters: PREFIX,
    statements: [{ actions: ['s3:PutObject'], resources: ['arn:aws:s3:::acme-reports/${prefix}/*'] }],
  });
  const usual = approvalParts();
  return {
    ...usual,
    agents: (usual.agents ?? []).map((one) => ({
      ...one,
      capabilities: [...one.capabilities, 'reports:edit'],
      ...(one.id === AGENT ? given : {}),
    })),
    targets: TARGETS.map((one) =>
      one.id === 'reports' && reports?.kind === 'aws'
        ? { ...reports, capabilities: { ...reports.capabilities, edit } }
        : one,
    ),
  };
}

let world: World;
let task: { readonly id: string };
let token: string;
beforeEach(async () => {
  world = await approvalWorld();
  await world.use(parts());
  const capabilities = [...wanting('team-a'), ...wanting('team-b')];
  ({ task, token } = await world.opened({ capabilities, ttlSeconds: 1800 }));
});

const issue = (prefix = 'team-a', key?: string) => {
  world.clock.advance(2);
  return world.issue(task.id, token, { wanted: wanting(prefix), ...(key === undefined ? {} : { key }) });
};

async function granted(key?: string): Promise<Awaiting> {
  const waits = awaited(await issue('team-a', key));
  await world.drive(waits.approval.id);
  expect(codeOf(await decide(world, waits.approval.id, KIM))).toBe('ok');
  expect(await world.drive(waits.approval.id)).toBe('approved');
  return waits;
}

const stateOf = ({ call }: Awaiting) => callIn(world, { task, call });

describe('once it is granted', () => {
  it.each([undefined, 'k'])('the same request issues, and again for fresh ones: key %s', async (key) => {
    const waits = await granted(key);
    expect(world.sessions.asked).toEqual([]);
    expect(sealedIn(world)).toEqual([]);
    expect(await stateOf(waits)).toMatchObject({ status: 'approved' });
    const first = await issue('team-a', key);
    expect(first).toMatchObject({ session: { accessKeyId: 'ASIAEXAMPLE1' } });
    expect(await stateOf(waits)).toMatchObject({ status: 'succeeded' });
    world.clock.advance(10 * MINUTE);
    expect(await issue('team-a', key)).toMatchObject({ session: { accessKeyId: 'ASIAEXAMPLE2' } });
    expect(world.sessions.asked[0]?.policy).toContain('acme-reports/team-a/*');
    for (const told of world.told('credentials.issued')) {
      expect(told).toMatchObject({ approval: waits.approval.id, input: { approvals: { count: 1 } } });
    }
    expect(world.told('call.awaiting')).toHaveLength(1);
    expect(toldOf(world, waits)).toContain('call.granted');
  });

  it('another key may have it too, and what was asked with other parameters is asked anew', async () => {
    const waits = await granted('k');
    expect(codeOf(await issue('team-a', 'other'))).toBe('ok');
    const other = awaited(await issue('team-b'));
    expect(other.approval.id).not.toBe(waits.approval.id);
    expect(world.sessions.asked).toHaveLength(1);
  });

  it('is not, where the definition has changed: that is asked anew', async () => {
    const waits = await granted();
    await world.use(parts({ purpose: 'Something else' }));
    const again = awaited(await issue());
    expect(again.approval.id).not.toBe(waits.approval.id);
    expect(world.sessions.asked).toEqual([]);
    // Under the files of then it is granted still.
    await world.use(parts());
    expect(codeOf(await issue())).toBe('ok');
  });

  it('is not, where policy wants more by now', async () => {
    const waits = await granted();
    await world.use({ ...parts(), policies: needing('context.approvals.count >= 2') });
    const again = awaited(await issue());
    expect(again.approval).toMatchObject({ needed: { count: 2 } });
    expect(again.approval.id).not.toBe(waits.approval.id);
  });

  it('under a key that came before, is refused where it is granted no more', async () => {
    await granted('k');
    await world.use({ ...parts(), policies: needing('context.approvals.count >= 2') });
    expect(codeOf(await issue('team-a', 'k'))).toBe('approval_void');
    expect(world.sessions.asked).toEqual([]);
  });

  it('is of one task: another asks anew', async () => {
    await granted();
    const other = await world.opened({ capabilities: wanting('team-a') });
    const answer = await world.issue(other.task.id, other.token, { wanted: wanting('team-a') });
    expect(codeOf(answer)).toBe('awaiting_approval');
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['its task is finished', () => world.finish(task.id, token), 'task_over'],
    ['its agent is quarantined', () => world.change('quarantine'), 'agent_quarantined'],
  ])('issues no more once %s', async (_, end, code) => {
    await granted();
    await end();
    expect(codeOf(await issue())).toBe(code);
    expect(world.sessions.asked).toEqual([]);
  });

  it('and never used, ends as expired with its task', async () => {
    const waits = await granted();
    await world.settle(5 * MINUTE);
    expect((await stateOf(waits)).status).toBe('approved');
    world.clock.advance(HOUR);
    for (let pass = 0; pass < 3; pass += 1) await world.settle();
    expect(await stateOf(waits)).toMatchObject({ status: 'expired', refusal: { code: 'approval_expired' } });
    expect(toldOf(world, waits).at(-1)).toBe('call.expired');
  });
});

describe('at once', () => {
  it('ten who ask for just the same are one question, and all of them have it once it is approved', async () => {
    const keys = Array.from({ length: 10 }, (_, place) => (place % 2 === 0 ? undefined : `k${place}`));
    const told = (await Promise.all(keys.map((key) => issue('team-a', key)))).map(awaited);
    expect(new Set(told.map(({ approval }) => approval.id)).size).toBe(1);
    expect(new Set(told.map(({ call }) => call)).size).toBe(1);
    expect(world.told('call.awaiting')).toHaveLength(1);
    expect(world.people.started).toHaveLength(1);
    const [one] = told;
    await decide(world, String(one?.approval.id), KIM);
    await world.drive(String(one?.approval.id));
    for (const key of keys) expect(codeOf(await issue('team-a', key))).toBe('ok');
  });

  it('who asks again when it is decided and not granted yet, has it a moment later', async () => {
    const { approval, call } = awaited(await issue());
    await world.drive(approval.id);
    expect(codeOf(await decide(world, approval.id, KIM))).toBe('ok');
    const asked = issue();
    await world.clock.sleep(200);
    await world.drive(approval.id);
    expect(codeOf(await asked)).toBe('ok');
    expect((await callIn(world, { task, call })).status).toBe('succeeded');
  });

  it('but not, where its task has ended in that moment', async () => {
    const { approval } = awaited(await issue());
    await world.drive(approval.id);
    await decide(world, approval.id, KIM);
    const asked = issue();
    await world.clock.sleep(200);
    await world.drive(approval.id);
    expect(codeOf(await world.revoke(task.id))).toBe('ok');
    expect(codeOf(await asked)).toBe('task_over');
    expect(world.sessions.asked).toEqual([]);
  });

  it('and where it is never granted, is told that it waits', async () => {
    const { approval } = awaited(await issue());
    expect(codeOf(await decide(world, approval.id, KIM))).toBe('ok');
    expect(awaited(await issue()).approval.id).toBe(approval.id);
    expect(world.clock.slept()).toBeLessThan(20_000);
  });

  it('is asked by somebody else, where whoever was first has come to nothing', async () => {
    world.meddle = failingAt({ name: 'objects.put' });
    expect(codeOf(await issue())).toBe('internal');
    world.meddle = undefined;
    const { approval } = awaited(await issue());
    await decide(world, approval.id, KIM);
    await world.drive(approval.id);
    expect(codeOf(await issue())).toBe('ok');
  });
});

describe('before that', () => {
  it('whoever asks again, with a key or without, is told of the one that waits', async () => {
    const first = awaited(await issue());
    for (const key of [undefined, 'k', 'k']) {
      expect(awaited(await issue('team-a', key))).toMatchObject({
        call: first.call,
        approval: first.approval,
      });
    }
    expect(world.told('call.awaiting')).toHaveLength(1);
    expect(world.people.started).toHaveLength(1);
  });

  it('and once it was denied, is told so, and nobody is asked the same again', async () => {
    const { approval } = awaited(await issue());
    await decide(world, approval.id, KIM, { decision: 'deny', reason: 'Not today' });
    expect(await world.drive(approval.id)).toBe('denied');
    expect(await issue()).toMatchObject({
      code: 'approval_denied',
      detail: expect.stringContaining('Not today'),
    });
    expect(world.told('call.awaiting')).toHaveLength(1);
    // What is not the same is asked.
    expect(codeOf(await issue('team-b'))).toBe('awaiting_approval');
  });

  it('and once nobody has decided it in time, may be asked again', async () => {
    await world.use({
      ...parts(),
      broker: { approvals: { expireAfterSeconds: 60, escalateAfterSeconds: 30, escalateTo: [] } },
    });
    const first = awaited(await issue());
    world.clock.advance(2 * MINUTE);
    const again = awaited(await issue());
    expect(again.approval.id).not.toBe(first.approval.id);
    await decide(world, again.approval.id, KIM);
    await world.drive(again.approval.id);
    expect(codeOf(await issue())).toBe('ok');
  });
});
