// Reading, finishing and handing on a task, for its own agent.
import {
  type ApprovalDependencies,
  type BrokerDependencies,
  delegate,
  finishTask,
  readTask,
  type Standing,
  statusOf,
  type WithoutPolicy,
} from '../../broker/index.ts';
import { Refusal } from '../../shared/errors.ts';
import { type TaskView, viewTask } from '../../tasks/index.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { ROUTES } from '../routes.ts';
import { delegateBody, noBody } from '../schemas.ts';

type Dependencies = Omit<BrokerDependencies, 'sessions' | 'rules'> &
  Pick<ApprovalDependencies, 'workflow'> &
  WithoutPolicy;

export function viewStanding(standing: Standing, now: Date): TaskView {
  return viewTask(standing.task, statusOf(standing, now));
}

export function readTaskEndpoint(dependencies: Dependencies): Endpoint {
  return endpoint({
    route: ROUTES.readTask,
    rules: dependencies.rules,
    run: async (caller, _, { parameters }) => {
      const standing = await readTask(dependencies, caller, parameters['task'] ?? '');
      return standing instanceof Refusal
        ? standing
        : { task: viewStanding(standing, dependencies.clock.now()) };
    },
  });
}

export function finishTaskEndpoint(dependencies: Dependencies): Endpoint {
  return endpoint({
    route: ROUTES.finishTask,
    rules: dependencies.rules,
    body: noBody,
    bodyOptional: true,
    run: async (caller, body, { parameters }) => {
      const ended = await finishTask(dependencies, caller, parameters['task'] ?? '', body);
      if (ended instanceof Refusal) return ended;
      const { standing, revocation } = ended;
      return { task: viewStanding(standing, dependencies.clock.now()), revocation };
    },
  });
}

export function delegateEndpoint(dependencies: Dependencies): Endpoint {
  return endpoint({
    route: ROUTES.delegate,
    rules: dependencies.rules,
    status: 201,
    body: delegateBody,
    run: async (caller, body, { parameters }) => {
      const delegation = await delegate(dependencies, caller, parameters['task'] ?? '', body);
      if (delegation instanceof Refusal) return delegation;
      const { id, task, agent, capabilities, expiresAt } = delegation;
      return { delegation: { id, task, agent, capabilities, expiresAt } };
    },
  });
}
