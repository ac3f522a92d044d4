// What calling targets takes: the network, and the credentials that are put into requests.
import type { OwnRole } from '../../src/adapters/aws/as-own-role.ts';
import { createOutbound } from '../../src/adapters/network/outbound.ts';
import { systemClock as clock } from '../../src/adapters/system.ts';
import { createTargetCredentials, type TargetCredentials } from '../../src/broker/index.ts';
import type { Outbound } from '../../src/ports/outbound.ts';
import { secretsManager } from './secrets.ts';
import { boundedSessions } from './sessions.ts';
import type { Tools } from './tools.ts';

export interface Targets {
  readonly outbound: Outbound;
  readonly credentials: TargetCredentials;
}

/**
 * `broker` as the tag `bailiwick` of the roles has it that requests are signed for. `as` is the role that asks for their
 * sessions; left out, the function's own.
 */
export function targetsOf(tools: Tools, broker: string, as?: OwnRole): Targets {
  // As any range that is nobody else's business: only where a target lists it. Lambda's own runtime is refused even then.
  const outbound = createOutbound({ clock, loopback: 'listed' });
  const [secrets, sessions] = [secretsManager(tools), boundedSessions(tools, broker, as)];
  return { outbound, credentials: createTargetCredentials({ secrets, outbound, sessions, clock }) };
}
