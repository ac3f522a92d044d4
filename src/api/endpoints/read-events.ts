// GET /v1/tasks/{task}/events
import { type BrokerDependencies, readTaskEvents } from '../../broker/index.ts';
import { Refusal } from '../../shared/errors.ts';
import { parseQuery } from '../body.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { ROUTES } from '../routes.ts';
import { listQuery } from '../schemas.ts';
import { pageAnswer, pageRequest } from './page.ts';

export function readTaskEventsEndpoint(
  dependencies: Omit<BrokerDependencies, 'sessions' | 'tokenKeys' | 'publicUrl'>,
): Endpoint {
  return endpoint({
    route: ROUTES.readTaskEvents,
    run: async (caller, _, request) => {
      const query = parseQuery(request, listQuery());
      if (query instanceof Refusal) return query;
      const page = await readTaskEvents(
        dependencies,
        caller,
        request.parameters['task'] ?? '',
        pageRequest(query),
      );
      return page instanceof Refusal ? page : pageAnswer('events', page, ({ body }) => body);
    },
  });
}
