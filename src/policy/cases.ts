// The operator's own cases: what is asked, and what policy must answer to it.
import type { Config } from '../config/index.ts';
import type { Decision, DecisionInput, HumanQuestion } from './model.ts';
import { readPolicies } from './policies.ts';

/** What a case says of the answer, beside its outcome. What it leaves out may be anything. */
interface Expected {
  /** Exactly those that determined it, sorted. */
  readonly policies?: readonly string[];
  readonly approvals?: {
    readonly count?: number;
    readonly of?: Readonly<Record<string, number>>;
  };
  readonly code?: string;
}

export interface PolicyCase {
  /** Relative to the config directory, with forward slashes. */
  readonly file: string;
  /** What it is about, in the operator's words. */
  readonly about?: string;
  readonly asks: { readonly operation: DecisionInput } | { readonly human: HumanQuestion };
  readonly outcome: Decision['outcome'];
  readonly expect: Expected;
  /** Where the file says what is expected. What has no line stands on the first. */
  readonly lines: Readonly<Partial<Record<keyof Expected, number>>>;
}

/** A policy of the operator's, by its name and its place. */
export interface PlacedPolicy {
  readonly id: string;
  readonly file: string;
  readonly line: number;
}

/** Of a config that was checked: in the order of its files. */
export function placesOfPolicies(config: Pick<Config, 'policies'>): readonly PlacedPolicy[] {
  return readPolicies(config).map(({ id, file, piece }) => ({ id, file, line: piece.line }));
}
