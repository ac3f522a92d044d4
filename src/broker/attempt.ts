// One call on its way, whatever its kind: what all its events say, and how it ends where it is refused.
import { TokenRefused } from '../identity/index.ts';
import type { Decision } from '../policy/index.ts';
import type { Code } from '../shared/codes.ts';
import { Refusal } from '../shared/errors.ts';
import { millisecondsBetween } from '../shared/moments.ts';
import type { Call, TaskTokenClaims } from '../tasks/index.ts';
import type { Awaiting } from './awaiting.ts';
import type { BegunCall } from './begun-call.ts';
import { factsOfCall } from './call-facts.ts';
import type { Caller } from './caller.ts';
import type { RefusedOperation } from './decided.ts';
import type { BrokerDependencies, Rules } from './dependencies.ts';
import { type Ending, endCall, type Manner } from './end-call.ts';
import { ownerIfKnown } from './owner.ts';
import { UNAUTHENTICATED } from './refusals.ts';
import { noteRefusedToken } from './refused-tokens.ts';
import { answerOfEarlier } from './repeat-call.ts';
import { readStanding } from './standing.ts';

/** One request on its way: its call, who makes it, and the rules it is decided by. */
export interface Attempt {
  readonly begun: BegunCall;
  readonly holder: TaskTokenClaims;
  readonly caller: Caller;
  readonly rules: Rules;
  readonly facts: Facts;
}

type Dependencies = Pick<BrokerDependencies, 'records' | 'events' | 'clock' | 'ids' | 'log' | 'tally'>;

/** The stores were so slow that nobody is waiting for the answer any more. */
export const TOO_LATE = new Refusal(
  'call_timeout',
  'The call took too long to begin, so nothing was done. Try again.',
);

export const DENIED: Manner = { change: 'deny', ran: false };
export const FAILED: Manner = { change: 'fail', ran: true };
export const NOT_BEGUN: Manner = { change: 'fail', ran: false, letGo: true };

/** What is the same in every event of the call. A repetition's outcome belongs to the call that it repeats. */
function factsOf({ call, standing }: BegunCall, caller: Caller, rules: Rules) {
  const { owner } = ownerIfKnown(rules.config.agents[call.agent]);
  return { ...factsOfCall(call, standing?.task, owner), request: caller.facts };
}

export type Facts = ReturnType<typeof factsOf>;

export function attemptOf(begun: BegunCall, holder: TaskTokenClaims, caller: Caller, rules: Rules): Attempt {
  return { begun, holder, caller, rules, facts: factsOf(begun, caller, rules) };
}

export function millisecondsOf(call: Call, now: Date): number {
  return millisecondsBetween(call.requestedAt, now);
}

/** Whoever sends a proof a second time has seen it, and need not hold its key: the call is as good as not made. */
export async function refuseReplay(
  dependencies: Dependencies,
  { begun, caller, rules, facts }: Attempt,
): Promise<Refusal> {
  await noteRefusedToken(dependencies, rules, caller, new TokenRefused('replayed'), {
    agent: begun.call.agent,
    task: begun.call.task,
  });
  const { code, detail } = UNAUTHENTICATED;
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

/** A repetition waits for the first request. It gets the same refusal, the same 202, or may have what the first one had. */
export async function afterEarlier(
  dependencies: Dependencies,
  attempt: Attempt,
  earlier: Call,
): Promise<Attempt | Awaiting | Refusal> {
  const { begun, holder, facts, rules } = attempt;
  const answer = await answerOfEarlier(dependencies, rules, begun.call, earlier);
  if (answer === undefined) {
    // The wait may have been long: the task may have ended meanwhile.
    return { ...attempt, begun: { ...begun, standing: await readStanding(dependencies, holder) } };
  }
  const { code, detail, extras } = answer instanceof Refusal ? answer : WAITS;
  const unwritten = await endCall(dependencies, begun, {
    ...DENIED,
    ending: { refusal: { code, detail, ...(extras.errors === undefined ? {} : { errors: extras.errors }) } },
    event: {
      ...facts,
      type: 'call.repeated',
      answer: answer instanceof Refusal ? code : 'awaiting_approval',
      milliseconds: millisecondsOf(begun.call, dependencies.clock.now()),
    },
  });
  return unwritten ?? answer;
}

/** What a repetition's own record says, where it was told to wait. */
const WAITS = new Refusal('conflict', 'The first request with this Idempotency-Key waits for approval.');

/** A "no" is a decision even where policy was not asked, such as of what the task does not cover. */
function decisionOf({ rules }: Attempt, code: Code): Decision {
  return { outcome: 'denied', code, policies: [], configDigest: rules.config.digest };
}

export async function refuseAttempt(
  dependencies: Dependencies,
  attempt: Attempt,
  manner: Manner,
  refused: RefusedOperation,
): Promise<Refusal> {
  const { begun, facts } = attempt;
  const { refusal, operation, decision, input, session } = refused;
  const { code, detail, extras } = refusal;
  const kept = { code, detail, ...(extras.errors === undefined ? {} : { errors: extras.errors }) };
  const parts = {
    ...(operation === undefined ? {} : { operation }),
    ...(decision === undefined ? {} : { decision }),
    ...(session === undefined ? {} : { session }),
    refusal: kept,
  };
  const said = {
    ...facts,
    ...parts,
    ...(input === undefined ? {} : { input }),
    milliseconds: millisecondsOf(begun.call, dependencies.clock.now()),
  };
  const event: Ending['event'] =
    manner.change === 'loseTrack'
      ? { ...said, type: 'call.unknown', detail }
      : { ...said, type: manner.change === 'deny' ? 'call.denied' : 'call.failed' };
  const unwritten = await endCall(dependencies, begun, { ...manner, ending: parts, event });
  const decided = manner.change === 'deny' ? { decision: decisionOf(attempt, code) } : {};
  return unwritten ?? new Refusal(code, detail, { ...decided, ...extras, call: facts.call });
}
