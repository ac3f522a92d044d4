// POST /v1/token: opens a task as OAuth 2.0 clients ask for tokens (RFC 8693).
import {
  type BrokerDependencies,
  type Masking,
  type MaskTally,
  type OpenedTask,
  openTask,
} from '../../broker/index.ts';
import { Refusal } from '../../shared/errors.ts';
import type { Json } from '../../shared/json.ts';
import { millisecondsBetween } from '../../shared/moments.ts';
import { idempotencyKey } from '../body.ts';
import { callerOf, type Endpoint } from '../endpoint.ts';
import { type ApiRequest, json, type TextResponse } from '../http.ts';
import { maskedCaller, maskedRefusal, shownToAgent, withMasked } from '../masked.ts';
import {
  ACCESS_TOKEN_TYPE,
  CAPABILITY_TYPE,
  OAUTH_HEADERS,
  type OAuthRefusal,
  oauthRefusal,
  type Way,
} from '../oauth.ts';
import { logFault, refusalOfFault } from '../problem.ts';
import { ROUTES } from '../routes.ts';
import { readTokenRequest } from '../token-request.ts';

type Dependencies = Omit<BrokerDependencies, 'sessions'>;

function tokenAnswer({ task, token, status }: OpenedTask, way: Way, now: Date): object {
  const granted = task.capabilities.filter(({ decision }) => decision.outcome !== 'denied');
  const details = granted.map(({ capability, parameters }) => ({
    type: CAPABILITY_TYPE,
    capability,
    ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
  }));
  return {
    access_token: token,
    issued_token_type: ACCESS_TOKEN_TYPE,
    token_type: task.boundTo === undefined ? 'Bearer' : 'DPoP',
    // A repeated request gets the same task, which may be over by then, as may a short one once it is written down.
    expires_in: status === 'open' ? Math.floor(millisecondsBetween(now, task.expiresAt) / 1000) : 0,
    scope: [...new Set(granted.map(({ capability }) => capability))].join(' '),
    ...(way === 'authorization_details' ? { authorization_details: details } : {}),
    task: task.id,
  };
}

async function exchange(
  dependencies: Dependencies,
  request: ApiRequest,
  masking: Masking,
  masked: MaskTally,
): Promise<TextResponse | OAuthRefusal> {
  const asked = readTokenRequest(request, await dependencies.publicUrl());
  if (asked instanceof Refusal) return asked;
  const key = idempotencyKey(request);
  if (key instanceof Refusal) return oauthRefusal(key);
  const { token, way, wanted } = asked;
  // Without the agent's token, so that a repetition may bring a fresh one. What stands in the Authorization header
  // would authenticate the client, and there are only public ones.
  const body = wanted instanceof Refusal ? null : (wanted as unknown as Json);
  const sent = callerOf(request, ROUTES.exchangeToken, key, body, token);
  const caller = maskedCaller(masking, sent, masked);
  const opened = await openTask(dependencies, caller, wanted);
  if (opened instanceof Refusal) return oauthRefusal(opened, way);
  const answer = json(200, tokenAnswer(opened, way, dependencies.clock.now()));
  return { ...answer, headers: { ...answer.headers, ...OAUTH_HEADERS } };
}

export function exchangeTokenEndpoint(dependencies: Dependencies): Endpoint {
  return {
    route: ROUTES.exchangeToken,
    handle: async (request) => {
      try {
        const { masking } = await dependencies.rules();
        const masked: MaskTally = new Map();
        const answer = await exchange(dependencies, request, masking, masked);
        return answer instanceof Refusal
          ? maskedRefusal(masking, answer, masked)
          : withMasked(shownToAgent(answer), masked);
      } catch (fault) {
        // Not left to the door, which would show it as a problem document.
        logFault(dependencies.log, fault, request.requestId);
        return oauthRefusal(refusalOfFault(fault));
      }
    },
  };
}
