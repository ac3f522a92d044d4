// Numbers of people in Turkey, Israel and the Emirates.
import { digitAt, luhn, weightedSum } from './kit/checks.ts';
import { identity } from './kit/identity.ts';

function isTckn(digits: string): boolean {
  if (digits[0] === '0') return false;
  const odd = weightedSum(digits, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
  const even = weightedSum(digits, [0, 1, 0, 1, 0, 1, 0, 1]);
  const tenth = (((odd * 7 - even) % 10) + 10) % 10;
  return tenth === digitAt(digits, 9) && (odd + even + tenth) % 10 === digitAt(digits, 10);
}

const tckn = identity({
  type: 'TR_TCKN',
  title: 'Turkey: identity numbers (T.C. kimlik no)',
  example: 'TC kimlik no «10000000146»',
  check: 'both check digits; only with context',
  near: [{ shape: 'D11' }],
  test: isTckn,
  words: ['kimlik', 'tckn', 'tckimlik'],
  names: ['tckn', 'tckimlik', 'tckimlikno', 'kimlik', 'kimlikno', 'tcno'],
  countries: ['tr'],
  loose: '[1-9]\\d{10}',
});

const teudat = identity({
  type: 'IL_ID',
  title: 'Israel: identity numbers',
  example: 'teudat zehut «123456782»',
  check: "Luhn's digit; only with context",
  near: [{ shape: 'D9' }, { shape: 'D8 D1', between: '-' }],
  test: luhn,
  words: ['teudat', 'israeli id'],
  names: ['teudatzehut', 'israeliid', 'tz'],
  countries: ['il'],
  loose: '\\d{8}-?\\d',
});

const emirates = identity({
  type: 'AE_EMIRATES_ID',
  title: 'United Arab Emirates: identity card numbers',
  example: 'Emirates ID «784-1985-1234560-8»',
  check: "784, a year of birth, and Luhn's digit; beside its own word any",
  own: [{ shape: 'D3 D4 D7 D1', between: '-' }],
  near: [{ shape: 'D15' }],
  test: (digits) => /^784(?:19|20)/u.test(digits) && luhn(digits),
  sure: ['emirates id'],
  names: ['emiratesid', 'eid'],
  countries: ['ae'],
  loose: '784-?\\d{4}-?\\d{7}-?\\d',
});

export const detectors = [tckn, teudat, emirates];
