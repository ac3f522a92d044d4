// Leaves nothing hanging: ends calls past their deadline, and mends what only one of two writes recorded.
import { type EventBody, storedEvent } from '../audit/index.ts';
import type { StoredEvent } from '../ports/events.ts';
import type { RecordKey, StoredRecord } from '../ports/records.ts';
import type { Json } from '../shared/json.ts';
import {
  type Call,
  type CallChangeName,
  type CallEnding,
  changeCall,
  duePartitions,
  type Task,
} from '../tasks/index.ts';
import type { BrokerDependencies } from './dependencies.ts';
import { taskEndEvent } from './finish-task.ts';
import { callOptions } from './keeping.ts';
import { AUDIT_UNAVAILABLE } from './refusals.ts';

type Dependencies = Pick<BrokerDependencies, 'records' | 'events' | 'clock' | 'log'>;

const MINUTE = 60_000;
/** A minute is looked at once it is over by this much: the index is eventually consistent. */
const MARGIN = 30_000;
/** After a long stop the backlog is worked off over several passes. */
const MAX_MINUTES_A_PASS = 120;
const AT_ONCE = 25;

const PROGRESS: RecordKey = { partition: 'reconciler', sort: 'progress' };
const FAR_FUTURE = new Date('9999-01-01T00:00:00Z');

export interface ReconcilerPass {
  readonly minutes: number;
  readonly ended: number;
  readonly mended: number;
}

interface Progress {
  /** The start of the last minute that was looked at. */
  readonly through: string;
}

/**
 * Looks at every minute since the last pass. With `nothingUnderWay`, as when a broker of one process has just
 * started, it also looks at the calls whose deadline is still ahead: whoever made them is gone.
 */
export async function reconcile(
  dependencies: Dependencies,
  { nothingUnderWay }: { readonly nothingUnderWay: boolean },
): Promise<ReconcilerPass> {
  const { records, clock, log } = dependencies;
  const now = clock.now().getTime();
  const [stored] = await records.read([PROGRESS]);
  const through = (stored?.value as unknown as Progress | undefined)?.through;
  const last = Math.floor((now - MARGIN) / MINUTE) * MINUTE - MINUTE;
  const from = through === undefined ? last - 10 * MINUTE : Date.parse(through) + MINUTE;
  const to = Math.min(last, from + (MAX_MINUTES_A_PASS - 1) * MINUTE);

  const pass = { minutes: 0, ended: 0, mended: 0 };
  // Calls last less than a minute: with nothing under way, the next two minutes hold all that are left.
  const end = nothingUnderWay && to === last ? now + MINUTE : to;
  for (let minute = from; minute <= end; minute += MINUTE) {
    const found = await lookAt(dependencies, new Date(minute));
    pass.minutes += 1;
    pass.ended += found.ended;
    pass.mended += found.mended;
  }
  if (to >= from) await saveProgress(dependencies, stored, { through: new Date(to).toISOString() });
  log.info('reconciler pass', { count: pass.ended + pass.mended });
  return pass;
}

async function saveProgress(
  { records }: Dependencies,
  stored: StoredRecord | undefined,
  progress: Progress,
): Promise<void> {
  const value = { ...progress };
  const options = { expiresAt: FAR_FUTURE };
  // Losing to another pass is no loss: each minute may be looked at twice.
  if (stored === undefined) await records.create(PROGRESS, value, options);
  else await records.replace(PROGRESS, stored.version, value, options);
}

async function lookAt(dependencies: Dependencies, minute: Date): Promise<{ ended: number; mended: number }> {
  const { records } = dependencies;
  const found = { ended: 0, mended: 0 };
  for (const partition of duePartitions(minute)) {
    let cursor: string | undefined;
    do {
      const page = await records.listIndex(partition, {
        limit: AT_ONCE,
        ...(cursor === undefined ? {} : { cursor }),
      });
      const items = page.items.length === 0 ? [] : await records.read(page.items);
      const results = await Promise.all(items.map((item) => mend(dependencies, item)));
      found.ended += results.filter((result) => result === 'ended').length;
      found.mended += results.filter((result) => result === 'mended').length;
      cursor = page.cursor;
    } while (cursor !== undefined);
  }
  return found;
}

type Mended = 'nothing' | 'ended' | 'mended';

async function mend(dependencies: Dependencies, item: StoredRecord | undefined): Promise<Mended> {
  if (item === undefined) return 'nothing';
  if (item.key.sort === 'task') return mendTask(dependencies, item.value as unknown as Task);
  const call = item.value as unknown as Call;
  return call.status === 'requested' ? endLost(dependencies, item, call) : mendEnded(dependencies, call);
}

async function mendTask({ events }: Dependencies, task: Task): Promise<Mended> {
  if (task.ended === undefined) return 'nothing';
  return (await events.append(taskEndEvent(task, task.ended))) ? 'mended' : 'nothing';
}

const CHANGE_OF_EVENT: Readonly<Record<string, CallChangeName>> = {
  'credentials.issued': 'succeed',
  'call.denied': 'deny',
  'call.failed': 'fail',
  'call.unknown': 'loseTrack',
};

/** The event is the truth: what it says of the end is what the record must say. */
function endingIn(outcome: StoredEvent): CallEnding {
  const { operation, decision, refusal, session } = outcome.body as CallEnding & typeof outcome.body;
  return JSON.parse(JSON.stringify({ operation, decision, refusal, session })) as CallEnding;
}

async function endLost(dependencies: Dependencies, item: StoredRecord, call: Call): Promise<Mended> {
  const { records, events, clock, log } = dependencies;
  const save = async (change: CallChangeName, ending: CallEnding): Promise<Mended> => {
    const ended = changeCall(call, change, ending, clock.now());
    if (ended === undefined) return 'nothing';
    const saved = await records.replace(item.key, item.version, ended as unknown as Json, callOptions(call));
    if (saved) log.warn('call ended by the reconciler', { call: call.id, reason: change });
    return saved ? 'ended' : 'nothing';
  };

  const [outcome, intent] = await Promise.all([
    events.read(call.task, call.outcomeEvent),
    events.read(call.task, call.intentEvent),
  ]);
  const saveFrom = (event: StoredEvent) =>
    save(CHANGE_OF_EVENT[String(event.body['type'])] ?? 'loseTrack', endingIn(event));
  if (outcome !== undefined) return saveFrom(outcome);
  // Without its intent nothing ran, and whoever asked was told so.
  const { code, detail } = AUDIT_UNAVAILABLE;
  if (intent === undefined) return save('fail', { refusal: { code, detail } });
  const unknown: EventBody = {
    type: 'call.unknown',
    task: call.task,
    agent: call.agent,
    call: call.id,
    kind: call.kind,
    detail: 'The broker stopped before the outcome was written down.',
  };
  const first = await events.append(storedEvent(call.task, call.outcomeEvent, clock.now(), unknown));
  if (first) return save('loseTrack', {});
  // The outcome has arrived at this very moment. Its minute is looked at only once, so the call is ended here too.
  const arrived = await events.read(call.task, call.outcomeEvent);
  return arrived === undefined ? 'nothing' : saveFrom(arrived);
}

/** A call that ended has its outcome in the audit; where that write was lost, it is made up for. */
async function mendEnded({ events }: Dependencies, call: Call): Promise<Mended> {
  if ((await events.read(call.task, call.outcomeEvent)) !== undefined) return 'nothing';
  if (call.refusal?.code === AUDIT_UNAVAILABLE.code) {
    // Nothing ran; but the intent may have been written after all, and then its outcome is missing.
    if ((await events.read(call.task, call.intentEvent)) === undefined) return 'nothing';
  }
  const body: EventBody = {
    type: 'call.unknown',
    task: call.task,
    agent: call.agent,
    call: call.id,
    kind: call.kind,
    detail: `The call is recorded as ${call.status}; the event of its outcome was lost.`,
  };
  const at = new Date(call.endedAt ?? call.deadline);
  return (await events.append(storedEvent(call.task, call.outcomeEvent, at, body))) ? 'mended' : 'nothing';
}
