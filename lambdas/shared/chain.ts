// The one middleware chain of all API functions: tracer, logger, metrics, security headers, problems, request.
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import middy, { type MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import {
  type ApiResponse,
  dressed,
  type Endpoint,
  logFault,
  mostBodyBytes,
  problem,
  refusalOfFault,
} from '../../src/api/index.ts';
import type { Code } from '../../src/shared/codes.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { apiRequest, proxyResult } from './api-event.ts';
import { logOver, type Tools } from './tools.ts';

type ApiMiddleware = MiddlewareObj<APIGatewayProxyEvent, APIGatewayProxyResult>;

/** By event, the code that it was refused with. */
type Codes = WeakMap<APIGatewayProxyEvent, Code>;

/** What somebody must be woken up for, and the metric that counts it. */
const COUNTED: Readonly<Partial<Record<Code, string>>> = {
  audit_unavailable: 'AuditUnavailable',
  outcome_unknown: 'OutcomeUnknown',
};

/** Turns what the handler could not do into a problem document, and keeps the error itself out of traces. */
function problems(tools: Tools, codes: Codes): ApiMiddleware {
  return {
    onError: (request) => {
      const { requestId } = request.event.requestContext;
      logFault(logOver(tools), request.error, requestId);
      const refusal = refusalOfFault(request.error);
      codes.set(request.event, refusal.code);
      request.response = proxyResult(problem(refusal, requestId));
      request.error = new Error('the request failed; the log says where');
    },
  };
}

function securityHeaders(): ApiMiddleware {
  const dress: ApiMiddleware['after'] = (request) => {
    const { response, event } = request;
    if (response === null || response === undefined) return;
    const { headers } = dressed({ status: 0, headers: {}, body: '' }, event.requestContext.requestId);
    response.headers = { ...(headers as Readonly<Record<string, string>>), ...response.headers };
  };
  return { after: dress, onError: dress };
}

/** One line a request, and the numbers that the alarms watch. */
function account(tools: Tools, codes: Codes): ApiMiddleware {
  const began = new WeakMap<object, number>();
  const settle: ApiMiddleware['after'] = ({ event, response }) => {
    const { requestId } = event.requestContext;
    const code = codes.get(event);
    logOver(tools).info('request handled', {
      requestId,
      method: event.httpMethod,
      route: event.resource,
      status: response?.statusCode ?? 500,
      ...(code === undefined ? {} : { code }),
      milliseconds: Math.round(performance.now() - (began.get(event) ?? performance.now())),
    });
    const metric = code === undefined ? undefined : COUNTED[code];
    if (metric !== undefined) tools.metrics.addMetric(metric, MetricUnit.Count, 1);
  };
  return {
    before: ({ event }) => {
      began.set(event, performance.now());
    },
    after: settle,
    onError: settle,
  };
}

export interface ApiTools extends Tools {
  /** For the hint where tokens come from. */
  readonly publicUrl: () => Promise<string>;
}

function isTaken({ method, isPage }: Endpoint['route'], asked: string): boolean {
  return method === asked || method === 'ANY' || (asked === 'HEAD' && isPage === true);
}

/** A Lambda handler for these endpoints. What is none of them goes to `otherwise`. */
export function apiHandler(
  tools: ApiTools,
  endpoints: readonly Endpoint[],
  otherwise: (event: APIGatewayProxyEvent) => Refusal = () =>
    new Refusal('not_found', 'There is no such route.'),
) {
  const { logger, metrics, tracer } = tools;
  const codes: Codes = new WeakMap();
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult>()
    .use(captureLambdaHandler(tracer, { captureResponse: false }))
    .use(injectLambdaContext(logger, { logEvent: false, resetKeys: true }))
    .use(logMetrics(metrics))
    .use(account(tools, codes))
    .use(securityHeaders())
    .use(problems(tools, codes))
    .handler(async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
      const endpoint = endpoints.find(
        ({ route }) => route.path === event.resource && isTaken(route, event.httpMethod),
      );
      const result: ApiResponse | Refusal =
        endpoint === undefined
          ? otherwise(event)
          : await endpoint.handle(apiRequest(event, mostBodyBytes(endpoint.route)));
      if (!(result instanceof Refusal)) {
        const isHead = event.httpMethod === 'HEAD' && endpoint?.route.isPage === true;
        return proxyResult(isHead ? { ...result, body: '' } : result);
      }
      codes.set(event, result.code);
      return proxyResult(problem(result, event.requestContext.requestId, await tools.publicUrl()));
    });
}
