// The middleware of functions that no API reaches: tracer, logger, metrics.
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import middy from '@middy/core';
import type { Tools } from './tools.ts';

/** Errors are thrown on, so that Lambda counts them. */
export function backgroundHandler<Event, Result>(tools: Tools, run: (event: Event) => Promise<Result>) {
  return middy<Event, Result>()
    .use(captureLambdaHandler(tools.tracer, { captureResponse: false }))
    .use(injectLambdaContext(tools.logger, { logEvent: false, resetKeys: true }))
    .use(logMetrics(tools.metrics))
    .handler(run);
}
