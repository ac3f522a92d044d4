// Telephone numbers: international, with the marks of their country, or plain beside a word that says so.
import type { Anchor, Detector } from '../detector.ts';
import { isAlnum, isDigit } from '../scan/alphabet.ts';
import { endOfDigits } from '../scan/digits.ts';
import type { Scan } from '../scan/scan.ts';
import { plainMark } from '../scan/separators.ts';
import { BLANKS } from './kit/beside.ts';
import { decoded } from './kit/decoded.ts';
import { isAbroad, isAmerican, isEscape, isOfCountry, one } from './kit/phone-forms.ts';
import {
  BLANK,
  before,
  COMMA,
  DASH,
  DOT,
  ends,
  isWeak,
  LEAST_DIGITS,
  MOST,
  MOST_GROUPS,
  OPEN,
  PLUS,
  readGroups,
  SLASH,
  starts,
  ZERO,
} from './kit/phone-groups.ts';
import { endOfFirst, isDate, isNone, mayHavePlus, mayStandAlone } from './kit/phone-less.ts';
import { beginsWithDate, endOfExtension, isDateLike, isWholeNumber } from './kit/phone-numbers.ts';

const COLON = 58;
const PERCENT = 37;
/** What is longer needs its country's code and a plus. */
const LONGEST_BARE = 13;

const WORD =
  // A label says nothing of what stands beside it.
  '(?<![[])(?:phone|fone|tel|mobile?|m[oó]bil|m[oó]vil|cell|fax|whats ?app|signal|sms|handy|call|text|dial|ring|reach|contact|portable|' +
  'celular|rufen|n[uú]mero|number|kom[oó]r|registered|messages?|answer|desk|office)';
/** The word, a few others, and another number before this one at most. */
const SAYS_SO = new RegExp(
  `${WORD}[^\\d[]{0,24}(?:(?:[+(]{0,2}\\d[\\d ().-]{5,16}\\d|\\[PHONE[^\\]]{0,90}\\])[ ,;/]{1,3}(?:or|and|oder|und|ou|et|o|y|e|lub|i)?\\s?)?$`,
  'iu',
);
const SAYS_SO_AFTER = new RegExp(`^\\s?(?:(?:is|was|ist|est|es|è|\\()[^\\d\\n]{0,24})?${WORD}`, 'iu');
/** Seconds since 1970 look like this too. */
const SAYS_SO_CLEARLY =
  /(?:phone|tel|mobile|cell|fax|whats ?app|number|handy)\W{0,3}(?:is|no|number|nr)?\W{0,3}$/iu;
const UNIT =
  /^\s?(?:ms|s|secs?|seconds|minutes|bytes?|[kKMGT]i?B|times|rows|files|units|points|%|€|\$|EUR|USD|GBP|px|kg|km)(?![\p{L}\d])/u;

const ASKED = new RegExp(`${WORD}[^\\d\\n]{0,24}\\?\\s*\\n(?:\\[[\\d:]+\\] )?\\p{L}{1,12}: ?$`, 'iu');

/** `what is your phone number?`, and on the next line who answers. */
function isAnswer(text: string, start: number): boolean {
  if (text.charCodeAt(start - 1) !== BLANK || text.charCodeAt(start - 2) !== COLON) return false;
  return ASKED.test(text.slice(Math.max(0, start - 72), start));
}

/** Digits in one run tell nothing: the word must stand right before them. */
function isPlain(scan: Scan): boolean {
  const { text, length, start, end } = one;
  if (text.charCodeAt(start - 1) === PLUS) return scan.near(start, end);
  if (length > 13) return false;
  const prior = text.charCodeAt(start - 1);
  if ((prior === COMMA || prior === SLASH || prior === DASH) && length < 10) return false;
  if (text.charCodeAt(end) === COMMA && isDigit(text.charCodeAt(end + 1))) return false;
  if (isAnswer(text, start)) return true;
  if (!scan.near(start, end)) return false;
  const { digits } = one;
  if (beginsWithDate(digits)) return false;
  const said = text.slice(Math.max(0, start - 72), start);
  if (/^1\d{9}$|^1\d{12}$/u.test(digits) && !SAYS_SO_CLEARLY.test(said)) return false;
  if (UNIT.test(text.slice(end, end + 10))) return false;
  return scan.isNamed || SAYS_SO.test(said) || SAYS_SO_AFTER.test(text.slice(end, end + 48));
}

/** Whether groups that are of no country's own form could be a number to call, beside a word that says so. */
function isLikely(scan: Scan): boolean {
  const { shape, length, groups, text, end } = one;
  if (groups > MOST_GROUPS - 1 || length > MOST || isDateLike(one) || shape === 0x324) return false;
  if (one.after(0) === DOT && (groups === 2 || isAddressLike())) return false;
  if (isThousands(text, end)) return false;
  if (groups >= 4 && length === 13 && /^97[89]/u.test(one.digits)) return false;
  return scan.near(one.start, end);
}

/** `192.168.100.200`. */
function isAddressLike(): boolean {
  if (one.groups !== 4) return false;
  for (let index = one.first; index <= one.last; index += 1) {
    if ((ends[index] as number) - (starts[index] as number) > 3) return false;
  }
  return one.isUniform(0);
}

/** `612 345 678` is a number of Spain and a number; with a unit after it, it is the second. */
function isThousands(text: string, end: number): boolean {
  if (one.length === 9 && one.shape === 0x333)
    return /^\s?(?:[€$£¥%]|[kKMG]?B\b|EUR|USD)/u.test(text.slice(end, end + 5));
  return (one.shape & 0xff) === 0x33 && /^[123]33+$/u.test(one.shape.toString(16));
}

/** What stands around it must not make it part of something else. */
function isFree(text: string, start: number, end: number): boolean {
  const prior = start === 0 ? BLANK : plainMark(text.charCodeAt(start - 1));
  const next = end === text.length ? BLANK : plainMark(text.charCodeAt(end));
  if (isAlnum(prior) && !isEscape(text, start - 1) && !text.startsWith('%2', start - 3)) return false;
  if (prior === 95 || prior === 36 || prior === 163 || prior === 0x20ac || prior === 35) return false;
  if (isOneOf(prior) && (prior === COLON ? isDigit : isAlnum)(text.charCodeAt(start - 2))) return false;
  if (isAlnum(next) || next === 95 || next === 37 || next === 64) return false;
  if (
    next === DASH &&
    /^-(?:office|home|work|mobile|cell|fax|tel|phone|direct|main)/iu.test(text.slice(end, end + 8))
  )
    return true;
  return !((isOneOf(next) || next === COLON) && isAlnum(text.charCodeAt(end + 1)));
}

function isOneOf(code: number): boolean {
  return code === DASH || code === DOT || code === COLON;
}

/** With the brackets and the plus that belong to it. */
function startWithMarks(text: string, start: number): number {
  let at = start;
  if (one.isOpened && text.slice(at, one.end).includes(')')) at -= 1;
  if (text.charCodeAt(at - 1) === PLUS) at -= 1;
  else if (text.charCodeAt(at - 1) === BLANK && text.charCodeAt(at - 2) === PLUS && at !== start) at -= 2;
  else if (text.startsWith('%2B', at - 3)) at -= 3;
  return at;
}

function isPhone(scan: Scan): boolean {
  if (isAbroad()) return true;
  if (one.length > MOST) return false;
  if (one.groups === 1) return isPlain(scan);
  return isAmerican() || isOfCountry() || isLikely(scan);
}

/** Shapes of a country's own numbers that have neither a zero nor a bracket in front. */
const isOwnShape = (shape: number): boolean => shape === 0x334 || shape === 0x1334 || shape === 0x2322;

/** Whether something before the group `first`, or its zero, may make a number of what begins with it. */
function mayBegin(text: string, first: number): boolean {
  const start = starts[first] as number;
  if (text.charCodeAt(start) === ZERO) return true;
  if (start === 0) return false;
  const prior = text.charCodeAt(start - 1);
  if (prior !== BLANK) return prior === PLUS || prior === OPEN || prior === 66;
  if (start === 1) return false;
  const second = text.charCodeAt(start - 2);
  return second === PLUS || second === COLON;
}

/** The longest number that begins at the group `first`: its last group, or -1. */
function longest(scan: Scan, first: number, groups: number): number {
  const { text } = scan;
  let isAny = mayBegin(text, first);
  let isAsked = isAny;
  for (let last = Math.min(groups, first + MOST_GROUPS) - 1; last >= first; last -= 1) {
    if (last + 1 < groups && !isWeak(before[last + 1] as number)) continue;
    if (!one.set(text, first, last)) continue;
    if (!isAny && !isOwnShape(one.shape)) {
      // What is near the end of all groups is asked once for them: between them stands no word.
      if (!isAsked) isAny = scan.near(starts[first] as number, ends[groups - 1] as number);
      isAsked = true;
      if (!isAny) continue;
    }
    const start = startWithMarks(text, one.start);
    const end =
      one.end < text.length && isAlnum(text.charCodeAt(one.end)) ? endOfExtension(text, one.end) : one.end;
    if (!isFree(text, start, end) || !isPhone(scan)) continue;
    scan.add(start, end === one.end ? endOfExtension(text, end) : end);
    return last;
  }
  return -1;
}

/** What is read at once: a stretch may have been cut within a number. */
const MOST_LOOKED_AT = 120;

function endOfStretch(text: string, at: number, to: number): number {
  if (to - at < 40) return to;
  let end = to;
  while (end - at < MOST_LOOKED_AT) {
    const next = endOfDigits(text, end - 1);
    if (next === end) break;
    end = next;
  }
  return end;
}

/** Digits in one run without a plus that no word is near: most numbers there are. */
function isBare(scan: Scan, at: number, to: number): boolean {
  const { text } = scan;
  if (to - at > LONGEST_BARE) return to - at < 40;
  if (!mayStandAlone(text, at, to)) return true;
  return !scan.near(at, to) && !isAnswer(text, at);
}

function findNumbers(scan: Scan, at: number, to: number): void {
  if (to - at < LEAST_DIGITS) return;
  const { text } = scan;
  if (!mayHavePlus(text, at)) {
    const first = endOfFirst(text, at, to);
    if (first === to ? isBare(scan, at, to) : isDate(text, at, to) || isNone(text, at, first, to)) return;
  }
  // `%20555-123-4567`: the first two digits are a blank's.
  const isEncoded = at > 0 && text.charCodeAt(at - 1) === PERCENT && to - at > 9;
  const groups = readGroups(text, isEncoded ? at + 2 : at, endOfStretch(text, at, to));
  for (let first = 0; first < groups; ) {
    const isInside = first > 0 && !isWeak(before[first] as number);
    const last = isInside ? -1 : longest(scan, first, groups);
    first = (last === -1 ? first : last) + 1;
  }
}

/** Words with a letter beyond ASCII: the core's context words have none. */
const FAR_WORDS: readonly Anchor[] = [
  'éléphone',
  'eléfono',
  'móvil',
  'numéro',
  'número de',
  'tél',
  'komórk',
].map((text) => ({ text }));

const phone: Detector = {
  type: 'PHONE',
  kind: 'contact',
  title: 'Telephone and fax numbers',
  example: 'call me on «+44 20 7946 0958 ext. 12» tonight',
  check:
    'a known country code after `+` or `00`, or the groups and marks of a country’s own numbers; digits in one run ' +
    'only right after a word such as `phone`',
  tells: 'structure',
  words: (
    'phone|phone number|telephone|telefon*|tel|mobile|mobil|mobiel|cell|cellphone|fax|telefax|whatsapp|sms|call|calling|dial|' +
    'ring|reach|text me|contact|hotline|handy*|rufnummer|anrufen|durchwahl|portable|telephon*|appele*|celular|cellulare|movil|' +
    'chiama*|llama*|bellen|komork*|zadzwon|ligue|ligar|fone|msisdn|landline|voicemail|registered|messages|answering|desk|office'
  ).split('|'),
  names: (
    'phone|telephone|tel|mobile|mobilephone|mobil|cell|cellphone|cellular|fax|telefax|telefon|telefono|teléfono|téléphone|tél|' +
    'telefone|telefoon|telefoonnummer|telefonnummer|handy|handynummer|rufnummer|mobilnummer|mobiel|mobielnummer|movil|móvil|' +
    'celular|cellulare|portable|msisdn|whatsapp|homephone|workphone|daytimephone|landline|contactnumber|callernumber|' +
    'telephonenumber|numertelefonu|numerodetelefono|numerotelefono|telnr|callerid|fromnumber|tonumber|komórka|komorka'
  ).split('|'),
  anchors: FAR_WORDS,
  find(scan: Scan, at: number) {
    scan.context.said([scan.current], at);
  },
  stretches: [
    { digits: [7, 48], within: 'marks' },
    { digits: [7, 48], within: 'nothing', length: [7, 13] },
    { digits: [7, 48], within: 'nothing', length: [40, 48] },
    { digits: [7, 48], within: 'nothing', before: `+(Bb%${BLANKS}` },
  ],
  digits: findNumbers,
  whole: (value) => isWholeNumber(decoded(value)),
  spansWords: true,
};

export const detectors = [phone];
