// POST /v1/tasks
import { type BrokerDependencies, openTask } from '../../broker/index.ts';
import { Refusal } from '../../shared/errors.ts';
import { viewTask } from '../../tasks/index.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { ROUTES } from '../routes.ts';
import { openTaskBody } from '../schemas.ts';

export function openTaskEndpoint(dependencies: Omit<BrokerDependencies, 'sessions'>): Endpoint {
  return endpoint({
    route: ROUTES.openTask,
    status: 201,
    body: openTaskBody,
    run: async (caller, body) => {
      const capabilities = body.capabilities.map(({ capability, parameters = {} }) => ({
        capability,
        parameters,
      }));
      const opened = await openTask(dependencies, caller, { ...body, capabilities });
      if (opened instanceof Refusal) return opened;
      return { task: viewTask(opened.task, dependencies.clock.now()), token: opened.token };
    },
  });
}
