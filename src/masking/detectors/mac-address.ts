// MAC addresses: six pairs with colons or hyphens, or three groups of four with dots.
import type { Detector } from '../detector.ts';
import { isAlnum, isHexDigit, isLetter } from '../scan/alphabet.ts';
import type { Scan } from '../scan/scan.ts';

const DOT = 46;
const COLON = 58;
const DASH = 45;
const LONGEST = 17;

const isMark = (code: number) => code === COLON || code === DASH || code === DOT;

function areHex(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (!isHexDigit(text.charCodeAt(at))) return false;
  return true;
}

/** Whether groups of `width` stand from `start` to `end` with the same mark between, and no more of them around. */
function isGrouped(text: string, start: number, end: number, width: number): boolean {
  const mark = text.charCodeAt(start + width);
  for (let at = start; at < end; at += width + 1) {
    if (!areHex(text, at, at + width)) return false;
    if (at + width < end && text.charCodeAt(at + width) !== mark) return false;
  }
  const before = text.charCodeAt(start - 1);
  const isEscape = text.charCodeAt(start - 2) === 92;
  if (
    start > 0 &&
    !isEscape &&
    (isAlnum(before) || (before === mark && isHexDigit(text.charCodeAt(start - 2))))
  )
    return false;
  const after = text.charCodeAt(end);
  return !isAlnum(after) && !(after === mark && isHexDigit(text.charCodeAt(end + 1)));
}

const HARMLESS = /^(?:0[-:.]?)+$|^(?:f[-:.]?)+$/iu;

function hasLetter(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (isLetter(text.charCodeAt(at))) return true;
  return false;
}

/** The address whose first group begins at `start`, if there is one: its end, or -1. */
function endOfAddress(scan: Scan, start: number): number {
  const { text } = scan;
  for (let width = 2; width <= 4; width += 2) {
    const mark = text.charCodeAt(start + width);
    const isParted = width === 4 ? mark === DOT : mark === COLON || mark === DASH;
    if (!isParted || text.charCodeAt(start + 2 * width + 1) !== mark) continue;
    const end = start + (width === 4 ? 14 : 17);
    if (end > text.length || !isGrouped(text, start, end, width)) return -1;
    const first = text.charCodeAt(start) | 32;
    if ((first === 48 || first === 102) && HARMLESS.test(text.slice(start, end))) return -1;
    const isPlain = mark === COLON || hasLetter(text, start, end);
    return isPlain || scan.near(start, end) ? end : -1;
  }
  return -1;
}

/** Whether the group that ends at `to` has as many others beside it, parted by `mark`, as an address has. */
function hasOthers(text: string, to: number, mark: number): boolean {
  const width = mark === DOT ? 4 : 2;
  const step = width + 1;
  const enough = mark === DOT ? 3 : 6;
  let groups = 1;
  // No further than that: a text of nothing but groups is not run through from each of them.
  for (let at = to; groups < enough && at + step <= text.length && text.charCodeAt(at) === mark; at += step) {
    if (!areHex(text, at + 1, at + step)) break;
    groups += 1;
  }
  for (let at = to - step; groups < enough && at >= width && text.charCodeAt(at) === mark; at -= step) {
    if (!areHex(text, at - width, at)) break;
    groups += 1;
  }
  return groups >= enough;
}

/** Whether the digit at `at` could be in a group of an address: most are in numbers, dates and times. */
function mayBeGroup(text: string, at: number): boolean {
  const { length } = text;
  // A group has two hexadecimal digits, or four; perhaps with an escape's letter before it, which looks like one.
  const most = Math.min(length, at + 5);
  let to = at + 1;
  while (to < most && isHexDigit(text.charCodeAt(to))) to += 1;
  if (to - at > 4) return false;
  const least = Math.max(0, to - 5);
  let from = at;
  while (from > least && isHexDigit(text.charCodeAt(from - 1))) from -= 1;
  const width = to - from;
  if (width === 1) return false;
  const after = to < length ? text.charCodeAt(to) : 0;
  if (isMark(after) && hasOthers(text, to, after)) return true;
  // The last group, with any mark after it.
  for (let group = 2; group <= 4 && group <= width; group += 2) {
    const mark = to > group ? text.charCodeAt(to - group - 1) : 0;
    if (isMark(mark) && mark !== after && hasOthers(text, to, mark)) return true;
  }
  return false;
}

/** At a digit: of an address with letters in front, the first is further back. */
function digits(scan: Scan, at: number): void {
  const { text } = scan;
  if (!mayBeGroup(text, at)) return;
  for (let start = at; start >= 0 && at - start < LONGEST; start -= 1) {
    const code = text.charCodeAt(start);
    if (start < at && !isHexDigit(code) && !isMark(code)) return;
    const end = isHexDigit(code) ? endOfAddress(scan, start) : -1;
    if (end === -1 || end <= at) continue;
    scan.add(start, end);
    return;
  }
}

const macAddress: Detector = {
  type: 'MAC_ADDRESS',
  kind: 'network',
  title: 'MAC addresses',
  example: 'link/ether «02:42:ac:1f:00:9b» brd',
  check:
    'six pairs, or three groups of four; those of digits only need a word beside them unless colons part them',
  tells: 'structure',
  rank: 6,
  words: ['mac', 'mac address', 'hwaddr', 'ether', 'hardware address', 'bssid', 'physical address', 'wlan'],
  names: [
    'mac',
    'macaddress',
    'macaddr',
    'hwaddr',
    'hwaddress',
    'hardwareaddress',
    'bssid',
    'ethernetaddress',
  ],
  whole: (value) => /^[0-9a-f]{12}$/iu.test(value) && !HARMLESS.test(value),
  stretches: [
    { run: [[2, 5]], within: 'dashes' },
    { run: [[2, 5]], within: 'dots' },
    { run: [[2, 5]], before: ':-.' },
    { run: [[2, 5]], after: ':-.' },
  ],
  digits,
};

export const detectors = [macAddress];
