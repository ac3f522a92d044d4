// Spans of time as they are named on the command line: `30d` back from now, or a moment.
import type { Span } from '../../ports/events.ts';
import { existingMoment } from '../../shared/moments.ts';
import { WrongUse } from '../remote/trouble.ts';

const MILLISECONDS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const BACK = /^([1-9]\d{0,5})([mhd])$/;
/** A day begins at midnight UTC; a time of day says its offset, since it would be another one elsewhere. */
const MOMENT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;

function momentOf(flag: string, text: string, now: Date): Date {
  const [, count = '', unit = ''] = BACK.exec(text) ?? [];
  if (count !== '')
    return new Date(now.getTime() - Number(count) * MILLISECONDS[unit as keyof typeof MILLISECONDS]);
  const moment = MOMENT.test(text) ? existingMoment(text) : undefined;
  if (moment !== undefined) return moment;
  throw new WrongUse(
    `${flag} must be as long ago as 90m, 12h or 30d, a day such as 2026-05-01, or a moment such as 2026-05-01T09:00:00Z.`,
  );
}

export function spanOf(since: string, until: string | undefined, now: Date): Span {
  const span = {
    from: momentOf('--since', since, now),
    until: until === undefined ? now : momentOf('--until', until, now),
  };
  if (span.from >= span.until) {
    throw new WrongUse('--since must be before --until, which is now where it is left out.');
  }
  // No clock was ever before it: whoever says so has mistyped the span.
  if (span.from.getTime() < 0) throw new WrongUse('--since must not be before 1970.');
  return span;
}
