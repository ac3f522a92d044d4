// SessionIssuer, not real and on STS.
import { STSClient } from '@aws-sdk/client-sts';
import { describe } from 'vitest';
import { createStsSessionIssuer } from '../../src/adapters/aws/sts-session-issuer.ts';
import { createNotRealSessions } from '../../src/adapters/embedded/not-real-sessions.ts';
import { systemIds } from '../../src/adapters/system.ts';
import type { SessionIssuer } from '../../src/ports/session-issuer.ts';
import { sessionIssuerContract } from './session-issuer.ts';
import { clientOptions } from './support/aws.ts';
import { movableClock } from './support/clock.ts';
import { startFakeSts } from './support/fake-sts.ts';
import type { Open } from './support/subject.ts';

const notReal: Open<SessionIssuer> = async () => {
  const clock = movableClock();
  return { port: createNotRealSessions({ clock, ids: systemIds }), clock, close: async () => undefined };
};

const onSts: Open<SessionIssuer> = async () => {
  const clock = movableClock();
  const { endpoint, close } = await startFakeSts(clock);
  return { port: createStsSessionIssuer({ client: new STSClient(clientOptions(endpoint)) }), clock, close };
};

describe('sessions that are not real', () => sessionIssuerContract(notReal));
describe('sessions of STS', () => sessionIssuerContract(onSts));
