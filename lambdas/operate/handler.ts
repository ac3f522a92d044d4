// What people do who operate the broker: they look at agents, tasks and strangers, contain and restore.
import { operatorEndpoints } from '../../src/api/endpoints/operators.ts';
import { type ApiTools, apiHandler } from '../shared/chain.ts';
import { dependencies } from './dependencies.ts';

type Dependencies = Parameters<typeof operatorEndpoints>[0] & { readonly tools: ApiTools };

export function createHandler(given: Dependencies) {
  return apiHandler(given.tools, operatorEndpoints(given));
}

export const handler = createHandler(dependencies);
