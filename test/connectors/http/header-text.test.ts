// A header's value as the text that its bytes are, and back.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { headerText, headerValue } from '../../../src/connectors/http/index.ts';

it.each([
  ['ASCII', 'plain', undefined],
  ['Latin-1', 'caf\xe9', undefined],
  ['UTF-8', 'J\xc3\xbcrgen', 'Jürgen'],
  ['what is UTF-8 but for a byte', 'J\xc3\xbcrgen \xff', 'Jürgen \uf7ff'],
  ['text that is beyond bytes', 'J\xc3\xbcrgen 日', undefined],
])('is read: %s', (_, value, text) => {
  expect(headerText(value)).toBe(text);
});

it('goes on in the bytes that it came in', () => {
  const values = fc.oneof(
    fc.uint8Array(),
    fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(values, (bytes) => {
      const value = Buffer.from(bytes).toString('latin1');
      const text = headerText(value);
      if (text !== undefined) expect(headerValue(text)).toBe(value);
    }),
    { numRuns: 1000 },
  );
});
