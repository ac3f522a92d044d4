// Accounts and banks as countries number them by themselves.
import type { Detector } from '../detector.ts';
import { digitAt, weightedSum } from './kit/checks.ts';
import { COUNTRY_CODES } from './kit/countries.ts';
import { besideWords, identity } from './kit/identity.ts';
import { valuePattern } from './kit/number-beside.ts';

const ROUTING_START = /^(?:0\d|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)/u;

const routing = identity({
  type: 'US_ROUTING',
  kind: 'financial',
  title: 'United States: bank routing numbers (ABA)',
  example: 'routing number «021000021»',
  check: 'a district that is given out, and its weighted sum (mod 10); only with context',
  near: [{ shape: 'D9' }, { shape: 'D4 D4 D1', between: '-' }],
  test: (digits) => ROUTING_START.test(digits) && weightedSum(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0,
  sure: ['routing number', 'routing no', 'aba number'],
  words: ['routing', 'aba', 'rtn', 'wire transfer', 'ach'],
  names: [
    'routing',
    'routingnumber',
    'abarouting',
    'aba',
    'bankrouting',
    'routingtransit',
    'rtn',
    'achrouting',
  ],
  countries: ['us'],
  loose: '\\d{4}-?\\d{4}-?\\d',
});

const sortCode = identity({
  type: 'UK_SORT_CODE',
  kind: 'financial',
  title: 'United Kingdom: sort codes, with the account that follows',
  example: 'sort code «12-34-56» with us',
  check: 'its groups; only with context',
  near: [
    { shape: 'D2 D2 D2', between: '-' },
    { shape: 'D2 D2 D2 D8', between: '- /', mixed: true },
    { shape: 'D2 D2 D2 D4 D4', between: '- ', mixed: true },
    { shape: 'D6 D8', between: ' /-' },
  ],
  sure: ['sort code'],
  names: ['sortcode', 'banksortcode'],
  loose: '\\d{2}[ -]?\\d{2}[ -]?\\d{2}(?:[ /-]\\d{8})?',
});

/** Both check digits of the Spanish CCC: one for bank and branch, one for the account. */
function isCcc(digits: string): boolean {
  const check = (sum: number) => (sum % 11 < 2 ? sum % 11 : 11 - (sum % 11));
  const bank = weightedSum(digits, [4, 8, 5, 10, 9, 7, 3, 6]);
  const account = weightedSum(digits.slice(10), [1, 2, 4, 8, 5, 10, 9, 7, 3, 6]);
  return check(bank) === digitAt(digits, 8) && check(account) === digitAt(digits, 9);
}

const SPANISH = ['D20', 'D4 D4 D2 D10', 'D4 D4 D4 D4 D4'];

const account = identity({
  type: 'BANK_ACCOUNT',
  kind: 'financial',
  title: 'Bank account numbers',
  example: 'account number «26479027» at First National',
  check: 'six to seventeen digits; only with context',
  near: SPANISH.map((shape) => ({ shape, check: isCcc })),
  sure: [
    ...['account number', 'account no', 'acct number', 'acct no', 'acct', 'bank account', 'checking account'],
    ...['savings account', 'current account', 'kontonummer', 'konto nr', 'bankleitzahl', 'blz'],
    ...['numero de cuenta', 'número de cuenta', 'cuenta bancaria', 'numero de compte', 'numéro de compte'],
    ...[
      'numero di conto',
      'conto corrente',
      'rekeningnummer',
      'numer konta',
      'numero da conta',
      'número da conta',
    ],
    ...['conta corrente', 'a/c no', 'direct deposit'],
  ],
  names: [
    ...[
      'accountnumber',
      'acctnumber',
      'acctno',
      'accountno',
      'acct',
      'bankaccount',
      'bankaccountnumber',
      'accountnum',
    ],
    ...['checkingaccount', 'savingsaccount', 'kontonummer', 'kontonr', 'blz', 'bankleitzahl', 'numerocuenta'],
    ...['numerodecuenta', 'numerocompte', 'numerodecompte', 'numeroconto', 'rekeningnummer', 'numerkonta'],
    ...['numeroconta', 'numerodaconta', 'beneficiaryaccount', 'payeeaccount', 'accountnbr', 'bacctnumber'],
  ],
  loose: '\\d(?:[ .-]?\\d){5,19}(?:-[0-9X])?',
});

const BIC = `[A-Z]{4}(?:${COUNTRY_CODES.join('|')})[A-Z0-9]{2}(?:[A-Z0-9]{3})?`;
/** Words in capitals that have the form of one. */
const NO_BICS = '(?!DOCUMENT|TOGETHER|RESIDENT|COMPILER|BUSINESS)';
const BIC_WHOLE = new RegExp(`^${NO_BICS}${BIC}$`, 'u');

const bic: Detector = {
  type: 'SWIFT_BIC',
  kind: 'financial',
  title: 'Bank identifier codes (BIC, SWIFT)',
  example: 'SWIFT code «DEUTDEFF500»',
  check: 'eight or eleven capitals and digits, and a country; only with context',
  tells: 'context',
  names: ['bic', 'swift', 'swiftcode', 'bankbic', 'biccode', 'swiftbic', 'bicswift'],
  ...besideWords(['bic', 'swift', 'swiftcode', 'swift code'], valuePattern(`${NO_BICS}${BIC}`, 'uy')),
  whole: (value) => value.length < 12 && BIC_WHOLE.test(value),
};

export const detectors = [routing, sortCode, account, bic];
