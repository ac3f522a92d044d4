// Whether what stands in a password's place is one.
import { surprise } from './randomness.ts';
import { isCode, isLabel, isNoValue, isPlace, isPlaceholder, isStopWord, labelsAsWords } from './values.ts';

const LONGEST = 2048;
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

/** What no sentence has for a word: digits among letters, marks within. */
export function isStrong(value: string): boolean {
  if (value.length < 5 || TERM.test(value) || EMAIL.test(value)) return false;
  if (/\d/u.test(value) && /\p{L}/u.test(value)) return true;
  if (value.length >= 8 && surprise(value) > 0.3 && /^[A-Za-z]+$/u.test(value)) return true;
  return /[\p{L}\p{N}][!@#$%^&*+=~?]+[\p{L}\p{N}]/u.test(value) && !/^\p{L}+[&+]\p{L}+$/u.test(value);
}

const LOGIN =
  /(?:^|\s)(?:login|user|username)[ \t:=]+(?!(?:and|or|with|und|et|y|e|&)\s)[^\s,]{1,64}[ \t,]+$/iu;

/** Whether a sentence, a command line or a `.netrc` says it: `name` and `value` are parted by blanks or `is`. */
export function isSpoken(text: string, start: number, value: string): boolean {
  if (isStrong(value)) return true;
  const line = text.slice(Math.max(0, start - 96), start);
  if (/(?:^|\s)--?[\w-]*pass[\w-]*[ \t]+$/iu.test(line)) return !value.startsWith('-');
  if (/(?:requirepass|masterauth)[ \t]+$/iu.test(line)) return true;
  if (/\b(?:is|ist|est|es)[ \t:]+$/iu.test(line)) return /^\d{4,}$/u.test(value);
  return LOGIN.test(line.replace(/\w+[ \t]+$/u, '')) && !value.startsWith('-');
}
