// Makes an HTTP call for an agent that never holds the target's credential: claim and intent, decision, the call itself,
// masking, outcome, answer.
import type { Clock } from '../ports/clock.ts';
import type { ObjectKey, Objects } from '../ports/objects.ts';
import type { NoAnswer, Outbound, OutboundAnswer, OutboundRequest } from '../ports/outbound.ts';
import { Refusal, Unavailable } from '../shared/errors.ts';
import { sha256 } from '../shared/hash.ts';
import type { CallSession } from '../tasks/index.ts';
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
import { beginCall, refusalOfBody } from './begin-call.ts';
import type { BegunCall } from './begun-call.ts';
import { type MaskedAnswer, maskedAnswer } from './call-answer.ts';
import { type Caller, type Holder, holderOfTask } from './caller.ts';
import type { RefusedOperation } from './decided.ts';
import type { BrokerDependencies, Rules } from './dependencies.ts';
import { abandonCall, endCall, type Manner } from './end-call.ts';
import { type MaskTally, maskedIn } from './mask-counts.ts';
import { ownerIfKnown } from './owner.ts';
import { type HttpPlan, httpTarget, planCall, type WantedHttp } from './plan-call.ts';
import { type RecordedRequest, recordedRequest } from './recorded-request.ts';
import { AUDIT_UNAVAILABLE, outcomeUnknown } from './refusals.ts';
import { repeatAnswer } from './repeat-answer.ts';
import { roleWanted } from './role-wanted.ts';
import { longOver, standingProblem, standingWithOwn } from './standing.ts';
import { originOf, type ReadyCredentials, type TargetCredentials } from './target-credentials.ts';

export interface CallDependencies extends Omit<BrokerDependencies, 'keySets' | 'sessions'> {
  readonly outbound: Outbound;
  readonly objects: Objects;
  readonly credentials: TargetCredentials;
}

export interface MadeCall {
  readonly call: string;
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /** The agent's headers that did not go on. */
  readonly dropped: readonly string[];
  /** The target's headers that did not come back. */
  readonly withheld: readonly string[];
  readonly truncated?: 'bytes' | 'time';
}

/** What is unpacked and masked of one answer, all in memory. */
const MOST_FETCHED_BYTES = 32 * 1_048_576;
/** Of a stream of events, which has no end that could be waited for. */
const MOST_EVENT_BYTES = 1_048_576;
const MOST_EVENT_MILLISECONDS = 20_000;
const LINK_SECONDS = 300;
/** Making one of them a second time changes nothing more than making it once. */
const IDEMPOTENT = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'];
const LOST: Manner = { change: 'loseTrack', ran: true };

/** One call, and all that its steps need. */
interface Making extends Attempt {
  readonly wanted: WantedHttp;
  readonly request: RecordedRequest;
  readonly tally: MaskTally;
}

export async function makeCall(
  dependencies: CallDependencies,
  sender: Caller,
  task: string,
  asked: WantedHttp | Refusal,
): Promise<MadeCall | Refusal> {
  const rules = await dependencies.rules();
  const holder = await holderOfTask(dependencies, rules, sender, task);
  if (holder instanceof Refusal) return holder;
  if (asked instanceof Refusal) return refusalOfBody(dependencies, sender, holder.task, asked);
  const over = longOver(holder, dependencies.clock.now());
  if (over !== undefined) return over;
  const tally: MaskTally = sender.masked ?? new Map();
  const request = recordedRequest(rules.masking, asked, {
    ...{ target: httpTarget(rules.config, asked.target), taskToken: sender.token ?? '' },
    ...{ task: holder.task, id: sender.facts.id, tally },
  });
  const caller = { ...sender, facts: { ...sender.facts, ...maskedIn(tally) } };
  const begun = await begin(dependencies, caller, holder, rules, asked, request);
  if (begun instanceof Refusal) return begun;
  const attempt = attemptOf(begun, holder, caller, rules);
  if (begun.replayed) return refuseReplay(dependencies, attempt);
  const making = { ...attempt, wanted: asked, request, tally };
  if (begun.earlier === undefined) return effect(dependencies, making);
  const ready = await afterEarlier(dependencies, attempt, begun.earlier);
  return ready instanceof Refusal ? ready : repeat(dependencies, making, ready);
}

/** The role whose session the target's requests are signed with, if any. */
function roleOf({ config }: Rules, agent: string, { target }: WantedHttp) {
  const inject = httpTarget(config, target)?.inject ?? [];
  const sigv4 = inject.flatMap((one) => ('sigv4' in one ? [one.sigv4] : []))[0];
  const ceiling = config.agents[agent]?.capabilities ?? [];
  const of = ceiling.find((capability) => sigv4 !== undefined && capability.startsWith(`${sigv4.target}:`));
  return of === undefined ? {} : roleWanted(config, agent, [{ capability: of }]);
}

/** A name that is none of the operator's may be anything. */
function nameOf({ config, masking }: Rules, target: string): string {
  return Object.hasOwn(config.targets, target) ? target : masking.words.text(target);
}

/** The first trip, and beside it the body where that is large. */
async function begin(
  dependencies: CallDependencies,
  caller: Caller,
  holder: Holder,
  rules: Rules,
  wanted: WantedHttp,
  { requestLine, sent, dropped, toStore }: RecordedRequest,
): Promise<BegunCall | Refusal> {
  const [begun, stored] = await Promise.allSettled([
    beginCall(dependencies, caller, holder, {
      kind: 'http',
      requested: { target: nameOf(rules, wanted.target) },
      ...{ requestLine, sent, dropped },
      configDigest: rules.config.digest,
      ...ownerIfKnown(rules.config.agents[holder.agent]),
      ...roleOf(rules, holder.agent, wanted),
    }),
    toStore === undefined ? true : dependencies.objects.put(toStore.key, toStore.bytes),
  ]);
  if (begun.status === 'rejected') throw begun.reason;
  if (stored.status === 'fulfilled' || begun.value instanceof Refusal) return begun.value;
  await abandonCall(dependencies, begun.value, caller.facts);
  if (!(stored.reason instanceof Unavailable)) throw stored.reason;
  dependencies.log.error('back end unavailable', { backend: stored.reason.backend });
  return AUDIT_UNAVAILABLE;
}

/** What the same Idempotency-Key had before, as it was; but what is over is over. */
async function repeat(
  dependencies: CallDependencies,
  making: Making,
  { begun }: Attempt,
): Promise<MadeCall | Refusal> {
  const { facts, request } = making;
  const over = standingProblem(begun.standing, dependencies.clock.now());
  if (over !== undefined) return refuseAttempt(dependencies, making, DENIED, { refusal: over });
  const unwritten = await endCall(dependencies, begun, {
    change: 'deny',
    ran: false,
    ending: {},
    event: { ...facts, type: 'call.repeated', answer: 'succeeded' },
  });
  if (unwritten !== undefined) return unwritten;
  const answer = await repeatAnswer(dependencies, begun.call.task, facts.call);
  if (answer instanceof Refusal) return answer;
  const { status, headers, body } = answer;
  const whole = { call: facts.call, dropped: request.dropped, withheld: [] };
  return 'link' in body
    ? { ...whole, ...linked(body.link) }
    : { ...whole, status, headers, body: body.bytes };
}

function linked(link: string): Pick<MadeCall, 'status' | 'headers' | 'body'> {
  const said = `${JSON.stringify({ location: link, seconds: LINK_SECONDS })}\n`;
  return {
    status: 303,
    headers: [
      ['location', link],
      ['content-type', 'application/json'],
    ],
    body: Buffer.from(said),
  };
}

async function effect(dependencies: CallDependencies, making: Making): Promise<MadeCall | Refusal> {
  const { begun, caller, rules, wanted } = making;
  const { call, standing } = begun;
  const now = dependencies.clock.now();
  const until = Date.parse(call.deadline);
  let plan: HttpPlan | RefusedOperation;
  try {
    const own =
      standing === undefined ? undefined : standingWithOwn(standing, await dependencies.tokenKeys());
    // What is judged is what goes on.
    const going = { ...wanted, headers: making.request.forwarded };
    plan = planCall(rules, own, going, call.outcomeEvent, caller, now);
  } catch (fault) {
    await abandonCall(dependencies, begun, caller.facts);
    throw fault;
  }
  if ('refusal' in plan) return refuseAttempt(dependencies, making, DENIED, plan);
  if (now.getTime() >= until) {
    return refuseAttempt(dependencies, making, NOT_BEGUN, { ...decided(plan), refusal: TOO_LATE });
  }
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

function decided({ operation, decision, input }: HttpPlan) {
  return { operation, decision, input };
}

async function carryOut(
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
  const sent = await send(dependencies, making, plan, ready, limit);
  const session = sessionOf(sent.ready, plan);
  const said = { ...decided(plan), ...(session === undefined ? {} : { session }) };
  if ('problem' in sent.answer) {
    const { manner, refusal } = refusalOf(sent.answer, plan, making);
    return refuseAttempt(dependencies, making, manner, { ...said, refusal });
  }
  if (plan.cap !== undefined && sent.answer.body.length > plan.cap) {
    const refusal = overCap(plan, plan.cap);
    return refuseAttempt(dependencies, making, FAILED, { ...said, refusal });
  }
  return hand(dependencies, making, plan, sent.answer, sent.ready, session);
}

/** Once more where the target does not know who it is, and there is something else to show. */
async function send(
  { outbound, credentials, clock }: CallDependencies,
  making: Making,
  plan: HttpPlan,
  ready: ReadyCredentials,
  limit: number,
): Promise<{ readonly answer: OutboundAnswer | NoAnswer; readonly ready: ReadyCredentials }> {
  const answer = await outbound.send(outboundRequest(clock, making, plan, ready, limit));
  if ('problem' in answer || answer.status !== 401) return { answer, ready };
  const renewed = await credentials.renewed(plan.target, ready, limit);
  if (renewed === undefined || clock.now().getTime() >= limit) return { answer, ready };
  const again = await outbound.send(outboundRequest(clock, making, plan, renewed, limit));
  return { answer: again, ready: renewed };
}

function outboundRequest(
  clock: Clock,
  { wanted, request }: Making,
  { target, path, cap }: HttpPlan,
  { written, clientCertificate, sign }: ReadyCredentials,
  limit: number,
): OutboundRequest {
  const now = clock.now();
  const left = Math.max(1, limit - now.getTime());
  const { pathname } = new URL(target.connection.baseUrl);
  const base = pathname.replace(/\/$/u, '');
  const injectedNames = new Set(written.query.map(([name]) => name));
  const hasBody = wanted.body !== undefined && wanted.body.length > 0;
  return {
    to: originOf(target),
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
    method: wanted.method,
    path: path.text === '/' ? base || '/' : `${base}${path.text}`,
    query: [...wanted.query.filter(([name]) => !injectedNames.has(name)), ...written.query],
    headers: [...request.forwarded, ...written.headers],
    body: hasBody ? wanted.body : undefined,
    ...(sign === undefined ? {} : { sign: { ...sign, at: now } }),
    timeoutMilliseconds: left,
    mostBytes: Math.min(MOST_FETCHED_BYTES, cap ?? Number.POSITIVE_INFINITY),
    events: {
      milliseconds: Math.max(1, Math.min(MOST_EVENT_MILLISECONDS, left - 1000)),
      bytes: Math.min(MOST_EVENT_BYTES, cap ?? Number.POSITIVE_INFINITY),
    },
    mayRepeat: IDEMPOTENT.includes(wanted.method),
  };
}

/** All of the session but its secrets. */
function sessionOf({ sign, sessionName }: ReadyCredentials, { aws }: HttpPlan): CallSession | undefined {
  if (sign === undefined || sessionName === undefined || aws === undefined) return undefined;
  const { session } = sign;
  const { roleArn } = aws.request;
  return {
    accessKeyId: session.accessKeyId,
    expiresAt: new Date(Math.min(session.expiration.getTime(), aws.ends.getTime())).toISOString(),
    real: session.real,
    ...{ roleArn, sessionName, policy: aws.shownPolicy, policyHash: sha256(aws.shownPolicy) },
  };
}

function overCap({ target }: HttpPlan, cap: number): Refusal {
  return new Refusal(
    'response_over_cap',
    `${target.id} answered with more than the ${cap} bytes that this read may bring back. Ask for less, or send \`bailiwick-export: true\` to have it decided as an export.`,
  );
}

/** What may have changed something, and whose end nobody saw, is no failure: it is not known. */
function refusalOf(
  { problem, sent, status, detail, retryAfterSeconds }: NoAnswer,
  plan: HttpPlan,
  { facts }: Making,
): { readonly manner: Manner; readonly refusal: Refusal } {
  const { target, definition, cap } = plan;
  if (problem === 'unavailable') {
    const extras = { retryAfterSeconds: retryAfterSeconds ?? 5 };
    return { manner: NOT_BEGUN, refusal: new Refusal('target_unavailable', detail, extras) };
  }
  if (problem === 'too_large' && cap !== undefined && cap < MOST_FETCHED_BYTES) {
    return { manner: FAILED, refusal: overCap(plan, cap) };
  }
  if (sent && status === undefined && definition.effect !== 'read') {
    const said = `${detail} Whether ${target.id} did what was asked is not known: look there before you ask again. The call's id is ${facts.call}.`;
    return { manner: LOST, refusal: new Refusal('outcome_unknown', said) };
  }
  const answered = status === undefined ? '' : ` It had answered with status ${status}.`;
  return problem === 'timeout'
    ? {
        manner: FAILED,
        refusal: new Refusal('call_timeout', `${detail}${answered} The call's id is ${facts.call}.`),
      }
    : { manner: FAILED, refusal: new Refusal('target_failed', `${detail}${answered}`) };
}

/** The second trip, and what is too large for the door beside it. */
async function hand(
  dependencies: CallDependencies,
  making: Making,
  plan: HttpPlan,
  answer: OutboundAnswer,
  ready: ReadyCredentials,
  session: CallSession | undefined,
): Promise<MadeCall | Refusal> {
  const { begun, facts, rules, wanted, request, tally, caller } = making;
  const masked = maskedAnswer(answer, {
    ...{ masking: rules.masking, plan, wanted, tally, scrub: ready.scrub },
    brokerBase: `${await dependencies.publicUrl()}/v1/tasks/${facts.task}/http/${plan.target.id}`,
    ...{ task: facts.task, id: begun.call.outcomeEvent },
    mayBeRepeated: caller.idempotencyKey !== undefined,
  });
  const written = endCall(dependencies, begun, {
    change: 'succeed',
    ran: true,
    ending: {
      ...{ operation: plan.operation, decision: plan.decision },
      ...(session === undefined ? {} : { session }),
      ...(caller.idempotencyKey === undefined ? {} : { answer: masked.kept }),
    },
    event: {
      ...facts,
      request: { ...facts.request, ...maskedIn(tally) },
      type: 'call.succeeded',
      target: plan.target.id,
      ...decided(plan),
      answered: masked.recorded,
      ...(masked.withheld.length === 0 ? {} : { withheld: masked.withheld }),
      ...(session === undefined ? {} : { session }),
      milliseconds: millisecondsOf(begun.call, dependencies.clock.now()),
    },
  });
  const [unwritten, stored] = await Promise.all([written, store(dependencies, masked)]);
  if (unwritten !== undefined) return unwritten;
  if (!stored) return outcomeUnknown(facts.call);
  const { status, headers, direct, withheld, truncated } = masked;
  const whole = {
    ...{ call: facts.call, dropped: request.dropped, withheld },
    ...(truncated === undefined ? {} : { truncated }),
  };
  if (direct !== undefined) return { ...whole, status, headers, body: direct };
  return { ...whole, ...linked(await linkTo(dependencies, masked)) };
}

async function linkTo({ objects }: CallDependencies, { toStore, headers }: MaskedAnswer): Promise<string> {
  const type = headers.find(([name]) => name === 'content-type')?.[1];
  return objects.link(toStore?.key as ObjectKey, type ?? 'application/octet-stream', LINK_SECONDS);
}

async function store({ objects, log }: CallDependencies, { toStore }: MaskedAnswer): Promise<boolean> {
  if (toStore === undefined) return true;
  try {
    await objects.put(toStore.key, toStore.bytes);
    return true;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    log.error('back end unavailable', { backend: error.backend });
    return false;
  }
}
