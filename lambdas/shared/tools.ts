// Powertools, one of each a function: logger, metrics, tracer; and the broker's Log on top of the logger.
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import type { Log, LogFields, LogMessage } from '../../src/ports/log.ts';

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
    // The URL of every request would be written down, and of those to targets the path is the agent's and not masked.
    tracer: new Tracer({ captureHTTPsRequests: false }),
  };
}

/** What is counted as often as it is logged, and the metric that counts it. */
const COUNTED: Readonly<Partial<Record<LogMessage, string>>> = {
  'token refused': 'TokenRefused',
  'audit finding': 'AuditFinding',
  'event not archived': 'AuditUnarchived',
  'audit gap filled': 'AuditGapFilled',
};

/** The closed list of messages and fields is the Log's own type; nothing else reaches the logger. */
export function logOver({ logger, metrics }: Pick<Tools, 'logger' | 'metrics'>): Log {
  const at = (level: 'info' | 'warn' | 'error') => (message: LogMessage, fields: LogFields) => {
    logger[level](message, { ...fields });
    const metric = COUNTED[message];
    if (metric !== undefined) metrics.addMetric(metric, MetricUnit.Count, 1);
  };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}
