// Numbers of people in Poland, Czechia, Slovakia, Romania, Croatia, the Baltics, Bulgaria and Russia.
import { digitAt, isDateAt, isDay, isMonotone, mod1110, pairAt, weightedSum } from './kit/checks.ts';
import { identity } from './kit/identity.ts';

/** The century is added to the month, by twenties. */
function isPesel(digits: string): boolean {
  return (
    isDay(pairAt(digits, 2) % 20, pairAt(digits, 4)) &&
    weightedSum(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0
  );
}

const pesel = identity({
  type: 'PL_PESEL',
  title: 'Poland: PESEL',
  example: 'PESEL «44051401359»',
  check: 'a date of birth, and its check digit (mod 10); only with context',
  near: [{ shape: 'D11' }],
  test: isPesel,
  sure: ['pesel'],
  names: ['pesel', 'numerpesel', 'nrpesel'],
  countries: ['pl'],
  loose: '\\d{11}',
});

function isNip(digits: string): boolean {
  return weightedSum(digits, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === digitAt(digits, 9) && !isMonotone(digits);
}

const nip = identity({
  type: 'PL_NIP',
  title: 'Poland: NIP',
  example: 'NIP «123-456-32-18»',
  check: 'its check digit (mod 11); without its own dashes only with context',
  own: ['D3 D3 D2 D2', 'D3 D2 D2 D3'].map((shape) => ({ shape, between: '-' })),
  near: [{ shape: 'D10' }],
  test: isNip,
  words: ['nip'],
  names: ['nip', 'numernip', 'nrnip'],
  countries: ['pl'],
  loose: '(?:PL)?\\d{3}-?\\d{2,3}-?\\d{2}-?\\d{2,3}',
});

/** A woman's month is 50 more; where a day's numbers ran out, 20 more. */
function isBirthNumber(digits: string): boolean {
  const month = pairAt(digits, 2) % 50;
  return isDay(month > 20 ? month - 20 : month, pairAt(digits, 4)) && Number(digits) % 11 === 0;
}

const birthNumber = identity({
  type: 'CZ_RODNE_CISLO',
  title: 'Czechia and Slovakia: birth numbers (rodné číslo)',
  example: 'rodné číslo «850730/0010»',
  check: 'a date of birth, and divisible by 11; without its own stroke only with context',
  own: [{ shape: 'D6 D4', between: '/' }],
  near: [{ shape: 'D10' }],
  test: isBirthNumber,
  words: ['rodne cislo', 'birth number', 'rodn*'],
  names: ['rodnecislo', 'rodnécíslo', 'rc', 'birthnumber'],
  countries: ['cz', 'sk'],
  loose: '\\d{2}[0-8]\\d{3}/?\\d{3,4}',
});

function isCnp(digits: string): boolean {
  const rest = weightedSum(digits, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
  return /^[1-8]/u.test(digits) && isDateAt(digits, 1) && (rest === 10 ? 1 : rest) === digitAt(digits, 12);
}

const cnp = identity({
  type: 'RO_CNP',
  title: 'Romania: CNP',
  example: 'CNP «1850730400004»',
  check: 'a date of birth, and its check digit (mod 11); only with context',
  near: [{ shape: 'D13' }],
  test: isCnp,
  sure: ['cnp'],
  words: ['cod numeric personal'],
  names: ['cnp', 'codnumericpersonal'],
  countries: ['ro'],
  loose: '[1-9]\\d{12}',
});

const oib = identity({
  type: 'HR_OIB',
  title: 'Croatia: OIB',
  example: 'OIB «12345678903»',
  check: 'its check digit (ISO 7064); only with context',
  near: [{ shape: 'D11' }],
  test: mod1110,
  sure: ['oib'],
  names: ['oib'],
  countries: ['hr'],
  loose: '\\d{11}',
});

/** Estonia's and Lithuania's, which are made alike. */
function isBaltic(digits: string): boolean {
  let rest = weightedSum(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
  if (rest === 10) rest = weightedSum(digits, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11;
  return /^[1-6]/u.test(digits) && isDateAt(digits, 1) && rest % 10 === digitAt(digits, 10);
}

const baltic = identity({
  type: 'BALTIC_PERSONAL_CODE',
  title: 'Estonia and Lithuania: personal codes',
  example: 'isikukood «37605030299»',
  check: 'a date of birth, and its check digit (mod 11); only with context',
  near: [{ shape: 'D11' }],
  test: isBaltic,
  words: ['isikukood', 'asmens kodas', 'personal code'],
  names: ['isikukood', 'asmenskodas', 'personalcode'],
  countries: ['ee', 'lt'],
  loose: '[1-6]\\d{10}',
});

function isEgn(digits: string): boolean {
  const month = pairAt(digits, 2) % 20;
  return (
    isDay(month, pairAt(digits, 4)) &&
    (weightedSum(digits, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10 === digitAt(digits, 9)
  );
}

const egn = identity({
  type: 'BG_EGN',
  title: 'Bulgaria: EGN',
  example: 'EGN «7523169263»',
  check: 'a date of birth, and its check digit (mod 11); only with context',
  near: [{ shape: 'D10' }],
  test: isEgn,
  sure: ['egn'],
  names: ['egn'],
  countries: ['bg'],
  loose: '\\d{10}',
});

function isSnils(digits: string): boolean {
  const sum = weightedSum(digits, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101;
  return (sum === 100 ? 0 : sum) === pairAt(digits, 9) && !isMonotone(digits);
}

const snils = identity({
  type: 'RU_SNILS',
  title: 'Russia: SNILS',
  example: 'SNILS «112-233-445 95»',
  check: 'its check digits (mod 101); without its own marks only with context',
  own: [{ shape: 'D3 D3 D3 D2', between: '- ', mixed: true }],
  near: [{ shape: 'D11' }],
  test: isSnils,
  sure: ['snils'],
  names: ['snils'],
  countries: ['ru'],
  loose: '\\d{3}[ -]?\\d{3}[ -]?\\d{3}[ -]?\\d{2}',
});

export const detectors = [pesel, nip, birthNumber, cnp, oib, baltic, egn, snils];
