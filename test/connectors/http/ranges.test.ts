// Which part of an answer a request asks for.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rangeOf } from '../../../src/connectors/http/index.ts';

describe('a range', () => {
  it.each([
    ['bytes=0-4', 0, 4],
    ['bytes=0-0', 0, 0],
    ['bytes=5-', 5, 9],
    ['bytes=9-9', 9, 9],
    ['bytes=8-99999999999999999999999999', 8, 9],
    ['bytes=-3', 7, 9],
    ['bytes=-99', 0, 9],
    ['Bytes=1-2', 1, 2],
    [' bytes=1-2 ', 1, 2],
  ])('%j of ten bytes', (header, start, end) => {
    expect(rangeOf(header, undefined, undefined, 10)).toEqual({ status: 206, start, end });
  });

  it.each([['bytes=10-'], ['bytes=10-12'], ['bytes=99999999999999999999999999-'], ['bytes=-0']])(
    '%j is beyond ten bytes',
    (header) => {
      expect(rangeOf(header, undefined, undefined, 10)).toEqual({ status: 416 });
    },
  );

  it.each([
    [undefined],
    [''],
    ['bytes'],
    ['bytes='],
    ['bytes=-'],
    ['bytes=4-2'],
    ['bytes=0-1,3-4'],
    ['bytes=0-1,'],
    ['bytes= 0-1'],
    ['bytes=a-b'],
    ['bytes=+1-2'],
    ['bytes=1-2-3'],
    ['bytes=0x0-4'],
    ['rows=0-4'],
    ['0-4'],
  ])('%j asks for the whole', (header) => {
    expect(rangeOf(header, undefined, undefined, 10)).toBeUndefined();
  });

  it.each([
    ['"a"', '"a"', true],
    [' "a" ', '"a"', true],
    ['"a"', '"b"', false],
    ['"a"', undefined, false],
    ['W/"a"', 'W/"a"', false],
    ['"a"', 'W/"a"', false],
    ['a', 'a', false],
    ['', '', false],
    ['Sat, 01 Jan 2028 00:00:00 GMT', '"a"', false],
  ])('if it is %j, of what is %j: %s', (ifRange, etag, holds) => {
    expect(rangeOf('bytes=0-1', ifRange, etag, 10) !== undefined).toBe(holds);
  });

  it('of nothing is none', () => {
    expect(rangeOf('bytes=0-', undefined, undefined, 0)).toEqual({ status: 416 });
    expect(rangeOf('bytes=-5', undefined, undefined, 0)).toBeUndefined();
  });

  it('is always within the body', () => {
    const bound = fc.option(fc.nat(30), { nil: undefined });
    fc.assert(
      fc.property(bound, bound, fc.nat(20), (first, last, size) => {
        const range = rangeOf(`bytes=${first ?? ''}-${last ?? ''}`, undefined, undefined, size);
        if (range?.status !== 206) return;
        const whole = Array.from({ length: size }, (_, place) => place);
        const cut =
          first === undefined
            ? whole.slice(-(last ?? 0))
            : whole.slice(first, last === undefined ? size : last + 1);
        expect(whole.slice(range.start, range.end + 1)).toEqual(cut);
        expect(cut.length).toBeGreaterThan(0);
      }),
    );
  });
});
