// What the use cases need from the outside. Each names the part that it uses.
import type { Config } from '../config/index.ts';
import type { PolicyEngine } from '../policy/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { Events } from '../ports/events.ts';
import type { Ids } from '../ports/ids.ts';
import type { KeySets } from '../ports/key-sets.ts';
import type { Log } from '../ports/log.ts';
import type { Records } from '../ports/records.ts';
import type { SessionIssuer } from '../ports/session-issuer.ts';
import type { TokenKeys } from '../tasks/index.ts';
import type { Masking } from './masking.ts';
import type { OnceAMinute } from './once-a-minute.ts';
import type { Tally } from './tally.ts';

/** The operator's rules at one moment: a use case asks once and holds on to what it got. */
export interface Rules {
  readonly config: Config;
  readonly policy: PolicyEngine;
  readonly masking: Masking;
}

/** What decides, without what masks: recorded operations are decided again as they were recorded. */
export type DecidingRules = Pick<Rules, 'config' | 'policy'>;

/** For use cases that decide nothing, so that what runs them needs no policy engine. */
export interface WithoutPolicy {
  readonly rules: () => Promise<Pick<Rules, 'config' | 'masking'>>;
}

/** For those that hear nobody either. */
export interface ConfigOnly {
  readonly rules: () => Promise<Pick<Rules, 'config'>>;
}

export interface BrokerDependencies {
  readonly records: Records;
  readonly events: Events;
  readonly sessions: SessionIssuer;
  readonly keySets: KeySets;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly rules: () => Promise<Rules>;
  readonly tokenKeys: () => Promise<TokenKeys>;
  /** Counts refused tokens, sightings, and when agents were seen. */
  readonly tally: Tally;
  /** Refusals of people. */
  readonly told: OnceAMinute;
  /** Where callers reach the broker: what proofs of possession are made for. */
  readonly publicUrl: () => Promise<string>;
}
