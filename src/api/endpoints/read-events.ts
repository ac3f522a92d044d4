// GET /v1/tasks/{task}/events
import { type BrokerDependencies, readTaskEvents } from '../../broker/index.ts';
import { Refusal } from '../../shared/errors.ts';
import { parseQuery } from '../body.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { ROUTES } from '../routes.ts';
import { listQuery } from '../schemas.ts';

export function readTaskEventsEndpoint(
  dependencies: Pick<BrokerDependencies, 'events' | 'rules' | 'keySets' | 'clock' | 'log'>,
): Endpoint {
  return endpoint({
    route: ROUTES.readTaskEvents,
    run: async (caller, _, request) => {
      const query = parseQuery(request, listQuery());
      if (query instanceof Refusal) return query;
      const { limit, cursor } = query;
      const page = await readTaskEvents(dependencies, caller, request.parameters['task'] ?? '', {
        limit,
        ...(cursor === undefined ? {} : { cursor }),
      });
      if (page instanceof Refusal) return page;
      return {
        events: page.items.map(({ body }) => body),
        ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
      };
    },
  });
}
