// POST /v1/tasks/{task}/credentials: issues session credentials.
import { issueCredentialsEndpoint } from '../../src/api/endpoints/issue-credentials.ts';
import { type ApiTools, apiHandler } from '../shared/chain.ts';
import { dependencies } from './dependencies.ts';

type Dependencies = Parameters<typeof issueCredentialsEndpoint>[0] & { readonly tools: ApiTools };

export function createHandler(given: Dependencies) {
  return apiHandler(given.tools, [issueCredentialsEndpoint(given)]);
}

export const handler = createHandler(dependencies);
