// What policy is asked and what it answers.
import type { Impact } from '../config/index.ts';
import type { Code } from '../shared/codes.ts';

/** As the contract prints it. */
export interface Decision {
  readonly outcome: 'allowed' | 'denied' | 'needsApproval';
  readonly code?: Code;
  readonly approvals?: {
    readonly count: number;
    /** Only groups that policies put a number to; empty means anyone who may `approve`. */
    readonly of: Readonly<Record<string, number>>;
  };
  /** Ids of the policies that determined it, sorted. */
  readonly policies: readonly string[];
  readonly configDigest: string;
}

/** May this agent use this capability of this target? */
export interface CapabilityQuestion {
  readonly agent: string;
  readonly target: string;
  /** Without the target: `read`. */
  readonly capability: string;
  /** What the capability declares; `boundary` is added by policy itself. */
  readonly impacts: readonly Impact[];
  readonly task: {
    readonly purpose: string;
    readonly requester?: { readonly id: string; readonly proven: boolean };
    /** How many tasks stand above this one. */
    readonly chainDepth: number;
  };
}

/** May this person do this to an agent, a task or the broker? */
export interface HumanQuestion {
  readonly human: { readonly id: string; readonly groups: readonly string[] };
  readonly action: 'contain' | 'restore' | 'audit';
  readonly resource:
    | { readonly type: 'Agent'; readonly id: string }
    | { readonly type: 'Task'; readonly id: string; readonly agent: string }
    | { readonly type: 'Broker' };
}

export interface PolicyEngine {
  decide(question: CapabilityQuestion): Decision;
  mayHuman(question: HumanQuestion): Decision;
}
