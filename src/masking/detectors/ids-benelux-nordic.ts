// Numbers of people in the Low Countries and in the Nordic ones.
import { digitAt, isDay, isDayFirstAt, isMonotone, luhn, pairAt, weightedSum } from './kit/checks.ts';
import { identity } from './kit/identity.ts';

const bsn = identity({
  type: 'NL_BSN',
  title: 'Netherlands: citizen service numbers (BSN)',
  example: 'BSN «111222333»',
  check: 'the eleven test; only with context',
  near: [{ shape: 'D9' }, { shape: 'D4 D2 D3' }, { shape: 'D3 D3 D3' }],
  test: (digits) => weightedSum(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0 && !isMonotone(digits),
  sure: ['bsn', 'burgerservicenummer', 'sofinummer'],
  words: ['citizen service', 'sofi nummer'],
  names: ['bsn', 'bsnnummer', 'burgerservicenummer', 'sofinummer', 'citizenservicenumber'],
  countries: ['nl'],
  loose: '\\d{4}[ .]?\\d{2}[ .]?\\d{3}|\\d{3}[ .]\\d{3}[ .]\\d{3}',
});

/** The key is what 97 is more than the rest; of those born from 2000 on with a 2 before the number. */
function isBelgian(digits: string): boolean {
  const month = pairAt(digits, 2) % 20;
  const day = pairAt(digits, 4);
  if (month > 12 || day > 31) return false;
  const number = Number(digits.slice(0, 9));
  const key = pairAt(digits, 9);
  return 97 - (number % 97) === key || 97 - ((2_000_000_000 + number) % 97) === key;
}

const belgian = identity({
  type: 'BE_NATIONAL_NUMBER',
  title: 'Belgium: national register numbers',
  example: 'rijksregisternummer «85.07.30-033.28»',
  check: 'a date of birth, and its key (mod 97); without its own marks only with context',
  own: [
    { shape: 'D2 D2 D2 D3 D2', between: '.-', mixed: true },
    { shape: 'D6 D3 D2', between: '.-', mixed: true },
  ],
  near: [{ shape: 'D11' }, { shape: 'D2 D2 D2 D3 D2', between: ' .-', mixed: true }, { shape: 'D6 D3 D2' }],
  test: isBelgian,
  sure: ['rijksregisternummer', 'registre national', 'numero national'],
  words: ['rijksregister*', 'insz', 'niss', 'national register'],
  names: [
    'rijksregisternummer',
    'rijksregister',
    'registrenational',
    'numeronational',
    'insz',
    'niss',
    'nationalregister',
  ],
  countries: ['be'],
  loose: '\\d{2}[ .]?\\d{2}[ .]?\\d{2}[ .-]?\\d{3}[ .-]?\\d{2}',
});

/** Of people without a number yet the day is 60 more. */
function isSwedish(plain: string): boolean {
  const ten = plain.slice(-10);
  if (plain.length === 12 && !/^(?:18|19|20)/u.test(plain)) return false;
  const day = pairAt(ten, 4);
  return isDay(pairAt(ten, 2), day > 60 ? day - 60 : day) && luhn(ten);
}

/** `20240115-1030` and `240115-1030` are when something happened. */
function isMoment(plain: string): boolean {
  const year = plain.length === 12 ? Number(plain.slice(0, 4)) : 2000 + pairAt(plain, 0);
  return (
    year >= 2000 &&
    year < 2040 &&
    pairAt(plain, plain.length - 4) < 24 &&
    pairAt(plain, plain.length - 2) < 60
  );
}

const swedish = identity({
  type: 'SE_PERSONNUMMER',
  title: 'Sweden: personnummer',
  example: 'personnummer «850709-9805»',
  check: "a date of birth and Luhn's digit; without its own dash only with context",
  own: ['D6 D4', 'D8 D4'].map((shape) => ({
    shape,
    between: '-',
    check: (plain) => isSwedish(plain) && !isMoment(plain),
  })),
  near: ['D10', 'D12', 'D6 D4', 'D8 D4'].map((shape) => ({ shape })),
  test: isSwedish,
  sure: ['personnummer', 'samordningsnummer'],
  words: ['personnr', 'swedish id'],
  names: ['personnummer', 'personnr', 'samordningsnummer', 'swedishid'],
  countries: ['se'],
  loose: '(?:18|19|20)?\\d{6}[ +-]?\\d{4}',
});

const HETU = '0123456789ABCDEFHJKLMNPRSTUVWXY';

function isHetu(plain: string): boolean {
  const number = Number(plain.slice(0, 6) + plain.slice(-4, -1));
  if (plain.length === 11 && !'ABCDEFUVWXY'.includes(plain[6] as string)) return false;
  return isDayFirstAt(plain, 0) && HETU[number % 31] === plain.at(-1);
}

const hetu = identity({
  type: 'FI_HETU',
  title: 'Finland: personal identity codes (HETU)',
  example: 'henkilötunnus «131052-308T»',
  check: 'a date of birth, and its check character (mod 31)',
  own: [
    ...['D6 D3L1', 'D6 D4'].map((shape) => ({ shape, between: '-' })),
    ...['D6L1D3L1', 'D6L1D4'].map((shape) => ({ shape, upper: true })),
  ],
  test: isHetu,
  sure: ['hetu', 'personbeteckning'],
  names: ['hetu', 'henkilotunnus', 'henkilötunnus', 'personbeteckning'],
  countries: ['fi'],
  loose: '\\d{6}[A-FU-Y+-]\\d{3}[0-9A-Y]',
});

function isNorwegian(digits: string): boolean {
  const day = pairAt(digits, 0);
  if (!isDay(pairAt(digits, 2), day > 40 ? day - 40 : day)) return false;
  const first = weightedSum(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11;
  return first === 0 && weightedSum(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0;
}

const norwegian = identity({
  type: 'NO_FODSELSNUMMER',
  title: 'Norway: fødselsnummer and D-numbers',
  example: 'fødselsnummer «01019000083»',
  check: 'a date of birth, and both check digits (mod 11)',
  own: [{ shape: 'D11' }, { shape: 'D6 D5', between: ' ' }],
  test: isNorwegian,
  sure: ['fodselsnummer', 'personnummer'],
  names: ['fodselsnummer', 'fødselsnummer', 'fnr', 'personnummer', 'dnummer'],
  countries: ['no'],
  loose: '\\d{6} ?\\d{5}',
});

const isCpr = (digits: string) => isDayFirstAt(digits, 0);

const cpr = identity({
  type: 'DK_CPR',
  title: 'Denmark: CPR numbers',
  example: 'CPR «070761-4285»',
  check: 'a date of birth, and the mod 11 that older ones pass; with context without that',
  own: [
    {
      shape: 'D6 D4',
      between: '-',
      check: (digits) => isCpr(digits) && weightedSum(digits, [4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0,
    },
  ],
  near: [{ shape: 'D6 D4' }, { shape: 'D10' }],
  test: isCpr,
  sure: ['cpr'],
  words: ['personnummer'],
  names: ['cpr', 'cprnummer', 'cprnr', 'cprnumber'],
  countries: ['dk'],
  loose: '[0-3]\\d[01]\\d{3}[ -]?\\d{4}',
});

function isIcelandic(digits: string): boolean {
  const rest = weightedSum(digits, [3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return (
    isDayFirstAt(digits, 0) && (rest === 0 ? 0 : 11 - rest) === digitAt(digits, 8) && /[089]$/u.test(digits)
  );
}

const icelandic = identity({
  type: 'IS_KENNITALA',
  title: 'Iceland: kennitala',
  example: 'kennitala «120174-3399»',
  check: 'a date of birth, and its check digit (mod 11); without its own dash only with context',
  own: [{ shape: 'D6 D4', between: '-' }],
  near: [{ shape: 'D10' }],
  test: isIcelandic,
  sure: ['kennitala'],
  names: ['kennitala'],
  countries: ['is'],
  loose: '[0-3]\\d[01]\\d{3}-?\\d{4}',
});

export const detectors = [bsn, belgian, swedish, hetu, norwegian, cpr, icelandic];
