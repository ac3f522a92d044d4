// What the functions ask of the stores is what their roles let them: `npm run test:aws` sees what a role lacks, and this
// also what it has too much.
import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { DESIGNS, type FunctionDesign } from '../../infra/functions.ts';
import { roleStatements } from '../../infra/role-permissions.ts';
import type { RecordKey } from '../../src/ports/records.ts';
import { MINUTE } from '../support/clock.ts';
import { httpCapability, httpTarget } from '../support/config.ts';
import { AGENT, OTHER_AGENT, PARTS, TARGETS, type World } from '../support/world.ts';
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

/** Whatever is below it may be read, also by POST, which may be repeated. */
const PAGES = {
  read: httpCapability({
    routes: ['GET /', 'GET /{page}', 'POST /{page}'].map((route) => ({ route, otherFields: false })),
  }),
};
const BY_SECRET = httpTarget('tickets', { capabilities: PAGES });
const { secret: _, ...BY_SESSION } = httpTarget('signed', {
  inject: [{ sigv4: { service: 'execute-api', region: 'eu-west-1', target: 'ledger' } }],
  capabilities: PAGES,
});
const HTTP = ['tickets:read', 'signed:read'];

/** The usual agents, the first of which also makes calls. */
const AGENTS = (PARTS.agents ?? []).map((agent) =>
  agent.id === AGENT ? { ...agent, capabilities: [...agent.capabilities, ...HTTP] } : agent,
);

/** By the last part of a path, how long an answer of a target is: kept with its call, beside it, more than the door takes. */
const BYTES: Readonly<Record<string, number>> = { small: 10, large: 100_000, huge: 5 * 1_048_576 };

let world: World;
let functions: Functions;
beforeEach(async () => {
  functions = await startFunctions();
  ({ world } = functions);
  await world.use({ agents: AGENTS, targets: [...TARGETS, BY_SECRET, BY_SESSION] });
  world.outside.answer = async ({ path }) => {
    const body = Buffer.alloc(BYTES[path.slice(path.lastIndexOf('/') + 1)] ?? 0, 'x');
    return { status: 200, headers: [['content-type', 'text/plain']], body };
  };
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
  'secrets.read': ['secrets of targets'],
  'outbound.send': ['network of targets'],
  'objects.put': ['objects PutObject'],
  'objects.get': ['objects GetObject'],
  // Whoever signs it lends what it may do itself.
  'objects.link': ['objects GetObject'],
};

/**
 * `GetItem` is left out: the table is only asked so where it did not say what stood in the way of a write. So are the
 * objects of those that have bodies of nobody: to them the bucket is what an item has no room for, which these stores know
 * nothing of.
 */
function allowedBy(design: FunctionDesign): string[] {
  const { state, counts, stateIndex, events, eventsIndex, assumesTargetRoles, reachesTargets, objects } =
    design;
  return [
    ...state.filter((action) => action !== 'GetItem').map((action) => `state ${action}`),
    ...counts.map((partitions) => `count ${partitions}`),
    ...stateIndex.map((action) => `index ${action}`),
    ...events.map((action) => `events ${action}`),
    ...eventsIndex.map((action) => `events index ${action}`),
    ...(assumesTargetRoles === 'none' ? [] : ['roles']),
    ...(reachesTargets ? ['secrets of targets', 'network of targets'] : []),
    ...(reachesTargets ? objects.map((action) => `objects ${action}`) : []),
  ];
}

interface Step {
  readonly method: 'GET' | 'POST';
  readonly route: string;
  readonly task?: string;
  readonly agent?: string;
  readonly target?: string;
  readonly path?: string;
  readonly token: string;
  readonly key?: string;
  readonly body?: unknown;
}

async function statusOf(name: Name, { method, route, token, key, body, ...step }: Step): Promise<number> {
  const { task, agent, target, path } = step;
  const pathParameters = {
    ...(task && { task }),
    ...(agent && { agent }),
    ...(target && { target }),
    ...(path && { path }),
  };
  const given = body === undefined ? { headers: bearer(token) } : sending(token, body);
  const headers = { ...given.headers, ...(key && { 'Idempotency-Key': key }) };
  return (await functions.send(name, method, route, { ...given, headers, pathParameters })).statusCode;
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
    'make-call': (task, token) => {
      const to = { route: 'callTarget', task, target: 'tickets', token } as const;
      const large = {
        ...to,
        method: 'POST',
        path: 'large',
        key: 'large',
        body: 'x'.repeat(100_000),
      } as const;
      const huge = { ...to, method: 'POST', path: 'huge', key: 'huge', body: 'x' } as const;
      return [
        { ...to, method: 'GET', path: 'small', status: 200 },
        { ...to, method: 'GET', path: 'small', target: 'signed', status: 200 },
        { ...to, method: 'GET', route: 'callTargetRoot', status: 200 },
        // Again with the same key: what was answered is read where it was put.
        { ...large, status: 200 },
        { ...large, status: 200 },
        { ...huge, status: 303 },
        { ...huge, status: 303 },
        { ...to, method: 'GET', path: 'of/nobody', status: 403 },
        { ...to, method: 'GET', path: 'small', token: 'bwt_nonsense', status: 401 },
      ];
    },
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
  const capabilities = [...LEDGER, ...HTTP.map((capability) => ({ capability, parameters: {} }))];
  const body = { ...WANTED, capabilities };
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
  world.sessions.asked.length = 0;
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
  const roles = roleStatements(DESIGNS[name], world.rules.config, 'bailiwick').flatMap(
    ({ resources }) => resources,
  );
  for (const { roleArn } of world.sessions.asked) expect(roles).toContain(roleArn);
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
