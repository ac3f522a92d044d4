// Changes put together: how many of the same kind there are, by agent and target, in memory that does not grow with them.
import type { Change } from './backtest.ts';

export interface ChangeGroup
  extends Pick<Change, 'agent' | 'target' | 'capabilities' | 'what' | 'change' | 'was' | 'wouldBe'> {
  readonly count: number;
  /** When the first and the last of them were recorded. */
  readonly first: string;
  readonly last: string;
  /** Some of them: calls by their ids, openings by their task's or their event's. */
  readonly examples: readonly string[];
}

export interface ChangeGroups {
  add(change: Change): void;
  /** By agent and target, then by what would change, and how. */
  list(): readonly ChangeGroup[];
  /** Changes that are in no group, because there were too many kinds of them. */
  leftOut(): number;
}

const MOST_GROUPS = 10_000;
const MOST_CHARACTERS = 16_000_000;
const MOST_EXAMPLES = 20;
const MOST_POLICIES = 20;

interface Growing extends ChangeGroup {
  count: number;
  first: string;
  last: string;
  readonly examples: string[];
}

/** In the order that groups are listed in. Which policies decide may differ within a group: its first change says. */
function keyOf({ agent, target, capabilities, what, change, was, wouldBe }: Change): string {
  const kinds = [was, wouldBe].map(({ outcome, code = '', approvals }) => {
    const of = Object.entries(approvals?.of ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    return [outcome, code, approvals?.count ?? 0, of];
  });
  return JSON.stringify([agent, target, capabilities, what, change, ...kinds]);
}

function few<Verdict extends Change['was']>(verdict: Verdict): Verdict {
  return { ...verdict, policies: verdict.policies.slice(0, MOST_POLICIES) };
}

function begun({ at, agent, target, capabilities, what, change, was, wouldBe }: Change): Growing {
  const sides = { was: few(was), wouldBe: few(wouldBe) };
  return { agent, target, capabilities, what, change, ...sides, count: 0, first: at, last: at, examples: [] };
}

/** Events come in the order of their ids, which is almost that of their times. */
function addTo(group: Growing, { at, call, task, event }: Change): void {
  group.count += 1;
  group.first = at < group.first ? at : group.first;
  group.last = at > group.last ? at : group.last;
  const example = call ?? task ?? event;
  if (group.examples.length < MOST_EXAMPLES && !group.examples.includes(example))
    group.examples.push(example);
}

export function createChangeGroups(mostGroups = MOST_GROUPS): ChangeGroups {
  const groups = new Map<string, Growing>();
  let characters = 0;
  let leftOut = 0;
  return {
    add(change) {
      const key = keyOf(change);
      let group = groups.get(key);
      if (group === undefined) {
        if (groups.size >= mostGroups || characters + key.length > MOST_CHARACTERS) {
          leftOut += 1;
          return;
        }
        characters += key.length;
        group = begun(change);
        groups.set(key, group);
      }
      addTo(group, change);
    },
    list: () => [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group),
    leftOut: () => leftOut,
  };
}
