// Decides what was recorded again, under other rules of the operator's, and tells what would come out otherwise.
import {
  type Answer,
  countOf,
  type Decision,
  type DecisionInput,
  type Memory,
  STRICTNESS,
} from '../policy/index.ts';
import { Refusal } from '../shared/errors.ts';
import type { JsonObject } from '../shared/json.ts';
import { decideAgain } from './decide-again.ts';
import type { DecidingRules } from './dependencies.ts';
import { type RecordedDecisions, readDecisions, type Verdict } from './recorded-decisions.ts';

/** Which way it would change. What stays refused or stays to be approved may do so for another reason, or by others. */
export const WAYS = ['wider', 'narrower', 'other approvals', 'other refusal'] as const;
export type Way = (typeof WAYS)[number];

/** One operation that would be decided otherwise: a capability of an opening, or a call. */
export interface Change {
  readonly at: string;
  /** The id of the event that records it. */
  readonly event: string;
  readonly call?: string;
  /** An opening that was refused has none. */
  readonly task?: string;
  readonly agent: string;
  readonly target: string;
  /** `target:capability`, sorted. */
  readonly capabilities: readonly string[];
  readonly what: RecordedDecisions['what'];
  readonly change: Way;
  readonly was: Verdict;
  readonly wouldBe: Verdict;
}

export interface Counters {
  /** Read, of whatever kind. */
  events: number;
  /** Decided again. */
  operations: number;
  changed: number;
  /** Events that tell of a decision and can't be decided again: recorded without what it followed from, */
  withoutInput: number;
  /** or in a shape that is not understood. */
  unreadable: number;
}

export interface Backtest {
  /** As they stand: they grow while the changes are read. */
  readonly counters: Readonly<Counters>;
  /** In the order of the events. Each event is read when the changes of those before it have been taken. */
  readonly changes: AsyncIterable<Change>;
}

const MOST_ANSWERS = 10_000;
const MOST_CHARACTERS = 16_000_000;

/** Forgets all where it would hold too much: what is asked often is soon there again. */
class BoundedMemory extends Map<string, Answer> {
  #characters = 0;

  override set(key: string, answer: Answer): this {
    if (this.size >= MOST_ANSWERS || this.#characters + key.length > MOST_CHARACTERS) {
      this.clear();
      this.#characters = 0;
    }
    this.#characters += key.length;
    return super.set(key, answer);
  }
}

function verdictOf(decided: Decision | Refusal): Verdict {
  if (decided instanceof Refusal) return { outcome: 'denied', code: decided.code, policies: [] };
  const { configDigest: _, ...verdict } = decided;
  return verdict;
}

function sameApprovals(was: Verdict['approvals'], now: Verdict['approvals']): boolean {
  if (was === undefined || now === undefined) return was === now;
  const groups = new Set([...Object.keys(was.of), ...Object.keys(now.of)]);
  const same = (group: string) => countOf(was.of, group) === countOf(now.of, group);
  return was.count === now.count && [...groups].every(same);
}

/** Undefined where nothing changes. The policies that determine it may be others, with the same outcome. */
export function wayFrom(was: Verdict, now: Verdict): Way | undefined {
  if (was.outcome !== now.outcome) {
    return STRICTNESS[now.outcome] < STRICTNESS[was.outcome] ? 'wider' : 'narrower';
  }
  if (was.outcome === 'needsApproval') {
    return sameApprovals(was.approvals, now.approvals) ? undefined : 'other approvals';
  }
  return was.code === now.code ? undefined : 'other refusal';
}

function changeOf(
  { what, at, event, call, task, agent }: RecordedDecisions,
  { operations }: DecisionInput,
  was: Verdict,
  wouldBe: Verdict,
): Change | undefined {
  const change = wayFrom(was, wouldBe);
  if (change === undefined) return undefined;
  const capabilities = [...new Set(operations.map(({ capability }) => capability))].sort();
  const targets = new Set(capabilities.map((capability) => capability.split(':', 1)[0]));
  return {
    at,
    event,
    ...(call === undefined ? {} : { call }),
    ...(task === undefined ? {} : { task }),
    agent,
    target: [...targets].join(', '),
    capabilities,
    what,
    change,
    was,
    wouldBe,
  };
}

function changesOf(rules: DecidingRules, recorded: RecordedDecisions, memory: Memory): readonly Change[] {
  const { input, decided, refusedWhole } = recorded;
  const decide = (again: DecisionInput) => decideAgain(rules, again, memory);
  // One capability beyond the ceiling refuses an opening whole, those inside it too.
  const whole = refusedWhole ? decide(input) : undefined;
  return decided.flatMap(({ input: part, was }) => {
    const now = whole instanceof Refusal ? whole : decide(part);
    return changeOf(recorded, part, was, verdictOf(now)) ?? [];
  });
}

/** Of one agent's own operations only, where one is named. */
export function backtest(rules: DecidingRules, events: AsyncIterable<JsonObject>, agent?: string): Backtest {
  const counters: Counters = { events: 0, operations: 0, changed: 0, withoutInput: 0, unreadable: 0 };
  const memory = new BoundedMemory();
  async function* changes(): AsyncGenerator<Change> {
    for await (const event of events) {
      counters.events += 1;
      if (agent !== undefined && event['agent'] !== agent) continue;
      const recorded = readDecisions(event);
      if (recorded === undefined) continue;
      if (typeof recorded === 'string') {
        counters[recorded] += 1;
        continue;
      }
      counters.operations += recorded.decided.length;
      for (const change of changesOf(rules, recorded, memory)) {
        counters.changed += 1;
        yield change;
      }
    }
  }
  return { counters, changes: changes() };
}
