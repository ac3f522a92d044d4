// Numbers of people in India, Singapore, Malaysia and Thailand.
import { digitAt, isDateAt, isMonotone, valueAt, verhoeff, weightedSum } from './kit/checks.ts';
import { identity } from './kit/identity.ts';
import { shapesOf } from './kit/shapes.ts';

const aadhaar = identity({
  type: 'IN_AADHAAR',
  title: 'India: Aadhaar numbers',
  example: 'Aadhaar «2345 6789 0124» is linked',
  check: "Verhoeff's digit; only with context",
  near: [{ shape: 'D4 D4 D4' }, { shape: 'D12' }],
  test: (digits) => digits >= '2' && verhoeff(digits) && !isMonotone(digits),
  sure: ['aadhaar', 'aadhar', 'adhaar'],
  words: ['uidai'],
  names: ['aadhaar', 'aadhar', 'adhaar', 'aadhaarnumber', 'aadharno', 'uidai'],
  countries: ['in'],
  loose: '\\d{4}[ .-]?\\d{4}[ .-]?\\d{4}',
});

const pan = identity({
  type: 'IN_PAN',
  title: 'India: permanent account numbers (PAN)',
  example: 'PAN «ABCPE1234F» on file',
  check: 'letters and digits each in their places, the fourth letter one that says who holds it',
  own: [{ shape: 'L5D4L1', upper: true }],
  near: [{ shape: 'L5D4L1' }],
  test: (plain) => 'ABCFGHJKLPT'.includes(plain[3] as string),
  sure: ['pan card', 'permanent account'],
  words: ['pan'],
  names: ['pan', 'pannumber', 'pancard', 'panno', 'permanentaccountnumber'],
  countries: ['in'],
  loose: '[A-Z]{5}\\d{4}[A-Z]',
});

/** Mod 36: every second character counts twice, and each product's two digits in base 36 are added. */
function isGstin(plain: string): boolean {
  if (plain[13] !== 'Z') return false;
  let sum = 0;
  for (let at = 0; at < 14; at += 1) {
    const product = valueAt(plain, at) * (1 + (at % 2));
    sum += Math.floor(product / 36) + (product % 36);
  }
  return (36 - (sum % 36)) % 36 === valueAt(plain, 14);
}

const gstin = identity({
  type: 'IN_GSTIN',
  title: 'India: goods and services tax numbers',
  example: 'GSTIN «27AAPFU0939F1ZV»',
  check: 'the PAN in it, and its check character (mod 36)',
  own: shapesOf('DDLLLLLDDDDLALA').map((shape) => ({ shape, upper: true })),
  test: isGstin,
  sure: ['gstin'],
  words: ['gst'],
  names: ['gstin', 'gst', 'gstnumber', 'gstno'],
  countries: ['in'],
  loose: '\\d{2}[A-Z]{5}\\d{4}[A-Z][A-Z0-9]Z[A-Z0-9]',
});

const NRIC: Readonly<Record<string, readonly [number, string]>> = {
  S: [0, 'JZIHGFEDCBA'],
  T: [4, 'JZIHGFEDCBA'],
  F: [0, 'XWUTRQPNMLK'],
  G: [4, 'XWUTRQPNMLK'],
  M: [3, 'XWUTRQPNJLK'],
};

function isNric(plain: string): boolean {
  const series = NRIC[plain[0] as string];
  if (series === undefined) return false;
  const [offset, letters] = series;
  return letters[(offset + weightedSum(plain.slice(1), [2, 7, 6, 5, 4, 3, 2])) % 11] === plain[8];
}

const nric = identity({
  type: 'SG_NRIC',
  title: 'Singapore: NRIC and FIN',
  example: 'NRIC «S1234567D»',
  check: 'its check letter (mod 11); beside its own word any',
  own: [{ shape: 'L1D7L1', upper: true }],
  near: [{ shape: 'L1D7L1' }],
  test: isNric,
  sure: ['nric'],
  words: ['fin'],
  names: ['nric', 'nricfin', 'fin', 'nricnumber'],
  countries: ['sg'],
  loose: '[STFGM]\\d{7}[A-Z]',
});

const mykad = identity({
  type: 'MY_NRIC',
  title: 'Malaysia: identity card numbers',
  example: 'MyKad «850715-14-5231»',
  check: 'a date of birth, and a place that is given out; without its own dashes only with context',
  own: [{ shape: 'D6 D2 D4', between: '-' }],
  near: [{ shape: 'D12' }],
  test: (digits) => isDateAt(digits, 0) && !/^.{6}(?:00|1[7-9]|20|69|70|73|8[01]|9[4-7])/u.test(digits),
  words: ['mykad', 'kad pengenalan', 'nric'],
  names: ['mykad', 'mynric', 'kadpengenalan', 'icnumber', 'nric'],
  countries: ['my'],
  loose: '\\d{6}-?\\d{2}-?\\d{4}',
});

const thai = identity({
  type: 'TH_ID',
  title: 'Thailand: identity card numbers',
  example: 'Thai ID «1-2345-67890-12-1»',
  check: 'its check digit (mod 11); without its own dashes only with context',
  own: [{ shape: 'D1 D4 D5 D2 D1', between: ' -' }],
  near: [{ shape: 'D13' }],
  test: (digits) =>
    (11 - (weightedSum(digits, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 === digitAt(digits, 12),
  words: ['thai id', 'thai national id', 'thai citizen'],
  names: ['thaiid', 'thainationalid', 'thaicitizenid'],
  countries: ['th'],
  loose: '\\d[ -]?\\d{4}[ -]?\\d{5}[ -]?\\d{2}[ -]?\\d',
});

export const detectors = [aadhaar, pan, gstin, nric, mykad, thai];
