// People's names: under keys and columns that say so, after titles, greetings and words that introduce somebody.
import type { Detector } from '../detector.ts';
import { isLetter, isLower } from '../scan/alphabet.ts';
import type { Scan } from '../scan/scan.ts';
import { decoded } from './kit/decoded.ts';
import { isGivenName } from './kit/given-names.ts';
import { isNoName, isOfWork, TITLES } from './kit/not-names.ts';
import {
  isKnown,
  isLikelyPerson,
  isNameValue,
  isTwoWords,
  mayBegin,
  type PersonName,
  readName,
} from './kit/person-names.ts';
import { PHRASE_ANCHORS, ROLES, type Role, roleAt } from './kit/person-phrases.ts';

const BLANK = 32;
const STOP = 46;
const COMMA = 44;
const LINE_END = 10;

function isBlank(code: number): boolean {
  return code === BLANK || code === 0xa0;
}

/** After a title's full stop and one or two blanks; -1 where nothing parts it from what follows. */
function afterTitle(text: string, to: number): number {
  let at = text[to] === '.' ? to + 1 : to;
  const begun = at;
  while (at < begun + 2 && isBlank(text.charCodeAt(at))) at += 1;
  return at > to ? at : -1;
}

/** `123 Main Dr.`, `Sr. Engineer`, `Samuel M. Jackson`: no title there. */
function isNoTitle(text: string, at: number, title: string): boolean {
  if (!/^(?:dr|sr|m\.)$/iu.test(title)) return false;
  const before = text.slice(Math.max(0, at - 40), at);
  // `17 Elm Dr`; a label may have been the number. `4 patients met Dr Weber` is no street.
  if (/^dr$/u.test(title))
    return /[\d\]][\w-]*\s+(?:[NSEW]{1,2}\.?\s+)?(?:\p{L}[\p{L}'’.-]*\s+){1,3}$/u.test(before);
  if (/^dr$/iu.test(title))
    return /[\d\]][\w-]*\s+(?:[NSEW]{1,2}\.?\s+)?(?:\p{Lu}[\p{L}'’.-]*\s+){1,3}$/u.test(before);
  const previous = /(\p{Lu}[\p{L}.'’-]*)[ \u00a0]+$/u.exec(before)?.[1];
  return (
    previous !== undefined && !isNoName(previous) && !ROLES.has(previous.toLowerCase().replace(/\.$/u, ''))
  );
}

const MOST_AFTER_TITLE = 4;
const MOST_TITLES = 3;

/** Whether the word at `from` has a full stop, as titles have. */
function hasStop(text: string, from: number): boolean {
  let to = from;
  while (to < text.length && (isLetter(text.charCodeAt(to)) || text.charCodeAt(to) > 127)) to += 1;
  return to < text.length && text.charCodeAt(to) === STOP;
}

function findTitled(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  if (text.charCodeAt(to - 1) !== STOP && isLetter(text.charCodeAt(to))) return;
  let from = afterTitle(text, to);
  if (from === -1 || !(mayBegin(text, from) || hasStop(text, from))) return;
  const title = text.slice(at, to);
  // `Prof. Dr. Weber`: the last of them has the name.
  if (isNoTitle(text, at, title)) return;
  for (let many = 0; many < MOST_TITLES; many += 1) {
    const word = /^(\p{L}{1,12})\. ?/u.exec(text.slice(from, from + 14));
    if (word === null || !TITLES.has((word[1] as string).toLowerCase())) break;
    from += word[0].length;
  }
  const name = readName(text, from, MOST_AFTER_TITLE, isOfWork);
  if (name !== undefined) scan.add(from, name.end);
}

/** A single word after a greeting is a name unless it is written like a product or an abbreviation. */
function isGreeted({ words }: PersonName): boolean {
  const [first = ''] = words;
  if (first.length > 1 && first === first.toUpperCase()) return isGivenName(first) || words.length > 1;
  return first.length > 1 || words.length > 1;
}

function findGreeted(scan: Scan, to: number): void {
  const { text } = scan;
  let from = to;
  const hasComma = text.charCodeAt(from) === COMMA;
  if (hasComma) from += 1;
  if (!isBlank(text.charCodeAt(from))) return;
  from += 1;
  const name = readName(text, from, 4);
  if (name !== undefined && (hasComma ? isKnown(name) : isGreeted(name))) scan.add(from, name.end);
  else if (name === undefined) findLowerCase(scan, from);
}

/** Whether a word in small letters stands there and neither ends a line nor a sentence. */
function goesOnAfterWord(text: string, from: number): boolean {
  let to = from;
  while (to < text.length && isLower(text.charCodeAt(to))) to += 1;
  const next = to < text.length ? text.charCodeAt(to) : LINE_END;
  return next < 128 && next !== LINE_END && next !== STOP && next !== COMMA && next !== 33;
}

/** `hi maria,` */
function findLowerCase(scan: Scan, from: number): void {
  if (goesOnAfterWord(scan.text, from)) return;
  const word = /^(\p{Ll}{2,20})(?=[,!.\n]|$)/u.exec(scan.text.slice(from, from + 22))?.[1];
  if (word !== undefined && isGivenName(word)) scan.add(from, from + word.length);
}

/** After a comma and the end of the line, written or escaped; or after the comma alone, where the text ends with it. */
const LINE_ENDS = /[ \t]*[,!.]?[ \t]*(?:(?:\r?\n|\\r\\n|\\n|<br ?\/?>)[ \t>*_-]*){1,3}/uy;
const SAME_LINE = /[ \t]?[,!][ \t]+/uy;
const ENDS_HERE = /[ \t]*(?:$|\r?\n|\\[rn]|["'<,|])/uy;

function findClosing(scan: Scan, to: number): void {
  const { text } = scan;
  const start = text[to - 1] === ',' ? to - 1 : to;
  for (const pattern of [LINE_ENDS, SAME_LINE]) {
    pattern.lastIndex = start;
    const gap = pattern.exec(text)?.[0];
    if (gap === undefined) continue;
    const from = start + gap.length;
    const name = readName(text, from, 4);
    if (name === undefined) return;
    ENDS_HERE.lastIndex = text[name.end] === '.' || text[name.end] === '!' ? name.end + 1 : name.end;
    const isAlone = ENDS_HERE.test(text);
    if (name.words.some(isNoName)) return;
    const isSure = pattern === LINE_ENDS ? name.words.length > 1 || isAlone : isKnown(name);
    if (isAlone && isSure) scan.add(from, name.end);
    return;
  }
}

/** `is`, `:`, `=` and their like between a phrase and the name; a question, and who answers it. */
const GAP =
  /(?:\?\s{1,2}(?:\p{L}{2,12}: )?| ?(?::\*\*|:?<\/\p{L}{1,6}>|[:=|]|is|was|ist|lautet|es|est|è|é|to|from))?["'*]{0,2}[ \n]?["']?(?:(?:mr|mrs|ms|dr)\.? )?/iuy;

/** What that may begin with. */
const OF_GAP = new Uint8Array(128);
for (const mark of '? \n\t\r\f\v:<=|*"\'iwletfmdIWLETFMD') OF_GAP[mark.charCodeAt(0)] = 1;

/** What any phrase may be followed by. */
const FOLLOWS = OF_GAP.slice();
for (const mark of ',.!\\') FOLLOWS[mark.charCodeAt(0)] = 1;

/** How the words begin that a gap may have, by their first two letters. */
const GAP_WORDS = new Uint8Array(1 << 14);
for (const word of 'is wa la es to fr mr ms dr'.split(' ')) {
  GAP_WORDS[(word.charCodeAt(0) << 7) | word.charCodeAt(1)] = 1;
}

/** Whether a word in small letters stands there that is of no gap and begins no name. */
function isProse(text: string, from: number): boolean {
  if (from + 1 >= text.length) return false;
  const first = text.charCodeAt(from);
  const second = text.charCodeAt(from + 1);
  if (!isLower(first) || second > 127 || GAP_WORDS[(first << 7) | second | 32] === 1) return false;
  return !mayBegin(text, from);
}

function findAfterPhrase(scan: Scan, to: number, role: Role | undefined): void {
  const { text } = scan;
  const next = to < text.length ? text.charCodeAt(to) : 0;
  if (next < 128 && OF_GAP[next] === 0) return;
  // `"name":`, whose value is the assignment's.
  if (next === 34 && text.charCodeAt(to + 1) === 58) return;
  if (next === BLANK && isProse(text, to + 1)) return;
  GAP.lastIndex = to;
  const gap = GAP.exec(text)?.[0] ?? '';
  if (gap === '' || (role === 'weak' && /^ ?[:=](?!\*)/u.test(gap))) return;
  const name = readName(text, to + gap.length, 4);
  // What is encoded goes on, and is the assignment's.
  if (name === undefined || text[name.end] === '%' || text[name.end] === '+') return;
  const [first = ''] = name.words;
  const isEnough =
    role === 'phrase' ? name.words.some((word) => word.length > 1) : role === 'self' && name.words.length > 1;
  if (isEnough || isGivenName(first) || (name.words.length > 1 && isKnown(name)))
    scan.add(to + gap.length, name.end);
}

const MOST_SHOWN = 64;
const SHOWN =
  /(?:^|[\n,;:>"'([]|\b(?:from|to|cc|bcc|by)[ :])[ "']*(\p{Lu}[\p{L}'’. -]{0,60}(?:, \p{L}[\p{L}. -]{0,30})?)"?$/iu;

/** `Jo Bloggs <jo@example.com>` */
function findShown(scan: Scan, at: number): void {
  const { text } = scan;
  const most = Math.min(text.length, at + 2 + MOST_SHOWN);
  let to = at + 2;
  while (to < most && text.charCodeAt(to) !== 64 && text.charCodeAt(to) > 32 && text.charCodeAt(to) !== 62)
    to += 1;
  if (text.charCodeAt(to) !== 64) return;
  const shown = SHOWN.exec(text.slice(Math.max(0, at - MOST_SHOWN), at));
  const value = shown?.[1]?.trimEnd();
  if (value === undefined || shown === null) return;
  const start = at - (shown[0].length - shown[0].lastIndexOf(value));
  const name = readName(value.replace(/^([^,]+), (.+)$/u, '$2 $1'), 0, 5);
  if (name === undefined || name.end < value.length - 1) return;
  if (name.words.length > 1 || isKnown(name)) scan.add(start, start + value.length);
}

const person: Detector = {
  type: 'PERSON',
  kind: 'person',
  title: 'Names of people',
  example: 'Dear Ms. «Anna van der Berg», thank you for your call',
  check:
    'words with a capital after a title, a greeting or what introduces somebody, and the values of names that say so. ' +
    'It cannot know a name that stands in prose with nothing beside it, nor in scripts without capitals',
  tells: 'context',
  rank: 4,
  names: (
    'firstname|lastname|middlename|surname|familyname|givenname|fullname|maidenname|forename|customername|contactname|patientname|' +
    'employeename|cardholder|cardholdername|accountholder|accountholdername|holdername|ownername|recipientname|billingname|' +
    'shippingname|membername|clientname|personname|nameoncard|nameonaccount|legalname|realname|guestname|passengername|' +
    'studentname|mothersmaidenname|mothermaidenname|fathername|fathersname|mothername|spousename|beneficiaryname|payeename|' +
    'payername|sendername|drivername|tenantname|doctorname|authorname|fname|lname|apellido|apellidos|nombrecompleto|' +
    'primerapellido|segundoapellido|prenom|prénom|nomdefamille|nomcomplet|vorname|nachname|familienname|zuname|vollername|' +
    'cognome|nomecompleto|nomecognome|nomeecognome|imie|imię|nazwisko|imieinazwisko|imięinazwisko|voornaam|achternaam|' +
    'volledigenaam|sobrenome|kontoinhaber|karteninhaber|titulaire|titular|intestatario'
  ).split('|'),
  anchors: [...PHRASE_ANCHORS, { text: ' <' }],
  find(scan: Scan, at: number, found: number) {
    const { text } = scan;
    if (text.charCodeAt(at) === BLANK) {
      findShown(scan, at);
      return;
    }
    const to = text.charCodeAt(found - 1) === BLANK ? found - 1 : found;
    if (to >= text.length) return;
    const next = text.charCodeAt(to);
    if (next < 128 && FOLLOWS[next] === 0) return;
    const role = roleAt(text, at, to);
    if (role === 'title') findTitled(scan, at, to);
    else if (role === 'greeting') findGreeted(scan, to);
    else if (role === 'closing') findClosing(scan, to);
    else findAfterPhrase(scan, to, role);
  },
  whole: (value) => isNameValue(decoded(value)),
  spansWords: true,
};

/** Under these stand people, or their ids. */
const ofRole: Detector = {
  type: 'PERSON',
  kind: 'person',
  title: 'Names of people, under their parts in something',
  example: 'patient: «Clotaire Fable»',
  check: 'two words at least with a capital each, or a given name that is known',
  tells: 'context',
  rank: 2,
  names: (
    'customer|patient|employee|recipient|beneficiary|passenger|student|tenant|driver|guest|spouse|payee|signedby|signatory|witness|' +
    'insured|policyholder|applicant|candidate|klient|kunde|cliente|inhaber|paciente|paziente|patiënt|pacjent|attn|doctor|nurse|' +
    'physician|kontaktperson|customersname|patientsname|employeesname|usersname|contactsname|membersname|peoplename|personsname|guestsname|' +
    'clientsname|studentsname|attendeesname|attendeename|passengersname|driversname|' +
    'ansprechpartner|nextofkin|emergencycontact|author|displayname'
  ).split('|'),
  whole: (value) => isTwoWords(decoded(value)),
  spansWords: true,
};

/** Names that say less: their values count only if they read like a person's. */
const perhaps: Detector = {
  type: 'PERSON',
  kind: 'person',
  title: 'Names of people, under keys that hold other names too',
  example: 'owner: «Maria Silva»',
  check: 'a given name that is known or a family name that looks like one, and nothing but a name',
  tells: 'context',
  rank: 2,
  names: (
    'name|owner|contact|client|assignee|reporter|manager|sender|nombre|nom|nome|naam|person|user|attention|holder|createdby|' +
    'approvedby|approver|requester|from|nazwa'
  ).split('|'),
  whole: (value) => isLikelyPerson(decoded(value)),
  spansWords: true,
};

export const detectors = [person, ofRole, perhaps];
