// GET /v1/tasks/{task} and POST /v1/tasks/{task}/finish: reads and finishes tasks.
import { finishTaskEndpoint, readTaskEndpoint } from '../../src/api/endpoints/tasks.ts';
import { type ApiTools, apiHandler } from '../shared/chain.ts';
import { dependencies } from './dependencies.ts';

type Dependencies = Parameters<typeof finishTaskEndpoint>[0] & { readonly tools: ApiTools };

export function createHandler(given: Dependencies) {
  return apiHandler(given.tools, [readTaskEndpoint(given), finishTaskEndpoint(given)]);
}

export const handler = createHandler(dependencies);
