// Issues AWS session credentials for what a task covers: claim and intent, decision, STS, outcome, answer.
import { storedEvent, type TaskFacts } from '../audit/index.ts';
import { TokenRefused } from '../identity/index.ts';
import type { NoSession, Session } from '../ports/session-issuer.ts';
import { Refusal, Unavailable } from '../shared/errors.ts';
import { sha256 } from '../shared/hash.ts';
import { makeId } from '../shared/ids.ts';
import type { Call, TaskTokenClaims } from '../tasks/index.ts';
import { beginCall, refusalOfBody } from './begin-call.ts';
import type { BegunCall } from './begun-call.ts';
import { type Caller, holderOfTask } from './caller.ts';
import { tooLarge } from './compile-session.ts';
import type { BrokerDependencies, Rules } from './dependencies.ts';
import { abandonCall, type Ending, endCall, type Manner } from './end-call.ts';
import { hear } from './hear.ts';
import { shown } from './masking.ts';
import { ownerIfKnown } from './owner.ts';
import { planSession, type RefusedPlan, type SessionPlan, type WantedCapability } from './plan-session.ts';
import { UNAUTHENTICATED } from './refusals.ts';
import { noteRefusedToken } from './refused-tokens.ts';
import { refusalOfEarlier } from './repeat-call.ts';
import { roleWanted } from './role-wanted.ts';
import { longOver, readStanding, type Standing, standingProblem, standingWithOwn } from './standing.ts';

export interface IssuedCredentials {
  readonly session: Session;
  /** The earlier of STS's and the task's. */
  readonly expiration: Date;
  readonly call: string;
}

type Dependencies = Omit<BrokerDependencies, 'keySets'>;

/** The stores were so slow that nobody is waiting for the answer any more. */
const TOO_LATE = new Refusal(
  'call_timeout',
  'The call took too long to begin, so nothing was done. Try again.',
);

const DENIED: Manner = { change: 'deny', ran: false };
const FAILED: Manner = { change: 'fail', ran: true };
const NOT_BEGUN: Manner = { change: 'fail', ran: false, letGo: true };

export async function issueCredentials(
  dependencies: Dependencies,
  sender: Caller,
  task: string,
  asked: readonly WantedCapability[] | Refusal,
): Promise<IssuedCredentials | Refusal> {
  const rules = await dependencies.rules();
  const holder = await holderOfTask(dependencies, rules, sender, task);
  if (holder instanceof Refusal) return holder;
  if (asked instanceof Refusal) return refusalOfBody(dependencies, sender, holder.task, asked);
  const over = longOver(holder, dependencies.clock.now());
  if (over !== undefined) return over;
  const heard = hear(rules.masking, sender, { capabilities: asked });
  const { caller } = heard;
  const wanted = heard.wanted.capabilities;
  const begun = await beginCall(dependencies, caller, holder, {
    kind: 'credentials',
    requested: shown(rules.masking, wanted).map(({ capability, parameters }) => ({
      capability,
      ...(parameters === undefined ? {} : { parameters }),
    })),
    configDigest: rules.config.digest,
    ...ownerIfKnown(rules.config.agents[holder.agent]),
    ...roleWanted(rules.config, holder.agent, wanted),
  });
  if (begun instanceof Refusal) return begun;
  if (begun.replayed) return refuseReplay(dependencies, rules, begun, caller);
  const attempt: Attempt = { begun, holder, caller, rules, facts: factsOf(begun, caller, rules) };
  const ready =
    begun.earlier === undefined ? attempt : await afterEarlier(dependencies, attempt, begun.earlier);
  return ready instanceof Refusal ? ready : obtain(dependencies, ready, wanted);
}

/** Whoever sends a proof a second time has seen it, and need not hold its key: the call is as good as not made. */
async function refuseReplay(
  dependencies: Dependencies,
  rules: Rules,
  begun: BegunCall,
  caller: Caller,
): Promise<Refusal> {
  await noteRefusedToken(dependencies, rules, caller, new TokenRefused('replayed'), {
    agent: begun.call.agent,
    task: begun.call.task,
  });
  const { code, detail } = UNAUTHENTICATED;
  const facts = factsOf(begun, caller, rules);
  const unwritten = await endCall(dependencies, begun, {
    ...NOT_BEGUN,
    ending: { refusal: { code, detail } },
    event: {
      ...facts,
      type: 'call.failed',
      refusal: { code, detail },
      milliseconds: millisecondsOf(begun.call, dependencies.clock.now()),
    },
  });
  return unwritten ?? UNAUTHENTICATED;
}

/** One request on its way: its call, who makes it, and the rules it is decided by. */
interface Attempt {
  readonly begun: BegunCall;
  readonly holder: TaskTokenClaims;
  readonly caller: Caller;
  readonly rules: Rules;
  readonly facts: Facts;
}

/** A repetition waits for the first request. It gets the same refusal, or may have fresh credentials. */
async function afterEarlier(
  dependencies: Dependencies,
  attempt: Attempt,
  earlier: Call,
): Promise<Attempt | Refusal> {
  const { begun, holder, facts } = attempt;
  const refusal = await refusalOfEarlier(dependencies, begun.call, earlier);
  if (refusal === undefined) {
    // The wait may have been long: the task may have ended meanwhile.
    return { ...attempt, begun: { ...begun, standing: await readStanding(dependencies, holder) } };
  }
  const { code, detail, extras } = refusal;
  const unwritten = await endCall(dependencies, begun, {
    ...DENIED,
    ending: { refusal: { code, detail, ...(extras.errors === undefined ? {} : { errors: extras.errors }) } },
    event: { ...facts, type: 'call.repeated', answer: code },
  });
  return unwritten ?? refusal;
}

async function obtain(
  dependencies: Dependencies,
  attempt: Attempt,
  wanted: readonly WantedCapability[],
): Promise<IssuedCredentials | Refusal> {
  const { begun, caller, rules } = attempt;
  const { call, standing } = begun;
  const now = dependencies.clock.now();
  let plan: SessionPlan | RefusedPlan;
  try {
    const own =
      standing === undefined ? undefined : standingWithOwn(standing, await dependencies.tokenKeys());
    plan = planSession(rules, own, wanted, call.outcomeEvent, caller, now);
  } catch (fault) {
    await abandonCall(dependencies, begun, caller.facts);
    throw fault;
  }
  if ('refusal' in plan) return refuse(dependencies, attempt, DENIED, plan);
  if (now.getTime() >= Date.parse(call.deadline)) {
    return refuse(dependencies, attempt, NOT_BEGUN, { ...plan, refusal: TOO_LATE });
  }
  const session = await dependencies.sessions.issue(plan.request);
  if ('problem' in session) {
    return refuse(dependencies, attempt, FAILED, { ...plan, refusal: refusalOf(session, plan) });
  }
  return hand(dependencies, attempt, plan, session);
}

/** What is the same in every event of the call. A repetition's outcome belongs to the call that it repeats. */
function factsOf({ call, earlier, standing }: BegunCall, caller: Caller, rules: Rules) {
  const task = standing?.task;
  const ofTask: TaskFacts = {
    task: call.task,
    ancestors: call.ancestors,
    agent: call.agent,
    ...ownerIfKnown(rules.config.agents[call.agent]),
    ...(task?.requester === undefined ? {} : { requester: task.requester }),
    ...(task === undefined ? {} : { purpose: task.purpose }),
  };
  return {
    ...ofTask,
    call: (earlier ?? call).id,
    ...(earlier === undefined ? {} : { repetition: call.id }),
    kind: call.kind,
    configDigest: call.configDigest,
    request: caller.facts,
  };
}

type Facts = ReturnType<typeof factsOf>;

function refusalOf({ problem, detail }: NoSession, { operation, sizes }: SessionPlan): Refusal {
  if (problem === 'policyTooLarge') return tooLarge(detail, operation, sizes);
  return new Refusal(problem === 'unavailable' ? 'target_unavailable' : 'target_failed', detail);
}

function millisecondsOf(call: Call, now: Date): number {
  return now.getTime() - Date.parse(call.requestedAt);
}

async function refuse(
  dependencies: Dependencies,
  { begun, facts }: Attempt,
  manner: Manner,
  { refusal, operation, decision, input }: RefusedPlan,
): Promise<Refusal> {
  const { code, detail, extras } = refusal;
  const kept = { code, detail, ...(extras.errors === undefined ? {} : { errors: extras.errors }) };
  const parts = {
    ...(operation === undefined ? {} : { operation }),
    ...(decision === undefined ? {} : { decision }),
    refusal: kept,
  };
  const milliseconds = millisecondsOf(begun.call, dependencies.clock.now());
  const end: Ending = {
    ...manner,
    ending: parts,
    event: {
      type: manner.change === 'deny' ? 'call.denied' : 'call.failed',
      ...facts,
      ...parts,
      ...(input === undefined ? {} : { input }),
      milliseconds,
    },
  };
  const unwritten = await endCall(dependencies, begun, end);
  return unwritten ?? new Refusal(code, detail, { ...extras, call: facts.call });
}

async function hand(
  dependencies: Dependencies,
  attempt: Attempt,
  { target, operation, decision, input, request, shownPolicy, ends }: SessionPlan,
  session: Session,
): Promise<IssuedCredentials | Refusal> {
  const { begun, holder, facts } = attempt;
  const expiration = new Date(Math.min(session.expiration.getTime(), ends.getTime()));
  const { roleArn, sessionName } = request;
  const kept = {
    accessKeyId: session.accessKeyId,
    expiresAt: expiration.toISOString(),
    real: session.real,
    roleArn,
    sessionName,
    policy: shownPolicy,
    policyHash: sha256(shownPolicy),
  };
  const written = endCall(dependencies, begun, {
    change: 'succeed',
    ending: { operation, decision, session: kept },
    event: {
      type: 'credentials.issued',
      ...facts,
      target,
      operation,
      decision,
      input,
      session: kept,
      milliseconds: millisecondsOf(begun.call, dependencies.clock.now()),
    },
    ran: true,
  });
  // In the same trip: whoever ended the task since this call was claimed has not seen its session, or has told its
  // agent that it is pending. Either way it is not handed out any more.
  const [unwritten, standing] = await Promise.all([written, standingNow(dependencies, holder)]);
  if (unwritten !== undefined) return unwritten;
  const over = standing instanceof Refusal ? standing : standingProblem(standing, dependencies.clock.now());
  if (over !== undefined) return withhold(dependencies, attempt, over);
  return { session, expiration, call: facts.call };
}

/** A task of which it can't be told whether it is over counts as over. */
async function standingNow(
  dependencies: Dependencies,
  holder: TaskTokenClaims,
): Promise<Standing | undefined | Refusal> {
  try {
    return await readStanding(dependencies, holder);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    dependencies.log.error('back end unavailable', { backend: error.backend });
    return new Refusal('internal', 'It could not be made sure that the task is still open. Try again.');
  }
}

async function withhold(
  { events, ids, clock, log }: Dependencies,
  { facts }: Attempt,
  over: Refusal,
): Promise<Refusal> {
  const now = clock.now();
  const { code, detail } = over;
  const body = { ...facts, type: 'credentials.withheld', code, detail } as const;
  try {
    await events.append(storedEvent(facts.task, makeId('evt', now, ids.random(10)), now, body));
  } catch {
    log.error('outcome not recorded', { call: facts.call });
  }
  return new Refusal(code, detail, { call: facts.call });
}
