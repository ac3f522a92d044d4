// Refused tokens: counted by issuer, reason and address a minute, the first as an event, and never the token. Strangers
// with good tokens are kept as sightings.
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { listRefusedTokens, listUnknownAgents } from '../../src/broker/index.ts';
import { noteRefusedToken } from '../../src/broker/refused-tokens.ts';
import { TokenRefused } from '../../src/identity/index.ts';
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
    expect(world.told('token.refused').length).toBeLessThanOrEqual(50);
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

describe('the first of a refused token', () => {
  it.each(['records.count', 'events.append'])('is told later where %s fails', async (broken) => {
    world.meddle = async ({ name }, run) => {
      if (name === broken) throw new Unavailable('records');
      return run();
    };
    const token = expired();
    expect(codeOf(await world.open({ token, address: '192.0.2.7' }))).toBe('unauthenticated');
    expect(world.told()).toEqual([]);
    world.meddle = undefined;
    world.clock.advance(20 * SECOND);
    // Refusals of others give it its turn.
    await world.open({ token, address: '192.0.2.8' });
    expect(world.told('token.refused')).toMatchObject([
      { address: '192.0.2.7', request: { id: 'req-1' } },
      { address: '192.0.2.8' },
    ]);
  });

  it('names the agent and the task that the token is for all the same', async () => {
    const caller = world.caller('/v1/tasks', null, { token: 'stolen', address: '192.0.2.7' });
    const refused = new TokenRefused('address_not_allowed', ISSUER);
    for (const about of [
      { agent: AGENT, task: 'task_1' },
      { agent: AGENT, task: 'task_2' },
      { agent: OTHER_AGENT },
      {},
    ]) {
      await noteRefusedToken(world.dependencies, world.rules, caller, refused, about);
    }
    const told = world.told('token.refused').map(({ agent, task }) => [agent, task]);
    expect(told).toHaveLength(3);
    expect(told).toEqual(
      expect.arrayContaining([
        [AGENT, 'task_1'],
        [OTHER_AGENT, undefined],
        [undefined, undefined],
      ]),
    );
    await world.dependencies.tally.flush();
    const counted = (await refusedTokens()).map(({ agent, count }) => [agent, count]);
    expect(counted).toEqual(
      expect.arrayContaining([
        [AGENT, 2],
        [OTHER_AGENT, 1],
        [undefined, 1],
      ]),
    );
    const logged = world.logged.filter(({ message }) => message === 'token refused');
    expect(logged[0]?.fields).toMatchObject({ agent: AGENT, task: 'task_1' });
  });
});

describe('a flood of refused tokens', () => {
  it('costs few writes a minute, whoever sends it', async () => {
    const writes = new Map<string, number>();
    world.meddle = async ({ name }, run) => {
      const minute = world.clock.now().toISOString().slice(0, 16);
      if (name === 'records.count' || name === 'events.append') {
        writes.set(`${name} ${minute}`, (writes.get(`${name} ${minute}`) ?? 0) + 1);
      }
      return run();
    };
    // As many as came in two minutes at 100 a second, from 190 addresses.
    for (let i = 0; i < 12_000; i += 1) {
      await world.open({ token: 'no token at all', address: `192.0.2.${i % 190}` });
      world.clock.advance(10);
    }
    const of = (kind: string) =>
      [...writes].filter(([name]) => name.startsWith(kind)).map(([, count]) => count);
    expect(of('records.count').length).toBeGreaterThanOrEqual(2);
    for (const count of of('records.count')) expect(count).toBeLessThanOrEqual(204);
    for (const count of of('events.append')) expect(count).toBeLessThanOrEqual(50);
    await world.dependencies.tally.flush();
    const counts = (await refusedTokens()).map(({ count }) => count);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(12_000);
  });

  it('of everything that can be wrong, from everywhere, costs no more', async () => {
    let writes = 0;
    world.meddle = async ({ name }, run) => {
      if (name === 'records.count') writes += 1;
      return run();
    };
    const caller = (address: string) => world.caller('/v1/tasks', null, { token: 'x', address });
    for (let i = 0; i < 2000; i += 1) {
      const refused = new TokenRefused(`made_up_${i % 100}` as 'expired', `https://${i % 7}.example.com`);
      await noteRefusedToken(world.dependencies, world.rules, caller(`10.0.${i >> 8}.${i & 255}`), refused, {
        agent: `agent-${i % 500}`,
      });
    }
    expect(writes).toBeLessThanOrEqual(50);
    expect(world.told('token.refused')).toHaveLength(50);
    await world.dependencies.tally.flush();
    const counted = await refusedTokens();
    expect(counted).toContainEqual(
      expect.objectContaining({ issuer: 'unknown', reason: 'various', address: 'elsewhere' }),
    );
    expect(counted.reduce((sum, { count }) => sum + count, 0)).toBe(2000);
  });
});

describe('a store that does not answer', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  /** Whether it is answered by the end of that time, and not before. */
  async function answeredAfter(milliseconds: number, asked: () => Promise<unknown>): Promise<unknown> {
    const stuck = Promise.withResolvers<void>();
    world.meddle = async ({ name }, run) => {
      if (name !== 'records.count') return run();
      stuck.resolve();
      return new Promise(() => undefined);
    };
    let answer: unknown;
    const answering = asked().then((given) => {
      answer = given;
    });
    await stuck.promise;
    for (const wait of [milliseconds - 1, 1]) {
      await setImmediate();
      expect(answer).toBeUndefined();
      vi.advanceTimersByTime(wait);
    }
    await answering;
    return answer;
  }

  it('holds a good call a second at the most', async () => {
    const token = world.agentToken();
    const answer = await answeredAfter(1000, () => world.open({ token }));
    expect(codeOf(answer)).toBe('ok');
  });

  it('holds a refusal a second at the most', async () => {
    const answer = await answeredAfter(1000, () => world.open({ token: 'no token at all' }));
    expect(codeOf(answer)).toBe('unauthenticated');
  });

  it('holds whoever forges task tokens a quarter of one, and only once', async () => {
    const { task, token } = await world.opened();
    const forged = `${token.slice(0, -9)}x${token.slice(-8)}`;
    const answer = await answeredAfter(250, () => world.issue(task.id, forged));
    expect(codeOf(answer)).toBe('unauthenticated');
    expect(codeOf(await world.issue(task.id, forged))).toBe('unauthenticated');
  });
});

it('a good call writes its own number, and nothing that others are counted by', async () => {
  await world.open();
  for (let i = 0; i < 30; i += 1) await world.open({ token: expired(), address: `192.0.2.${i % 10}` });
  world.clock.advance(MINUTE);
  const counted: unknown[] = [];
  world.meddle = async ({ name, arguments: given }, run) => {
    if (name === 'records.count') counted.push((given[0] as { partition: string }).partition);
    return run();
  };
  expect(codeOf(await world.open())).toBe('ok');
  expect(counted).toEqual([`seen/${AGENT}`]);
  await world.open({ token: 'no token at all' });
  expect(counted.length).toBeGreaterThan(2);
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
          { address: '192.0.2.2', count: 2, lastSeen },
          { address: '192.0.2.1', count: 1, lastSeen: firstSeen },
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
    expect(items.length).toBeLessThan(50);
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

  it('can not fill a number with what their token says', async () => {
    const names = Array.from({ length: 12 }, (_, i) => `claim-${i}`);
    const told = (value: string) => Object.fromEntries(names.map((name) => [name, value]));
    await world.use({
      agents: (PARTS.agents ?? []).map((agent) =>
        agent.id === OTHER_AGENT ? { ...agent, identities: [{ issuer: ISSUER, claims: told('x') }] } : agent,
      ),
    });
    const claims = { sub: '検'.repeat(256), ...told('\u0001\ud800検'.repeat(40)) };
    expect(codeOf(await world.open({ token: stranger('shadow', claims) }))).toBe('unknown_agent');
    world.clock.advance(MINUTE);
    expect(codeOf(await world.open())).toBe('ok');
    expect(codeOf(await world.open({ token: expired() }))).toBe('unauthenticated');
    await world.dependencies.tally.flush();
    const [sighting] = (await sightings()).items;
    expect(sighting?.subject).toMatch(/^検{160,}…$/u);
    expect(Object.values(sighting?.claims ?? {}).length).toBeGreaterThan(2);
    expect(String(sighting?.claims['claim-0'])).toMatch(/…$/u);
    expect(world.logged.filter(({ level }) => level === 'error')).toEqual([]);
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
