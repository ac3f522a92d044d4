// GET /v1/tasks/{task} and POST /v1/tasks/{task}/finish
import { type BrokerDependencies, type ConfigOnly, finishTask, readTask } from '../../broker/index.ts';
import { Refusal } from '../../shared/errors.ts';
import { viewTask } from '../../tasks/index.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { ROUTES } from '../routes.ts';
import { noBody } from '../schemas.ts';

type Dependencies = Omit<BrokerDependencies, 'sessions' | 'rules'> & ConfigOnly;

export function readTaskEndpoint(dependencies: Dependencies): Endpoint {
  return endpoint({
    route: ROUTES.readTask,
    run: async (caller, _, { parameters }) => {
      const task = await readTask(dependencies, caller, parameters['task'] ?? '');
      return task instanceof Refusal ? task : { task: viewTask(task, dependencies.clock.now()) };
    },
  });
}

export function finishTaskEndpoint(dependencies: Dependencies): Endpoint {
  return endpoint({
    route: ROUTES.finishTask,
    body: noBody,
    bodyOptional: true,
    run: async (caller, body, { parameters }) => {
      const finished = await finishTask(dependencies, caller, parameters['task'] ?? '', body);
      if (finished instanceof Refusal) return finished;
      return { task: viewTask(finished.task, dependencies.clock.now()), revocation: finished.revocation };
    },
  });
}
