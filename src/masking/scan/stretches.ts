// Which detectors a stretch of digits can be for: each condition is a table that gives a bit for each of them that it holds for.
import type { Detector, Range, Stretch } from '../detector.ts';
import { CLASS_OF, NOT_ASCII } from './codes.ts';

/** A stretch is cut there. */
export const LONGEST_STRETCH = 48;
/** Longer runs of letters and digits are all alike. */
export const LONGEST_RUN = 127;

/** What a stretch has within, a bit each. */
export const DOTS = 1;
export const DASHES = 2;
export const BLANKS = 4;
export const OTHER_MARKS = 8;
const EVERY_MARK = DOTS | DASHES | BLANKS | OTHER_MARKS;
/** Of `letter`: one stands beside it. */
export const LETTER_BESIDE = 1;

const BITS = 32;
const ANY: Stretch = {};

export interface StretchTables {
  /** By the class of a character. */
  readonly before: Int32Array;
  readonly twoBefore: Int32Array;
  readonly after: Int32Array;
  readonly twoAfter: Int32Array;
  /** By how many. */
  readonly digits: Int32Array;
  readonly first: Int32Array;
  readonly length: Int32Array;
  readonly run: Int32Array;
  readonly letter: Int32Array;
  readonly within: Int32Array;
  /** By bit: whom it is of, in the order of detectors. */
  readonly owners: readonly (readonly Asked[])[];
}

export interface Asked {
  readonly detector: number;
  readonly digits: NonNullable<Detector['digits']>;
}

type Condition = (stretch: Stretch) => (value: number) => boolean;

const inRange =
  (range: Range | undefined) =>
  (value: number): boolean =>
    range === undefined || (value >= range[0] && value <= range[1]);

function amongClasses(text: string | undefined): (value: number) => boolean {
  if (text === undefined) return () => true;
  const classes = new Set(Array.from(text, (mark) => CLASS_OF[mark.charCodeAt(0)] as number));
  return (value) => classes.has(value);
}

const WITHIN: Readonly<Record<NonNullable<Stretch['within']>, (bits: number) => boolean>> = {
  nothing: (bits) => bits === 0,
  marks: (bits) => bits !== 0,
  dots: (bits) => (bits & DOTS) !== 0,
  dashes: (bits) => (bits & DASHES) !== 0,
  blanks: (bits) => (bits & BLANKS) !== 0,
};

/** What is true of one of several is asked of them all where there are more of them than bits. */
function tableOf(stretches: readonly Stretch[], size: number, condition: Condition): Int32Array {
  const table = new Int32Array(size);
  stretches.forEach((stretch, index) => {
    const holds = condition(stretch);
    const bit = 1 << Math.min(index, BITS - 1);
    for (let value = 0; value < size; value += 1)
      if (holds(value)) table[value] = (table[value] as number) | bit;
  });
  return table;
}

export function stretchTablesOf(detectors: readonly Detector[]): StretchTables {
  const all = detectors.flatMap(({ digits, stretches = [ANY] }, detector) =>
    digits === undefined ? [] : stretches.map((stretch) => ({ stretch, asked: { detector, digits } })),
  );
  const stretches = all.map(({ stretch }) => stretch);
  const owners: Asked[][] = Array.from({ length: BITS }, () => []);
  all.forEach(({ asked }, index) => {
    owners[Math.min(index, BITS - 1)]?.push(asked);
  });
  const byClass = (textOf: (stretch: Stretch) => string | undefined) =>
    tableOf(stretches, NOT_ASCII + 1, (stretch) => amongClasses(textOf(stretch)));
  const byNumber = (most: number, rangeOf: (stretch: Stretch) => Range | undefined) =>
    tableOf(stretches, most + 1, (stretch) => inRange(rangeOf(stretch)));
  return {
    before: byClass(({ before }) => before),
    twoBefore: byClass(({ twoBefore }) => twoBefore),
    after: byClass(({ after }) => after),
    twoAfter: byClass(({ twoAfter }) => twoAfter),
    digits: byNumber(LONGEST_STRETCH, ({ digits }) => digits),
    first: byNumber(LONGEST_STRETCH, ({ first }) => first),
    length: byNumber(LONGEST_STRETCH, ({ length }) => length),
    run: tableOf(
      stretches,
      LONGEST_RUN + 1,
      ({ run }) =>
        (value) =>
          run === undefined || run.some((range) => inRange(range)(value)),
    ),
    letter: tableOf(
      stretches,
      2,
      ({ letter }) =>
        (value) =>
          letter === undefined || value === LETTER_BESIDE,
    ),
    within: tableOf(
      stretches,
      EVERY_MARK + 1,
      ({ within }) =>
        (bits) =>
          within === undefined || WITHIN[within](bits),
    ),
    owners,
  };
}
