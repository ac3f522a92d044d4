// What STS is asked for: within its limits, and tied to agent, task and call.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sessionEnd, sessionRequest } from '../../src/credentials/index.ts';
import { makeId } from '../../src/shared/ids.ts';
import type { Task } from '../../src/tasks/index.ts';
import { SECOND } from '../support/clock.ts';
import { awsCapability, awsTarget } from '../support/config.ts';

const NOW = new Date('2026-03-02T12:00:00.400Z');
const moment = fc.date({ min: new Date('2020-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
const tail = fc.uint8Array({ minLength: 10, maxLength: 10 });
const id = (prefix: 'task' | 'call') =>
  fc.tuple(moment, tail).map(([at, bytes]) => makeId(prefix, at, bytes));

function taskOf(seconds: number, given: Partial<Task> = {}): Task {
  return {
    id: makeId('task', NOW, new Uint8Array(10)),
    agent: 'report-builder',
    owner: { team: 'Data', email: 'data@example.com' },
    status: 'open',
    purpose: 'p',
    capabilities: [],
    ancestors: [],
    openedAt: NOW.toISOString(),
    expiresAt: new Date(NOW.getTime() + seconds * SECOND).toISOString(),
    configDigest: 'd',
    tokenHash: 't',
    requestHash: 'r',
    openedEvent: 'e',
    ...given,
  };
}

const CALL = makeId('call', NOW, new Uint8Array(10).fill(1));
const granting = (...limits: readonly (number | undefined)[]) =>
  limits.map((maxSessionSeconds) => ({
    definition: awsCapability(maxSessionSeconds === undefined ? {} : { maxSessionSeconds }),
    parameters: {},
  }));
const asked = (seconds: number, ...limits: readonly (number | undefined)[]) =>
  sessionRequest(awsTarget('reports'), granting(...limits), taskOf(seconds), CALL, NOW);

describe('how long', () => {
  it.each<[string, number, readonly (number | undefined)[], number]>([
    ['as long as the task', 1800, [undefined], 1800],
    ['no longer than role chaining allows', 86_400, [undefined], 3600],
    ['no longer than the capability allows', 3600, [1200], 1200],
    ['no longer than the strictest capability allows', 3600, [undefined, 2400, 1200], 1200],
    ['no less than STS gives, when the task is shorter', 60, [undefined], 900],
    ['no less than STS gives, when the capability wants less', 3600, [300], 900],
    ['more is no more than STS gives', 86_400, [43_200], 3600],
  ])('%s', (_, seconds, limits, expected) => {
    expect(asked(seconds, ...limits).durationSeconds).toBe(expected);
  });

  it('stays within the limits of STS, and is never shorter than it need be', () => {
    const limit = fc.option(fc.integer({ min: 1, max: 43_200 }), { nil: undefined });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 * 86_400 }),
        fc.array(limit, { minLength: 1 }),
        (seconds, limits) => {
          const { durationSeconds } = asked(seconds, ...limits);
          expect(durationSeconds).toBeGreaterThanOrEqual(900);
          expect(durationSeconds).toBeLessThanOrEqual(3600);
          expect(Number.isInteger(durationSeconds)).toBe(true);
          const most = Math.min(3600, seconds, ...limits.map((one) => one ?? 3600));
          expect(durationSeconds).toBe(Math.max(900, most));
        },
      ),
    );
  });

  it('ends by the policy where STS gives more than the operator or the task does', () => {
    const ends = (seconds: number, ...limits: readonly (number | undefined)[]) =>
      (sessionEnd(granting(...limits), taskOf(seconds), NOW).getTime() - NOW.getTime()) / SECOND;
    expect(ends(60, undefined)).toBe(60);
    expect(ends(3600, 300)).toBe(300);
    expect(ends(3600, undefined, 300)).toBe(300);
    expect(ends(60, 300)).toBe(60);
    expect(ends(7200, 1200)).toBe(7200);
    const policy = JSON.parse(asked(3600, 300).policy);
    expect(policy.Statement[0].Condition.DateLessThan['aws:CurrentTime']).toBe('2026-03-02T12:05:00Z');
  });
});

describe('whose it is', () => {
  it('has a name that STS takes and nobody else has', () => {
    fc.assert(
      fc.property(id('task'), id('call'), (task, call) => {
        const request = sessionRequest(
          awsTarget('reports'),
          granting(undefined),
          taskOf(60, { id: task }),
          call,
          NOW,
        );
        expect(request.sessionName).toMatch(/^[\w+=,.@-]{2,64}$/);
        expect(request.sessionName).toContain(task);
        expect(request.sessionName).toContain(call.slice(-16));
      }),
    );
  });

  it('is tagged with agent, task, root and environment, and sourced to the agent', () => {
    const target = awsTarget('reports', { environment: 'staging' });
    const root = makeId('task', NOW, new Uint8Array(10).fill(2));
    const above = makeId('task', NOW, new Uint8Array(10).fill(3));
    const ancestors = [root, above].map((task) => ({ task, agent: 'coordinator' }));
    const task = taskOf(60, { ancestors });
    const request = sessionRequest(target, granting(undefined), task, CALL, NOW);
    expect(request).toMatchObject({ roleArn: target.connection.roleArn, sourceIdentity: 'report-builder' });
    expect(request.tags).toEqual({ agent: 'report-builder', task: task.id, root, environment: 'staging' });
    const alone = sessionRequest(target, granting(undefined), taskOf(60), CALL, NOW);
    expect(alone.tags['root']).toBe(alone.tags['task']);
  });

  it('carries the external id where there is one', () => {
    const connection = { roleArn: 'arn:aws:iam::111122223333:role/x', externalId: 'bailiwick' };
    const request = sessionRequest(
      awsTarget('reports', { connection }),
      granting(undefined),
      taskOf(60),
      CALL,
      NOW,
    );
    expect(request.externalId).toBe('bailiwick');
    expect(asked(60)).not.toHaveProperty('externalId');
  });
});
