// Events that are of no task: what people did to an agent, whose token was refused, and which config decides.
import type { Permission } from '../policy/index.ts';
import type { Owner } from '../tasks/index.ts';
import type { Common } from './of-all.ts';

interface AgentChanged extends Common {
  readonly type: 'agent.quarantined' | 'agent.disabled' | 'agent.reinstated' | 'agent.attested';
  readonly agent: string;
  readonly owner?: Owner;
  readonly by: string;
  readonly why: string;
  readonly decision?: Permission['decision'];
  readonly input?: Permission['input'];
  /** What was attested. */
  readonly attested?: { readonly digest: string; readonly capabilities: readonly string[] };
}

interface RefusedToken extends Common {
  readonly type: 'token.refused';
  /** One that the config names, or `unknown`. */
  readonly issuer: string;
  readonly reason: string;
  /** Whom it is counted by: an address, or the network of one. */
  readonly address: string;
  readonly tokenHash: string;
  /** Of the agent, or the task, that the token proves to be for all the same. */
  readonly agent?: string;
  readonly task?: string;
}

interface ConfigLoaded extends Common {
  readonly type: 'config.loaded';
  readonly agents: number;
  readonly targets: number;
}

export type AgentEvent = AgentChanged | RefusedToken | ConfigLoaded;
