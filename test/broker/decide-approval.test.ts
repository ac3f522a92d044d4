// People decide: once, as many as are needed, never who asks or answers for it, and everybody is told the truth.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/adapters/embedded/sqlite.ts';
import { createSqliteEvents } from '../../src/adapters/embedded/sqlite-events.ts';
import { createSqliteRecords } from '../../src/adapters/embedded/sqlite-records.ts';
import { executeApproved } from '../../src/broker/index.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { memoryObjects } from '../contract/support/memory-objects.ts';
import { temporaryDirectory } from '../contract/support/temporary.ts';
import {
  approvalIn,
  approvalParts,
  approvalWorld,
  awaited,
  BOTH,
  callIn,
  DROP,
  decide,
  GUEST,
  KIM,
  LEE,
  needing,
  OWNER,
  PEOPLE,
  sealedIn,
  toldOf,
  type Waits,
  waiting,
} from '../support/approvals.ts';
import { chainAgent, handedOn } from '../support/chains.ts';
import { agentDefinition, humanSettings } from '../support/config.ts';
import { call, openFor, TICKETS } from '../support/http-calls.ts';
import { codeOf, ISSUER_URL, type World } from '../support/world.ts';

const DENY = { decision: 'deny', reason: 'Not today' } as const;
const MANY = Array.from({ length: 200 }, (_, at) => `approver-${at}@example.com`);

/** All at once: how many decided it, and what the others were told. */
async function expectOneDecision(world: World, waits: Waits, read: (id: string) => Promise<unknown>) {
  const { id } = waits.approval;
  const answers = await Promise.all(MANY.map((one) => decide(world, id, one)));
  const late = answers.filter((answer) => answer instanceof Refusal);
  expect(late).toHaveLength(MANY.length - 1);
  const approval = (await read(id)) as Awaited<ReturnType<typeof approvalIn>>;
  expect(approval).toMatchObject({ status: 'approved', votes: [{ decision: 'approve' }] });
  const [vote] = approval.votes;
  const truth = `It was already decided by ${vote?.by} at ${vote?.at}: approved.`;
  expect(new Set(late.map(({ code, detail }) => `${code} ${detail}`))).toEqual(
    new Set([`conflict ${truth}`]),
  );
  await Promise.all(Array.from({ length: 5 }, () => executeApproved(world.dependencies, id)));
  expect(await world.drive(id)).toBe('succeeded');
  expect(world.outside.sent).toHaveLength(1);
}

describe('two hundred who approve the same at once', () => {
  it('make one decision, and one call', async () => {
    const world = await approvalWorld();
    const waits = await waiting(world);
    await expectOneDecision(world, waits, (id) => approvalIn(world, id));
    expect(world.told('call.decided')).toHaveLength(1);
    expect(world.told('call.executing')).toHaveLength(1);
  });

  it('make one on the database of the embedded broker too', async () => {
    const directory = await temporaryDirectory();
    const database = openDatabase({ directory: directory.path });
    try {
      const world = await approvalWorld();
      const { clock } = world;
      const objects = memoryObjects();
      const records = createSqliteRecords({ database, objects, clock });
      const events = createSqliteEvents({ database, objects, clock });
      Object.assign(world.dependencies, { records, events });
      const waits = await waiting(world);
      await expectOneDecision(world, waits, async (id) => {
        const kept = await records.read([{ partition: `approval/${id.slice(-16)}`, sort: 'approval' }]);
        return kept[0]?.value;
      });
    } finally {
      await database.close();
      await directory.remove();
    }
  });

  it('and deny it: whoever is first decides, and nothing runs unless that was a yes', async () => {
    const world = await approvalWorld();
    const waits = await waiting(world);
    const { id } = waits.approval;
    const answers = await Promise.all(
      MANY.map((one, at) => decide(world, id, one, at % 2 === 0 ? DENY : { decision: 'approve' })),
    );
    expect(answers.filter((answer) => !(answer instanceof Refusal))).toHaveLength(1);
    const { status } = await approvalIn(world, id);
    expect(await world.drive(id)).toBe(status === 'approved' ? 'succeeded' : 'denied');
    expect(world.outside.sent).toHaveLength(status === 'approved' ? 1 : 0);
  });
});

describe('how many of whom', () => {
  const cases: readonly [string, readonly string[], readonly string[]][] = [
    ['context.approvals.of["owners"] >= 2', [LEE, KIM, BOTH], ['owners: 1', 'owners: 1', '']],
    [
      'context.approvals.of["security"] >= 1 && context.approvals.of["owners"] >= 1',
      // In both groups, and still one person: two are asked for.
      [BOTH, KIM],
      ['any: 1', ''],
    ],
    [
      'context.approvals.count >= 2 && context.approvals.of["security"] >= 1',
      [LEE, BOTH],
      ['security: 1', ''],
    ],
    ['context.approvals.count >= 2', [BOTH, BOTH, KIM], ['any: 1', 'conflict', '']],
    ['context.approvals.count >= 2', [KIM, 'KIM@Example.com', LEE], ['any: 1', 'conflict', '']],
  ];
  it.each(cases)('%s: %j', async (condition, people, expected) => {
    const world = await approvalWorld({ policies: needing(condition) });
    const waits = await waiting(world);
    const said: string[] = [];
    for (const one of people) {
      const answer = await decide(world, waits.approval.id, one, { groups: groupsOf(one) });
      if (answer instanceof Refusal) said.push(answer.code);
      else {
        const { count = 0, of = {} } = answer.missing ?? {};
        const groups = Object.entries(of).map(([group, many]) => `${group}: ${many}`);
        said.push(count === 0 ? '' : groups.length === 0 ? `any: ${count}` : groups.join());
      }
    }
    expect(said).toEqual(expected);
    expect(await world.drive(waits.approval.id)).toBe('succeeded');
  });

  const IN: Readonly<Record<string, readonly string[]>> = {
    [KIM]: ['security'],
    [LEE]: ['owners'],
    [BOTH]: ['owners', 'security'],
  };
  const groupsOf = (one: string) => IN[one.toLowerCase()] ?? [];

  it('counts a person once, by whatever name the files know them', async () => {
    const alias = 'kim.k@example.com';
    const people = PEOPLE.map((one) => (one.id === KIM ? { ...one, email: alias } : one));
    const humans = humanSettings({ issuer: ISSUER_URL, people });
    const world = await approvalWorld({ humans, policies: needing('context.approvals.count >= 2') });
    const { id } = (await waiting(world)).approval;
    expect(codeOf(await decide(world, id, KIM))).toBe('ok');
    for (const name of [alias, alias.toUpperCase()]) {
      expect(await decide(world, id, name)).toMatchObject({ code: 'conflict' });
    }
    expect((await approvalIn(world, id)).status).toBe('pending');
  });

  it('is reached in any order, by exactly those who are enough', async () => {
    const person = fc.record({ owner: fc.boolean(), guard: fc.boolean(), no: fc.nat(9) });
    const policy = fc.record({ count: fc.nat(3), owners: fc.nat(2), security: fc.nat(2) });
    await fc.assert(
      fc.asyncProperty(fc.array(person, { maxLength: 6 }), policy, async (people, least) => {
        fc.pre(least.count + least.owners + least.security > 0);
        const condition = `context.approvals.count >= ${least.count} && context.approvals.of["owners"] >= ${least.owners} && context.approvals.of["security"] >= ${least.security}`;
        const world = await approvalWorld({ policies: needing(condition) });
        const opened = await openFor(world, 'tickets:drop').catch(() => undefined);
        // More than three are never asked for.
        if (opened === undefined) return;
        const { approval } = awaited(await call(world, opened, DROP));
        const { count, of } = approval.needed;
        expect(count).toBe(Math.max(least.count, least.owners + least.security));
        const enough = (yes: typeof people) =>
          yes.length >= count &&
          yes.filter(({ owner }) => owner).length >= (of['owners'] ?? 0) &&
          yes.filter(({ guard }) => guard).length >= (of['security'] ?? 0);
        const yes: typeof people = [];
        let expected = 'pending';
        for (const [at, one] of people.entries()) {
          const may = one.owner || one.guard;
          const groups = [...(one.owner ? ['owners'] : []), ...(one.guard ? ['security'] : [])];
          const denies = one.no === 0;
          const answer = await decide(world, approval.id, `p-${at}@example.com`, {
            groups,
            ...(denies ? DENY : {}),
          });
          if (expected !== 'pending') expect(codeOf(answer)).toBe(may ? 'conflict' : 'not_permitted');
          else if (!may) expect(codeOf(answer)).toBe('not_permitted');
          else if (denies) expected = 'denied';
          else {
            yes.push(one);
            if (enough(yes)) expected = 'approved';
            expect((answer as { missing?: unknown }).missing === undefined).toBe(enough(yes));
          }
          expect((await approvalIn(world, approval.id)).status).toBe(expected);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('who never may', () => {
  const CHANNELS = ['api', 'link', 'login', 'slack'] as const;
  const cases: Readonly<Record<string, (world: World) => Promise<readonly [approval: string, who: string]>>> =
    {
      'who claims to ask': async (world) => {
        const opened = await world.opened({
          requester: 'Kim@Example.com',
          capabilities: [{ capability: 'tickets:drop', parameters: {} }],
        });
        return [awaited(await call(world, opened, DROP)).approval.id, KIM];
      },
      'who asks, and has proven it': async (world) => {
        const opened = await world.opened({
          requesterToken: world.personToken([], 'KIM@example.com'),
          capabilities: [{ capability: 'tickets:drop', parameters: {} }],
        });
        return [awaited(await call(world, opened, DROP)).approval.id, KIM];
      },
      'an owner of the agent, by name': async (world) => [(await waiting(world)).approval.id, OWNER],
      'an owner of the agent, in other letters': async (world) => [
        (await waiting(world)).approval.id,
        'OLGA@EXAMPLE.COM',
      ],
      "the owner's address": async (world) => [(await waiting(world)).approval.id, 'data@example.com'],
      'an owner of an agent above': async (world) => {
        const below = await chain(world);
        return [awaited(await call(world, below, DROP)).approval.id, LEE];
      },
    };

  /** The agent that asks has another's task above it, and that other's owner is one who could approve. */
  async function chain(world: World) {
    const parts = approvalParts();
    const [usual = agentDefinition('none')] = parts.agents ?? [];
    const lead = { ...usual, owner: { ...usual.owner, people: [LEE] } };
    const scout = chainAgent('scout', { capabilities: ['tickets:drop'] });
    await world.use({ ...parts, agents: [lead, scout] });
    const drop = [{ capability: 'tickets:drop', parameters: {} }];
    const above = await openFor(world, 'tickets:drop');
    return handedOn(world, above, 'scout', { capabilities: drop });
  }

  it.each(Object.entries(cases))('%s', async (_, prepare) => {
    const world = await approvalWorld();
    const [id, who] = await prepare(world);
    for (const channel of CHANNELS) {
      for (const said of [{}, DENY]) {
        const refused = await decide(world, id, who, { channel, groups: ['security', 'owners'], ...said });
        expect(refused).toMatchObject({ code: 'not_permitted', detail: expect.stringContaining('by') });
      }
    }
    expect(await approvalIn(world, id)).toMatchObject({ status: 'pending', votes: [] });
    expect(world.told('approval.refused')).toMatchObject(
      CHANNELS.flatMap((channel) => [{ channel }, { channel }]).map((one) => ({ ...one, by: who })),
    );
    // Nobody asked them either.
    expect((await approvalIn(world, id)).asked ?? []).not.toContain(who);
    // Somebody else may, as ever.
    expect(codeOf(await decide(world, id, BOTH))).toBe('ok');
  });

  it('whom policy does not let', async () => {
    const world = await approvalWorld();
    const waits = await waiting(world);
    expect(await decide(world, waits.approval.id, GUEST)).toMatchObject({ code: 'not_permitted' });
    expect(world.told('approval.refused')).toMatchObject([{ by: GUEST, code: 'not_permitted' }]);
  });
});

it.each([
  ['controls', 'a\u001b[2Jb', /U\+001B/],
  ['writing that is turned round', '\u202egnp.exe', /U\+202E/],
  ['nothing that can be seen', '\u200b', /can be seen/],
  ['half a pair', 'a\ud800', /Unicode/],
  ['more than a page', 'a'.repeat(1001), /1000/],
])('a reason with %s is refused, by whatever way it comes', async (_, reason, problem) => {
  const world = await approvalWorld();
  const { id } = (await waiting(world)).approval;
  for (const decision of ['approve', 'deny'] as const) {
    const refused = await decide(world, id, KIM, { decision, reason, channel: 'link' });
    expect(refused).toMatchObject({ code: 'invalid_request', detail: expect.stringMatching(problem) });
  }
  expect((await approvalIn(world, id)).votes).toEqual([]);
});

describe('a denial', () => {
  it('is the end of it, whoever else has approved, and says why', async () => {
    const world = await approvalWorld({ policies: needing('context.approvals.count >= 2') });
    const waits = await waiting(world);
    const { id } = waits.approval;
    expect(codeOf(await decide(world, id, KIM))).toBe('ok');
    expect(codeOf(await decide(world, id, LEE, { decision: 'deny' }))).toBe('invalid_request');
    expect(codeOf(await decide(world, id, LEE, { decision: 'deny', reason: ' ' }))).toBe('invalid_request');
    expect(codeOf(await decide(world, id, LEE, DENY))).toBe('ok');
    const at = world.clock.now().toISOString();
    expect(await decide(world, id, BOTH)).toMatchObject({
      code: 'conflict',
      detail: `It was already decided by Lee at ${at}: denied.`,
    });
    expect(await world.drive(id)).toBe('denied');
    expect(await callIn(world, waits)).toMatchObject({
      status: 'denied',
      refusal: { code: 'approval_denied', detail: expect.stringContaining('Not today') },
    });
    expect(world.outside.sent).toEqual([]);
    expect(sealedIn(world)).toEqual([]);
    expect(toldOf(world, waits).slice(2)).toEqual([
      ...['approval.asked', 'call.decided', 'call.decided', 'call.denied'],
    ]);
    expect(world.people.updated).not.toEqual([]);
  });
});

it('what administers a target is approved for a reason only', async () => {
  const world = await approvalWorld();
  const capabilities = Object.fromEntries(
    Object.entries(TICKETS.capabilities).map(([name, one]) => [
      name,
      name === 'drop' ? { ...one, effect: 'admin' as const } : one,
    ]),
  );
  const parts = approvalParts();
  const targets = (parts.targets ?? []).map((one) =>
    one.id === 'tickets' ? { ...TICKETS, capabilities } : one,
  );
  await world.use({ ...parts, targets });
  const { id, needed } = (await waiting(world)).approval;
  expect(needed.count).toBe(2);
  expect(codeOf(await decide(world, id, KIM))).toBe('invalid_request');
  expect(codeOf(await decide(world, id, KIM, { reason: 'Agreed with Ann' }))).toBe('ok');
  expect(codeOf(await decide(world, id, LEE, { reason: 'So it is' }))).toBe('ok');
  expect(await world.drive(id)).toBe('succeeded');
});

it('of what nobody knows there is nothing to decide', async () => {
  const world = await approvalWorld();
  for (const id of ['appr_01hzzzzzzz0000000000000000', 'nonsense', '']) {
    expect(codeOf(await decide(world, id, KIM))).toBe('not_found');
  }
});
