// Whether what stands in a password's place is one.
import { isAlnum, isLetter } from '../../scan/alphabet.ts';
import { surprise } from './randomness.ts';
import { isCode, isLabel, isNoValue, isPlace, isPlaceholder, isStopWord, labelsAsWords } from './values.ts';

const LONGEST = 2048;
/** So much before a value is looked at. */
const REACH = 96;
const NAMES_ONE =
  /^[&*$]?(?:[a-z]+_)*(?:[a-z]*[a-z](?:Pass(?:word|wd|phrase)?|Pwd|Secret)|(?:[a-z]+_)+(?:pass(?:word|wd)?|pwd|secret))$/u;
const CONSTANT =
  /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_(?:PASS(?:WORD|WD)?|PWD|SECRET|KEY|TOKEN)$|^[A-Z]+(?:_[A-Z]+)+$/u;
const TYPE = /^[&*?](?:[a-z]+|'[a-z]+ [a-z]+)$/u;
const EMAIL = /^[\w.+-]+@[\w-]+\.[\w.-]+$/u;
const SPEAKS =
  /(?:^|\s)(?:the|is|are|your|you|must|should|please|be|a|an|and|or|to|for|of|with|has|have|not|enter|can|will|was|wrong|incorrect|password|passwort|le|la|votre|est|ihr|bitte|su|el|invalid|required|characters?)(?:\s|[.!?,:]|$)/iu;

/** Of several words: a passphrase is no sentence. */
function isPhrase(value: string): boolean {
  if (SPEAKS.test(value)) return false;
  const words = value.split(/\s+/u);
  if (words.some((word) => isStrong(word))) return true;
  return words.length >= 4 && words.length <= 30 && words.every((word) => /^\p{Ll}+$/u.test(word));
}

export function isPassword(value: string): boolean {
  if (value.length < 3 || value.length > LONGEST) return false;
  if (isStopWord(value) || isPlaceholder(value) || isCode(value) || isPlace(value)) return false;
  if (NAMES_ONE.test(value) || CONSTANT.test(value) || TYPE.test(value)) return false;
  if (!/[\p{L}\p{N}]/u.test(value) && value.length < 6) return false;
  return !/\s/u.test(value) || isPhrase(value);
}

/** What only a message about a password says, or the caption of a field. */
const MESSAGE =
  /(?:^|\s)(?:the|is|are|you|your|must|should|please|be|not|enter|can|cannot|will|was|wrong|incorrect|invalid|required|forgot|forgotten|reset|change|confirm|new|passwords?|passwort|characters?|votre|est|ihr|bitte|su|el)(?:\s|[.!?,:]|$)/iu;
const BARE_WORD = /^\p{L}+$/u;

/** Quotes say where it ends: several words are one, unless they speak about it. */
function isQuotedPassword(value: string): boolean {
  if (!/\s/u.test(value)) return isPassword(value);
  if (value.length > LONGEST || isPlaceholder(value) || isCode(value) || MESSAGE.test(value)) return false;
  return isPhrase(value) || /\d/u.test(value) || !/[=(){};]/u.test(value);
}

/** The rest of a line: a passphrase, or words of which none is one of prose. */
function isLine(value: string): boolean {
  if (value.includes('[') || isPlaceholder(value) || isCode(value)) return false;
  const words = value.split(/[\s,]+/u);
  if (words.length < 2 || words.length > 12 || SPEAKS.test(value)) return false;
  if (words.length >= 4 && words.every((word) => /^\p{Ll}+$/u.test(word))) return true;
  return words.every((word, index) =>
    index === 0 ? isPassword(word) : !BARE_WORD.test(word) && /[\d!@$%^&*]/u.test(word),
  );
}

/** With no words or code beside it, all but what plainly is no value. */
function isUnderName(value: string): boolean {
  if (value === '' || (value.length < 3 && /^\d*$/u.test(value)) || isLabel(value)) return false;
  // So that what was masked within what is none stays none.
  return !labelsAsWords(value).some(isNoValue);
}

/** A label in the midst of a word: what was masked before ended where its word did. */
function isGlued(value: string): boolean {
  return value.split('[').length === 2 && !/\s/u.test(value) && /\][\p{L}\p{N}]|[\p{L}\p{N}]\[/u.test(value);
}

/** Under a name that says so: `where` as detectors are asked. */
export function isWholePassword(value: string, where?: 'quoted' | 'line'): boolean {
  if (where === undefined) return isUnderName(value);
  if (where === 'quoted')
    return isGlued(value) ? labelsAsWords(value).every(isPassword) : isQuotedPassword(value);
  return /\s/u.test(value) ? isLine(value) : isPassword(value);
}

const TERM =
  /^(?:\d+-?(?:bit|char\w*|day\w*|hour\w*|min\w*|digit\w*|step|factor|fold|st|nd|rd|th|x|px|ms|kb|mb|fa|s|m|h|d)s?|sha-?\d+|md[45]|v\d[\d.]*|base(?:16|32|58|64)|utf-?(?:8|16)|oauth\d?|argon2\w*|pbkdf2|bcrypt|rfc-?\d+|aes-?\d+|pkcs\d*|[\d.,:/-]+|[a-z]+\.[a-z]+)$/iu;

function isLetters(value: string): boolean {
  for (let at = 0; at < value.length; at += 1) if (!isLetter(value.charCodeAt(at))) return false;
  return value !== '';
}

/** What no sentence has for a word: digits among letters, marks within. */
export function isStrong(value: string): boolean {
  if (isLetters(value)) return value.length >= 8 && surprise(value) > 0.3;
  if (value.length < 5 || TERM.test(value) || EMAIL.test(value)) return false;
  if (/\d/u.test(value) && /\p{L}/u.test(value)) return true;
  if (value.length >= 8 && surprise(value) > 0.3 && /^[A-Za-z]+$/u.test(value)) return true;
  return /[\p{L}\p{N}][!@#$%^&*+=~?]+[\p{L}\p{N}]/u.test(value) && !/^\p{L}+[&+]\p{L}+$/u.test(value);
}

const LOGIN =
  /(?:^|\s)(?:login|user|username)[ \t:=]+(?!(?:and|or|with|und|et|y|e|&)\s)[^\s,]{1,64}[ \t,]+$/iu;

function isOfWord(code: number): boolean {
  return isAlnum(code) || code === 95;
}

/**
 * Whether the word before a value from `start` on plainly is a word of a sentence: no option, no setting of a server, and
 * no user and `login` before it. What is in doubt is not.
 */
function isOfSentence(text: string, start: number): boolean {
  const least = Math.max(0, start - REACH) + 2;
  if (start - 2 < least || text.charCodeAt(start - 1) !== 32) return false;
  const last = text.charCodeAt(start - 2) | 32;
  const lastButOne = text.charCodeAt(start - 3) | 32;
  // `requirepass`, `masterauth`.
  if ((last === 115 && lastButOne === 115) || (last === 104 && lastButOne === 116)) return false;
  let at = start - 1;
  while (at > least && isOfWord(text.charCodeAt(at - 1))) at -= 1;
  const before = text.charCodeAt(at - 1);
  if (at === least || at === start - 1 || before === 45 || before > 127) return false;
  if (before !== 32 && before !== 9 && before !== 44) return true;
  return !isAfterLogin(text, at, least);
}

/** The last letters of those words, and what may follow them. */
const MAY_END_LOGIN = new Uint8Array(128);
for (const mark of 'nreNRE:=') MAY_END_LOGIN[mark.charCodeAt(0)] = 1;

const isBlank = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);

/** Whether `login`, `user` or `username` may stand two words before `from`. */
function isAfterLogin(text: string, from: number, least: number): boolean {
  let at = from;
  while (at > least && (isBlank(text.charCodeAt(at - 1)) || text.charCodeAt(at - 1) === 44)) at -= 1;
  for (; at > least; at -= 1) {
    const code = text.charCodeAt(at - 1);
    if (isBlank(code) || code === 44) break;
    if (code === 58 || code === 61 || code < 32 || code > 127) return true;
  }
  while (at > least && isBlank(text.charCodeAt(at - 1))) at -= 1;
  if (at === least) return true;
  const last = text.charCodeAt(at - 1);
  return last > 127 || MAY_END_LOGIN[last] === 1;
}

/** Whether a sentence, a command line or a `.netrc` says it: `name` and `value` are parted by blanks or `is`. */
export function isSpoken(text: string, start: number, value: string): boolean {
  if (isStrong(value)) return true;
  if (isLetters(value) && isOfSentence(text, start)) return false;
  const line = text.slice(Math.max(0, start - REACH), start);
  if (/(?:^|\s)--?[\w-]*pass[\w-]*[ \t]+$/iu.test(line)) return !value.startsWith('-');
  if (/(?:requirepass|masterauth)[ \t]+$/iu.test(line)) return true;
  if (/\b(?:is|ist|est|es)[ \t:]+$/iu.test(line)) return /^\d{4,}$/u.test(value);
  return LOGIN.test(line.replace(/\w+[ \t]+$/u, '')) && !value.startsWith('-');
}
