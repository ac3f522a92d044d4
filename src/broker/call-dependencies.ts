// What HTTP calls need from the outside, beside what every use case does.
import type { Objects } from '../ports/objects.ts';
import type { Outbound } from '../ports/outbound.ts';
import type { BrokerDependencies } from './dependencies.ts';
import type { TargetCredentials } from './target-credentials.ts';

export interface CallDependencies extends Omit<BrokerDependencies, 'keySets' | 'sessions'> {
  readonly outbound: Outbound;
  readonly objects: Objects;
  readonly credentials: TargetCredentials;
}
