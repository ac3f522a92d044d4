// The log of the embedded broker: one line each on standard error.
import type { Log, LogFields, LogMessage } from '../ports/log.ts';
import { writtenMoment } from '../shared/moments.ts';

function line(message: LogMessage, fields: LogFields): string {
  const time = writtenMoment(new Date()).slice(11, 19);
  const { method, route, status, milliseconds } = fields;
  if (message === 'request handled') return `${time} ${method} ${route} ${status} ${milliseconds} ms`;
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
  return [time, message, ...rest].join(' ');
}

/** For people who read along, that is at once. */
const HELD_MILLISECONDS = 20;

/** Requests that end soon after one another are told in one write. All else is written at once. */
export function consoleLog(write: (text: string) => void): Log {
  let held: string[] = [];
  const flush = () => {
    if (held.length > 0) write(held.join('\n'));
    held = [];
  };
  const log = (message: LogMessage, fields: LogFields) => {
    held.push(line(message, fields));
    flush();
  };
  return {
    info: (message, fields) => {
      if (message === 'request handled') {
        if (held.length === 0) setTimeout(flush, HELD_MILLISECONDS);
        held.push(line(message, fields));
      } else if (message !== 'reconciler pass' || (fields.count ?? 0) > 0) {
        // A pass that found nothing to do happens every minute, and is no news.
        log(message, fields);
      }
    },
    warn: log,
    error: log,
  };
}
