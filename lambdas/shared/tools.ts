// Powertools, one of each a function: logger, metrics, tracer; and the broker's Log on top of the logger.
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import type { Log } from '../../src/ports/log.ts';

export interface Tools {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracer: Tracer;
}

/** A request that counts nothing is the rule here, and nothing to warn of each time. */
const withoutEmptyMetrics = {
  debug: console.debug,
  info: console.info,
  error: console.error,
  warn: (message: string) => {
    if (!message.startsWith('No application metrics')) console.warn(message);
  },
};

export function createTools(): Tools {
  return {
    logger: new Logger(),
    metrics: new Metrics({ logger: withoutEmptyMetrics }),
    tracer: new Tracer(),
  };
}

/** The closed list of messages and fields is the Log's own type; nothing else reaches the logger. */
export function logOver(logger: Logger): Log {
  return {
    info: (message, fields) => logger.info(message, { ...fields }),
    warn: (message, fields) => logger.warn(message, { ...fields }),
    error: (message, fields) => logger.error(message, { ...fields }),
  };
}
