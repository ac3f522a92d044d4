// Postal codes: beside a word or a state that says so; of Britain and Canada also alone.
import type { Detector } from '../detector.ts';
import { isAlnum, isUpper } from '../scan/alphabet.ts';
import type { Scan } from '../scan/scan.ts';
import { BLANKS, CAPITALS } from './kit/beside.ts';
import { decoded } from './kit/decoded.ts';

const STATES = new Set(
  (
    'AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI ' +
    'SC SD TN TX UT VT VA WA WV WI WY PR VI GU AS MP'
  ).split(' '),
);

/** These are words, too: only after a comma. */
const WORDS_TOO = new Set([
  'OK',
  'IN',
  'OR',
  'ME',
  'HI',
  'OH',
  'ID',
  'MA',
  'PA',
  'LA',
  'DE',
  'CO',
  'AL',
  'MS',
  'MD',
]);

/** The areas that Britain's postcodes begin with. */
const AREAS = new Set(
  (
    'AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL GU ' +
    'GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE ' +
    'PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE'
  ).split(' '),
);

function isBritish(plain: string): boolean {
  const area = /^[A-Z]{1,2}/u.exec(plain)?.[0] ?? '';
  return AREAS.has(area) && /\d[ABD-HJLNP-UW-Z]{2}$/u.test(plain);
}

/** `M1 8GB`, `S3 5TB`, `B1 2ND`: what looks like the second half of a postcode and is an amount. */
function isBritishAlone(plain: string): boolean {
  return (
    isBritish(plain) &&
    !(plain.length <= 5 && /(?:GB|TB|XL|HP|HZ|FT|LB|PT|1ST|2ND|3RD|\dTH|PX|PH|AH|WH)$/u.test(plain))
  );
}

const isCanadian = (plain: string): boolean =>
  /^[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z]\d[ABCEGHJ-NPRSTV-Z]\d$/u.test(plain);

const BRITISH_SHAPES = ['L1D1 D1L2', 'L1D2 D1L2', 'L2D1 D1L2', 'L2D2 D1L2', 'L1D1L1 D1L2', 'L2D1L1 D1L2'];

/** As they stand after a word: longest first. */
const CODE =
  /(?<![\p{L}\d])(?:[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[A-Z]\d[A-Z][ -]?\d[A-Z]\d|\d{4}\s?[A-Z]{2}|(?:[A-Z]{1,2}-)?\d{5}(?:-\d{3,4})?|\d{3}[ -]\d{3,4}|\d{2}-\d{3}|\d{3} \d{2}|\d{4}(?:-\d{3})?|\d{6}|\d{2}\.\d{3}-\d{3}|\d{8})(?![\p{L}\d]|[-.,:/]\d)/iu;

const REACH = 40;
/** Between the word and the code: other words of the sentence, and a question's answer; never a number or its end. */
const SAYING =
  /^(?!.*(?<!on )\b(?:files?|archives?|folder|download|slip|tie)\b)(?:[\p{L}'’]|[.](?!\s\p{Lu})|[\s:=#"'(,–>|*?-]|\[\d\d:\d\d\]|\\["']|\+4)*$/iu;
/** Of `CAP` and `CEP`, which are caps and other things as well. */
const SAYING_LITTLE = /^(?:\s?(?:is|è|é|do|da|del|di|meu|mio|il|o)(?!\p{L})|[\s:=#"'(–>|*])*$/iu;

function isPlainWord(text: string, at: number, to: number): boolean {
  return to - at > 3 || !/^c/iu.test(text[at] as string);
}

function findAfterWord(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  // `.zip`, `gzip`, `/zip/`, `zip_file`.
  const before = text.charCodeAt(at - 1);
  if (before === 46 || before === 47) return;
  const ahead = text.slice(to, to + REACH);
  const match = CODE.exec(ahead);
  if (
    match !== null &&
    (isPlainWord(text, at, to) ? SAYING : SAYING_LITTLE).test(ahead.slice(0, match.index)) &&
    !isAmount(text, to + match.index + match[0].length)
  ) {
    scan.add(to + match.index, to + match.index + match[0].length);
    return;
  }
  const from = Math.max(0, at - REACH);
  const behind =
    /(\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|\d{2}-\d{3}) (?:is|was|as) (?:the|my|our|your|his|her|their) (?:\p{L}+ )?$/iu.exec(
      text.slice(from, at),
    );
  const code = behind?.[1];
  if (behind !== null && code !== undefined) scan.add(from + behind.index, from + behind.index + code.length);
}

function isAmount(text: string, end: number): boolean {
  return /^\s?(?:files?|bytes?|[kKMG]i?B|rows?|entries|times|ms|s\b|%|€|\$|EUR|USD)/u.test(
    text.slice(end, end + 8),
  );
}

/** `Springfield, IL 62704-1234`: only five digits, or nine, right after a state. */
function findAfterState(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  if (at < 3 || to - at < 5 || text.charCodeAt(at - 1) !== 32) return;
  if (!isUpper(text.charCodeAt(at - 2)) || !isUpper(text.charCodeAt(at - 3))) return;
  if (at > 3 && isAlnum(text.charCodeAt(at - 4))) return;
  const state = text.slice(at - 3, at - 1);
  if (!STATES.has(state)) return;
  const match = /^\d{5}(?:-\d{4})?(?![\d-]|[.,]\d)/u.exec(text.slice(at, at + 12));
  const city = /\p{Lu}[\p{L}.'’-]*(,?) $/u.exec(text.slice(Math.max(0, at - 28), at - 3));
  if (match === null || city === null || (city[1] === '' && WORDS_TOO.has(state))) return;
  scan.add(at, at + match[0].length);
}

function isCode(value: string): boolean {
  const plain = decoded(value);
  return plain.length >= 4 && CODE.exec(plain)?.[0] === plain;
}

const WORDS = [
  ...[
    'zip',
    'zipcode',
    'postcode',
    'postal code',
    'postalcode',
    'postleitzahl',
    'plz',
    'code postal',
    'codigo postal',
  ],
  ...['código postal', 'kod pocztowy', 'codice postale', 'pin code', 'pincode', 'post code', 'eircode'],
];

const postalCode: Detector = {
  type: 'POSTAL_CODE',
  kind: 'contact',
  title: 'Postal codes',
  example: 'Springfield, IL «62704-1234»',
  check:
    'a code of some country after a word or a state that says so, or under such a name; alone only those of Britain (with ' +
    'an area that exists) and of Canada, in capitals and with their blank',
  tells: 'context',
  rank: 4,
  words: ['postcode', 'post code', 'zip', 'postal', 'address', 'adresse', 'postleitzahl'],
  names: [
    ...[
      'zip',
      'zipcode',
      'postcode',
      'postalcode',
      'postal',
      'plz',
      'postleitzahl',
      'codepostal',
      'codigopostal',
    ],
    ...[
      'códigopostal',
      'codpostal',
      'kodpocztowy',
      'codicepostale',
      'cap',
      'cep',
      'pincode',
      'zipplus4',
      'eircode',
    ],
    ...['postnummer', 'postnr', 'postzip', 'zippostalcode', 'zippostal', 'cp', 'kodpoczt'],
  ],
  anchors: [
    ...WORDS.map((text) => ({ text, wordStart: true })),
    { text: 'CEP', exact: true, wordStart: true },
    { text: 'CAP', exact: true, wordStart: true },
  ],
  find: findAfterWord,
  forms: [
    ...BRITISH_SHAPES.map((shape) => ({ shape, between: ' ', upper: true, check: isBritishAlone })),
    { shape: 'L1D1L1 D1L1D1', between: ' ', upper: true, check: isCanadian },
    ...['L1D1L1D1L1D1', 'L1D1L1 D1L1D1'].map((shape) => ({
      shape,
      between: ' -',
      check: isCanadian,
      context: true,
    })),
    ...[...BRITISH_SHAPES, ...BRITISH_SHAPES.map((shape) => shape.replace(' ', ''))]
      .filter((shape) => !shape.includes('D2D1') && !shape.includes('D1D1'))
      .map((shape) => ({ shape, between: ' ', check: isBritish, context: true })),
  ],
  stretches: [{ first: [5, 5], before: BLANKS, twoBefore: CAPITALS }],
  digits: findAfterState,
  whole: isCode,
  spansWords: true,
};

export const detectors = [postalCode];
