// What the functions ask of the stores is what their roles let them: `npm run test:aws` sees what a role lacks, and this
// also what it has too much.
import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DESIGNS, type FunctionDesign } from '../../infra/functions.ts';
import { roleStatements } from '../../infra/role-permissions.ts';
import { setCookie } from '../../src/api/cookies.ts';
import { formToken } from '../../src/approvals/index.ts';
import { openSession } from '../../src/broker/login-session.ts';
import type { LoggedIn } from '../../src/identity/index.ts';
import type { RecordKey } from '../../src/ports/records.ts';
import { Unavailable } from '../../src/shared/errors.ts';
import { Secret } from '../../src/shared/secret.ts';
import { PUBLIC_URL } from '../support/api.ts';
import { HOUR, MINUTE } from '../support/clock.ts';
import { httpCapability, httpTarget } from '../support/config.ts';
import { ISSUER_URL } from '../support/parts.ts';
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
  write: httpCapability({ effect: 'write', routes: [{ route: 'PUT /{page}', otherFields: false }] }),
};
const OWNER = { team: 'Support', email: 'support@example.com', group: 'ticket-owners' };
const BY_SECRET = httpTarget('tickets', { capabilities: PAGES, owner: OWNER });
const { secret: _, ...BY_SESSION } = httpTarget('signed', {
  inject: [{ sigv4: { service: 'execute-api', region: 'eu-west-1', target: 'ledger' } }],
  capabilities: PAGES,
});
const HTTP = ['tickets:read', 'tickets:write', 'signed:read'];

/** The usual agents, the first of which also makes calls. */
const AGENTS = (PARTS.agents ?? []).map((agent) =>
  agent.id === AGENT ? { ...agent, capabilities: [...agent.capabilities, ...HTTP] } : agent,
);

const { humans: HUMANS } = PARTS;
if (HUMANS === undefined) throw new Error('the usual world knows people');
const LOGIN = { clientId: 'pages', secret: 'prod/login' };
const OWN = { id: 'ann@example.com', name: 'Ann', groups: [OWNER.group] };

/** By the last part of a path, how long an answer of a target is: kept with its call, beside it, more than the door takes. */
const BYTES: Readonly<Record<string, number>> = { small: 10, large: 100_000, huge: 5 * 1_048_576 };

let world: World;
let functions: Functions;
beforeEach(async () => {
  functions = await startFunctions();
  ({ world } = functions);
  await world.use({
    agents: AGENTS,
    targets: [...TARGETS, BY_SECRET, BY_SESSION],
    groups: [...(PARTS.groups ?? []), OWNER.group],
    humans: { ...HUMANS, login: LOGIN, people: [OWN] },
  });
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
  'objects.remove': ['sealed DeleteObject'],
  'sealer.seal': ['seal'],
  'unsealer.unseal': ['open'],
  'workflow.start': ['start'],
  'workflow.wake': ['wake'],
  'mail.send': ['mail'],
  'chat.post': ['slack'],
  'chat.update': ['slack'],
};

/**
 * `GetItem` is left out: the table is only asked so where it did not say what stood in the way of a write. So are the
 * objects of those that have bodies of nobody: to them the bucket is what an item has no room for, which these stores know
 * nothing of.
 */
function allowedBy(design: FunctionDesign): string[] {
  const { state, counts, stateIndex, events, eventsIndex, assumesTargetRoles, reachesTargets, objects } =
    design;
  const { sealing, workflow, removesSealed, sendsMail, ownSecrets } = design;
  return [
    ...state.filter((action) => action !== 'GetItem').map((action) => `state ${action}`),
    ...counts.map((partitions) => `count ${partitions}`),
    ...stateIndex.map((action) => `index ${action}`),
    ...events.map((action) => `events ${action}`),
    ...eventsIndex.map((action) => `events index ${action}`),
    ...(assumesTargetRoles === 'none' ? [] : ['roles']),
    ...(reachesTargets ? ['secrets of targets', 'network of targets'] : []),
    ...(reachesTargets ? objects.map((action) => `objects ${action}`) : []),
    ...(sealing === 'none' ? [] : [sealing]),
    ...workflow,
    ...(removesSealed ? ['sealed DeleteObject'] : []),
    ...(sendsMail ? ['mail'] : []),
    ...(ownSecrets.includes('slack') ? ['slack'] : []),
  ];
}

interface Step {
  readonly method: 'GET' | 'POST' | 'PUT' | 'HEAD';
  readonly route: string;
  readonly task?: string;
  readonly agent?: string;
  readonly target?: string;
  readonly path?: string;
  readonly call?: string;
  readonly approval?: string;
  /** Left out, there is none. */
  readonly token?: string;
  readonly key?: string;
  readonly body?: unknown;
  /** Of a page: what its form sends, and the session that the browser has. */
  readonly form?: Readonly<Record<string, string>>;
  readonly session?: Secret;
}

async function statusOf(
  name: Name,
  { method, route, token, key, body, form, ...step }: Step,
): Promise<number> {
  const { task, agent, target, path, call, approval, session } = step;
  const pathParameters = {
    ...(task && { task }),
    ...(agent && { agent }),
    ...(target && { target }),
    ...(path && { path }),
    ...(call && { call }),
    ...(approval && { approval }),
  };
  const given = token === undefined || body === undefined ? {} : sending(token, body);
  const headers = {
    ...(token === undefined ? {} : bearer(token)),
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...(key && { 'Idempotency-Key': key }),
    ...(form && { 'Content-Type': 'application/x-www-form-urlencoded' }),
    ...(session && { Cookie: setCookie('session', session, PUBLIC_URL).split(';')[0] ?? '' }),
  };
  const sent = form === undefined ? given : { body: new URLSearchParams(form).toString() };
  return (await functions.send(name, method, route, { ...sent, headers, pathParameters })).statusCode;
}

const LEDGER = [{ capability: 'ledger:read', parameters: {} }];
const reason = 'Odd behaviour';

/** A call that waits for people, and the session of one who has logged in. */
interface Waits {
  readonly call: string;
  readonly approval: string;
  readonly session: Secret;
}

/** What a function is asked in good times and in bad. */
const WALKS: Readonly<
  Record<Name, (task: string, token: string, waits: Waits) => readonly (Step & { status: number })[]>
> = {
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
    {
      ...{ method: 'POST', route: 'issueCredentials', task, token, status: 202 },
      body: { capability: 'reports:write' },
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
      { ...to, method: 'PUT', path: 'asks', status: 202 },
      { ...to, method: 'GET', path: 'of/nobody', status: 403 },
      { ...to, method: 'GET', path: 'small', token: 'bwt_nonsense', status: 401 },
    ];
  },
  'decide-approval': (_, __, { approval }) => {
    const token = world.personToken([OWNER.group]);
    const page = { approval, form: { decision: 'deny', reason } } as const;
    return [
      { method: 'GET', route: 'listApprovals', token, status: 200 },
      { method: 'GET', route: 'readApproval', approval, token, status: 200 },
      { method: 'GET', route: 'approvalPage', approval, status: 200 },
      { method: 'HEAD', route: 'approvalPage', approval, status: 200 },
      { method: 'POST', route: 'decideOnPage', ...page, status: 200 },
      { method: 'GET', route: 'beginLogin', approval, status: 303 },
      { method: 'GET', route: 'finishLogin', status: 401 },
      { method: 'POST', route: 'slackInteraction', form: { payload: '{}' }, status: 404 },
      {
        ...{ method: 'POST', route: 'decideApproval', approval, token, status: 200 },
        body: { decision: 'deny', reason },
      },
      { method: 'GET', route: 'listApprovals', token: 'nonsense', status: 401 },
    ];
  },
  'reveal-operation': (_, __, { approval, session }) => [
    {
      ...{ method: 'POST', route: 'revealOnPage', approval, session, status: 200 },
      form: { form: formToken(approval, session.open()) },
    },
  ],
  'read-calls': (_, token, { call }) => [
    { method: 'GET', route: 'readCall', call, token, status: 200 },
    { method: 'GET', route: 'readCallResponse', call, token, status: 202 },
    { method: 'GET', route: 'readCall', call, token: 'bwt_nonsense', status: 401 },
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

interface Prepared extends Waits {
  readonly task: string;
  readonly token: string;
}

async function prepared(): Promise<Prepared> {
  const wanted = [...HTTP, 'reports:write'].map((capability) => ({ capability, parameters: {} }));
  const body = { ...WANTED, capabilities: [...LEDGER, ...wanted] };
  const opened = await functions.send('open-task', 'POST', 'openTask', sending(world.agentToken(), body));
  const { task, token } = bodyOf(opened) as { task: { id: string }; token: string };
  // So that there is something to revoke where the task is ended.
  const pathParameters = { task: task.id };
  const asking = { pathParameters, ...sending(token, LEDGER[0]) };
  expect(await functions.send('issue-credentials', 'POST', 'issueCredentials', asking)).toMatchObject({
    statusCode: 200,
  });
  const put = {
    pathParameters: { ...pathParameters, target: 'tickets', path: 'waits' },
    ...sending(token, 'x'),
  };
  const asked = bodyOf(await functions.send('make-call', 'PUT', 'callTarget', put));
  const { call, approval } = asked as { call: string; approval: { id: string } };
  await world.drive(approval.id);
  const client = { issuer: ISSUER_URL, clientId: LOGIN.clientId };
  const person: LoggedIn = { kind: 'human', id: OWN.id, groups: OWN.groups, tokenHash: 'x' };
  const { session } = await openSession(world.dependencies, person, client);
  // What is counted again within seconds is not written at once.
  await world.dependencies.tally.flush();
  world.clock.advance(MINUTE);
  return { task: task.id, token, call, approval: approval.id, session };
}

/** From now on: what the stores and the rest are asked for, as a role has to allow it. */
function watched({ counts }: FunctionDesign): ReadonlySet<string> {
  const needed = new Set<string>();
  world.sessions.asked.length = 0;
  world.meddle = async (operation, run) => {
    const { partition = '' } = (operation.arguments[0] ?? {}) as Partial<RecordKey>;
    const within = counts.find((partitions) => partition.startsWith(partitions.slice(0, -1)));
    const need = operation.name === 'records.count' ? [`count ${within}`] : NEEDS[operation.name];
    for (const each of need ?? [operation.name]) needed.add(each);
    return run();
  };
  return needed;
}

/** Of those that reach no target, objects are what an item has no room for, too: may they do what they did? */
function compared(design: FunctionDesign, needed: ReadonlySet<string>): void {
  const ofObjects = [...needed].filter((need) => need.startsWith('objects '));
  expect(design.objects.map((action) => `objects ${action}`)).toEqual(expect.arrayContaining(ofObjects));
  const others = [...needed].filter((need) => design.reachesTargets || !need.startsWith('objects '));
  expect(others.sort()).toEqual(allowedBy(design).sort());
}

/** Proofs of possession have tests of their own, as have clicks that Slack signs; what can't be asked is below. */
const NOT_WALKED: Readonly<Partial<Record<Name, readonly string[]>>> = {
  'issue-credentials': ['sealed DeleteObject'],
  'make-call': ['sealed DeleteObject'],
  'read-calls': ['count used/*'],
  'decide-approval': ['slack'],
};

it.each(Object.keys(WALKS) as Name[])('%s', async (name) => {
  const { task, token, ...waits } = await prepared();
  const needed = watched(DESIGNS[name]);
  for (const { status, ...step } of WALKS[name](task, token, waits)) {
    expect([step.route, await statusOf(name, step)]).toEqual([step.route, status]);
  }
  compared(DESIGNS[name], new Set([...needed, ...(NOT_WALKED[name] ?? [])]));
  const roles = roleStatements(DESIGNS[name], world.rules.config, 'bailiwick').flatMap(
    ({ resources }) => resources,
  );
  for (const { roleArn } of world.sessions.asked) expect(roles).toContain(roleArn);
});

describe('what could not be put before people', () => {
  const ASKING = {
    'issue-credentials': {
      ...{ method: 'POST', route: 'issueCredentials', key: 'asks' },
      body: { capability: 'reports:write' },
    },
    'make-call': {
      method: 'PUT',
      route: 'callTarget',
      target: 'tickets',
      path: 'asks',
      key: 'asks',
      body: 'x',
    },
  } as const satisfies Partial<Record<Name, Step>>;

  /** As the role lets it: whoever may not remove is refused. */
  function asTheRoleLets(name: keyof typeof ASKING, fails: string): void {
    world.meddle = async (operation, run) => {
      const of = String((operation.arguments[0] as { body?: { type?: string } } | undefined)?.body?.type);
      if (operation.name === 'events.append' && of === fails) throw new Unavailable('events');
      const mayRemove = allowedBy(DESIGNS[name]).includes('sealed DeleteObject');
      if (operation.name === 'objects.remove' && !mayRemove) throw new Unavailable('objects');
      return run();
    };
  }

  it.each(Object.keys(ASKING) as (keyof typeof ASKING)[])(
    '%s: is removed, and waits when it is asked for again',
    async (name) => {
      const { task, token } = await prepared();
      const sealed = () => [...world.outside.objects.kept.keys()].filter((key) => key.includes('/sealed/'));
      const before = sealed().length;
      asTheRoleLets(name, 'call.awaiting');
      expect(await statusOf(name, { ...ASKING[name], task, token })).toBe(503);
      expect(sealed()).toHaveLength(before);
      asTheRoleLets(name, 'none');
      expect(await statusOf(name, { ...ASKING[name], task, token })).toBe(202);
    },
  );
});

const approved = async ({ approval }: Prepared) =>
  functions.send('decide-approval', 'POST', 'decideApproval', {
    pathParameters: { approval },
    ...sending(world.personToken([OWNER.group]), { decision: 'approve' }),
  });

describe('the steps of the workflow', () => {
  it('ask-approvers', async () => {
    const waits = await prepared();
    const { task, token, approval } = waits;
    // One more, of which nobody has been told.
    const put = { pathParameters: { task, target: 'tickets', path: 'more' }, ...sending(token, 'y') };
    const more = bodyOf(await functions.send('make-call', 'PUT', 'callTarget', put));
    const fresh = (more as { approval: { id: string } }).approval.id;
    const needed = watched(DESIGNS['ask-approvers']);
    const step = (name: string, of: string, rest = {}) =>
      functions.step('ask-approvers', { step: name, approval: of, ...rest });
    expect(await step('look', fresh)).toMatchObject({ status: 'pending', stage: 'ask' });
    expect(await step('ask', fresh, { token: 'waits' })).toEqual({});
    world.meddle = undefined;
    await approved(waits);
    const after = watched(DESIGNS['ask-approvers']);
    expect(await step('ask', approval, { token: 'late' })).toEqual({});
    world.clock.advance(2 * HOUR);
    expect(await step('record', fresh)).toEqual({ status: 'expired' });
    // Once more, when it looks whether that was told.
    expect(await step('record', fresh)).toEqual({ status: 'expired' });
    compared(DESIGNS['ask-approvers'], new Set([...needed, ...after]));
  });

  it('execute-call', async () => {
    const waits = await prepared();
    await approved(waits);
    world.outside.answer = async () => ({
      status: 200,
      headers: [['content-type', 'text/plain']],
      body: Buffer.alloc(100_000, 'x'),
    });
    const needed = watched({ ...DESIGNS['execute-call'] });
    expect(await functions.step('execute-call', { approval: waits.approval })).toEqual({});
    // Sessions are for targets whose requests are signed, which make-call has shown; they are asked for by its role.
    compared(DESIGNS['execute-call'], new Set([...needed, 'roles']));
  });

  it('fail without saying why: what they say is kept in the history of the execution', async () => {
    const waits = await prepared();
    await approved(waits);
    world.meddle = async () => {
      throw new Error('canary-of-the-fault');
    };
    const failing = [
      functions.step('execute-call', { approval: waits.approval }),
      functions.step('ask-approvers', { step: 'look', approval: waits.approval }),
      functions.step('ask-approvers', { step: 'canary-step' }),
      functions.step('execute-call', { canary: 'x' }),
    ];
    for (const each of failing) {
      const error: unknown = await each.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      expect(`${(error as Error).stack}`).not.toContain('canary');
      expect(error).not.toHaveProperty('cause');
    }
    expect(functions.printed.text()).not.toContain('canary');
  });
});

const NOBODY: Waits = { call: '', approval: 'appr_01hzzzzzzz0000000000000000', session: new Secret('') };

it('walks every route of the functions that ask for anything', () => {
  const walked = Object.entries(WALKS).map(([name, walk]) => [
    name,
    [...new Set(walk('', '', NOBODY).map(({ route }) => route))].sort(),
  ]);
  const asking = Object.entries(DESIGNS)
    .filter(([, { routes, state, counts }]) => routes.length > 0 && state.length + counts.length > 0)
    // The same use case as `openTask`.
    .map(([name, { routes }]) => [name, routes.filter((route) => route !== 'exchangeToken').sort()]);
  expect(walked).toEqual(asking);
});
