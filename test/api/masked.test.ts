// The door and masking: reasons, what refusals say of a request, and the header that counts.
import { beforeEach, describe, expect, it } from 'vitest';
import { answer } from '../../src/api/index.ts';
import { apiRequest, bodyOf, endpointsOf, jsonBody } from '../support/api.ts';
import { createWorld, HELD, type World } from '../support/world.ts';

const EMAIL = 'canary.bird@example.net';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});

async function send(
  name: string,
  given: {
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
    readonly token?: string;
  },
) {
  const endpoint = endpointsOf(world).find(({ route }) => route.name === name);
  const { body, token = world.agentToken(), headers } = given;
  if (endpoint === undefined) throw new Error(`no endpoint ${name}`);
  const request = apiRequest({
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: jsonBody(body) }),
  });
  return answer(endpoint, request, world.dependencies.log, undefined);
}

const opening = (more: object = {}) => ({ purpose: 'Build it', capabilities: HELD, ...more });

describe('bailiwick-masked', () => {
  it('counts by type, the most frequent first', async () => {
    const purpose = `4242 4242 4242 4242, ${EMAIL}, a.${EMAIL}`;
    const answered = await send('openTask', { body: opening({ purpose }) });
    expect(answered.headers['bailiwick-masked']).toBe('EMAIL=2, CREDIT_CARD=1');
  });

  it('is not there where nothing was masked', async () => {
    expect((await send('openTask', { body: opening() })).headers).not.toHaveProperty('bailiwick-masked');
  });

  it('is there on a refusal too', async () => {
    const capabilities = [{ capability: 'nowhere:read' }];
    const answered = await send('openTask', { body: opening({ purpose: EMAIL, capabilities }) });
    expect(answered).toMatchObject({ status: 403, headers: { 'bailiwick-masked': 'EMAIL=1' } });
  });

  it('is there before anybody proved who they are, for what is written down of them', async () => {
    const answered = await send('openTask', {
      token: 'x',
      body: opening(),
      headers: { 'bailiwick-reason': EMAIL },
    });
    expect(answered).toMatchObject({ status: 401, headers: { 'bailiwick-masked': 'EMAIL=1' } });
  });
});

describe('pseudonyms', () => {
  beforeEach(async () => {
    await world.use({ broker: { masking: { detectors: { EMAIL: 'pseudonym' } } } });
  });

  it('of its own words are kept, and not shown to an agent', async () => {
    const answered = await send('openTask', { body: opening({ purpose: `Ask ${EMAIL}` }) });
    expect(bodyOf(answered)).toMatchObject({ task: { purpose: 'Ask [EMAIL]' } });
    expect(world.told('task.opened')).toMatchObject([
      { purpose: expect.stringMatching(/^Ask \[EMAIL:k1-[a-z2-7]{16}\]$/) },
    ]);
  });

  it('are not in refusals', async () => {
    const answered = await send('openTask', { body: opening({ [EMAIL]: 1 }) });
    expect(bodyOf(answered)).toMatchObject({ errors: [{ path: '[EMAIL]' }] });
  });
});

describe('what a refusal says of a request', () => {
  it('is masked, names of members too', async () => {
    const answered = await send('openTask', { body: opening({ [EMAIL]: 1 }) });
    expect(bodyOf(answered)).toMatchObject({
      code: 'invalid_request',
      errors: [{ path: '[EMAIL]', problem: 'is not known here' }],
    });
  });

  it('is masked in errors as OAuth has them', async () => {
    const form = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: world.agentToken(),
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      authorization_details: JSON.stringify([{ [EMAIL]: 1 }]),
    });
    const endpoint = endpointsOf(world).find(({ route }) => route.name === 'exchangeToken');
    if (endpoint === undefined) throw new Error('no such endpoint');
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const request = apiRequest({ headers, body: Buffer.from(form.toString()) });
    const answered = await answer(endpoint, request, world.dependencies.log, undefined);
    expect(answered.status).toBe(400);
    expect(answered.headers['bailiwick-masked']).toMatch(/^EMAIL=\d$/);
    expect(answered.body).toContain('[EMAIL]');
    expect(answered.body).not.toContain('canary');
    expect(bodyOf(answered)).toMatchObject({ error: 'invalid_authorization_details' });
  });
});

describe('a reason', () => {
  it('is cut after it is masked, so that no half of a value escapes', async () => {
    const reason = `${'x '.repeat(494)}${EMAIL} and more`;
    expect(reason.slice(0, 1000)).toContain('canary.bird');
    await send('openTask', { body: opening(), headers: { 'bailiwick-reason': reason } });
    const [{ request } = {}] = world.told('task.opened') as [{ request?: { reason?: string } }?];
    expect(request?.reason).toHaveLength(1000);
    expect(request?.reason).not.toContain('canary');
  });
});
