// A warm call for credentials costs two trips, one after the other: on DynamoDB, and embedded.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoEvents } from '../../src/adapters/aws/dynamo-events.ts';
import { createDynamoRecords } from '../../src/adapters/aws/dynamo-records.ts';
import { openDatabase } from '../../src/adapters/embedded/sqlite.ts';
import { createSqliteEvents } from '../../src/adapters/embedded/sqlite-events.ts';
import { createSqliteRecords } from '../../src/adapters/embedded/sqlite-records.ts';
import { createTally } from '../../src/broker/index.ts';
import type { Events } from '../../src/ports/events.ts';
import type { Records } from '../../src/ports/records.ts';
import { EVENTS_TABLE, type LocalDynamo, STATE_TABLE, startDynamo } from '../contract/support/dynamo.ts';
import { memoryObjects } from '../contract/support/memory-objects.ts';
import { temporaryDirectory } from '../contract/support/temporary.ts';
import { codeOf, createWorld, HELD, type World } from '../support/world.ts';

interface Trip {
  readonly command: string;
  readonly began: number;
  ended: number;
}

/** The longest chain of requests each of which began when the one before had ended. */
function longestChain(trips: readonly Trip[]): readonly Trip[] {
  let longest: readonly Trip[] = [];
  const chains: (readonly Trip[])[] = [];
  for (const trip of [...trips].sort((a, b) => a.began - b.began)) {
    const before = chains.filter((chain) => (chain.at(-1)?.ended ?? 0) < trip.began);
    const best = before.reduce<readonly Trip[]>((a, b) => (b.length > a.length ? b : a), []);
    const chain = [...best, trip];
    chains.push(chain);
    if (chain.length > longest.length) longest = chain;
  }
  return longest;
}

function recordTrips({ client }: LocalDynamo): Trip[] {
  const trips: Trip[] = [];
  // Order, not time: what ends before another begins has the smaller number.
  let order = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      order += 1;
      const trip = { command: String(context.commandName), began: order, ended: Number.POSITIVE_INFINITY };
      trips.push(trip);
      const answer = await next(args);
      order += 1;
      trip.ended = order;
      return answer;
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  return trips;
}

/** A world whose stores are these. */
async function worldOn(make: (world: World) => { readonly records: Records; readonly events: Events }) {
  const world = await createWorld();
  const stores = make(world);
  const tally = createTally({ ...stores, clock: world.clock, log: world.dependencies.log });
  Object.assign(world.dependencies, stores, { tally });
  const capabilities = [...HELD, { capability: 'reports:write', parameters: {} }];
  const { task, token } = await world.opened({ capabilities });
  return {
    issue: (capability = 'reports:read') => world.issue(task.id, token, { wanted: [{ capability }] }),
    asked: () => world.sessions.asked.length,
  };
}

describe('on DynamoDB', () => {
  let dynamo: LocalDynamo;
  beforeAll(async () => {
    dynamo = await startDynamo();
  });
  afterAll(() => dynamo.close());

  const broker = () =>
    worldOn(({ clock }) => {
      const { client } = dynamo;
      const objects = memoryObjects();
      return {
        records: createDynamoRecords({ client, table: STATE_TABLE, objects, clock }),
        events: createDynamoEvents({ client, table: EVENTS_TABLE, objects, clock }),
      };
    });

  it('takes two trips: four requests at once, STS, and three at once', async () => {
    const { issue, asked } = await broker();
    const trips = recordTrips(dynamo);
    expect(codeOf(await issue())).toBe('ok');
    expect(asked()).toBe(1);
    expect(trips.map(({ command }) => command).sort()).toEqual([
      'BatchGetItemCommand',
      'BatchGetItemCommand',
      ...Array.from({ length: 5 }, () => 'PutItemCommand'),
    ]);
    expect(longestChain(trips)).toHaveLength(2);
  });

  it('takes no more for a refusal', async () => {
    const { issue } = await broker();
    const trips = recordTrips(dynamo);
    expect(codeOf(await issue('sandbox:read'))).toBe('outside_task');
    expect(longestChain(trips)).toHaveLength(2);
  });
});

it('counts chains, not requests', () => {
  const trip = (began: number, ended: number): Trip => ({ command: '', began, ended });
  expect(longestChain([trip(1, 4), trip(2, 5), trip(3, 6)])).toHaveLength(1);
  expect(longestChain([trip(1, 4), trip(2, 3), trip(5, 8), trip(6, 7), trip(9, 10)])).toHaveLength(3);
  expect(longestChain([trip(1, 2), trip(3, 4), trip(5, 6)])).toHaveLength(3);
});

describe('embedded', () => {
  it('takes two transactions, for credentials and for a refusal', async () => {
    const directory = await temporaryDirectory();
    const database = openDatabase({ directory: directory.path });
    try {
      const { issue, asked } = await worldOn(({ clock }) => {
        const objects = memoryObjects();
        return {
          records: createSqliteRecords({ database, objects, clock }),
          events: createSqliteEvents({ database, objects, clock }),
        };
      });
      for (const [capability, code] of [
        ['reports:read', 'ok'],
        ['sandbox:read', 'outside_task'],
      ]) {
        const before = database.transactions();
        expect(codeOf(await issue(capability))).toBe(code);
        expect(database.transactions() - before).toBe(2);
      }
      expect(asked()).toBe(1);
    } finally {
      await database.close();
      await directory.remove();
    }
  });
});
