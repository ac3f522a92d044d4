// Refused tokens: counted by issuer, reason and address a minute, the first as an event, and never the token. Strangers
// with good tokens are kept as sightings.
import { beforeEach, describe, expect, it } from 'vitest';
import { listRefusedTokens, listUnknownAgents } from '../../src/broker/index.ts';
import { Refusal, Unavailable } from '../../src/shared/errors.ts';
import { sha256 } from '../../src/shared/hash.ts';
import { HOUR, MINUTE, SECOND } from '../support/clock.ts';
import { AGENT, codeOf, createWorld, OTHER_AGENT, PARTS, PERSON, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});

const ISSUER = 'https://issuer.example.com';
const expired = () => world.agentToken(AGENT, { exp: 1 });
const operator = () => ({ token: world.personToken(['operators']) });
const page = { limit: 100 };
/** In no order, since all happens in one moment. */
const reasons = () =>
  world
    .told('token.refused')
    .map(({ reason }) => reason)
    .sort();

async function refusedTokens(hours = 1) {
  const caller = world.caller('/v1/refused-tokens', null, operator());
  const listed = await listRefusedTokens(world.dependencies, caller, { limit: 500, hours });
  if (listed instanceof Refusal) throw new Error(listed.code);
  return listed.items;
}

async function sightings(limit = 100, cursor?: string) {
  const caller = world.caller('/v1/sightings', null, operator());
  const given = { limit, ...(cursor === undefined ? {} : { cursor }) };
  const listed = await listUnknownAgents(world.dependencies, caller, given);
  if (listed instanceof Refusal) throw new Error(listed.code);
  return listed;
}

describe('a refused token', () => {
  it('is an event with its reason and its hash, and nothing of the token', async () => {
    const token = expired();
    const refused = await world.open({ token, address: '192.0.2.7' });
    expect(refused).toMatchObject({ code: 'unauthenticated', detail: 'A valid bearer token is required.' });
    expect(world.told()).toMatchObject([
      {
        type: 'token.refused',
        issuer: ISSUER,
        reason: 'expired',
        address: '192.0.2.7',
        tokenHash: sha256(token),
        configDigest: world.rules.config.digest,
        request: { id: 'req-1', sourceAddress: '192.0.2.7' },
      },
    ]);
    const kept = JSON.stringify([world.records.all(), world.events.all(), world.logged]);
    for (const part of token.split('.').slice(1)) expect(kept).not.toContain(part);
  });

  it('is one number a minute in a flood, and one event', async () => {
    const token = expired();
    for (let i = 0; i < 1000; i += 1) {
      await world.open({ token, address: '192.0.2.7' });
      world.clock.advance(10);
    }
    await world.dependencies.tally.flush();
    expect(world.told('token.refused')).toHaveLength(1);
    expect(await refusedTokens()).toEqual([
      {
        ...{
          issuer: ISSUER,
          reason: 'expired',
          address: '192.0.2.7',
          minute: '2026-03-02T12:00',
          count: 1000,
        },
        tokenHash: sha256(token),
      },
    ]);
  });

  it('is counted by issuer, reason, address and minute', async () => {
    const forged = `${world.agentToken().slice(0, -6)}AAAAAA`;
    const attempts: [string, string][] = [
      [expired(), '192.0.2.7'],
      [expired(), '192.0.2.8'],
      [forged, '192.0.2.7'],
      ['no token at all', '192.0.2.7'],
      [world.agentToken(AGENT, { iss: 'https://evil.example' }), '192.0.2.7'],
    ];
    for (const [token, address] of attempts) await world.open({ token, address });
    world.clock.advance(MINUTE);
    await world.open({ token: expired(), address: '192.0.2.7' });
    const found = (await refusedTokens()).map(({ issuer, reason, address, minute, count }) => [
      ...[issuer, reason, address, minute.slice(-5), count],
    ]);
    expect(found).toHaveLength(6);
    expect(found).toEqual(
      expect.arrayContaining([
        [ISSUER, 'expired', '192.0.2.7', '12:00', 1],
        [ISSUER, 'expired', '192.0.2.8', '12:00', 1],
        [ISSUER, 'signature_wrong', '192.0.2.7', '12:00', 1],
        ['unknown', 'not_compact', '192.0.2.7', '12:00', 1],
        // Callers choose what they write there: only issuers of the config are named.
        ['unknown', 'issuer_unknown', '192.0.2.7', '12:00', 1],
        [ISSUER, 'expired', '192.0.2.7', '12:01', 1],
      ]),
    );
    expect(world.told('token.refused')).toHaveLength(6);
  });

  it('from a million addresses of one network is counted by the network', async () => {
    for (let i = 0; i < 100; i += 1) {
      await world.open({ token: expired(), address: `2001:db8:1:2::${i.toString(16)}` });
    }
    expect(world.told('token.refused')).toHaveLength(1);
    for (let i = 0; i < 1000; i += 1) {
      await world.open({ token: expired(), address: `10.${i >> 8}.${i & 255}.1` });
    }
    // Beyond so many new ones a minute it is one number for all of them.
    expect(world.told('token.refused').length).toBeLessThan(250);
    await world.dependencies.tally.flush();
    const counts = (await refusedTokens()).map(({ count }) => count);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1100);
  });

  it('is one of a person, a requester, or a task just as well', async () => {
    const { task, token } = await world.opened();
    await world.issue(task.id, `${token.slice(0, -9)}x${token.slice(-8)}`);
    await world.open({ requesterToken: 'nonsense' });
    await world.change('disable', { token: world.agentToken() });
    expect(reasons()).toEqual(['audience_wrong', 'not_compact', 'task_token']);
  });

  it('is refused all the same where that can not be counted', async () => {
    world.meddle = async ({ name }, run) => {
      if (name === 'records.count' || name === 'events.append') throw new Unavailable('records');
      return run();
    };
    expect(codeOf(await world.open({ token: expired() }))).toBe('unauthenticated');
    expect(codeOf(await world.open({ token: world.agentToken('shadow') }))).toBe('unknown_agent');
  });
});

describe('a token that proves an agent and a person', () => {
  it('proves neither', async () => {
    const both = { aud: ['bailiwick', 'bailiwick-people'], email: PERSON };
    const token = world.agentToken(AGENT, both);
    expect(codeOf(await world.open({ token }))).toBe('ambiguous_identity');
    expect(codeOf(await world.change('disable', { token }))).toBe('unauthenticated');
    expect(reasons()).toEqual(['ambiguous_identity', 'proves_both']);
  });

  it('of one kind does nothing that the other may', async () => {
    expect(codeOf(await world.open({ token: world.personToken(['operators']) }))).toBe('unauthenticated');
    expect(codeOf(await world.change('disable', { token: world.agentToken() }))).toBe('unauthenticated');
  });
});

describe('a stranger', () => {
  const stranger = (name: string, claims: object = {}) => world.agentToken(name, { ref: 'main', ...claims });

  it('is told so, and kept as a sighting: since when, how often, from where', async () => {
    const token = stranger('shadow');
    expect(codeOf(await world.open({ token, address: '192.0.2.1' }))).toBe('unknown_agent');
    const firstSeen = world.clock.now().toISOString();
    world.clock.advance(HOUR - MINUTE);
    await world.open({ token: stranger('shadow'), address: '192.0.2.2' });
    await world.open({ token: stranger('shadow'), address: '192.0.2.2' });
    const lastSeen = world.clock.now().toISOString();
    await world.dependencies.tally.flush();
    expect((await sightings()).items).toEqual([
      {
        ...{ issuer: ISSUER, subject: 'shadow', claims: { sub: 'shadow' }, firstSeen, lastSeen, count: 3 },
        from: [
          { address: '192.0.2.1', count: 1, lastSeen: firstSeen },
          { address: '192.0.2.2', count: 2, lastSeen },
        ],
        tokenHash: sha256(token),
      },
    ]);
    expect(world.told('token.refused')).toMatchObject([
      { reason: 'unknown_agent', tokenHash: sha256(token) },
      { reason: 'unknown_agent', address: '192.0.2.2' },
    ]);
  });

  it('is one identity among others, those seen last first, page by page', async () => {
    for (let i = 0; i < 25; i += 1) {
      await world.open({ token: stranger(`shadow-${i}`) });
      world.clock.advance(SECOND);
    }
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const listed = await sightings(7, cursor);
      found.push(...listed.items.map(({ subject }) => subject));
      cursor = listed.cursor;
    } while (cursor !== undefined);
    expect(found).toEqual(Array.from({ length: 25 }, (_, i) => `shadow-${24 - i}`));
  });

  it('can not fill the store, however many names they have', async () => {
    for (let i = 0; i < 500; i += 1) await world.open({ token: stranger(`shadow-${i}`) });
    await world.dependencies.tally.flush();
    const { items } = await sightings(500);
    expect(items.length).toBeLessThan(210);
    expect(items.reduce((sum, { count }) => sum + count, 0)).toBe(500);
  });

  it('shows of their token only what agents are told apart by, and of that not much', async () => {
    const identities = [{ issuer: ISSUER, claims: { sub: OTHER_AGENT, repository: 'acme/ledger' } }];
    await world.use({
      agents: (PARTS.agents ?? []).map((agent) =>
        agent.id === OTHER_AGENT ? { ...agent, identities } : agent,
      ),
    });
    const claims = { repository: 'x'.repeat(5000), email: 'dana@example.com' };
    await world.open({ token: stranger('shadow', claims) });
    const [sighting] = (await sightings()).items;
    expect(Object.keys(sighting?.claims ?? {})).toEqual(['repository', 'sub']);
    expect(String(sighting?.claims['repository']).length).toBeLessThan(300);
  });

  it('is listed only to those who may contain', async () => {
    for (const list of [
      () =>
        listUnknownAgents(world.dependencies, world.caller('/', null, { token: world.personToken() }), page),
      () =>
        listRefusedTokens(world.dependencies, world.caller('/', null, { token: world.personToken() }), {
          ...page,
          hours: 1,
        }),
    ]) {
      expect(codeOf(await list())).toBe('not_permitted');
    }
  });
});
