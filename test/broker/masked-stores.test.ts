// Nothing gets into a store unmasked, whichever use case forgot; and nothing that the broker goes by is changed on the way.
import { beforeEach, describe, expect, it } from 'vitest';
import { KEPT, maskedStores, WORDS } from '../../src/broker/masked-stores.ts';
import type { Json, JsonObject } from '../../src/shared/json.ts';
import { approvalParts, awaited, decide, KIM, OWNER } from '../support/approvals.ts';
import { type AskedCall, call, openFor, partsWith, TICKETS } from '../support/http-calls.ts';
import { failingAt } from '../support/meddling.ts';
import { memoryEvents, memoryRecords } from '../support/memory-stores.ts';
import { codeOf, createWorld, HELD, OTHER_AGENT, type World } from '../support/world.ts';

const EMAIL = 'canary.bird@example.net';
const CARD = '4242 4242 4242 4242';
const SAID = `Ask ${EMAIL} about ${CARD}`;
const MASKED = 'Ask [EMAIL] about [CREDIT_CARD]';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});

/** The names of all members, but for those of parameters, which are the operator's and callers' own. */
function namesIn(value: Json, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const one of value as readonly Json[]) namesIn(one, found);
    return;
  }
  for (const [name, member] of Object.entries(value as JsonObject)) {
    found.add(name);
    if (member !== undefined && name !== 'parameters' && !KEPT.has(name)) namesIn(member, found);
  }
}

/** Whatever the broker records: each use case, as it goes well and as it does not. */
async function walk(): Promise<void> {
  const said = { purpose: SAID, requester: 'kim' };
  const { task, token } = await world.opened({ ...said, key: 'a' });
  await world.open({ ...said, key: 'a' });
  await world.open({ ...said, key: 'b', capabilities: [{ capability: 'nowhere:read', parameters: {} }] });
  await world.open({ token: 'nonsense' });
  await world.open({ token: world.agentToken('stranger') });
  await world.issue(task.id, token, { key: 'c' });
  await world.issue(task.id, token, { key: 'c' });
  await world.issue(task.id, token, { wanted: [{ capability: 'reports:write' }] });
  world.sessions.answer = async () => ({ problem: 'refused', detail: SAID });
  await world.issue(task.id, token);
  const ledger = { capability: 'ledger:read', parameters: {} };
  const lead = await world.opened({ capabilities: [ledger] });
  const handed = { agent: OTHER_AGENT, capabilities: [ledger] };
  const delegation = await world.delegate(lead.task.id, lead.token, handed, { key: 'd' });
  await world.delegate(
    lead.task.id,
    lead.token,
    { ...handed, capabilities: [{ capability: 'x-y:z-z' }] },
    { key: 'e' },
  );
  const id = 'id' in delegation ? delegation.id : '';
  await world.opened({ token: world.agentToken(OTHER_AGENT), capabilities: [ledger], delegation: id });
  for (const change of ['quarantine', 'reinstate', 'attest', 'disable'] as const) {
    expect(codeOf(await world.change(change, { agent: OTHER_AGENT, reason: SAID, key: change }))).toBe('ok');
  }
  await world.finish(task.id, token);
  await world.revoke(lead.task.id, { reason: SAID });
  await walkTargets();
  await walkApprovals();
  await world.settle();
}

/** Calls over HTTP, which say something wherever a request can. */
async function walkTargets(): Promise<void> {
  const policies = `permit (principal is Agent, action in [Action::"read", Action::"write"], resource)
    when { context.impacts.isEmpty() };`;
  await world.use(partsWith(TICKETS, { policies }));
  const opened = await openFor(world, 'tickets:read', 'tickets:write');
  const said: AskedCall = {
    query: [[SAID, SAID]],
    headers: [
      ['x-said', SAID],
      ['x-api-key', SAID],
    ],
    body: Buffer.from(JSON.stringify({ [SAID]: SAID })),
    key: SAID,
  };
  const headers = [
    ['x-said', SAID],
    ['location', 'https://elsewhere.example.com'],
  ] as const;
  world.outside.answer = async () => ({ status: 200, headers, body: Buffer.from(SAID) });
  expect(codeOf(await call(world, opened, said))).toBe('ok');
  const put = { ...said, method: 'PUT' };
  for (const _ of ['first', 'again']) expect(codeOf(await call(world, opened, put))).toBe('ok');
  expect(codeOf(await call(world, opened, { ...said, asExport: true, key: 'more' }))).toBe(
    'denied_by_policy',
  );
  expect(codeOf(await call(world, opened, { ...said, target: SAID }))).toBe('outside_task');
  world.outside.answer = async () => ({ problem: 'timeout', sent: true, detail: SAID });
  expect(codeOf(await call(world, opened, { ...put, key: 'lost' }))).toBe('outcome_unknown');
}

/** What people are asked about, with whatever becomes of that. */
async function walkApprovals(): Promise<void> {
  const approvals = { expireAfterSeconds: 1800, escalateAfterSeconds: 60, escalateTo: ['guests'] };
  await world.use(approvalParts({ broker: { approvals } }));
  const said: AskedCall = { method: 'DELETE', body: Buffer.from(SAID), headers: [['x-said', SAID]] };
  const asked = await openFor(world, 'tickets:drop', 'reports:write');
  const ask = async (key: string) => awaited(await call(world, asked, { ...said, key })).approval.id;
  const [yes, no, gone] = [await ask('yes'), await ask('no'), await ask('gone')];
  for (const id of [yes, no, gone]) await world.drive(id);
  world.clock.advance(120_000);
  world.meddle = failingAt({ name: 'mail.send' });
  await world.drive(yes);
  world.meddle = undefined;
  await decide(world, yes, OWNER, { reason: SAID });
  await decide(world, yes, KIM, { reason: SAID });
  await decide(world, no, KIM, { decision: 'deny', reason: SAID });
  for (const id of [yes, no]) await world.drive(id);
  const credentials = awaited(
    await world.issue(asked.task.id, asked.token, { wanted: [{ capability: 'reports:write' }] }),
  );
  await decide(world, credentials.approval.id, KIM, { reason: SAID });
  await world.drive(credentials.approval.id);
  await world.finish(asked.task.id, asked.token);
  await world.drive(gone);
}

describe('every member of what is recorded', () => {
  it('is known to hold words, or to hold none', async () => {
    await walk();
    const found = new Set<string>();
    for (const { body } of world.events.all()) namesIn(body, found);
    // Counters don't come through here.
    const records = world.records.all().filter(({ value }) => !Object.hasOwn(value as object, 'count'));
    for (const { value } of records) namesIn(value, found);
    expect(found.size).toBeGreaterThan(60);
    expect([...found].filter((name) => !KEPT.has(name) && !WORDS.has(name))).toEqual([]);
  });

  it('that is known to hold none stands in no list of those that hold some', () => {
    expect([...KEPT].filter((name) => WORDS.has(name))).toEqual([]);
  });
});

it('records nothing of what was said as it was said', async () => {
  await walk();
  const text = JSON.stringify([world.events.all(), world.records.all(), world.logged]);
  expect(text).toContain(MASKED);
  for (const canary of [EMAIL, CARD]) expect(text).not.toContain(canary);
});

describe('whatever a use case hands over', () => {
  const parts = () => {
    const inner = { records: memoryRecords(world.clock), events: memoryEvents(world.clock) };
    return { inner, outer: maskedStores(inner, async () => world.rules.masking) };
  };
  const key = { partition: 'p', sort: 's' };
  const options = () => ({ expiresAt: world.clock.in(1000) });
  const value = {
    agent: EMAIL,
    requester: { id: EMAIL },
    anything: [{ deep: SAID, many: 4242 }],
    capability: CARD,
  };
  const masked = {
    ...{ agent: EMAIL, requester: { id: EMAIL }, anything: [{ deep: MASKED, many: 4242 }] },
    capability: '[CREDIT_CARD]',
  };

  it('is masked in records, but for who somebody is', async () => {
    const { inner, outer } = parts();
    await outer.records.create(key, value, options());
    expect((await inner.records.read([key]))[0]?.value).toEqual(masked);
    await outer.records.replace(key, 1, { next: SAID }, options());
    expect((await outer.records.read([key]))[0]).toMatchObject({ version: 2, value: { next: MASKED } });
  });

  it('is masked in events, which count it beside what was counted before', async () => {
    const { inner, outer } = parts();
    const event = { stream: 's', id: 'evt_1', expiresAt: world.clock.in(1000) };
    await outer.events.append({ ...event, body: { ...value, masked: { EMAIL: 2, IBAN: 1 } } });
    expect((await inner.events.read('s', 'evt_1'))?.body).toEqual({
      ...masked,
      masked: { EMAIL: 3, CREDIT_CARD: 2, IBAN: 1 },
    });
    await outer.events.append({ ...event, id: 'evt_2', body: { detail: 'plain' } });
    expect((await inner.events.read('s', 'evt_2'))?.body).toEqual({ detail: 'plain' });
  });

  it('has the names of parameters masked too, whatever they are called', async () => {
    const { inner, outer } = parts();
    const parameters = { agent: EMAIL, [EMAIL]: 'x', task: CARD };
    await outer.records.create(key, { capability: 'reports:read', parameters }, options());
    expect((await inner.records.read([key]))[0]?.value).toEqual({
      capability: 'reports:read',
      parameters: { agent: '[EMAIL]', '[EMAIL]': 'x', task: '[CREDIT_CARD]' },
    });
  });
});

it("masks parameters by their target's rules, and words by the broker's", async () => {
  const ofTarget = { masking: { detectors: { EMAIL: 'keep', CREDIT_CARD: 'last4' } } } as const;
  await world.use({
    broker: { masking: { detectors: { EMAIL: 'pseudonym' } } },
    targets:
      world.rules.config.targets['reports'] === undefined
        ? []
        : [{ ...world.rules.config.targets['reports'], ...ofTarget }],
  });
  const [one] = HELD;
  const asked = { capability: one?.capability ?? '', parameters: { prefix: 'x', note: `${EMAIL} ${CARD}` } };
  await world.open({
    purpose: SAID,
    capabilities: [asked, { capability: 'nowhere:read', parameters: {} }],
    key: 'k',
  });
  expect(world.told('task.refused')).toMatchObject([
    {
      purpose: expect.stringMatching(/^Ask \[EMAIL:k1-[a-z2-7]{16}\] about \[CREDIT_CARD\]$/),
      capabilities: [{ parameters: { note: `${EMAIL} [CREDIT_CARD:…4242]` } }, {}],
    },
  ]);
});
