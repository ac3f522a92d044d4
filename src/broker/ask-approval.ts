// Puts an operation before people: sealed as it is, shown as it is masked, bound to what the files say of it now. Then it
// waits, and the agent is told where to look.
import {
  type Approval,
  approvalKey,
  type Bound,
  type Card,
  fingerprintOf,
  grantKey,
  sealedKey,
} from '../approvals/index.ts';
import { type RequestFacts, storedEvent } from '../audit/index.ts';
import type { Effect } from '../config/index.ts';
import type { Decision, DecisionInput, Operation } from '../policy/index.ts';
import { Refusal, Unavailable } from '../shared/errors.ts';
import { makeId } from '../shared/ids.ts';
import { canonicalJson, type Json, type JsonObject } from '../shared/json.ts';
import { changeCall } from '../tasks/index.ts';
import { append } from './append.ts';
import type { ApprovalDependencies } from './approval-dependencies.ts';
import { approvalOptions, factsOfApproval } from './approval-records.ts';
import { type Attempt, millisecondsOf } from './attempt.ts';
import { type Awaiting, awaitingOf } from './awaiting.ts';
import { callOptions, waitingHeldUntil } from './keeping.ts';
import { keepPlace, leavePlace, placeAmongPending, WRITTEN_MILLISECONDS } from './pending-places.ts';
import { AUDIT_UNAVAILABLE, outcomeUnknown } from './refusals.ts';

export type Asking = Omit<ApprovalDependencies, 'mail' | 'chat' | 'deployed'>;

/** What waits, and what it would be if nobody had to be asked. */
export interface Waiting {
  readonly target: string;
  readonly effect: Effect;
  /** As it is shown. */
  readonly operation: readonly Operation[];
  readonly decision: Decision;
  readonly input: DecisionInput;
  /** As it will be carried out. */
  readonly raw: Json;
  readonly bound: Bound;
  /**
   * Of credentials: whoever asks for just the same again gets what was approved, so that people are asked once. These
   * approvals, of which nothing more comes, may be replaced.
   */
  readonly grant?: { readonly inPlaceOf: readonly string[] };
  readonly cardOf: (approval: Pick<Approval, 'id' | 'expiresAt' | 'needed'>) => Card;
}

function newApproval(
  { clock, ids }: Pick<Asking, 'clock' | 'ids'>,
  { begun, caller, rules }: Attempt,
  waiting: Waiting,
  fingerprint: string,
): Approval {
  const { call, standing } = begun;
  const { approvals: settings } = rules.config.broker;
  const now = clock.now();
  const taskEnds = standing === undefined ? now.getTime() : Date.parse(standing.task.expiresAt);
  const after = (seconds: number) =>
    new Date(Math.min(now.getTime() + seconds * 1000, taskEnds)).toISOString();
  const id = makeId('appr', now, ids.random(10));
  const expiresAt = after(settings.expireAfterSeconds);
  const needed = waiting.decision.approvals ?? { count: 1, of: {} };
  const { requester, purpose } = standing?.task ?? {};
  return {
    ...{ id, call: call.id, task: call.task, agent: call.agent, ancestors: call.ancestors },
    ...{ target: waiting.target, kind: call.kind, effect: waiting.effect, status: 'pending', needed },
    ...(call.requestLine === undefined ? {} : { requestLine: call.requestLine }),
    ...(requester === undefined ? {} : { requester: requester.id, requesterProven: requester.proven }),
    ...(purpose === undefined ? {} : { purpose }),
    ...{ request: { ...caller.facts } as unknown as JsonObject, operation: waiting.operation },
    card: waiting.cardOf({ id, expiresAt, needed }),
    ...{ fingerprint, sealed: sealedKey(call.task, call.id), decision: waiting.decision },
    ...{ createdAt: now.toISOString(), escalateAt: after(settings.escalateAfterSeconds), expiresAt },
    ...{ votes: [], links: [], configDigest: call.configDigest },
  };
}

async function seal(
  { sealer, objects, log }: Asking,
  { sealed, task, call }: Approval,
  raw: Json,
  facts: RequestFacts,
): Promise<Refusal | undefined> {
  try {
    const plain = Buffer.from(canonicalJson({ operation: raw, facts: { ...facts } as unknown as Json }));
    const bytes = await sealer.seal(plain, { task, call });
    if (await objects.put(sealed, bytes)) return undefined;
    // Of an attempt with the same Idempotency-Key that came to nothing.
    await objects.remove(sealed);
    await objects.put(sealed, bytes);
    return undefined;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    log.error('back end unavailable', { backend: error.backend, call });
    return new Refusal(
      'internal',
      'What is to be approved could not be put aside, so nothing was done. Try again.',
      {
        retryAfterSeconds: 1,
      },
    );
  }
}

/** What waits for nobody is not kept. */
async function unseal({ objects, log }: Asking, { sealed, call }: Approval): Promise<void> {
  try {
    await objects.remove(sealed);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    log.error('back end unavailable', { backend: error.backend, call });
  }
}

/** First what is durable and does nothing, then what can be decided: whoever approves has all of it before them. */
async function record(
  dependencies: Asking,
  { begun }: Attempt,
  approval: Approval,
  { operation }: Waiting,
): Promise<boolean> {
  const { records, clock } = dependencies;
  const { call, key, version } = begun;
  const { id, decision } = approval;
  const now = clock.now();
  const deadline = new Date(now.getTime() + WRITTEN_MILLISECONDS).toISOString();
  const waits = changeCall(call, 'wait', { approval: id, operation, decision, deadline }, now);
  if (waits === undefined) throw new TypeError(`a call that is ${call.status} can't wait`);
  // Whoever made it was too slow: it has been ended already.
  const held = waitingHeldUntil(waits, approval);
  if (!(await records.replace(key, version, waits as unknown as Json, callOptions(waits, held))))
    return false;
  await keepPlace(dependencies, approval);
  await records.create(approvalKey(id), approval as unknown as Json, approvalOptions(approval));
  return true;
}

/** Of several that ask for just the same at once, one. */
async function isFirst(
  { records }: Asking,
  approval: Approval,
  { inPlaceOf }: NonNullable<Waiting['grant']>,
): Promise<boolean> {
  const key = grantKey(approval.task, approval.fingerprint);
  const pointer = { approval: approval.id };
  const options = approvalOptions(approval, true);
  const made = await records.create(key, pointer, options);
  if (made.created) return true;
  const { value, version } = made.existing;
  const { approval: before } = value as { readonly approval: string };
  return inPlaceOf.includes(before) && (await records.replace(key, version, pointer, options));
}

/** Another request asks for just the same already. */
export const ASKED_ALREADY = 'asked already';

/** What people are asked, with its event. Undefined where it is before them; else it is before nobody. */
async function putBefore(
  dependencies: Asking,
  attempt: Attempt,
  waiting: Waiting,
  approval: Approval,
  now: Date,
): Promise<Refusal | undefined> {
  const { begun, facts, rules } = attempt;
  const refused = await seal(dependencies, approval, waiting.raw, attempt.caller.facts);
  if (refused !== undefined) return refused;
  // A moment later than the intent, so that it stands after that.
  const event = makeId('evt', new Date(now.getTime() + 1), dependencies.ids.random(10));
  const unwritten = await append(
    dependencies,
    storedEvent(approval.task, event, now, {
      ...facts,
      ...factsOfApproval(approval, rules.config),
      type: 'call.awaiting',
      ...{ operation: waiting.operation, decision: waiting.decision, input: waiting.input },
      ...{ expiresAt: approval.expiresAt, fingerprint: approval.fingerprint, card: approval.card },
      milliseconds: millisecondsOf(begun.call, now),
    }),
  );
  const isRecorded = unwritten === undefined && (await record(dependencies, attempt, approval, waiting));
  if (isRecorded) return undefined;
  await unseal(dependencies, approval);
  return unwritten === undefined ? outcomeUnknown(approval.call) : AUDIT_UNAVAILABLE;
}

/** A refusal where nothing could be put before anybody: then the call has to be ended by whoever asks. */
export async function askApproval(
  dependencies: Asking,
  attempt: Attempt,
  waiting: Waiting,
): Promise<Awaiting | Refusal | typeof ASKED_ALREADY> {
  const { clock, tokenKeys, workflow, log } = dependencies;
  const now = clock.now();
  const fingerprint = fingerprintOf(waiting.bound, await tokenKeys(), now);
  const approval = newApproval(dependencies, attempt, waiting, fingerprint);
  const crowded = await placeAmongPending(dependencies, approval);
  if (crowded !== undefined) return crowded;
  if (waiting.grant !== undefined && !(await isFirst(dependencies, approval, waiting.grant))) {
    await leavePlace(dependencies, approval);
    return ASKED_ALREADY;
  }
  const refused = await putBefore(dependencies, attempt, waiting, approval, now);
  if (refused !== undefined) {
    await leavePlace(dependencies, approval);
    return refused;
  }
  try {
    await workflow.start(approval.id);
  } catch (error) {
    // The reconciler starts what was not.
    if (!(error instanceof Unavailable)) throw error;
    log.error('back end unavailable', { backend: error.backend, call: approval.call });
  }
  return awaitingOf(approval);
}
