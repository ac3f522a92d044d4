// The deny of a role, rendered whole from which tasks with sessions on it are over: never one that is not.

import { MOST_INLINE_CHARACTERS } from '../ports/revoker.ts';
import { dateText } from './date-text.ts';

/** A task that is over before its time and may still have sessions that work. */
export interface EndedTask {
  readonly task: string;
  readonly agent: string;
  readonly root: string;
  /** Whether the task at the root of its tree is over, and so all of them. */
  readonly rootOver: boolean;
  /** Since when its agent is disabled, if it is. */
  readonly agentDisabled?: Date;
  /** Whether somebody stopped it. What merely finished gives way to it. */
  readonly revoked: boolean;
  /** When its latest session was asked for. */
  readonly latest: Date;
  /** When the last of them ends by itself. */
  readonly endsBy: Date;
  /** Since when its sessions have been denied, if they are. */
  readonly since?: string;
}

export interface DenyPlan {
  /** Undefined where nothing has to be denied. */
  readonly document: string | undefined;
  /** The tasks whose sessions it denies. */
  readonly denied: ReadonlySet<string>;
  /** Those over for which there is no room. */
  readonly waiting: ReadonlySet<string>;
}

/** Clocks may differ by so much: ours, which says when a session was asked for, and that of STS, which dates it. */
const SKEW = 60_000;
/** From when a session is asked for to when STS has made it, at the most. */
const ISSUING = 60_000;
/** Dates in policies are cut to the second. */
const CUT = 1000;
/** So long after it was asked for, STS may say that it has made a session. */
const LATEST = ISSUING + SKEW + CUT;

/** One value of a list in the document, and the tasks that it denies. */
interface Entry {
  readonly tag: 'agent' | 'root' | 'task';
  readonly value: string;
  readonly tasks: readonly EndedTask[];
  /** Of an agent: what it was vended later is none of this. */
  readonly until?: Date;
}

interface Before {
  readonly time: Date;
  readonly except: readonly string[];
}

function statementOf(sid: string, conditions: object) {
  return { Sid: sid, Effect: 'Deny', Action: '*', Resource: '*', Condition: conditions };
}

const SIDS = { root: 'EndedTrees', task: 'EndedTasks' } as const;

/** Of the broker's own sessions alone, by their tag and their name: others on the same role are none of its business. */
function beforeStatement({ time, except }: Before) {
  return statementOf('EarlierSessions', {
    DateLessThan: { 'aws:TokenIssueTime': dateText(time) },
    Null: { 'aws:PrincipalTag/task': 'false' },
    StringLike: { 'aws:userid': '*:task_*' },
    ...(except.length === 0 ? {} : { StringNotEquals: { 'aws:PrincipalTag/task': except } }),
  });
}

/** A statement for each, since each has a time of its own: so an agent that may act again is not kept waiting for IAM. */
function agentStatements(entries: readonly Entry[]) {
  const agents = entries.filter(({ tag }) => tag === 'agent').sort((a, b) => (a.value < b.value ? -1 : 1));
  return agents.map(({ value, until = new Date(0) }, place) =>
    statementOf(`DisabledAgent${place}`, {
      StringEquals: { 'aws:PrincipalTag/agent': value },
      DateLessThan: { 'aws:TokenIssueTime': dateText(until) },
    }),
  );
}

/** Sorted, so that the same tasks always make the same document. */
function render(entries: readonly Entry[], before?: Before): string {
  const lists = (['root', 'task'] as const).flatMap((tag) => {
    const values = entries
      .filter((entry) => entry.tag === tag)
      .map(({ value }) => value)
      .sort();
    return values.length === 0
      ? []
      : [statementOf(SIDS[tag], { StringEquals: { [`aws:PrincipalTag/${tag}`]: values } })];
  });
  const all = [
    ...agentStatements(entries),
    ...lists,
    ...(before === undefined ? [] : [beforeStatement(before)]),
  ];
  return JSON.stringify({ Version: '2012-10-17', Statement: all });
}

function groupedBy(tasks: readonly EndedTask[], name: (task: EndedTask) => string) {
  return Map.groupBy(tasks, name).entries();
}

/** A disabled agent is one entry, as is a tree whose root is over; every other task is its own. */
function entriesOf(ended: readonly EndedTask[]): readonly Entry[] {
  const entries: Entry[] = [];
  const ofDisabled = ended.filter(({ agentDisabled }) => agentDisabled !== undefined);
  for (const [value, tasks] of groupedBy(ofDisabled, ({ agent }) => agent)) {
    const since = Math.max(...tasks.map(({ agentDisabled }) => agentDisabled?.getTime() ?? 0));
    entries.push({ tag: 'agent', value, tasks, until: new Date(since + LATEST) });
  }
  const others = ended.filter(({ agentDisabled }) => agentDisabled === undefined);
  for (const [root, tasks] of groupedBy(others, ({ root }) => root)) {
    if (tasks.length > 1 && tasks.every(({ rootOver }) => rootOver)) {
      entries.push({ tag: 'root', value: root, tasks });
    } else for (const one of tasks) entries.push({ tag: 'task', value: one.task, tasks: [one] });
  }
  return entries.sort(byUrgency);
}

/** What was revoked goes first, then what is denied already, then what would work for longest. */
function byUrgency(a: Entry, b: Entry): number {
  return compare(urgencyOf(a), urgencyOf(b));
}

function urgencyOf({ tasks, value }: Entry): readonly (number | string)[] {
  return [
    tasks.some(({ revoked }) => revoked) ? 0 : 1,
    tasks.some(({ since }) => since !== undefined) ? 0 : 1,
    -Math.max(...tasks.map(({ endsBy }) => endsBy.getTime())),
    value,
  ];
}

function compare(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  for (const [place, one] of a.entries()) {
    const other = b[place] ?? 0;
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}

interface Chosen {
  readonly entries: readonly Entry[];
  readonly left: readonly Entry[];
  readonly before?: Before;
}

/** The comma before a statement, and the digits that its name may have more. */
const MOST_DIGITS = 4;
const EMPTY = render([]).length;

/** What one more entry adds: its quotes and a comma; or a statement, where it has one of its own or is the first in it. */
function sizeOf(entry: Entry, chosen: readonly Entry[]): number {
  const more = entry.tag !== 'agent' && chosen.some(({ tag }) => tag === entry.tag);
  return more ? entry.value.length + 3 : render([entry]).length - EMPTY + MOST_DIGITS;
}

/** The most urgent ones that fit. */
function choose(entries: readonly Entry[], room: number, before?: Before): Chosen {
  const chosen: Entry[] = [];
  const left: Entry[] = [];
  let size = render([], before).length;
  for (const entry of entries) {
    const more = sizeOf(entry, chosen);
    if (size + more > room) left.push(entry);
    else {
      chosen.push(entry);
      size += more;
    }
  }
  return { entries: chosen, left, ...(before === undefined ? {} : { before }) };
}

/** How many stay undenied: those that somebody stopped, then the rest. */
function lackOf({ left }: Chosen): readonly number[] {
  const tasks = left.flatMap((entry) => entry.tasks);
  const revoked = tasks.filter((task) => task.revoked).length;
  return [revoked, tasks.length - revoked];
}

/**
 * Everything issued before a moment, but for the tasks that are still open. That moment lies so far back that whatever
 * is issued from now on comes after it, by whichever clock. What was issued around it is named one by one.
 */
function chooseBefore(
  entries: readonly Entry[],
  live: readonly string[],
  now: Date,
  room: number,
): Chosen | undefined {
  const before: Before = { time: new Date(now.getTime() - SKEW), except: [...live].sort() };
  if (render([], before).length > room) return undefined;
  const surely = before.time.getTime() - LATEST;
  const recent = entries.filter(({ tasks }) => tasks.some(({ latest }) => latest.getTime() > surely));
  return choose(recent, room, before);
}

/** `live` are all open tasks that may have sessions on the role by now, whatever of these works. */
export function planDeny(
  ended: readonly EndedTask[],
  live: readonly string[],
  now: Date,
  room = MOST_INLINE_CHARACTERS,
): DenyPlan {
  if (ended.length === 0) return { document: undefined, denied: new Set(), waiting: new Set() };
  const entries = entriesOf(ended);
  const listed = choose(entries, room);
  const before = listed.left.length === 0 ? undefined : chooseBefore(entries, live, now, room);
  const chosen = before !== undefined && compare(lackOf(before), lackOf(listed)) < 0 ? before : listed;
  const waiting = new Set(chosen.left.flatMap(({ tasks }) => tasks).map(({ task }) => task));
  const denied = new Set(ended.map(({ task }) => task).filter((task) => !waiting.has(task)));
  const nothing = chosen.entries.length === 0 && chosen.before === undefined;
  return { document: nothing ? undefined : render(chosen.entries, chosen.before), denied, waiting };
}
