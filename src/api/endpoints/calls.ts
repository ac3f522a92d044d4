// What becomes of a call: how it stands, and what it was answered with.
import { statusOfApproval } from '../../approvals/index.ts';
import {
  type Caller,
  type CallStanding,
  isAwaiting,
  type MaskTally,
  readCall,
  readCallAnswer,
} from '../../broker/index.ts';
import { Refusal } from '../../shared/errors.ts';
import { hasEnded } from '../../tasks/index.ts';
import { parseQuery } from '../body.ts';
import { callerOf, type Endpoint, endpoint } from '../endpoint.ts';
import { Answered, json } from '../http.ts';
import { ROUTES } from '../routes.ts';
import { waitQuery } from '../schemas.ts';
import { decisionOfRefusal, toldRefusal } from '../told.ts';
import { awaitingResponse } from './awaiting.ts';
import { madeCallResponse } from './call-target.ts';

type Dependencies = Parameters<typeof readCallAnswer>[0];

function viewCall({ call, approval, status }: CallStanding, now: Date, publicUrl: string): object {
  const { id, task, kind, requestLine, requested, operation, refusal, requestedAt, endedAt } = call;
  const decision = call.decision ?? approval?.decision;
  return {
    ...{ id, task, status, kind, requestLine, requestedAt, endedAt },
    operation: operation ?? requested,
    decision: decision ?? (refusal && decisionOfRefusal(refusal.code, call.configDigest)),
    approval:
      approval === undefined
        ? undefined
        : {
            ...{ id: approval.id, status: statusOfApproval(approval, now), needed: approval.needed },
            expiresAt: approval.expiresAt,
            decisions: approval.votes.map(({ by, decision: said, reason, at }) => ({
              by,
              decision: said,
              reason,
              at,
            })),
          },
    refusal,
    // What it was answered with is an answer of its own.
    response:
      call.answer === undefined
        ? undefined
        : { status: call.answer.status, url: `${publicUrl.replace(/\/$/u, '')}/v1/calls/${id}/response` },
  };
}

/** Of those that wait, so many at once; whoever comes then is told at once how it stands. */
const MOST_WAITING = 200;
const RETRY_SECONDS = 5;
let waiting = 0;

async function waitFor(
  dependencies: Dependencies,
  caller: Caller,
  id: string,
  seconds: number,
): Promise<CallStanding | Refusal> {
  const wait = waiting < MOST_WAITING ? seconds : 0;
  waiting += 1;
  try {
    return await readCall(dependencies, caller, id, wait);
  } finally {
    waiting -= 1;
  }
}

/** While it has not ended, when to look again is said too. */
function callResponse(standing: CallStanding, now: Date, publicUrl: string): Answered {
  const response = json(200, { call: viewCall(standing, now, publicUrl) });
  const headers = hasEnded(standing.call) ? {} : { 'retry-after': String(RETRY_SECONDS) };
  return new Answered({ ...response, headers: { ...response.headers, ...headers } });
}

function readCallEndpoint(dependencies: Dependencies): Endpoint {
  return endpoint({
    route: ROUTES.readCall,
    rules: dependencies.rules,
    run: async (caller, _, request) => {
      const query = parseQuery(request, waitQuery());
      if (query instanceof Refusal) return query;
      const standing = await waitFor(dependencies, caller, request.parameters['call'] ?? '', query.wait);
      return standing instanceof Refusal
        ? standing
        : callResponse(standing, dependencies.clock.now(), await dependencies.publicUrl());
    },
  });
}

function readCallAnswerEndpoint(dependencies: Dependencies): Endpoint {
  const route = ROUTES.readCallResponse;
  return {
    route,
    handle: async (request) => {
      const masked: MaskTally = new Map();
      const caller = callerOf(request, route, undefined, null);
      const answer = await readCallAnswer(dependencies, caller, request.parameters['call'] ?? '');
      if (answer instanceof Refusal) return toldRefusal(await dependencies.rules(), answer, masked);
      return isAwaiting(answer)
        ? awaitingResponse(dependencies.publicUrl, answer)
        : madeCallResponse(answer, masked);
    },
  };
}

export function callEndpoints(dependencies: Dependencies): readonly Endpoint[] {
  return [readCallEndpoint(dependencies), readCallAnswerEndpoint(dependencies)];
}
