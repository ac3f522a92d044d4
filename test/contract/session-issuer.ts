// What every adapter of SessionIssuer must do.
import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import type { Session, SessionIssuer, SessionRequest } from '../../src/ports/session-issuer.ts';
import { type Open, useSubject } from './support/subject.ts';

export const REQUEST: SessionRequest = {
  roleArn: 'arn:aws:iam::111122223333:role/bailiwick-reports',
  externalId: 'the external id',
  sessionName: 'task_01',
  sourceIdentity: 'support-summarizer',
  tags: { agent: 'support-summarizer', task: 'task_01', root: 'task_01', environment: 'production' },
  policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}',
  durationSeconds: 900,
};

export function sessionIssuerContract(open: Open<SessionIssuer>): void {
  const subject = useSubject(open);
  const issue = async (): Promise<Session> => {
    const answer = await subject().port.issue(REQUEST);
    if ('problem' in answer) throw new Error(answer.detail);
    return answer;
  };

  it('issues credentials that end when asked for', async () => {
    const session = await issue();
    expect(session.accessKeyId).toMatch(/^[A-Z0-9]{20}$/);
    expect(session.secretAccessKey.open()).not.toBe('');
    expect(session.sessionToken.open()).not.toBe('');
    expect(session.expiration).toEqual(subject().clock.in(900_000));
  });

  it('issues other credentials each time', async () => {
    const [one, two] = [await issue(), await issue()];
    expect(one.accessKeyId).not.toBe(two.accessKeyId);
    expect(one.secretAccessKey.open()).not.toBe(two.secretAccessKey.open());
    expect(one.sessionToken.open()).not.toBe(two.sessionToken.open());
  });

  it('prints no secret part of them', async () => {
    const session = await issue();
    for (const printed of [JSON.stringify(session), inspect(session, { depth: 9, showHidden: true })]) {
      expect(printed).not.toContain(session.secretAccessKey.open());
      expect(printed).not.toContain(session.sessionToken.open());
    }
  });
}
