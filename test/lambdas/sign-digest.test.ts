// The function that signs: for the hour that is over and has settled, once, whatever else runs.
import { rmSync } from 'node:fs';
import type { Context } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createTools, logOver } from '../../lambdas/shared/tools.ts';
import { digestKey, readDigest } from '../../src/audit/index.ts';
import { Unavailable } from '../../src/shared/errors.ts';
import { type ArchiveWorld, archiveWorld } from '../broker/archive/support.ts';
import { eventOf } from '../support/archive-parts.ts';
import { HOUR, MINUTE, SECOND } from '../support/clock.ts';
import { asDeployed, CONTEXT, capture, type Printed } from './support.ts';

let directory: string;
beforeAll(() => {
  ({ directory } = asDeployed());
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

let world: ArchiveWorld;
let printed: Printed;
beforeEach(() => {
  world = archiveWorld('2026-03-02T12:10:20.000Z');
  printed = capture();
});
afterEach(() => vi.restoreAllMocks());

async function run(): Promise<unknown> {
  const { createHandler } = await import('../../lambdas/sign-digest/handler.ts');
  const tools = createTools();
  const handler = createHandler({ ...world.dependencies, tools, log: logOver(tools) });
  return (handler as (event: unknown, context: Context) => Promise<unknown>)({}, CONTEXT);
}

async function digest(sequence: number) {
  const file = await world.archive.get(digestKey(sequence));
  return file === undefined ? undefined : readDigest(file)?.digest;
}

it('signs every hour, also an empty one, up to the last full hour', async () => {
  expect(await run()).toMatchObject([{ sequence: 1, events: 0, isCompared: true }]);
  expect(await digest(1)).toMatchObject({ until: '2026-03-02T12:00:00.000Z', events: 0 });
  world.clock.advance(HOUR);
  expect(await run()).toMatchObject([{ sequence: 2 }]);
  expect(await digest(2)).toMatchObject({
    from: '2026-03-02T12:00:00.000Z',
    until: '2026-03-02T13:00:00.000Z',
  });
  expect(await run()).toEqual([]);
  expect(await digest(3)).toBeUndefined();
});

it('signs no hour whose last batch may still be under way', async () => {
  await run();
  world.clock.advance(HOUR - 30 * SECOND);
  expect(await run()).toEqual([]);
  world.clock.advance(30 * SECOND);
  expect(await run()).toMatchObject([{ sequence: 2 }]);
});

it('counts the gaps that it fills', async () => {
  await run();
  await world.events.append(eventOf(1, world.clock.now()));
  world.clock.advance(HOUR);
  // Beside it the event of the first digest: nothing archives what is written here.
  expect(await run()).toMatchObject([{ sequence: 2, filled: 2 }]);
  expect(printed.metrics()).toEqual(['AuditGapFilled']);
});

it('signs without the table where that is away, and fails then, so that an alarm tells of it', async () => {
  world.meddle = async ({ name }, go) => {
    if (name === 'events.every') throw new Unavailable('events');
    return go();
  };
  await expect(run()).rejects.toThrow('could not be compared');
  expect(await digest(1)).toMatchObject({ sequence: 1 });
  // As Lambda tries it again.
  world.meddle = undefined;
  expect(await run()).toEqual([]);
});

it('fails where it can’t sign, and does so once more a minute later', async () => {
  world.meddle = async ({ name }, go) => {
    if (name === 'signer.sign') throw new Unavailable('signer');
    return go();
  };
  await expect(run()).rejects.toThrow(Unavailable);
  world.meddle = undefined;
  world.clock.advance(MINUTE);
  expect(await run()).toMatchObject([{ sequence: 1 }]);
});

it('signs one for each hour after a rest', async () => {
  await run();
  world.clock.advance(3 * HOUR);
  expect(await run()).toMatchObject([{ sequence: 2 }, { sequence: 3 }, { sequence: 4 }]);
});

it('fails while another has the chain, so that an alarm tells of it', async () => {
  let isOther = false;
  world.meddle = async ({ name }, go) => {
    if (name === 'signer.sign' && !isOther) {
      isOther = true;
      await expect(run()).rejects.toThrow('another run');
    }
    return go();
  };
  expect(await run()).toMatchObject([{ sequence: 1 }]);
});
