// Numbers of people in the United Kingdom and in Ireland.
import { digitAt, weightedSum } from './kit/checks.ts';
import { identity } from './kit/identity.ts';

function isNhs(digits: string): boolean {
  const check = 11 - (weightedSum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return check !== 10 && check % 11 === digitAt(digits, 9);
}

const nhs = identity({
  type: 'UK_NHS',
  title: 'United Kingdom: NHS numbers',
  example: 'NHS number «943 476 5919»',
  check: 'its check digit (mod 11); only with context',
  near: [{ shape: 'D3 D3 D4' }, { shape: 'D10' }],
  test: isNhs,
  sure: ['nhs number', 'nhs no'],
  words: ['nhs', 'patient number'],
  names: ['nhs', 'nhsnumber', 'patientnhs', 'nhsid'],
  countries: ['gb'],
  loose: '\\d{3}[ -]?\\d{3}[ -]?\\d{4}',
});

const NINO = /^(?!BG|GB|KN|NK|NT|TN|ZZ)[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z]\d{6}[A-D]?$/u;
const isNino = (plain: string) => NINO.test(plain);
const NINO_SHAPES = [
  ...['L2D6L1', 'L2 D2 D2 D2 L1', 'L2 D6 L1', 'L2D2 D2 D2L1', 'L2D6 L1', 'L2 D2 D2 D2L1', 'L2 D6L1'],
  ...['L2D2 D2 D2 L1', 'L2 D3 D3 L1', 'L2 D3 D3L1', 'L2D3 D3L1'],
];

const nino = identity({
  type: 'UK_NINO',
  title: 'United Kingdom: National Insurance numbers',
  example: 'her NINO is «AB 12 34 56 C», he says',
  check: 'the letters that are given out',
  own: NINO_SHAPES.map((shape) => ({ shape, upper: true })),
  near: [...NINO_SHAPES, 'L2D6', 'L2 D2 D2 D2'].map((shape) => ({ shape })),
  test: isNino,
  sure: ['nino', 'national insurance', 'ni number', 'ni no'],
  names: ['nino', 'ninumber', 'nationalinsurance', 'nationalinsurancenumber', 'nin', 'insurancenumber'],
  countries: ['gb'],
  loose: '[A-Z]{2}[ .-]?\\d{2}[ .-]?\\d{2}[ .-]?\\d{2}(?:[ .-]?[A-D])?',
});

const utr = identity({
  type: 'UK_UTR',
  title: 'United Kingdom: unique taxpayer references',
  example: 'self assessment UTR «1123456789»',
  check: 'its check digit (mod 11); only with context',
  near: [{ shape: 'D10' }, { shape: 'D5 D5', between: ' ' }],
  test: (digits) =>
    '21987654321'[weightedSum(digits.slice(1), [6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11] === digits[0],
  words: ['utr', 'unique taxpayer', 'self assessment'],
  names: ['utr', 'uniquetaxpayerreference', 'taxpayerreference'],
  countries: ['gb'],
  loose: '\\d{5} ?\\d{5}',
});

const PPS_LETTERS = 'WABCDEFGHIJKLMNOPQRSTUV';

function isPps(plain: string): boolean {
  const second = plain.length > 8 && plain[8] !== 'W' ? (plain.charCodeAt(8) - 64) * 9 : 0;
  return PPS_LETTERS[(weightedSum(plain, [8, 7, 6, 5, 4, 3, 2]) + second) % 23] === plain[7];
}

const pps = identity({
  type: 'IE_PPS',
  title: 'Ireland: personal public service numbers',
  example: 'PPS number «1234567T»',
  check: 'its check letter (mod 23); only with context',
  near: ['D7L1', 'D7L2', 'D7 L1', 'D7 L2'].map((shape) => ({ shape })),
  test: isPps,
  sure: ['ppsn', 'pps number', 'pps no'],
  words: ['pps'],
  names: ['pps', 'ppsn', 'ppsnumber', 'ppsno'],
  countries: ['ie'],
  loose: '\\d{7}[ -]?[A-W][A-IW]?',
});

export const detectors = [nhs, nino, utr, pps];
