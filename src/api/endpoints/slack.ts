// POST /v1/slack/interactions: a click on one of the buttons in Slack. Who clicked, Slack says, and signs.
import { decideInSlack, type SlackDependencies } from '../../broker/index.ts';
import { recordedHeaders, TOO_LARGE } from '../body.ts';
import type { Endpoint } from '../endpoint.ts';
import { ROUTES } from '../routes.ts';

export function slackEndpoint(dependencies: SlackDependencies): Endpoint {
  const route = ROUTES.slackInteraction;
  return {
    route,
    handle: async (request) => {
      const { body: rawBody, headers, requestId, sourceAddress } = request;
      if (rawBody === undefined) return TOO_LARGE;
      const click = {
        rawBody,
        timestamp: headers['x-slack-request-timestamp'],
        signature: headers['x-slack-signature'],
      };
      const refused = await decideInSlack(dependencies, click, {
        ...{ id: requestId, method: route.method, route: route.path },
        ...(sourceAddress === undefined ? {} : { sourceAddress }),
        ...recordedHeaders(request),
      });
      return refused ?? { status: 200, headers: {}, body: '' };
    },
  };
}
