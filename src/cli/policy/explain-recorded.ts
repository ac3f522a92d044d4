// Finds what was recorded of one call, or of the opening of one task.
import { type RecordedDecisions, readDecisions } from '../../broker/index.ts';
import { isId, timeOf } from '../../shared/ids.ts';
import { canonicalJson, type Json, type JsonObject } from '../../shared/json.ts';
import { WrongUse } from '../remote/trouble.ts';
import { type Gap, lackedBy } from './explain-structure.ts';
import type { Recorded } from './recorded.ts';

export interface Found {
  readonly id: string;
  readonly at: string;
  readonly event: string;
  readonly type: string;
  readonly agent: string;
  readonly task?: string;
  readonly configDigest: string;
  /** With what each decision follows from. Empty where nothing was decided by the operator's files. */
  readonly decided: RecordedDecisions['decided'];
  /** The "no" that the agent got, whoever said it. */
  readonly refusal?: { readonly code: string; readonly detail: string };
  /** What the task did not cover. */
  readonly uncovered: readonly Gap[];
  /** Why a decision that was recorded can't be explained, in words. */
  readonly unusable?: string;
}

const KINDS = ['call', 'task', 'evt'] as const;
export type Kind = (typeof KINDS)[number];

/** A call, a task, or the event of an opening that was refused; undefined for anything else. */
export function kindOf(text: string): Kind | undefined {
  return KINDS.find((kind) => isId(kind, text));
}

/** An event's id is made when its request is worked on, which takes less than a minute. */
const BEFORE = 1000;
const AFTER = 120_000;

async function eventsAround(
  recorded: Recorded,
  kind: Kind,
  id: string,
  isMeant: (event: JsonObject) => boolean,
): Promise<readonly JsonObject[]> {
  const made = timeOf(kind, id)?.getTime() ?? 0;
  const span = { from: new Date(Math.max(0, made - BEFORE)), until: new Date(made + AFTER) };
  const found: JsonObject[] = [];
  for await (const event of recorded.events(span)) if (isMeant(event)) found.push(event);
  return found;
}

function textIn(event: JsonObject, name: string): string | undefined {
  const value = event[name];
  return typeof value === 'string' ? value : undefined;
}

function objectIn(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

function refusalIn(event: JsonObject): Found['refusal'] {
  const place = objectIn(event['refusal']) ?? event;
  const [code, detail] = [textIn(place, 'code'), textIn(place, 'detail')];
  return code === undefined || detail === undefined ? undefined : { code, detail };
}

interface Capability {
  readonly capability: string;
  readonly parameters?: Json;
}

function capabilitiesIn(value: Json | undefined): readonly Capability[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: Json) => {
    const { capability, parameters } = objectIn(one) ?? {};
    return typeof capability !== 'string'
      ? []
      : [{ capability, ...(parameters === undefined ? {} : { parameters }) }];
  });
}

function parametersText(parameters: Json | undefined): string {
  const pairs = Object.entries(objectIn(parameters) ?? {});
  return pairs.length === 0 ? 'none' : pairs.map(([name, value]) => `${name}=${String(value)}`).join(' ');
}

/** What the task lacked: it is told by the event of its opening, which is longer ago. */
async function uncoveredBy(
  recorded: Recorded,
  task: string | undefined,
  requested: readonly Capability[],
): Promise<readonly Gap[]> {
  if (task === undefined || !isId('task', task)) return [];
  const isOpening = (event: JsonObject) => event['type'] === 'task.opened' && event['task'] === task;
  const [opening] = await eventsAround(recorded, 'task', task, isOpening);
  if (opening === undefined) return [];
  const held = capabilitiesIn(opening['capabilities']);
  const otherwise = requested.flatMap(({ capability, parameters }): readonly Gap[] => {
    const same = held.filter((one) => one.capability === capability);
    const isHeld = same.some(
      (one) => canonicalJson(one.parameters ?? {}) === canonicalJson(parameters ?? {}),
    );
    if (same.length === 0 || isHeld || parameters === undefined) return [];
    const others = same.map((one) => parametersText(one.parameters)).join(' or ');
    return [{ code: 'outside_task', says: `the task holds ${capability} with other parameters: ${others}` }];
  });
  return [
    ...lackedBy(
      held.map(({ capability }) => capability),
      requested,
    ),
    ...otherwise,
  ];
}

const UNUSABLE = {
  withoutInput: 'it was recorded by an earlier version, which did not keep what a decision follows from',
  unreadable: 'what was recorded can not be read: it is of another version, or damaged',
} as const;

/** Of a call's events the one that tells how it was decided, else how it ended, else that it began. */
function telling(events: readonly JsonObject[]): JsonObject | undefined {
  const has = (isIt: (event: JsonObject) => boolean) => events.find(isIt);
  return (
    has((event) => readDecisions(event) !== undefined) ??
    has((event) => refusalIn(event) !== undefined) ??
    has(({ type }) => type !== 'call.requested') ??
    events[0]
  );
}

const NO_SUCH: Readonly<Record<Kind, string>> = {
  call: 'a call',
  task: 'the opening of a task',
  evt: 'an event',
};

/** What each kind of id stands for. */
const MEANS: Readonly<Record<Kind, (event: JsonObject, id: string) => boolean>> = {
  call: (event, id) => event['call'] === id,
  task: (event, id) => event['task'] === id && event['type'] === 'task.opened',
  evt: (event, id) => event['id'] === id,
};

export async function findRecorded(recorded: Recorded, kind: Kind, id: string): Promise<Found> {
  const events = await eventsAround(recorded, kind, id, (event) => MEANS[kind](event, id));
  const event = telling(events);
  if (event === undefined) {
    throw new WrongUse(`There is no event of ${NO_SUCH[kind]} with the id ${id} in ${recorded.where}.`);
  }
  const read = readDecisions(event);
  const refusal = refusalIn(event);
  if (kind === 'evt' && read === undefined && refusal === undefined) {
    throw new WrongUse(`Nothing was decided in ${id}: it is ${textIn(event, 'type') ?? 'an event'}.`);
  }
  const task = textIn(event, 'task');
  const requested = events.flatMap((one) => capabilitiesIn(one['requested']));
  const isUncovered = refusal?.code === 'outside_task' && requested.length > 0;
  return {
    id,
    at: textIn(event, 'at') ?? '',
    event: textIn(event, 'id') ?? '',
    type: textIn(event, 'type') ?? '',
    agent: textIn(event, 'agent') ?? '',
    ...(task === undefined ? {} : { task }),
    configDigest: textIn(event, 'configDigest') ?? '',
    decided: typeof read === 'object' ? read.decided : [],
    ...(refusal === undefined ? {} : { refusal }),
    uncovered: isUncovered ? await uncoveredBy(recorded, task, requested) : [],
    ...(typeof read === 'string' ? { unusable: UNUSABLE[read] } : {}),
  };
}
