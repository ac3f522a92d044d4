// The functions behind the API over a broker in memory, and everything that they print.
import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import { createTools, logOver } from '../../lambdas/shared/tools.ts';
import { PUBLIC_URL } from '../support/api.ts';
import { createWorld, HELD, type World } from '../support/world.ts';
import {
  apiEvent,
  bodyOf,
  CONTEXT,
  capture,
  type Given,
  type Handler,
  type Printed,
  RESOURCE,
} from './support.ts';

export type Name = (typeof NAMES)[number];

const NAMES = [
  ...(['open-task', 'tasks', 'issue-credentials', 'make-call', 'operate', 'read-events'] as const),
  ...(['decide-approval', 'reveal-operation', 'read-calls'] as const),
] as const;

/** Those that the workflow invokes. */
export type StepName = 'ask-approvers' | 'execute-call';

export interface Functions {
  readonly world: World;
  readonly printed: Printed;
  readonly send: (name: Name, method: string, route: string, given?: Given) => Promise<APIGatewayProxyResult>;
  readonly step: (name: StepName, event: object) => Promise<unknown>;
  readonly opened: () => Promise<{
    readonly pathParameters: { readonly task: string };
    readonly token: string;
  }>;
  readonly issuing: () => Promise<APIGatewayProxyResult>;
}

export const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

export function sending(token: string, body: unknown) {
  return { headers: { ...bearer(token), 'Content-Type': 'application/json' }, body };
}

export const WANTED = { purpose: 'Build the weekly report', capabilities: HELD };

/** Nobody is sent to a provider in these tests. */
const NO_LOGIN = {
  secrets: { read: async () => undefined },
  codeExchange: {
    provider: async () => ({ authorizationEndpoint: 'https://login.example.com', namesItself: false }),
    redeem: async () => ({ refused: 'code' as const }),
  },
};

export async function startFunctions(): Promise<Functions> {
  const world = await createWorld();
  const printed = capture();
  const tools = { ...createTools(), publicUrl: async () => PUBLIC_URL };
  const given = { ...world.dependencies, ...NO_LOGIN, tools, log: logOver(tools) };

  const send: Functions['send'] = async (name, method, route, more) => {
    const module = (await import(`../../lambdas/${name}/handler.ts`)) as {
      createHandler(of: typeof given): Handler;
    };
    return module.createHandler(given)(apiEvent(method, RESOURCE[route] ?? route, more), CONTEXT);
  };

  const step: Functions['step'] = async (name, event) => {
    const module = (await import(`../../lambdas/${name}/handler.ts`)) as {
      createHandler(of: typeof given): (event: object, context: Context) => Promise<unknown>;
    };
    return module.createHandler(given)(event, CONTEXT);
  };

  const opened: Functions['opened'] = async () => {
    const response = await send('open-task', 'POST', 'openTask', sending(world.agentToken(), WANTED));
    const { task, token } = bodyOf(response) as { task: { id: string }; token: string };
    return { pathParameters: { task: task.id }, token };
  };

  const issuing: Functions['issuing'] = async () => {
    const { pathParameters, token } = await opened();
    const body = { capability: 'reports:read' };
    return send('issue-credentials', 'POST', 'issueCredentials', { pathParameters, ...sending(token, body) });
  };

  return { world, printed, send, step, opened, issuing };
}
