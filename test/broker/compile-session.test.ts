// What STS is asked for where everything is in order, and what the agent is told where it is not.
import { describe, expect, it } from 'vitest';
import { compileSession, tooLarge } from '../../src/broker/compile-session.ts';
import type { AwsCapability, AwsTarget, BoundTo } from '../../src/config/index.ts';
import { makeId } from '../../src/shared/ids.ts';
import type { Task } from '../../src/tasks/index.ts';
import { awsCapability, awsTarget } from '../support/config.ts';

const NOW = new Date('2026-03-02T12:00:00.400Z');
const TASK: Task = {
  id: makeId('task', NOW, new Uint8Array(10)),
  agent: 'report-builder',
  owner: { team: 'Data', email: 'data@example.com' },
  status: 'open',
  purpose: 'p',
  capabilities: [],
  ancestors: [],
  openedAt: NOW.toISOString(),
  expiresAt: '2026-03-02T13:00:00.400Z',
  configDigest: 'd',
  tokenHash: 't',
  requestHash: 'r',
  openedEvent: 'e',
};

const FACTS = { id: 'req_1', method: 'POST', route: '/v1/tasks/{task}/credentials' };

function compile(definitions: readonly AwsCapability[], given: Partial<AwsTarget> = {}, address?: string) {
  const grants = definitions.map((definition) => ({ definition, parameters: { path: 'a' } }));
  return compileSession({
    target: awsTarget('reports', given),
    operation: definitions.map((_, place) => ({ capability: `reports:c${place}`, parameters: {} })),
    grants,
    shown: grants,
    task: TASK,
    session: makeId('call', NOW, new Uint8Array(10).fill(1)),
    caller: { facts: { ...FACTS, ...(address === undefined ? {} : { sourceAddress: address }) } },
    now: NOW,
  });
}

const reading = (given: Partial<AwsCapability> = {}) =>
  awsCapability({
    parameters: { path: { pattern: '.*' } },
    statements: [{ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::acme/${path}/*'] }],
    ...given,
  });
const bulky = (characters: number) =>
  awsCapability({
    statements: [{ actions: ['s3:GetObject'], resources: [`arn:aws:s3:::${'x'.repeat(characters)}`] }],
  });

describe('compileSession', () => {
  it('asks for all capabilities at once, until the task ends, from where they are bound to', () => {
    const boundTo: BoundTo = { callerAddress: true };
    const compiled = compile([reading(), reading({ maxSessionSeconds: 1200 })], { boundTo }, '192.0.2.1');
    expect(compiled).toMatchObject({
      ends: new Date(TASK.expiresAt),
      request: { durationSeconds: 1200, sourceIdentity: 'report-builder' },
    });
    if (!('request' in compiled)) throw new Error('refused');
    const allow = {
      Effect: 'Allow',
      Action: ['s3:GetObject'],
      Resource: ['arn:aws:s3:::acme/a/*'],
      Condition: { DateLessThan: { 'aws:CurrentTime': '2026-03-02T13:00:00Z' } },
    };
    expect(JSON.parse(compiled.request.policy)).toEqual({
      Version: '2012-10-17',
      Statement: [
        allow,
        allow,
        {
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: {
            NotIpAddressIfExists: { 'aws:SourceIp': ['192.0.2.1'] },
            BoolIfExists: { 'aws:ViaAWSService': 'false' },
          },
        },
      ],
    });
    expect(compiled.sizes).toHaveLength(2);
  });

  it('carries the boundary that the target names', () => {
    const connection = { roleArn: 'arn:aws:iam::111122223333:role/r', boundary: 'arn:aws:iam::aws:policy/P' };
    expect(compile([reading()], { connection })).toMatchObject({
      request: { boundary: connection.boundary },
    });
    expect(compile([reading()])).not.toHaveProperty('request.boundary');
  });

  it('refuses capabilities that are bound to different places', () => {
    const [here, there] = [['10.0.0.0/8'], ['192.0.2.0/24']].map((sourceIps) =>
      reading({ boundTo: { sourceIps } }),
    );
    expect(compile([here ?? reading(), there ?? reading()])).toMatchObject({
      code: 'invalid_request',
      detail: expect.stringContaining('one at a time'),
    });
  });

  it('refuses what is bound to the caller, where nobody knows its address', () => {
    expect(compile([reading({ boundTo: { callerAddress: true } })])).toMatchObject({
      code: 'denied_by_policy',
      detail: expect.stringContaining('address'),
    });
  });

  it('takes a policy of 2,048 characters, and says of a larger one which capability takes most of it', () => {
    const fits = compile([bulky(0)]);
    const room = 2048 - ('request' in fits ? fits.request.policy.length : 0);
    expect(compile([bulky(room)])).toHaveProperty('request.policy.length', 2048);
    expect(compile([bulky(room + 1)])).toMatchObject({
      code: 'target_failed',
      detail: expect.stringMatching(/2049 characters.*operator must split reports:c0/),
    });
    expect(compile([bulky(0), bulky(room), bulky(1)])).toMatchObject({
      code: 'invalid_request',
      detail: expect.stringMatching(/fewer capabilities at once.*reports:c1/),
    });
  });

  it('is a fault, and no session, where a value means more than itself', () => {
    const grant = { definition: reading(), parameters: { path: '*' } };
    const wanted = {
      target: awsTarget('reports'),
      operation: [{ capability: 'reports:c0', parameters: {} }],
      grants: [grant],
      shown: [grant],
      task: TASK,
      session: makeId('call', NOW, new Uint8Array(10)),
      caller: { facts: FACTS },
      now: NOW,
    };
    expect(() => compileSession(wanted)).toThrow(/not what was written/);
  });
});

it('names the largest of several', () => {
  const operation = ['a', 'b', 'c'].map((capability) => ({ capability: `t:${capability}`, parameters: {} }));
  expect(tooLarge('Too large.', operation, [1, 3, 2]).detail).toContain('t:b');
});
