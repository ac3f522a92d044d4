// One attempt to open a task: what is known of it before it is decided.
import type { AgentState } from '../agents/index.ts';
import type { AgentDefinition } from '../config/index.ts';
import type { Refusal } from '../shared/errors.ts';
import {
  type Ancestor,
  type Delegation,
  mintTaskToken,
  type RequestedCapability,
  type Requester,
  type Task,
  type TaskStatus,
  type TokenKeys,
} from '../tasks/index.ts';
import type { Caller, CallingAgent } from './caller.ts';
import type { BrokerDependencies, Rules } from './dependencies.ts';
import type { Standing } from './standing.ts';

export interface WantedTask {
  /** Undefined is said on purpose, too: then it is what the agent is registered for. */
  readonly purpose: string | undefined;
  /** What the agent claims. */
  readonly requester?: string | undefined;
  /** A person's own token, which proves it. */
  readonly requesterToken?: string | undefined;
  readonly capabilities: readonly RequestedCapability[];
  readonly ttlSeconds?: number | undefined;
  /** What another agent's task handed on. */
  readonly delegation?: string | undefined;
}

export interface OpenedTask {
  readonly task: Task;
  /** As it stands now: a repetition may meet one that is over. */
  readonly status: TaskStatus;
  readonly token: string;
}

/** A delegation that this agent may accept, and how the task stands that it is part of. */
export interface Offered {
  readonly delegation: Delegation;
  readonly version: number;
  readonly parent: Standing;
}

/** A delegation that can't be accepted, with what the agent that it is for may know of it. */
export interface NotOffered {
  readonly refusal: Refusal;
  readonly ancestors: readonly Ancestor[];
  readonly requester?: Requester;
}

export interface Attempt {
  readonly caller: Caller;
  readonly agent: AgentDefinition;
  readonly state: AgentState | undefined;
  /** Of the agent's state, where it has one. */
  readonly stateVersion: number | undefined;
  readonly rules: Rules;
  readonly proven: CallingAgent;
  /** As it was heard: masked, but for the values of parameters. */
  readonly wanted: WantedTask & { readonly purpose: string };
  /** What the parameters of the tasks above may be sealed with, and its own are. */
  readonly keys: TokenKeys;
  readonly requester: Requester | undefined;
  readonly offered: Offered | undefined;
  /** Of the task that it would be, also where its delegation can't be accepted. */
  readonly ancestors: readonly Ancestor[];
  readonly id: string;
  /** When its request came, before anybody had looked at its token. */
  readonly arrivedAt: Date;
  readonly now: Date;
}

export type OpeningDependencies = Omit<BrokerDependencies, 'sessions'>;

/** A task's token, as often as it is asked for: always bound to the key that opened the task, if any did. */
export function tokenOf(task: Task, keys: TokenKeys, now: Date): string {
  const { id, agent, ancestors, expiresAt, boundTo } = task;
  const claims = {
    task: id,
    agent,
    ancestors,
    expiresAt: new Date(expiresAt),
    ...(boundTo === undefined ? {} : { boundTo }),
  };
  return mintTaskToken(claims, keys, now);
}
