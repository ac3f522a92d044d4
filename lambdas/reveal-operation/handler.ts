// POST /approve/{approval}/operation: the operation as it is, for a person who has logged in. It decides nothing.
import { revealEndpoint } from '../../src/api/endpoints/approve.ts';
import { type ApiTools, apiHandler } from '../shared/chain.ts';
import { dependencies } from './dependencies.ts';

type Dependencies = Parameters<typeof revealEndpoint>[0] & { readonly tools: ApiTools };

export function createHandler(given: Dependencies) {
  return apiHandler(given.tools, [revealEndpoint(given)]);
}

export const handler = createHandler(dependencies);
