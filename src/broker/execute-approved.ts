// Carries out what was approved: exactly what was shown, as things are now, at most once; or says why nothing was done.
import { type Approval, isBoundTo, type Needed } from '../approvals/index.ts';
import { storedEvent } from '../audit/index.ts';
import { roleHash, vendedKey, vendedSession } from '../credentials/index.ts';
import type { StoredRecord } from '../ports/records.ts';
import type { Unsealer } from '../ports/sealer.ts';
import { type Refusal, Unavailable } from '../shared/errors.ts';
import { makeId, tailFrom } from '../shared/ids.ts';
import type { Json } from '../shared/json.ts';
import { type Call, callKey, changeCall } from '../tasks/index.ts';
import { factsOfApproval, type KeptApproval, readApproval } from './approval-records.ts';
import { stillGiven } from './approver.ts';
import { attemptOf, millisecondsOf, NOT_BEGUN, refuseAttempt } from './attempt.ts';
import { boundOf } from './bound.ts';
import type { CallDependencies } from './call-dependencies.ts';
import type { Rules } from './dependencies.ts';
import { endCall } from './end-call.ts';
import { eventAfterVotes, tellVotes } from './end-waiting.ts';
import { callOptions } from './keeping.ts';
import { carryOut, planOf } from './make-call.ts';
import type { MaskTally } from './mask-counts.ts';
import type { HttpPlan } from './plan-call.ts';
import { planSession, type SessionPlan } from './plan-session.ts';
import { credentialsOfRaw, httpOfRaw, type Sealed, sealedOf, targetsOf } from './raw-operation.ts';
import { recordedRequest } from './recorded-request.ts';
import { AUDIT_UNAVAILABLE } from './refusals.ts';
import type { Making } from './send-call.ts';
import { readStanding, type Standing, standingProblem, standingWithOwn } from './standing.ts';
import { httpTarget } from './wanted-http.ts';
import { endApproval } from './withdraw-approvals.ts';

export type ExecuteDependencies = CallDependencies & { readonly unsealer: Unsealer };

/** As long as a call may take that nobody has to be asked about. */
const CALL_SECONDS = 25;

/** Why nothing will be done, in words for whoever asked. */
class Void {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

interface Approved {
  readonly kept: KeptApproval;
  readonly item: StoredRecord;
  readonly call: Call;
  readonly rules: Rules;
  readonly standing: Standing;
  readonly sealed: Sealed;
  /** Who approved it and still may. */
  readonly given: Needed;
}

async function unsealed(
  { objects, unsealer }: Pick<ExecuteDependencies, 'objects' | 'unsealer'>,
  { sealed, task, call }: Approval,
): Promise<Sealed | undefined> {
  const bytes = await objects.get(sealed);
  const plain = bytes === undefined ? undefined : await unsealer.unseal(bytes, { task, call });
  return plain === undefined ? undefined : sealedOf(Buffer.from(plain).toString('utf8'));
}

async function approvedOf(
  dependencies: ExecuteDependencies,
  kept: KeptApproval,
  item: StoredRecord,
): Promise<Approved | Void> {
  const { approval } = kept;
  const call = item.value as unknown as Call;
  const rules = await dependencies.rules();
  const standing = await readStanding(dependencies, approval);
  const over = standingProblem(standing, dependencies.clock.now());
  if (over !== undefined || standing === undefined) return new Void(over?.detail ?? 'Its task is gone.');
  const sealed = await unsealed(dependencies, approval);
  if (sealed === undefined) return new Void('What was to be done is no longer kept.');
  const targets = approval.kind === 'http' ? targetsOf(rules.config, approval.target) : [approval.target];
  const bound = boundOf(rules.config, call, targets, sealed.operation);
  if (bound === undefined || !isBoundTo(approval.fingerprint, bound, await dependencies.tokenKeys())) {
    return new Void('What the files say of its agent or its target has changed since it was shown.');
  }
  return { kept, item, call, rules, standing, sealed, given: stillGiven(rules, approval) };
}

function voidOf({ refusal }: { readonly refusal: Refusal }): Void {
  return new Void(`It would be refused now: ${refusal.detail}`);
}

const NOT_ENOUGH = new Void('With those who may still approve it, policy asks for more.');

/** As things are now, with the approvals given. */
function sessionPlanOf(
  { rules, call, sealed, given }: Approved,
  own: Standing,
  now: Date,
): SessionPlan | Void {
  const wanted = credentialsOfRaw(sealed.operation);
  const caller = { facts: sealed.facts };
  const plan = planSession(rules, own, wanted, call.outcomeEvent, caller, now, given);
  if ('refusal' in plan) return voidOf(plan);
  return plan.decision.outcome === 'allowed' ? plan : NOT_ENOUGH;
}

async function grant(dependencies: ExecuteDependencies, approved: Approved): Promise<Void | undefined> {
  const { records, events, clock, tokenKeys } = dependencies;
  const { item, call, rules, standing, kept } = approved;
  const now = clock.now();
  const plan = sessionPlanOf(approved, standingWithOwn(standing, await tokenKeys()), now);
  if (plan instanceof Void) return plan;
  const { operation, decision, input } = plan;
  const deadline = standing.task.expiresAt;
  const { approval } = kept;
  // Nothing more comes of it than that: using it is another call's event. The same each time, so that it is told once.
  const last = Date.parse(approval.votes.at(-1)?.at ?? approval.createdAt);
  const outcomeEvent = makeId('evt', new Date(last + 1), tailFrom('granted', approval.id));
  const granted = changeCall(call, 'grant', { operation, decision, deadline, outcomeEvent }, now);
  if (granted === undefined) return undefined;
  await events.append(
    storedEvent(call.task, outcomeEvent, now, {
      ...factsOfApproval(approval, rules.config),
      type: 'call.granted',
      approvals: approval.votes.map(({ by }) => by),
      ...{ operation, decision, input, request: approved.sealed.facts },
      milliseconds: millisecondsOf(call, now),
      configDigest: rules.config.digest,
    }),
  );
  await records.replace(item.key, item.version, granted as unknown as Json, callOptions(granted));
  return undefined;
}

/** The call as it was made, by nobody who waits for its answer. */
async function makingOf(
  dependencies: ExecuteDependencies,
  { item, call, rules, standing, sealed, kept }: Approved,
): Promise<Making> {
  const { clock } = dependencies;
  const wanted = httpOfRaw(sealed.operation);
  const request = await recordedRequest(rules.masking, wanted, {
    target: httpTarget(rules.config, wanted.target),
    mayGoOn: () => true,
    ...{ taskToken: '', task: call.task, id: call.outcomeEvent, clock },
    until: clock.now().getTime() + (CALL_SECONDS * 1000) / 2,
  });
  const caller = {
    ...{ token: undefined, idempotencyKey: undefined, path: '', bodyHash: '' },
    facts: sealed.facts,
  };
  const { task, agent, ancestors } = call;
  const holder = { task, agent, ancestors, expiresAt: new Date(standing.task.expiresAt) };
  const begun = { call, key: item.key, version: item.version, earlier: undefined, standing, replayed: false };
  const attempt = attemptOf(begun, holder, caller, rules);
  const facts = { ...attempt.facts, configDigest: rules.config.digest, approval: kept.approval.id };
  // What was masked of the request was counted when it was asked for.
  const tally: MaskTally = new Map(Object.entries(sealed.facts.masked ?? {}));
  return { ...attempt, facts, wanted, request, tally, keepsAnswer: true };
}

/** One of all who try has it; whoever has it is the only one to carry it out. */
async function claimed(
  { records, clock }: ExecuteDependencies,
  making: Making,
  outcomeEvent: string,
): Promise<Making | undefined> {
  const { begun } = making;
  const now = clock.now();
  const deadline = new Date(now.getTime() + CALL_SECONDS * 1000).toISOString();
  const call = changeCall(begun.call, 'execute', { deadline, outcomeEvent }, now);
  if (call === undefined) return undefined;
  const won = await records.replace(begun.key, begun.version, call as unknown as Json, callOptions(call));
  return won ? { ...making, begun: { ...begun, call, version: begun.version + 1 } } : undefined;
}

/** Whoever ended the task, or stopped the agent, since it was read: what they said holds. */
async function stoppedMeanwhile(
  dependencies: ExecuteDependencies,
  making: Making,
  { id }: Approval,
): Promise<Void | undefined> {
  const { clock } = dependencies;
  const [kept, standing] = await Promise.all([
    readApproval(dependencies, id),
    readStanding(dependencies, making.holder),
  ]);
  const problem = standingProblem(standing, clock.now());
  const approval = kept?.approval;
  if (problem === undefined && approval?.status === 'approved') return undefined;
  const { call } = making.begun;
  const why = problem?.detail ?? approval?.end?.why ?? 'It was taken back.';
  const refusal = { code: 'approval_void', detail: `It is void. ${why}` } as const;
  await endCall(dependencies, making.begun, {
    ...{ change: 'void', ran: false, ending: { refusal } },
    event: {
      ...making.facts,
      type: 'call.voided',
      approval: id,
      ...(call.operation === undefined ? {} : { operation: call.operation }),
      ...(call.decision === undefined ? {} : { decision: call.decision }),
      refusal,
      milliseconds: millisecondsOf(call, clock.now()),
    },
  });
  return new Void(why);
}

/** As before any other session: one that nobody remembers could not be revoked. */
async function rememberSession({ records, clock }: ExecuteDependencies, { begun, holder }: Making) {
  const { call } = begun;
  if (call.role === undefined) return;
  const session = vendedSession({ ...call, requestedAt: clock.now().toISOString() }, holder.expiresAt);
  const options = { expiresAt: new Date(session.endsBy) };
  await records.create(vendedKey(roleHash(call.role), session), session as unknown as Json, options);
}

/** Under an id of before the outcome's, since that is where it stands. */
async function tellExecuting(
  { events, clock, log }: ExecuteDependencies,
  { begun, facts, rules }: Making,
  approval: Approval,
  { operation, decision, input }: HttpPlan,
  event: string,
): Promise<Refusal | undefined> {
  const now = clock.now();
  try {
    await events.append(
      storedEvent(begun.call.task, event, now, {
        ...factsOfApproval(approval, rules.config),
        ...facts,
        type: 'call.executing',
        approval: approval.id,
        approvals: approval.votes.map(({ by }) => by),
        ...{ operation, decision, input, milliseconds: millisecondsOf(begun.call, now) },
      }),
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    log.error('back end unavailable', { backend: error.backend, call: begun.call.id });
    return AUDIT_UNAVAILABLE;
  }
}

async function call(dependencies: ExecuteDependencies, approved: Approved): Promise<Void | undefined> {
  const { clock, tokenKeys } = dependencies;
  const { standing, given, kept } = approved;
  const waiting = await makingOf(dependencies, approved);
  const own = standingWithOwn(standing, await tokenKeys());
  const executingEvent = eventAfterVotes(dependencies, kept.approval, 1);
  const outcomeEvent = eventAfterVotes(dependencies, kept.approval, 2);
  const plan = planOf(waiting, own, outcomeEvent, clock.now(), given);
  if ('refusal' in plan) return voidOf(plan);
  if (plan.decision.outcome !== 'allowed') return NOT_ENOUGH;
  const making = await claimed(dependencies, waiting, outcomeEvent);
  if (making === undefined) return undefined;
  const stopped = await stoppedMeanwhile(dependencies, making, kept.approval);
  if (stopped !== undefined) return stopped;
  if (plan.aws !== undefined) await rememberSession(dependencies, making);
  const unwritten = await tellExecuting(dependencies, making, kept.approval, plan, executingEvent);
  if (unwritten !== undefined) {
    await refuseAttempt(dependencies, making, NOT_BEGUN, { refusal: unwritten });
    return undefined;
  }
  await carryOut(dependencies, making, plan, Date.parse(making.begun.call.deadline));
  return undefined;
}

/** However often it is told: what it left undone, `endWaiting` makes up for. */
export async function executeApproved(dependencies: ExecuteDependencies, id: string): Promise<void> {
  const kept = await readApproval(dependencies, id);
  if (kept?.approval.status !== 'approved') return;
  const { approval } = kept;
  const [item] = await dependencies.records.read([callKey(approval.task, approval.call)]);
  const waiting = item?.value as unknown as Call | undefined;
  if (item === undefined || waiting?.status !== 'awaiting_approval' || waiting.approval !== id) return;
  await tellVotes(dependencies, await dependencies.rules(), approval);
  const approved = await approvedOf(dependencies, kept, item);
  const ended =
    approved instanceof Void
      ? approved
      : await (approval.kind === 'credentials'
          ? grant(dependencies, approved)
          : call(dependencies, approved));
  if (ended === undefined) return;
  await endApproval(dependencies, id, 'void', { why: ended.why });
}
