// ANY /v1/tasks/{task}/http/{target}/{path}: makes a call to a target.
import { callTargetEndpoints } from '../../src/api/endpoints/call-target.ts';
import { type ApiTools, apiHandler } from '../shared/chain.ts';
import { dependencies } from './dependencies.ts';

type Dependencies = Parameters<typeof callTargetEndpoints>[0] & { readonly tools: ApiTools };

export function createHandler(given: Dependencies) {
  return apiHandler(given.tools, callTargetEndpoints(given));
}

export const handler = createHandler(dependencies);
