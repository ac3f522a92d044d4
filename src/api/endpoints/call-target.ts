// ANY /v1/tasks/{task}/http/{target}/{path}: a target's own answer, masked, to a request that never held its credential.
import {
  type Caller,
  isAwaiting,
  type MadeCall,
  type MakeCallDependencies,
  type MaskTally,
  makeCall,
  maskedText,
  type WantedHttp,
} from '../../broker/index.ts';
import { type FoundToken, taskTokenIn, withoutOwnAddress } from '../../connectors/http/index.ts';
import { Refusal } from '../../shared/errors.ts';
import { sha256 } from '../../shared/hash.ts';
import { canonicalJson } from '../../shared/json.ts';
import { idempotencyKey, recordedHeaders, TOO_LARGE_TO_PASS } from '../body.ts';
import type { Endpoint } from '../endpoint.ts';
import { type ApiRequest, type ApiResponse, CALL_HEADER, DROPPED_HEADER, MASKED_HEADER } from '../http.ts';
import { maskedCaller, withMasked } from '../masked.ts';
import { ROUTES } from '../routes.ts';
import { toldRefusal } from '../told.ts';
import { awaitingResponse } from './awaiting.ts';

type CallRoute = typeof ROUTES.callTarget | typeof ROUTES.callTargetRoot;

/** What a request asks the broker itself for, where that may be anything. */
const EXPORT_HEADER = 'bailiwick-export';
/** Of these none changes anything: a key that comes with one is passed on, and means nothing here. */
const READING = ['GET', 'HEAD', 'OPTIONS'];

function wantedOf(request: ApiRequest, publicUrl: string): WantedHttp | Refusal {
  const { method, parameters, query, headerLines, headers, body } = request;
  if (body === undefined) return TOO_LARGE_TO_PASS;
  const asked = headers[EXPORT_HEADER];
  if (asked !== undefined && !/^(?:true|false)$/u.test(asked)) {
    return new Refusal('invalid_request', `\`${EXPORT_HEADER}\` must be true or false.`, {
      errors: [{ path: EXPORT_HEADER, problem: 'must be true or false' }],
    });
  }
  return {
    target: parameters['target'] ?? '',
    method,
    path: `/${parameters['path'] ?? ''}`,
    query,
    headers: withoutOwnAddress(headerLines, publicUrl),
    body,
    asExport: asked === 'true',
  };
}

/** Everything that the target would be told, but for the path, which an Idempotency-Key is bound to anyway. */
function hashOf({ query, headers, body }: ApiRequest): string {
  return sha256(
    canonicalJson({
      query: query.map(([name, value]) => [name, value]),
      type: headers['content-type'] ?? '',
      export: headers[EXPORT_HEADER] ?? '',
      body: body === undefined ? '' : sha256(body),
    }),
  );
}

function callerOf(
  request: ApiRequest,
  route: CallRoute,
  { token }: FoundToken,
  key: string | undefined,
): Caller {
  const { requestId, method, parameters, sourceAddress, headers } = request;
  const below = parameters['path'];
  return {
    token,
    proof: headers['dpop'],
    idempotencyKey: key,
    path: `/v1/tasks/${parameters['task'] ?? ''}/http/${parameters['target'] ?? ''}${below === undefined ? '' : `/${below}`}`,
    // Without a key nothing is compared with it.
    bodyHash: key === undefined ? '' : hashOf(request),
    facts: {
      id: requestId,
      method,
      route: route.path,
      ...(sourceAddress === undefined ? {} : { sourceAddress }),
      tokenHash: sha256(token),
      ...recordedHeaders(request),
      ...(key === undefined ? {} : { idempotencyKeyHash: sha256(key) }),
    },
  };
}

function headersOf({ headers, call, dropped, withheld, truncated }: MadeCall, counted: MaskTally) {
  const lines = new Map<string, string | readonly string[]>();
  for (const [name, value] of headers) {
    const before = lines.get(name);
    lines.set(
      name,
      before === undefined ? value : [...(typeof before === 'string' ? [before] : before), value],
    );
  }
  lines.set(CALL_HEADER, call);
  const found = maskedText(counted);
  if (found !== undefined) lines.set(MASKED_HEADER, found);
  if (dropped.length > 0) lines.set(DROPPED_HEADER, dropped.join(', '));
  if (withheld.length > 0) lines.set('bailiwick-withheld', withheld.join(', '));
  if (truncated !== undefined) lines.set('bailiwick-truncated', truncated);
  return Object.fromEntries(lines);
}

/** One that was made before says what was masked then. */
export function madeCallResponse(answer: MadeCall, masked: MaskTally): ApiResponse {
  const counted = answer.masked === undefined ? masked : new Map(Object.entries(answer.masked));
  return { status: answer.status, headers: headersOf(answer, counted), body: answer.body };
}

async function handle(
  dependencies: MakeCallDependencies,
  route: CallRoute,
  request: ApiRequest,
): Promise<ApiResponse | Refusal> {
  const { config, masking } = await dependencies.rules();
  const target = Object.hasOwn(config.targets, request.parameters['target'] ?? '')
    ? config.targets[request.parameters['target'] ?? '']
    : undefined;
  const found = taskTokenIn(request.headerLines, target?.kind === 'http' ? target.inject : undefined);
  if (found === undefined) {
    return new Refusal(
      'unauthenticated',
      "The task's token is required: as `Authorization: Bearer …`, as Basic's password, or in the header that the target's own credential goes into.",
    );
  }
  const key = READING.includes(request.method) ? undefined : idempotencyKey(request);
  if (key instanceof Refusal) return key;
  const masked: MaskTally = new Map();
  const caller = maskedCaller(masking, callerOf(request, route, found, key), masked);
  const wanted = wantedOf(request, await dependencies.publicUrl());
  const answer = await makeCall(dependencies, caller, request.parameters['task'] ?? '', wanted);
  if (answer instanceof Refusal) return toldRefusal({ config, masking }, answer, masked);
  return isAwaiting(answer)
    ? withMasked(await awaitingResponse(dependencies.publicUrl, answer), masked)
    : madeCallResponse(answer, masked);
}

export function callTargetEndpoints(dependencies: MakeCallDependencies): readonly Endpoint[] {
  return [ROUTES.callTarget, ROUTES.callTargetRoot].map((route) => ({
    route,
    handle: async (request) => {
      const answer = await handle(dependencies, route, request);
      return answer instanceof Refusal && answer.code === 'unauthenticated'
        ? answer.saying(answer.detail, { ...answer.extras, takesBasic: true })
        : answer;
    },
  }));
}
