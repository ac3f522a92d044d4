// Street addresses and post boxes: a number and a street, in the order and with the words of each country.
import type { Detector } from '../detector.ts';
import { isAlnum, isDigit, isLetter, isUpper } from '../scan/alphabet.ts';
import type { Scan } from '../scan/scan.ts';
import { isAddressValue } from './kit/address-values.ts';
import { ALNUM, BLANKS, FAR, LETTERS } from './kit/beside.ts';
import { decoded } from './kit/decoded.ts';
import { findAfterKind, findGrown } from './kit/number-last.ts';
import { endWithCode, lastOf } from './kit/street-ends.ts';
import { BEFORE_NAME, ENDINGS, FRENCH, LOOSE } from './kit/streets.ts';

const BLANK = 32;
const MOST_NUMBER = 6;
const MOST_BETWEEN = 5;

const WORD = /(?:\d{1,3}(?:st|nd|rd|th)|\p{Lu}(?:[\p{L}\p{M}]|['’-](?=\p{L})){0,30})\.?/uy;
const SMALL = /(?:of|the|and|de|la|del|le|du|des|van|von) /uy;

/** `1985` in `In 1985 Wall Street …`. */
function isYear({ text, covered }: Scan, at: number, to: number): boolean {
  if (to - at !== 4 || !/^(?:19|20)/u.test(text.slice(at, to))) return false;
  return /(?:\b(?:in|since|by|until|during|of|from|year|before|after|and|early|late|mid|spring|summer|fall|autumn|winter|[JFMASOND]\p{Ll}+\.?,?|\d{1,2},)|[-/(©])\s?$/iu.test(
    // What was masked says nothing, as its label will not.
    text.slice(Math.max(Math.min(covered, at), at - 12), at),
  );
}

/** The street whose number ends at `to` and whose name begins at `from`: where it ends, or -1. */
function endOfEnglish(scan: Scan, at: number, to: number, from: number): number {
  const { text } = scan;
  let place = from;
  let end = -1;
  let loose = -1;
  for (let words = 0; words < MOST_BETWEEN; words += 1) {
    const small = words > 0 ? lastOf(SMALL, text, place) : place;
    WORD.lastIndex = small;
    const word = WORD.exec(text)?.[0];
    if (word === undefined) break;
    const bare = word.replace(/\.$/u, '').toLowerCase();
    const after = small + word.length;
    if (words > 0 && ENDINGS.has(bare)) end = isShort(bare) ? after : after - (word.endsWith('.') ? 1 : 0);
    else if (words > 0 && LOOSE.has(bare)) loose = after - (word.endsWith('.') ? 1 : 0);
    if (word.endsWith('.') && word.length > 2 && !isShort(bare)) break;
    if (text.charCodeAt(after) !== BLANK) break;
    place = after + 1;
  }
  if (Math.max(end, loose) === -1 || isYear(scan, at, to)) return -1;
  if (end === -1 && !scan.near(at, endWithCode(text, loose))) return -1;
  return endWithCode(text, end === -1 ? loose : end);
}

/** Abbreviations keep their full stop. */
function isShort(word: string): boolean {
  return word.length <= 4 && word !== 'road' && word !== 'lane' && word !== 'way';
}

const FRENCH_NAME =
  /(?:de la |de l['’]|des |du |de |d['’]|l['’]|la |le |les )?\p{Lu}[\p{L}\p{M}'’-]*(?: (?:(?:de la |de l['’]|des |du |de |d['’]|et )?\p{Lu}[\p{L}\p{M}'’-]*)){0,4}/uy;

/** `12 bis, rue de la Paix` */
function endOfFrench(text: string, from: number): number {
  const word = /^(?:(?:bis|ter|quater) ?,? )?(\p{L}{2,9})\.? /iu.exec(text.slice(from, from + 24));
  if (word === null || !FRENCH.has((word[1] as string).toLowerCase())) return -1;
  const begun = from + word[0].length;
  const end = lastOf(FRENCH_NAME, text, begun);
  return end === begun ? -1 : endWithCode(text, end);
}

/** The first two letters of the French words for streets, so that `12 files` costs nothing. */
const FRENCH_STARTS = new Uint8Array(1 << 14);
for (const word of [...FRENCH, 'bis', 'ter', 'quater'])
  FRENCH_STARTS[(word.charCodeAt(0) << 7) | word.charCodeAt(1)] = 1;

function mayBeFrench(text: string, at: number): boolean {
  if (at + 2 >= text.length) return false;
  const first = text.charCodeAt(at) | 32;
  const second = text.charCodeAt(at + 1) | 32;
  if (first >= 128 || second >= 128 || FRENCH_STARTS[(first << 7) | second] !== 1) return false;
  const third = text.charCodeAt(at + 2);
  return !isLetter(third) || FRENCH_THIRDS.has((first << 14) | (second << 7) | third | 32);
}

/** And the third, of those that have one. */
const FRENCH_THIRDS = new Set(
  [...FRENCH, 'bis', 'ter', 'quater']
    .filter((word) => word.length > 2)
    .map((word) => (word.charCodeAt(0) << 14) | (word.charCodeAt(1) << 7) | word.charCodeAt(2)),
);

const isCapital = (code: number): boolean => isUpper(code) || (code >= 0xc0 && code < 0x2000);

/** Two words at least, with a capital or a figure each: `Main Street`, `5th Ave`, `Avenue of the Stars`. */
function mayBeEnglish(text: string, from: number): boolean {
  let at = from;
  const first = text.charCodeAt(at);
  if (!isCapital(first) && !isDigit(first)) return false;
  while (at - from < 32 && isOfWord(text.charCodeAt(at))) at += 1;
  if (text.charCodeAt(at) === 46) at += 1;
  if (text.charCodeAt(at) !== BLANK) return false;
  const second = text.charCodeAt(at + 1);
  return isCapital(second) || isDigit(second) || 'otald'.includes(text[at + 1] ?? '-');
}

function isOfWord(code: number): boolean {
  return isAlnum(code) || code === 39 || code === 45 || (code >= 0xc0 && code < 0x2000) || code === 0x2019;
}

/** What follows the number: its letter, a comma, then the street's name. */
function startOfStreet(text: string, to: number): number {
  let at = to;
  if (isAlnum(text.charCodeAt(at)) && !isAlnum(text.charCodeAt(at + 1))) at += 1;
  if (text.charCodeAt(at) === 44) at += 1;
  return text.charCodeAt(at) === BLANK ? at + 1 : -1;
}

function isStandingFree(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  return !(
    isAlnum(before) ||
    before === 46 ||
    before === 58 ||
    before === 36 ||
    before === 95 ||
    before === 35
  );
}

function startOfDigits(text: string, to: number, least: number): number {
  let from = to;
  while (from > least && isDigit(text.charCodeAt(from - 1))) from -= 1;
  return from;
}

/** Of a stretch, the last number: a street can follow only that. With `12-` of `12-14 High Street`, `1/` of `1/23`. */
function startOfLast(text: string, at: number, to: number): number {
  const last = startOfDigits(text, to, at);
  const mark = text.charCodeAt(last - 1);
  if (last - at < 2 || (mark !== 45 && mark !== 47)) return last;
  const first = startOfDigits(text, last - 1, at);
  return last - 1 - first <= MOST_NUMBER ? first : last;
}

/** Of `500 5th Ave` the stretch ends within the street's name. */
function beforeOrdinal(text: string, at: number, to: number): number {
  const letter = text.charCodeAt(to) | 32;
  if (letter !== 116 && letter !== 115 && letter !== 110 && letter !== 114) return to;
  const last = startOfDigits(text, to, at);
  return last > at + 1 && text.charCodeAt(last - 1) === BLANK ? last - 1 : to;
}

const BOX = /[ :#]{1,3}(?:no\.? ?|nr\.? ?)?\d{1,7}(?: \d{2}(?: \d{2})?)?\b/iuy;

const BOXES =
  'po box|p.o. box|p. o. box|post office box|postfach|postbus|boîte postale|casella postale|apartado de correos|' +
  'apartado postal|caixa postal|skrytka pocztowa|gpo box|locked bag';
const SAID =
  'live at|lives at|living at|lived at|ship it to|ship to|shipped to|deliver to|delivered to|reside at|resides at|residing at|' +
  'located at|wohnt in|wohne in|wohnhaft in|send it to|moved to|home is|address is|address was|address on file is|adresse ist|' +
  'anschrift ist|anschrift lautet|adresse est|habite au|dirección es|direccion es|vivo en|indirizzo è|abito in|adres is|adres to|' +
  'woon op|mieszkam przy|endereço é|moro na|address to|address from|dirección|direccion|indirizzo|shipping address|billing address|home address|mailing address|delivery address|street address|endereço|anschrift|adresse|adres';

const SAID_GAP = /(?: at| on| a| auf| to| na| para| en)?,?[: ]{1,2}/uy;
const GENERIC =
  /(?:\d{1,5}[a-zA-Z]?,? \p{Lu}[\p{L}'’.-]*(?: \p{Lu}[\p{L}'’-]*){1,4}|(?:(?:van den|van der|de|van|von|la|las|los|el|am|an|im|in|zum|zur|auf) ){0,2}\p{Lu}[\p{L}'’.-]*(?: (?:\p{Lu}[\p{L}'’.-]*|de|la|der|den|van|von|del|da|do|das|dos|di)){0,4},? \d{1,4}[a-z]?(?![\p{L}\d]|[.:,]\d))/uy;

/** After `I live at`, any name with a number; with a street's word, whatever that says. */
function findSaid(scan: Scan, to: number): void {
  const { text } = scan;
  const from = lastOf(SAID_GAP, text, to);
  if (from === to) return;
  let number = from;
  while (isDigit(text.charCodeAt(number))) number += 1;
  const street = number === from || number - from > MOST_NUMBER ? -1 : startOfStreet(text, number);
  const known = street === -1 ? -1 : endOfEnglish(scan, from, number, street);
  const end = known === -1 ? lastOf(GENERIC, text, from) : known;
  if (end > from) scan.add(from, known === -1 ? endWithCode(text, end) : end);
}

const ROLE = new Map<string, 'box' | 'said'>([
  ...BOXES.split('|').map((text) => [text, 'box'] as const),
  ...SAID.split('|').map((text) => [text, 'said'] as const),
]);

function findAtWord(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  const role = ROLE.get(text.slice(at, to).toLowerCase());
  if (role === 'said') findSaid(scan, to);
  else if (role === 'box') {
    const end = lastOf(BOX, text, to);
    if (end > to) scan.add(at, end);
  } else findAfterKind(scan, at, text.charCodeAt(to - 1) === BLANK ? to - 1 : to);
}

/** Whether a street could follow the stretch that ends at `to`: after a blank, with a comma or a letter before it at most. */
function mayGoOn(text: string, to: number): boolean {
  if (to + 2 >= text.length) return false;
  const after = text.charCodeAt(to);
  const next = text.charCodeAt(to + 1);
  if (after === BLANK) return isCapital(next) || isDigit(next) || mayBeFrench(text, to + 1);
  if (after === 44) return next === BLANK;
  // `12a High Street`, `12a, rue …`, `500 5th Ave`.
  return isLetter(after) && (next === BLANK || next === 44 || isLetter(next));
}

/** At each number: does a street follow it, or stand before it? */
function findAtNumber(scan: Scan, at: number, stretch: number): void {
  const { text } = scan;
  if (mayGoOn(text, stretch) && findAfterNumber(scan, at, stretch)) return;
  if (at > 0 && text.charCodeAt(at - 1) === BLANK) findGrown(scan, at);
}

/** Whether it is the number at `at` that a street follows. */
function findAfterNumber(scan: Scan, at: number, stretch: number): boolean {
  const { text } = scan;
  const to = beforeOrdinal(text, at, stretch);
  const number = startOfLast(text, at, to);
  const from = to - number <= 2 * MOST_NUMBER && isStandingFree(text, number) ? startOfStreet(text, to) : -1;
  if (from === -1) return false;
  let end = mayBeFrench(text, from) ? endOfFrench(text, from) : -1;
  if (end === -1 && mayBeEnglish(text, from)) end = endOfEnglish(scan, number, to, from);
  if (end === -1) return false;
  scan.add(number, end);
  return number === at;
}

const address: Detector = {
  type: 'ADDRESS',
  kind: 'contact',
  title: 'Street addresses and post boxes',
  example: 'deliver to «12 Baker Street, Flat 3» please',
  check:
    'a number and a name with a word for a street, in the order of its country; under a name that says so, the whole value',
  tells: 'context',
  rank: 4,
  words: (
    'address|adresse|adres|direccion|indirizzo|endereco|anschrift|live at|lives at|located at|ship to|ship it to|deliver to|' +
    'reside|resides|residing|residence|wohnhaft|mailing|headquarters|delivery|shipped to|billing|domicilio|wohnt|home at|moved to'
  ).split('|'),
  names: (
    'address|street|streetaddress|addressline|addr|homeaddress|billingaddress|shippingaddress|mailingaddress|postaladdress|' +
    'residentialaddress|deliveryaddress|physicaladdress|placeofresidence|residence|adresse|anschrift|strasse|straße|wohnort|' +
    'hausanschrift|direccion|dirección|calle|domicilio|indirizzo|via|adres|straat|endereco|endereço|logradouro|rua|rue|ulica|' +
    'addressstreet|streetname|streetline|pobox|adressezeile|voie'
  ).split('|'),
  anchors: [
    ...BEFORE_NAME.map((text) => ({ text: /[./]$/u.test(text) ? text : `${text} `, wordStart: true })),
    ...Array.from(ROLE.keys(), (text) => ({ text, wordStart: true })),
  ],
  find: findAtWord,
  stretches: [
    { after: BLANKS, twoAfter: ALNUM + FAR },
    { after: ',', twoAfter: BLANKS },
    { after: LETTERS, twoAfter: `,${BLANKS}` },
    { after: 'tTsSnNrR', twoAfter: LETTERS, within: 'blanks' },
    { before: BLANKS, twoBefore: `.,${LETTERS}${FAR}` },
  ],
  digits: findAtNumber,
  whole: (value) => isAddressValue(decoded(value)),
  spansWords: true,
};

export const detectors = [address];
