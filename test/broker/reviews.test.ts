// Reviews: past its date an agent opens no task until it is attested, and with `attest: onChange` what its ceiling gained
// waits for the same.
import { beforeEach, describe, expect, it } from 'vitest';
import { listAgents } from '../../src/broker/index.ts';
import type { AgentDefinition } from '../../src/config/index.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { DAY } from '../support/clock.ts';
import { AGENT, codeOf, createWorld, HELD, PARTS, PERSON, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});

const withAgent = (given: Partial<AgentDefinition>, broker: object = {}) =>
  world.use({
    broker,
    agents: (PARTS.agents ?? []).map((agent) => (agent.id === AGENT ? { ...agent, ...given } : agent)),
  });

async function shown() {
  const caller = world.caller('/v1/agents', null, { token: world.personToken(['operators']) });
  const page = await listAgents(world.dependencies, caller, { limit: 100 });
  if (page instanceof Refusal) throw new Error(page.code);
  return page.items.find(({ agent }) => agent.id === AGENT);
}

describe('past its review date', () => {
  // It is 2 March 2026.
  it('an agent opens no task until it is attested, and goes on with those it has', async () => {
    const { task, token } = await world.opened();
    await withAgent({ reviewBy: '2026-03-01' });
    expect(codeOf(await world.open())).toBe('review_overdue');
    expect(codeOf(await world.issue(task.id, token))).toBe('ok');
    expect(await shown()).toMatchObject({ reviewOverdue: true });
    expect(codeOf(await world.change('attest', { reason: 'Looked at it' }))).toBe('ok');
    expect(codeOf(await world.open())).toBe('ok');
    expect(await shown()).toMatchObject({ reviewOverdue: false });
    expect(world.told('agent.attested')).toMatchObject([
      { agent: AGENT, by: PERSON, why: 'Looked at it', attested: { digest: 'a'.repeat(64) } },
    ]);
  });

  it.each([
    [0, 'ok'],
    [29, 'ok'],
    // That was the last review's.
    [31, 'review_overdue'],
  ])('with an attestation of %s days before that date: %s', async (days, code) => {
    const reviewBy = world.clock
      .in(days * DAY)
      .toISOString()
      .slice(0, 10);
    await withAgent({ reviewBy });
    await world.change('attest');
    world.clock.advance((days + 1) * DAY);
    expect(codeOf(await world.open())).toBe(code);
  });

  const OVERDUE = 'review_overdue';
  it.each<[string, string | undefined, string, string, string]>([
    ['for the date that still stands', '2026-03-05', '2026-03-05', '2026-04-06', 'ok'],
    ['on the day itself', '2026-03-02', '2026-03-02', '2026-03-03', 'ok'],
    ['late, for the date that still stands', '2026-03-01', '2026-03-01', '2026-06-01', 'ok'],
    // Each of these was for another review than that of the date which stands now.
    ['and then a near date put in', '2026-03-05', '2026-03-30', '2026-04-06', OVERDUE],
    ['late, and then a near date put in', '2026-03-01', '2026-03-30', '2026-04-06', OVERDUE],
    ['while no date stood in the file', undefined, '2026-03-30', '2026-04-06', OVERDUE],
    ['and then its own day put in', '2026-03-05', '2026-03-02', '2026-03-03', OVERDUE],
    // The new date was put in first, and is the one that was vouched for.
    ['after a near date was put in', '2026-03-30', '2026-03-30', '2026-04-06', 'ok'],
    ['after a far date was put in', '2026-09-05', '2026-09-05', '2026-09-06', OVERDUE],
    // Whoever attests after a date has looked later than was asked for.
    ['and then a date before it put in', '2026-03-05', '2026-03-01', '2026-03-06', 'ok'],
    ['without a date, and then one before it put in', undefined, '2026-03-01', '2026-03-06', 'ok'],
  ])('attested %s: for %s, which is now %s, on %s: %s', async (_, was, is, today, code) => {
    const dated = (reviewBy: string | undefined) =>
      world.use({
        agents: (PARTS.agents ?? []).map(({ reviewBy: __, ...agent }) =>
          reviewBy === undefined ? agent : { ...agent, reviewBy },
        ),
      });
    await dated(was);
    expect(codeOf(await world.change('attest'))).toBe('ok');
    await dated(is);
    world.clock.advance(Date.parse(`${today}T12:00:00Z`) - world.clock.now().getTime());
    expect(codeOf(await world.open())).toBe(code);
  });
});

describe('an attestation', () => {
  it('names the file that was attested: another is changed since review', async () => {
    expect(await shown()).toMatchObject({ changedSinceReview: false });
    await world.change('attest');
    expect(await shown()).toMatchObject({ changedSinceReview: false });
    await withAgent({ digest: 'b'.repeat(64) });
    expect(await shown()).toMatchObject({ changedSinceReview: true });
    await world.change('attest');
    expect(await shown()).toMatchObject({
      changedSinceReview: false,
      state: { attestation: { by: PERSON } },
    });
  });

  it('is made only of the file that was looked at, where its digest is given', async () => {
    const [read, inForce] = ['b', 'a'].map((digit) => digit.repeat(64)) as [string, string];
    const answer = await world.change('attest', { digest: read, key: 'one' });
    expect(answer).toMatchObject({ code: 'conflict', detail: expect.stringContaining(inForce) });
    expect(await shown()).toMatchObject({ state: undefined });
    expect(world.told('agent.attested')).toEqual([]);
    // The one that was read is in force by now. The same request may then be made again.
    await withAgent({ digest: read });
    expect(codeOf(await world.change('attest', { digest: read, key: 'one' }))).toBe('ok');
    // Once made, it is answered as the first time, whatever is in force by then.
    await withAgent({ digest: inForce });
    expect(codeOf(await world.change('attest', { digest: read, key: 'one' }))).toBe('ok');
    expect(codeOf(await world.change('attest', { digest: inForce, key: 'one' }))).toBe(
      'idempotency_mismatch',
    );
    expect(world.told('agent.attested')).toMatchObject([{ attested: { digest: read } }]);
  });

  it('lets no agent act that is contained', async () => {
    await world.change('quarantine');
    await world.change('attest');
    expect(codeOf(await world.open())).toBe('agent_quarantined');
  });
});

describe('with `attest: onChange`', () => {
  const narrow = ['reports:read'];
  const wide = ['reports:read', 'reports:list'];
  const list = { capabilities: [{ capability: 'reports:list', parameters: {} }] };
  const onChange = (capabilities: readonly string[]) => withAgent({ capabilities }, { attest: 'onChange' });

  it('what the ceiling gained waits, and nothing else does', async () => {
    await onChange(narrow);
    expect(codeOf(await world.open())).toBe('ok');
    await onChange(wide);
    expect(codeOf(await world.open(list))).toBe('review_overdue');
    expect(codeOf(await world.open({ capabilities: [...HELD, ...list.capabilities] }))).toBe(
      'review_overdue',
    );
    expect(codeOf(await world.open())).toBe('ok');
    expect(await shown()).toMatchObject({ gained: ['reports:list'] });
    await world.change('attest');
    expect(codeOf(await world.open(list))).toBe('ok');
    expect(await shown()).toMatchObject({ gained: [] });
  });

  it('what was attested counts, not what was there before', async () => {
    await onChange(wide);
    await world.opened();
    await onChange(narrow);
    await world.change('attest');
    await onChange(wide);
    expect(codeOf(await world.open(list))).toBe('review_overdue');
  });

  it('an agent begins with the ceiling that it is first seen with', async () => {
    await onChange(wide);
    expect(codeOf(await world.open(list))).toBe('ok');
  });

  it('a ceiling that was seen before it was turned on is not seen anew', async () => {
    await withAgent({ capabilities: narrow });
    await world.opened();
    await onChange(wide);
    expect(codeOf(await world.open(list))).toBe('review_overdue');
  });

  it('nothing waits without it', async () => {
    await withAgent({ capabilities: narrow });
    await world.opened();
    await withAgent({ capabilities: wide });
    expect(codeOf(await world.open(list))).toBe('ok');
  });

  it('containing and reinstating attests nothing', async () => {
    await onChange(narrow);
    await world.opened();
    await onChange(wide);
    await world.change('disable');
    await world.change('reinstate');
    expect(codeOf(await world.open(list))).toBe('review_overdue');
  });
});
