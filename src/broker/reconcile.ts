// Leaves nothing hanging: ends calls past their deadline, and mends what only one of two writes recorded.
import { type AgentState, agentKey } from '../agents/index.ts';
import { sealedKey } from '../approvals/index.ts';
import { agentStream, storedEvent } from '../audit/index.ts';
import type { RecordKey, StoredRecord } from '../ports/records.ts';
import { Unavailable } from '../shared/errors.ts';
import { type Call, duePartitions, hasEnded, type Task } from '../tasks/index.ts';
import { aftermathOf } from './aftermath.ts';
import type { ApprovalDependencies } from './approval-dependencies.ts';
import { readApproval } from './approval-records.ts';
import { askDueRoles } from './ask-due-roles.ts';
import { revokeOf, tellChanges } from './change-agent.ts';
import type { BrokerDependencies, ConfigOnly } from './dependencies.ts';
import { revokeAfter, taskEndEvent } from './end-task.ts';
import { endUnasked, endWaiting, outcomeOf, saysItsEnd } from './end-waiting.ts';
import { FAR_FUTURE } from './keeping.ts';
import { endLost, type Mended, toldOf, unknownOutcome } from './lost-call.ts';
import { mendApprovals } from './mend-approvals.ts';
import { AUDIT_UNAVAILABLE } from './refusals.ts';

type Dependencies = Pick<BrokerDependencies, 'records' | 'events' | 'clock' | 'ids' | 'log'> &
  Pick<ApprovalDependencies, 'objects' | 'chat' | 'workflow'> &
  ConfigOnly;

const MINUTE = 60_000;
/** A minute is looked at once it is over by this much: the index is eventually consistent. */
const MARGIN = 30_000;
/** After a long stop the backlog is worked off over several passes, each well within a function's minute. */
const MOST_MINUTES_A_PASS = 120;
const MAX_MILLISECONDS_A_PASS = 40_000;
/** A record that can't be looked at is tried again for so long. Then the rest must not wait for it any more. */
const GIVE_UP_AFTER = 60 * MINUTE;
/**
 * While a clock is ahead, minutes are looked at that are still to come; and whoever dies in them once it is right again
 * leaves something there. A broker that starts looks at so many of them once more.
 */
const MOST_AHEAD = 60 * MINUTE;
const AT_ONCE = 25;

const AGENT_STATE = agentKey('-').sort;
const PROGRESS: RecordKey = { partition: 'reconciler', sort: 'progress' };

export interface ReconcilerPass {
  readonly minutes: number;
  readonly ended: number;
  /** Those of which it is not known how they ended. */
  readonly unknown: number;
  readonly mended: number;
  /** Records that could not be looked at. */
  readonly failed: number;
}

export interface ReconcilerOptions {
  readonly nothingUnderWay: boolean;
  /** More where to look at a minute costs little. */
  readonly mostMinutes?: number;
}

interface Progress {
  /** The start of the last minute that needs no other look. */
  readonly through: string;
}

/**
 * Looks at every minute since the last pass. With `nothingUnderWay`, as when a broker of one process has just
 * started, it also looks at the calls whose deadline is still ahead: whoever made them is gone.
 */
export async function reconcile(
  dependencies: Dependencies,
  { nothingUnderWay, mostMinutes = MOST_MINUTES_A_PASS }: ReconcilerOptions,
): Promise<ReconcilerPass> {
  const { records, clock, log } = dependencies;
  const began = clock.now().getTime();
  const [stored] = await records.read([PROGRESS]);
  const through = (stored?.value as unknown as Progress | undefined)?.through;
  const last = Math.floor((began - MARGIN) / MINUTE) * MINUTE - MINUTE;
  const before = through === undefined ? last - 11 * MINUTE : Date.parse(through);
  // A clock that was ahead for a while must not keep the reconciler from looking until that time comes.
  const next = before > last ? last : before + MINUTE;
  const from = nothingUnderWay ? next - MOST_AHEAD : next;
  const to = Math.min(last, from + (mostMinutes - 1) * MINUTE);
  // Calls last less than a minute: with nothing under way, the next two minutes hold all that are left.
  const end = nothingUnderWay && to === last ? began + MINUTE : to;

  const pass = { minutes: 0, ended: 0, unknown: 0, mended: 0, failed: 0 };
  // First: nothing that goes wrong below may keep sessions from being revoked.
  if (!(await askDueRoles(dependencies))) pass.failed += 1;
  let done = from - MINUTE;
  for (let minute = from; minute <= end; minute += MINUTE) {
    const found = await lookAt(dependencies, new Date(minute));
    pass.minutes += 1;
    for (const result of found) if (result !== 'nothing') pass[result] += 1;
    const settled = !found.includes('failed') || began - minute > GIVE_UP_AFTER;
    if (settled && done === minute - MINUTE && minute <= to) done = minute;
    if (clock.now().getTime() - began > MAX_MILLISECONDS_A_PASS) break;
  }
  // Of a broker that has just started, this comes once it listens.
  if (!nothingUnderWay && !(await mendApprovals(dependencies, { restart: false }))) pass.failed += 1;
  if (done >= from) await saveProgress(dependencies, stored, { through: new Date(done).toISOString() });
  log.info('reconciler pass', { count: pass.ended + pass.unknown + pass.mended });
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

async function lookAt(dependencies: Dependencies, minute: Date): Promise<readonly Mended[]> {
  const results: Mended[] = [];
  for (const partition of duePartitions(minute)) {
    let cursor: string | undefined;
    do {
      const page = await dependencies.records.listIndex(partition, {
        limit: AT_ONCE,
        ...(cursor === undefined ? {} : { cursor }),
      });
      results.push(...(await Promise.all(page.items.map((key) => look(dependencies, key)))));
      cursor = page.cursor;
    } while (cursor !== undefined);
  }
  return results;
}

/** One record. What is wrong with it must not keep the others from being looked at. */
async function look(dependencies: Dependencies, key: RecordKey): Promise<Mended> {
  try {
    const [item] = await dependencies.records.read([key]);
    return item === undefined ? 'nothing' : await mend(dependencies, item);
  } catch (error) {
    if (error instanceof Unavailable) {
      dependencies.log.error('back end unavailable', { backend: error.backend });
    } else {
      const name = error instanceof Error ? error.name : 'unknown';
      dependencies.log.error('background work failed', { error: name });
    }
    return 'failed';
  }
}

async function mend(dependencies: Dependencies, item: StoredRecord): Promise<Mended> {
  if (item.key.sort === 'task') return mendTask(dependencies, item.value as unknown as Task);
  if (item.key.sort === AGENT_STATE) return mendAgent(dependencies, item);
  const call = item.value as unknown as Call;
  if (hasEnded(call)) return mendEnded(dependencies, call);
  if (call.approval === undefined) {
    const mended = await endLost(dependencies, item, call);
    // It may have been on its way to people.
    if (mended !== 'nothing') await dependencies.objects.remove(sealedKey(call.task, call.id));
    return mended;
  }
  if (call.status === 'executing') return endLost(dependencies, item, call);
  if ((await readApproval(dependencies, call.approval)) === undefined) {
    return (await endUnasked(dependencies, item)) ? 'ended' : 'nothing';
  }
  const before = call.status;
  return (await endWaiting(dependencies, call.approval)) === before ? 'nothing' : 'ended';
}

async function mendTask(dependencies: Dependencies, task: Task): Promise<Mended> {
  const { events } = dependencies;
  if (task.ended === undefined || (await events.read(task.id, task.ended.event)) !== undefined)
    return 'nothing';
  const found = await aftermathOf(dependencies, task);
  await revokeAfter(dependencies, found);
  const event = taskEndEvent(task, task.ended, found.aftermath);
  return (await events.append(event)) ? 'mended' : 'nothing';
}

async function mendAgent(dependencies: Dependencies, { key, value }: StoredRecord): Promise<Mended> {
  const { events } = dependencies;
  const agent = key.partition.slice(key.partition.indexOf('/') + 1);
  const state = value as unknown as AgentState;
  const { lastChange, untold = [] } = state;
  if (lastChange === undefined) return 'nothing';
  const stream = agentStream(agent, new Date(lastChange.at));
  const isTold = (await events.read(stream, lastChange.event)) !== undefined;
  if (isTold && untold.length === 0) return 'nothing';
  await revokeOf(dependencies, state);
  // What can't be written now is looked at again, as is everything that can't be looked at.
  return (await tellChanges(events, agent, state)).length === 0 ? 'mended' : 'failed';
}

/** A call that ended has its outcome in the audit; where that write was lost, it is made up for. */
async function mendEnded(dependencies: Dependencies, call: Call): Promise<Mended> {
  const { events } = dependencies;
  if ((await events.read(call.task, call.outcomeEvent)) !== undefined) return 'nothing';
  if (call.refusal?.code === AUDIT_UNAVAILABLE.code) {
    // Nothing ran; but the intent may have been written after all, and then its outcome is missing.
    if ((await events.read(call.task, call.intentEvent)) === undefined) return 'nothing';
  }
  const told = await toldOf(dependencies, call);
  const lost = `The call is recorded as ${call.status}; the event of its outcome was lost.`;
  const body = saysItsEnd(call) ? outcomeOf(call, told) : unknownOutcome(call, lost, told);
  const at = new Date(call.endedAt ?? call.deadline);
  return (await events.append(storedEvent(call.task, call.outcomeEvent, at, body))) ? 'unknown' : 'nothing';
}
