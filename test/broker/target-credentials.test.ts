// What a target is shown: its secret as it is now, a client certificate, an access token, a session of the task's.
import { beforeEach, describe, expect, it } from 'vitest';
import type { ReadyCredentials } from '../../src/broker/target-credentials.ts';
import type { HttpTarget } from '../../src/config/index.ts';
import type { OutboundRequest } from '../../src/ports/outbound.ts';
import { Refusal, Unavailable } from '../../src/shared/errors.ts';
import { HOUR, MINUTE, SECOND } from '../support/clock.ts';
import { httpCapability, httpTarget } from '../support/config.ts';
import { call, made, openFor, partsWith, TICKETS, worldWithTickets } from '../support/http-calls.ts';
import { jsonAnswer } from '../support/outside.ts';
import { codeOf, type World } from '../support/world.ts';

const FREE = { policies: 'permit (principal, action, resource);' };
let world: World;
beforeEach(async () => {
  world = await worldWithTickets(TICKETS, FREE);
});

const until = () => world.clock.now().getTime() + 20 * SECOND;
const ready = (target: HttpTarget) => world.outside.credentials.ready(target, undefined, until());
async function given(target: HttpTarget): Promise<ReadyCredentials> {
  const got = await ready(target);
  if (got instanceof Refusal) throw new Error(got.detail);
  return got;
}
const renewed = (target: HttpTarget, refused: ReadyCredentials) =>
  world.outside.credentials.renewed(target, refused, until());
const openedHeaders = ({ written }: ReadyCredentials) =>
  written.headers.map(([name, value]) => [name, typeof value === 'string' ? value : value.open()]);
const store = (fields: Readonly<Record<string, string>>) => world.outside.stored.set('prod/tickets', fields);
const headerOf = (request: OutboundRequest | undefined, name: string) => {
  const value = request?.headers.find(([one]) => one.toLowerCase() === name)?.[1];
  return typeof value === 'object' ? value.open() : value;
};

describe('a secret', () => {
  it('is put in, and taken out of what comes back, with all its fields', async () => {
    store({ token: 'canary-one', spare: 'canary-two' });
    const credentials = await given(TICKETS);
    expect(openedHeaders(credentials)).toEqual([['Authorization', 'Bearer canary-one']]);
    expect(credentials.scrub('a canary-one b canary-two c')).toBe('a [secret] b [secret] c');
    expect(JSON.stringify(credentials)).not.toContain('canary');
  });

  it('is made ready once for as long as it is the same', async () => {
    const [one, other] = [await given(TICKETS), await given(TICKETS)];
    expect(other.written).toBe(one.written);
    expect(other.scrub).toBe(one.scrub);
  });

  it('is not needed where nothing is put in', async () => {
    const { secret: _, ...open } = TICKETS;
    const target: HttpTarget = { ...open, inject: [] };
    const credentials = await given(target);
    expect(credentials.written).toEqual({ headers: [], query: [], secrets: [] });
    expect(credentials.scrub('text')).toBe('text');
    expect(await renewed(target, credentials)).toBeUndefined();
  });

  it('that changed is renewed, and both are scrubbed then', async () => {
    const old = await given(TICKETS);
    store({ token: 'canary-new' });
    const fresh = await renewed(TICKETS, old);
    expect(fresh === undefined ? [] : openedHeaders(fresh)).toEqual([['Authorization', 'Bearer canary-new']]);
    expect(fresh?.scrub('canary-target-key-1 canary-new')).toBe('[secret] [secret]');
    expect(openedHeaders(await given(TICKETS))).toEqual([['Authorization', 'Bearer canary-new']]);
  });

  it.each<[string, () => void]>([
    ['is the same', () => undefined],
    ['has the same fields in another order', () => store({ b: '2', a: '1', token: 'canary-target-key-1' })],
  ])('that %s is not renewed', async (_, change) => {
    store({ token: 'canary-target-key-1', a: '1', b: '2' });
    const old = await given(TICKETS);
    change();
    expect(await renewed(TICKETS, old)).toBeUndefined();
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['a field more', { token: 'canary-target-key-1', more: 'x' }],
    ['another value', { token: 'canary-target-key-2' }],
    ['a field by another name', { token: 'canary-target-key-1', toString: 'x' }],
  ])('with %s is renewed', async (_, fields) => {
    const old = await given(TICKETS);
    store(fields);
    expect(await renewed(TICKETS, old)).toBeDefined();
  });

  it('that is gone when it is looked for again is as good as unchanged', async () => {
    const old = await given(TICKETS);
    world.outside.stored.clear();
    expect(await renewed(TICKETS, old)).toBeUndefined();
  });

  it.each<[string, () => void, string]>([
    ['is not there', () => world.outside.stored.clear(), 'not in the store'],
    ['has no such field', () => store({ key: 'canary' }), '`token`'],
    ['is empty', () => store({ token: '' }), 'is empty'],
    ['cannot stand in a header', () => store({ token: 'canary\r\nx: y' }), 'cannot stand in a header'],
  ])('that %s is refused, and no value of it is said', async (_, prepare, says) => {
    prepare();
    const refused = await ready(TICKETS);
    expect(refused).toMatchObject({ code: 'target_unavailable' });
    expect((refused as Refusal).detail).toContain(says);
    expect((refused as Refusal).detail).not.toContain('canary');
  });

  it('that cannot be read is tried again later', async () => {
    world.meddle = async ({ name }, run) => {
      if (name === 'secrets.read') throw new Unavailable('secrets');
      return run();
    };
    expect(await ready(TICKETS)).toMatchObject({
      code: 'target_unavailable',
      extras: { retryAfterSeconds: 5 },
    });
  });
});

describe('a client certificate', () => {
  const connection = {
    ...TICKETS.connection,
    clientCertificate: { certificate: '${secret.cert}', key: '${secret.cert-key}' },
  };
  const target: HttpTarget = { ...TICKETS, connection };

  it('is of two fields of the secret', async () => {
    store({ token: 't-canary', cert: 'canary-cert', 'cert-key': 'canary-key' });
    const { clientCertificate, scrub } = await given(target);
    expect([clientCertificate?.certificate.open(), clientCertificate?.key.open()]).toEqual([
      'canary-cert',
      'canary-key',
    ]);
    expect(scrub('canary-key')).toBe('[secret]');
  });

  it('that lacks one is refused', async () => {
    store({ token: 't', cert: 'canary-cert' });
    expect(await ready(target)).toMatchObject({ code: 'target_unavailable' });
  });
});

describe('an access token', () => {
  const oauth2 = {
    tokenUrl: 'https://login.example.com/token',
    clientId: 'me',
    clientSecret: '${secret.token}',
    authentication: 'basic',
    private: [],
  } as const;
  const target: HttpTarget = { ...TICKETS, inject: [{ oauth2 }] };
  let issued: number;
  let takes: (token: string) => boolean;
  beforeEach(async () => {
    await world.use(partsWith(target, FREE));
    issued = 0;
    takes = () => true;
    world.outside.answer = async (request) => {
      if (request.to.target === 'tickets/token') {
        issued += 1;
        return jsonAnswer({ access_token: `canary-access-${issued}` });
      }
      const token = String(headerOf(request, 'authorization')).replace('Bearer ', '');
      return takes(token)
        ? jsonAnswer({ heard: 'canary-access-1 canary-access-2 canary-target-key-1' })
        : jsonAnswer({ no: token }, 401);
    };
  });

  it('is fetched once for many calls, and stands in no answer and no record', async () => {
    const opened = await openFor(world, 'tickets:read');
    for (let time = 0; time < 3; time += 1) {
      const { body } = await made(world, opened, { key: `k${time}` });
      expect(Buffer.from(body).toString()).toContain('"[secret] canary-access-2 [secret]"');
    }
    expect(issued).toBe(1);
    expect(JSON.stringify([world.records.all(), world.events.all()])).not.toMatch(
      /canary-access-1|canary-target/,
    );
  });

  it('that is not taken is fetched again once', async () => {
    const opened = await openFor(world, 'tickets:read');
    takes = (token) => token === 'canary-access-2';
    const { status, body } = await made(world, opened);
    expect(status).toBe(200);
    expect(Buffer.from(body).toString()).toBe('{"heard":"[secret] [secret] [secret]"}');
    expect(issued).toBe(2);
    await made(world, opened);
    expect(issued).toBe(2);
  });

  it('that is never taken is fetched again once a call, and the 401 is the answer', async () => {
    const opened = await openFor(world, 'tickets:read');
    takes = () => false;
    const { status, body } = await made(world, opened);
    expect([status, Buffer.from(body).toString(), issued]).toEqual([401, '{"no":"[secret]"}', 2]);
  });

  it('that is not to be had again leaves the 401 as the answer', async () => {
    const opened = await openFor(world, 'tickets:read');
    takes = () => false;
    const answer = world.outside.answer;
    world.outside.answer = async (request) =>
      request.to.target === 'tickets/token' && issued > 0 ? jsonAnswer({}, 500) : answer(request);
    expect((await made(world, opened)).status).toBe(401);
  });

  it('that is not to be had is target_unavailable, with nothing sent to the target', async () => {
    const opened = await openFor(world, 'tickets:read');
    world.outside.answer = async () => jsonAnswer({ error: 'canary' }, 400);
    const refused = await call(world, opened);
    expect(refused).toMatchObject({ code: 'target_unavailable', extras: { call: world.calls()[0]?.id } });
    expect(world.outside.sent.map(({ to }) => to.target)).toEqual(['tickets/token']);
    expect(world.told('call.failed')).toHaveLength(1);
  });
});

describe('a session', () => {
  const { secret: _, ...open } = httpTarget('bucket', {
    inject: [{ sigv4: { service: 's3', region: 'eu-west-1', target: 'reports' } }],
    capabilities: { get: httpCapability({ routes: [{ route: 'GET /{key...}', otherFields: false }] }) },
  });
  const target: HttpTarget = open;
  const READ = { capability: 'reports:read', parameters: { prefix: 'team-a' } };
  const asked = { target: 'bucket', path: '/team-a/x' };
  const opening = (...more: readonly object[]) =>
    world.opened({
      capabilities: [{ capability: 'bucket:get', parameters: {} }, ...(more as (typeof READ)[])],
      ttlSeconds: 3600,
    });
  beforeEach(async () => {
    const parts = partsWith(target, FREE);
    const agents = (parts.agents ?? []).map((agent) => ({
      ...agent,
      capabilities: ['bucket:get', 'reports:read', 'reports:list', 'reports:brief'],
    }));
    await world.use({ ...parts, agents });
  });

  it('is of what the task holds at the AWS target, and nothing of it but its name is written down', async () => {
    const opened = await opening(READ);
    world.outside.answer = async ({ sign }) =>
      jsonAnswer({ heard: [sign?.session.secretAccessKey.open(), sign?.session.sessionToken.open()] });
    const { body } = await made(world, opened, asked);
    expect(Buffer.from(body).toString()).toBe('{"heard":["[secret]","[secret]"]}');
    const [request] = world.sessions.asked;
    expect(JSON.parse(request?.policy ?? '').Statement).toMatchObject([
      { Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::acme-reports/team-a/*'] },
    ]);
    expect(world.outside.sent).toMatchObject([
      { sign: { service: 's3', region: 'eu-west-1', at: world.clock.now() }, headers: [] },
    ]);
    const session = {
      accessKeyId: 'ASIAEXAMPLE1',
      sessionName: request?.sessionName,
      roleArn: request?.roleArn,
      policy: request?.policy,
      real: true,
    };
    expect(world.told('call.succeeded')).toMatchObject([
      { session, operation: [{ capability: 'bucket:get' }, READ] },
    ]);
    expect(world.calls()).toMatchObject([{ session }]);
    const kept = JSON.stringify([world.records.all(), world.events.all()]);
    expect(kept).not.toMatch(/canary-(?:secret|token)/);
  });

  it('is remembered for revocation before it is asked for, by its role', async () => {
    const opened = await opening(READ);
    let vended = 0;
    world.sessions.answer = async (request) => {
      vended = world.records.all().filter(({ key }) => key.partition.startsWith('vended/')).length;
      return world.session(request);
    };
    await made(world, opened, asked);
    expect(vended).toBe(1);
    expect(world.calls()).toMatchObject([{ role: { roleArn: world.sessions.asked[0]?.roleArn } }]);
    expect(await world.finish(opened.task.id, opened.token)).toMatchObject({ revocation: 'pending' });
  });

  it('serves all calls of the task for as long as it is good, and events name the one that it was', async () => {
    const opened = await opening(READ);
    for (let time = 0; time < 4; time += 1) {
      await made(world, opened, asked);
      world.clock.advance(10 * MINUTE);
    }
    expect(world.sessions.asked).toHaveLength(1);
    const names = world
      .told('call.succeeded')
      .map(({ session }) => (session as { sessionName: string }).sessionName);
    expect(new Set(names)).toEqual(new Set([world.sessions.asked[0]?.sessionName]));
  });

  it('is another once it is about to end', async () => {
    const opened = await world.opened({ capabilities: [{ capability: 'bucket:get', parameters: {} }, READ] });
    await made(world, opened, asked);
    world.clock.advance(HOUR - MINUTE);
    await made(world, opened, asked);
    expect(world.sessions.asked).toHaveLength(1);
    world.clock.advance(MINUTE - 5 * SECOND);
    await made(world, opened, asked);
    expect(world.sessions.asked).toHaveLength(2);
  });

  it('of another task is another, and so is one of other capabilities', async () => {
    await made(world, await opening(READ), asked);
    await made(world, await opening(READ), asked);
    await made(world, await opening(READ, { capability: 'reports:list', parameters: {} }), asked);
    expect(world.sessions.asked).toHaveLength(3);
    expect(JSON.parse(world.sessions.asked[2]?.policy ?? '').Statement).toHaveLength(2);
  });

  it('is none to a task that holds nothing there: outside_task', async () => {
    const refused = await call(world, await opening(), asked);
    expect(refused).toMatchObject({ code: 'outside_task' });
    expect((refused as Refusal).detail).toContain('reports');
    expect([world.sessions.asked, world.outside.sent]).toEqual([[], []]);
  });

  it('is not given by a call to who may not have it by policy', async () => {
    const opened = await opening(READ);
    await world.use({
      ...partsWith(target, {
        policies: `permit (principal, action in Action::"bucket:get", resource);`,
        agents: Object.values(world.rules.config.agents),
      }),
    });
    expect(codeOf(await call(world, opened, asked))).toBe('denied_by_policy');
    expect(world.sessions.asked).toEqual([]);
  });

  it.each([
    ['refused', 'target_failed'],
    ['unavailable', 'target_unavailable'],
    ['policyTooLarge', 'target_failed'],
  ] as const)('that is %s is %s, and nothing is sent', async (problem, code) => {
    const opened = await opening(READ);
    world.sessions.answer = async () => ({ problem, detail: 'A sentence.' });
    const refused = await call(world, opened, { ...asked, key: 'k' });
    expect(refused).toMatchObject({ code, extras: { call: world.calls()[0]?.id } });
    expect((refused as Refusal).detail).toContain('A sentence.');
    expect((refused as Refusal).detail).not.toContain('undefined');
    expect(world.outside.sent).toEqual([]);
    // Nothing ran, so that the key is free.
    world.sessions.answer = async (request) => world.session(request);
    expect(codeOf(await call(world, opened, { ...asked, key: 'k' }))).toBe('ok');
  });

  it('is told of in what became of the call, however that ended', async () => {
    const opened = await opening(READ);
    world.outside.answer = async () => ({ problem: 'failed', sent: true, detail: 'It broke.' });
    await call(world, opened, asked);
    expect(world.told('call.failed')).toMatchObject([{ session: { accessKeyId: 'ASIAEXAMPLE1' } }]);
    const capped = { ...target.capabilities['get'], exportAbove: { bytes: 1 } };
    await world.use({
      ...partsWith({ ...target, capabilities: { get: capped } as HttpTarget['capabilities'] }, FREE),
      agents: Object.values(world.rules.config.agents),
    });
    world.outside.answer = async () => jsonAnswer({ much: 1 });
    expect(codeOf(await call(world, opened, asked))).toBe('response_over_cap');
    expect(world.told('call.failed')).toMatchObject([{ session: {} }, { session: {} }]);
  });
});
