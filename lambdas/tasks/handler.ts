// What an agent does with its own task: reads it, finishes it, hands part of it on.
import { delegateEndpoint, finishTaskEndpoint, readTaskEndpoint } from '../../src/api/endpoints/tasks.ts';
import { type ApiTools, apiHandler } from '../shared/chain.ts';
import { dependencies } from './dependencies.ts';

type Dependencies = Parameters<typeof finishTaskEndpoint>[0] & { readonly tools: ApiTools };

export function createHandler(given: Dependencies) {
  return apiHandler(given.tools, [
    readTaskEndpoint(given),
    finishTaskEndpoint(given),
    delegateEndpoint(given),
  ]);
}

export const handler = createHandler(dependencies);
