// One event as an OCSF record: what OCSF has words for in its words, and the whole event beside it.
import type { StoredEvent } from '../../ports/events.ts';
import { timeOf } from '../../shared/ids.ts';
import type { Json, JsonObject } from '../../shared/json.ts';
import { type Attested, attested, EXTENSION, INTEGRITY_PROFILE } from './attest.ts';
import { CLASSES, CONTROLS, OTHER, type RecordClass, SEVERITIES } from './classes.ts';
import { chosenFor, type Told, toldOf } from './events.ts';
import { observablesOf } from './observables.ts';
import { PARTS } from './parts.ts';
import { anyOf, countIn, isObject, momentIn, objectIn, objectsIn, textIn } from './read.ts';
import { outcomeOf, traceOf } from './what.ts';
import { actorOf } from './who.ts';

const VERSION = '1.8.0';
const PRODUCT = { name: 'Bailiwick', uid: 'bailiwick', vendor_name: 'Bailiwick' } as const;

interface Seen {
  readonly id: string;
  readonly stream: string;
  readonly time: number;
  readonly body: JsonObject;
}

/** What has no place of its own in OCSF, and is asked for nevertheless. */
function tagsOf(body: JsonObject): readonly JsonObject[] {
  const [root] = objectsIn(body, 'ancestors');
  const tags = {
    task: textIn(body, 'task'),
    root: root === undefined ? undefined : textIn(root, 'task'),
    approval: textIn(body, 'approval'),
    delegation: textIn(body, 'delegation'),
    owner: textIn(objectIn(body, 'owner'), 'email'),
    requester: textIn(objectIn(body, 'requester'), 'id'),
    config: textIn(body, 'configDigest'),
  };
  return Object.entries(tags).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}

function metadataOf({ id, body }: Seen, profiles: readonly string[]): JsonObject {
  return {
    version: VERSION,
    product: PRODUCT,
    uid: id,
    log_name: 'audit',
    event_code: textIn(body, 'type'),
    correlation_uid: textIn(body, 'call') ?? textIn(body, 'task'),
    tags: anyOf(tagsOf(body)),
    profiles: anyOf(profiles),
    ...(profiles.includes(INTEGRITY_PROFILE) ? { extensions: [EXTENSION] } : {}),
  };
}

interface Kind {
  readonly of: RecordClass;
  readonly activity: string;
  readonly status?: string;
}

function numberOf(numbers: Readonly<Record<string, number>>, name: string): number {
  return Object.hasOwn(numbers, name) ? (numbers[name] ?? OTHER) : OTHER;
}

function classification({ of, activity, status }: Kind): JsonObject {
  const { uid, name, category, activities, statuses } = of;
  const activityId = numberOf(activities, activity);
  return {
    ...{ category_uid: category.uid, category_name: category.name, class_uid: uid, class_name: name },
    ...{ activity_id: activityId, activity_name: activity },
    ...{
      type_uid: uid * 100 + activityId,
      type_name: `${name}: ${activityId === OTHER ? 'Other' : activity}`,
    },
    ...(status === undefined ? {} : { status_id: numberOf(statuses, status), status }),
  };
}

/** Where it is known how long it took, it ended when it was told. */
function timesOf(time: number, body: JsonObject): JsonObject {
  const duration = countIn(body, 'milliseconds');
  if (duration === undefined || duration > time) return { time, timezone_offset: 0 };
  return { time, timezone_offset: 0, duration, start_time: time - duration, end_time: time };
}

/** A code that says that an agent has left its task, or had a secret in what it sent. */
const GRAVE: ReadonlySet<string> = new Set(['outside_task', 'secret_egress']);

function severityOf({ severity = 'Informational' }: Told, code: string | undefined): JsonObject {
  const word = severity === 'Low' && code !== undefined && GRAVE.has(code) ? 'Medium' : severity;
  return { severity_id: SEVERITIES[word], severity: word };
}

type Mapped = { readonly record: JsonObject; readonly profiles: readonly string[] };

/** Undefined where the event lacks what its class must have. */
function mapped(told: Told, { id, time, body }: Seen): Mapped | undefined {
  const className = chosenFor(told.class, body);
  const of: RecordClass = CLASSES[className];
  const parts = PARTS[className]({ id, time, body, by: actorOf(body, told.doer) });
  if (parts === undefined) return undefined;
  const { code, detail } = outcomeOf(body);
  const control = chosenFor(told.control, body);
  const trace = of.trace === true ? traceOf(body) : undefined;
  const kind = { of, activity: chosenFor(told.activity, body), status: chosenFor(told.status, body) };
  return {
    record: {
      ...classification(kind),
      ...severityOf(told, code),
      status_code: code,
      status_detail: detail,
      message: told.message(body),
      ...(control === undefined ? {} : CONTROLS[control]),
      trace,
      ...parts,
    },
    profiles: [
      ...(of.actor === 'host' ? ['host'] : []),
      ...(control === undefined ? [] : ['security_control']),
      ...(trace === undefined ? [] : ['trace']),
    ],
  };
}

/** What is not known, as one that a later broker wrote, or that somebody damaged. */
function unknown({ body }: Seen): Mapped {
  const type = textIn(body, 'type');
  const kind = { of: CLASSES.base, activity: type ?? 'Unknown' };
  const message =
    type === undefined ? 'An event that does not say what it is.' : `An event of the type ${type}.`;
  return {
    record: { ...classification(kind), severity_id: 0, severity: 'Unknown', message },
    profiles: [],
  };
}

function seen({ id, stream, body: stored }: StoredEvent): Seen {
  const body = isObject(stored) ? stored : {};
  const time = momentIn(body, 'at') ?? timeOf('evt', id)?.getTime() ?? 0;
  return { id, stream, time, body };
}

interface Made {
  readonly it: Seen;
  readonly parts: JsonObject;
  readonly profiles: readonly string[];
  readonly unmapped: JsonObject;
}

function madeOf(event: StoredEvent): Made {
  const it = seen(event);
  const told = toldOf(textIn(it.body, 'type') ?? '');
  const { record, profiles } = (told === undefined ? undefined : mapped(told, it)) ?? unknown(it);
  const parts = { ...record, ...timesOf(it.time, it.body), observables: anyOf(observablesOf(record)) };
  return { it, parts, profiles, unmapped: { stream: it.stream, event: event.body } };
}

function sealed({ it, parts, profiles, unmapped }: Made): Attested {
  const metadata = metadataOf(it, [...profiles, INTEGRITY_PROFILE]);
  return attested({ ...parts, unmapped, metadata }, it.id);
}

function known(value: Json): Json {
  if (Array.isArray(value)) return value.map(known);
  return isObject(value) ? knownIn(value) : value;
}

/** Without the members that are there and undefined, of which nobody else should have to know. */
function knownIn(parts: JsonObject): JsonObject {
  const members = Object.entries(parts).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, known(value)] as const],
  );
  return Object.fromEntries(members);
}

/** Pure and total: the same record for the same event, whoever makes it and when. */
export function ocsfRecord(event: StoredEvent): JsonObject {
  const made = madeOf(event);
  const { unmapped, profiles } = made;
  try {
    const { unmapped: _, ...parts } = sealed(made).record;
    return { ...knownIn(parts), unmapped };
  } catch {
    // What has no canonical form can't be archived as a record either: whoever tries that finds out.
    return { ...knownIn({ ...made.parts, metadata: metadataOf(made.it, profiles) }), unmapped };
  }
}

/** The record's canonical form, written once for both its fingerprint and itself. Throws where it has none. */
export function ocsfText(event: StoredEvent): string {
  return sealed(madeOf(event)).text();
}
