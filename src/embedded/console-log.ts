// The log of the embedded broker: one line each on standard error.
import type { Log, LogFields, LogMessage } from '../ports/log.ts';

function line(message: LogMessage, fields: LogFields): string {
  const time = new Date().toISOString().slice(11, 19);
  const { method, route, status, milliseconds } = fields;
  if (message === 'request handled') return `${time} ${method} ${route} ${status} ${milliseconds} ms`;
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
  return [time, message, ...rest].join(' ');
}

export function consoleLog(write: (line: string) => void): Log {
  const log = (message: LogMessage, fields: LogFields) => write(line(message, fields));
  return {
    // A pass that found nothing to do happens every minute, and is no news.
    info: (message, fields) => {
      if (message !== 'reconciler pass' || (fields.count ?? 0) > 0) log(message, fields);
    },
    warn: log,
    error: log,
  };
}
