// Requests as both doors make them, and answers read back.

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
    parameters: {},
    query: [],
    headers: {},
    body: new Uint8Array(),
    sourceAddress: '192.0.2.1',
    requestId: 'req-of-a-test',
    ...given,
  };
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
    ...operatorEndpoints(dependencies),
    ...auditEndpoints(dependencies),
    healthEndpoint(),
    openApiEndpoint(url),
    protectedResourceEndpoint(url, async () => (await dependencies.rules()).config),
  ];
}

export function bodyOf({ body }: Pick<ApiResponse, 'body'>): Record<string, unknown> {
  return JSON.parse(body) as Record<string, unknown>;
}
