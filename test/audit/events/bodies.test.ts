// What is too large for an item lies by itself, whole: its event says where, with its hash and its size.
import { beforeEach, describe, expect, it } from 'vitest';
import type { HttpTarget } from '../../../src/config/index.ts';
import { sha256 } from '../../../src/shared/hash.ts';
import type { JsonObject } from '../../../src/shared/json.ts';
import { call, made, openFor, partsWith, TICKETS } from '../../support/http-calls.ts';
import { codeOf, createWorld, type World } from '../../support/world.ts';

const POLICIES = 'permit (principal is Agent, action in [Action::"read", Action::"write"], resource);';

let world: World;
beforeEach(async () => {
  world = await createWorld();
  const { read, ...others } = TICKETS.capabilities;
  if (read === undefined) throw new Error('there is no such capability');
  const { exportAbove: _, ...uncapped } = read;
  const capabilities: HttpTarget['capabilities'] = { ...others, read: uncapped };
  await world.use(partsWith({ ...TICKETS, capabilities }, { policies: POLICIES }));
});

const TEXT = [['content-type', 'text/plain']] as const;
/** From just beyond what stands with an event to far beyond what an item of the table holds. */
const SIZES = [64 * 1024 + 1, 400_000, 2_000_000];
const textOf = (bytes: number) => 'Nothing to mask here. '.repeat(bytes / 22 + 1).slice(0, bytes);

function bodyIn(type: string, of: 'sent' | 'answered'): JsonObject {
  const [event] = world.told(type);
  const message = (event?.[of] ?? {}) as JsonObject;
  return (message['body'] ?? {}) as JsonObject;
}

function expectWhole(body: JsonObject, text: string): void {
  expect(Object.keys(body).sort()).toEqual(['bytes', 'object', 'sha256']);
  const kept = world.outside.objects.kept.get(String(body['object'])) ?? new Uint8Array();
  expect(Buffer.from(kept).toString() === text).toBe(true);
  expect([body['sha256'], body['bytes']]).toEqual([sha256(kept), kept.length]);
  expect(String(body['object'])).toMatch(/^400d\//);
}

describe.each(SIZES)('of %i bytes', (bytes) => {
  it('a request', async () => {
    const opened = await openFor(world, 'tickets:write');
    const body = Buffer.from(textOf(bytes));
    await made(world, opened, { method: 'PUT', body, headers: TEXT });
    expectWhole(bodyIn('call.requested', 'sent'), textOf(bytes));
  });

  it('an answer', async () => {
    const opened = await openFor(world, 'tickets:read');
    world.outside.answer = async () => ({ status: 200, headers: TEXT, body: Buffer.from(textOf(bytes)) });
    await made(world, opened);
    expectWhole(bodyIn('call.succeeded', 'answered'), textOf(bytes));
    // As the target sent it.
    expect(world.told('call.succeeded')).toMatchObject([{ answered: { bytes } }]);
  });
});

it('of what is no text the event names no object that is gone before it is', async () => {
  const opened = await openFor(world, 'tickets:read');
  const body = Buffer.alloc(6_000_000);
  const headers = [['content-type', 'image/png']] as const;
  world.outside.answer = async () => ({ status: 200, headers, body });
  await made(world, opened);
  expect(bodyIn('call.succeeded', 'answered')).toEqual({
    binary: true,
    sha256: sha256(body),
    bytes: 6_000_000,
  });
  expect([...world.outside.objects.kept.keys()]).toEqual([expect.stringMatching(/^1d\//)]);
});

it('a stream that was cut says so', async () => {
  const opened = await openFor(world, 'tickets:read');
  const headers = [['content-type', 'text/event-stream']] as const;
  world.outside.answer = async () => ({
    status: 200,
    headers,
    body: Buffer.from('data: 1\n\n'),
    cut: 'bytes',
  });
  expect(codeOf(await call(world, opened))).toBe('ok');
  expect(world.told('call.succeeded')).toMatchObject([{ answered: { truncated: 'bytes' } }]);
});
