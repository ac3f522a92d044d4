// Ends a call that people were asked about, as its approval has it: the event, its one final state, and what waited is gone.
import {
  type Approval,
  changeApproval,
  missing,
  pendingKey,
  sealedKey,
  statusOfApproval,
} from '../approvals/index.ts';
import { type EventBody, storedEvent } from '../audit/index.ts';
import type { StoredRecord } from '../ports/records.ts';
import { Unavailable } from '../shared/errors.ts';
import { makeId } from '../shared/ids.ts';
import type { Json } from '../shared/json.ts';
import { millisecondsBetween } from '../shared/moments.ts';
import {
  type Call,
  type CallChangeName,
  type CallRefusal,
  type CallStatus,
  callKey,
  changeCall,
  hasEnded,
} from '../tasks/index.ts';
import type { ApprovalDependencies } from './approval-dependencies.ts';
import {
  factsOfApproval,
  type KeptApproval,
  readApproval,
  requestOfApproval,
  saveApproval,
} from './approval-records.ts';
import { refusalOfApproval } from './approval-refusals.ts';
import { factsOfCall } from './call-facts.ts';
import type { ConfigOnly, Rules } from './dependencies.ts';
import { callOptions } from './keeping.ts';
import { endLost, type ToldOf, toldOf } from './lost-call.ts';
import { showDecided } from './show-decided.ts';
import { voteEvent } from './vote-event.ts';

type Dependencies = Pick<
  ApprovalDependencies,
  'records' | 'events' | 'clock' | 'ids' | 'log' | 'objects' | 'chat'
> &
  ConfigOnly;

interface End {
  readonly change: CallChangeName;
  readonly type: 'call.denied' | 'call.expired' | 'call.withdrawn' | 'call.voided' | 'call.failed';
  readonly refusal: CallRefusal;
}

/** For so long after it was approved, the workflow, or the reconciler, sees to it that it is carried out. */
const TRIED_MILLISECONDS = 15 * 60_000;

const NOT_CARRIED_OUT: CallRefusal = {
  code: 'internal',
  detail: 'It was approved, and a fault in the broker kept it from being carried out: nothing was done.',
};

function endOf(rules: Pick<Rules, 'config'>, approval: Approval, now: Date): End | undefined {
  const status = statusOfApproval(approval, now);
  if (status === 'pending') return undefined;
  if (status === 'approved') {
    // Until then it is tried again: what was not claimed has not been carried out.
    const last = approval.votes.at(-1)?.at ?? approval.createdAt;
    if (now.getTime() < Date.parse(last) + TRIED_MILLISECONDS) return undefined;
    return { change: 'fail', type: 'call.failed', refusal: NOT_CARRIED_OUT };
  }
  const refusal = refusalOfApproval(rules, approval, now) ?? NOT_CARRIED_OUT;
  const ways = {
    denied: { change: 'deny', type: 'call.denied' },
    expired: { change: 'expire', type: 'call.expired' },
    withdrawn: { change: 'withdraw', type: 'call.withdrawn' },
    void: { change: 'void', type: 'call.voided' },
  } as const;
  return { ...ways[status], refusal };
}

function eventOf(
  rules: Pick<Rules, 'config'>,
  approval: Approval,
  call: Call,
  end: End,
  now: Date,
): EventBody {
  const { type, refusal } = end;
  return {
    ...factsOfApproval(approval, rules.config),
    ...requestOfApproval(approval),
    ...{ type, decision: approval.decision, refusal },
    ...(approval.end?.by === undefined ? {} : { by: approval.end.by }),
    milliseconds: millisecondsBetween(call.requestedAt, now),
  };
}

const TYPE_OF = {
  denied: 'call.denied',
  failed: 'call.failed',
  expired: 'call.expired',
  withdrawn: 'call.withdrawn',
  void: 'call.voided',
} as const;

/** Of a call whose record says all that there is to say of its end. */
type Ended = Call & Required<Pick<Call, 'approval' | 'refusal'>> & { readonly status: keyof typeof TYPE_OF };

export function saysItsEnd(call: Call): call is Ended {
  return call.approval !== undefined && call.refusal !== undefined && Object.hasOwn(TYPE_OF, call.status);
}

/** The event of its outcome. */
export function outcomeOf(call: Ended, { task, request, by }: ToldOf): EventBody {
  const { approval, status, refusal, operation, decision } = call;
  return {
    ...factsOfCall(call, task),
    ...(request === undefined ? {} : { request }),
    ...{ type: TYPE_OF[status], approval, refusal },
    ...(operation === undefined ? {} : { operation }),
    ...(decision === undefined ? {} : { decision }),
    ...(by === undefined ? {} : { by }),
    milliseconds: millisecondsBetween(call.requestedAt, call.endedAt ?? call.deadline),
  };
}

/** What is over by the clock is so in its record too. */
async function settled(dependencies: Dependencies, kept: KeptApproval, now: Date): Promise<KeptApproval> {
  const { approval } = kept;
  if (approval.status !== 'pending' || statusOfApproval(approval, now) !== 'expired') return kept;
  const end = { at: approval.expiresAt, why: 'Nobody decided it in time.' };
  const expired = changeApproval(approval, 'expire', { end });
  const saved = expired === undefined ? undefined : await saveApproval(dependencies, kept, expired);
  return saved ?? (await readApproval(dependencies, approval.id)) ?? kept;
}

async function close(dependencies: Dependencies, kept: KeptApproval): Promise<void> {
  const { objects, records, log, clock } = dependencies;
  const { approval } = kept;
  try {
    await objects.remove(approval.sealed);
    const pointer = pendingKey(approval.task, approval.id);
    const [record] = await records.read([pointer]);
    if (record !== undefined) {
      await records.replace(pointer, record.version, record.value, { expiresAt: clock.now() });
    }
    // Last: while it is listed, the reconciler comes by again.
    await saveApproval(dependencies, kept, approval, true);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    log.error('back end unavailable', { backend: error.backend, call: approval.call });
  }
}

/** So that it stands after what people said, by whichever clock they said it. */
export function eventAfterVotes(
  { clock, ids }: Pick<ApprovalDependencies, 'clock' | 'ids'>,
  { votes }: Pick<Approval, 'votes'>,
  milliseconds: number,
): string {
  const last = Math.max(clock.now().getTime(), ...votes.map(({ at }) => Date.parse(at)));
  return makeId('evt', new Date(last + milliseconds), ids.random(10));
}

async function endCallOf(
  dependencies: Dependencies,
  item: StoredRecord,
  approval: Approval,
  end: End,
): Promise<CallStatus> {
  const { records, events, clock } = dependencies;
  const call = item.value as unknown as Call;
  const now = clock.now();
  const outcomeEvent = eventAfterVotes(dependencies, approval, 1);
  const ended = changeCall(call, end.change, { refusal: end.refusal, outcomeEvent }, now);
  if (ended === undefined) return call.status;
  const rules = await dependencies.rules();
  // First the state: of two that end it at once, one writes its event.
  if (!(await records.replace(item.key, item.version, ended as unknown as Json, callOptions(ended)))) {
    return endWaiting(dependencies, approval.id);
  }
  await events.append(storedEvent(call.task, outcomeEvent, now, eventOf(rules, approval, call, end, now)));
  return ended.status;
}

/** Whoever wrote the state may have stopped before its event. */
async function tellOutcome(dependencies: Dependencies, call: Call): Promise<void> {
  const { events } = dependencies;
  if (!saysItsEnd(call) || (await events.read(call.task, call.outcomeEvent)) !== undefined) return;
  const body = outcomeOf(call, await toldOf(dependencies, call));
  const at = new Date(call.endedAt ?? call.deadline);
  await events.append(storedEvent(call.task, call.outcomeEvent, at, body));
}

/** Written before anything follows from them, whatever became of whoever wrote them. */
export async function tellVotes(
  { events }: Pick<Dependencies, 'events'>,
  rules: Pick<Rules, 'config'>,
  approval: Approval,
): Promise<void> {
  const votes = approval.votes.map((vote, place) => {
    const isLast = place === approval.votes.length - 1;
    const came =
      vote.decision === 'deny' ? 'denied' : isLast && isApproved(rules, approval) ? 'approved' : 'pending';
    return events.append(voteEvent(rules, approval, vote, came));
  });
  await Promise.all(votes);
}

/** Whether the last vote was the one that was needed, whatever became of it since. */
function isApproved({ config }: Pick<Rules, 'config'>, { status, needed, votes }: Approval): boolean {
  return status === 'approved' || missing(needed, votes, config.broker.humans) === undefined;
}

/** However often it is asked: the state that the call has, or now has. */
export async function endWaiting(dependencies: Dependencies, id: string): Promise<CallStatus> {
  const { records, clock } = dependencies;
  const found = await readApproval(dependencies, id);
  if (found === undefined) return 'outcome_unknown';
  const now = clock.now();
  const kept = await settled(dependencies, found, now);
  const { approval } = kept;
  const [item] = await records.read([callKey(approval.task, approval.call)]);
  if (item === undefined) return 'outcome_unknown';
  const call = item.value as unknown as Call;
  // A later request took its place.
  if (call.approval !== approval.id) return 'outcome_unknown';
  await tellVotes(dependencies, await dependencies.rules(), approval);
  const status = await statusAfter(dependencies, approval, item, call);
  if (hasEnded({ status }) || (call.kind === 'credentials' && status === 'approved')) {
    await close(dependencies, kept);
    await showDecided(dependencies, approval);
  }
  return status;
}

const UNASKED: CallRefusal = {
  code: 'internal',
  detail: 'The broker stopped before anybody was asked to approve it: nothing was done. Ask again.',
};

/** A call whose approval was never written: whoever asked for it stopped before. */
export async function endUnasked(dependencies: Dependencies, item: StoredRecord): Promise<boolean> {
  const { records, events, clock, objects } = dependencies;
  const call = item.value as unknown as Call;
  const outcomeEvent = eventAfterVotes(dependencies, { votes: [] }, 1);
  const ended = changeCall(call, 'fail', { refusal: UNASKED, outcomeEvent }, clock.now());
  if (ended === undefined || !saysItsEnd(ended)) return false;
  const body = outcomeOf(ended, await toldOf(dependencies, call));
  await objects.remove(sealedKey(call.task, call.id));
  // Nothing ran: the Idempotency-Key is let go.
  const options = callOptions(ended, clock.now());
  if (!(await records.replace(item.key, item.version, ended as unknown as Json, options))) return false;
  await events.append(storedEvent(call.task, outcomeEvent, clock.now(), body));
  return true;
}

const UNUSED: CallRefusal = {
  code: 'approval_expired',
  detail: 'It was approved, and its task was over before the credentials were asked for.',
};

/** What was granted is there until its task is over. */
async function expireGrant(
  dependencies: Dependencies,
  item: StoredRecord,
  call: Call,
  approval: Approval,
): Promise<CallStatus> {
  if (dependencies.clock.now().toISOString() < call.deadline) return 'approved';
  return endCallOf(dependencies, item, approval, { change: 'expire', type: 'call.expired', refusal: UNUSED });
}

async function statusAfter(
  dependencies: Dependencies,
  approval: Approval,
  item: StoredRecord,
  call: Call,
): Promise<CallStatus> {
  const now = dependencies.clock.now();
  if (hasEnded(call)) {
    await tellOutcome(dependencies, call);
    return call.status;
  }
  if (call.status === 'executing') {
    if (now.toISOString() < call.deadline) return 'executing';
    await endLost(dependencies, item, call);
    const [after] = await dependencies.records.read([item.key]);
    return (after?.value as unknown as Call | undefined)?.status ?? 'outcome_unknown';
  }
  if (call.status === 'approved') return expireGrant(dependencies, item, call, approval);
  const end = endOf(await dependencies.rules(), approval, now);
  return end === undefined ? call.status : endCallOf(dependencies, item, approval, end);
}
