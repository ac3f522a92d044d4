// Dates of birth: any date beside a word that says that somebody was born then.
import type { Detector } from '../detector.ts';
import type { Scan } from '../scan/scan.ts';
import { dateIn, isDate } from './kit/dates.ts';
import { decoded } from './kit/decoded.ts';

/** How far a date may stand from the word. */
const REACH = 64;
const REACH_BACK = 40;

/** Another event's date, or another value's name, between the word and the date. */
const ELSEWHERE =
  /(?<!\p{L})(?:joined|hired|started|created|moved|signed|issued|expir\p{L}+|died|since|married|graduat\p{L}+|admitted|updated|visited|enrolled|today|values|valid|last|login)(?!\p{L})|\n\s*\n|\n[^\n]*(?:[;\t|]|,\S)|[,;&]\s*["']?[\w-]+["']?\s*[:=]|\[[A-Z]{3}/iu;
/** In a dotted date and after `b.` a full stop ends nothing. */
const SENTENCE = /\p{Ll}{3,}[.!?]\s+\p{Lu}/u;

function findAfter(scan: Scan, to: number): boolean {
  const { text } = scan;
  const ahead = text.slice(to, to + REACH);
  // What stood there is masked already.
  if (ahead.includes('[DATE_OF_BIRTH')) return true;
  if (!/\d/u.test(ahead)) return false;
  const place = dateIn(ahead);
  if (place === undefined) return false;
  // A date that is cut by the window is looked at whole.
  const whole = dateIn(text.slice(to + place.start, to + place.start + REACH)) ?? {
    start: 0,
    end: place.end - place.start,
  };
  const between = ahead.slice(0, place.start);
  if (ELSEWHERE.test(between) || SENTENCE.test(between) || /\d{3}/u.test(between)) return false;
  scan.add(to + place.start, to + place.start + whole.end);
  return true;
}

/** `12 March 1985 (date of birth)`, `12/03/1985 is my birthday`. */
function findBefore(scan: Scan, at: number): void {
  const from = Math.max(0, at - REACH_BACK);
  const behind = scan.text.slice(from, at);
  if (!/\d/u.test(behind)) return;
  const place = dateIn(behind);
  if (place === undefined) return;
  const between = behind.slice(place.end);
  if (
    /^[\s(,=:–-]/u.test(between) &&
    /^\s?(?:[,(=:–-]|is|was|are|ist|es|est|è)?\s?(?:\(|my|his|her|their|the|your|date of|mein|ma|mi)?\s?(?:date of |full )?$/iu.test(
      between,
    )
  ) {
    scan.add(from + place.start, from + place.end);
  }
}

const birthDate: Detector = {
  type: 'DATE_OF_BIRTH',
  kind: 'person',
  title: 'Dates of birth',
  example: 'She was born on «12 March 1985» in Leeds.',
  check:
    'a date, in figures or with the month in words, beside `born`, `date of birth` and their like, or under such a name',
  tells: 'context',
  rank: 6,
  names: [
    ...[
      'dob',
      'birthdate',
      'dateofbirth',
      'birthday',
      'bday',
      'birth',
      'birthdt',
      'borndate',
      'bornon',
      'born',
      'dobdate',
    ],
    ...[
      'geburtsdatum',
      'geburtstag',
      'gebdatum',
      'geboren',
      'gebdat',
      'datedenaissance',
      'datenaissance',
      'naissance',
    ],
    ...[
      'fechadenacimiento',
      'fechanacimiento',
      'nacimiento',
      'datadinascita',
      'datanascita',
      'nascita',
      'geboortedatum',
    ],
    ...[
      'geboortedag',
      'dataurodzenia',
      'urodzenia',
      'datadenascimento',
      'datanascimento',
      'nascimento',
      'dtnascimento',
    ],
    ...['birthtime', 'birthdatetime', 'patientdob', 'dateborn'],
  ],
  anchors: [
    ...['born', 'geboren', 'urodz', '(b.', '(* ', 'nato il', 'nata il', 'nato a', 'nata a', 'geb.'].map(
      (text) => ({
        text,
        wordStart: true,
      }),
    ),
    ...['birth', 'geburts', 'nacimiento', 'naissance', 'nascita', 'geboorte', 'nascimento'].map((text) => ({
      text,
    })),
    ...['né le', 'née le', 'né(e) le', 'nasceu', 'nació', 'nacid'].map((text) => ({ text })),
    { text: 'dob', wordStart: true },
    { text: 'd.o.b', wordStart: true },
  ],
  find(scan: Scan, at: number, to: number) {
    if (to < scan.covered || /<\/[^<>]*$/u.test(scan.text.slice(Math.max(0, at - 24), at))) return;
    if (!findAfter(scan, to)) findBefore(scan, at);
  },
  whole: (value) => isDate(decoded(value)) || /^-?\d{8,13}$/u.test(value),
  spansWords: true,
};

export const detectors = [birthDate];
