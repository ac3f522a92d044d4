// What a token request opens: a task like any other, once a key, bound to the key that is proven, or nothing at a fault.
import { beforeEach, describe, expect, it } from 'vitest';
import type { ApiResponse } from '../../src/api/index.ts';
import { Unavailable } from '../../src/shared/errors.ts';
import { openTaskToken } from '../../src/tasks/index.ts';
import { apiRequest, bodyOf, endpointsOf, jsonBody, PUBLIC_URL } from '../support/api.ts';
import { HOUR, SECOND } from '../support/clock.ts';
import { granted, JWT, refused } from '../support/exchange.ts';
import { proofMaker } from '../support/proof.ts';
import { AGENT, createWorld, OTHER_AGENT, PARTS, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});

describe('a task that was opened so', () => {
  it('is one like any other', async () => {
    const { access_token, task } = await granted(world);
    const headers = { authorization: `Bearer ${access_token}` };
    const endpoint = endpointsOf(world).find(({ route }) => route.name === 'issueCredentials');
    const body = jsonBody({ capability: 'reports:list' });
    const request = apiRequest({
      parameters: { task },
      headers: { ...headers, 'content-type': 'application/json' },
      body,
    });
    expect(await endpoint?.handle(request)).toMatchObject({ status: 200 });
  });

  it('is told with its request, without a token', async () => {
    const subject = world.personToken();
    const headers = { 'bailiwick-reason': 'It is Monday', 'idempotency-key': 'k' };
    const actor = world.agentToken();
    const form = { subject_token: subject, actor_token: actor, actor_token_type: JWT };
    await granted(world, { form, headers });
    expect(world.told('task.opened')).toMatchObject([
      {
        agent: AGENT,
        requester: { id: 'dana@example.com', proven: true },
        request: {
          method: 'POST',
          route: '/v1/token',
          reason: 'It is Monday',
          idempotencyKeyHash: expect.any(String),
        },
      },
    ]);
    const kept = JSON.stringify([world.logged, world.told(), world.records.all()]);
    for (const secret of [subject, actor]) expect(kept).not.toContain(secret.slice(-40));
  });

  it('may be under another one, by delegation', async () => {
    const headers = {
      authorization: `Bearer ${(await granted(world, { form: { scope: 'ledger:read' } })).access_token}`,
    };
    const [parent] = world.tasks();
    const endpoint = endpointsOf(world).find(({ route }) => route.name === 'delegate');
    const offered = await endpoint?.handle(
      apiRequest({
        parameters: { task: parent?.id ?? '' },
        headers: { ...headers, 'content-type': 'application/json' },
        body: jsonBody({ agent: OTHER_AGENT, capabilities: [{ capability: 'ledger:read' }] }),
      }),
    );
    const { delegation } = bodyOf(offered as ApiResponse) as { delegation: { id: string } };
    const form = { subject_token: '$otherAgent', scope: 'ledger:read', delegation: delegation.id };
    const { task } = await granted(world, { form });
    expect(world.tasks().find(({ id }) => id === task)?.ancestors).toEqual([
      { task: parent?.id, agent: AGENT },
    ]);
    // It is good for one.
    const again = await refused(world, { form });
    expect([again.error, again.code, again.response.status]).toEqual(['invalid_request', 'conflict', 409]);
    const wider = await refused(world, { form: { ...form, subject_token: '$agent' } });
    expect([wider.error, wider.code]).toEqual(['invalid_request', 'not_found']);
  });
});

describe('what is left of its time', () => {
  it.each([
    [0, 1],
    [1, 0],
    [SECOND, 0],
    [SECOND + 1, 0],
    [HOUR, 0],
  ])('once writing it down took %i of 1000 milliseconds is %i seconds', async (took, left) => {
    world.meddle = async ({ name, arguments: [event] }, run) => {
      const { body } = (event ?? {}) as { readonly body?: { readonly type?: string } };
      if (name === 'events.append' && body?.type === 'task.opened') world.clock.advance(took);
      return run();
    };
    expect((await granted(world, { form: { ttl_seconds: '1' } })).expires_in).toBe(left);
    expect(world.told('task.opened')).toHaveLength(1);
  });
});

describe('an Idempotency-Key', () => {
  const headers = { 'idempotency-key': 'k' };

  it('gets the same task with a fresh agent’s token, however it is asked for', async () => {
    const first = await granted(world, { headers });
    // What is left is told in whole seconds, and never one too many.
    world.clock.advance(9.5 * SECOND);
    const details = JSON.stringify([{ type: 'bailiwick_capability', capability: 'reports:list' }]);
    const second = await granted(world, {
      headers,
      form: { scope: null, authorization_details: details, client_id: 'me' },
    });
    expect([second.task, second.expires_in]).toEqual([first.task, first.expires_in - 10]);
    expect(world.told('task.opened', 'task.repeated')).toHaveLength(2);
  });

  it('says nothing of time when the task is over', async () => {
    await granted(world, { headers, form: { ttl_seconds: '60' } });
    world.clock.advance(HOUR);
    expect((await granted(world, { headers, form: { ttl_seconds: '60' } })).expires_in).toBe(0);
  });

  it('of another form is a mismatch', async () => {
    await granted(world, { headers });
    for (const form of [{ scope: 'ledger:read' }, { purpose: 'Else' }, { scope: 'openid' }]) {
      const { response, error, code } = await refused(world, { headers, form });
      expect([response.status, error, code]).toEqual([422, 'invalid_request', 'idempotency_mismatch']);
    }
  });

  it('repeats a refusal', async () => {
    const form = { scope: 'sandbox:read' };
    const { response: first } = await refused(world, { headers, form });
    const { response: second } = await refused(world, { headers, form });
    expect(second).toEqual(first);
    expect(world.told('task.refused')).toHaveLength(1);
  });
});

describe('DPoP', () => {
  const client = proofMaker();
  const dpop = (path = '/v1/token', method = 'POST') =>
    client.prove({ url: `${PUBLIC_URL}${path}`, method, now: world.clock.now() });

  it('binds the token to the key that is proven', async () => {
    const { token_type, access_token } = await granted(world, { headers: { dpop: dpop() } });
    expect(token_type).toBe('DPoP');
    expect(openTaskToken(access_token, world.tokenKeys)?.boundTo).toBe(client.thumbprint);
  });

  it.each<[string, () => string]>([
    ['for another endpoint', () => dpop('/v1/tasks')],
    ['for another method', () => dpop('/v1/token', 'GET')],
    ['that is none', () => 'nonsense'],
  ])('with a proof %s is refused, without saying why', async (_, proof) => {
    const { error, code } = await refused(world, { headers: { dpop: proof() } });
    expect([error, code]).toEqual(['invalid_request', 'unauthenticated']);
  });

  it('that was used before is refused', async () => {
    const headers = { dpop: dpop() };
    await granted(world, { headers });
    expect((await refused(world, { headers })).code).toBe('unauthenticated');
  });

  it('is asked for by its own error', async () => {
    await world.use({ broker: { ...PARTS.broker, requireProof: true } });
    const { response, error, code } = await refused(world);
    expect([response.status, error, code]).toEqual([400, 'invalid_dpop_proof', 'proof_required']);
    expect((await granted(world, { headers: { dpop: dpop() } })).token_type).toBe('DPoP');
  });
});

describe('a fault', () => {
  it.each([
    [new Unavailable('records'), 500, 'server_error', 'internal', undefined],
    [new Unavailable('events'), 503, 'temporarily_unavailable', 'audit_unavailable', '1'],
    [new Error('canary-fault'), 500, 'server_error', 'internal', undefined],
  ])('%s is an OAuth error, too', async (fault, status, error, code, retryAfter) => {
    world.meddle = async () => {
      throw fault;
    };
    const { response, ...body } = await refused(world);
    expect([response.status, body.error, body.code]).toEqual([status, error, code]);
    expect(response.headers['retry-after']).toBe(retryAfter);
    expect(world.logged.filter(({ level }) => level === 'error')).not.toEqual([]);
    expect(JSON.stringify([response, world.logged])).not.toContain('canary');
  });

  it('is no body that is too large', async () => {
    const { response, error, code } = await refused(world, { raw: `x=${'x'.repeat(1_048_576)}` });
    expect([response.status, error, code]).toEqual([413, 'invalid_request', 'request_too_large']);
  });
});
