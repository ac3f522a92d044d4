// Reads a person's name where one is expected: words with a capital, initials, particles.
import { isAlnum, isLetter, isLower, isUpper } from '../../scan/alphabet.ts';
import { isGivenName } from './given-names.ts';
import { endsName, isNoName } from './not-names.ts';
import { isSurname } from './surnames.ts';

const WORD = /\p{Lu}(?:[\p{L}\p{M}]|['’‘ʼ-](?=\p{L})){0,39}/uy;
const PARTICLE_WORDS =
  'van|von|vom|zu|zum|zur|de|der|den|del|della|dello|degli|dei|di|da|das|do|dos|du|des|la|le|los|las|el|al|bin|bint|ibn|ben|ter|ten|op|y|e|af|av';
const PARTICLE = new RegExp(`(?:${PARTICLE_WORDS}|'t)(?= )`, 'uy');
/** `d'`, `l'`, `dell'` before a capital. */
const ELIDED = /(?:d|l|dell|all)['’](?=\p{Lu})/uy;
const SUFFIX = /,? (?:Jr|Sr|II|III|IV|PhD|MD|Esq)\b\.?/uy;

const MOST_PARTICLES = 3;
const LONGEST_WORD = 40;

export interface PersonName {
  readonly words: readonly string[];
  readonly end: number;
  /** As in `Anna van der Berg`. */
  readonly hasParticle: boolean;
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** Where the next word of the name begins: after particles, if a capital follows them. */
function afterParticles(text: string, from: number): number {
  // A capital is no particle's, and far the most common.
  if (from < text.length && isUpper(text.charCodeAt(from))) return from;
  let at = from;
  for (let many = 0; many < MOST_PARTICLES; many += 1) {
    const particle = matchAt(PARTICLE, text, at);
    if (particle === undefined) break;
    at += particle.length + 1;
  }
  return at + (matchAt(ELIDED, text, at)?.length ?? 0);
}

/** What may join two parts of a word: an apostrophe, a hyphen. */
const isJoint = (code: number): boolean => code === 39 || code === 45;

/** The word with a capital at `from`. */
function wordAt(text: string, from: number): string | undefined {
  if (from >= text.length) return undefined;
  const first = text.charCodeAt(from);
  if (first < 128 && !isUpper(first)) return undefined;
  const most = Math.min(text.length, from + LONGEST_WORD);
  let to = from;
  while (to < most && isLetter(text.charCodeAt(to))) to += 1;
  const next = to < most || most === text.length ? codeAt(text, to) : -1;
  const isPlain = to > from && next >= 0 && next < 128 && !isJoint(next);
  return isPlain ? text.slice(from, to) : matchAt(WORD, text, from);
}

/** What stands behind the text's end is a line's end. */
function codeAt(text: string, at: number): number {
  return at < text.length ? text.charCodeAt(at) : 10;
}

function isInitial(word: string): boolean {
  return word.length === 1 || (word.length < 6 && /^\p{Lu}-\p{Lu}$/u.test(word));
}

/** Whether all but the first are small letters of ASCII. */
function isCapitalised(word: string): boolean {
  for (let at = 1; at < word.length; at += 1) if (!isLower(word.charCodeAt(at))) return false;
  return true;
}

/** Capitals within a word are of a product, unless they are all capitals, or of McDonald and O'Brien. */
function isMixed(word: string): boolean {
  if (isCapitalised(word)) return false;
  return /\p{Ll}\p{Lu}/u.test(word) && !/^(?:Ma?c|De|Di|La|Le|Van|Von|Fitz|Du|Del)\p{Lu}\p{Ll}+$/u.test(word);
}

function isWordEnd(text: string, at: number): boolean {
  const code = codeAt(text, at);
  if (code < 128) return !(code === 95 || code === 64 || isAlnum(code));
  return !/^\p{L}$/u.test(text[at] as string);
}

/** `Herr der Ringe`: of the particles, these begin no name. */
const NEVER_FIRST = /^(?:der|das|des|dei|dos|du|y|e|las|los) /u;
/** With a capital, these are no words of a sentence within a name: `Anna De Luca`. */
const CAPITAL_PARTICLE =
  /^(?:De|Di|La|Lo|Le|Del|Dello|Della|Van|Von|Der|Den|Du|Da|Das|Dos|El|Al|Bin|Ten|Ter|Zu|Los|San)$/u;

const isNoFurther = (word: string): boolean => endsName(word) && !CAPITAL_PARTICLE.test(word);

const LONGEST_PARTICLE = 5;

/** Particles by their letters, five bits each. */
const PARTICLES = new Set(PARTICLE_WORDS.split('|').map((word) => lettersAt(word, 0, word.length)));

function lettersAt(text: string, from: number, to: number): number {
  let letters = 0;
  for (let at = from; at < to; at += 1) letters = (letters << 5) | (text.charCodeAt(at) - 96);
  return letters;
}

/** A capital, after particles or not: most words that stand where a name could have none. */
export function mayBegin(text: string, from: number): boolean {
  for (let at = from, many = 0; many <= MOST_PARTICLES; many += 1) {
    if (at >= text.length) return false;
    const code = text.charCodeAt(at);
    if (!isLower(code)) return isUpper(code) || code >= 128 || code === 39;
    const most = Math.min(text.length, at + LONGEST_PARTICLE + 1);
    let to = at + 1;
    while (to < most && isLower(text.charCodeAt(to))) to += 1;
    const next = to < most ? text.charCodeAt(to) : 0;
    if (next === 39 || next === 0x2019) return true;
    if (next !== 32 || !PARTICLES.has(lettersAt(text, at, to))) return false;
    at = to + 1;
  }
  return false;
}

/** `der`, `das` and their like: of the particles, these begin no name. */
function isNeverFirst(text: string, from: number): boolean {
  return isLower(text.charCodeAt(from)) && NEVER_FIRST.test(text.slice(from, from + 5));
}

function endWithSuffix(text: string, end: number): number {
  const next = codeAt(text, end);
  return next === 32 || next === 44 ? end + (matchAt(SUFFIX, text, end)?.length ?? 0) : end;
}

/** The name that begins at `from`, of so many words at most; undefined where none does. */
export function readName(
  text: string,
  from: number,
  most: number,
  isNoFirst: (word: string) => boolean = isNoName,
): PersonName | undefined {
  if (!mayBegin(text, from) || isNeverFirst(text, from)) return undefined;
  const words: string[] = [];
  let hasParticle = false;
  let end = -1;
  let at = from;
  while (words.length < most) {
    const begun = afterParticles(text, at);
    const word = wordAt(text, begun);
    const isNone = words.length === 0 ? isNoFirst : isNoFurther;
    if (word === undefined || isNone(word) || isMixed(word) || !isWordEnd(text, begun + word.length)) break;
    words.push(word);
    hasParticle ||= words.length > 1 && begun > at;
    end = begun + word.length;
    // The full stop is an initial's, not the sentence's.
    if (isInitial(word) && text[end] === '.') end += 1;
    const next = codeAt(text, end);
    if (isInitial(word) && next !== 32 && next !== 0xa0 && text[end - 1] === '.') at = end;
    else if (next === 32 || next === 0xa0) at = end + 1;
    else break;
  }
  if (words.every(isInitial)) return undefined;
  return { words, hasParticle, end: endWithSuffix(text, end) };
}

/** Whether a word of it is a given name that many have, or its last is written like a family name. */
export function isKnown({ words, hasParticle }: PersonName): boolean {
  if (words.some((word) => isGivenName(word))) return true;
  return words.length > 1 && (hasParticle || isSurname(words.at(-1) as string));
}

const LETTERS_ONLY = /^[\p{L}\p{M}'’ʼ.,\- ]{1,80}$/u;
const COMMON_OF_CODE = new Set(
  (
    'string str text varchar char null none nil undefined true false yes no unknown n/a na test required optional input ' +
    'value name first last middle full given family surname self this user data row item field label key type any object array ' +
    'number int integer boolean bool column varying not redacted hidden masked anonymous default placeholder todo tbd'
  ).split(' '),
);

/** Whether a value under a name such as `first_name` is a person's: nothing but letters, in a few words. */
export function isNameValue(value: string): boolean {
  if (!LETTERS_ONLY.test(value) || !/\p{L}{2}/u.test(value) || value.endsWith('-')) return false;
  const words = value.split(/[ ,]+/u).filter((word) => word !== '');
  if (words.length > 6 || words.some((word) => COMMON_OF_CODE.has(word.toLowerCase()))) return false;
  // `user.name` of code.
  if (/\p{Ll}\.\p{Ll}/u.test(value) || /\p{Ll}\p{Lu}\p{Ll}+\p{Lu}/u.test(value)) return false;
  const lower = words.filter((word) => /^\p{Ll}/u.test(word) && !isParticle(word)).length;
  return lower === 0 || words.length <= 3;
}

function isParticle(word: string): boolean {
  return matchAt(PARTICLE, `${word} `, 0) === word;
}

function readWhole(value: string): PersonName | undefined {
  if (value.length > 80) return undefined;
  const turned = value.includes(',') ? value.replace(/^([^,]+), ([^,]+)$/u, '$2 $1') : value;
  const name = readName(turned, 0, 5);
  return name?.end === turned.length ? name : undefined;
}

/** `Smith, John` as well as `John Smith`, with a given name that is known, or a family name that looks like one. */
export function isLikelyPerson(value: string): boolean {
  const name = readWhole(value);
  if (name === undefined) return false;
  return name.words.length === 1 ? isGivenName(name.words[0] as string) : isKnown(name);
}

/** Under a name that is a person's, though what stands there may be an id: two words with a capital are enough. */
export function isTwoWords(value: string): boolean {
  const name = readWhole(value);
  return name !== undefined && (name.words.length > 1 || isGivenName(name.words[0] as string));
}
