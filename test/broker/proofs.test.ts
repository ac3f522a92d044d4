// What a stolen token is worth: bound to a key it is nothing without proofs, single-use it is nothing a second time,
// and from elsewhere it is nothing at all.
import { beforeEach, describe, expect, it } from 'vitest';
import { finishTask, readTask } from '../../src/broker/index.ts';
import { openTaskToken } from '../../src/tasks/index.ts';
import { HOUR, MINUTE, SECOND } from '../support/clock.ts';
import { proofMaker } from '../support/proof.ts';
import { AGENT, codeOf, createWorld, PARTS, PERSON, PUBLIC_URL, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});

const [ISSUER] = PARTS.issuers ?? [];
const agentsWith = (given: object) =>
  (PARTS.agents ?? []).map((agent) => (agent.id === AGENT ? { ...agent, ...given } : agent));
const useIssuer = (given: object) =>
  world.use({ issuers: ISSUER === undefined ? [] : [{ ...ISSUER, ...given }] });
const refusedFor = () => world.told('token.refused').map(({ reason }) => reason);

const OPENING = `${PUBLIC_URL}/v1/tasks`;

describe('a task token that is bound to a key', () => {
  const client = proofMaker();
  const at = (path: string, token?: string, more: object = {}) =>
    client.prove({
      url: `${PUBLIC_URL}${path}`,
      now: world.clock.now(),
      ...(token === undefined ? {} : { token }),
      ...more,
    });
  const bound = () => world.opened({ proof: at('/v1/tasks') });
  const path = (task: string) => `/v1/tasks/${task}/credentials`;

  it('names the key, as its task does and the audit', async () => {
    const { task, token } = await bound();
    expect(openTaskToken(token, world.tokenKeys)?.boundTo).toBe(client.thumbprint);
    expect(task.boundTo).toBe(client.thumbprint);
    expect(world.told('task.opened')).toMatchObject([{ boundTo: client.thumbprint }]);
  });

  it('gets credentials with a proof, each time another', async () => {
    const { task, token } = await bound();
    for (let time = 0; time < 3; time += 1) {
      expect(codeOf(await world.issue(task.id, token, { proof: at(path(task.id), token) }))).toBe('ok');
    }
  });

  it.each<[string, (task: string, token: string) => string | undefined, string]>([
    ['without a proof', () => undefined, 'proof_required'],
    ['with an empty proof', () => '', 'unauthenticated'],
    ['with a proof for another path', (_, token) => at('/v1/tasks', token), 'unauthenticated'],
    [
      'with a proof for another method',
      (task, token) => at(path(task), token, { method: 'GET' }),
      'unauthenticated',
    ],
    ['with a proof that names no token', (task) => at(path(task)), 'unauthenticated'],
    ['with a proof for another token', (task) => at(path(task), 'bwt_other'), 'unauthenticated'],
    [
      'with a proof under another key',
      (task, token) =>
        proofMaker().prove({ url: `${PUBLIC_URL}${path(task)}`, now: world.clock.now(), token }),
      'unauthenticated',
    ],
    [
      'with a proof for a host that only the request names',
      (task, token) =>
        client.prove({ url: `https://evil.example${path(task)}`, now: world.clock.now(), token }),
      'unauthenticated',
    ],
    [
      'with a proof of two minutes ago',
      (task, token) => at(path(task), token, { now: world.clock.in(-2 * MINUTE) }),
      'unauthenticated',
    ],
  ])('gets nothing %s', async (_, proofOf, code) => {
    const { task, token } = await bound();
    const proof = proofOf(task.id, token);
    expect(codeOf(await world.issue(task.id, token, { proof }))).toBe(code);
    expect(world.sessions.asked).toEqual([]);
    // The call never began, so that nobody is kept from making it.
    expect(world.calls()).toEqual([]);
  });

  it('gets nothing with a proof that was used before, by ten at once once', async () => {
    const { task, token } = await bound();
    const proof = at(path(task.id), token);
    const all = await Promise.all(Array.from({ length: 10 }, () => world.issue(task.id, token, { proof })));
    expect(all.map(codeOf).sort()).toEqual(['ok', ...Array.from({ length: 9 }, () => 'unauthenticated')]);
    expect(world.sessions.asked).toHaveLength(1);
    expect(refusedFor()).toEqual(['replayed']);
  });

  it('a replay does not use up an Idempotency-Key', async () => {
    const { task, token } = await bound();
    const proof = at(path(task.id), token);
    expect(codeOf(await world.issue(task.id, token, { proof }))).toBe('ok');
    expect(codeOf(await world.issue(task.id, token, { proof, key: 'k' }))).toBe('unauthenticated');
    world.clock.advance(SECOND);
    expect(codeOf(await world.issue(task.id, token, { proof: at(path(task.id), token), key: 'k' }))).toBe(
      'ok',
    );
  });

  it('stays bound when the opening is repeated, whatever comes with that', async () => {
    const { task } = await world.opened({ key: 'k', proof: at('/v1/tasks') });
    const again = await world.opened({ key: 'k' });
    expect(again.task.id).toBe(task.id);
    expect(openTaskToken(again.token, world.tokenKeys)?.boundTo).toBe(client.thumbprint);
  });

  it('is read and finished with proofs only', async () => {
    const { task, token } = await bound();
    const caller = (proof?: string) => ({
      ...world.caller(`/v1/tasks/${task.id}/finish`, {}, { token, proof }),
    });
    expect(codeOf(await finishTask(world.dependencies, caller(), task.id))).toBe('proof_required');
    const proof = at(`/v1/tasks/${task.id}/finish`, token);
    expect(codeOf(await finishTask(world.dependencies, caller(proof), task.id))).toBe('ok');
    expect(codeOf(await finishTask(world.dependencies, caller(proof), task.id))).toBe('unauthenticated');
    expect(codeOf(await readTask(world.dependencies, caller(), task.id))).toBe('proof_required');
  });

  it('that was opened without one is of no use once a proof is a must', async () => {
    const { task, token } = await world.opened();
    await world.use({ agents: agentsWith({ requireProof: true }) });
    expect(codeOf(await world.issue(task.id, token))).toBe('proof_required');
    expect(codeOf(await world.finish(task.id, token))).toBe('proof_required');
  });

  it('needs no proof where the client proved no key', async () => {
    const { task, token } = await world.opened();
    expect(codeOf(await world.issue(task.id, token, { proof: 'nonsense' }))).toBe('ok');
  });
});

describe('a proof at opening', () => {
  const client = proofMaker();
  const proof = (more: object = {}) => client.prove({ url: OPENING, now: world.clock.now(), ...more });

  it('must be right where one is sent', async () => {
    expect(codeOf(await world.open({ proof: proof({ method: 'GET' }) }))).toBe('unauthenticated');
    expect(refusedFor()).toEqual(['proof_method']);
    expect(world.tasks()).toEqual([]);
  });

  it('is good once', async () => {
    const once = proof();
    expect(codeOf(await world.open({ proof: once }))).toBe('ok');
    expect(codeOf(await world.open({ proof: once }))).toBe('unauthenticated');
  });

  it.each<[string, () => Promise<void>]>([
    ['of the agent', () => world.use({ agents: agentsWith({ requireProof: true }) })],
    ['of the issuer', () => useIssuer({ requireProof: true })],
    ['of the broker', () => world.use({ broker: { requireProof: true } })],
  ])('is a must by requireProof %s', async (_, require) => {
    await require();
    expect(codeOf(await world.open())).toBe('proof_required');
    expect(world.tasks()).toEqual([]);
    const { task } = await world.opened({ proof: proof() });
    expect(task.boundTo).toBe(client.thumbprint);
  });

  it('must be by the key that the issuer bound the token to', async () => {
    const token = world.agentToken(AGENT, { cnf: { jkt: client.thumbprint } });
    const stranger = proofMaker().prove({ url: OPENING, now: world.clock.now(), token });
    expect(codeOf(await world.open({ token }))).toBe('proof_required');
    expect(codeOf(await world.open({ token, proof: stranger }))).toBe('unauthenticated');
    expect(refusedFor()).toEqual(['proof_of_another_key']);
    expect(codeOf(await world.open({ token, proof: proof() }))).toBe('unauthenticated');
    expect(codeOf(await world.open({ token, proof: proof({ token }) }))).toBe('ok');
  });
});

describe('a token that its issuer bound to a key', () => {
  it.each([
    ['in a way that can not be checked here', { 'x5t#S256': 'x' }],
    ['in several ways', { jkt: 'x', 'x5t#S256': 'x' }],
    ['in no way that is one', {}],
    ['to nothing', null],
  ])('%s proves nothing', async (_, cnf) => {
    expect(codeOf(await world.open({ token: world.agentToken(AGENT, { cnf }) }))).toBe('unauthenticated');
    expect(refusedFor()).toEqual(['bound_to_a_key']);
  });

  it('is of no use where no proof can be brought: to operate, or to prove a requester', async () => {
    const claims = { aud: 'bailiwick-people', email: PERSON, groups: ['operators'], cnf: { jkt: 'x' } };
    const token = world.agentToken('person', claims);
    expect(codeOf(await world.change('disable', { token }))).toBe('unauthenticated');
    expect(codeOf(await world.open({ requesterToken: token }))).toBe('invalid_request');
    expect(refusedFor()).toEqual(['bound_to_a_key']);
  });
});

describe('singleUse', () => {
  beforeEach(() => useIssuer({ singleUse: true }));

  it('lets a token open one task, whatever else is tried with it', async () => {
    const token = world.agentToken();
    const { task } = await world.opened({ token, key: 'k' });
    for (const again of [{ token }, { token, key: 'k' }, { token, key: 'other' }]) {
      expect(codeOf(await world.open(again))).toBe('unauthenticated');
    }
    expect(codeOf(await world.finish(task.id, token))).toBe('unauthenticated');
    expect(world.tasks()).toMatchObject([{ id: task.id, status: 'open' }]);
    expect(refusedFor()).toEqual(['replayed']);
  });

  it('lets one through of many at once', async () => {
    const token = world.agentToken();
    const all = await Promise.all(Array.from({ length: 10 }, () => world.open({ token })));
    expect(all.map(codeOf).sort()).toEqual(['ok', ...Array.from({ length: 9 }, () => 'unauthenticated')]);
  });

  it('knows a token by what was signed, not by a signature that can be changed', async () => {
    const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
    const token = world.agentToken();
    const border = token.lastIndexOf('.') + 1;
    const signature = Buffer.from(token.slice(border), 'base64url');
    // Of ECDSA (r, s) and (r, -s) are both right.
    const s = order - BigInt(`0x${signature.subarray(32).toString('hex')}`);
    const other = Buffer.concat([
      signature.subarray(0, 32),
      Buffer.from(s.toString(16).padStart(64, '0'), 'hex'),
    ]);
    const twin = token.slice(0, border) + other.toString('base64url');
    expect(codeOf(await (await createWorld()).open({ token: twin }))).toBe('ok');
    expect(codeOf(await world.open({ token }))).toBe('ok');
    expect(codeOf(await world.open({ token: twin }))).toBe('unauthenticated');
  });

  it('is remembered as long as the token could be used, and no longer', async () => {
    const token = world.agentToken();
    await world.opened({ token });
    world.clock.advance(HOUR - SECOND);
    expect(codeOf(await world.open({ token }))).toBe('unauthenticated');
    const used = () => world.records.all().filter(({ key }) => key.partition.startsWith('used/'));
    expect(used()).toHaveLength(1);
    world.clock.advance(MINUTE);
    expect(used()).toHaveLength(1);
    world.clock.advance(SECOND);
    expect(used()).toEqual([]);
    expect(codeOf(await world.open({ token }))).toBe('unauthenticated');
    expect(refusedFor()).toContain('expired');
  });

  it('lets nothing through where it can not be remembered', async () => {
    world.meddle = async ({ name, arguments: [key] }, run) => {
      const { partition = '' } = (key ?? {}) as { partition?: string };
      if (name === 'records.create' && partition.startsWith('used/')) throw new Error('lost');
      return run();
    };
    await expect(world.open()).rejects.toThrow('lost');
    expect(world.tasks()).toEqual([]);
  });
});

describe('from', () => {
  const here = { address: '10.1.2.3' };
  beforeEach(() => world.use({ agents: agentsWith({ from: ['10.1.0.0/16', '2001:db8::/32'] }) }));

  it.each([
    ['10.1.2.3', 'ok'],
    ['::ffff:10.1.2.3', 'ok'],
    ['2001:db8::1', 'ok'],
    ['10.2.0.1', 'unauthenticated'],
    ['2001:db9::1', 'unauthenticated'],
    ['10.1.2.3, 192.0.2.1', 'unauthenticated'],
    ['', 'unauthenticated'],
    [undefined, 'unauthenticated'],
  ])('of a caller at %s: %s', async (address, code) => {
    expect(codeOf(await world.open({ address }))).toBe(code);
    if (code !== 'ok') expect(refusedFor()).toEqual(['address_not_allowed']);
  });

  it('holds for the task token, too', async () => {
    const { task, token } = await world.opened(here);
    expect(codeOf(await world.issue(task.id, token, { address: '10.2.0.1' }))).toBe('unauthenticated');
    expect(codeOf(await world.issue(task.id, token))).toBe('unauthenticated');
    expect(world.calls()).toEqual([]);
    expect(codeOf(await world.issue(task.id, token, here))).toBe('ok');
  });

  it('uses no token up from elsewhere', async () => {
    await world.use({
      agents: agentsWith({ from: ['10.1.0.0/16'] }),
      issuers: ISSUER === undefined ? [] : [{ ...ISSUER, singleUse: true }],
    });
    const token = world.agentToken();
    expect(codeOf(await world.open({ token, address: '10.2.0.1' }))).toBe('unauthenticated');
    expect(codeOf(await world.open({ token, ...here }))).toBe('ok');
  });
});
