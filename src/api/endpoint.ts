// What all endpoints do alike: read the request, build the caller, run the use case, turn its answer into HTTP.
import type * as z from 'zod/mini';
import type { Caller, MaskTally, Rules } from '../broker/index.ts';
import { Refusal } from '../shared/errors.ts';
import { sha256 } from '../shared/hash.ts';
import { canonicalJson, type Json } from '../shared/json.ts';
import { bearerToken, idempotencyKey, parseBody, recordedHeaders, TOO_LARGE } from './body.ts';
import { Answered, type ApiRequest, type ApiResponse, json } from './http.ts';
import { maskedCaller, shownToAgent, withMasked } from './masked.ts';
import type { Route } from './routes.ts';
import { toldRefusal } from './told.ts';

export interface Endpoint {
  readonly route: Route;
  /** A refusal is a value here too: the door turns it into a problem document. Faults are thrown. */
  readonly handle: (request: ApiRequest) => Promise<ApiResponse | Refusal>;
}

interface Definition<Schema extends z.core.$ZodType> {
  readonly route: Route;
  readonly status?: number;
  /** Left out, the route takes no body at all. */
  readonly body?: () => Schema;
  readonly bodyOptional?: boolean;
  readonly rules: () => Promise<Pick<Rules, 'config' | 'masking'>>;
  readonly run: (
    caller: Caller,
    body: z.output<Schema> | Refusal,
    request: ApiRequest,
  ) => Promise<object | Refusal>;
}

export function callerOf(
  request: ApiRequest,
  route: Route,
  key: string | undefined,
  body: Json,
  token = bearerToken(request),
): Caller {
  const path = route.path.replace(/\{([a-z]+)\}/g, (_, name: string) => request.parameters[name] ?? '');
  return {
    token,
    proof: request.headers['dpop'],
    idempotencyKey: key,
    path,
    bodyHash: sha256(canonicalJson(body)),
    facts: {
      id: request.requestId,
      method: route.method,
      route: route.path,
      ...(request.sourceAddress === undefined ? {} : { sourceAddress: request.sourceAddress }),
      ...(token === undefined ? {} : { tokenHash: sha256(token) }),
      ...recordedHeaders(request),
      ...(key === undefined ? {} : { idempotencyKeyHash: sha256(key) }),
    },
  };
}

export function endpoint<Schema extends z.core.$ZodType>(definition: Definition<Schema>): Endpoint {
  const { route, status = 200, run } = definition;
  return {
    route,
    handle: async (request) => {
      // Nothing is told by it, and it was not read.
      if (request.body === undefined) return TOO_LARGE;
      if (route.takes !== 'nothing' && bearerToken(request) === undefined) {
        return new Refusal('unauthenticated', 'A bearer token is required: `Authorization: Bearer …`.');
      }
      const key = route.method === 'POST' ? idempotencyKey(request) : undefined;
      if (key instanceof Refusal) return key;
      const body =
        definition.body === undefined
          ? undefined
          : parseBody(request, definition.body(), definition.bodyOptional ?? false);
      const rules = await definition.rules();
      const masked: MaskTally = new Map();
      const sent = callerOf(request, route, key, (body instanceof Refusal ? null : (body ?? null)) as Json);
      const caller = maskedCaller(rules.masking, sent, masked);
      // What is wrong with a body is told to those only who prove who they are: the use case asks that first.
      const answer = await run(caller, body as z.output<Schema> | Refusal, request);
      if (answer instanceof Refusal) return toldRefusal(rules, answer, masked);
      const response = withMasked(
        answer instanceof Answered ? answer.response : json(status, answer),
        masked,
      );
      return route.takes === 'humanToken' ? response : shownToAgent(response);
    },
  };
}
