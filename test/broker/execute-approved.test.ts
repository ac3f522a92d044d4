// What executes is what was shown, or nothing: whatever changed meanwhile, and whatever did not.
import { beforeEach, describe, expect, it } from 'vitest';
import { approvalKey } from '../../src/approvals/index.ts';
import { executeApproved } from '../../src/broker/index.ts';
import type { AgentDefinition } from '../../src/config/index.ts';
import type { Json } from '../../src/shared/json.ts';
import { Secret } from '../../src/shared/secret.ts';
import {
  approvalIn,
  approvalParts,
  approvalWorld,
  awaited,
  callIn,
  DECIDERS,
  DROP,
  decide,
  GROUPS,
  KIM,
  LEE,
  needing,
  PEOPLE,
  POLICIES,
  sealedIn,
  toldOf,
  type Waits,
} from '../support/approvals.ts';
import { chainAgent, handedOn } from '../support/chains.ts';
import { DAY, HOUR, MINUTE } from '../support/clock.ts';
import { awsTarget, type ConfigParts, humanSettings } from '../support/config.ts';
import { call, openFor, TICKETS } from '../support/http-calls.ts';
import { jsonAnswer } from '../support/outside.ts';
import { AGENT, codeOf, ISSUER_URL, TARGETS, type World } from '../support/world.ts';

const SCOUT = chainAgent('scout', { capabilities: ['tickets:drop', 'reports:list'] });
const SIGNED = {
  ...TICKETS,
  inject: [{ sigv4: { target: 'reports', service: 'execute-api', region: 'eu-west-1' } }],
} as const;

/** A usual agent, and one that it hands work on to. */
function parts(others: Partial<ConfigParts> = {}): ConfigParts {
  const usual = approvalParts();
  return { ...usual, agents: [...(usual.agents ?? []), SCOUT], ...others };
}

/** With another agent of that name. */
const withAgent = (id: string, given: Partial<AgentDefinition>) =>
  parts({ agents: (parts().agents ?? []).map((one) => (one.id === id ? { ...one, ...given } : one)) });

const withTarget = (given: object, id = 'tickets') =>
  parts({ targets: (parts().targets ?? []).map((one) => (one.id === id ? { ...one, ...given } : one)) });

const withPeople = (people: typeof PEOPLE) =>
  parts({ humans: humanSettings({ issuer: ISSUER_URL, people }) });

const [REPORTS = awsTarget('reports')] = TARGETS;
const signing = (given: object = {}) => parts({ targets: [{ ...REPORTS, ...given }, SIGNED] });

interface Given extends Waits {
  readonly above: Awaited<ReturnType<typeof openFor>>;
}

let world: World;
beforeEach(async () => {
  world = await approvalWorld();
  await world.use(parts());
});

/** What the agent below asks for, approved by one. */
async function approved(): Promise<Given> {
  const held = ['tickets:drop', 'reports:list'];
  const above = await openFor(world, ...held);
  const capabilities = held.map((capability) => ({ capability, parameters: {} }));
  const below = await handedOn(world, above, 'scout', { capabilities });
  world.clock.advance(1);
  const waits = { ...awaited(await call(world, below, DROP)), ...below, above };
  world.clock.advance(2);
  await world.drive(waits.approval.id);
  expect(codeOf(await decide(world, waits.approval.id, KIM))).toBe('ok');
  world.clock.advance(1);
  return waits;
}

async function tamper(waits: Given, change: (bytes: Uint8Array) => Uint8Array) {
  const { sealed } = await approvalIn(world, waits.approval.id);
  const { kept } = world.outside.objects;
  kept.set(sealed, change(kept.get(sealed) ?? new Uint8Array()));
}

type Change = (waits: Given) => unknown;

const VOID: Readonly<Record<string, Change>> = {
  "the agent's definition": () => world.use(withAgent('scout', { purpose: 'Something else' })),
  "an ancestor's definition": () => world.use(withAgent(AGENT, { purpose: 'Something else' })),
  "the agent's capabilities": () =>
    world.use(withAgent('scout', { capabilities: ['tickets:drop', 'tickets:read'] })),
  'no agent any more': () => world.use(parts({ agents: approvalParts().agents ?? [] })),
  "the target's definition": () =>
    world.use(withTarget({ connection: { ...TICKETS.connection, baseUrl: 'https://other.example.com' } })),
  'the secret that is injected': () => world.use(withTarget({ secret: 'prod/other' })),
  'no target any more': () => world.use(parts({ targets: TARGETS })),
  'a policy that refuses now': () => world.use(parts({ policies: DECIDERS })),
  'a policy that wants more of them': () =>
    world.use(parts({ policies: needing('context.approvals.count >= 2') })),
  'a policy that wants others': () =>
    world.use(parts({ policies: needing('context.approvals.of["owners"] >= 1') })),
  'a policy that lets whoever approved approve no more': () =>
    world.use(
      parts({ policies: POLICIES.replace('Group::"security", action ==', 'Group::"owners", action ==') }),
    ),
  'whoever approved has become an owner of it': () =>
    world.use(withAgent('scout', { owner: { team: 'Data', email: 'data@example.com', people: [KIM] } })),
  'the task finished': ({ task, token }) => world.finish(task.id, token),
  'the task revoked': ({ task }) => world.revoke(task.id),
  'the task above finished': ({ above }) => world.finish(above.task.id, above.token),
  'the task above revoked': ({ above }) => world.revoke(above.task.id),
  'the task expired': () => world.clock.advance(2 * HOUR),
  'the agent quarantined': () => world.change('quarantine', { agent: 'scout' }),
  'the agent disabled': () => world.change('disable', { agent: 'scout' }),
  'the agent above quarantined': () => world.change('quarantine'),
  'what was sealed, altered': (waits) =>
    tamper(waits, (bytes) => bytes.map((one, at) => (at === 40 ? one ^ 1 : one))),
  'what was sealed, cut': (waits) => tamper(waits, (bytes) => bytes.subarray(0, 20)),
  'what was sealed, gone': async (waits) =>
    world.outside.objects.remove((await approvalIn(world, waits.approval.id)).sealed),
  "what was sealed, another call's": async (waits) => {
    const other = awaited(await call(world, waits, { ...DROP, path: '/tickets/43' }));
    const { sealed } = await approvalIn(world, other.approval.id);
    const bytes = world.outside.objects.kept.get(sealed) ?? new Uint8Array();
    await tamper(waits, () => bytes);
    await world.outside.objects.remove(sealed);
  },
  'the record, which names what was sealed of another call': async (waits) => {
    const other = awaited(await call(world, waits, { ...DROP, path: '/tickets/43' }));
    const approval = await approvalIn(world, waits.approval.id);
    const { sealed } = await approvalIn(world, other.approval.id);
    await rewrite({ ...approval, sealed });
  },
  'token keys, rotated twice': () => {
    world.tokenKeys = { current: new Secret('x'.repeat(64)), previous: new Secret('y'.repeat(64)) };
  },
};

async function rewrite(approval: Awaited<ReturnType<typeof approvalIn>>) {
  const [record] = await world.records.read([approvalKey(approval.id)]);
  const options = { expiresAt: world.clock.in(DAY) };
  await world.records.replace(
    approvalKey(approval.id),
    record?.version ?? 0,
    approval as unknown as Json,
    options,
  );
}

const STILL: Readonly<Record<string, Change>> = {
  nothing: () => undefined,
  'another agent': () => world.use(withAgent('nobody', {})),
  'an agent that is new': () =>
    world.use(parts({ agents: [...(parts().agents ?? []), chainAgent('new', {})] })),
  "another target's definition": () => world.use(withTarget({ sensitivity: 'public' }, 'ledger')),
  "a comment in the agent's file": () => world.use(withAgent('scout', { digest: '9'.repeat(64) })),
  "another digest, and another person's groups": () =>
    world.use({
      ...withPeople(PEOPLE.map((one) => (one.id === LEE ? { ...one, groups: [] } : one))),
      digest: 'f'.repeat(64),
    }),
  'a policy that lets more': () => world.use(parts({ policies: `permit (principal, action, resource);` })),
  'token keys, rotated once': () => {
    world.tokenKeys = { current: new Secret('x'.repeat(64)), previous: world.tokenKeys.current };
  },
  'a group that is new': () => world.use(parts({ groups: [...GROUPS, 'more'] })),
};

describe('void', () => {
  it.each(Object.entries(VOID))('%s', async (_, change) => {
    const waits = await approved();
    expect(codeOf(await change(waits))).toBe('ok');
    const ended = await world.drive(waits.approval.id);
    expect(['void', 'withdrawn']).toContain(ended);
    expect(world.outside.sent).toEqual([]);
    const kept = await callIn(world, waits);
    expect(kept).toMatchObject({
      status: ended,
      refusal: { code: ended === 'void' ? 'approval_void' : 'task_over' },
    });
    const last = toldOf(world, waits).at(-1);
    expect(last).toBe(ended === 'void' ? 'call.voided' : 'call.withdrawn');
    expect((await world.events.read(waits.task.id, kept.outcomeEvent))?.body['type']).toBe(last);
    const { sealed } = await approvalIn(world, waits.approval.id);
    expect(world.outside.objects.kept.has(sealed)).toBe(false);
    // Whatever comes afterwards.
    await executeApproved(world.dependencies, waits.approval.id);
    await world.settle();
    expect(world.outside.sent).toEqual([]);
    expect((await callIn(world, waits)).status).toBe(ended);
  });

  it('the target whose session signs', async () => {
    await world.use(signing());
    const waits = await approved();
    await world.use(signing({ sensitivity: 'public' }));
    expect(await world.drive(waits.approval.id)).toBe('void');
    expect([world.outside.sent, world.sessions.asked]).toEqual([[], []]);
  });

  it('a task that is revoked while what was approved is being unsealed', async () => {
    const waits = await approved();
    let isRevoked = false;
    world.meddle = async ({ name }, go) => {
      if (name === 'unsealer.unseal' && !isRevoked) {
        isRevoked = true;
        expect(codeOf(await world.revoke(waits.task.id))).toBe('ok');
      }
      return go();
    };
    expect(await world.drive(waits.approval.id)).toBe('void');
    expect([isRevoked, world.outside.sent]).toEqual([true, []]);
    expect((await approvalIn(world, waits.approval.id)).status).toBe('void');
    expect(toldOf(world, waits).filter((type) => type === 'call.voided')).toHaveLength(1);
  });

  it('says so to whoever decides after a change that ended it', async () => {
    await world.use(parts({ policies: needing('context.approvals.count >= 2') }));
    const waits = await approved();
    expect(codeOf(await world.revoke(waits.task.id))).toBe('ok');
    expect(await decide(world, waits.approval.id, LEE)).toMatchObject({ code: 'approval_void' });
  });
});

describe('executes all the same', () => {
  it('what has left already when its task is finished, and says nothing else of it', async () => {
    const waits = await approved();
    const usual = world.outside.answer;
    world.outside.answer = async (request) => {
      expect(codeOf(await world.finish(waits.task.id, waits.token))).toBe('ok');
      return usual(request);
    };
    expect(await world.drive(waits.approval.id)).toBe('succeeded');
    expect(world.outside.sent).toHaveLength(1);
    expect((await approvalIn(world, waits.approval.id)).status).toBe('approved');
    expect(toldOf(world, waits)).not.toContain('call.withdrawn');
  });

  it.each(Object.entries(STILL))('%s', async (_, change) => {
    const waits = await approved();
    await change(waits);
    expect(await world.drive(waits.approval.id)).toBe('succeeded');
    expect(world.outside.sent).toHaveLength(1);
    const [, credential] = world.outside.sent[0]?.headers.find(([name]) => name === 'Authorization') ?? [];
    expect(credential instanceof Secret ? credential.open() : credential).toBe('Bearer canary-target-key-1');
    expect(sealedIn(world)).toEqual([]);
    expect(toldOf(world, waits)).toEqual([
      ...['call.requested', 'call.awaiting', 'approval.asked', 'call.decided'],
      ...['call.executing', 'call.succeeded'],
    ]);
    expect(world.told('call.succeeded')).toMatchObject([
      { approval: waits.approval.id, agent: 'scout', input: { approvals: { count: 1 } } },
    ]);
  });

  describe('what the target answers with 401: once, and', () => {
    const credentialOf = (at: number) => {
      const [, value] = world.outside.sent[at]?.headers.find(([name]) => name === 'Authorization') ?? [];
      return value instanceof Secret ? value.open() : value;
    };

    it('the next has another access token', async () => {
      const oauth2 = {
        tokenUrl: 'https://login.example.com/token',
        clientId: 'me',
        clientSecret: '${secret.token}',
        authentication: 'basic',
        private: [],
      } as const;
      await world.use(withTarget({ inject: [{ oauth2 }] }));
      let issued = 0;
      world.outside.answer = async ({ to }) => {
        if (to.target !== 'tickets/token') return jsonAnswer({}, issued === 1 ? 401 : 200);
        issued += 1;
        return jsonAnswer({ access_token: `canary-access-${issued}` });
      };
      for (let time = 0; time < 2; time += 1) {
        const waits = await approved();
        expect(await world.drive(waits.approval.id)).toBe('succeeded');
      }
      const seen = world.outside.sent.map(({ to }, at) => [to.target, credentialOf(at)]);
      expect(seen.filter(([target]) => target === 'tickets')).toEqual([
        ['tickets', 'Bearer canary-access-1'],
        ['tickets', 'Bearer canary-access-2'],
      ]);
      expect(issued).toBe(2);
    });

    it('its secret is read afresh', async () => {
      world.outside.answer = async () => jsonAnswer({}, 401);
      const waits = await approved();
      expect(await world.drive(waits.approval.id)).toBe('succeeded');
      expect(world.outside.sent).toHaveLength(1);
      expect(world.outside.readFresh).toEqual(['prod/tickets']);
    });
  });

  it('with a session for its signature, which is known of before it leaves', async () => {
    await world.use(signing());
    const waits = await approved();
    const vended = () => world.records.all().filter(({ key }) => key.partition.startsWith('vended/'));
    const before = vended().length;
    const { answer } = world.sessions;
    world.sessions.answer = async (request) => {
      expect(vended().length).toBeGreaterThan(before);
      return answer(request);
    };
    expect(await world.drive(waits.approval.id)).toBe('succeeded');
    expect(world.outside.sent).toHaveLength(1);
    expect(world.sessions.asked).toHaveLength(1);
  });
});

it('is what was asked for, to the byte, but for what only the asking needed', async () => {
  const opened = await openFor(world, 'tickets:drop');
  const asked = {
    ...DROP,
    query: [['why', 'a b&c']] as const,
    body: Buffer.from([0, 255, 10]),
    headers: [
      ['x-more', 'yes'],
      ['authorization', `Bearer ${opened.token}`],
    ] as const,
  };
  const waits = { ...awaited(await call(world, opened, asked)), ...opened };
  await decide(world, waits.approval.id, KIM);
  // The token that it was asked with is over by then.
  world.clock.advance(MINUTE);
  expect(await world.drive(waits.approval.id)).toBe('succeeded');
  await world.use({ ...parts({ policies: 'permit (principal, action, resource);' }) });
  await call(world, opened, asked);
  const [one, other] = world.outside.sent;
  // What people approved is sent once, whatever the line does.
  const once = { timeoutMilliseconds: 0, mayRepeat: false };
  expect({ ...one, ...once }).toEqual({ ...other, ...once });
  expect(one?.mayRepeat).toBe(false);
  expect(JSON.stringify(one)).not.toContain(opened.token);
});
