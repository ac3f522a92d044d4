// A time as people read it, the same wherever they are.

/** `2027-05-01 09:30:00 UTC`. What is no such time stays what it is. */
export function plainTime(time: string): string {
  const [, date, clock] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(time) ?? [];
  return date === undefined ? time : `${date} ${clock} UTC`;
}
