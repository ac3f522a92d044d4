// GET /v1/tasks/{task}/events: reads the audit of a task.
import { readTaskEventsEndpoint } from '../../src/api/endpoints/read-events.ts';
import { type ApiTools, apiHandler } from '../shared/chain.ts';
import { dependencies } from './dependencies.ts';

type Dependencies = Parameters<typeof readTaskEventsEndpoint>[0] & { readonly tools: ApiTools };

export function createHandler(given: Dependencies) {
  return apiHandler(given.tools, [readTaskEventsEndpoint(given)]);
}

export const handler = createHandler(dependencies);
