// Sends a planned call to its target with its credential, and says what no answer means.
import type { Clock } from '../ports/clock.ts';
import type { NoAnswer, OutboundAnswer, OutboundRequest } from '../ports/outbound.ts';
import { Refusal } from '../shared/errors.ts';
import { type Attempt, FAILED, NOT_BEGUN } from './attempt.ts';
import type { CallDependencies } from './call-dependencies.ts';
import type { Manner } from './end-call.ts';
import type { MaskTally } from './mask-counts.ts';
import type { HttpPlan } from './plan-call.ts';
import type { RecordedRequest } from './recorded-request.ts';
import { addressOf, type ReadyCredentials } from './target-credentials.ts';
import type { WantedHttp } from './wanted-http.ts';

/** One call, and all that its steps need. */
export interface Making extends Attempt {
  readonly wanted: WantedHttp;
  readonly request: RecordedRequest;
  readonly tally: MaskTally;
  /** Whether its answer may be asked for again. */
  readonly keepsAnswer: boolean;
}

/** What is unpacked and masked of one answer, all in memory. */
const MOST_FETCHED_BYTES = 16 * 1_048_576;
/** Of a stream of events, which has no end that could be waited for. */
const MOST_EVENT_BYTES = 1_048_576;
const MOST_EVENT_MILLISECONDS = 20_000;
/** What changes nothing, or nothing more the second time. */
const REPLACING = ['PUT', 'DELETE'];
const REPEATABLE = ['GET', 'HEAD', 'OPTIONS', ...REPLACING];
export const LOST: Manner = { change: 'loseTrack', ran: true };

export interface Sent<Answer> {
  readonly answer: Answer;
  /** With what the last of them was sent. */
  readonly ready: ReadyCredentials;
  readonly sends: number;
}

/** What people approved leaves once, whatever comes back. */
function isApproved({ facts }: Making): boolean {
  return facts.approval !== undefined;
}

/** Once more where the target does not know who it is, and there is something else to show. */
export async function sendCall(
  { outbound, credentials, clock }: CallDependencies,
  making: Making,
  plan: HttpPlan,
  ready: ReadyCredentials,
  limit: number,
): Promise<Sent<OutboundAnswer | NoAnswer>> {
  const answer = await outbound.send(outboundRequest(clock, making, plan, ready, limit));
  if ('problem' in answer || answer.status !== 401) return { answer, ready, sends: 1 };
  // Also where this one is not sent again: else the next that people approve would be spent on what was refused here.
  const renewed = await credentials.renewed(plan.target, ready, limit);
  if (renewed === undefined || isApproved(making) || clock.now().getTime() >= limit) {
    return { answer, ready, sends: 1 };
  }
  const again = await outbound.send(outboundRequest(clock, making, plan, renewed, limit));
  return { answer: again, ready: renewed, sends: 2 };
}

function outboundRequest(
  clock: Clock,
  making: Making,
  { target, path, cap, definition }: HttpPlan,
  { written, clientCertificate, sign }: ReadyCredentials,
  limit: number,
): OutboundRequest {
  const { wanted, request } = making;
  const now = clock.now();
  const left = Math.max(1, limit - now.getTime());
  const { origin, basePath } = addressOf(target);
  const injectedNames = new Set(written.query.map(([name]) => name));
  const hasBody = wanted.body !== undefined && wanted.body.length > 0;
  return {
    to: origin,
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
    method: wanted.method,
    path: path.text === '/' ? basePath || '/' : `${basePath}${path.text}`,
    // Before the agent's own: what echoes the beginning of a URL would else cut the credential where the agent has it cut.
    query: [...written.query, ...wanted.query.filter(([name]) => !injectedNames.has(name))],
    headers: [...request.forwarded, ...written.headers],
    body: hasBody ? wanted.body : undefined,
    ...(sign === undefined ? {} : { sign: { ...sign, at: now } }),
    timeoutMilliseconds: left,
    mostBytes: Math.min(MOST_FETCHED_BYTES, cap ?? Number.POSITIVE_INFINITY),
    events: {
      milliseconds: Math.max(1, Math.min(MOST_EVENT_MILLISECONDS, left - 1000)),
      bytes: Math.min(MOST_EVENT_BYTES, cap ?? Number.POSITIVE_INFINITY),
    },
    mayRepeat:
      !isApproved(making) && (definition.effect === 'read' ? REPEATABLE : REPLACING).includes(wanted.method),
  };
}

export function overCap({ target }: HttpPlan, cap: number): Refusal {
  return new Refusal(
    'response_over_cap',
    `${target.id} answered with more than the ${cap} bytes that this read may bring back. Ask for less, or send \`bailiwick-export: true\` to have it decided as an export.`,
  );
}

function answeredWith({ status, cutShort }: NoAnswer): string {
  if (status === undefined) return '';
  return cutShort === true
    ? ` It had begun to answer, with status ${status}.`
    : ` It had answered with status ${status}.`;
}

/** What may have changed something, and whose end nobody saw, is no failure: it is not known. */
export function refusalOfNoAnswer(
  answer: NoAnswer,
  plan: HttpPlan,
  { facts }: Making,
): { readonly manner: Manner; readonly refusal: Refusal } {
  const { problem, sent, status, cutShort, retryAfterSeconds } = answer;
  const { target, definition, cap } = plan;
  const isRead = definition.effect === 'read';
  if (problem === 'unavailable') {
    const extras = { retryAfterSeconds: retryAfterSeconds ?? 5 };
    return { manner: NOT_BEGUN, refusal: new Refusal('target_unavailable', answer.detail, extras) };
  }
  if (problem === 'too_large' && cap !== undefined && cap < MOST_FETCHED_BYTES) {
    return { manner: FAILED, refusal: overCap(plan, cap) };
  }
  const detail = `${answer.detail}${answeredWith(answer)}`;
  if (sent && !isRead && (status === undefined || cutShort === true)) {
    const said = `${detail} Whether ${target.id} did what was asked is not known: look there before you ask again. The call's id is ${facts.call}.`;
    return { manner: LOST, refusal: new Refusal('outcome_unknown', said) };
  }
  // Of what timed out nothing may have happened; of a write that was answered to its end something has.
  return problem === 'timeout' && (isRead || status === undefined)
    ? {
        manner: FAILED,
        refusal: new Refusal('call_timeout', `${detail} The call's id is ${facts.call}.`),
      }
    : { manner: FAILED, refusal: new Refusal('target_failed', detail) };
}
