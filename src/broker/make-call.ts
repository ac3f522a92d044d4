// Makes an HTTP call for an agent that never holds the target's credential: claim and intent, decision, the call itself,
// masking, outcome, answer.
import type { DecisionInput } from '../policy/index.ts';
import { Refusal } from '../shared/errors.ts';
import { readMoment } from '../shared/moments.ts';
import type { Asking } from './ask-approval.ts';
import {
  type Attempt,
  afterEarlier,
  attemptOf,
  DENIED,
  FAILED,
  millisecondsOf,
  NOT_BEGUN,
  refuseAttempt,
  refuseReplay,
  TOO_LATE,
} from './attempt.ts';
import { type Awaiting, isAwaiting } from './awaiting.ts';
import { refusalOfBody } from './begin-call.ts';
import { beginHttpCall, writtenDown } from './begin-http-call.ts';
import type { CallDependencies } from './call-dependencies.ts';
import { type Caller, holderOfTask } from './caller.ts';
import type { RefusedOperation } from './decided.ts';
import { abandonCall, endCall } from './end-call.ts';
import { decided, handAnswer, type MadeCall, sessionOf } from './hand-answer.ts';
import { type MaskTally, maskedIn } from './mask-counts.ts';
import { type HttpPlan, planCall } from './plan-call.ts';
import type { RecordedRequest } from './recorded-request.ts';
import { outcomeUnknown } from './refusals.ts';
import { repeatAnswer } from './repeat-answer.ts';
import { LOST, type Making, overCap, refusalOfNoAnswer, sendCall } from './send-call.ts';
import { longOver, type Standing, standingWithOwn } from './standing.ts';
import { waitWithHttp } from './wait-for-people.ts';
import type { WantedHttp } from './wanted-http.ts';

export type MakeCallDependencies = CallDependencies & Asking;

export async function makeCall(
  dependencies: MakeCallDependencies,
  sender: Caller,
  task: string,
  asked: WantedHttp | Refusal,
): Promise<MadeCall | Awaiting | Refusal> {
  const arrivedAt = dependencies.clock.now();
  const rules = await dependencies.rules();
  const holder = await holderOfTask(dependencies, rules, sender, task);
  if (holder instanceof Refusal) return holder;
  if (asked instanceof Refusal) return refusalOfBody(dependencies, sender, holder.task, asked);
  const over = longOver(holder, dependencies.clock.now());
  if (over !== undefined) return over;
  const tally: MaskTally = sender.masked ?? new Map();
  const request = await writtenDown(dependencies, rules, sender, holder, asked);
  if (request instanceof Refusal) return request;
  addTo(tally, request.found);
  const caller = { ...sender, facts: { ...sender.facts, ...maskedIn(tally) } };
  const begun = await beginHttpCall(dependencies, caller, holder, rules, asked, request, arrivedAt);
  if (begun instanceof Refusal) return begun;
  const attempt = attemptOf(begun, holder, caller, rules);
  if (begun.replayed) return refuseReplay(dependencies, attempt);
  const keepsAnswer = caller.idempotencyKey !== undefined;
  const making = { ...attempt, wanted: asked, request, tally, keepsAnswer };
  const { earlier } = begun;
  const answer =
    earlier === undefined
      ? await effect(dependencies, making)
      : await afterEarlier(dependencies, attempt, earlier);
  if (answer instanceof Refusal) return answer;
  if (isAwaiting(answer)) return { ...answer, ...droppedOf(request) };
  return 'begun' in answer ? repeat(dependencies, making, answer) : answer;
}

/** While people decide, the agent is told that too. */
function droppedOf({ dropped }: RecordedRequest): Pick<Awaiting, 'dropped'> {
  return dropped.length === 0 ? {} : { dropped };
}

/** No range is asked for: of a part that came all the same, what is masked in the whole may be unmasked. */
const PARTIAL = [206, 226];
const UNASKED_PART = new Refusal(
  'target_failed',
  'The target answered with a part of what there is, and was not asked for one: nothing of it is given. Ask for the whole, or with `Range`.',
);

function addTo(tally: MaskTally, more: MaskTally): void {
  for (const [type, many] of more) tally.set(type, (tally.get(type) ?? 0) + many);
}

/** What the same Idempotency-Key had before, as it was; but what is over is over. */
async function repeat(
  dependencies: CallDependencies,
  making: Making,
  { begun }: Attempt,
): Promise<MadeCall | Refusal> {
  const { facts, request } = making;
  // What was given then is given again only to whom it would be given now.
  const { standing, call } = begun;
  const own = standing === undefined ? undefined : standingWithOwn(standing, await dependencies.tokenKeys());
  const plan = planOf(making, own, call.outcomeEvent, dependencies.clock.now());
  if ('refusal' in plan) return refuseAttempt(dependencies, making, DENIED, plan);
  const needed = plan.decision.outcome === 'needsApproval';
  const of = { task: call.task, call: facts.call, target: plan.target.id };
  const answer = await repeatAnswer(dependencies, making.rules, of, needed);
  const unwritten = await endCall(dependencies, begun, {
    change: 'deny',
    ran: false,
    ending: {},
    event: {
      ...facts,
      type: 'call.repeated',
      answer: answer instanceof Refusal ? answer.code : 'succeeded',
      milliseconds: millisecondsOf(begun.call, dependencies.clock.now()),
    },
  });
  if (unwritten !== undefined) return unwritten;
  if (answer instanceof Refusal) return answer;
  // Of the headers that came now, which need not be those of then.
  return { ...answer, dropped: request.dropped };
}

/** What is judged is what goes on. */
export function planOf(
  { rules, wanted, request, caller }: Making,
  standing: Standing | undefined,
  session: string,
  now: Date,
  approvals?: DecisionInput['approvals'],
): HttpPlan | RefusedOperation {
  const { forwarded, found, unreadable } = request;
  const judged = { ...wanted, forwarded, found, ...(unreadable === undefined ? {} : { unreadable }) };
  return planCall(rules, standing, judged, session, caller, now, approvals);
}

async function effect(
  dependencies: MakeCallDependencies,
  making: Making,
): Promise<MadeCall | Awaiting | Refusal> {
  const { begun, caller } = making;
  const { call, standing } = begun;
  const now = dependencies.clock.now();
  const until = readMoment(call.deadline);
  let plan: HttpPlan | RefusedOperation;
  try {
    const own =
      standing === undefined ? undefined : standingWithOwn(standing, await dependencies.tokenKeys());
    plan = planOf(making, own, call.outcomeEvent, now);
  } catch (fault) {
    await abandonCall(dependencies, begun, caller.facts);
    throw fault;
  }
  if ('refusal' in plan) return refuseAttempt(dependencies, making, DENIED, plan);
  if (now.getTime() >= until) {
    return refuseAttempt(dependencies, making, NOT_BEGUN, { ...decided(plan), refusal: TOO_LATE });
  }
  if (plan.decision.outcome === 'needsApproval') return waitWithHttp(dependencies, making, plan);
  try {
    return await carryOut(dependencies, making, plan, until);
  } catch (fault) {
    // Whether anything was sent by then is not known here.
    dependencies.log.error('request failed', { call: call.id });
    const lost = { ...decided(plan), refusal: outcomeUnknown(making.facts.call) };
    await refuseAttempt(dependencies, making, LOST, lost);
    throw fault;
  }
}

/** Of what was decided: nobody has to be asked any more. */
export async function carryOut(
  dependencies: CallDependencies,
  making: Making,
  plan: HttpPlan,
  until: number,
): Promise<MadeCall | Refusal> {
  const { clock, credentials } = dependencies;
  const limit = Math.min(until, clock.now().getTime() + plan.target.connection.timeoutSeconds * 1000);
  const ready = await credentials.ready(plan.target, plan.aws, limit);
  if (ready instanceof Refusal) {
    return refuseAttempt(dependencies, making, NOT_BEGUN, { ...decided(plan), refusal: ready });
  }
  const sent = await sendCall(dependencies, making, plan, ready, limit);
  const session = sessionOf(sent.ready);
  const said = { ...decided(plan), ...(session === undefined ? {} : { session }) };
  const { answer } = sent;
  if ('problem' in answer) {
    const { manner, refusal } = refusalOfNoAnswer(answer, plan, making);
    return refuseAttempt(dependencies, making, manner, { ...said, refusal });
  }
  if (plan.cap !== undefined && answer.body.length > plan.cap) {
    const refusal = overCap(plan, plan.cap);
    return refuseAttempt(dependencies, making, FAILED, { ...said, refusal });
  }
  if (PARTIAL.includes(answer.status)) {
    return refuseAttempt(dependencies, making, FAILED, { ...said, refusal: UNASKED_PART });
  }
  return handAnswer(dependencies, making, plan, { ...sent, answer }, session);
}
