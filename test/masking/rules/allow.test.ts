// Values that are allowed: whole ones, however they are written.
import { expect, test } from 'vitest';
import { createAllows } from '../../../src/masking/rules/allow.ts';

const allows = createAllows(['support@example.com', '4111 1111 1111 1111', '- .']) ?? (() => false);

test.each([
  ...[
    'support@example.com',
    'Support@Example.COM',
    '4111111111111111',
    '4111-1111-1111-1111',
    '4111.1111 1111\n1111',
  ],
])('%j is', (value) => {
  expect(allows(value)).toBe(true);
});

test.each([
  ...[
    '',
    '-',
    ' . ',
    'other@example.com',
    'support@example.com.au',
    'xsupport@example.com',
    '4111 1111 1111 1112',
  ],
  ...['4111 1111 1111 1111 1', `4111${' '.repeat(1000)}111111111111`],
])('%j is not', (value) => {
  expect(allows(value)).toBe(false);
});

test('nothing is where nothing is listed', () => {
  expect(createAllows([])).toBeUndefined();
  expect(createAllows(['...'])).toBeUndefined();
});
