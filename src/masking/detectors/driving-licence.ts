// Driving licences: the British number, which tells itself, and others beside words.
import type { Detector } from '../detector.ts';
import { identity } from './kit/identity.ts';
import { addAhead } from './kit/number-beside.ts';
import { shapesOf } from './kit/shapes.ts';

/** Five letters of the surname, decade, month (50 more for women), day, year, two initials, two characters. */
const BRITISH =
  /^[A-Z]{1,5}9{0,4}\d(?:[05][1-9]|[16][0-2])(?:0[1-9]|[12]\d|3[01])\d[A-Z9]{2}\d?[A-Z0-9]{2,3}$/u;

const LOOSE =
  '[A-Z](?:[ -]?\\d){6,14}|\\d{7,10}|[A-Z]\\d{3}-\\d{4}-\\d{4}|[A-Z]{2}[ -]?\\d{5,7}[A-Z]?|\\d{2}[ -]\\d{3}[ -]\\d{3,4}|' +
  '\\d{3}[ -]\\d{3}[ -]\\d{3}|\\d{12,13}|[A-Z]\\d{2,3}[A-Z0-9]{6,7}[0-9X]|[A-Z]{1,3}\\*{2,}[A-Z0-9]{5,8}|' +
  '[A-Z]{2}\\d{2}[ -]?\\d{11}|[A-Z]{5}[A-Z0-9]{11}(?: ?\\d{2})?|\\d{2}[A-Z]{2}\\d{5}|[A-Z]\\d{4}[ -]\\d{5}[ -]\\d{5}|[A-Z]\\d{5,6}[A-Z]';

/** Right after the words, whatever a state gives out: capitals and digits. Without a digit only after `number is`. */
const STATED =
  /s?(?:[ -](?:number|no\.?|nr\.?|num)| ?#)?(?: is|:| =| was)? {1,2}(?=[A-Z0-9-]*\d)[A-Z0-9](?:-?[A-Z0-9]){4,19}(?![A-Za-z0-9])| number is [A-Z]{5,13}(?=\W|$)/uy;

const licence = identity({
  type: 'DRIVING_LICENCE',
  title: 'Driving licence numbers',
  example: "driver's license «D123-4567-8901» was checked",
  check: 'the British form by its date of birth; others only with context',
  own: shapesOf('LLLLLDDDDDDLAALL').map((shape) => ({
    shape,
    check: (plain) => BRITISH.test(plain),
    upper: true,
  })),
  sure: [
    ...["driver's license", "driver's licence", 'drivers license', 'driver license', 'driving licence'],
    ...['driving license', 'drivers licence', 'driver licence', 'driver’s license', 'dl number', 'dl no'],
    ...['führerschein', 'führerscheinnummer', 'fuehrerschein', 'fuehrerscheinnummer', 'permis de conduire'],
    ...['licencia de conducir', 'permiso de conducir', 'patente di guida', 'rijbewijs', 'rijbewijsnummer'],
    ...['prawo jazdy', 'carteira de motorista', 'cnh', 'dvla'],
  ],
  names: [
    ...[
      'driverslicense',
      'driverlicense',
      'drivinglicense',
      'drivinglicence',
      'driverslicence',
      'driverlicence',
    ],
    ...[
      'driverslicensenumber',
      'licensenumber',
      'licencenumber',
      'dlnumber',
      'driverid',
      'dlno',
      'dl',
      'cnh',
    ],
    ...['fuehrerschein', 'führerschein', 'führerscheinnummer', 'fuehrerscheinnummer', 'permisdeconduire'],
    ...[
      'licenciadeconducir',
      'permisodeconducir',
      'patentediguida',
      'rijbewijs',
      'rijbewijsnummer',
      'prawojazdy',
    ],
  ],
  loose: LOOSE,
});

const { find } = licence;

const licenceInAnyForm: Detector = {
  ...licence,
  find(scan, at, to) {
    const { text } = scan;
    STATED.lastIndex = to;
    if (STATED.test(text)) {
      const end = STATED.lastIndex;
      addAhead(scan, text.lastIndexOf(' ', end - 1) + 1, end);
    } else find?.(scan, at, to);
  },
};

export const detectors = [licenceInAnyForm];
