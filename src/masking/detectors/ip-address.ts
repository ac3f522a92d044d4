// IPv4 and IPv6 addresses, in every spelling, with or without a port, a prefix length or a zone.
import type { Detector } from '../detector.ts';
import { isAlnum, isDigit, isHexDigit, isLetter } from '../scan/alphabet.ts';
import type { Scan } from '../scan/scan.ts';

const DOT = 46;
const COLON = 58;
const LONGEST_IPV6 = 45;
const SHORTEST_IPV4 = '1.1.1.1'.length;
/** Of a stretch that is longer, what goes on with it may have been cut off. */
const LONGEST_WHOLE = 40;

/** Where the number that begins at `at` ends, or -1 where it is no octet. */
function endOfOctet(text: string, at: number): number {
  let value = 0;
  let to = at;
  const most = Math.min(text.length, at + 4);
  while (to < most && isDigit(text.charCodeAt(to))) {
    value = value * 10 + text.charCodeAt(to) - 48;
    to += 1;
  }
  return to === at || to - at > 3 || value > 255 ? -1 : to;
}

/** The end of the four octets that begin at `at`, or -1. */
function endOfIpv4(text: string, at: number): number {
  let to = endOfOctet(text, at);
  for (let octets = 1; octets < 4; octets += 1) {
    if (to === -1 || text.charCodeAt(to) !== DOT) return -1;
    to = endOfOctet(text, to + 1);
  }
  if (to === -1 || isLetter(text.charCodeAt(to)) || text.charCodeAt(to) === 95) return -1;
  return text.charCodeAt(to) === DOT && isAlnum(text.charCodeAt(to + 1)) ? -1 : to;
}

/** Numbers that programs have, just before: `version 1.2.3.4`, `Chrome/1.2.3.4`, `v1.2.3.4`, `§ 1.2.3.4`. */
const VERSION =
  /(?:\bv(?:er(?:sion)?s?)?\.?|\b(?:release|build|firmware|revision|rev|section|sect|chapter|clause|oid|sdk|driver|update|upgrade[d]?|assembly(?:file)?version\(|dotnet|chrome|chromium|firefox|edg|opr|safari|windows nt|android|ios|nuget|package|[a-z]+version)["'()]?|§)[\s:="'/(]{0,4}(?:(?:to|from|is|of|number|no)[\s.:]{1,2})?$/iu;

/** The last letters of the words in it, three of each, by five bits of a letter. */
const VERSION_TAILS = new Uint8Array(1 << 15);
/** Those that may stand between. */
const JOINING = /^(?:to|from|is|of|number|no)$/iu;
for (const tail of 'ver ers ion ons ase ild are rev ect ter use oid sdk ate ade ded net ome ium fox edg opr ari get age ios'.split(
  ' ',
))
  VERSION_TAILS[tailOf(tail, tail.length)] = 1;

function tailOf(text: string, to: number): number {
  const one = text.charCodeAt(to - 3) & 31;
  return (one << 10) | ((text.charCodeAt(to - 2) & 31) << 5) | (text.charCodeAt(to - 1) & 31);
}

const [V, T, O, N, S, I, F, M, R, E] = [118, 116, 111, 110, 115, 105, 102, 109, 114, 101] as const;

const LEAD_MARKS = new Uint8Array(128);
for (const mark of ' \t\n\v\f\r:="\'/().') LEAD_MARKS[mark.charCodeAt(0)] = 1;

/** Whether the word before `from`, or that before a `to`, `is` or `from`, could be of a version. */
function mayFollowVersion(text: string, from: number, least: number): boolean {
  let at = from;
  for (let words = 0; words < 2; words += 1) {
    while (at > least && isLeadMark(text.charCodeAt(at - 1))) at -= 1;
    const to = at;
    while (at > least && isLetter(text.charCodeAt(at - 1))) at -= 1;
    // `§`, a long s: the pattern knows.
    if (at > least && text.charCodeAt(at - 1) >= 128) return true;
    if (to === at) return false;
    const last = text.charCodeAt(to - 1) | 32;
    if (to - at < 3 ? last === V || last === T : VERSION_TAILS[tailOf(text, to)] === 1) return true;
    if (!endsJoining(text, at, to)) return false;
    // Grown together with a word before it.
    if (!JOINING.test(text.slice(at, to))) return true;
  }
  return false;
}

/** `to`, `no`, `is`, `of`, `from`, `number`, and what else ends like these. */
function endsJoining(text: string, at: number, to: number): boolean {
  if (to - at < 2) return false;
  const last = text.charCodeAt(to - 1) | 32;
  const second = text.charCodeAt(to - 2) | 32;
  if (last === O) return second === T || second === N;
  if (last === S) return second === I;
  if (last === F || last === M) return second === O;
  return last === R && second === E;
}

function isLeadMark(code: number): boolean {
  return code < 128 && LEAD_MARKS[code] === 1;
}

const isHarmless = (text: string) => text === '127.0.0.1' || text === '0.0.0.0';

function digits(scan: Scan, at: number, to: number): void {
  findIpv6(scan, at, to);
  if (to - at >= SHORTEST_IPV4 && hasDots(scan.text, at, to)) findIpv4(scan, at, to);
}

/** Whether the stretch has three dots, or may be cut within an address. */
function hasDots(text: string, at: number, to: number): boolean {
  if (to - at > LONGEST_WHOLE) return true;
  let dots = 0;
  for (let here = at + 1; here < to; here += 1) if (text.charCodeAt(here) === DOT) dots += 1;
  return dots > 2;
}

function findIpv4(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  for (let from = at; from < to; ) {
    let end = from + 1;
    while (end < text.length && isDigit(text.charCodeAt(end))) end += 1;
    const isFirst =
      end < text.length && text.charCodeAt(end) === DOT && (begins(text, from) || isEscape(text, from));
    const whole = isFirst ? endOfIpv4(text, from) : -1;
    if (whole !== -1) {
      addIpv4(scan, from, whole);
      end = whole;
    }
    while (end < to && !isDigit(text.charCodeAt(end))) end += 1;
    from = end;
  }
}

function begins(text: string, at: number): boolean {
  if (at === 0) return true;
  const before = text.charCodeAt(at - 1);
  if (isAlnum(before) || before === 95) return false;
  return !(before === DOT && at > 1 && isDigit(text.charCodeAt(at - 2)));
}

/** `\n10.0.0.1`, `%2210.0.0.1`. */
function isEscape(text: string, at: number): boolean {
  return at > 1 && text.charCodeAt(at - 2) === 92 && 'nrt'.includes(text[at - 1] as string);
}

function addIpv4(scan: Scan, from: number, to: number): void {
  const { text } = scan;
  if (to - from < 10 && isHarmless(text.slice(from, to))) return;
  // What was masked is no word about it, as its label is none.
  const least = Math.max(Math.min(scan.covered, from), from - 28, 0);
  if (!scan.isNamed && mayFollowVersion(text, from, least) && VERSION.test(text.slice(least, from))) return;
  scan.add(from, to);
}

/** The end of up to four hexadecimal digits. */
function endOfGroup(text: string, at: number): number {
  let to = at;
  while (to - at < 5 && isHexDigit(text.charCodeAt(to))) to += 1;
  return to;
}

interface Read {
  readonly end: number;
  readonly groups: number;
  readonly isShortened: boolean;
  readonly hasIpv4: boolean;
}

/** Groups, and one `::` among them at most, from `at` on. */
function readIpv6(text: string, at: number): Read | undefined {
  let [to, groups, isShortened] = [at, 0, false];
  if (text.charCodeAt(to) === COLON) {
    if (text.charCodeAt(to + 1) !== COLON) return undefined;
    [to, isShortened] = [to + 2, true];
  }
  while (groups < 8) {
    const end = endOfGroup(text, to);
    if (end === to) break;
    if (end - to > 4) return undefined;
    if (
      text.charCodeAt(end) === DOT &&
      isDigit(text.charCodeAt(end + 1)) &&
      groups > 0 - Number(isShortened)
    ) {
      const whole = endOfIpv4(text, to);
      return whole === -1 ? undefined : { end: whole, groups: groups + 2, isShortened, hasIpv4: true };
    }
    groups += 1;
    to = end;
    if (text.charCodeAt(to) !== COLON) break;
    const isDouble = text.charCodeAt(to + 1) === COLON;
    if (isDouble && isShortened) return undefined;
    if (isDouble) isShortened = true;
    else if (!isHexDigit(text.charCodeAt(to + 1)) || groups === 8) break;
    to += isDouble ? 2 : 1;
  }
  return { end: to, groups, isShortened, hasIpv4: false };
}

const WORDS = [
  'ip',
  'ipv6',
  'ipv4',
  'ip address',
  'inet6',
  'nameserver',
  'subnet',
  'gateway',
  'listening on',
];

/** `a::b` is C++, `1::2` anything: an address has more to it, or a word beside it. */
function isAddress(scan: Scan, from: number, read: Read): boolean {
  const { text } = scan;
  if (!read.isShortened) return read.groups === 8;
  if (read.groups > 7 || read.groups === 0) return false;
  const address = text.slice(from, read.end);
  if (/^[:0]*:0*1?$/u.test(address)) return false;
  if (read.hasIpv4) return !/:(?:127\.|0\.0\.0\.0$)/u.test(address);
  if (scan.isNamed || scan.near(from, read.end)) return true;
  if (!/\d/u.test(address)) return false;
  const first = text.indexOf(':', from) - from;
  return read.groups >= 4 || first >= 3 || (first === 2 && read.groups > 2);
}

/** Of an IPv6 address around the digit at `at`: where it may begin. */
function startOfIpv6(text: string, at: number): number {
  let from = at;
  while (from > 0 && at - from < LONGEST_IPV6) {
    const code = text.charCodeAt(from - 1);
    if (!isHexDigit(code) && code !== COLON) break;
    from -= 1;
  }
  // `addr:2001:db8::1`, `host::1`: one colon before the first group, or the end of a word, is no part of it.
  if (text.charCodeAt(from) === COLON && text.charCodeAt(from + 1) !== COLON) return from + 1;
  const before = text.charCodeAt(from - 1);
  if (from === 0 || !(isAlnum(before) || before === 95 || before === 36) || isEscape(text, from)) return from;
  const colon = text.indexOf(':', from);
  if (colon === -1 || colon >= at || text.charCodeAt(colon + 1) === COLON) return -1;
  return colon + 1;
}

/** Whether a `::` or a second colon stands behind the first group. */
function hasColons(text: string, from: number): boolean {
  const first = endOfGroup(text, from);
  if (first >= text.length || text.charCodeAt(first) !== COLON) return false;
  if (first + 1 >= text.length) return false;
  if (text.charCodeAt(first + 1) === COLON) return true;
  const second = endOfGroup(text, first + 1);
  return second < text.length && text.charCodeAt(second) === COLON;
}

/** Whether the group around the digit at `at` is short enough, and a colon stands before or after it. */
function isBesideColon(text: string, at: number): boolean {
  const least = Math.max(0, at - 4);
  let from = at;
  while (from > least && isHexDigit(text.charCodeAt(from - 1))) from -= 1;
  const most = Math.min(text.length, from + 5);
  let to = at + 1;
  while (to < most && isHexDigit(text.charCodeAt(to))) to += 1;
  if (to - from > 4) return false;
  if (from > 0 && text.charCodeAt(from - 1) === COLON) return true;
  return to < text.length && text.charCodeAt(to) === COLON;
}

function findIpv6(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  const before = at === 0 ? 0 : text.charCodeAt(at - 1);
  const after = to < text.length ? text.charCodeAt(to) : 0;
  if (before !== COLON && after !== COLON && !isHexDigit(before) && !isHexDigit(after)) return;
  if (!isBesideColon(text, at)) return;
  const from = startOfIpv6(text, at);
  if (from === -1 || from < scan.covered) return;
  // Most colons stand before a value, or in a time.
  if (!hasColons(text, from)) return;
  const read = readIpv6(text, from);
  if (read === undefined || read.end <= at) return;
  const next = text.charCodeAt(read.end);
  if (isAlnum(next) || next === 95) return;
  if (
    next === COLON &&
    (text.charCodeAt(read.end + 1) === COLON || isHexDigit(text.charCodeAt(read.end + 1)))
  )
    return;
  if (isAddress(scan, from, read)) scan.add(from, read.end);
}

const ipAddress: Detector = {
  type: 'IP_ADDRESS',
  kind: 'network',
  title: 'IPv4 and IPv6 addresses',
  example: 'connect to «203.0.113.7»:443',
  check:
    'four octets of at most 255 that are no version, or eight groups or `::`; 127.0.0.1, 0.0.0.0, ::1 and :: stay',
  tells: 'structure',
  rank: 4,
  words: WORDS,
  names: ['ip', 'ipaddress', 'ipaddr', 'ipv4', 'ipv6', 'remoteaddr', 'clientip', 'xforwardedfor', 'xrealip'],
  stretches: [{ within: 'dots' }, { run: [[1, 6]], before: ':.' }, { run: [[1, 6]], after: ':.' }],
  digits,
};

export const detectors = [ipAddress];
