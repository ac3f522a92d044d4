// An agent's status: whether it may act, and which change of it may follow which.
import type { Permission } from '../policy/index.ts';
import type { RecordKey } from '../ports/records.ts';
import { Refusal } from '../shared/errors.ts';
import type { JsonObject } from '../shared/json.ts';
import type { Owner } from '../tasks/index.ts';

export type AgentStatus = 'active' | 'quarantined' | 'disabled';

/** A ceiling as it stood in one version of the agent's file. */
export interface Ceiling {
  readonly capabilities: readonly string[];
  /** SHA-256 of the file. */
  readonly digest: string;
  readonly at: string;
}

export interface Attestation extends Ceiling {
  readonly by: string;
  readonly reason: string;
  /** The review date that stood in the file. */
  readonly reviewBy?: string;
}

export type AgentChangeName = 'quarantine' | 'disable' | 'reinstate' | 'attest';

/** What was done to an agent last, as much of it as its event says. */
export interface AgentChange {
  readonly name: AgentChangeName;
  readonly at: string;
  readonly by: string;
  readonly reason: string;
  /** Where its event stands. */
  readonly event: string;
  readonly configDigest: string;
  /** Who answered for the agent then. */
  readonly owner?: Owner;
  /** What was attested, by an attestation. */
  readonly attested?: { readonly digest: string; readonly capabilities: readonly string[] };
  /** By which policies they were let do it. */
  readonly permission?: Permission;
  /** What is recorded of the request that made it. */
  readonly request?: JsonObject;
}

export interface AgentState {
  readonly status: AgentStatus;
  /**
   * How often it was disabled. A task belongs to the generation it was opened in, and is over once another has
   * begun: so all of them end at once, whatever the clocks say, and stay ended when the agent is reinstated.
   */
  readonly generation?: number;
  /** When the status became this one, by whom and why. */
  readonly since?: string;
  readonly by?: string;
  readonly reason?: string;
  /** The first that the broker has seen: what counts as unchanged until somebody attests. */
  readonly firstCeiling?: Ceiling;
  readonly attestation?: Attestation;
  readonly lastChange?: AgentChange;
  /** Earlier changes that could not be written down yet. */
  readonly untold?: readonly AgentChange[];
}

export function agentKey(agent: string): RecordKey {
  return { partition: `agent/${agent}`, sort: 'state' };
}

/** Where it is counted how often the agent was seen, and when last. Apart from its state: who counts may not change that. */
export function seenKey(agent: string): RecordKey {
  return { partition: `seen/${agent}`, sort: 'seen' };
}

export function generationOf(state: AgentState | undefined): number {
  return state?.generation ?? 0;
}

/** An agent of which nothing is recorded is active: the registry is the operator's files. */
export function statusProblem(agent: string, state: AgentState | undefined): Refusal | undefined {
  switch (state?.status) {
    case undefined:
    case 'active':
      return undefined;
    case 'quarantined':
      return new Refusal(
        'agent_quarantined',
        `The agent ${agent} is quarantined. Ask its owner or an operator.`,
      );
    // Disabled, or what a later version recorded and this one does not know: then nothing is allowed.
    default:
      return new Refusal('agent_disabled', `The agent ${agent} is disabled. Ask its owner or an operator.`);
  }
}

interface StatusChange {
  readonly from: readonly AgentStatus[];
  readonly to: AgentStatus;
}

/** An attestation is no change of status: it stands beside it. */
export const AGENT_CHANGES = {
  quarantine: { from: ['active'], to: 'quarantined' },
  disable: { from: ['active', 'quarantined'], to: 'disabled' },
  reinstate: { from: ['quarantined', 'disabled'], to: 'active' },
} as const satisfies Readonly<Record<Exclude<AgentChangeName, 'attest'>, StatusChange>>;

/** The state after the change; the same one where it is so already; undefined where it can't become so from here. */
export function changeStatus(
  state: AgentState | undefined,
  name: keyof typeof AGENT_CHANGES,
  change: AgentChange,
): AgentState | undefined {
  const before: AgentState = state ?? { status: 'active' };
  const { from, to }: StatusChange = AGENT_CHANGES[name];
  if (before.status === to) return before;
  if (!from.includes(before.status)) return undefined;
  const { at, by, reason } = change;
  return {
    ...before,
    status: to,
    since: at,
    by,
    reason,
    lastChange: change,
    ...(name === 'disable' ? { generation: generationOf(state) + 1 } : {}),
  };
}
