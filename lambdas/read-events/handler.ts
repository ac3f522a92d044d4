// GET /v1/tasks/{task}/events and GET /v1/audit/events: read the audit of a task, and of a span of time.
import { auditEndpoints } from '../../src/api/endpoints/read-events.ts';
import { type ApiTools, apiHandler } from '../shared/chain.ts';
import { dependencies } from './dependencies.ts';

type Dependencies = Parameters<typeof auditEndpoints>[0] & { readonly tools: ApiTools };

export function createHandler(given: Dependencies) {
  return apiHandler(given.tools, auditEndpoints(given));
}

export const handler = createHandler(dependencies);
