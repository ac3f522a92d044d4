// POST /v1/tasks: opens tasks.
import { openTaskEndpoint } from '../../src/api/endpoints/open-task.ts';
import { type ApiTools, apiHandler } from '../shared/chain.ts';
import { dependencies } from './dependencies.ts';

type Dependencies = Parameters<typeof openTaskEndpoint>[0] & { readonly tools: ApiTools };

export function createHandler(given: Dependencies) {
  return apiHandler(given.tools, [openTaskEndpoint(given)]);
}

export const handler = createHandler(dependencies);
