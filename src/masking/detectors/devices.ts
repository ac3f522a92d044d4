// Numbers of telephones and of vehicles.
import type { Detector } from '../detector.ts';
import { isDigit } from '../scan/alphabet.ts';
import type { Scan } from '../scan/scan.ts';
import { isMonotone, luhn, valueAt } from './kit/checks.ts';
import { besideWords, identity, wholeOf } from './kit/identity.ts';
import { valuePattern } from './kit/number-beside.ts';
import { mixedRuns } from './kit/runs.ts';

const isImei = (digits: string) => luhn(digits.slice(0, 15)) && !isMonotone(digits);

const imei = identity({
  type: 'IMEI',
  title: 'Numbers of mobile telephones (IMEI)',
  example: 'blocked the device with IMEI «490154203237518»',
  check: "Luhn's digit; without its own dashes only with context",
  own: [{ shape: 'D2 D6 D6 D1', between: '- ' }],
  near: [{ shape: 'D15' }, { shape: 'D6 D2 D6 D1' }, { shape: 'D8 D6 D1' }],
  test: isImei,
  sure: ['imei'],
  names: ['imei', 'imeinumber', 'deviceimei', 'imei1'],
  loose: '\\d{2}[ -]?\\d{6}[ -]?\\d{6}[ -]?\\d{1,2}|\\d{6}[ -]\\d{2}[ -]\\d{6}[ -]\\d',
});

const VIN = '(?=[A-Z]*\\d)[A-HJ-NPR-Z0-9]{17}';
const WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
/** What a letter counts, from A on; I, O and Q do not occur. */
const LETTERS = [1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 0, 7, 0, 9, 2, 3, 4, 5, 6, 7, 8, 9];

/** The check digit is North America's; its makers number the last four places. */
function isVin(plain: string): boolean {
  if (!/^[A-HJ-NPR-Z0-9]{8}[0-9X][A-HJ-NPR-Z0-9]{4}\d{4}$/u.test(plain)) return false;
  let sum = 0;
  for (let at = 0; at < 17; at += 1) {
    const value = valueAt(plain, at);
    sum += (value < 10 ? value : (LETTERS[value - 10] as number)) * (WEIGHTS[at] as number);
  }
  return '0123456789X'[sum % 11] === plain[8];
}

function findVin(scan: Scan, from: number, to: number): void {
  if (to - from === 17 && isDigit(scan.text.charCodeAt(to - 1)) && isVin(scan.text.slice(from, to)))
    scan.add(from, to);
}

const words = ['vin', 'vehicle identification', 'fahrgestellnummer', 'chassis'];

const vin: Detector = {
  type: 'VIN',
  kind: 'identity',
  title: 'Vehicle identification numbers',
  example: 'the car with VIN «1M8GDM9AXKP042788» was towed',
  check: 'seventeen letters and digits without I, O and Q; without context also the check digit',
  tells: 'context',
  words,
  names: [
    'vin',
    'vinnumber',
    'vehicleidentification',
    'vehicleidentificationnumber',
    'fahrgestellnummer',
    'chassisnumber',
  ],
  ...besideWords(words, valuePattern(VIN)),
  stretches: [{ letter: true, run: [[17, 19]] }],
  digits(scan, at, to) {
    mixedRuns(scan, at, to, 17, findVin);
  },
  whole: wholeOf(VIN),
};

export const detectors = [imei, vin];
