// What policy is asked and what it answers.
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

/**
 * One thing an agent wants done, as a connector has made it out: masked, and exactly as it is recorded. What only
 * some kinds of target know is left out for the others, and while it is not known yet, as when a task is opened.
 */
export interface Operation {
  /** `target:capability`. */
  readonly capability: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly http?: { readonly method: string; readonly route: string };
  readonly sql?: {
    /** The kinds of its statements: `select`, `update`. */
    readonly statements: readonly string[];
    readonly reads: readonly string[];
    readonly writes: readonly string[];
    readonly functions: readonly string[];
  };
  /** What is run, by SSH or in a pod. */
  readonly command?: { readonly argv: readonly string[] };
  readonly kubernetes?: { readonly namespace: string; readonly pod: string; readonly container?: string };
  /** How many rows it asks for at most. */
  readonly maxRows?: number;
  /** Whether it says itself that it asks for more than a read is capped at. */
  readonly export?: true;
}

/** A task, as much of it as decides: the one that the operation is of, or one above it. */
export interface DecidedTask {
  readonly agent: string;
  readonly purpose: string;
  readonly requester?: { readonly id: string; readonly proven: boolean };
  readonly openedAt: string;
  /** How many tasks stand above it. */
  readonly chainDepth: number;
}

/** Everything that a decision follows from, beside the config. It is recorded, so that it can be decided again. */
export interface DecisionInput {
  readonly at: string;
  /** The caller's address, as the front door saw it. */
  readonly address: string;
  /** The task itself first, then those above it, the root before the others. */
  readonly chain: readonly DecidedTask[];
  readonly operations: readonly Operation[];
  /** Who has approved it, where somebody has: left out, nobody has been asked. */
  readonly approvals?: { readonly count: number; readonly of: Readonly<Record<string, number>> };
}

interface AnyHumanQuestion {
  readonly human: { readonly id: string; readonly groups: readonly string[] };
}

/** May this person do this to an agent, a task or the broker? */
export interface OperatorQuestion extends AnyHumanQuestion {
  readonly action: 'contain' | 'restore' | 'audit';
  readonly resource:
    | { readonly type: 'Agent'; readonly id: string }
    | { readonly type: 'Task'; readonly id: string; readonly agent: string }
    | { readonly type: 'Broker' };
}

/** May this person decide this approval, which an agent waits for at a target? */
export interface ApproverQuestion extends AnyHumanQuestion {
  readonly action: 'approve';
  readonly resource: {
    readonly type: 'Approval';
    readonly id: string;
    readonly agent: string;
    readonly target: string;
  };
}

export type HumanQuestion = OperatorQuestion | ApproverQuestion;

/** What a person was allowed to do, and what that was decided by. */
export interface Permission {
  readonly decision: Decision;
  readonly input: HumanQuestion;
}

/** What was answered before, by what the answer depends on. Only under one engine. */
export type Memory = Map<string, Answer>;
export type Answer = Omit<Decision, 'configDigest'> & {
  /** The policies that had a say on the way: those that stopped it, and those that permit once people approve. */
  readonly touched: readonly string[];
};

export interface PolicyEngine {
  /** One decision for each operation. The strictest of what each task in the chain would be told under its own rules. */
  decideEach(input: DecisionInput, memory?: Memory): readonly Decision[];
  /** The strictest of them all. */
  decide(input: DecisionInput, memory?: Memory): Decision;
  mayHuman(question: HumanQuestion): Decision;
}
