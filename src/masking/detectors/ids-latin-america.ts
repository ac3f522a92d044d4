// Numbers of people and firms in Brazil, Mexico, Argentina and Chile.
import { digitAt, isDateAt, isMonotone, mod11Digit, weightedSum } from './kit/checks.ts';
import { identity } from './kit/identity.ts';
import { shapesOf } from './kit/shapes.ts';

function isCpf(digits: string): boolean {
  return (
    !isMonotone(digits) &&
    mod11Digit(weightedSum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2])) === digitAt(digits, 9) &&
    mod11Digit(weightedSum(digits, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2])) === digitAt(digits, 10)
  );
}

const cpf = identity({
  type: 'BR_CPF',
  title: 'Brazil: CPF',
  example: 'cliente com CPF «123.456.789-09» em atraso',
  check: 'both check digits; without its own marks only with context',
  own: [
    { shape: 'D3 D3 D3 D2', between: '.-', mixed: true },
    { shape: 'D9 D2', between: '-' },
  ],
  near: [{ shape: 'D11' }, { shape: 'D3 D3 D3 D2', between: ' .-', mixed: true }],
  test: isCpf,
  sure: ['cpf'],
  words: ['contribuinte'],
  names: ['cpf', 'cpfnumber', 'cpfcliente', 'numerocpf', 'cpfcnpj', 'documento'],
  countries: ['br'],
  loose: '\\d{3}[ .]?\\d{3}[ .]?\\d{3}[ .-]?\\d{2}',
});

function isCnpj(plain: string): boolean {
  return (
    !isMonotone(plain) &&
    mod11Digit(weightedSum(plain, [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])) === digitAt(plain, 12) &&
    mod11Digit(weightedSum(plain, [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])) === digitAt(plain, 13)
  );
}

const cnpj = identity({
  type: 'BR_CNPJ',
  title: 'Brazil: CNPJ, also with letters',
  example: 'CNPJ «12.345.678/0001-95»',
  check: 'both check digits; without its own marks only with context',
  own: [
    { shape: 'D2 D3 D3 D4 D2', between: './-', mixed: true },
    { shape: 'D8 D4 D2', between: '/-', mixed: true },
  ],
  near: [{ shape: 'D14' }],
  test: isCnpj,
  sure: ['cnpj'],
  names: ['cnpj', 'cnpjnumber', 'cnpjempresa', 'numerocnpj', 'cpfcnpj'],
  countries: ['br'],
  loose: '(?=[A-Z./-]*\\d)[A-Z0-9]{2}[ .]?[A-Z0-9]{3}[ .]?[A-Z0-9]{3}[ /]?[A-Z0-9]{4}[ -]?\\d{2}',
});

/** In Mexico's alphabet Ñ stands after N. */
const MEXICAN = '0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ';

function mexicanSum(text: string, first: number): number {
  let sum = 0;
  for (let at = 0; at < text.length - 1; at += 1) sum += MEXICAN.indexOf(text[at] as string) * (first - at);
  return sum;
}

const isCurp = (plain: string) =>
  isDateAt(plain, 4) &&
  'HMX'.includes(plain[10] as string) &&
  (10 - (mexicanSum(plain, 18) % 10)) % 10 === digitAt(plain, 17);

const curp = identity({
  type: 'MX_CURP',
  title: 'Mexico: CURP',
  example: 'su CURP: «HEGG560427MVZRRL04»',
  check: 'a date of birth, the letter of the sex, and its check digit; beside its own word any',
  own: [{ shape: 'L4D6L6D2' }, { shape: 'L4D6L7D1' }],
  test: isCurp,
  sure: ['curp'],
  names: ['curp', 'numerocurp', 'clavecurp'],
  countries: ['mx'],
  loose: '[A-Z]{4}\\d{6}[HMX][A-Z]{5}[A-Z0-9]\\d',
});

function isRfc(plain: string): boolean {
  if (!isDateAt(plain, plain.length - 9)) return false;
  // A firm's has a letter less, for which a blank stands that counts 37.
  const rest = (mexicanSum(plain, plain.length) + (plain.length === 12 ? 37 * 13 : 0)) % 11;
  const check = rest === 0 ? '0' : rest === 1 ? 'A' : String(11 - rest);
  return plain.endsWith(check);
}

const rfc = identity({
  type: 'MX_RFC',
  title: 'Mexico: RFC',
  example: 'facturar a RFC «GODE561231GR8»',
  check: 'a date, and its check digit; beside its own word any',
  own: [...shapesOf('LLLLDDDDDDAAA'), ...shapesOf('LLLDDDDDDAAA')].map((shape) => ({ shape, upper: true })),
  test: isRfc,
  words: ['rfc'],
  names: ['rfc', 'rfccliente', 'numerorfc', 'claverfc'],
  countries: ['mx'],
  loose: '[A-ZÑ&]{3,4}-?\\d{6}-?[A-Z0-9]{3}',
});

function isCuit(digits: string): boolean {
  const check = 11 - (weightedSum(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11);
  return (
    /^(?:2[034567]|3[034])/u.test(digits) &&
    (check === 11 ? 0 : check === 10 ? 9 : check) === digitAt(digits, 10)
  );
}

const cuit = identity({
  type: 'AR_CUIT',
  title: 'Argentina: CUIT and CUIL',
  example: 'CUIT «20-12345678-6»',
  check: 'a prefix that is given out, and its check digit (mod 11)',
  own: [{ shape: 'D2 D8 D1', between: '-' }],
  near: [{ shape: 'D11' }, { shape: 'D2 D8 D1' }],
  test: isCuit,
  sure: ['cuit', 'cuil'],
  names: ['cuit', 'cuil'],
  countries: ['ar'],
  loose: '\\d{2}[ -]?\\d{8}[ -]?\\d',
});

const argentine = identity({
  type: 'AR_DNI',
  title: 'Argentina: DNI',
  example: 'DNI «30.123.456» de Buenos Aires',
  check: 'its groups; only with context',
  near: [
    { shape: 'D2 D3 D3', between: '.' },
    { shape: 'D1 D3 D3', between: '.' },
  ],
  words: ['dni', 'documento nacional'],
  names: ['dni', 'documentonacional'],
  countries: ['ar'],
  loose: '\\d{1,2}\\.?\\d{3}\\.?\\d{3}',
});

function isRut(plain: string): boolean {
  let sum = 0;
  for (let at = plain.length - 2, weight = 2; at >= 0; at -= 1, weight = weight === 7 ? 2 : weight + 1) {
    sum += digitAt(plain, at) * weight;
  }
  const check = 11 - (sum % 11);
  return plain.endsWith(check === 11 ? '0' : check === 10 ? 'K' : String(check));
}

const RUT_ENDS = ['D1', 'L1'];

const rut = identity({
  type: 'CL_RUT',
  title: 'Chile: RUT and RUN',
  example: 'RUT «12.345.678-5»',
  check: 'its check digit (mod 11, K is ten); without its own marks only with context',
  own: RUT_ENDS.flatMap((end) =>
    ['D2 D3 D3', 'D1 D3 D3'].map((shape) => ({ shape: `${shape} ${end}`, between: '.-', mixed: true })),
  ),
  near: [
    ...RUT_ENDS.flatMap((end) => [`D8 ${end}`, `D7 ${end}`].map((shape) => ({ shape, between: '-' }))),
    { shape: 'D8L1' },
  ],
  test: isRut,
  words: ['rut', 'rol unico'],
  names: ['rut', 'rutcliente', 'rutempresa', 'rutnumero', 'numerorut'],
  countries: ['cl'],
  loose: '\\d{1,2}\\.?\\d{3}\\.?\\d{3}-?[0-9K]',
});

export const detectors = [cpf, cnpj, curp, rfc, cuit, argentine, rut];
