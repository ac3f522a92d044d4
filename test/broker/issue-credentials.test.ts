// Issuing credentials: what STS is asked for and says, what is written down, and what is refused without a trace.
import { beforeEach, describe, expect, it } from 'vitest';
import type { NoSession } from '../../src/ports/session-issuer.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { sha256 } from '../../src/shared/hash.ts';
import { Secret } from '../../src/shared/secret.ts';
import { mintTaskToken, type Task } from '../../src/tasks/index.ts';
import { HOUR, MINUTE, SECOND } from '../support/clock.ts';
import { AGENT, codeOf, createWorld, HELD, type World } from '../support/world.ts';

let world: World;
let task: Task;
let token: string;
beforeEach(async () => {
  world = await createWorld();
  const capabilities = [
    ...HELD,
    ...['list', 'brief', 'write', 'wide'].map((name) => ({ capability: `reports:${name}`, parameters: {} })),
    { capability: 'ledger:read', parameters: {} },
  ];
  ({ task, token } = await world.opened({ capabilities }));
});

const wanting = (capability: string, parameters?: Readonly<Record<string, string>>) => ({
  wanted: [{ capability, ...(parameters === undefined ? {} : { parameters }) }],
});
/** An id that is one, of nothing. */
const another = (id: string) => id.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
const outcomes = () =>
  world.told().filter(({ type }) => !['task.opened', 'call.requested'].includes(String(type)));

describe('credentials', () => {
  it('are issued, recorded and written down, all of one call', async () => {
    const issued = await world.issue(task.id, token);
    if (issued instanceof Refusal) throw new Error(issued.detail);
    const [request] = world.sessions.asked;
    expect(request).toMatchObject({
      roleArn: 'arn:aws:iam::111122223333:role/bailiwick-reports',
      sourceIdentity: AGENT,
      tags: { agent: AGENT, task: task.id, root: task.id, environment: 'production' },
      durationSeconds: 3600,
    });
    expect(JSON.parse(request?.policy ?? '').Statement).toEqual([
      {
        Effect: 'Allow',
        Action: ['s3:GetObject'],
        Resource: ['arn:aws:s3:::acme-reports/team-a/*'],
        Condition: { DateLessThan: { 'aws:CurrentTime': `${task.expiresAt.slice(0, 19)}Z` } },
      },
    ]);
    expect(issued).toMatchObject({ expiration: world.clock.in(HOUR), call: world.calls()[0]?.id });
    const session = {
      accessKeyId: 'ASIAEXAMPLE1',
      expiresAt: world.clock.in(HOUR).toISOString(),
      real: true,
      roleArn: 'arn:aws:iam::111122223333:role/bailiwick-reports',
      sessionName: request?.sessionName,
      policy: request?.policy,
      policyHash: sha256(request?.policy ?? ''),
    };
    expect(world.calls()).toEqual([
      expect.objectContaining({ status: 'succeeded', operation: HELD, session }),
    ]);
    expect(world.told('call.requested', 'credentials.issued')).toEqual([
      expect.objectContaining({
        type: 'call.requested',
        call: issued.call,
        requested: [{ capability: 'reports:read' }],
      }),
      expect.objectContaining({
        type: 'credentials.issued',
        call: issued.call,
        target: 'reports',
        operation: HELD,
        session,
      }),
    ]);
  });

  it('leave no secret behind', async () => {
    await world.issue(task.id, token, { key: 'k' });
    const kept = JSON.stringify([world.records.all(), world.events.all(), world.logged]);
    expect(kept).toContain('ASIAEXAMPLE1');
    for (const secret of ['canary-secret', 'canary-token', token]) expect(kept).not.toContain(secret);
  });

  it('end with the task, where that is earlier than STS has it', async () => {
    world.clock.advance(8 * HOUR - 10 * MINUTE);
    const issued = await world.issue(task.id, token);
    expect(issued).toMatchObject({ expiration: new Date(task.expiresAt) });
    expect(world.sessions.asked[0]?.durationSeconds).toBe(900);
  });

  it('end when the operator says, where that is earlier than STS can', async () => {
    const issued = await world.issue(task.id, token, wanting('reports:brief'));
    expect(issued).toMatchObject({ expiration: world.clock.in(5 * MINUTE) });
    expect(world.sessions.asked[0]?.policy).toContain(
      world.clock
        .in(5 * MINUTE)
        .toISOString()
        .slice(0, 19),
    );
  });

  it('may be for several capabilities of one target', async () => {
    const wanted = [{ capability: 'reports:read' }, { capability: 'reports:list' }];
    expect(codeOf(await world.issue(task.id, token, { wanted }))).toBe('ok');
    expect(JSON.parse(world.sessions.asked[0]?.policy ?? '').Statement).toHaveLength(2);
  });

  it('may be asked for with the same parameters, said again', async () => {
    expect(codeOf(await world.issue(task.id, token, wanting('reports:read', { prefix: 'team-a' })))).toBe(
      'ok',
    );
  });
});

describe('refused before anything is read or written', () => {
  const refusedWith = async (attempt: () => Promise<unknown>, code: string) => {
    const operations: string[] = [];
    world.meddle = ({ name }, run) => {
      operations.push(name);
      return run();
    };
    expect(codeOf(await attempt())).toBe(code);
    // It is only counted, afterwards.
    const noted = ['records.count', 'events.append'];
    expect(operations.filter((name) => !noted.includes(name))).toEqual([]);
  };

  it.each<[string, () => Promise<unknown>, string]>([
    ['no token', () => world.issue(task.id, undefined), 'unauthenticated'],
    ['an OIDC token', () => world.issue(task.id, world.agentToken()), 'unauthenticated'],
    [
      'a forged token',
      () => world.issue(task.id, `${token.slice(0, -9)}x${token.slice(-8)}`),
      'unauthenticated',
    ],
    [
      "a token under a key that is not the broker's",
      () => {
        const claims = { task: task.id, agent: AGENT, ancestors: [], expiresAt: new Date(task.expiresAt) };
        const keys = { current: new Secret('another-key'.repeat(4)) };
        return world.issue(task.id, mintTaskToken(claims, keys, world.clock.now()));
      },
      'unauthenticated',
    ],
    ['another task', () => world.issue(another(task.id), token), 'not_found'],
    ['no task', () => world.issue('', token), 'not_found'],
  ])('%s', (_, attempt, code) => refusedWith(attempt, code));
});

describe('what STS says', () => {
  const answers: readonly (readonly [NoSession['problem'], string])[] = [
    ['refused', 'target_failed'],
    ['unavailable', 'target_unavailable'],
  ];
  it.each(answers)('%s is %s, with the sentence', async (problem, code) => {
    world.sessions.answer = async () => ({ problem, detail: 'A sentence.' });
    const refused = await world.issue(task.id, token);
    expect(refused).toMatchObject({ code, detail: 'A sentence.', extras: { call: world.calls()[0]?.id } });
    expect(world.calls()).toEqual([
      expect.objectContaining({ status: 'failed', refusal: { code, detail: 'A sentence.' } }),
    ]);
    expect(outcomes()).toEqual([
      expect.objectContaining({ type: 'call.failed', operation: HELD, decision: expect.any(Object) }),
    ]);
  });

  it('counts how long it took', async () => {
    world.sessions.answer = async (request) => {
      world.clock.advance(3 * SECOND);
      return world.session(request);
    };
    await world.issue(task.id, token);
    expect(outcomes()).toEqual([expect.objectContaining({ milliseconds: 3000 })]);
  });
});
