// GET /v1/calls/{call} and …/response: how a call stands, waiting a while for that to change, and what it was answered.
import { callEndpoints } from '../../src/api/endpoints/calls.ts';
import { type ApiTools, apiHandler } from '../shared/chain.ts';
import { dependencies } from './dependencies.ts';

type Dependencies = Parameters<typeof callEndpoints>[0] & { readonly tools: ApiTools };

export function createHandler(given: Dependencies) {
  return apiHandler(given.tools, callEndpoints(given));
}

export const handler = createHandler(dependencies);
