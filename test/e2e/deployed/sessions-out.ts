// Sessions that are out: what they may still do, and what stands on their role.
import { GetRolePolicyCommand, type IAMClient } from '@aws-sdk/client-iam';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { until } from '../../support/poll.ts';
import { credentials, openTask, type Wanted } from '../support/broker.ts';
import type { Opened } from '../support/contract.ts';
import type { AgentName } from '../support/tokens.ts';

/** `done`, or the name of what AWS said instead. */
export async function outcome(asked: Promise<unknown>): Promise<string> {
  return asked.then(
    () => 'done',
    (error: Error) => error.name,
  );
}

export interface Out {
  readonly opened: Opened;
  readonly s3: S3Client;
  readonly read: (key?: string) => Promise<string>;
}

export interface Opening {
  readonly agent: AgentName;
  readonly wanted: Wanted;
  /** What can be read with it, unless something else is said. */
  readonly object: { readonly Bucket: string; readonly Key: string };
  readonly ttlSeconds?: number;
}

/** A task with a session that is out. */
export async function out({ agent, wanted, object, ttlSeconds = 300 }: Opening): Promise<Out> {
  const opened = await openTask(agent, [wanted], { ttlSeconds });
  const { accessKeyId, secretAccessKey, sessionToken } = (await credentials(opened, wanted)).credentials;
  const given = { credentials: { accessKeyId, secretAccessKey, sessionToken } };
  const s3 = new S3Client({ forcePathStyle: true, ...given });
  const read: Out['read'] = (Key = object.Key) => outcome(s3.send(new GetObjectCommand({ ...object, Key })));
  return { opened, s3, read };
}

export function isDenied(what: string, { read }: Out): Promise<true> {
  return until(`${what} to be denied`, async () => ((await read()) === 'AccessDenied' ? true : undefined));
}

/** Asks again, as the docs say, until the deny is in force. */
export function inForce(ask: () => Promise<{ readonly body: unknown }>): Promise<true> {
  return until('the deny to be in force', async () => {
    const { revocation } = (await ask()).body as { revocation: string };
    expect(['pending', 'inForce']).toContain(revocation);
    return revocation === 'inForce' ? true : undefined;
  });
}

/** What stands on the role. */
export async function denyOn(iam: IAMClient, RoleName: string): Promise<unknown> {
  const asked = new GetRolePolicyCommand({ RoleName, PolicyName: 'bailiwick-revoked' });
  const answer = await iam.send(asked).catch((error: Error) => error);
  if (!(answer instanceof Error)) return JSON.parse(decodeURIComponent(answer.PolicyDocument ?? ''));
  if (answer.name !== 'NoSuchEntityException') throw answer;
  return undefined;
}

export function document(sid: string, conditions: object) {
  const statement = { Sid: sid, Effect: 'Deny', Action: '*', Resource: '*', Condition: conditions };
  return { Version: '2012-10-17', Statement: [statement] };
}

export function endedTasks(...outs: readonly Out[]) {
  const tasks = outs.map(({ opened }) => opened.task.id).sort();
  return document('EndedTasks', { StringEquals: { 'aws:PrincipalTag/task': tasks } });
}
