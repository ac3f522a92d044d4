// POST /v1/tasks, and POST /v1/token for clients that speak OAuth: opens tasks.
import { openTaskEndpoint } from '../../src/api/endpoints/open-task.ts';
import { exchangeTokenEndpoint } from '../../src/api/endpoints/token.ts';
import { type ApiTools, apiHandler } from '../shared/chain.ts';
import { dependencies } from './dependencies.ts';

type Dependencies = Parameters<typeof openTaskEndpoint>[0] & { readonly tools: ApiTools };

export function createHandler(given: Dependencies) {
  return apiHandler(given.tools, [openTaskEndpoint(given), exchangeTokenEndpoint(given)]);
}

export const handler = createHandler(dependencies);
