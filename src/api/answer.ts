// Runs one endpoint and always has an answer: the endpoint's own, a problem document, or the fault as one.
import type { Log } from '../ports/log.ts';
import { Refusal } from '../shared/errors.ts';
import type { Endpoint } from './endpoint.ts';
import { type ApiRequest, type ApiResponse, REQUEST_ID_HEADER, SECURITY_HEADERS } from './http.ts';
import { logFault, problem, refusalOfFault } from './problem.ts';

/** The response with what every response carries. */
export function dressed(response: ApiResponse, requestId: string): ApiResponse {
  return {
    ...response,
    headers: { ...SECURITY_HEADERS, [REQUEST_ID_HEADER]: requestId, ...response.headers },
  };
}

export async function answer(
  endpoint: Endpoint,
  request: ApiRequest,
  log: Log,
  publicUrl: string | undefined,
): Promise<ApiResponse> {
  try {
    const result = await endpoint.handle(request);
    return result instanceof Refusal ? problem(result, request.requestId, publicUrl) : result;
  } catch (fault) {
    logFault(log, fault, request.requestId);
    return problem(refusalOfFault(fault), request.requestId, publicUrl);
  }
}
