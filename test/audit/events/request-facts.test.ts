// Every request that brings a token leaves its hash in what is told of it, by whichever way it came.
import { beforeEach, describe, expect, it } from 'vitest';
import type { ApiRequest } from '../../../src/api/index.ts';
import { sha256 } from '../../../src/shared/hash.ts';
import { apiRequest, bodyOf, endpointsOf, jsonBody } from '../../support/api.ts';
import { partsWith } from '../../support/http-calls.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
  await world.use(partsWith());
});

async function send(name: string, request: Partial<ApiRequest>): Promise<Record<string, unknown>> {
  const [method = '', path = ''] = name.split(' ');
  const found = endpointsOf(world).find(({ route }) => route.method === method && route.path === path);
  if (found === undefined) throw new Error(`no endpoint ${name}`);
  const answer = await found.handle(apiRequest({ method, ...request }));
  return 'body' in answer ? bodyOf(answer) : { code: answer.code };
}

const bearer = (token: string, more: Readonly<Record<string, string>> = {}) => ({
  authorization: `Bearer ${token}`,
  'content-type': 'application/json',
  ...more,
});
const hashOf = (type: string) =>
  world.told(type).map(({ request }) => (request as { tokenHash?: string }).tokenHash);
const ASKED = {
  purpose: 'Look',
  capabilities: [{ capability: 'tickets:read' }, { capability: 'reports:list' }],
};

async function opened(by = world.agentToken()): Promise<{ readonly task: string; readonly token: string }> {
  const { task, token } = (await send('POST /v1/tasks', {
    headers: bearer(by),
    body: jsonBody(ASKED),
  })) as { task: { id: string }; token: string };
  return { task: task.id, token };
}

it('of an opening, the OIDC token', async () => {
  const token = world.agentToken();
  await opened(token);
  expect(hashOf('task.opened')).toEqual([sha256(token)]);
});

it('of a token exchange, the token that is exchanged', async () => {
  const token = world.agentToken();
  const form = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: token,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    scope: 'tickets:read',
    purpose: 'Look',
  });
  const answer = await send('POST /v1/token', {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(form.toString()),
  });
  expect(answer).toHaveProperty('access_token');
  expect(hashOf('task.opened')).toEqual([sha256(token)]);
});

describe('of a call', () => {
  it.each<[string, (token: string) => Readonly<Record<string, string>>]>([
    ['with Bearer', (token) => ({ authorization: `Bearer ${token}` })],
    ['with Basic', (token) => ({ authorization: `Basic ${Buffer.from(`x:${token}`).toString('base64')}` })],
  ])('%s, the task token on intent and outcome', async (_, headers) => {
    const { task, token } = await opened();
    const parameters = { task, target: 'tickets', path: 'tickets/42' };
    await send('ANY /v1/tasks/{task}/http/{target}/{path+}', {
      method: 'GET',
      parameters,
      headers: headers(token),
    });
    const hash = sha256(token);
    expect([hashOf('call.requested'), hashOf('call.succeeded')]).toEqual([[hash], [hash]]);
  });

  it('for credentials and of the end of its task, too', async () => {
    const { task, token } = await opened();
    const parameters = { task };
    const body = jsonBody({ capability: 'reports:list' });
    await send('POST /v1/tasks/{task}/credentials', { parameters, headers: bearer(token), body });
    await send('POST /v1/tasks/{task}/finish', { parameters, headers: bearer(token) });
    expect([hashOf('credentials.issued'), hashOf('task.finished')]).toEqual([
      [sha256(token)],
      [sha256(token)],
    ]);
  });
});

it('of what a person does, the token of that person', async () => {
  const token = world.personToken(['operators']);
  const parameters = { agent: 'report-builder' };
  const body = jsonBody({ reason: 'Odd' });
  await send('POST /v1/agents/{agent}/quarantine', { parameters, headers: bearer(token), body });
  expect(hashOf('agent.quarantined')).toEqual([sha256(token)]);
});

it('of a refused token, that token; where it is another one that was refused, both', async () => {
  await send('POST /v1/tasks', { headers: bearer('nonsense'), body: jsonBody(ASKED) });
  const body = jsonBody({ ...ASKED, requesterToken: 'no-token-of-a-person' });
  const token = world.agentToken();
  await send('POST /v1/tasks', { headers: bearer(token), body, sourceAddress: '198.51.100.7' });
  const all = world
    .told('token.refused')
    .map(({ tokenHash, request }) => [tokenHash, (request as { tokenHash?: string }).tokenHash]);
  expect(all.sort()).toEqual(
    [
      [sha256('nonsense'), sha256('nonsense')],
      [sha256('no-token-of-a-person'), sha256(token)],
    ].sort(),
  );
});

it('and no token stands anywhere', async () => {
  const oidc = world.agentToken();
  const { task, token } = await opened(oidc);
  const parameters = { task, target: 'tickets', path: 'tickets/42' };
  await send('ANY /v1/tasks/{task}/http/{target}/{path+}', {
    method: 'GET',
    parameters,
    headers: bearer(token),
  });
  const text = JSON.stringify(world.told());
  for (const one of [token, oidc]) expect(text).not.toContain(one);
});
