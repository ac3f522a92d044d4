// Reads a person's name where one is expected: words with a capital, initials, particles.
import { isLower, isUpper } from '../../scan/alphabet.ts';
import { isGivenName } from './given-names.ts';
import { endsName, isNoName } from './not-names.ts';
import { isSurname } from './surnames.ts';

const WORD = /\p{Lu}(?:[\p{L}\p{M}]|['’‘ʼ-](?=\p{L})){0,39}/uy;
const PARTICLE =
  /(?:van|von|vom|zu|zum|zur|de|der|den|del|della|dello|degli|dei|di|da|das|do|dos|du|des|la|le|los|las|el|al|bin|bint|ibn|ben|ter|ten|op|'t|y|e|af|av)(?= )/uy;
/** `d'`, `l'`, `dell'` before a capital. */
const ELIDED = /(?:d|l|dell|all)['’](?=\p{Lu})/uy;
const SUFFIX = /,? (?:Jr|Sr|II|III|IV|PhD|MD|Esq)\b\.?/uy;

const MOST_PARTICLES = 3;

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
  let at = from;
  for (let many = 0; many < MOST_PARTICLES; many += 1) {
    const particle = matchAt(PARTICLE, text, at);
    if (particle === undefined) break;
    at += particle.length + 1;
  }
  return at + (matchAt(ELIDED, text, at)?.length ?? 0);
}

function isInitial(word: string): boolean {
  return word.length === 1 || /^\p{Lu}-\p{Lu}$/u.test(word);
}

/** Capitals within a word are of a product, unless they are all capitals, or of McDonald and O'Brien. */
function isMixed(word: string): boolean {
  return /\p{Ll}\p{Lu}/u.test(word) && !/^(?:Ma?c|De|Di|La|Le|Van|Von|Fitz|Du|Del)\p{Lu}\p{Ll}+$/u.test(word);
}

function isWordEnd(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return !(code === 95 || code === 64 || (code >= 48 && code <= 57) || /^\p{L}$/u.test(text[at] ?? ''));
}

/** `Herr der Ringe`: of the particles, these begin no name. */
const NEVER_FIRST = /^(?:der|das|des|dei|dos|du|y|e|las|los) /u;
/** With a capital, these are no words of a sentence within a name: `Anna De Luca`. */
const CAPITAL_PARTICLE =
  /^(?:De|Di|La|Lo|Le|Del|Dello|Della|Van|Von|Der|Den|Du|Da|Das|Dos|El|Al|Bin|Ten|Ter|Zu|Los|San)$/u;

const isNoFurther = (word: string): boolean => endsName(word) && !CAPITAL_PARTICLE.test(word);

const LONGEST_PARTICLE = 5;

/** A capital, or what could be a particle: most words that stand where a name could are neither. */
function mayBegin(text: string, from: number): boolean {
  if (from >= text.length) return false;
  const code = text.charCodeAt(from);
  if (code >= 128 || code === 39) return true;
  if (!isLower(code)) return isUpper(code);
  const most = Math.min(text.length, from + LONGEST_PARTICLE + 1);
  let to = from + 1;
  while (to < most && isLower(text.charCodeAt(to))) to += 1;
  const next = to < most ? text.charCodeAt(to) : 0;
  return next === 32 || next === 39 || next === 0x2019;
}

/** The name that begins at `from`, of so many words at most; undefined where none does. */
export function readName(
  text: string,
  from: number,
  most: number,
  isNoFirst: (word: string) => boolean = isNoName,
): PersonName | undefined {
  if (!mayBegin(text, from) || NEVER_FIRST.test(text.slice(from, from + 5))) return undefined;
  const words: string[] = [];
  let hasParticle = false;
  let end = -1;
  let at = from;
  while (words.length < most) {
    const begun = afterParticles(text, at);
    const word = matchAt(WORD, text, begun);
    const isNone = words.length === 0 ? isNoFirst : isNoFurther;
    if (word === undefined || isNone(word) || isMixed(word) || !isWordEnd(text, begun + word.length)) break;
    words.push(word);
    hasParticle ||= words.length > 1 && begun > at;
    end = begun + word.length;
    // The full stop is an initial's, not the sentence's.
    if (isInitial(word) && text[end] === '.') end += 1;
    const next = text.charCodeAt(end);
    if (isInitial(word) && next !== 32 && next !== 0xa0 && text[end - 1] === '.') at = end;
    else if (next === 32 || next === 0xa0) at = end + 1;
    else break;
  }
  if (words.every(isInitial)) return undefined;
  return { words, hasParticle, end: end + (matchAt(SUFFIX, text, end)?.length ?? 0) };
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
