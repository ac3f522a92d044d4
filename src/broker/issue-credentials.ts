// Issues AWS session credentials for what a task covers: claim and intent, decision, STS, outcome, answer.
import type { Approval } from '../approvals/index.ts';
import { storedEvent } from '../audit/index.ts';
import type { NoSession, Session } from '../ports/session-issuer.ts';
import { Refusal, Unavailable } from '../shared/errors.ts';
import { sha256 } from '../shared/hash.ts';
import { makeId } from '../shared/ids.ts';
import type { TaskTokenClaims } from '../tasks/index.ts';
import { ASKED_ALREADY, type Asking } from './ask-approval.ts';
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
import { beginCall, refusalOfBody } from './begin-call.ts';
import { type Caller, holderOfTask } from './caller.ts';
import { tooLarge } from './compile-session.ts';
import type { RefusedOperation } from './decided.ts';
import type { BrokerDependencies } from './dependencies.ts';
import { abandonCall, endCall } from './end-call.ts';
import { grantedTo, tellAwaiting, useGrant } from './granted.ts';
import { hear } from './hear.ts';
import { shown } from './masking.ts';
import { ownerIfKnown } from './owner.ts';
import { planSession, type SessionPlan, type WantedCapability } from './plan-session.ts';
import { roleWanted } from './role-wanted.ts';
import { longOver, readStanding, type Standing, standingProblem, standingWithOwn } from './standing.ts';
import { waitWithCredentials } from './wait-for-people.ts';

export interface IssuedCredentials {
  readonly session: Session;
  /** The earlier of STS's and the task's. */
  readonly expiration: Date;
  readonly call: string;
}

type Dependencies = Omit<BrokerDependencies, 'keySets'> & Asking;

export async function issueCredentials(
  dependencies: Dependencies,
  sender: Caller,
  task: string,
  asked: readonly WantedCapability[] | Refusal,
): Promise<IssuedCredentials | Awaiting | Refusal> {
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
  const attempt = attemptOf(begun, holder, caller, rules);
  if (begun.replayed) return refuseReplay(dependencies, attempt);
  const ready =
    begun.earlier === undefined ? attempt : await afterEarlier(dependencies, attempt, begun.earlier);
  return ready instanceof Refusal || isAwaiting(ready) ? ready : obtain(dependencies, ready, wanted);
}

async function obtain(
  dependencies: Dependencies,
  attempt: Attempt,
  wanted: readonly WantedCapability[],
): Promise<IssuedCredentials | Awaiting | Refusal> {
  const { begun, caller, rules } = attempt;
  const { call, standing } = begun;
  const now = dependencies.clock.now();
  let plan: SessionPlan | RefusedOperation;
  try {
    const own =
      standing === undefined ? undefined : standingWithOwn(standing, await dependencies.tokenKeys());
    plan = planSession(rules, own, wanted, call.outcomeEvent, caller, now);
  } catch (fault) {
    await abandonCall(dependencies, begun, caller.facts);
    throw fault;
  }
  if ('refusal' in plan) return refuseAttempt(dependencies, attempt, DENIED, plan);
  if (now.getTime() >= Date.parse(call.deadline)) {
    return refuseAttempt(dependencies, attempt, NOT_BEGUN, { ...plan, refusal: TOO_LATE });
  }
  if (plan.decision.outcome === 'allowed') return issue(dependencies, attempt, plan);
  return afterAsking(dependencies, attempt, plan, wanted);
}

/** Each of them has somebody else ask first. */
const MOST_TRIES = 5;

async function afterAsking(
  dependencies: Dependencies,
  attempt: Attempt,
  plan: SessionPlan,
  wanted: readonly WantedCapability[],
): Promise<IssuedCredentials | Awaiting | Refusal> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const granted = await grantedTo(dependencies, attempt, plan, wanted);
    if ('plan' in granted) {
      const issued = await issue(dependencies, withApproval(attempt, granted.approval), granted.plan);
      if (!(issued instanceof Refusal)) await useGrant(dependencies, granted.approval);
      return issued;
    }
    if (!('inPlaceOf' in granted)) return tellAwaiting(dependencies, attempt, granted);
    // Under a key that came before, nothing else is asked for than what was then.
    if (attempt.begun.earlier !== undefined) {
      return refuseAttempt(dependencies, attempt, DENIED, { ...plan, refusal: NOT_GRANTED_ANY_MORE });
    }
    const asked = await waitWithCredentials(dependencies, attempt, plan, wanted, granted);
    if (asked !== ASKED_ALREADY) return asked;
  }
  return refuseAttempt(dependencies, attempt, NOT_BEGUN, { ...plan, refusal: ASKED_BY_MANY });
}

const ASKED_BY_MANY = new Refusal('conflict', 'Others ask for just the same at once. Try again.', {
  retryAfterSeconds: 1,
});

const NOT_GRANTED_ANY_MORE = new Refusal(
  'approval_void',
  'What was approved under this Idempotency-Key is not granted any more. Ask again, with a new key.',
);

/** What its events say, where people approved it. */
function withApproval(attempt: Attempt, { id: approval }: Approval): Attempt {
  return { ...attempt, facts: { ...attempt.facts, approval } };
}

async function issue(
  dependencies: Dependencies,
  attempt: Attempt,
  plan: SessionPlan,
): Promise<IssuedCredentials | Refusal> {
  const session = await dependencies.sessions.issue(plan.request);
  if ('problem' in session) {
    return refuseAttempt(dependencies, attempt, FAILED, { ...plan, refusal: refusalOf(session, plan) });
  }
  return hand(dependencies, attempt, plan, session);
}

function refusalOf({ problem, detail }: NoSession, { operation, sizes }: SessionPlan): Refusal {
  if (problem === 'policyTooLarge') return tooLarge(detail, operation, sizes);
  return new Refusal(problem === 'unavailable' ? 'target_unavailable' : 'target_failed', detail);
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
  if (over !== undefined)
    return withhold(dependencies, attempt, { operation, accessKeyId: session.accessKeyId }, over);
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
  { begun, facts }: Attempt,
  withheld: Pick<SessionPlan, 'operation'> & Pick<Session, 'accessKeyId'>,
  over: Refusal,
): Promise<Refusal> {
  const now = clock.now();
  const { code, detail } = over;
  const milliseconds = millisecondsOf(begun.call, now);
  const body = { ...facts, ...withheld, type: 'credentials.withheld', code, detail, milliseconds } as const;
  try {
    await events.append(storedEvent(facts.task, makeId('evt', now, ids.random(10)), now, body));
  } catch {
    log.error('outcome not recorded', { call: facts.call });
  }
  return new Refusal(code, detail, { call: facts.call });
}
