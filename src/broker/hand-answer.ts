// How an answered call ends: the answer masked, the outcome written down, and what the agent is given of it.
import type { ObjectKey } from '../ports/objects.ts';
import type { OutboundAnswer } from '../ports/outbound.ts';
import { Refusal, Unavailable } from '../shared/errors.ts';
import { sha256 } from '../shared/hash.ts';
import { readMoment } from '../shared/moments.ts';
import type { CallSession } from '../tasks/index.ts';
import { FAILED, millisecondsOf, refuseAttempt } from './attempt.ts';
import { type AnswerContext, type MaskedAnswer, maskedAnswer } from './call-answer.ts';
import type { CallDependencies } from './call-dependencies.ts';
import { endCall } from './end-call.ts';
import { type MaskCounts, maskedIn } from './mask-counts.ts';
import { OutOfTime } from './patient-masking.ts';
import type { HttpPlan } from './plan-call.ts';
import { outcomeUnknown } from './refusals.ts';
import type { Making, Sent } from './send-call.ts';
import type { ReadyCredentials } from './target-credentials.ts';

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
  /** What was masked when it was made, in the request and in the answer. */
  readonly masked?: MaskCounts;
}

/** What a link to an answer that was put aside is good for. */
export const LINK_SECONDS = 300;

export function decided({ operation, decision, input }: HttpPlan) {
  return { operation, decision, input };
}

/** All of the session but its secrets. */
export function sessionOf({ signing }: ReadyCredentials): CallSession | undefined {
  if (signing === undefined) return undefined;
  const { session, compiled } = signing;
  const { roleArn, sessionName } = compiled.request;
  const { shownPolicy: policy, ends } = compiled;
  return {
    accessKeyId: session.accessKeyId,
    expiresAt: new Date(Math.min(session.expiration.getTime(), ends.getTime())).toISOString(),
    real: session.real,
    ...{ roleArn, sessionName, policy, policyHash: sha256(policy) },
  };
}

export function linked(link: string): Pick<MadeCall, 'status' | 'headers' | 'body'> {
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

async function maskedOrNot(answer: OutboundAnswer, context: AnswerContext) {
  try {
    return await maskedAnswer(answer, context);
  } catch (error) {
    if (!(error instanceof OutOfTime)) throw error;
    const problem = `The answer could not be masked: ${error.message}. So nothing of it is given. Ask for less at once.`;
    return { problem };
  }
}

/** The second trip, and what is too large for the door beside it. */
export async function handAnswer(
  dependencies: CallDependencies,
  making: Making,
  plan: HttpPlan,
  { answer, ready, sends }: Sent<OutboundAnswer>,
  session: CallSession | undefined,
): Promise<MadeCall | Refusal> {
  const { begun, facts, rules, wanted, request, tally, keepsAnswer } = making;
  const masked = await maskedOrNot(answer, {
    ...{ masking: rules.masking, plan, wanted, tally, scrub: ready.scrub },
    ...{ clock: dependencies.clock, until: readMoment(begun.call.deadline) },
    brokerBase: `${await dependencies.publicUrl()}/v1/tasks/${facts.task}/http/${plan.target.id}`,
    ...{ task: facts.task, id: begun.call.outcomeEvent },
    mayBeRepeated: keepsAnswer,
  });
  if ('problem' in masked) {
    const said = `${masked.problem} It had answered with status ${answer.status}.`;
    const refused = { ...decided(plan), refusal: new Refusal('target_failed', said) };
    const signed = session === undefined ? {} : { session };
    return refuseAttempt(dependencies, making, FAILED, { ...refused, ...signed });
  }
  const counted = maskedIn(tally);
  const written = endCall(dependencies, begun, {
    change: 'succeed',
    ran: true,
    ending: {
      ...{ operation: plan.operation, decision: plan.decision },
      ...(session === undefined ? {} : { session }),
      ...(keepsAnswer ? { answer: { ...masked.kept, ...counted } } : {}),
    },
    event: {
      ...facts,
      request: { ...facts.request, ...counted },
      type: 'call.succeeded',
      target: plan.target.id,
      ...decided(plan),
      answered: masked.recorded,
      ...(sends === 1 ? {} : { sends }),
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
    ...{ call: facts.call, dropped: request.dropped, withheld, ...counted },
    ...(truncated === undefined ? {} : { truncated }),
  };
  if (direct !== undefined) return { ...whole, status, headers, body: direct };
  const link = await linkTo(dependencies, masked);
  return link === undefined ? withoutLink(facts.call) : { ...whole, ...linked(link) };
}

/** The call itself is over, and written down. */
function withoutLink(call: string): Refusal {
  return new Refusal(
    'outcome_unknown',
    `The call was made, and its answer could not be handed over. Its id is ${call}.`,
    { call },
  );
}

async function linkTo(
  { objects, log }: CallDependencies,
  { toStore, headers }: MaskedAnswer,
): Promise<string | undefined> {
  const type = headers.find(([name]) => name === 'content-type')?.[1];
  try {
    return await objects.link(toStore?.key as ObjectKey, type ?? 'application/octet-stream', LINK_SECONDS);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    log.error('back end unavailable', { backend: error.backend });
    return undefined;
  }
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
