// What everyone may read, and the answer to whatever no other function answers.
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { healthEndpoint, openApiEndpoint, protectedResourceEndpoint } from '../../src/api/endpoints/front.ts';
import { ALL_ROUTES } from '../../src/api/index.ts';
import type { Config } from '../../src/config/index.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { type ApiTools, apiHandler } from '../shared/chain.ts';
import { dependencies } from './dependencies.ts';

interface Dependencies {
  readonly tools: ApiTools;
  readonly config: () => Promise<Config>;
}

/** API Gateway names the resource that matched: one of ours means that only the method was wrong. */
function refusalFor({ resource }: APIGatewayProxyEvent): Refusal {
  const allow = ALL_ROUTES.filter(({ path }) => path === resource).map(({ method }) => method);
  return allow.length > 0
    ? new Refusal('method_not_allowed', `This path takes ${allow.join(', ')}.`, { allow })
    : new Refusal('not_found', 'There is no such route. /openapi.json lists them all.');
}

export function createHandler({ tools, config }: Dependencies) {
  const { publicUrl } = tools;
  return apiHandler(
    tools,
    [healthEndpoint(), openApiEndpoint(publicUrl), protectedResourceEndpoint(publicUrl, config)],
    refusalFor,
  );
}

export const handler = createHandler(dependencies);
