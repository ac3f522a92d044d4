// Short secrets of digits: PINs, card verification values and one-time codes, each beside a word that says so.
import type { Detector } from '../detector.ts';
import { isAlnum, isDigit } from '../scan/alphabet.ts';
import type { Scan } from '../scan/scan.ts';

/** Between the word and the digits: blanks, what assigns, `is`, `code`, and the marks that a form or a key has. */
const BETWEEN =
  /(?:[ _-]?(?:code|nummer|number|no|num|value|2))?\\{0,3}["'`]?[ \t]{0,3}(?:(?:=>|[:=#]|is|was|ist|lautet|est|es|is:)[ \t]{0,3})?(?:(?:is|=)[ \t]{1,2})?\\{0,3}["'`]?/iuy;

function digitsAt(text: string, at: number, least: number, most: number): number {
  let to = at;
  while (to - at <= most && isDigit(text.charCodeAt(to))) to += 1;
  if (to - at < least || to - at > most) return -1;
  const next = text.charCodeAt(to);
  if (isAlnum(next) || next === 37) return -1;
  return (next === 46 || next === 44 || next === 45 || next === 47 || next === 58) &&
    isDigit(text.charCodeAt(to + 1))
    ? -1
    : to;
}

function finder(least: number, most: number) {
  return (scan: Scan, _at: number, to: number): void => {
    const { text } = scan;
    if (to < scan.covered) return;
    const next = text.charCodeAt(to);
    if (next >= 97 && next <= 122 && !text.startsWith('code', to) && !text.startsWith('nummer', to)) return;
    BETWEEN.lastIndex = to;
    if (!BETWEEN.test(text) || BETWEEN.lastIndex === to) return;
    const start = BETWEEN.lastIndex;
    const end = digitsAt(text, start, least, most);
    if (end !== -1) scan.add(start, end);
  };
}

const wholeDigits = (least: number, most: number) => (value: string) =>
  value.length >= least && value.length <= most && /^\d+$/u.test(value);

const pin: Detector = {
  type: 'PIN',
  kind: 'secret',
  title: 'PINs',
  example: 'my PIN is «4821»',
  check: 'four to eight digits after a word or under a name',
  tells: 'context',
  rank: 3,
  names: [
    'pin',
    'pincode',
    'cardpin',
    'atmpin',
    'userpin',
    'simpin',
    'puk',
    'pukcode',
    'passcode',
    'accesspin',
    'unlockcode',
    'geheimzahl',
  ],
  anchors: ['pin', 'puk', 'geheimzahl', 'passcode'].map((text) => ({ text, wordStart: true })),
  whole: wholeDigits(4, 8),
  find: finder(4, 8),
};

/** A few words on, or a question away: `changed my CVC to 575`, `what is your CVV?`; no other number between. */
const CVV_AFTER =
  /2?\*{0,2}(?:[^\d\n[\]]{0,24}|[^\d\n[\]]{0,12}\n[^\d\n[\]]{0,16})(?<![\d.,:/-])(\d{3,4})(?![\d%€$]|[.,:/-]\d| ?(?:of|days|times|years|cards)\b)/uy;
const CVV_BEFORE = /(?:^|[^\d.,:/-])(\d{3,4}) (?:is|was|as) (?:my|the|your|his|her|their) $/u;
const closelyAfter = finder(3, 4);

function findCvv(scan: Scan, at: number, to: number): void {
  closelyAfter(scan, at, to);
  const { text } = scan;
  CVV_AFTER.lastIndex = to;
  const after = CVV_AFTER.exec(text)?.[1];
  if (after !== undefined) scan.add(CVV_AFTER.lastIndex - after.length, CVV_AFTER.lastIndex);
  const lead = text.slice(Math.max(0, at - 24), at);
  const before = CVV_BEFORE.exec(lead);
  if (before === null) return;
  const start = at - lead.length + before.index + before[0].indexOf(before[1] as string);
  scan.add(start, start + (before[1] as string).length);
}

const cvv: Detector = {
  type: 'CVV',
  kind: 'financial',
  title: 'Card verification values',
  example: 'CVV: «123»',
  check: 'three or four digits after a word or under a name',
  tells: 'context',
  rank: 3,
  names: [
    'cvv',
    'cvv2',
    'cvc',
    'cvc2',
    'cvn',
    'csc',
    'cardsecuritycode',
    'cardverificationvalue',
    'cardverificationcode',
    'securitycode',
    'cardcode',
    'cardcvv',
    'cardcvc',
    'prufziffer',
    'kartenprüfnummer',
  ],
  anchors: ['cvv', 'cvc', 'cvn', 'csc', 'security code', 'verification value'].map((text) => ({
    text,
    wordStart: true,
  })),
  whole: wholeDigits(3, 4),
  find: findCvv,
};

const SAYS_ONCE =
  /(?:verif|one[- ]?time|log-?in|sign-?in|2fa|mfa|two[- ]?factor|security|authent|confirm|access|best\S{1,3}tigung|sicherheit|einmal|vérif|verificaci|verifica|passcode|otp|sms|your|ihr|votre)[^\n]{0,32}$/iu;
const ASIDE =
  /^[ \t]{0,2}(?:is|as|est|ist|es|:)?[ \t]{0,3}(?:your|ihr|votre|tu|the)[^\n.]{0,40}(?:code|otp|pin|passcode|password)/iu;

function findOnce(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  if (to < scan.covered) return;
  if (text.startsWith(' your', at + 2)) {
    findBefore(scan, at);
    return;
  }
  const isCode = (text.charCodeAt(at) | 32) === 99;
  if (isCode && !SAYS_ONCE.test(text.slice(Math.max(0, at - 48), at))) return;
  BETWEEN.lastIndex = to;
  if (!BETWEEN.test(text) || BETWEEN.lastIndex === to) return;
  const start =
    BETWEEN.lastIndex + (/^[A-Z]-/u.test(text.slice(BETWEEN.lastIndex, BETWEEN.lastIndex + 2)) ? 2 : 0);
  const end = onceAt(text, start);
  if (end !== -1) scan.add(start, end);
}

/** Six digits or so, perhaps in two halves. */
function onceAt(text: string, at: number): number {
  const half = digitsAt(text, at, 3, 3);
  if (half === -1 && /^\d{3}[ -]\d{3}(?!\d)/u.test(text.slice(at, at + 8))) return at + 7;
  if (half !== -1 && /^[ -]\d{3}(?!\d)/u.test(text.slice(half, half + 5))) return half + 4;
  return digitsAt(text, at, 4, 8);
}

/** `123456 is your code`. */
function findBefore(scan: Scan, at: number): void {
  const { text } = scan;
  if (!ASIDE.test(text.slice(at, at + 64))) return;
  const before = /(?:^|[^\d.,-])((?:\d{3}[ -]\d{3})|\d{4,8})[ \t]{1,2}$/u.exec(
    text.slice(Math.max(0, at - 14), at),
  );
  if (before === null) return;
  const end = at - (/[ \t]+$/u.exec(before[0])?.[0].length ?? 0);
  scan.add(end - (before[1]?.length ?? 0), end);
}

const oneTimeCode: Detector = {
  type: 'ONE_TIME_CODE',
  kind: 'secret',
  title: 'One-time codes for signing in',
  example: 'Your verification code is «482113»',
  check: 'four to eight digits beside words that say so, or under a name',
  tells: 'context',
  rank: 3,
  names: [
    'otp',
    'otpcode',
    'totp',
    'totpcode',
    'mfacode',
    '2facode',
    'twofactorcode',
    'verificationcode',
    'onetimecode',
    'onetimepassword',
    'onetimepasscode',
    'smscode',
    'logincode',
    'signincode',
    'authenticationcode',
    'mfatoken',
  ],
  anchors: [
    { text: 'code' },
    { text: 'otp', wordStart: true },
    { text: 'codice', wordStart: true },
    { text: 'one-time password' },
    { text: 'is your' },
  ],
  whole: wholeDigits(4, 8),
  find: findOnce,
};

export const detectors = [pin, cvv, oneTimeCode];
