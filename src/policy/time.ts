// A moment as policies speak of it: the hour and the day where the operator is.

export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;

export interface LocalTime {
  /** 0 to 23. */
  readonly hour: number;
  readonly minute: number;
  readonly weekday: string;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format costs more than a decision, so each time zone has one. There are a few hundred at most. */
function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    hour: 'numeric',
    minute: 'numeric',
    weekday: 'long',
  });
  formats.set(timeZone, format);
  return format;
}

/** The last answer of each time zone: calls come many a minute. */
const latest = new Map<string, { readonly minute: number; readonly time: LocalTime }>();

export function localTime(at: Date, timeZone: string): LocalTime {
  // Zones are whole minutes apart since before there were computers.
  const minute = Math.floor(at.getTime() / 60_000);
  const known = latest.get(timeZone);
  if (known?.minute === minute) return known.time;
  const time = formatted(at, timeZone);
  latest.set(timeZone, { minute, time });
  return time;
}

function formatted(at: Date, timeZone: string): LocalTime {
  const parts = new Map(
    formatFor(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  return {
    hour: Number(parts.get('hour')),
    minute: Number(parts.get('minute')),
    weekday: (parts.get('weekday') ?? '').toLowerCase(),
  };
}
