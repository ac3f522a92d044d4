// Every route, as data: the doors, the infrastructure and the OpenAPI document are all made from this list.

export interface Route {
  readonly name: RouteName;
  readonly method: 'GET' | 'POST' | 'ANY';
  /** A last part `{name+}` stands for all that follows, as it was sent. */
  readonly path: string;
  readonly summary: string;
  /** What the bearer token must be. */
  readonly takes: 'nothing' | 'oidcToken' | 'taskToken' | 'eitherToken' | 'humanToken';
  /** A page: a HEAD of it is answered too, as a GET is, without the body. */
  readonly isPage?: true;
}

export type RouteName =
  | 'openTask'
  | 'readTask'
  | 'finishTask'
  | 'issueCredentials'
  | 'callTarget'
  | 'callTargetRoot'
  | 'delegate'
  | 'exchangeToken'
  | 'revokeTask'
  | 'listTasks'
  | 'listAgents'
  | 'readAgent'
  | 'quarantineAgent'
  | 'disableAgent'
  | 'reinstateAgent'
  | 'attestAgent'
  | 'listUnknownAgents'
  | 'listRefusedTokens'
  | 'readEvents'
  | 'readTaskEvents'
  | 'readCall'
  | 'readCallResponse'
  | 'listApprovals'
  | 'readApproval'
  | 'decideApproval'
  | 'approvalPage'
  | 'decideOnPage'
  | 'revealOnPage'
  | 'beginLogin'
  | 'finishLogin'
  | 'slackInteraction'
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
  callTarget: {
    name: 'callTarget',
    method: 'ANY',
    path: '/v1/tasks/{task}/http/{target}/{path+}',
    summary: 'Call a target over HTTP: the broker puts its credential in, and masks the answer',
    takes: 'taskToken',
  },
  callTargetRoot: {
    name: 'callTargetRoot',
    method: 'ANY',
    path: '/v1/tasks/{task}/http/{target}',
    summary: 'As callTarget, of the base URL itself',
    takes: 'taskToken',
  },
  delegate: {
    name: 'delegate',
    method: 'POST',
    path: '/v1/tasks/{task}/delegations',
    summary: 'Hand part of a task on to another agent',
    takes: 'taskToken',
  },
  exchangeToken: {
    name: 'exchangeToken',
    method: 'POST',
    path: '/v1/token',
    summary: 'Open a task as OAuth 2.0 clients do: token exchange (RFC 8693)',
    takes: 'nothing',
  },
  revokeTask: {
    name: 'revokeTask',
    method: 'POST',
    path: '/v1/tasks/{task}/revoke',
    summary: 'Revoke a task, and all tasks below it',
    takes: 'humanToken',
  },
  listTasks: {
    name: 'listTasks',
    method: 'GET',
    path: '/v1/tasks',
    summary: 'List open tasks, of one agent or of all; or one task, open or not',
    takes: 'humanToken',
  },
  listAgents: {
    name: 'listAgents',
    method: 'GET',
    path: '/v1/agents',
    summary: 'List the agents and how they stand',
    takes: 'humanToken',
  },
  readAgent: {
    name: 'readAgent',
    method: 'GET',
    path: '/v1/agents/{agent}',
    summary: 'Read an agent and how it stands',
    takes: 'humanToken',
  },
  quarantineAgent: {
    name: 'quarantineAgent',
    method: 'POST',
    path: '/v1/agents/{agent}/quarantine',
    summary: 'Freeze an agent: no new call, its open tasks are kept',
    takes: 'humanToken',
  },
  disableAgent: {
    name: 'disableAgent',
    method: 'POST',
    path: '/v1/agents/{agent}/disable',
    summary: 'Switch an agent off: all its tasks are revoked at once',
    takes: 'humanToken',
  },
  reinstateAgent: {
    name: 'reinstateAgent',
    method: 'POST',
    path: '/v1/agents/{agent}/reinstate',
    summary: 'Let an agent act again',
    takes: 'humanToken',
  },
  attestAgent: {
    name: 'attestAgent',
    method: 'POST',
    path: '/v1/agents/{agent}/attest',
    summary: 'Vouch for an agent as its file stands now',
    takes: 'humanToken',
  },
  listUnknownAgents: {
    name: 'listUnknownAgents',
    method: 'GET',
    path: '/v1/sightings',
    summary: 'List identities with good tokens that no agent is registered for',
    takes: 'humanToken',
  },
  listRefusedTokens: {
    name: 'listRefusedTokens',
    method: 'GET',
    path: '/v1/refused-tokens',
    summary: 'Count refused tokens by issuer, reason and address, minute by minute',
    takes: 'humanToken',
  },
  readEvents: {
    name: 'readEvents',
    method: 'GET',
    path: '/v1/audit/events',
    summary: 'Read the audit events of a span of time, whatever they belong to',
    takes: 'humanToken',
  },
  readTaskEvents: {
    name: 'readTaskEvents',
    method: 'GET',
    path: '/v1/tasks/{task}/events',
    summary: "Read a task's audit events",
    takes: 'humanToken',
  },
  readCall: {
    name: 'readCall',
    method: 'GET',
    path: '/v1/calls/{call}',
    summary: 'Read how a call stands, waiting up to `wait` seconds for that to change',
    takes: 'taskToken',
  },
  readCallResponse: {
    name: 'readCallResponse',
    method: 'GET',
    path: '/v1/calls/{call}/response',
    summary: 'What a call would have answered, had nobody had to be asked',
    takes: 'taskToken',
  },
  listApprovals: {
    name: 'listApprovals',
    method: 'GET',
    path: '/v1/approvals',
    summary: 'List the approvals that wait, as far as one may decide them',
    takes: 'humanToken',
  },
  readApproval: {
    name: 'readApproval',
    method: 'GET',
    path: '/v1/approvals/{approval}',
    summary: 'Read an approval that one may decide',
    takes: 'humanToken',
  },
  decideApproval: {
    name: 'decideApproval',
    method: 'POST',
    path: '/v1/approvals/{approval}/decision',
    summary: 'Approve or deny',
    takes: 'humanToken',
  },
  finishLogin: {
    name: 'finishLogin',
    method: 'GET',
    path: '/approve/login/callback',
    summary: 'Where the provider sends a person back to who logs in to decide',
    takes: 'nothing',
  },
  approvalPage: {
    name: 'approvalPage',
    method: 'GET',
    path: '/approve/{approval}',
    summary: 'The page on which an approval is decided. It changes nothing',
    takes: 'nothing',
    isPage: true,
  },
  decideOnPage: {
    name: 'decideOnPage',
    method: 'POST',
    path: '/approve/{approval}',
    summary: "The page's form",
    takes: 'nothing',
  },
  revealOnPage: {
    name: 'revealOnPage',
    method: 'POST',
    path: '/approve/{approval}/operation',
    summary: 'The page with the operation as it is, for a person who has logged in',
    takes: 'nothing',
  },
  beginLogin: {
    name: 'beginLogin',
    method: 'GET',
    path: '/approve/{approval}/login',
    summary: 'Sends a person to the provider to log in',
    takes: 'nothing',
  },
  slackInteraction: {
    name: 'slackInteraction',
    method: 'POST',
    path: '/v1/slack/interactions',
    summary: 'What people click in Slack: signed by Slack',
    takes: 'nothing',
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
