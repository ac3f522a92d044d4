// When a number in free text must become a string.
import { expect, it } from 'vitest';
import { quoteFor } from '../../../src/masking/formats/bare.ts';

const quoteOf = (text: string) => {
  const start = text.search(/\d{3,}/u);
  return quoteFor(text, start, start + (/\d{3,}/u.exec(text)?.[0].length ?? 0));
};

it.each([
  ['{"ssn": 123456789}', '"'],
  ['payload={"ssn":123456789,"x":1} done', '"'],
  ['{\\"ssn\\": 123456789}', '\\"'],
  ['"ssn" :\n 123456789', '"'],
  ['{"ssn": "123456789"}', undefined],
  ['ssn: 123456789', undefined],
  ['"ssn": 123456789abc', undefined],
  ['[123456789]', undefined],
])('%j', (text, quote) => {
  expect(quoteOf(text)).toBe(quote);
});
