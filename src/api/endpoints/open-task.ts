// POST /v1/tasks
import type * as z from 'zod/mini';
import { type BrokerDependencies, openTask, type WantedTask } from '../../broker/index.ts';
import { Refusal } from '../../shared/errors.ts';
import { viewTask } from '../../tasks/index.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { ROUTES } from '../routes.ts';
import { openTaskBody } from '../schemas.ts';

function wantedTask(body: z.output<ReturnType<typeof openTaskBody>>): WantedTask {
  const capabilities = body.capabilities.map(({ capability, parameters = {} }) => ({
    capability,
    parameters,
  }));
  return { ...body, capabilities };
}

export function openTaskEndpoint(dependencies: Omit<BrokerDependencies, 'sessions'>): Endpoint {
  return endpoint({
    route: ROUTES.openTask,
    rules: dependencies.rules,
    status: 201,
    body: openTaskBody,
    run: async (caller, body) => {
      const opened = await openTask(dependencies, caller, body instanceof Refusal ? body : wantedTask(body));
      if (opened instanceof Refusal) return opened;
      return {
        task: viewTask(opened.task, opened.status),
        token: opened.token,
      };
    },
  });
}
