// When a number in free text must become a string.
import { expect, it } from 'vitest';
import { BareNumbers } from '../../../src/masking/formats/bare.ts';
import { maskerOf } from './support.ts';

const quoteOf = (text: string) => {
  const start = text.search(/\d{3,}/u);
  return new BareNumbers(text).at(start, start + (/\d{3,}/u.exec(text)?.[0].length ?? 0))?.quote;
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
  ['{"ssn": [123456789]}', '"'],
  ['{"ssn":[ 1 , [2,\n 123456789]]}', '"'],
  ['{\\"ssn\\":[1,123456789]}', '\\"'],
  ['{"a":"{\\"ssn\\":[1,123456789]}"}', '\\"'],
  ['{"a":["x]",123456789]}', '"'],
  ['{"a":[1]} and [1,123456789]', undefined],
  ['{"a":[{"b":1},123456789]}', '"'],
])('%j', (text, quote) => {
  expect(quoteOf(text)).toBe(quote);
});

const masker = maskerOf();
const CARD = '4111111111111111';

it.each([
  [`INFO {"cards":[${CARD}]}`, 'INFO {"cards":["[CARD]"]}'],
  [`INFO {"cards":[1,${CARD},-${CARD}, 2]} [${CARD}]`, 'INFO {"cards":[1,"[CARD]","[CARD]", 2]} [[CARD]]'],
  [`INFO {"amount":-${CARD}}`, 'INFO {"amount":"[CARD]"}'],
  [`INFO "{\\"cards\\":[[${CARD}]]}"`, 'INFO "{\\"cards\\":[[\\"[CARD]\\"]]}"'],
])('%s', (text, wanted) => {
  expect(masker.text(text)).toBe(wanted);
  expect(masker.text(wanted)).toBe(wanted);
});

it.each(['[', '"', '\\"', '{"a":[', '["a",', ']', '"\n'])('a megabyte of %j before numbers', (part) => {
  const text = `${part.repeat((1 << 20) / part.length)}"a":[${`${CARD},`.repeat(1000)}1]`;
  expect(masker.text(text)).not.toContain(CARD);
});
