// Every event is there, and says who, what, why, with which outcome, how long it took, and by which ids it is found.
import { beforeAll, describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '../../../src/audit/index.ts';
import type { World } from '../../support/world.ts';
import { FACTS, isThere, pathsOf } from './facts.ts';
import { REASON, TRACE, walked } from './walk.ts';

let world: World;
beforeAll(async () => {
  world = await walked();
});

/** Of the archive's own making; its tests have them. */
const OF_THE_ARCHIVE = ['audit.digested', 'audit.finding'];
const TYPES = Object.entries(FACTS);

it('names every type there is', () => {
  expect([...Object.keys(FACTS), ...OF_THE_ARCHIVE].sort()).toEqual([...EVENT_TYPES].sort());
});

describe.each(TYPES)('%s', (type, facts) => {
  it('is told', () => {
    expect(world.told(type)).not.toEqual([]);
  });

  it('has every fact that each of them must have', () => {
    for (const body of world.told(type)) {
      const missing = pathsOf(facts).filter((path) => !isThere(body, path));
      expect([body['id'], missing]).toEqual([body['id'], []]);
    }
  });

  it('has the others where they are known', () => {
    const { some } = facts;
    if (some === undefined) return;
    const whole = world.told(type).filter((body) => some.every((path) => isThere(body, path)));
    expect(whole).not.toEqual([]);
  });
});

it('tells of an agent by its request wherever there is one: trace, reason, and the hash of its token', () => {
  const requests = world.told().flatMap(({ request }) => (request === undefined ? [] : [request]));
  expect(requests.length).toBeGreaterThan(50);
  for (const request of requests) {
    const tokenHash = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(request).toMatchObject({ traceparent: TRACE, reason: REASON, tokenHash });
  }
});

it('gives each call its intent and one outcome, or says that it waits', () => {
  const OUTCOME = /^call\.(?:succeeded|denied|failed|unknown|expired|withdrawn|voided|repeated|granted)$/;
  const ends = new Map<unknown, number>();
  const isEnd = (type: unknown) => type === 'credentials.issued' || OUTCOME.test(String(type));
  for (const { type, call } of world.told()) {
    if (isEnd(type)) ends.set(call, (ends.get(call) ?? 0) + 1);
  }
  const intents = new Map<unknown, number>();
  for (const { call } of world.told('call.requested')) intents.set(call, (intents.get(call) ?? 0) + 1);
  expect(ends).toEqual(intents);
});
