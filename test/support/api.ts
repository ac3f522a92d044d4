// Requests as both doors make them, and answers read back.

import { approvalEndpoints } from '../../src/api/endpoints/approvals.ts';
import { callTargetEndpoints } from '../../src/api/endpoints/call-target.ts';
import { callEndpoints } from '../../src/api/endpoints/calls.ts';
import { healthEndpoint, openApiEndpoint, protectedResourceEndpoint } from '../../src/api/endpoints/front.ts';
import { issueCredentialsEndpoint } from '../../src/api/endpoints/issue-credentials.ts';
import { openTaskEndpoint } from '../../src/api/endpoints/open-task.ts';
import { operatorEndpoints } from '../../src/api/endpoints/operators.ts';
import { auditEndpoints } from '../../src/api/endpoints/read-events.ts';
import { delegateEndpoint, finishTaskEndpoint, readTaskEndpoint } from '../../src/api/endpoints/tasks.ts';
import { exchangeTokenEndpoint } from '../../src/api/endpoints/token.ts';
import type { ApiRequest, ApiResponse, Endpoint } from '../../src/api/index.ts';
import { PUBLIC_URL, type World } from './world.ts';

export { PUBLIC_URL } from './world.ts';

export function apiRequest(given: Partial<ApiRequest> = {}): ApiRequest {
  return {
    method: 'POST',
    path: '/',
    parameters: {},
    query: [],
    headers: {},
    headerLines: [],
    body: new Uint8Array(),
    sourceAddress: '192.0.2.1',
    requestId: 'req-of-a-test',
    ...(given.headers === undefined ? {} : { headerLines: linesOf(given.headers) }),
    ...given,
  };
}

function linesOf(headers: ApiRequest['headers']): ApiRequest['headerLines'] {
  return Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}

export const jsonBody = (value: unknown) => Buffer.from(JSON.stringify(value));

export function endpointsOf({ dependencies }: World): readonly Endpoint[] {
  const url = async () => PUBLIC_URL;
  return [
    openTaskEndpoint(dependencies),
    readTaskEndpoint(dependencies),
    finishTaskEndpoint(dependencies),
    delegateEndpoint(dependencies),
    exchangeTokenEndpoint(dependencies),
    issueCredentialsEndpoint(dependencies),
    ...callTargetEndpoints(dependencies),
    ...callEndpoints(dependencies),
    ...approvalEndpoints(dependencies),
    ...operatorEndpoints(dependencies),
    ...auditEndpoints(dependencies),
    healthEndpoint(),
    openApiEndpoint(url),
    protectedResourceEndpoint(url, async () => (await dependencies.rules()).config),
  ];
}

/** A body, whether a door would send it as text or as bytes. */
export function textOf({ body }: Pick<ApiResponse, 'body'>): string {
  return typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
}

export function bodyOf({ body }: Pick<ApiResponse, 'body'>): Record<string, unknown> {
  return JSON.parse(textOf({ body })) as Record<string, unknown>;
}
