// Which of the capabilities that a task holds a request is made under, and what is bound, constrained, and decided by it.
import { beforeEach, describe, expect, it } from 'vitest';
import type { FieldRule, HttpCapability, HttpTarget } from '../../src/config/index.ts';
import { Refusal } from '../../src/shared/errors.ts';
import type { JsonObject } from '../../src/shared/json.ts';
import { chainAgent, type Held, handedOn } from '../support/chains.ts';
import { agentDefinition, httpCapability, httpTarget } from '../support/config.ts';
import { call, openFor, partsWith } from '../support/http-calls.ts';
import { AGENT, codeOf, createWorld, ISSUER_URL, type World } from '../support/world.ts';

const PATTERN = { pattern: '[A-Za-z0-9@.-]{1,60}' };
const routes = (...given: readonly string[]): HttpCapability['routes'] =>
  given.map((route) => ({ route, otherFields: false }));
const FREE = 'permit (principal, action, resource);';

function targetWith(capabilities: HttpTarget['capabilities'], more: Partial<HttpTarget> = {}): HttpTarget {
  return httpTarget('tickets', { capabilities, ...more });
}

let world: World;
beforeEach(async () => {
  world = await createWorld();
});

async function using(target: HttpTarget, policies = FREE): Promise<void> {
  const identities = [{ issuer: ISSUER_URL, claims: { sub: AGENT } }];
  const capabilities = Object.keys(target.capabilities).map((name) => `tickets:${name}`);
  const agents = [
    agentDefinition(AGENT, { identities, capabilities: [...capabilities, 'reports:read', 'reports:list'] }),
    ...['scout', 'writer'].map((id) => chainAgent(id, { capabilities, maxTaskSeconds: 3600 })),
  ];
  await world.use(partsWith(target, { agents, policies }));
}

type Asked = Parameters<typeof call>[2];

const operationOf = () => {
  const [told] = world.told('call.succeeded', 'call.denied').slice(-1);
  return ((told?.['operation'] ?? []) as readonly JsonObject[])[0];
};

/** What the request was made under, or why not. */
async function under(held: Parameters<typeof openFor>[1][], asked: Asked) {
  const answer = await call(world, await openFor(world, ...held), asked);
  if (answer instanceof Refusal) return { code: answer.code, detail: answer.detail };
  const operation = operationOf();
  return { capability: operation?.['capability'], parameters: operation?.['parameters'] };
}

describe('of several capabilities that cover a request', () => {
  const read = httpCapability();
  const capabilities = {
    admin: httpCapability({ effect: 'admin', routes: routes('GET /tickets/{id}', 'GET /tickets/new') }),
    write: httpCapability({ effect: 'write', routes: routes('GET /tickets/{id}', 'GET /tickets/new') }),
    read: { ...read, routes: routes('GET /tickets/{id}') },
    any: { ...read, routes: routes('GET /{rest...}') },
    exact: { ...read, routes: routes('GET /tickets/new') },
  };
  const all = Object.keys(capabilities).map((name) => `tickets:${name}`);
  beforeEach(() => using(targetWith(capabilities)));

  it.each<[string, string[], string, string]>([
    ['the least effect counts, not the closest route', ['admin', 'write', 'any'], '/tickets/new', 'any'],
    ['a write before an admin', ['admin', 'write'], '/tickets/new', 'write'],
    ['of the same effect the closest route', ['any', 'read', 'exact'], '/tickets/new', 'exact'],
    ['and a closer one in any order', ['exact', 'read', 'any'], '/tickets/new', 'exact'],
    ['only of those that cover it', ['exact', 'any'], '/users', 'any'],
    ['and only of those that are held', ['admin'], '/tickets/42', 'admin'],
  ])('%s', async (_, held, path, expected) => {
    const names = held.map((name) => `tickets:${name}`);
    expect(await under(names, { path })).toMatchObject({ capability: `tickets:${expected}` });
  });

  it('it is what policy is asked about, by its route', async () => {
    await under(all, { path: '/tickets/new', method: 'HEAD' });
    expect(operationOf()).toMatchObject({
      capability: 'tickets:exact',
      http: { method: 'HEAD', route: '/tickets/new' },
    });
    expect(world.told('call.succeeded')).toMatchObject([{ input: { operations: [operationOf()] } }]);
  });
});

describe('a bound parameter', () => {
  const target = targetWith({
    one: httpCapability({ parameters: { id: PATTERN }, routes: routes('GET /tickets/{id}/notes') }),
  });
  const held = (id: string) => ({ capability: 'tickets:one', parameters: { id } });
  beforeEach(() => using(target));

  it.each<[string, string[], string, string]>([
    ['is the task’s own', ['42'], '/tickets/42/notes', '42'],
    ['is meant, not spelled', ['42'], '/tickets/%34%32/notes', '42'],
    ['may be held twice', ['41', '42'], '/tickets/42/notes', '42'],
    ['may be held twice, the first too', ['41', '42'], '/tickets/41/notes', '41'],
  ])('%s', async (_, ids, path, id) => {
    const answer = await under(ids.map(held), { path });
    expect(answer).toEqual({ capability: 'tickets:one', parameters: { id } });
  });

  it.each<[string, string]>([
    ['of another value', '/tickets/43/notes'],
    ['of a part of it', '/tickets/4/notes'],
    ['of more', '/tickets/422/notes'],
    ['in another case', '/tickets/AB/notes'],
  ])('%s is outside_task', async (_, path) => {
    expect(await under([held('42'), held('ab')], { path })).toMatchObject({ code: 'outside_task' });
    expect(world.outside.sent).toEqual([]);
  });

  it('is compared as it was given, and shown masked', async () => {
    const id = 'canary.bird@example.net';
    expect(await under([held(id)], { path: `/tickets/${id}/notes` })).toEqual({
      capability: 'tickets:one',
      parameters: { id: '[EMAIL]' },
    });
    expect(await under([held(id)], { path: '/tickets/another.bird@example.net/notes' })).toMatchObject({
      code: 'outside_task',
    });
    expect(JSON.stringify([world.records.all(), world.events.all()])).not.toMatch(/(?:canary|another)\.bird/);
  });

  it('of what policy says of it is the one that is called', async () => {
    await using(
      target,
      `permit (principal, action, resource) when { context.operation.parameters has id && context.operation.parameters.id == "42" };`,
    );
    expect(await under([held('41'), held('42')], { path: '/tickets/42/notes' })).toMatchObject({
      parameters: { id: '42' },
    });
    expect(await under([held('41'), held('42')], { path: '/tickets/41/notes' })).toMatchObject({
      code: 'denied_by_policy',
    });
  });
});

describe('a constraint', () => {
  const rule = (one: FieldRule['rule'], required = false): FieldRule => ({ rule: one, required });
  const json = (value: unknown, headers: readonly (readonly [string, string])[] = []): Asked => ({
    method: 'POST',
    path: '/tickets',
    body: Buffer.from(JSON.stringify(value)),
    headers: [['content-type', 'application/json'], ...headers],
  });
  const held = { capability: 'tickets:file', parameters: { team: 'blue' } };
  beforeEach(() =>
    using(
      targetWith({
        list: httpCapability({
          routes: [{ route: 'GET /tickets', query: { page: rule({ atMost: 9 }) }, otherFields: false }],
        }),
        file: httpCapability({
          effect: 'write',
          parameters: { team: PATTERN },
          routes: [
            {
              route: 'POST /tickets',
              query: {},
              body: { team: rule({ parameter: 'team' }, true), kind: rule({ is: ['bug', 'wish'] }) },
              otherFields: false,
            },
          ],
        }),
      }),
    ),
  );

  it.each<[string, Asked]>([
    ['what it names', json({ team: 'blue', kind: 'bug' })],
    ['what it needs alone', json({ team: 'blue' })],
    ['an encoding that is none', json({ team: 'blue' }, [['content-encoding', 'identity']])],
  ])('lets %s pass', async (_, asked) => {
    expect(await under([held], asked)).toMatchObject({ capability: 'tickets:file' });
  });

  it.each<[string, Asked]>([
    ['another value', json({ team: 'red' })],
    ['a value that is not of the list', json({ team: 'blue', kind: 'x' })],
    ['a field beyond', json({ team: 'blue', more: 1 })],
    ['nothing where something is needed', json({})],
    ['a query where none is taken', { ...json({ team: 'blue' }), query: [['x', '1']] }],
    ['a body of another type', { ...json({ team: 'blue' }), headers: [['content-type', 'text/plain']] }],
    ['a body without a type', { ...json({ team: 'blue' }), headers: [] }],
    ['a body in an encoding', json({ team: 'blue' }, [['Content-Encoding', 'gzip']])],
    ['no body', { method: 'POST', path: '/tickets' }],
  ])('refuses %s: outside_task', async (_, asked) => {
    const answer = await under([held], asked);
    expect(answer).toMatchObject({ code: 'outside_task' });
    expect(answer.detail).toMatch(/`POST \/tickets` covers it, but (?:the |a |it |`).*[^.]\.$/u);
    expect(world.outside.sent).toEqual([]);
  });

  it('that one route has leaves the other free', async () => {
    expect(await under(['tickets:list'], { path: '/tickets', query: [['page', '9']] })).toMatchObject({
      capability: 'tickets:list',
    });
    expect(await under(['tickets:list'], { path: '/tickets', query: [['page', '10']] })).toMatchObject({
      code: 'outside_task',
    });
  });
});

describe('under other tasks', () => {
  const target = targetWith({
    read: httpCapability(),
    one: httpCapability({ parameters: { id: PATTERN }, routes: routes('GET /tickets/{id}/notes') }),
  });
  const one = (id: string) => ({ capability: 'tickets:one', parameters: { id } });
  const read = { capability: 'tickets:read', parameters: {} };

  async function chain(capabilities: readonly (typeof read | ReturnType<typeof one>)[]): Promise<Held[]> {
    const lead = await openFor(world, ...capabilities);
    const scout = await handedOn(world, lead, 'scout', { capabilities });
    return [lead, scout, await handedOn(world, scout, 'writer', { capabilities })];
  }

  it('a call is made in the name of all of them', async () => {
    await using(target);
    const [lead, scout, writer] = (await chain([read])) as [Held, Held, Held];
    expect(codeOf(await call(world, writer))).toBe('ok');
    expect(world.told('call.succeeded')).toMatchObject([
      {
        agent: 'writer',
        ancestors: [{ task: lead.task.id }, { task: scout.task.id }],
        input: { chain: [{ agent: 'writer' }, { agent: AGENT }, { agent: 'scout' }] },
      },
    ]);
  });

  it('the strictest answer holds', async () => {
    await using(target);
    const held = await chain([read]);
    const needs = `${FREE} @id("lead") forbid (principal == Agent::"${AGENT}", action, resource) unless { context.approvals.count >= 2 };`;
    await using(target, needs);
    for (const link of held) {
      expect(await call(world, link)).toMatchObject({ approval: { needed: { count: 2 } } });
    }
    const needed = { outcome: 'needsApproval', approvals: { count: 2 }, policies: ['lead'] };
    expect(world.told('call.awaiting').map(({ decision }) => decision)).toMatchObject(held.map(() => needed));
    expect(world.outside.sent).toEqual([]);
  });

  it('is bound by what was handed on', async () => {
    await using(target);
    const [, , writer] = (await chain([one('42')])) as [Held, Held, Held];
    expect(codeOf(await call(world, writer, { path: '/tickets/42/notes' }))).toBe('ok');
    expect(codeOf(await call(world, writer, { path: '/tickets/43/notes' }))).toBe('outside_task');
  });

  it('ends with any of them', async () => {
    await using(target);
    const [, scout, writer] = (await chain([read])) as [Held, Held, Held];
    await world.finish(scout.task.id, scout.token);
    expect(codeOf(await call(world, writer))).toBe('task_over');
  });

  it('is not theirs whose agent above may not have it any more', async () => {
    await using(target);
    const [, , writer] = (await chain([read])) as [Held, Held, Held];
    const parts = partsWith(target, { policies: FREE });
    await world.use({
      ...parts,
      agents: [
        ...(parts.agents ?? []).map((agent) => ({ ...agent, capabilities: ['tickets:one'] })),
        ...['scout', 'writer'].map((id) => chainAgent(id, { capabilities: ['tickets:read'] })),
      ],
    });
    expect(codeOf(await call(world, writer))).toBe('outside_ceiling');
  });
});

it('what the task holds nothing of is refused in the same words, whatever it is and whether it is there', async () => {
  await using(targetWith({ read: httpCapability({ routes: routes('GET /tickets/{id}') }) }));
  const words = async (held: string, target: string) => {
    const answer = await call(world, await openFor(world, held), { target });
    expect(codeOf(answer)).toBe('outside_task');
    return answer instanceof Refusal ? answer.detail.replaceAll(target, 'TARGET') : '';
  };
  expect(await words('tickets:read', 'nosuch')).toBe('The task covers nothing of TARGET.');
  expect(await words('tickets:read', 'reports')).toBe('The task covers nothing of TARGET.');
  expect(await words('reports:list', 'tickets')).toBe('The task covers nothing of TARGET.');
  // What it holds it may know.
  expect(await words('reports:list', 'reports')).toContain('is of kind aws');
});
