// The Revoker as Lambda runs it: each role that the stream tells of once, and what stops one stops no other.
import { rmSync } from 'node:fs';
import type { AttributeValue, Context, DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DESIGNS } from '../../infra/functions.ts';
import { createTools, logOver } from '../../lambdas/shared/tools.ts';
import { askedKey, roleHash } from '../../src/credentials/index.ts';
import type { RecordKey } from '../../src/ports/records.ts';
import type { Revoker, VendedRole } from '../../src/ports/revoker.ts';
import { Refusal, Unavailable } from '../../src/shared/errors.ts';
import { awsTarget } from '../support/config.ts';
import { createWorld, TARGETS, type World } from '../support/world.ts';
import { asDeployed, CONTEXT, capture, type Printed } from './support.ts';

let directory: string;
beforeAll(() => {
  ({ directory } = asDeployed());
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

let world: World;
let printed: Printed;
/** The roles that were written, in order. */
let written: string[];
let answer: (role: VendedRole) => Awaited<ReturnType<Revoker['write']>>;
beforeEach(async () => {
  world = await createWorld();
  printed = capture();
  written = [];
  answer = () => 'written';
  const documents = new Map<string, string>();
  Object.assign(world.revoker, {
    read: async ({ roleArn }) => ({ document: documents.get(roleArn) }),
    write: async (role, document) => {
      const said = answer(role);
      if (said !== 'written') return said;
      written.push(role.roleArn);
      if (document === undefined) documents.delete(role.roleArn);
      else documents.set(role.roleArn, document);
      return said;
    },
  } satisfies Revoker);
});
afterEach(() => vi.restoreAllMocks());

const REPORTS = 'arn:aws:iam::111122223333:role/bailiwick-reports';

/** As many roles as wanted, each with a task on it that was ended early. */
async function endedOn(roles: readonly string[]): Promise<void> {
  for (const roleArn of roles) {
    await world.use({
      targets: TARGETS.map((target) => awsTarget(target.id, { ...target, connection: { roleArn } })),
    });
    const { task, token } = await world.opened();
    const issued = await world.issue(task.id, token);
    if (issued instanceof Refusal) throw new Error(issued.detail);
    await world.finish(task.id, token);
  }
}

/** As the stream tells of them. */
function event(partitions: readonly string[]): DynamoDBStreamEvent {
  const Records = partitions.map((pk) => {
    const Keys: Record<string, AttributeValue> = { pk: { S: pk }, sk: { S: 'asked' } };
    return { eventName: 'MODIFY' as const, dynamodb: { Keys } };
  });
  return { Records };
}

const asking = (roles: readonly string[]) =>
  event(roles.map((roleArn) => askedKey(roleHash({ roleArn })).partition));

async function told(of: DynamoDBStreamEvent): Promise<unknown> {
  const { createHandler } = await import('../../lambdas/revoke-sessions/handler.ts');
  const tools = createTools();
  const handler = createHandler({ ...world.dependencies, tools, log: logOver(tools) });
  return (handler as (event: unknown, context: Context) => Promise<unknown>)(of, CONTEXT);
}

const MANY = Array.from({ length: 9 }, (_, place) => `arn:aws:iam::111122223333:role/reports-${place}`);

describe('the Revoker', () => {
  it('makes the deny of a role that was asked for', async () => {
    await endedOn([REPORTS]);
    expect(await told(asking([REPORTS]))).toEqual({ settled: 1, busy: 0, waiting: 0 });
    expect(written).toEqual([REPORTS]);
    expect(printed.metrics()).toEqual([]);
  });

  it('looks at each role once, however often it was asked for', async () => {
    await endedOn(MANY);
    const outcomes = await told(asking([...MANY, ...MANY, ...MANY]));
    expect(outcomes).toEqual({ settled: MANY.length, busy: 0, waiting: 0 });
    expect(written.sort()).toEqual(MANY);
  });

  it('passes over what is none of its business', async () => {
    await endedOn([REPORTS]);
    const others = ['revoke/', 'revoke/../x', 'revoker/0123456789abcdef0123456789abcdef', 'task/1'];
    expect(await told(event(others))).toEqual({ settled: 0, busy: 0, waiting: 0 });
    expect(await told({ Records: [{ eventName: 'REMOVE' }] })).toEqual({ settled: 0, busy: 0, waiting: 0 });
    expect(written).toEqual([]);
  });

  it('does the others where IAM says no to one, and counts that one', async () => {
    await endedOn(MANY);
    const refused = { problem: 'refused', detail: 'IAM refused it.' } as const;
    answer = ({ roleArn }) => (roleArn === MANY[0] ? refused : 'written');
    expect(await told(asking(MANY))).toEqual({ settled: MANY.length - 1, busy: 0, waiting: 1 });
    expect(written).toHaveLength(MANY.length - 1);
    expect(printed.metrics()).toEqual(['RevocationWaiting']);
    expect(printed.log()).toEqual([
      expect.objectContaining({ level: 'ERROR', message: 'revocation waits', count: 1, reason: 'refused' }),
    ]);
  });

  it.each([
    [new Unavailable('records'), { message: 'back end unavailable', backend: 'records' }],
    [new TypeError('canary-message'), { message: 'background work failed', error: 'TypeError' }],
  ])('does the others where one fails with %s, and says so without its message', async (fault, line) => {
    await endedOn(MANY);
    answer = ({ roleArn }) => {
      if (roleArn === MANY[3]) throw fault;
      return 'written';
    };
    expect(await told(asking(MANY))).toEqual({ settled: MANY.length - 1, busy: 0, waiting: 1 });
    expect(printed.metrics()).toEqual(['RevocationWaiting']);
    expect(printed.log()).toEqual([expect.objectContaining({ level: 'ERROR', ...line })]);
    expect(printed.text()).not.toContain('canary-message');
  });

  it('is at a few of them at once', async () => {
    await endedOn(MANY);
    let [now, most] = [0, 0];
    world.meddle = async ({ name }, run) => {
      if (name !== 'revoker.write') return run();
      now += 1;
      most = Math.max(most, now);
      await new Promise(setImmediate);
      now -= 1;
      return run();
    };
    await told(asking(MANY));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThan(MANY.length);
  });

  it('asks of the stores what its role lets it, and nothing else', async () => {
    await endedOn(MANY);
    const { state, counts, events } = DESIGNS['revoke-sessions'];
    const needed = new Set<string>();
    world.meddle = async (operation, run) => {
      const { partition = '' } = (operation.arguments[0] ?? {}) as Partial<RecordKey>;
      const within = counts.some((partitions) => partition.startsWith(partitions.slice(0, -1)));
      needed.add(operation.name === 'records.count' && within ? 'records.count of roles' : operation.name);
      return run();
    };
    await told(asking(MANY));
    expect([...needed].sort()).toEqual([
      ...['events.append', 'records.create', 'records.list', 'records.read', 'records.replace'],
      ...['revoker.read', 'revoker.write'],
    ]);
    expect([state, events]).toEqual([['PutItem', 'BatchGetItem', 'GetItem', 'Query'], ['PutItem']]);
  });
});
