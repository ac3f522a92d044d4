// Credentials that people approved before: whoever asks for just the same again has them issued, while its task is open.
import {
  type Approval,
  approvalKey,
  fingerprintsOf,
  grantKey,
  statusOfApproval,
} from '../approvals/index.ts';
import { Refusal } from '../shared/errors.ts';
import type { Json } from '../shared/json.ts';
import { type Call, callKey, changeCall } from '../tasks/index.ts';
import { refusalOfApproval } from './approval-refusals.ts';
import { stillGiven } from './approver.ts';
import type { Asking } from './ask-approval.ts';
import { type Attempt, DENIED, millisecondsOf, refuseAttempt } from './attempt.ts';
import { type Awaiting, awaitingOf } from './awaiting.ts';
import { boundOf } from './bound.ts';
import type { BrokerDependencies } from './dependencies.ts';
import { endCall } from './end-call.ts';
import { callOptions } from './keeping.ts';
import { planSession, type SessionPlan, type WantedCapability } from './plan-session.ts';
import { rawOfCredentials } from './raw-operation.ts';
import { readStanding, standingProblem, standingWithOwn } from './standing.ts';

type Dependencies = Asking & Pick<BrokerDependencies, 'tally'>;

export type Granted =
  | { readonly plan: SessionPlan; readonly approval: Approval }
  | { readonly awaiting: Awaiting }
  | { readonly refusal: Refusal };

/** People have to be asked: of what was asked for before, these approvals, nothing more comes. */
export interface NotGranted {
  readonly inPlaceOf: readonly string[];
}

const LOOK_AGAIN_MILLISECONDS = 100;
/** Whoever asks for just this writes down first that it does, then the approval; where that never comes, it is gone. */
const LOOKS_FOR_APPROVAL = 30;
/** What is approved is granted by the workflow, right after. */
const LOOKS_FOR_GRANT = 50;

/** As it is in the end, or after so many looks. */
async function lookUntil<Found>(
  { clock }: Pick<Dependencies, 'clock'>,
  most: number,
  look: () => Promise<Found>,
  isEnough: (found: Found) => boolean,
): Promise<Found> {
  for (let looks = 1; ; looks += 1) {
    const found = await look();
    if (isEnough(found) || looks >= most) return found;
    await clock.sleep(LOOK_AGAIN_MILLISECONDS);
  }
}

interface Asked {
  /** That were asked for just this, whether there is something of them or not. */
  readonly ids: readonly string[];
  readonly approvals: readonly Approval[];
}

/** What was asked for just this, of this task and under what the files say now. */
async function askedBefore(
  { records, tokenKeys }: Dependencies,
  { begun, rules }: Attempt,
  plan: SessionPlan,
  wanted: readonly WantedCapability[],
): Promise<Asked> {
  const { call } = begun;
  const bound = boundOf(rules.config, call, [plan.target], rawOfCredentials(wanted));
  if (bound === undefined) return { ids: [], approvals: [] };
  const keys = fingerprintsOf(bound, await tokenKeys()).map((one) => grantKey(call.task, one));
  const pointers = (await records.read(keys)).flatMap((record) => record ?? []);
  const ids = pointers.map(({ value }) => (value as { readonly approval: string }).approval);
  const found = ids.length === 0 ? [] : await records.read(ids.map(approvalKey));
  const approvals = found.flatMap((record) => (record?.value as unknown as Approval | undefined) ?? []);
  return { ids, approvals };
}

/** One who said no is not asked again for the same. */
export async function grantedTo(
  dependencies: Dependencies,
  attempt: Attempt,
  plan: SessionPlan,
  wanted: readonly WantedCapability[],
): Promise<Granted | NotGranted> {
  const { ids, approvals } = await lookUntil(
    dependencies,
    LOOKS_FOR_APPROVAL,
    () => askedBefore(dependencies, attempt, plan, wanted),
    (found) => found.approvals.length === found.ids.length,
  );
  const [latest] = approvals.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  const granted = latest === undefined ? undefined : await ofLatest(dependencies, attempt, latest, wanted);
  return granted ?? { inPlaceOf: ids };
}

/** Undefined where nothing more comes of it. */
async function ofLatest(
  dependencies: Dependencies,
  attempt: Attempt,
  approval: Approval,
  wanted: readonly WantedCapability[],
): Promise<Granted | undefined> {
  const { begun, rules } = attempt;
  if (begun.standing === undefined) return undefined;
  const now = dependencies.clock.now();
  switch (statusOfApproval(approval, now)) {
    case 'pending':
      return { awaiting: awaitingOf(approval) };
    case 'denied': {
      const { code, detail } = refusalOfApproval(rules, approval, now) ?? {
        code: 'approval_denied',
        detail: '',
      };
      return { refusal: new Refusal(code, detail) };
    }
    case 'approved':
      return ofApproved(dependencies, attempt, approval, wanted);
    default:
      return undefined;
  }
}

/** Once the workflow has granted it: by then who approved it is written down. */
async function ofApproved(
  dependencies: Dependencies,
  { begun, holder, rules, caller }: Attempt,
  approval: Approval,
  wanted: readonly WantedCapability[],
): Promise<Granted | undefined> {
  const { records, clock, tokenKeys } = dependencies;
  const call = await lookUntil(
    dependencies,
    LOOKS_FOR_GRANT,
    async () => {
      const [item] = await records.read([callKey(approval.task, approval.call)]);
      return item?.value as unknown as Call | undefined;
    },
    (found) => found?.status !== 'awaiting_approval',
  );
  if (call?.approval !== approval.id) return undefined;
  if (call.status === 'awaiting_approval') return { awaiting: awaitingOf(approval) };
  if (call.status !== 'approved' && call.status !== 'succeeded') return undefined;
  // The wait may have been long: the task may have ended meanwhile.
  const standing = await readStanding(dependencies, holder);
  const over = standingProblem(standing, clock.now());
  if (over !== undefined || standing === undefined) return over && { refusal: over };
  const own = standingWithOwn(standing, await tokenKeys());
  const given = stillGiven(rules, approval);
  const again = planSession(rules, own, wanted, begun.call.outcomeEvent, caller, clock.now(), given);
  if ('refusal' in again || again.decision.outcome !== 'allowed') return undefined;
  return { plan: again, approval };
}

/** The attempt ends: what is asked for waits under another call, or was refused under it. */
export async function tellAwaiting(
  dependencies: Dependencies,
  attempt: Attempt,
  granted: Exclude<Granted, { readonly plan: SessionPlan }>,
): Promise<Awaiting | Refusal> {
  if ('refusal' in granted) return refuseAttempt(dependencies, attempt, DENIED, granted);
  const { code, detail } = new Refusal('conflict', `It waits for approval, under ${granted.awaiting.call}.`);
  const unwritten = await endCall(dependencies, attempt.begun, {
    ...DENIED,
    // Under an Idempotency-Key, a repetition is told how that approval stands.
    ending: { refusal: { code, detail }, approval: granted.awaiting.approval.id },
    event: {
      ...attempt.facts,
      type: 'call.repeated',
      answer: 'awaiting_approval',
      milliseconds: millisecondsOf(attempt.begun.call, dependencies.clock.now()),
    },
  });
  return unwritten ?? granted.awaiting;
}

/** The call that asked for it has what it asked for. It may have been told so before. */
export async function useGrant(
  { records, clock, log }: Dependencies,
  { id: approval, task, call: id }: Approval,
): Promise<void> {
  try {
    const [item] = await records.read([callKey(task, id)]);
    const call = item?.value as unknown as Call | undefined;
    if (item === undefined || call?.status !== 'approved' || call.approval !== approval) return;
    const used = changeCall(call, 'succeed', {}, clock.now());
    if (used !== undefined) {
      await records.replace(item.key, item.version, used as unknown as Json, callOptions(used));
    }
  } catch {
    // Until it is used it counts as granted, which is what it is.
    log.warn('call state not recorded', { call: id });
  }
}
