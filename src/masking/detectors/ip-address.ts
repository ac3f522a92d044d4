// IPv4 and IPv6 addresses, in every spelling, with or without a port, a prefix length or a zone.
import type { Detector } from '../detector.ts';
import { isAlnum, isDigit, isHexDigit, isLetter } from '../scan/alphabet.ts';
import type { Scan } from '../scan/scan.ts';

const DOT = 46;
const COLON = 58;
const LONGEST_IPV6 = 45;
const SHORTEST_IPV4 = '1.1.1.1'.length;

/** Where the number that begins at `at` ends, or -1 where it is no octet. */
function endOfOctet(text: string, at: number): number {
  let value = 0;
  let to = at;
  while (to - at < 4 && isDigit(text.charCodeAt(to))) {
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

const isHarmless = (text: string) => text === '127.0.0.1' || text === '0.0.0.0';

function digits(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  findIpv6(scan, at, to);
  if (to - at < SHORTEST_IPV4) return;
  for (let from = at; from < to; ) {
    const before = text.charCodeAt(from - 1);
    let end = from;
    while (end < text.length && isDigit(text.charCodeAt(end))) end += 1;
    const begins =
      !isAlnum(before) && before !== 95 && !(before === DOT && isDigit(text.charCodeAt(from - 2)));
    const whole =
      text.charCodeAt(end) === DOT && (begins || isEscape(text, from)) ? endOfIpv4(text, from) : -1;
    if (whole !== -1) {
      addIpv4(scan, from, whole);
      end = whole;
    }
    while (end < to && !isDigit(text.charCodeAt(end))) end += 1;
    from = end;
  }
}

/** `\n10.0.0.1`, `%2210.0.0.1`. */
function isEscape(text: string, at: number): boolean {
  return text.charCodeAt(at - 2) === 92 && 'nrt'.includes(text[at - 1] as string);
}

function addIpv4(scan: Scan, from: number, to: number): void {
  const { text } = scan;
  if (isHarmless(text.slice(from, to))) return;
  // What was masked is no word about it, as its label is none.
  const lead = text.slice(Math.max(Math.min(scan.covered, from), from - 28), from);
  if (!scan.isNamed && VERSION.test(lead)) return;
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

function findIpv6(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  const before = text.charCodeAt(at - 1);
  const after = text.charCodeAt(to);
  if (before !== COLON && after !== COLON && !isHexDigit(before) && !isHexDigit(after)) return;
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
  stretches: { with: ['dot', 'colon'] },
  digits,
};

export const detectors = [ipAddress];
