// Keys without a form of their own: so many characters of one alphabet in the place of a value beside their provider's name.
import type { Anchor } from '../../detector.ts';
import { isAlnum, isDigit, isHexDigit } from '../../scan/alphabet.ts';
import type { Scan } from '../../scan/scan.ts';
import { beginsWithUuid, endIn, hasRun, isHexBody, kindsOf, sampleBody, tableOf } from './bodies.ts';
import { isRandom } from './randomness.ts';

/** Something that tells of a token, with its own way to its ends. */
export interface Hook {
  readonly anchors: readonly Anchor[];
  readonly find: (scan: Scan, at: number, to: number) => void;
}

/** Which values, and beside which words. */
export interface Beside {
  /** Lower case; a blank in one may be a blank, `_`, `-` or nothing. The first is the example's. */
  readonly words: readonly string[];
  /** Lengths, or the least and the most: `[[20, 22]]`. */
  readonly lengths: readonly (number | readonly [number, number])[];
  /** `hex`, letters and digits, or a UUID. */
  readonly kind: 'hex' | 'alnum' | 'uuid' | 'digits';
  /** What a value may hold beside letters and digits. */
  readonly also?: string;
  readonly check?: (value: string) => boolean;
}

/** How far behind the provider's name a value may begin, and how far before it words are heard. */
const REACH = 100;
const REACH_BACK = 32;

const SECRETISH =
  /key|token|secret|auth|passw|pwd|cred|api|access|sid\b|license|client|bearer|private|webhook|(?<![a-z])pat(?![a-z])/iu;
/** What says that a value is something else, though a provider stands beside it. */
const OTHERWISE =
  /commit|(?<![a-z])sha(?![a-z])|md5|hash|digest|checksum|etag|version|revision|\brev\b|trace|span|build|image|fingerprint|signature|;(?<!&quot;|&#3[49];)/iu;
/** Words that may stand between what assigns and the value, beside those that say secret. */
const GLUE = new Set(
  [
    ...['string', 'str', 'var', 'const', 'let', 'final', 'static', 'public', 'byte', 'bytes', 'char', 'text'],
    ...[
      'new',
      'value',
      'name',
      'env',
      'default',
      'or',
      'is',
      'was',
      'data',
      'header',
      'basic',
      'quot',
      'amp',
    ],
    ...[
      'x',
      'n',
      't',
      'r',
      'u',
      'f',
      'b',
      'optional',
      'none',
      'null',
      'nil',
      'id',
      'header',
      'set',
      'add',
      'put',
    ],
  ].sort(),
);
const OPERATOR = /[=:>,(|?]/u;
const SAID = /(?:key|token|secret|password|credentials?|is|was|are)["'`\s]*$/iu;

function patternOf(word: string): string {
  return word.replaceAll(' ', '');
}

/** What a value of a kind is made of, at most. */
function charactersOf(kind: Beside['kind'], marks: string): Uint8Array {
  if (kind === 'alnum') return tableOf(marks);
  const isOf = kind === 'digits' ? isDigit : isHexDigit;
  const table = Uint8Array.from({ length: 128 }, (_, code) => Number(isOf(code)));
  if (kind === 'uuid') table[45] = 1;
  return table;
}

/** What is asked of every word behind a provider's name, worked out once. */
class Values {
  readonly #given: Beside;
  /** By length: 1 where a value may have it. */
  readonly #lengths: Uint8Array;
  readonly #table: Uint8Array;
  readonly #characters: Uint8Array;
  readonly #least: number;

  constructor(given: Beside) {
    const marks = given.kind === 'uuid' ? '-' : (given.also ?? '');
    this.#given = given;
    this.#table = tableOf(marks);
    this.#characters = charactersOf(given.kind, marks);
    const ranges = (given.kind === 'uuid' ? [36] : given.lengths).map((one) =>
      typeof one === 'number' ? [one, one] : one,
    );
    this.#lengths = new Uint8Array(Math.max(...ranges.map(([, most]) => most as number)) + 2);
    for (const [least = 0, most = 0] of ranges) this.#lengths.fill(1, least, most + 1);
    this.#least = this.#lengths.indexOf(1);
  }

  /** Whether as much as a value has stands in a row behind `from`, with its beginning before `most`. */
  mayFollow(text: string, from: number, most: number): boolean {
    return hasRun(this.#characters, text, from, most + this.#lengths.length, this.#least);
  }

  /** The end of the value at `at`, or -1: of the right length, and part of nothing longer. */
  endAt(text: string, at: number): number {
    const end = endIn(this.#table, text, at, at + this.#lengths.length - 1);
    if (this.#lengths[end - at] !== 1 || isGlued(text, end)) return -1;
    const value = text.slice(at, end);
    if (!isOfKind(value, this.#given.kind)) return -1;
    return this.#given.check === undefined || this.#given.check(value) ? end : -1;
  }
}

const GLUES = '-._/+:@';

/** What a `-`, `.`, `_` or the like joins to more letters is only part of something. */
function isGlued(text: string, end: number): boolean {
  return GLUES.includes(text[end] ?? ' ') && isAlnum(text.charCodeAt(end + 1));
}

function isOfKind(value: string, kind: Beside['kind']): boolean {
  if (kind === 'uuid') return beginsWithUuid(value);
  const { digits, lower, upper } = kindsOf(value);
  if (kind === 'digits') return digits === value.length;
  if (isHexBody(value)) return digits > 0 && lower + upper > 0;
  return kind === 'alnum' && (digits > 0 || (lower > 0 && upper > 0)) && lower + upper > 0 && isRandom(value);
}

/** Whether what stands between provider and value makes it that provider's secret. */
function isAssigned(before: string, between: string, isTelling: boolean): boolean {
  if (OTHERWISE.test(between)) return false;
  const said = SECRETISH.test(between) || SECRETISH.test(before);
  const at = between.search(OPERATOR);
  if (at === -1) return said && SAID.test(between);
  if (!said && !isTelling) return false;
  return (between.slice(at).match(/[A-Za-z][\w.-]*/gu) ?? []).every(
    (word) => GLUE.has(word.toLowerCase()) || SECRETISH.test(word),
  );
}

function findBeside(values: Values, kind: Beside['kind'], scan: Scan, at: number, to: number): void {
  const { text } = scan;
  const most = Math.min(text.length, to + REACH);
  if (!values.mayFollow(text, to, most)) return;
  let wasAlnum = true;
  for (let here = to; here < most; here += 1) {
    const code = text.charCodeAt(here);
    if (code === 91 && scan.isLabel(here)) return;
    const is = isAlnum(code);
    if (is && (!wasAlnum || isEscapeEnd(text, here))) {
      const end = values.endAt(text, here);
      if (end !== -1) {
        const before = /[\w.-]*$/u.exec(text.slice(Math.max(0, at - REACH_BACK), at))?.[0] ?? '';
        const isTelling = kind === 'alnum' && !isHexBody(text.slice(here, end));
        if (isAssigned(before, text.slice(to, here), isTelling)) scan.add(here, end);
        return;
      }
    }
    wasAlnum = is;
  }
}

/** The letter or the digits of an escape stand before it: `\n`, `%22`. */
function isEscapeEnd(text: string, at: number): boolean {
  if (text.charCodeAt(at - 2) === 92) return true;
  return text.charCodeAt(at - 3) === 37 && isDigit(text.charCodeAt(at - 2));
}

export function besideHook(beside: Beside): Hook {
  const anchors = beside.words.flatMap((word) => {
    const spellings = word.includes(' ')
      ? ['', ' ', '_', '-'].map((mark) => word.replaceAll(' ', mark))
      : [word];
    return spellings.map((text) => ({ text, wordStart: true }));
  });
  const values = new Values(beside);
  return { anchors, find: (scan, at, to) => findBeside(values, beside.kind, scan, at, to) };
}

const ENDINGS = [
  ...['key', 'apikey', 'token', 'apitoken', 'accesstoken', 'authtoken', 'secret', 'secretkey', 'apisecret'],
  ...['clientsecret', 'appkey', 'applicationkey', 'accesskey', 'apikeytoken', 'authkey', 'licensekey', 'pat'],
];

/** What a key or a column would be called that holds one. */
export function namesBeside({ words }: Beside): string[] {
  return words.flatMap((word) => ENDINGS.map((ending) => patternOf(word) + ending));
}

export function fitsValue(beside: Beside): (value: string) => boolean {
  const values = new Values(beside);
  return (value) => values.endAt(value, 0) === value.length;
}

const SAMPLE_UUID = ['7c1f0a9e', '4b2d', '4635', '9c1f', '0a9e4b2d8635'];

export function sampleBeside({ words, lengths, kind }: Beside): string {
  const [first = 36] = lengths;
  const length = typeof first === 'number' ? first : first[0];
  const value =
    kind === 'uuid' ? SAMPLE_UUID.join('-') : sampleBody(length, kind === 'hex' ? 'hex' : 'alnum');
  return `${(words[0] as string).replaceAll(' ', '_')}_api_key = "«${value}»"`;
}
