// Every route, as data: the doors, the infrastructure and the OpenAPI document are all made from this list.

export interface Route {
  readonly name: RouteName;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly summary: string;
  /** What the bearer token must be. */
  readonly takes: 'nothing' | 'oidcToken' | 'taskToken' | 'eitherToken' | 'humanToken';
}

export type RouteName =
  | 'openTask'
  | 'readTask'
  | 'finishTask'
  | 'issueCredentials'
  | 'readTaskEvents'
  | 'health'
  | 'openApi'
  | 'protectedResource';

export const ROUTES = {
  openTask: {
    name: 'openTask',
    method: 'POST',
    path: '/v1/tasks',
    summary: 'Open a task',
    takes: 'oidcToken',
  },
  readTask: {
    name: 'readTask',
    method: 'GET',
    path: '/v1/tasks/{task}',
    summary: 'Read a task',
    takes: 'eitherToken',
  },
  finishTask: {
    name: 'finishTask',
    method: 'POST',
    path: '/v1/tasks/{task}/finish',
    summary: 'Finish a task: nothing happens under it from then on',
    takes: 'eitherToken',
  },
  issueCredentials: {
    name: 'issueCredentials',
    method: 'POST',
    path: '/v1/tasks/{task}/credentials',
    summary: 'Get AWS session credentials for capabilities of a task',
    takes: 'taskToken',
  },
  readTaskEvents: {
    name: 'readTaskEvents',
    method: 'GET',
    path: '/v1/tasks/{task}/events',
    summary: "Read a task's audit events",
    takes: 'humanToken',
  },
  health: {
    name: 'health',
    method: 'GET',
    path: '/healthz',
    summary: 'Whether the broker answers',
    takes: 'nothing',
  },
  openApi: {
    name: 'openApi',
    method: 'GET',
    path: '/openapi.json',
    summary: 'This document',
    takes: 'nothing',
  },
  protectedResource: {
    name: 'protectedResource',
    method: 'GET',
    path: '/.well-known/oauth-protected-resource',
    summary: 'OAuth 2.0 protected resource metadata (RFC 9728)',
    takes: 'nothing',
  },
} as const satisfies { readonly [Name in RouteName]: Route & { readonly name: Name } };

export const ALL_ROUTES: readonly Route[] = Object.values(ROUTES);
