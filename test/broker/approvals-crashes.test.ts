// Kills an approval in each operation of each of its steps: nothing is sent twice, no approval is lost, every call ends.
import { describe, expect, it } from 'vitest';
import { approvalStep, executeApproved, mendApprovals, reconcile } from '../../src/broker/index.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { type Call, hasEnded } from '../../src/tasks/index.ts';
import {
  approvalIn,
  approvalParts,
  awaited,
  DROP,
  decide,
  KIM,
  LEE,
  sealedIn,
} from '../support/approvals.ts';
import { MINUTE, SECOND } from '../support/clock.ts';
import { call } from '../support/http-calls.ts';
import { DEATHS, type Death, dyingAt } from '../support/meddling.ts';
import { createWorld, rulesFrom, type World } from '../support/world.ts';

const WRITE = [{ capability: 'reports:write', parameters: {} }];

interface Asked {
  readonly world: World;
  readonly task: { readonly id: string };
  readonly token: string;
  /** Asks for it, or asks again. */
  readonly ask: () => Promise<unknown>;
}

type Kind = Call['kind'];

const approvals = { expireAfterSeconds: 300, escalateAfterSeconds: 100, escalateTo: ['guests'] };
const PARTS = approvalParts({ broker: { approvals } });
const RULES = rulesFrom(PARTS);
const NOTHING_ALLOWED = rulesFrom({ ...PARTS, policies: '' });

async function begin(kind: Kind): Promise<Asked> {
  const world = await createWorld();
  world.rules = await RULES;
  const capabilities = [...WRITE, { capability: 'tickets:drop', parameters: {} }];
  const { task, token } = await world.opened({ capabilities, ttlSeconds: 600 });
  const ask = (): Promise<unknown> =>
    kind === 'http'
      ? call(world, { task, token }, { ...DROP, key: 'k' })
      : world.issue(task.id, token, { wanted: WRITE, key: 'k' });
  return { world, task, token, ask };
}

/** What is killed, after what came before it. */
type Flow = (asked: Asked) => Promise<() => Promise<unknown>>;

const asks = async ({ world, ask }: Asked) => {
  const { id } = awaited(await ask()).approval;
  world.clock.advance(2);
  return id;
};
const waits = async (asked: Asked) => {
  const id = await asks(asked);
  await asked.world.drive(id);
  return id;
};
const approved = async (asked: Asked) => {
  const id = await waits(asked);
  await decide(asked.world, id, KIM);
  asked.world.clock.advance(2);
  return id;
};
const step = ({ world }: Asked, approval: string, name: string) =>
  approvalStep(world.dependencies, { step: name, approval, token: 'token-of-the-step' });

const FLOWS: Readonly<Record<string, Flow>> = {
  asking: async ({ ask }) => ask,
  'the first look': async (asked) => {
    const id = await asks(asked);
    return () => step(asked, id, 'look');
  },
  'telling people': async (asked) => {
    const id = await asks(asked);
    return () => step(asked, id, 'ask');
  },
  'telling others': async (asked) => {
    const id = await waits(asked);
    asked.world.clock.advance(2 * MINUTE);
    return () => step(asked, id, 'escalate');
  },
  approving: async (asked) => {
    const id = await waits(asked);
    return () => decide(asked.world, id, KIM);
  },
  denying: async (asked) => {
    const id = await waits(asked);
    return () => decide(asked.world, id, KIM, { decision: 'deny', reason: 'No' });
  },
  'carrying it out': async (asked) => {
    const id = await approved(asked);
    return () => executeApproved(asked.world.dependencies, id);
  },
  'finding that it is void': async (asked) => {
    const id = await approved(asked);
    asked.world.rules = await NOTHING_ALLOWED;
    return () => executeApproved(asked.world.dependencies, id);
  },
  'recording what was carried out': async (asked) => {
    const id = await approved(asked);
    await executeApproved(asked.world.dependencies, id);
    return () => step(asked, id, 'record');
  },
  'recording what was denied': async (asked) => {
    const id = await waits(asked);
    await decide(asked.world, id, KIM, { decision: 'deny', reason: 'No' });
    return () => step(asked, id, 'record');
  },
  'recording what has expired': async (asked) => {
    const id = await waits(asked);
    asked.world.clock.advance(6 * MINUTE);
    return () => step(asked, id, 'record');
  },
  'finishing its task': async (asked) => {
    await waits(asked);
    return () => asked.world.finish(asked.task.id, asked.token);
  },
  'revoking its task': async (asked) => {
    await waits(asked);
    return () => asked.world.revoke(asked.task.id);
  },
  'asking again': async (asked) => {
    const id = await approved(asked);
    await asked.world.drive(id);
    return asked.ask;
  },
};

async function killed(kind: Kind, flow: Flow, number: number, death: Death) {
  const asked = await begin(kind);
  // The reconciler was here before.
  await reconcile(asked.world.dependencies, { nothingUnderWay: true });
  const run = await flow(asked);
  const { meddle, dead } = dyingAt(number, death);
  asked.world.meddle = meddle;
  const answer = await Promise.race([run(), dead]);
  asked.world.meddle = undefined;
  return { asked, run, answer };
}

function approvalsIn(world: World): readonly string[] {
  const found = world.records.all().filter(({ key }) => key.sort === 'approval');
  return found.map(({ value }) => String((value as { readonly id?: string }).id));
}

/** How often something was done that can't be undone. */
const doneIn = ({ outside, sessions }: World) => outside.sent.length + sessions.asked.length;

/** Nobody does anything any more but the reconciler, until every deadline is over. */
async function outlast(world: World): Promise<void> {
  for (let pass = 0; pass < 4; pass += 1) await world.settle(6 * MINUTE);
}

const OUTCOMES: Readonly<Partial<Record<Call['status'], readonly string[]>>> = {
  succeeded: ['call.succeeded', 'credentials.issued', 'call.unknown'],
  failed: ['call.failed', 'call.unknown'],
  denied: ['call.denied', 'call.repeated', 'call.unknown'],
  expired: ['call.expired'],
  withdrawn: ['call.withdrawn'],
  void: ['call.voided'],
  outcome_unknown: ['call.unknown'],
};

/** What must hold whatever happened, once every deadline is over. */
async function expectAllEnded(world: World): Promise<void> {
  for (const one of world.allCalls()) {
    expect(hasEnded(one), `${one.status}`).toBe(true);
    const intent = await world.events.read(one.task, one.intentEvent);
    const outcome = await world.events.read(one.task, one.outcomeEvent);
    if (intent === undefined) continue;
    // Of credentials that were granted, the call that was asked about has been told of with what was issued.
    if (one.kind === 'credentials' && one.status === 'succeeded' && one.approval !== undefined) continue;
    expect(OUTCOMES[one.status], `${one.status}`).toContain(outcome?.body['type']);
  }
  for (const id of approvalsIn(world)) {
    const { votes, status } = await approvalIn(world, id);
    expect(status).not.toBe('pending');
    const told = world.told('call.decided').map((event) => event['id']);
    if (status === 'approved' && doneIn(world) > 0) {
      expect(told).toEqual(expect.arrayContaining(votes.map(({ event }) => event)));
    }
  }
  expect(sealedIn(world)).toEqual([]);
}

/** As the workflow, and a person, would go on with it: how each call stands then. */
async function goOn(world: World): Promise<void> {
  for (const id of approvalsIn(world)) {
    if ((await world.drive(id)) !== 'awaiting_approval') continue;
    await decide(world, id, LEE);
    world.clock.advance(2);
    await world.drive(id);
  }
}

type Left = Awaited<ReturnType<typeof killed>> & { readonly kind: Kind; readonly name: string };

/** Of what is denied, over or void there is nothing to go on with. */
const NOT_TO_BE = /denied|denying|expired|void|finishing|revoking/;

/** What comes after the death. */
const SEQUELS: readonly ((left: Left) => Promise<void>)[] = [
  // Nothing but the reconciler.
  async ({ asked: { world } }) => {
    await outlast(world);
    await expectAllEnded(world);
    expect(doneIn(world)).toBeLessThanOrEqual(1);
    const [records, told] = [world.records.all().length, world.told()];
    await world.settle();
    expect(world.told()).toEqual(told);
    expect(world.records.all()).toHaveLength(records);
  },
  // The broker of one process starts again, and people go on: what nobody had begun to carry out is not lost.
  async ({ asked: { world }, kind, name }) => {
    world.clock.advance(SECOND);
    await reconcile(world.dependencies, { nothingUnderWay: true });
    world.people.started.length = 0;
    await mendApprovals(world.dependencies, { restart: true });
    const kept = approvalsIn(world);
    const unclaimed = world
      .calls()
      .filter(({ status, approval = '' }) => status === 'awaiting_approval' && kept.includes(approval));
    expect(world.people.started).toEqual(expect.arrayContaining(unclaimed.map(({ approval }) => approval)));
    await goOn(world);
    if (kind === 'http' && unclaimed.length > 0 && !NOT_TO_BE.test(name)) expect(doneIn(world)).toBe(1);
    expect(doneIn(world)).toBeLessThanOrEqual(1);
    for (const { status } of world.calls()) expect(status).not.toBe('executing');
    await outlast(world);
    await expectAllEnded(world);
  },
  // Whoever did it does it again at once, and everybody else goes on too.
  async ({ asked: { world }, run, kind, name }) => {
    const again = await run().catch((error: unknown) => error);
    if (again instanceof Refusal) {
      expect(again.code).toMatch(/conflict|outcome|internal|audit|void|denied|task_over/);
    }
    await goOn(world);
    await Promise.all(approvalsIn(world).map((id) => executeApproved(world.dependencies, id)));
    // Credentials are issued as often as they are asked for, once they are granted.
    expect(doneIn(world)).toBeLessThanOrEqual(kind === 'credentials' && name === 'asking again' ? 2 : 1);
    await outlast(world);
    await expectAllEnded(world);
  },
];

/** Those that credentials go through in a way of their own. */
const OF_CREDENTIALS = ['asking', 'carrying', 'recording what was carried', 'finishing', 'asking again'];
const matrix = (['http', 'credentials'] as const).flatMap((kind) =>
  Object.entries(FLOWS)
    .filter(([name]) => kind === 'http' || OF_CREDENTIALS.some((one) => name.startsWith(one)))
    .flatMap(([name, flow]) => DEATHS.map((death, at) => [kind, name, death, at, flow] as const)),
);

describe('killed in any operation, nothing is done twice and nothing is left hanging', () => {
  // For each operation, every sequel follows one of its deaths.
  it.each(matrix)('%s: %s, %s', async (kind, name, death, at, flow) => {
    let number = 0;
    for (let answer: unknown = 'dead'; answer === 'dead'; ) {
      number += 1;
      const left = await killed(kind, flow, number, death);
      ({ answer } = left);
      await SEQUELS[(number + at) % SEQUELS.length]?.({ ...left, kind, name });
    }
    expect(number).toBeGreaterThan(1);
  });
});
