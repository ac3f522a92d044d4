// Where an address ends, once its street is read: its flat, its direction, its postal code.

const UNIT =
  /,? (?:(?:apt|apartment|suite|ste|unit|flat|floor|room|rm|bldg|building|lot|fl|no|app|etage|étage|appt|depto|piso|int|m\.|lok|scala|interno)\b\.?,? ?#? ?[A-Za-z]?-?\d{0,5}[A-Za-z]?\b|#\s?\d{1,5}[A-Za-z]?)/iuy;
const DIRECTION = /,? (?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)\b(?!')\.?/uy;

export function lastOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** With the flat, the floor and the direction that follow a street. */
function endWithUnit(text: string, end: number): number {
  const directed = lastOf(DIRECTION, text, end);
  const unit = lastOf(UNIT, text, directed);
  return unit === directed ? unit : lastOf(UNIT, text, unit);
}

const CODE_AFTER =
  /(?:,|,? [–-]|,?\n) ?(?:[A-Z]{1,2}-)?(?:\d{5}(?:-\d{3})?|\d{2}-\d{3}|\d{4} ?[A-Z]{2})(?= \p{Lu}\p{Ll})|, \d{5}(?![\d.,:-])/uy;

/** And with the postal code on the same line: `…, 10115 Berlin`. */
export function endWithCode(text: string, end: number): number {
  return lastOf(CODE_AFTER, text, endWithUnit(text, end));
}
