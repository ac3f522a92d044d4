// Numbers of people, firms and physicians in the United States.
import { digitAt, luhn, pairAt } from './kit/checks.ts';
import { identity } from './kit/identity.ts';
import { shapesOf } from './kit/shapes.ts';

function isSsn(digits: string): boolean {
  const area = digits.slice(0, 3);
  return (
    area !== '000' &&
    area !== '666' &&
    area < '900' &&
    digits.slice(3, 5) !== '00' &&
    digits.slice(5) !== '0000'
  );
}

function isItin(digits: string): boolean {
  const group = pairAt(digits, 3);
  return (
    digits.startsWith('9') && group >= 50 && group !== 66 && group !== 67 && group !== 89 && group !== 93
  );
}

const ssn = identity({
  type: 'US_SSN',
  title: 'United States: Social Security numbers',
  example: 'her social security number is «536-90-4399»',
  check: 'areas, groups and serials that are given out; beside its own words any',
  own: [{ shape: 'D3 D2 D4', between: '-' }],
  near: [{ shape: 'D3 D2 D4' }, { shape: 'D9' }],
  test: isSsn,
  sure: ['ssn', 'social security'],
  words: ['social', 'seguro social'],
  names: [
    'ssn',
    'socialsecurity',
    'socialsecuritynumber',
    'socialsec',
    'ssnum',
    'socsec',
    'ssnitin',
    'segurosocial',
  ],
  countries: ['us'],
  loose: '\\d{3}[ .-]?\\d{2}[ .-]?\\d{4}',
});

const itin = identity({
  type: 'US_ITIN',
  title: 'United States: taxpayer identification numbers (ITIN)',
  example: 'files under ITIN «912-78-1234» since 2019',
  check: 'begins with 9, and the groups that are given out',
  own: [{ shape: 'D3 D2 D4', between: '-' }],
  near: [{ shape: 'D3 D2 D4' }, { shape: 'D9' }],
  test: isItin,
  sure: ['itin'],
  words: ['taxpayer', 'tax id'],
  names: ['itin', 'taxpayerid', 'individualtaxpayerid', 'taxid', 'tin'],
  countries: ['us'],
  loose: '9\\d{2}[ .-]?\\d{2}[ .-]?\\d{4}',
});

const EIN_START = /^(?:0[1-6]|1[0-6]|2[0-7]|3[0-9]|4[0-8]|5[0-9]|6[0-8]|7[1-7]|8[0-8]|9[0-5]|9[89])/u;

const ein = identity({
  type: 'US_EIN',
  title: 'United States: employer identification numbers',
  example: 'federal tax ID «12-3456789»',
  check: 'a prefix that is given out; only with context',
  near: [{ shape: 'D2 D7', between: '-' }],
  test: (digits) => EIN_START.test(digits),
  words: ['ein', 'fein', 'employer identification', 'federal tax', 'tax id', 'taxpayer'],
  names: ['ein', 'fein', 'employeridentification', 'employerid', 'federaltaxid', 'taxid', 'tin'],
  countries: ['us'],
  loose: '\\d{2}-?\\d{7}',
});

const npi = identity({
  type: 'US_NPI',
  title: 'United States: national provider identifiers',
  example: 'provider NPI «1234567893»',
  check: "Luhn's digit after 80840; only with context",
  near: [{ shape: 'D10' }],
  test: (digits) => /^[12]/u.test(digits) && luhn(`80840${digits}`),
  words: ['npi', 'national provider'],
  names: ['npi', 'providernpi', 'nationalprovideridentifier'],
  loose: '[12]\\d{9}',
});

const DEA_START = /^[ABCDEFGHJKLMPRSTUX][A-Z9]/u;

const dea = identity({
  type: 'US_DEA',
  title: 'United States: DEA registration numbers',
  example: 'prescriber DEA «AB1234563»',
  check: 'its check digit; only with context',
  near: [{ shape: 'L2D7' }],
  test: (plain) => {
    const odd = digitAt(plain, 2) + digitAt(plain, 4) + digitAt(plain, 6);
    const even = digitAt(plain, 3) + digitAt(plain, 5) + digitAt(plain, 7);
    return DEA_START.test(plain) && (odd + 2 * even) % 10 === digitAt(plain, 8);
  },
  words: ['dea', 'prescriber'],
  names: ['dea', 'deanumber', 'dearegistration', 'prescriberdea'],
  loose: '[A-Z][A-Z9]\\d{7}',
});

const MBI = 'DLADLADLLDD';
const isMbi = (plain: string) => /^[1-9]/u.test(plain) && !/[SLOIBZ]/u.test(plain);

const mbi = identity({
  type: 'US_MBI',
  title: 'United States: Medicare beneficiary identifiers',
  example: 'Medicare ID «1EG4-TE5-MK73»',
  check: 'letters and digits each in their places, and none of S, L, O, I, B, Z',
  own: [
    ...shapesOf(MBI, [4, 3, 4]).map((shape) => ({ shape, between: '-', upper: true })),
    ...shapesOf(MBI).map((shape) => ({ shape, upper: true })),
  ],
  near: [...shapesOf(MBI, [4, 3, 4]), ...shapesOf(MBI)].map((shape) => ({ shape })),
  test: isMbi,
  words: ['mbi', 'medicare'],
  names: ['mbi', 'medicareid', 'medicarebeneficiary', 'medicarebeneficiaryidentifier', 'medicare'],
  loose: '\\d[A-Z][A-Z0-9]\\d[ -]?[A-Z][A-Z0-9]\\d[ -]?[A-Z]{2}\\d{2}',
});

export const detectors = [ssn, itin, ein, npi, dea, mbi];
