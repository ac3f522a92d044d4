// Numbers of people in Spain, Italy, France and Portugal.
import type { Detector } from '../detector.ts';
import { isAlnum, isUpper } from '../scan/alphabet.ts';
import { BLANKS, CAPITALS } from './kit/beside.ts';
import { digitAt, luhn, mod11Digit, mod97, pairAt, valueAt, weightedSum } from './kit/checks.ts';
import { identity } from './kit/identity.ts';
import { shapesOf } from './kit/shapes.ts';

const SPANISH = 'TRWAGMYFPDXBNJZSQVHLCKE';

const isNif = (plain: string) => SPANISH[Number(plain.slice(0, 8)) % 23] === plain[8];
const isNie = (plain: string) => {
  const first = 'XYZ'.indexOf(plain[0] as string);
  return first !== -1 && SPANISH[Number(first + plain.slice(1, 8)) % 23] === plain[8];
};

const nif = identity({
  type: 'ES_NIF',
  title: 'Spain: DNI and NIF',
  example: 'con DNI «12345678Z», vecino de Madrid',
  check: 'its check letter (mod 23); beside its own words any',
  own: [
    { shape: 'D8L1', upper: true },
    { shape: 'D8 L1', between: ' -', upper: true },
    { shape: 'D2 D3 D3 L1', between: '.- ', mixed: true, upper: true },
    { shape: 'D2 D3 D3L1', between: '.', upper: true },
  ],
  near: [{ shape: 'D8L1' }],
  test: isNif,
  sure: ['dni', 'nif', 'cif'],
  names: [
    'dni',
    'nif',
    'cif',
    'numerodni',
    'numerodenif',
    'documentonacionaldeidentidad',
    'nifcif',
    'dninie',
  ],
  countries: ['es'],
  loose: '\\d{2}\\.?\\d{3}\\.?\\d{3}[ -]?[A-Z]|[A-HJNP-SUVW]-?\\d{7}-?[0-9A-J]',
});

const nie = identity({
  type: 'ES_NIE',
  title: 'Spain: NIE of foreigners',
  example: 'NIE «X1234567L» caducado',
  check: 'its check letter (mod 23); beside its own word any',
  own: [
    { shape: 'L1D7L1', upper: true },
    ...['L1 D7 L1', 'L1 D7L1', 'L1D7 L1'].map((shape) => ({ shape, between: ' -', upper: true })),
  ],
  near: [{ shape: 'L1D7L1' }],
  test: isNie,
  sure: ['nie'],
  names: ['nie', 'numeronie', 'dninie'],
  countries: ['es'],
  loose: '[XYZ][ -]?\\d{7}[ -]?[A-Z]',
});

/** What a character counts at an odd place, by its value, digits and letters alike. */
const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
const PLACES = [6, 7, 9, 10, 12, 13, 14];
const MONTHS = 'ABCDEHLMPRST';
/** Letters that stand for digits where two people would have the same code. */
const FOR_DIGITS = 'LMNPQRSTUV';

function isCodiceFiscale(plain: string): boolean {
  let sum = 0;
  for (let at = 0; at < 15; at += 1) {
    const value = valueAt(plain, at);
    const place = value < 10 ? value : value - 10;
    sum += at % 2 === 0 ? (ODD[place] as number) : place;
  }
  if (plain.charCodeAt(15) !== 65 + (sum % 26) || !MONTHS.includes(plain[8] as string)) return false;
  let digits = '';
  for (const at of PLACES) {
    const character = plain[at] as string;
    const digit = character > '9' ? FOR_DIGITS.indexOf(character) : Number(character);
    if (digit === -1) return false;
    digits += digit;
  }
  const day = pairAt(digits, 2) % 40;
  return day > 0 && day < 32;
}

const codiceFiscale = identity({
  type: 'IT_CODICE_FISCALE',
  title: 'Italy: codice fiscale',
  example: 'codice fiscale «RSSMRA85T10A562S»',
  check: 'its check letter, also where letters stand for digits; beside its own words any',
  own: shapesOf('LLLLLLAALAALAAAL').map((shape) => ({ shape })),
  test: isCodiceFiscale,
  sure: ['codice fiscale', 'cod fisc', 'c.f.'],
  names: ['codicefiscale', 'codfiscale', 'codfisc', 'cf', 'fiscalcode', 'italiantaxcode'],
  countries: ['it'],
  loose: '[A-Z]{3} ?[A-Z]{3} ?[0-9L-NP-V]{2}[A-EHLMPRST][0-9L-NP-V]{2} ?[A-Z][0-9L-NP-V]{3} ?[A-Z]',
});

/** In groups: `RSS MRA 85T10 A562 S`. */
const SPACED =
  /[A-Z]{3} [A-Z]{3} [0-9L-NP-V]{2}[A-EHLMPRST][0-9L-NP-V]{2} [A-Z][0-9L-NP-V]{3} ?[A-Z](?![A-Za-z0-9])/uy;
const BEFORE_YEAR = 'RSS MRA '.length;

const codiceInGroups: Detector = {
  ...codiceFiscale,
  stretches: [{ length: [2, 2], before: BLANKS, twoBefore: CAPITALS, after: CAPITALS }],
  digits(scan, at, to) {
    const { text } = scan;
    const start = at - BEFORE_YEAR;
    if (to - at !== 2 || start < 0) return;
    if (text.charCodeAt(at - 1) !== 32 || text.charCodeAt(at - 5) !== 32) return;
    if (!isUpper(text.charCodeAt(at - 2)) || (start > 0 && isAlnum(text.charCodeAt(start - 1)))) return;
    SPACED.lastIndex = start;
    if (!SPACED.test(text)) return;
    if (isCodiceFiscale(text.slice(start, SPACED.lastIndex).replaceAll(' ', '')))
      scan.add(start, SPACED.lastIndex);
  },
};

const partitaIva = identity({
  type: 'IT_PARTITA_IVA',
  title: 'Italy: partita IVA',
  example: 'P. IVA «12345670017»',
  check: "Luhn's digit; only with context",
  near: [{ shape: 'D11' }],
  test: luhn,
  words: ['partita iva', 'p iva', 'p. iva', 'p.iva'],
  names: ['partitaiva', 'piva'],
  countries: ['it'],
  loose: '(?:IT)?\\d{11}',
});

/** Sex, year, month, department, commune, order; the key is what 97 is more than the rest. Corsica's letters count less. */
function isNir(plain: string): boolean {
  const month = pairAt(plain, 3);
  if (!/^[1-478]\d{4}(?:\d\d|2[AB])\d+$/u.test(plain)) return false;
  if (month === 0 || (month > 12 && month < 20) || (month > 42 && month < 50)) return false;
  if (plain.length === 13) return true;
  const digits = plain.slice(0, 13).replace('2A', '19').replace('2B', '18');
  return 97 - mod97(digits) === pairAt(plain, 13);
}

const CORSICA = ['D1 D2 D2 D1L1 D3 D3 D2', 'D6L1D8', 'D6L1D6 D2'];

const nir = identity({
  type: 'FR_NIR',
  title: 'France: social security numbers (NIR)',
  example: 'numéro de sécurité sociale «1 85 05 78 006 084 91»',
  check: 'a month, and its key (mod 97); without the key only with context',
  own: [
    {
      shape: 'D15',
      check: (digits) => /^[12]\d\d(?:0[1-9]|1[0-2]|3[1-9]|4[0-2])/u.test(digits) && isNir(digits),
    },
    ...['D1 D2 D2 D2 D3 D3 D2', 'D13 D2', ...CORSICA].map((shape) => ({ shape })),
  ],
  near: ['D13', 'D1 D2 D2 D2 D3 D3', 'D6L1D6', 'D1 D2 D2 D1L1 D3 D3'].map((shape) => ({ shape })),
  test: isNir,
  sure: ['nir'],
  words: ['insee', 'sociale', 'secu', 'french social security'],
  names: [
    ...[
      'nir',
      'numerosecuritesociale',
      'numerodesecuritesociale',
      'numsecu',
      'securitesociale',
      'numerosecu',
    ],
    ...['nss', 'numeroinsee', 'frenchssn'],
  ],
  countries: ['fr'],
  loose: '[1-478][ .-]?\\d{2}[ .-]?\\d{2}[ .-]?(?:\\d\\d|2[AB])[ .-]?\\d{3}[ .-]?\\d{3}(?:[ .-]?\\d{2})?',
});

const portuguese = identity({
  type: 'PT_NIF',
  title: 'Portugal: NIF',
  example: 'contribuinte «123 456 789»',
  check: 'its check digit (mod 11); only with context',
  near: [{ shape: 'D9' }, { shape: 'D3 D3 D3' }],
  test: (digits) =>
    /^[1-35689]/u.test(digits) &&
    mod11Digit(weightedSum(digits, [9, 8, 7, 6, 5, 4, 3, 2])) === digitAt(digits, 8),
  words: ['nif', 'contribuinte'],
  names: ['nif', 'contribuinte', 'numerocontribuinte', 'numerodecontribuinte'],
  countries: ['pt'],
  loose: '\\d{3} ?\\d{3} ?\\d{3}',
});

export const detectors = [nif, nie, codiceInGroups, partitaIva, nir, portuguese];
