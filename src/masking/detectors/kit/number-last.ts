// Streets whose number comes last: `Hauptstraße 12`, `Dorpsstraat 12`, `Calle Mayor 5`, `Via Roma 10`.
import { isAlnum, isLetter, isUpper } from '../../scan/alphabet.ts';
import type { Scan } from '../../scan/scan.ts';
import { endWithCode, lastOf } from './street-ends.ts';
import { GROWN, mayBeGrown, NOT_GROWN } from './streets.ts';

const BLANK = 32;

/** How long a street's name may be where it is read back from its number. */
const LONGEST_WORD = 32;

function isOfWord(code: number): boolean {
  return isLetter(code) || code >= 0xc0 || code === 45 || code === 46 || code === 39;
}

/** Where the word that ends at `to` begins. */
function startOfWord(text: string, to: number): number {
  const least = Math.max(0, to - LONGEST_WORD);
  let from = to;
  while (from > least && isOfWord(text.charCodeAt(from - 1))) from -= 1;
  return from;
}

const isCapital = (text: string, at: number): boolean =>
  isUpper(text.charCodeAt(at)) || (text.charCodeAt(at) >= 0xc0 && /^\p{Lu}/u.test(text[at] as string));

/** Where the street begins whose last word is `word`, from `from` on; -1 where that is none. */
function startOfGrown(text: string, from: number, word: string): number {
  const kind = GROWN.exec(word)?.[0];
  if (kind === undefined || NOT_GROWN.test(word)) return -1;
  if (kind.length < word.length) return word.length - kind.length < 3 && SHORT_KIND.test(kind) ? -1 : from;
  if (!STANDS_ALONE.test(kind) || text.charCodeAt(from - 1) !== BLANK) return -1;
  const before = startOfWord(text, from - 1);
  return before < from - 2 && isCapital(text, before) ? before : -1;
}

const SHORT_KIND = /^(?:ring|hof|park|pad|graben|steig|str|platz|weg)$/iu;
const DOUBTFUL = /^(?:.*(?:ring|hof|park|pad|graben|platz))$/iu;
/** `Lange Straße`, `Berliner Allee`. */
const STANDS_ALONE = /^(?:straße|strasse|str\.?|allee|weg|platz|gasse|ring|damm|ufer)$/iu;

const HOUSE = /\d{1,4}(?:\s?[a-zA-Z](?![\p{L}\d]))?(?:\s?[-/]\s?\d{1,4}[a-z]?)?(?![\p{L}\d%€$]|[.,:]\d)/uy;

/** `Hauptstraße 12a`, `Lange Str. 5`, `Dorpsstraat 12`: from the number back. */
export function findGrown(scan: Scan, at: number): void {
  const { text } = scan;
  if (at < 4 || text.charCodeAt(at - 1) !== BLANK) return;
  const to = text.charCodeAt(at - 2) === 44 ? at - 2 : at - 1;
  if (!mayBeGrown(text, to)) return;
  const from = startOfWord(text, to);
  if (to - from < 4 || !isCapital(text, from)) return;
  const word = text.slice(from, to);
  const start = startOfGrown(text, from, word);
  if (start === -1) return;
  const end = lastOf(HOUSE, text, at);
  if (end === at || (DOUBTFUL.test(word) && !scan.near(start, end))) return;
  scan.add(start, endWithCode(text, end));
}

const AFTER_KIND =
  /\s?(?:(?:de|da|do|dos|das|del|della|dello|dei|degli|di|de la|de los|las|los|la|el|y|e|im\.|św\.|gen\.|ks\.|[IVX]+|\d{1,2}|d['’]) ?)*\p{Lu}[\p{L}\p{M}.'’-]*(?: (?:(?:de|da|do|dos|das|del|della|dei|di|y|e|la|de la|de los) )?\p{Lu}[\p{L}\p{M}'’-]*){0,4}/uy;
const HOUSE_AFTER =
  /(?:, ?| )(?:n[.º°]{0,2} ?|núm\.? ?|nr\.? ?|num\.? ?)?(?:\d{1,5}[a-zA-Z]?(?:[/-]\d{1,4}[a-z]?)?|s\/n|snc)(?![\p{L}\d%€$]|[.,:]\d)/uy;

/** `Calle Mayor, 5`, `Via Roma 10`, `ul. Długa 5/7`, `Rua das Flores, 123`. */
export function findAfterKind(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  const first = text[at] as string;
  const kind = text.slice(at, to);
  if (
    first === first.toLowerCase() &&
    /^(?:via|largo|strada|camino|plaza|r\.|rua)$/u.test(kind) &&
    !scan.near(at, to)
  )
    return;
  if (isUpper(text.charCodeAt(to - 1)) && kind.length > 3 && kind !== kind.toUpperCase()) return;
  const named = lastOf(AFTER_KIND, text, to);
  if (named === to || isAlnum(text.charCodeAt(to))) return;
  const end = lastOf(HOUSE_AFTER, text, named);
  if (end === named) return;
  if (/^(?:via|r\.|pl\.|al\.|os\.)$/iu.test(kind) && isCounted(text, end)) return;
  scan.add(at, endWithCode(text, end));
}

/** `Via Slack 5 times` */
function isCounted(text: string, end: number): boolean {
  return /^ (?:times|minutes|hours|days|years|people|users|of|to|in)\b/u.test(text.slice(end, end + 9));
}
