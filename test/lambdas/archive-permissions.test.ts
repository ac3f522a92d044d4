// What the archive's two functions ask for is what their roles let them: nothing is missing, and nothing too much.
import { rmSync } from 'node:fs';
import type { Context } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { DESIGNS, type FunctionDesign } from '../../infra/functions.ts';
import { createTools, logOver } from '../../lambdas/shared/tools.ts';
import type { RecordKey } from '../../src/ports/records.ts';
import { type ArchiveWorld, archiveWorld } from '../broker/archive/support.ts';
import { memoryObjects } from '../contract/support/memory-objects.ts';
import { eventOf } from '../support/archive-parts.ts';
import { HOUR } from '../support/clock.ts';
import { itemOf, record } from './stream.ts';
import { asDeployed, CONTEXT, capture } from './support.ts';

let directory: string;
beforeAll(() => {
  ({ directory } = asDeployed());
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

let world: ArchiveWorld;
beforeEach(() => {
  world = archiveWorld('2026-03-02T12:10:00.000Z');
  capture();
});
afterEach(() => vi.restoreAllMocks());

/** By operation of a port, what a role must allow. Of the archive and of records, the key counts as well. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  'events.append': ['events PutItem'],
  'events.read': ['events GetItem'],
  'events.every': ['events index Query', 'events BatchGetItem'],
  'archive.get': ['archive read'],
  'archive.list': ['archive read'],
  'signer.keys': ['sign'],
  'signer.sign': ['sign'],
};

function needOf(name: string, [first]: readonly unknown[]): readonly string[] {
  if (name === 'archive.put') return [`archive put ${String(first).split('/')[0]}/`];
  if (!name.startsWith('records.')) return NEEDS[name] ?? [name];
  return [first].flat().map((key) => `lease ${(key as RecordKey).partition.split('/')[0]}/*`);
}

function watched(): ReadonlySet<string> {
  const needed = new Set<string>();
  world.meddle = async (operation, go) => {
    for (const need of needOf(operation.name, operation.arguments)) needed.add(need);
    return go();
  };
  return needed;
}

function allowedBy(design: FunctionDesign): string[] {
  const { events, eventsIndex, archives, readsArchive, signs, leases } = design;
  return [
    ...events.map((action) => `events ${action}`),
    ...eventsIndex.map((action) => `events index ${action}`),
    ...archives.map((prefix) => `archive put ${prefix}`),
    ...(readsArchive ? ['archive read'] : []),
    ...(signs ? ['sign'] : []),
    ...leases.map((partitions) => `lease ${partitions}`),
  ];
}

/** Whatever else a design has, these functions are not made with. */
function expectNothingElse(design: FunctionDesign): void {
  const { state, counts, stateIndex, tokenKeys, maskingKeys, sealing, workflow, ownSecrets } = design;
  expect([...state, ...counts, ...stateIndex, ...workflow, ...ownSecrets]).toEqual([]);
  expect([tokenKeys, maskingKeys, sealing]).toEqual(['none', 'none', 'none']);
  expect(design).toMatchObject({
    routes: [],
    assumesTargetRoles: 'none',
    reachesTargets: false,
    objects: ['GetObject'],
  });
}

type Run = (event: unknown, context: Context) => Promise<unknown>;

it('archive-events', async () => {
  const { createHandler } = await import('../../lambdas/archive-events/handler.ts');
  const tools = createTools();
  const objects = memoryObjects();
  const handler = createHandler({ ...world.dependencies, objects, tools, log: logOver(tools) }) as Run;
  const needed = watched();
  const at = world.clock.now();
  const is = await itemOf(eventOf(1, at), objects, world.clock);
  const Records = [
    record('INSERT', { number: 1, at, is }),
    record('INSERT', { number: 2, at, is: {} }),
    record('MODIFY', { number: 3, at, was: is, is }),
  ];
  expect(await handler({ Records }, CONTEXT)).toEqual({ archived: 1, left: 0, strays: 1, findings: 1 });
  expect([...needed].sort()).toEqual(allowedBy(DESIGNS['archive-events']).sort());
  expect(DESIGNS['archive-events']).toMatchObject({ eventsStream: true, reportsFindings: true });
  expectNothingElse(DESIGNS['archive-events']);
});

it('sign-digest', async () => {
  const { createHandler } = await import('../../lambdas/sign-digest/handler.ts');
  const tools = createTools();
  const handler = createHandler({ ...world.dependencies, tools, log: logOver(tools) }) as Run;
  const needed = watched();
  expect(await handler({}, CONTEXT)).toMatchObject([{ sequence: 1 }]);
  // One that is missing in the archive, and one that is missing in the table.
  const [missing, gone] = [eventOf(1, world.clock.now()), eventOf(2, world.clock.now())];
  await world.events.append(missing);
  await world.deliver([gone], world.clock.now());
  // And one that can be no line.
  const poison = { ...eventOf(3, world.clock.now()), stream: 'poison' };
  await world.events.append(poison);
  const { read } = world.events;
  const none = { ...poison, body: { ...poison.body, agents: Number.POSITIVE_INFINITY } };
  Object.assign(world.events, {
    read: async (stream: string, id: string) => (stream === 'poison' ? none : read(stream, id)),
  });
  world.clock.advance(HOUR);
  expect(await handler({}, CONTEXT)).toMatchObject([{ sequence: 2, findings: 1 }]);
  expect([...needed].sort()).toEqual(allowedBy(DESIGNS['sign-digest']).sort());
  expect(DESIGNS['sign-digest']).toMatchObject({ eventsStream: false, reportsFindings: true });
  expectNothingElse(DESIGNS['sign-digest']);
});
