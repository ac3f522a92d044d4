// Tables: what is cut, what goes on below, when they become lists, and that they never are wider than they may be.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnsOf, screenWidth } from '../../src/cli/print/columns.ts';
import { type Column, fields, table } from '../../src/cli/print/table.ts';
import { lengthOf } from '../../src/cli/print/times.ts';

interface Row {
  readonly id: string;
  readonly purpose: string;
  readonly review: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'ID', of: ({ id }) => id },
  { title: 'PURPOSE', of: ({ purpose }) => purpose, least: 8, cut: true },
  { title: 'REVIEW', of: ({ review }) => review, least: 10 },
];

const ROWS: readonly Row[] = [
  { id: 'one', purpose: 'Summarise tickets', review: '2027-05-01; changed since review' },
  { id: 'another', purpose: 'Build', review: '-' },
];

/** The narrowest that it can be without becoming a list. */
const LEAST = 'another'.length + 2 + 8 + 2 + 10;

describe('a table', () => {
  test.for([
    [
      'has a line a row where it may be as wide as it is',
      Number.POSITIVE_INFINITY,
      [
        'ID       PURPOSE            REVIEW',
        'one      Summarise tickets  2027-05-01; changed since review',
        'another  Build              -',
      ],
    ],
    [
      'cuts what may be cut before anything else',
      56,
      [
        'ID       PURPOSE        REVIEW',
        'one      Summarise ti…  2027-05-01; changed since review',
        'another  Build          -',
      ],
    ],
    [
      'goes on below where that is not enough, and loses nothing there',
      38,
      [
        'ID       PURPOSE   REVIEW',
        'one      Summari…  2027-05-01; changed',
        '                   since review',
        'another  Build     -',
      ],
    ],
    [
      'breaks words where it must',
      LEAST,
      [
        'ID       PURPOSE   REVIEW',
        'one      Summari…  2027-05-01',
        '                   ; changed',
        '                   since',
        '                   review',
        'another  Build     -',
      ],
    ],
    [
      'is a list a row where it can’t be narrow enough',
      LEAST - 1,
      [
        'ID       one',
        'PURPOSE  Summarise tickets',
        'REVIEW   2027-05-01; changed since review',
        '',
        'ID       another',
        'PURPOSE  Build',
        'REVIEW   -',
      ],
    ],
  ] as const)('%s', ([, width, lines]) => {
    expect(table(ROWS, COLUMNS, width)).toEqual(lines);
  });

  test('counts letters that are two columns wide as two, and marks as none', () => {
    const rows = [{ id: 'e\u0301', purpose: '検査検査検査', review: '検査検査検査検査' }];
    expect(table(rows, COLUMNS, 2 + 2 + 8 + 2 + 10)).toEqual([
      'ID  PURPOSE   REVIEW',
      'e\u0301   検査検…   検査検査検',
      '              査検査',
    ]);
  });

  test('is never wider than it may be, holds a line a row at least, and text only', () => {
    const cell = fc.string({ unit: 'binary', maxLength: 60 });
    const rows = fc.array(fc.record({ id: fc.constant('an-id'), purpose: cell, review: cell }), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(rows, fc.integer({ min: LEAST, max: 90 }), (given, width) => {
        const lines = table(given, COLUMNS, width);
        expect(lines.filter((line) => columnsOf(line) > width)).toEqual([]);
        expect(lines.filter((line) => line.startsWith('an-id')).length).toBe(given.length);
        expect(lines.join('')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  test('can’t be given a line by what is in it', () => {
    const rows = [{ id: 'one', purpose: 'x\nfake     Nothing  -', review: '-' }];
    expect(table(rows, COLUMNS, 100)).toHaveLength(2);
    expect(fields([['purpose', 'x\nstatus  active']])).toEqual(['purpose  x status  active']);
  });
});

test('a list of fields leaves out those without a value', () => {
  expect(
    fields([
      ['task', 'a'],
      ['under', undefined],
      ['capabilities', ['x', 'y']],
      ['groups', []],
    ]),
  ).toEqual(['task          a', 'capabilities  x', '              y']);
});

test.for([
  ['what COLUMNS says', { COLUMNS: '60' }, { isTTY: true, columns: 120 }, 60],
  ['the terminal’s own', {}, { isTTY: true, columns: 120 }, 120],
  ['without end, in a pipe', {}, {}, Number.POSITIVE_INFINITY],
  ['what COLUMNS says, in a pipe', { COLUMNS: '60' }, {}, 60],
  [
    'without end, where the terminal does not know',
    {},
    { isTTY: true, columns: 0 },
    Number.POSITIVE_INFINITY,
  ],
  ['the terminal’s own, where COLUMNS is no number', { COLUMNS: '1e3' }, { isTTY: true, columns: 120 }, 120],
  ['the terminal’s own, where COLUMNS is nothing', { COLUMNS: '0' }, { isTTY: true, columns: 120 }, 120],
] as const)('the width is %s', ([, environment, screen, width]) => {
  expect(screenWidth(environment, screen)).toBe(width);
});

test.for([
  [0, '0 s'],
  [45, '45 s'],
  [3600, '1 h'],
  [5400, '1 h 30 min'],
  [90_061, '1 d 1 h 1 min 1 s'],
] as const)('%d seconds are %s', ([seconds, text]) => {
  expect(lengthOf(seconds)).toBe(text);
});
