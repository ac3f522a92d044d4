// The lists of strangers and of refused tokens: the latest first, page by page, whole, and little of it read at a time.
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  refusedIndex,
  refusedKey,
  type Sighting,
  sightedFromIndex,
  sightedFromKey,
  sightingIndex,
  sightingKey,
} from '../../src/agents/index.ts';
import { listRefusedTokens, listUnknownAgents } from '../../src/broker/index.ts';
import { BadCursor, type Page, type PageRequest } from '../../src/ports/records.ts';
import { Refusal } from '../../src/shared/errors.ts';
import type { Json } from '../../src/shared/json.ts';
import { DAY, HOUR, MINUTE } from '../support/clock.ts';
import { createWorld, type World } from '../support/world.ts';

const ISSUER = 'https://issuer.example.com';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});

const operator = () => world.caller('/', null, { token: world.personToken(['operators']) });
const options = () => ({ expiresAt: world.clock.in(90 * DAY) });
const ago = (milliseconds: number) => world.clock.in(-milliseconds).toISOString();

function strangers(page: PageRequest) {
  return listUnknownAgents(world.dependencies, operator(), page);
}

function refused(page: PageRequest, hours = 24) {
  return listRefusedTokens(world.dependencies, operator(), { ...page, hours });
}

async function sight(subject: string, at: string, addresses: readonly string[] = []): Promise<void> {
  const sighting: Sighting = { issuer: ISSUER, subject, claims: {}, tokenHash: 'h', at };
  const first = sighting as unknown as Json;
  const index = sightingIndex(sighting, at);
  await world.records.count(sightingKey(sighting), 1, first, { at }, { ...options(), index });
  for (const address of addresses) {
    const of = { ...options(), index: sightedFromIndex(sighting, address, at) };
    await world.records.count(sightedFromKey(sighting, address), 1, { address, at }, { at }, of);
  }
}

async function refuse(reason: string, at: string): Promise<void> {
  const one = { issuer: ISSUER, reason, address: '192.0.2.7', minute: at.slice(0, 16), tokenHash: 'h' };
  const index = refusedIndex(one);
  await world.records.count(refusedKey(one), 1, { ...one, at }, { at }, { ...options(), index });
}

async function allOf<T>(list: (page: PageRequest) => Promise<Page<T> | Refusal>, limit: number) {
  const pages: (readonly T[])[] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ limit, ...(cursor === undefined ? {} : { cursor }) });
    if (page instanceof Refusal) throw new Error(page.code);
    expect(page.items.length).toBeLessThanOrEqual(limit);
    pages.push(page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return pages;
}

/** The most that one page reads, of records and of keys. */
function watchReading() {
  const read: string[] = [];
  world.meddle = async ({ name }, run) => {
    const answer = await run();
    if (name === 'records.read')
      for (const one of answer as unknown[]) if (one !== undefined) read.push(name);
    if (name === 'records.listIndex') read.push(...(answer as Page<unknown>).items.map(() => name));
    if (name === 'records.list') throw new Error('a whole partition is never listed');
    return answer;
  };
  return read;
}

it('lists every one once, the latest first, however many come a page', async () => {
  const ages = fc.array(fc.nat(20), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(ages, fc.integer({ min: 1, max: 20 }), async (given, limit) => {
      world = await createWorld();
      for (const [i, age] of given.entries()) {
        await sight(`stranger-${i}`, ago(age * MINUTE));
        await refuse(`reason-${i}`, ago(age * MINUTE));
      }
      const seen = (await allOf(strangers, limit)).flat();
      const minutes = (await allOf(refused, limit)).flat();
      const times = given
        .map((age) => ago(age * MINUTE))
        .sort()
        .reverse();
      expect(seen.map(({ lastSeen }) => lastSeen)).toEqual(times);
      expect(minutes.map(({ minute }) => minute)).toEqual(times.map((time) => time.slice(0, 16)));
      expect(new Set(seen.map(({ subject }) => subject)).size).toBe(given.length);
      expect(new Set(minutes.map(({ reason }) => reason)).size).toBe(given.length);
    }),
    { numRuns: 40 },
  );
});

describe('thousands of them', () => {
  const MOST = 3000;

  it('hide nobody, and are read a page at a time', async () => {
    await sight('real', ago(30 * DAY));
    for (let i = 0; i < MOST; i += 1) await sight(`made-up-${i}`, ago(i * MINUTE));
    await sight('real-and-back', ago(20 * DAY));
    await sight('real-and-back', ago(0));
    const read = watchReading();
    const first = await strangers({ limit: 50 });
    if (first instanceof Refusal) throw new Error(first.code);
    expect(
      first.items
        .slice(0, 2)
        .map(({ subject }) => subject)
        .sort(),
    ).toEqual(['made-up-0', 'real-and-back']);
    expect(read.length).toBeLessThan(1000);
    world.meddle = undefined;
    const subjects = (await allOf(strangers, 500)).flat().map(({ subject }) => subject);
    expect(subjects).toHaveLength(MOST + 2);
    expect(subjects.at(-1)).toBe('real');
  });

  it('of refused tokens too, and an hour that is full hides none of its minutes', async () => {
    for (let i = 0; i < MOST; i += 1) await refuse(`reason-${i}`, ago((i % 50) * MINUTE));
    const read = watchReading();
    const first = await refused({ limit: 50 }, 720);
    if (first instanceof Refusal) throw new Error(first.code);
    expect(new Set(first.items.map(({ minute }) => minute))).toEqual(new Set([ago(0).slice(0, 16)]));
    expect(read.length).toBeLessThan(1000);
    world.meddle = undefined;
    expect((await allOf((page) => refused(page, 720), 500)).flat()).toHaveLength(MOST);
  });
});

it('goes back as many hours as were asked for', async () => {
  for (const hours of [0, 1, 2, 30, 700]) await refuse(`h${hours}`, ago(hours * HOUR));
  const reasons = async (hours: number) =>
    (await allOf((page) => refused(page, hours), 2)).flat().map(({ reason }) => reason);
  expect(await reasons(1)).toEqual(['h0', 'h1']);
  expect(await reasons(24)).toEqual(['h0', 'h1', 'h2']);
  expect(await reasons(720)).toEqual(['h0', 'h1', 'h2', 'h30', 'h700']);
});

it('passes over what has expired, and what was seen again since the page before', async () => {
  for (let i = 0; i < 100; i += 1) await sight(`old-${i}`, ago(50 * DAY + i));
  world.clock.advance(60 * DAY);
  for (let i = 0; i < 6; i += 1) await sight(`stranger-${i}`, ago(i * MINUTE));
  world.clock.advance(31 * DAY);
  const first = await strangers({ limit: 2 });
  if (first instanceof Refusal || first.cursor === undefined) throw new Error('no page, or the only one');
  expect(first.items.map(({ subject }) => subject)).toEqual(['stranger-0', 'stranger-1']);
  await sight('stranger-4', ago(0));
  const rest = await allOf((page) => strangers({ cursor: first.cursor ?? '', ...page }), 2);
  expect(rest.flat().map(({ subject }) => subject)).toEqual(['stranger-2', 'stranger-3', 'stranger-5']);
  expect((await allOf(strangers, 2)).flat()[0]).toMatchObject({ subject: 'stranger-4', count: 2 });
});

it('shows the addresses that a stranger came from last, and says where there are more', async () => {
  const addresses = Array.from({ length: 20 }, (_, i) => `192.0.2.${i}`);
  for (const [i, address] of addresses.entries()) await sight('few', ago(HOUR - i * MINUTE), [address]);
  for (const [i, address] of [...addresses, '198.51.100.1'].entries()) {
    await sight('many', ago(HOUR - i * MINUTE), [address]);
  }
  const [many, few] = (await allOf(strangers, 10)).flat();
  expect(few?.from.map(({ address }) => address)).toEqual([...addresses].reverse());
  expect(few).not.toHaveProperty('moreAddresses');
  expect(many?.from).toHaveLength(20);
  expect(many?.from[0]).toEqual({ address: '198.51.100.1', count: 1, lastSeen: ago(HOUR - 20 * MINUTE) });
  expect(many).toMatchObject({ subject: 'many', count: 21, moreAddresses: true });
});

it.each(['', 'nonsense', '../..', Buffer.from('x\0').toString('base64url'), 'a'.repeat(4096)])(
  'takes no cursor that it did not give: %j',
  async (cursor) => {
    await expect(strangers({ limit: 10, cursor })).rejects.toThrow(BadCursor);
    await expect(refused({ limit: 10, cursor })).rejects.toThrow(BadCursor);
  },
);
