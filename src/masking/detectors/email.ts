// Email addresses: as they are written, encoded in URLs, and spelt out (`jo [at] example [dot] com`).
import type { Detector } from '../detector.ts';
import { isAlnum, isDigit, isHexDigit, isLetter } from '../scan/alphabet.ts';
import type { Scan } from '../scan/scan.ts';

const LONGEST_LOCAL = 128;
const LONGEST_DOMAIN = 255;
const LONGEST_QUOTED = 64;
const LONGEST_TLD = 24;

/**
 * What a local part is made of in practice. RFC 5322 also allows `/ = ? & { | }` and a backtick, but beside an address
 * these are nearly always a query, a path or a template, and must stay.
 */
const OF_LOCAL = new Uint8Array(128);
for (let code = 0; code < 128; code += 1) if (isAlnum(code)) OF_LOCAL[code] = 1;
for (const mark of "._%+'~-!#$*^") OF_LOCAL[mark.charCodeAt(0)] = 1;

/** Letters beyond ASCII: not the marks, quotes and blanks of the blocks that hold those. */
function isFarLetter(code: number): boolean {
  if (code < 0xc0 || code === 0xd7 || code === 0xf7) return false;
  return !((code >= 0x2000 && code < 0x2c00) || (code >= 0x3000 && code < 0x3005) || code >= 0xff00);
}

/** Scripts that put no blanks between words, so that a run of them is no sign of belonging together. */
function isUnspaced(code: number): boolean {
  return code >= 0x2e80 && code < 0xac00 + 11_172;
}

function isOfLocal(code: number, besideAscii: boolean): boolean {
  return code < 128 ? OF_LOCAL[code] === 1 : isFarLetter(code) && !(besideAscii && isUnspaced(code));
}

/** At a `%`: `%3D` ends what stands before it; `%2B` is the plus in `jo%2Bshop`. */
function isEncodedEnd(text: string, at: number): boolean {
  if (!isHexDigit(text.charCodeAt(at + 1)) || !isHexDigit(text.charCodeAt(at + 2))) return false;
  return !/^%(?:2B|2E|2D|5F|27)$/iu.test(text.slice(at, at + 3));
}

function startOfLocal(text: string, at: number): number {
  const besideAscii = text.charCodeAt(at - 1) < 128;
  const least = Math.max(0, at - LONGEST_LOCAL);
  let start = at;
  while (start > least) {
    const code = text.charCodeAt(start - 1);
    if (!isOfLocal(code, besideAscii)) break;
    start -= 1;
    if (code === 37 && isEncodedEnd(text, start)) {
      start += 3;
      break;
    }
  }
  start = Math.min(start, at);
  if (start > 0 && text.charCodeAt(start - 1) === 92) start += escapedLength(text, start);
  while (start < at && !isAlnum(text.charCodeAt(start)) && text.charCodeAt(start) < 0xc0) start += 1;
  return start;
}

/** After a backslash: the `n` of a line end, the `u003c` of an opening bracket. */
function escapedLength(text: string, at: number): number {
  const letter = text[at];
  if (letter === 'n' || letter === 'r' || letter === 't') return 1;
  return letter === 'u' && /^[0-9a-f]{4}$/iu.test(text.slice(at + 1, at + 5)) ? 5 : 0;
}

const QUOTED = /"[A-Za-z0-9][\w.+ -]*"$/u;

/** `"jo bloggs"@example.com`: where the quote opens, or -1. */
function startOfQuoted(text: string, at: number): number {
  if (text.charCodeAt(at - 1) !== 34) return -1;
  const from = Math.max(0, at - LONGEST_QUOTED);
  const before = text.slice(from, at);
  const open = before.lastIndexOf('"', before.length - 2);
  return open !== -1 && QUOTED.test(before.slice(open)) ? from + open : -1;
}

/** No domain ends in these: names of files, of units of systemd. */
const NO_TLD = new Set(
  (
    'png jpg jpeg gif svg webp css js mjs ts tsx jsx json yaml yml xml html htm txt log cfg conf toml lock exe dll jar ' +
    'war pdf doc docx xls xlsx csv java cpp class service socket timer mount scope slice target'
  ).split(' '),
);

/** By a hash of what those are made of: where it has a 0, none of them is. */
const MAY_BE_NO_TLD = new Uint8Array(1024);
for (const word of NO_TLD) MAY_BE_NO_TLD[hashOf(word, 0, word.length)] = 1;

function hashOf(text: string, from: number, to: number): number {
  let hash = 0;
  for (let at = from; at < to; at += 1) hash = (hash * 33 + (text.charCodeAt(at) | 32)) & 1023;
  return hash;
}

function isNoTld(text: string, from: number, to: number): boolean {
  if (MAY_BE_NO_TLD[hashOf(text, from, to)] === 0) return false;
  return NO_TLD.has(text.slice(from, to).toLowerCase());
}

const OF_LABEL = new Uint8Array(128);
for (let code = 0; code < 128; code += 1) if (isAlnum(code) || code === 45) OF_LABEL[code] = 1;

function endOfLabel(text: string, from: number, most: number): number {
  let end = from;
  for (; end < most; end += 1) {
    const code = text.charCodeAt(end);
    if (code < 128) {
      if (OF_LABEL[code] === 0) break;
      continue;
    }
    // After `.com` another script may go on where no blank parts it.
    if (!isFarLetter(code) || (end > from && isUnspaced(code) && text.charCodeAt(end - 1) < 128)) break;
  }
  return end;
}

/** How much of a label could be a top level domain: `com` of `com-and`. */
function tldLength(text: string, from: number, end: number): number {
  if ((text.charCodeAt(from) | 32) === 120 && text.slice(from, from + 4).toLowerCase() === 'xn--')
    return end - from;
  let at = from;
  while (at < end && (isLetter(text.charCodeAt(at)) || text.charCodeAt(at) >= 0xc0)) at += 1;
  const length = at - from;
  if (length < 2 || length > LONGEST_TLD || isDigit(text.charCodeAt(at))) return 0;
  return isNoTld(text, from, at) ? 0 : length;
}

/** Where the domain that begins at `from` ends: after its last label that could be a top level one; or -1. */
function endOfDomain(text: string, from: number): number {
  const most = Math.min(text.length, from + LONGEST_DOMAIN);
  let best = -1;
  let labels = 0;
  for (let at = from; at < most; ) {
    const end = endOfLabel(text, at, most);
    if (end === at || text.charCodeAt(at) === 45) break;
    labels += 1;
    const length = labels > 1 ? tldLength(text, at, end) : 0;
    if (length > 0) best = at + length;
    else if (labels > 1 && isNoTld(text, at, end)) best = -1;
    if (text.charCodeAt(end) !== 46) break;
    at = end + 1;
  }
  return best === -1 || isVersion(text, from) ? -1 : best;
}

/** `react@18.2.0-rc.next`, `icon@2x.example`: what follows is no host. */
function isVersion(text: string, from: number): boolean {
  const first = text.charCodeAt(from);
  if (!isDigit(first) && first !== 118) return false;
  return /^(?:\d+\.\d+\.|v?\d+(?:\.\d+)?x\.|v\d+\.\d)/u.test(text.slice(from, from + 12));
}

const LITERAL = /\[(?:IPv6:[0-9a-f:.]{2,45}|\d{1,3}(?:\.\d{1,3}){3})\]/iuy;

function endAfterAt(text: string, to: number): number {
  if (text.charCodeAt(to) !== 91) return endOfDomain(text, to);
  LITERAL.lastIndex = to;
  return LITERAL.test(text) ? LITERAL.lastIndex : -1;
}

/** `git@github.com:owner/name` says where a repository is, and is the same for everybody. */
function isRepository(text: string, start: number, at: number): boolean {
  return at - start === 3 && /^(?:git|svn)/u.test(text.slice(start, at));
}

/** The `@` of a URL whose user or password was found: what follows is its host. */
function isUserinfo({ text, covered }: Scan, at: number): boolean {
  return (
    covered === at &&
    at > 0 &&
    /(?::(?:\/\/|\\\/\\\/)|%3A%2F%2F)\S*$/iu.test(text.slice(Math.max(0, at - 160), at))
  );
}

function findWritten(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  const quoted = startOfQuoted(text, at);
  const start = quoted === -1 ? startOfLocal(text, at) : quoted;
  if (start >= at || isRepository(text, start, at) || isUserinfo(scan, at)) return;
  const end = endAfterAt(text, to);
  if (end !== -1) scan.add(start, end);
}

const LOCAL_BEFORE = /(?<![\w.+%-])[a-z0-9][\w.+-]{0,63}\s?$/iu;
const SPELT_DOMAIN =
  /\s?[a-z0-9](?:[a-z0-9-]{0,62})(?:\s?(?:[[({<]\s?(?:dot|punkt|point|punto)\s?[\])}>]|\bdot\b|\.)\s?[a-z][a-z0-9-]{1,62}){1,4}/iuy;

/** `jo [at] example [dot] com`, `jo(at)example.com`. */
function findBracketed(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  const before = LOCAL_BEFORE.exec(text.slice(Math.max(0, at - LONGEST_QUOTED), at))?.[0];
  SPELT_DOMAIN.lastIndex = to;
  if (before !== undefined && SPELT_DOMAIN.test(text)) scan.add(at - before.length, SPELT_DOMAIN.lastIndex);
}

const SPELT_BEFORE =
  /(?<![\w.+%-])[a-z0-9][\w.+-]{0,63} at (?!(?:the|an?|this|that|these|our|my|your|any|some|each|every)\b)[a-z0-9][a-z0-9-]{0,62}(?: dot [a-z0-9-]{1,62})?$/iu;
const SPELT_TLD =
  /(?:com|org|net|edu|gov|io|co dot uk|co|de|fr|es|it|nl|pl|uk|eu|ch|at|be|ca|au|info|dev|app)\b/iuy;

/** `jo at example dot com`: only with a top level domain that is beyond doubt. */
function findSpelt(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  const before = SPELT_BEFORE.exec(text.slice(Math.max(0, at - 2 * LONGEST_QUOTED), at))?.[0];
  SPELT_TLD.lastIndex = to;
  if (before !== undefined && SPELT_TLD.test(text)) scan.add(at - before.length, SPELT_TLD.lastIndex);
}

const WIDE_AT = 0xff20;
/** With what a domain begins with: alone it would have all that is not ASCII looked at. */
const WIDE_ATS = [...'abcdefghijklmnopqrstuvwxyz0123456789'].map((first) => ({
  text: `${String.fromCharCode(WIDE_AT)}${first}`,
}));

const BRACKETED = ['[at]', '(at)', '{at}', '<at>', '[ at ]', '( at )', '[@]', '(@)'];

const email: Detector = {
  type: 'EMAIL',
  kind: 'contact',
  title: 'Email addresses',
  example: 'write to «jo.bloggs+shop@mail.example.co.uk» about it',
  check:
    'a local part and a domain with a dot whose last label could be a top level one; `user@localhost`, `git@` of ' +
    'repositories, versions of packages and names of files are none',
  tells: 'structure',
  rank: 6,
  anchors: [
    { text: '@' },
    { text: '%40' },
    ...WIDE_ATS,
    { text: 'dot ', wordStart: true },
    ...BRACKETED.map((text) => ({ text })),
  ],
  find(scan: Scan, at: number, to: number) {
    const first = scan.text.charCodeAt(at);
    if (first === 64 || first === 37) findWritten(scan, at, to);
    else if (first === WIDE_AT) findWritten(scan, at, at + 1);
    else if (!isLetter(first)) findBracketed(scan, at, to);
    else if (at > 0 && scan.text.charCodeAt(at - 1) === 32) findSpelt(scan, at - 1, to);
  },
};

export const detectors = [email];
