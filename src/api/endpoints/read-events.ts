// GET /v1/tasks/{task}/events · GET /v1/audit/events
import { type BrokerDependencies, readEvents, readTaskEvents } from '../../broker/index.ts';
import { Refusal } from '../../shared/errors.ts';
import { parseQuery } from '../body.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { ROUTES } from '../routes.ts';
import { eventsQuery, listQuery } from '../schemas.ts';
import { pageAnswer, pageRequest } from './page.ts';

type Dependencies = Omit<BrokerDependencies, 'sessions' | 'tokenKeys' | 'publicUrl'>;

function readTaskEventsEndpoint(dependencies: Dependencies): Endpoint {
  return endpoint({
    route: ROUTES.readTaskEvents,
    rules: dependencies.rules,
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

function readEventsEndpoint(dependencies: Dependencies): Endpoint {
  return endpoint({
    route: ROUTES.readEvents,
    rules: dependencies.rules,
    run: async (caller, _, request) => {
      const query = parseQuery(request, eventsQuery());
      if (query instanceof Refusal) return query;
      const { since, until, type } = query;
      const page = await readEvents(dependencies, caller, {
        ...pageRequest(query),
        ...(since === undefined ? {} : { since }),
        ...(until === undefined ? {} : { until }),
        ...(type === undefined ? {} : { type }),
      });
      return page instanceof Refusal ? page : pageAnswer('events', page, ({ body }) => body);
    },
  });
}

export function auditEndpoints(dependencies: Dependencies): readonly Endpoint[] {
  return [readTaskEventsEndpoint(dependencies), readEventsEndpoint(dependencies)];
}
