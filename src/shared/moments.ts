// Moments as they stand everywhere, `2026-03-02T09:12:44.050Z`. Most are of this second, or of one a little ahead, and
// are written and read several times by each request: what all of one second have in common is worked out once.
import { remembered } from './remembered.ts';

interface Second {
  readonly number: number;
  /** All but the milliseconds: `2026-03-02T09:12:44.` */
  readonly text: string;
}

const A_MINUTE = 60;
const LENGTH = '2026-03-02T09:12:44.050Z'.length;
const [ZERO, NINE, CAPITAL_Z] = [48, 57, 90];

/** By their place in the minute. */
const seconds: (Second | undefined)[] = new Array(A_MINUTE).fill(undefined);

function secondOf(at: number): Second {
  const number = Math.floor(at / 1000);
  const place = ((number % A_MINUTE) + A_MINUTE) % A_MINUTE;
  const known = seconds[place];
  if (known?.number === number) return known;
  const second = { number, text: new Date(at).toISOString().slice(0, -'050Z'.length) };
  seconds[place] = second;
  return second;
}

/** As `toISOString` writes it. Throws `RangeError` where it is no moment. */
export function writtenMoment(moment: Date): string {
  const at = moment.getTime();
  const { number, text } = secondOf(at);
  const rest = at - number * 1000;
  return `${text}${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}Z`;
}

function digitAt(text: string, place: number): number {
  const code = text.charCodeAt(place);
  return code >= ZERO && code <= NINE ? code - ZERO : Number.NaN;
}

const parsed = remembered(Date.parse);

/** As `Date.parse` reads it, in milliseconds. */
export function readMoment(text: string): number {
  if (text.length === LENGTH && text.charCodeAt(LENGTH - 1) === CAPITAL_Z) {
    const second = seconds[digitAt(text, 17) * 10 + digitAt(text, 18)];
    if (second !== undefined && text.startsWith(second.text)) {
      const rest = digitAt(text, 20) * 100 + digitAt(text, 21) * 10 + digitAt(text, 22);
      if (!Number.isNaN(rest)) return second.number * 1000 + rest;
    }
  }
  return parsed(text);
}

/**
 * A day, which begins at midnight UTC, or a moment, as ISO 8601 writes them. Undefined of what there is not, of which
 * `Date` makes another day: it takes the 30th of February for one of March, and 24:00 for the day after.
 */
export function existingMoment(text: string): Date | undefined {
  const moment = new Date(text);
  const day = new Date(text.slice(0, '2026-03-02'.length));
  if (Number.isNaN(moment.getTime()) || Number.isNaN(day.getTime()) || text.includes('T24')) return undefined;
  // An offset may move it out of the years that have four digits, which nothing else reads.
  const isWritten = moment.toISOString().length === LENGTH;
  return isWritten && text.startsWith(day.toISOString().slice(0, '2026-03-02'.length)) ? moment : undefined;
}

function millisecondsOf(moment: Date | string): number {
  return typeof moment === 'string' ? readMoment(moment) : moment.getTime();
}

/** From one moment to another, in milliseconds. Clocks are set back in between, and nothing takes less than no time. */
export function millisecondsBetween(from: Date | string, until: Date | string): number {
  return Math.max(0, millisecondsOf(until) - millisecondsOf(from));
}
