// A call's first trip: claim it, write down the intent, and read how its task stands, all at once.
import { seenKey } from '../agents/index.ts';
import { type RecordedMessage, storedEvent } from '../audit/index.ts';
import { roleHash, vendedKey, vendedSession } from '../credentials/index.ts';
import type { RecordKey } from '../ports/records.ts';
import type { VendedRole } from '../ports/revoker.ts';
import { type Refusal, Unavailable } from '../shared/errors.ts';
import { makeId, tailFrom, tailOf, timelyTail } from '../shared/ids.ts';
import type { Json } from '../shared/json.ts';
import { readMoment, writtenMoment } from '../shared/moments.ts';
import { CALLS_PREFIX, type Call, callKey, type Owner } from '../tasks/index.ts';
import type { BegunCall } from './begun-call.ts';
import { factsOfCall } from './call-facts.ts';
import type { Caller, Holder } from './caller.ts';
import type { BrokerDependencies } from './dependencies.ts';
import { abandonCall } from './end-call.ts';
import { callOptions } from './keeping.ts';
import { claimOnce } from './proof.ts';
import { AUDIT_UNAVAILABLE, isOfBody, MISMATCH } from './refusals.ts';
import { noteSeen } from './seen.ts';
import { readStanding } from './standing.ts';

/** API Gateway gives 29 s: nothing is begun later than this, and the reconciler takes the call for lost. */
const CALL_SECONDS = 25;

export interface WantedCall {
  readonly kind: Call['kind'];
  readonly requested: Call['requested'];
  /** When it came, where something was done for it before. */
  readonly arrivedAt?: Date;
  readonly requestLine?: string;
  readonly sent?: RecordedMessage;
  readonly dropped?: readonly string[];
  readonly configDigest: string;
  readonly owner?: Owner;
  /** The role that a session is asked for of. */
  readonly role?: VendedRole;
}

type Dependencies = Pick<BrokerDependencies, 'records' | 'events' | 'ids' | 'clock' | 'log' | 'tally'>;

/** What the id of a call ends with, where an Idempotency-Key came with it. */
function keyedTail({ idempotencyKey, facts, path }: Caller, task: string): Uint8Array | undefined {
  return idempotencyKey === undefined ? undefined : tailFrom(task, facts.method, path, idempotencyKey);
}

/** What to answer to a body that can't be used: under a key that came with another one before, it is a mismatch. */
export async function refusalOfBody(
  { records, clock }: Pick<Dependencies, 'records' | 'clock'>,
  caller: Caller,
  task: string,
  refusal: Refusal,
): Promise<Refusal> {
  const tail = keyedTail(caller, task);
  if (tail === undefined || !isOfBody(refusal)) return refusal;
  const [record] = await records.read([callKey(task, makeId('call', clock.now(), tail))]);
  return record === undefined ? refusal : MISMATCH;
}

function newCall(dependencies: Dependencies, caller: Caller, holder: Holder, wanted: WantedCall): Call {
  const { ids, clock } = dependencies;
  const { dropped = [] } = wanted;
  const now = clock.now();
  return {
    id: makeId('call', now, keyedTail(caller, holder.task) ?? timelyTail(now, ids.random(10))),
    task: holder.task,
    agent: holder.agent,
    status: 'requested',
    kind: wanted.kind,
    requested: wanted.requested,
    ...(wanted.requestLine === undefined ? {} : { requestLine: wanted.requestLine }),
    ...(dropped.length === 0 ? {} : { dropped }),
    requestHash: caller.bodyHash,
    ...(wanted.role === undefined ? {} : { role: wanted.role }),
    ancestors: holder.ancestors,
    configDigest: wanted.configDigest,
    requestedAt: writtenMoment(now),
    deadline: writtenMoment(new Date((wanted.arrivedAt ?? now).getTime() + CALL_SECONDS * 1000)),
    intentEvent: makeId('evt', now, ids.random(10)),
    outcomeEvent: makeId('evt', new Date(now.getTime() + 1), ids.random(10)),
  };
}

function intentOf(call: Call, caller: Caller, { owner, sent, dropped = [] }: WantedCall) {
  return storedEvent(call.task, call.intentEvent, new Date(readMoment(call.requestedAt)), {
    type: 'call.requested',
    ...factsOfCall(call, undefined, owner),
    requested: call.requested,
    ...(sent === undefined ? {} : { sent }),
    ...(dropped.length === 0 ? {} : { dropped }),
    request: caller.facts,
  });
}

/** Whatever becomes of the call: a session that nobody remembers could not be revoked. */
async function rememberSession({ records }: Dependencies, call: Call, { expiresAt }: Holder): Promise<void> {
  // Of a task that is past its deadline no session is asked for.
  if (call.role === undefined || call.requestedAt >= expiresAt.toISOString()) return;
  const session = vendedSession(call, expiresAt);
  const options = { expiresAt: new Date(session.endsBy) };
  await records.create(vendedKey(roleHash(call.role), session), session as unknown as Json, options);
}

/** Nothing ran: the claim is let go, so that the same key may try again at once. */
async function letGo({ records, clock, log }: Dependencies, call: Call, key: RecordKey): Promise<void> {
  const now = clock.now();
  const refusal = { code: AUDIT_UNAVAILABLE.code, detail: AUDIT_UNAVAILABLE.detail };
  const ended: Call = { ...call, status: 'failed', refusal, endedAt: now.toISOString() };
  try {
    await records.replace(key, 1, ended as unknown as Json, callOptions(call, now));
  } catch {
    log.warn('call state not recorded', { call: call.id });
  }
}

/** A repetition is a call of its own, so that the reconciler finds it too; only its answer is the earlier one's. */
async function repeatOf({ records }: Dependencies, call: Call, earlier: Call) {
  const repetition: Call = { ...call, repeats: earlier.id };
  const key = { ...callKey(call.task, call.id), sort: `${CALLS_PREFIX}${tailOf(call.outcomeEvent)}` };
  await records.create(key, repetition as unknown as Json, callOptions(repetition));
  return { call: repetition, key, version: 1 };
}

export async function beginCall(
  dependencies: Dependencies,
  caller: Caller,
  holder: Holder,
  wanted: WantedCall,
): Promise<BegunCall | Refusal> {
  const { records, events, log } = dependencies;
  const call = newCall(dependencies, caller, holder, wanted);
  const key = callKey(call.task, call.id);
  const [standing, claimed, intent, proof, remembered] = await Promise.allSettled([
    readStanding(dependencies, holder),
    records.create(key, call as unknown as Json, callOptions(call)),
    events.append(intentOf(call, caller, wanted)),
    holder.once === undefined ? 'fresh' : claimOnce(dependencies, caller, holder.once),
    rememberSession(dependencies, call, holder),
    noteSeen(dependencies, seenKey(holder.agent), caller.facts),
  ]);
  if (intent.status === 'rejected') {
    if (!(intent.reason instanceof Unavailable)) throw intent.reason;
    log.error('back end unavailable', { backend: intent.reason.backend, call: call.id });
    if (claimed.status === 'fulfilled' && claimed.value.created) await letGo(dependencies, call, key);
    return AUDIT_UNAVAILABLE;
  }
  if (claimed.status === 'rejected') throw claimed.reason;
  const earlier = claimed.value.created ? undefined : (claimed.value.existing.value as unknown as Call);
  const own = earlier === undefined ? { call, key, version: 1 } : await repeatOf(dependencies, call, earlier);
  if (standing.status === 'rejected' || proof.status === 'rejected' || remembered.status === 'rejected') {
    await abandonCall(dependencies, { ...own, earlier, standing: undefined, replayed: false }, caller.facts);
    throw [standing, proof, remembered].find((one) => one.status === 'rejected')?.reason;
  }
  return { ...own, earlier, standing: standing.value, replayed: proof.value === 'used' };
}
