// The OpenAPI document, generated from the routes and from the schemas that parse their requests.
import * as z from 'zod/mini';
import { CODES, type Code, STATUS_OF_CODE } from '../shared/codes.ts';
import * as answers from './answers.ts';
import { IDEMPOTENCY_KEY } from './body.ts';
import { MASKED_HEADER } from './http.ts';
import { oauthStatus } from './oauth.ts';
import { ALL_ROUTES, type Route, type RouteName } from './routes.ts';
import * as schemas from './schemas.ts';

interface Shape {
  readonly status: number;
  readonly answer: z.ZodMiniType;
  readonly body?: z.ZodMiniType;
  readonly query?: z.ZodMiniObject;
  /** The body where it is a form. */
  readonly form?: z.ZodMiniObject;
  /** The fields of a form that a page sends. */
  readonly fields?: readonly string[];
  /** What is for browsers is a page, or nothing but a status; what a target said is of whatever type. */
  readonly gives?: 'page' | 'nothing' | 'passed';
  /** Who comes by a link reads a refusal on a page, though the answer is none. */
  readonly refusesOnPage?: boolean;
  /** Where people may have to be asked first. */
  readonly awaits?: true;
}

const anything = z.looseObject({});

const FORM_FIELDS = ['key', 'form', 'reason'] as const;

const SHAPES: { readonly [Name in RouteName]: Shape } = {
  openTask: { status: 201, body: schemas.openTaskBody(), answer: answers.openTaskAnswer },
  readTask: { status: 200, answer: answers.taskAnswer },
  finishTask: { status: 200, body: schemas.noBody(), answer: answers.finishTaskAnswer },
  issueCredentials: {
    ...{ status: 200, body: schemas.credentialsBody(), answer: answers.credentialsAnswer },
    awaits: true,
  },
  callTarget: { status: 200, answer: anything, awaits: true },
  callTargetRoot: { status: 200, answer: anything, awaits: true },
  delegate: { status: 201, body: schemas.delegateBody(), answer: answers.delegationAnswer },
  exchangeToken: { status: 200, form: schemas.tokenForm(), answer: answers.tokenAnswer },
  revokeTask: { status: 200, body: schemas.reasonBody(), answer: answers.finishTaskAnswer },
  listTasks: { status: 200, query: schemas.listTasksQuery(), answer: answers.tasksAnswer },
  listAgents: { status: 200, query: schemas.listQuery(), answer: answers.agentsAnswer },
  readAgent: { status: 200, answer: answers.agentAnswer },
  quarantineAgent: { status: 200, body: schemas.reasonBody(), answer: answers.agentAnswer },
  disableAgent: { status: 200, body: schemas.reasonBody(), answer: answers.agentAnswer },
  reinstateAgent: { status: 200, body: schemas.reasonBody(), answer: answers.agentAnswer },
  attestAgent: { status: 200, body: schemas.attestBody(), answer: answers.agentAnswer },
  listUnknownAgents: { status: 200, query: schemas.listQuery(), answer: answers.sightingsAnswer },
  listRefusedTokens: { status: 200, query: schemas.listRefusedQuery(), answer: answers.refusedTokensAnswer },
  readEvents: { status: 200, query: schemas.eventsQuery(), answer: answers.eventsAnswer },
  readTaskEvents: { status: 200, query: schemas.listQuery(), answer: answers.eventsAnswer },
  readCall: { status: 200, query: schemas.waitQuery(), answer: answers.callAnswer },
  readCallResponse: { status: 200, answer: anything, gives: 'passed', awaits: true },
  listApprovals: { status: 200, query: schemas.listQuery(), answer: answers.approvalsAnswer },
  readApproval: { status: 200, answer: answers.approvalAnswer },
  decideApproval: { status: 200, body: schemas.decisionBody(), answer: answers.approvalAnswer },
  approvalPage: { status: 200, answer: anything, gives: 'page' },
  decideOnPage: { status: 200, answer: anything, gives: 'page', fields: [...FORM_FIELDS, 'decision'] },
  revealOnPage: { status: 200, answer: anything, gives: 'page', fields: FORM_FIELDS },
  beginLogin: { status: 303, answer: anything, gives: 'nothing', refusesOnPage: true },
  finishLogin: { status: 303, answer: anything, gives: 'nothing', refusesOnPage: true },
  slackInteraction: { status: 200, answer: anything, gives: 'nothing', fields: ['payload'] },
  health: { status: 200, answer: answers.healthAnswer },
  openApi: { status: 200, answer: anything },
  protectedResource: { status: 200, answer: anything },
};

function jsonSchema(schema: z.ZodMiniType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}

function parametersOf(route: Route, { query }: Shape): readonly object[] {
  const inPath = [...route.path.matchAll(/\{([a-z]+)\+?\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema: jsonSchema(schema as z.ZodMiniType, 'input'),
  }));
  const headers = ['Idempotency-Key', 'bailiwick-reason', 'traceparent'].map((name) => ({
    name,
    in: 'header',
    required: false,
    schema: { type: 'string', ...(name === 'Idempotency-Key' && { pattern: IDEMPOTENCY_KEY.source }) },
  }));
  return [...inPath, ...inQuery, ...(route.method === 'GET' ? [] : headers)];
}

const PAGE = { 'text/html': { schema: { type: 'string' } } };
const OF_ANY_TYPE = { '*/*': { schema: {} } };
const content = (schema: object) => ({ 'application/json': { schema } });

function requestBody({ body, form, fields }: Shape): object {
  if (fields !== undefined) {
    const properties = Object.fromEntries(fields.map((name) => [name, { type: 'string' }]));
    const schema = { type: 'object', properties };
    return { requestBody: { required: true, content: { 'application/x-www-form-urlencoded': { schema } } } };
  }
  if (form !== undefined) {
    const encoding = { authorization_details: { contentType: 'application/json' } };
    const schema = jsonSchema(form, 'input');
    return {
      requestBody: { required: true, content: { 'application/x-www-form-urlencoded': { schema, encoding } } },
    };
  }
  if (body === undefined) return {};
  return {
    requestBody: { required: body !== schemas.noBody(), content: content(jsonSchema(body, 'input')) },
  };
}

/** On every answer to somebody who says something. */
function maskedHeader({ takes, method }: Route): object {
  if (takes === 'nothing' && method !== 'POST') return {};
  const description =
    'What was masked of the request or in the answer: by type, how often. Left out where nothing was.';
  return {
    headers: {
      [MASKED_HEADER]: { description, schema: { type: 'string', examples: ['EMAIL=3, CREDIT_CARD=1'] } },
    },
  };
}

/** Whoever sends a form reads OAuth's errors, but for what the doors refuse before. */
function refusal({ form, gives, refusesOnPage = gives === 'page' }: Shape): object {
  const listed = (statusOf: (code: Code) => number) =>
    `Codes: ${CODES.map((code) => `${code} (${statusOf(code)})`).join(', ')}`;
  return form === undefined
    ? {
        description: `A problem document. ${listed((code) => STATUS_OF_CODE[code])}`,
        content: {
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
          ...(refusesOnPage ? PAGE : {}),
        },
      }
    : {
        description: `An OAuth 2.0 error. ${listed(oauthStatus)}`,
        content: content({ $ref: '#/components/schemas/TokenError' }),
      };
}

function contentOf({ gives, answer }: Shape): object {
  if (gives === 'nothing') return {};
  if (gives === 'page') return { content: PAGE };
  if (gives === 'passed') return { content: OF_ANY_TYPE };
  return { content: content(jsonSchema(answer, 'output')) };
}

/** What is answered while people are asked. */
function awaiting(route: Route, { awaits }: Shape): object {
  if (awaits !== true) return {};
  return {
    202: {
      description: 'People are asked first. `statusUrl`, also in `Location`, says what becomes of it',
      ...maskedHeader(route),
      content: content(jsonSchema(answers.awaitingAnswer, 'output')),
    },
  };
}

function operation(route: Route): object {
  const shape = SHAPES[route.name];
  return {
    operationId: route.name,
    summary: route.summary,
    security: route.takes === 'nothing' ? [] : [{ [route.takes]: [] }],
    parameters: parametersOf(route, shape),
    ...requestBody(shape),
    responses: {
      [shape.status]: {
        description: 'Done',
        ...maskedHeader(route),
        ...contentOf(shape),
      },
      ...awaiting(route, shape),
      default: { ...refusal(shape), ...maskedHeader(route) },
    },
  };
}

/** What a target may be asked with; which of them a task covers, its capabilities say. */
const PASSED = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options'] as const;
const WITHOUT_BODY: readonly string[] = ['get', 'head', 'options'];

/** Of whatever type: a request is passed on, and an answer comes back as the target gave it, masked. */
function passedOperation(route: Route, method: (typeof PASSED)[number]): object {
  const body = { requestBody: { required: false, content: OF_ANY_TYPE } };
  const own = operation(route) as { readonly responses: Readonly<Record<'202' | 'default', object>> };
  return {
    ...own,
    operationId: `${route.name}${method.charAt(0).toUpperCase()}${method.slice(1)}`,
    ...(WITHOUT_BODY.includes(method) ? {} : body),
    responses: {
      '2XX': {
        description: "The target's own answer, masked",
        ...maskedHeader(route),
        content: OF_ANY_TYPE,
      },
      202: own.responses[202],
      default: own.responses.default,
    },
  };
}

const TOKENS: Readonly<Record<Exclude<Route['takes'], 'nothing'>, string>> = {
  oidcToken: 'An OIDC token that proves a registered agent',
  taskToken: 'The task token that opening the task returned',
  eitherToken: "The task's token, or an OIDC token of its agent",
  humanToken: "An OIDC token of a person, from the people's issuer",
};

export function openApiDocument(publicUrl: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of ALL_ROUTES) {
    const path = route.path.replace('+}', '}');
    const item = paths[path] ?? {};
    paths[path] = item;
    if (route.method !== 'ANY') item[route.method.toLowerCase()] = operation(route);
    else for (const method of PASSED) item[method] = passedOperation(route, method);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Bailiwick',
      version: '1',
      summary: 'A credential broker for AI agents',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: publicUrl }],
    paths,
    components: {
      schemas: {
        Problem: jsonSchema(answers.problemDocument, 'output'),
        TokenError: jsonSchema(answers.tokenError, 'output'),
      },
      securitySchemes: Object.fromEntries(
        Object.entries(TOKENS).map(([name, description]) => [
          name,
          { type: 'http', scheme: 'bearer', description },
        ]),
      ),
    },
  };
}
