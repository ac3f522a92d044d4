// Times as operators read them. All are in UTC, as they are in the audit.

/** `2026-03-02 12:00`, of an instant as the API writes it or of a minute. */
export function minuteOf(instant: string): string {
  return instant.slice(0, 16).replace('T', ' ');
}

/** `2026-03-02`. */
export function dayOf(instant: string): string {
  return instant.slice(0, 10);
}

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** `1 h 30 min`: exactly that long, in the largest units. */
export function lengthOf(seconds: number): string {
  let rest = seconds;
  const parts = UNITS.map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? '' : `${count} ${unit}`;
  });
  return parts.filter((part) => part !== '').join(' ') || '0 s';
}
