// Numbers of people and firms in Canada, Australia, New Zealand and South Africa.
import { digitAt, isDateAt, isMonotone, luhn, weightedSum } from './kit/checks.ts';
import { identity } from './kit/identity.ts';

const THREES = [{ shape: 'D3 D3 D3' }, { shape: 'D9' }];

const sin = identity({
  type: 'CA_SIN',
  title: 'Canada: social insurance numbers',
  example: 'his SIN is «130 692 544»',
  check: "Luhn's digit; only with context",
  near: THREES,
  test: (digits) => /^[1-79]/u.test(digits) && luhn(digits) && !isMonotone(digits),
  sure: ['social insurance', 'assurance sociale'],
  words: ['sin'],
  names: ['sin', 'sinnumber', 'socialinsurance', 'socialinsurancenumber', 'nas'],
  countries: ['ca'],
  loose: '\\d{3}[ .-]?\\d{3}[ .-]?\\d{3}',
});

function isTfn(digits: string): boolean {
  if (isMonotone(digits)) return false;
  if (digits.length === 8) return weightedSum(digits, [10, 7, 8, 4, 6, 3, 5, 1]) % 11 === 0;
  return weightedSum(digits, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0;
}

const tfn = identity({
  type: 'AU_TFN',
  title: 'Australia: tax file numbers',
  example: 'my TFN is «123 456 782»',
  check: 'its weighted sum (mod 11); only with context',
  near: [...THREES, { shape: 'D8' }, { shape: 'D2 D3 D3' }],
  test: isTfn,
  sure: ['tfn', 'tax file'],
  names: ['tfn', 'taxfile', 'taxfilenumber'],
  countries: ['au'],
  loose: '\\d{2,3}[ -]?\\d{3}[ -]?\\d{3}',
});

const abn = identity({
  type: 'AU_ABN',
  title: 'Australia: business numbers (ABN)',
  example: 'invoice from ABN «51 824 753 556»',
  check: 'its weighted sum (mod 89); without its own groups only with context',
  own: [{ shape: 'D2 D3 D3 D3', between: ' ' }],
  near: [{ shape: 'D11' }, { shape: 'D2 D3 D3 D3' }],
  test: (digits) =>
    digits[0] !== '0' && (weightedSum(digits, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10) % 89 === 0,
  sure: ['abn', 'australian business number'],
  names: ['abn', 'abnnumber', 'australianbusiness', 'australianbusinessnumber'],
  countries: ['au'],
  loose: '\\d{2}[ -]?\\d{3}[ -]?\\d{3}[ -]?\\d{3}',
});

const medicare = identity({
  type: 'AU_MEDICARE',
  title: 'Australia: Medicare card numbers',
  example: 'Medicare card «2123 45670 1»',
  check: 'its check digit (mod 10); only with context',
  near: ['D4 D5 D1', 'D4 D5 D1 D1', 'D4 D5 D2', 'D10', 'D11'].map((shape) => ({ shape })),
  test: (digits) =>
    /^[2-6]/u.test(digits) && weightedSum(digits, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === digitAt(digits, 8),
  sure: ['medicare number', 'medicare card', 'medicare no'],
  words: ['medicare'],
  names: ['medicare', 'medicarenumber', 'medicarecard', 'medicarecardnumber'],
  countries: ['au'],
  loose: '[2-6]\\d{3}[ -]?\\d{5}[ -]?\\d(?:[ /-]?\\d)?',
});

function isIrd(digits: string): boolean {
  const nine = digits.padStart(9, '0');
  const number = Number(nine);
  if (number < 10_000_000 || number > 150_000_000) return false;
  const wanted = digitAt(nine, 8);
  for (const weights of [
    [3, 2, 7, 6, 5, 4, 3, 2],
    [7, 4, 3, 2, 5, 2, 7, 6],
  ]) {
    const rest = weightedSum(nine, weights) % 11;
    const check = rest === 0 ? 0 : 11 - rest;
    if (check < 10) return check === wanted;
  }
  return false;
}

const ird = identity({
  type: 'NZ_IRD',
  title: 'New Zealand: Inland Revenue numbers',
  example: 'IRD number «49-091-850»',
  check: 'its check digit (mod 11); only with context',
  near: [...THREES, { shape: 'D2 D3 D3' }, { shape: 'D8' }],
  test: isIrd,
  words: ['ird', 'inland revenue'],
  names: ['ird', 'irdnumber', 'irdno'],
  countries: ['nz'],
  loose: '\\d{2,3}[ -]?\\d{3}[ -]?\\d{3}',
});

const southAfrican = identity({
  type: 'ZA_ID',
  title: 'South Africa: identity numbers',
  example: 'SA ID number «8001015009087»',
  check: "a date of birth, the citizenship's digit and Luhn's; only with context",
  own: [{ shape: 'D6 D4 D3', between: ' ' }],
  near: [{ shape: 'D13' }, { shape: 'D6 D4 D3' }, { shape: 'D6 D4 D2 D1' }],
  test: (digits) => isDateAt(digits, 0) && digitAt(digits, 10) < 3 && luhn(digits),
  words: ['id number', 'identity number', 'rsa id', 'sa id', 'south african id'],
  names: ['said', 'rsaid', 'southafricanid', 'zaid', 'identitynumber', 'nationalid'],
  countries: ['za'],
  loose: '\\d{6} ?\\d{4} ?\\d{3}',
});

export const detectors = [sin, tfn, abn, medicare, ird, southAfrican];
