// What the functions ask of the stores is what their roles let them: `npm run test:aws` sees what a role lacks, and this
// also what it has too much.
import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { DESIGNS, type FunctionDesign } from '../../infra/functions.ts';
import type { RecordKey } from '../../src/ports/records.ts';
import { MINUTE } from '../support/clock.ts';
import { OTHER_AGENT, type World } from '../support/world.ts';
import { bearer, type Functions, type Name, sending, startFunctions, WANTED } from './functions.ts';
import { asDeployed, bodyOf } from './support.ts';

let directory: string;
beforeAll(() => {
  ({ directory } = asDeployed());
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

let world: World;
let functions: Functions;
beforeEach(async () => {
  functions = await startFunctions();
  ({ world } = functions);
});
afterEach(() => vi.restoreAllMocks());

/** By operation of a port, what a role must allow; the key that it is on decides for counters. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  'records.create': ['state PutItem'],
  'records.replace': ['state PutItem'],
  'records.read': ['state BatchGetItem'],
  'records.list': ['state Query'],
  'records.listIndex': ['index Query'],
  'events.append': ['events PutItem'],
  'events.list': ['events Query'],
  'events.read': ['events GetItem'],
  'events.between': ['events index Query', 'events BatchGetItem'],
  'sessions.issue': ['roles'],
};

/** `GetItem` is left out: the table is only asked so where it did not say what stood in the way of a write. */
function allowedBy(design: FunctionDesign): string[] {
  const { state, counts, stateIndex, events, eventsIndex, assumesTargetRoles } = design;
  return [
    ...state.filter((action) => action !== 'GetItem').map((action) => `state ${action}`),
    ...counts.map((partitions) => `count ${partitions}`),
    ...stateIndex.map((action) => `index ${action}`),
    ...events.map((action) => `events ${action}`),
    ...eventsIndex.map((action) => `events index ${action}`),
    ...(assumesTargetRoles === 'none' ? [] : ['roles']),
  ];
}

interface Step {
  readonly method: 'GET' | 'POST';
  readonly route: string;
  readonly task?: string;
  readonly agent?: string;
  readonly token: string;
  readonly body?: unknown;
}

async function statusOf(name: Name, { method, route, task, agent, token, body }: Step): Promise<number> {
  const pathParameters = { ...(task && { task }), ...(agent && { agent }) };
  const given = body === undefined ? { headers: bearer(token) } : sending(token, body);
  return (await functions.send(name, method, route, { ...given, pathParameters })).statusCode;
}

const LEDGER = [{ capability: 'ledger:read', parameters: {} }];
const reason = 'Odd behaviour';

/** What a function is asked in good times and in bad. */
const WALKS: Readonly<Record<Name, (task: string, token: string) => readonly (Step & { status: number })[]>> =
  {
    'open-task': () => [
      { method: 'POST', route: 'openTask', token: world.agentToken(), body: WANTED, status: 201 },
      { method: 'POST', route: 'openTask', token: world.agentToken('stranger'), body: WANTED, status: 403 },
      { method: 'POST', route: 'openTask', token: 'nonsense', body: WANTED, status: 401 },
    ],
    tasks: (task, token) => [
      { method: 'GET', route: 'readTask', task, token: world.agentToken(), status: 200 },
      { method: 'GET', route: 'readTask', task, token: world.agentToken('stranger'), status: 403 },
      { method: 'GET', route: 'readTask', task, token: 'nonsense', status: 401 },
      {
        ...{ method: 'POST', route: 'delegate', task, token, status: 201 },
        body: { agent: OTHER_AGENT, capabilities: LEDGER },
      },
      { method: 'POST', route: 'finishTask', task, token, status: 200 },
    ],
    'issue-credentials': (task, token) => [
      { method: 'POST', route: 'issueCredentials', task, token, body: LEDGER[0], status: 200 },
      {
        method: 'POST',
        route: 'issueCredentials',
        task,
        token: 'bwt_nonsense',
        body: LEDGER[0],
        status: 401,
      },
    ],
    operate: (task) => {
      const token = world.personToken(['operators', 'security']);
      const about = { agent: OTHER_AGENT, token, status: 200 };
      return [
        { method: 'GET', route: 'listAgents', token, status: 200 },
        { method: 'GET', route: 'readAgent', ...about },
        { method: 'GET', route: 'listTasks', token, status: 200 },
        { method: 'GET', route: 'listUnknownAgents', token, status: 200 },
        { method: 'GET', route: 'listRefusedTokens', token, status: 200 },
        { method: 'POST', route: 'quarantineAgent', body: { reason }, ...about },
        { method: 'POST', route: 'disableAgent', body: { reason }, ...about },
        { method: 'POST', route: 'reinstateAgent', body: { reason }, ...about },
        { method: 'POST', route: 'attestAgent', body: { reason }, ...about },
        { method: 'POST', route: 'revokeTask', task, token, body: { reason }, status: 200 },
        { method: 'GET', route: 'listAgents', token: 'nonsense', status: 401 },
      ];
    },
    'read-events': (task) => [
      { method: 'GET', route: 'readTaskEvents', task, token: world.personToken(['security']), status: 200 },
      { method: 'GET', route: 'readEvents', token: world.personToken(['security']), status: 200 },
      { method: 'GET', route: 'readTaskEvents', task, token: 'nonsense', status: 401 },
    ],
  };

it.each(Object.keys(WALKS) as Name[])('%s', async (name) => {
  const body = { ...WANTED, capabilities: LEDGER };
  const opened = await functions.send('open-task', 'POST', 'openTask', sending(world.agentToken(), body));
  const { task, token } = bodyOf(opened) as { task: { id: string }; token: string };
  // So that there is something to revoke where the task is ended.
  const pathParameters = { task: task.id };
  const asking = { pathParameters, ...sending(token, LEDGER[0]) };
  expect(await functions.send('issue-credentials', 'POST', 'issueCredentials', asking)).toMatchObject({
    statusCode: 200,
  });
  // What is counted again within seconds is not written at once.
  await world.dependencies.tally.flush();
  world.clock.advance(MINUTE);
  const { counts } = DESIGNS[name];
  const needed = new Set<string>();
  world.meddle = async (operation, run) => {
    const { partition = '' } = (operation.arguments[0] ?? {}) as Partial<RecordKey>;
    const within = counts.find((partitions) => partition.startsWith(partitions.slice(0, -1)));
    const need = operation.name === 'records.count' ? [`count ${within}`] : NEEDS[operation.name];
    for (const each of need ?? [operation.name]) needed.add(each);
    return run();
  };
  for (const { status, ...step } of WALKS[name](task.id, token)) {
    expect([step.route, await statusOf(name, step)]).toEqual([step.route, status]);
  }
  expect([...needed].sort()).toEqual(allowedBy(DESIGNS[name]).sort());
});

it('walks every route of the functions that ask for anything', () => {
  const walked = Object.entries(WALKS).map(([name, walk]) => [
    name,
    [...new Set(walk('', '').map(({ route }) => route))].sort(),
  ]);
  const asking = Object.entries(DESIGNS)
    .filter(([, { routes, state, counts }]) => routes.length > 0 && state.length + counts.length > 0)
    // The same use case as `openTask`.
    .map(([name, { routes }]) => [name, routes.filter((route) => route !== 'exchangeToken').sort()]);
  expect(walked).toEqual(asking);
});
