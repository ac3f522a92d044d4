// As much of STS as SessionIssuer uses: AssumeRole, in the query protocol.
import type { Clock } from '../../../src/ports/clock.ts';
import { fakeServer, type Listening } from './servers.ts';

export interface FakeSts extends Listening {
  /** What the wire carried, request by request. */
  readonly asked: Record<string, string>[];
  /** The access key ids that they were signed with. */
  readonly by: string[];
  /** When set, every answer is that error. */
  failure: { readonly status: number; readonly code: string } | undefined;
}

export async function startFakeSts(clock: Clock): Promise<FakeSts> {
  const asked: FakeSts['asked'] = [];
  const by: string[] = [];
  const server = await fakeServer((request, body, response) => {
    const parameters = Object.fromEntries(new URLSearchParams(body.toString('utf8')));
    asked.push(parameters);
    by.push(/Credential=(\w+)\//u.exec(request.headers.authorization ?? '')?.[1] ?? '');
    const { failure } = sts;
    response.setHeader('content-type', 'text/xml');
    if (failure) {
      response.statusCode = failure.status;
      const message = 'arn:aws:iam::111122223333:role/broker is not authorized';
      response.end(
        `<ErrorResponse><Error><Type>Sender</Type><Code>${failure.code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
      );
      return;
    }
    const number = String(asked.length).padStart(4, '0');
    const until = new Date(clock.now().getTime() + Number(parameters['DurationSeconds']) * 1000);
    response.end(
      `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
        <AccessKeyId>ASIAEXAMPLEEXAMP${number}</AccessKeyId><SecretAccessKey>canary-secret-${number}</SecretAccessKey>
        <SessionToken>canary-session-${number}</SessionToken><Expiration>${until.toISOString()}</Expiration>
      </Credentials></AssumeRoleResult></AssumeRoleResponse>`,
    );
  });
  const sts: FakeSts = { ...server, asked, by, failure: undefined };
  return sts;
}
