// Under a key that says so, all that stands there is a password, unless it plainly is no value.
import { describe, expect, it } from 'vitest';
import { DETECTORS } from '../../../src/masking/detectors/all.ts';
import { isWholePassword } from '../../../src/masking/detectors/kit/passwords.ts';
import { createFinder } from '../../../src/masking/scan/finder.ts';

const finder = createFinder({ detectors: DETECTORS });
const named = finder.names.lookUp('password');

describe("a value alone under a password's name", () => {
  it.each([
    'secret',
    'correct horse',
    'my dog has fleas 99',
    'to be or not to be',
    'Sommer 2024!',
    'ab',
    '1111',
    '$ecret',
    'db_password',
    'two\nlines',
    'hunter2[EMAIL]',
  ])('%j is masked whole', (value) => {
    expect(finder.find(value, named).map(({ start, end }) => [start, end])).toEqual([[0, value.length]]);
  });

  it.each([
    '',
    '12',
    'null',
    'None',
    'true',
    'string',
    '***',
    'xxxx',
    '<your password>',
    '${DB_PASSWORD}',
    '$DB_PASSWORD',
    '{{ password }}',
    'process.env.DB_PASSWORD',
    '/run/secrets/db',
    'vault:db/password',
    '[PASSWORD]',
    `[PASSWORD:sha256-${'0f'.repeat(32)}]`,
  ])('%j is no password', (value) => {
    expect(isWholePassword(value)).toBe(false);
  });

  it('is decided alike once what is in it was masked', () => {
    for (const value of [
      '${[SECRET]}',
      '<[EMAIL]>',
      '$[AWS_KEY]',
      'https://[URL_CREDENTIALS]@db.example.com',
    ])
      expect(isWholePassword(value)).toBe(false);
  });
});
