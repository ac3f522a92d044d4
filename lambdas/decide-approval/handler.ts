// How people decide: by REST, on the page after they have logged in, by a click in Slack.
import { approvalEndpoints } from '../../src/api/endpoints/approvals.ts';
import { approvalPageEndpoints } from '../../src/api/endpoints/approve.ts';
import { slackEndpoint } from '../../src/api/endpoints/slack.ts';
import { type ApiTools, apiHandler } from '../shared/chain.ts';
import { dependencies } from './dependencies.ts';

type Dependencies = Parameters<typeof approvalEndpoints>[0] &
  Parameters<typeof approvalPageEndpoints>[0] &
  Parameters<typeof slackEndpoint>[0] & { readonly tools: ApiTools };

export function createHandler(given: Dependencies) {
  return apiHandler(given.tools, [
    ...approvalEndpoints(given),
    ...approvalPageEndpoints(given),
    slackEndpoint(given),
  ]);
}

export const handler = createHandler(dependencies);
