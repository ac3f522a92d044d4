// Numbers whose form tells nothing and that stand after or before a word that says what they are.
import { isAlnum, isLower } from '../../scan/alphabet.ts';
import { OTHER_THINGS } from '../../scan/context.ts';
import type { Scan } from '../../scan/scan.ts';

/** How far from the word a value may begin. */
const AFTER = 64;
const BEFORE = 40;
/** And how far from one value the next. */
const NEXT = 24;
/** How far into a value its first digit may stand. */
const LONGEST_LEAD = 16;
const ANYWHERE = 1000;
const NOWHERE = 0x3fff_ffff;
const MOST = 3;
/** A table's head and the line below it may stand between. */
const MOST_LINES = 2;
const BACKSLASH = 92;
const PERCENT = 37;
const OPENING = 91;
const LABEL_ENDS = 93;
const LINE_END = 10;

/** A pattern of whole values: sticky, and nothing that belongs to more may follow. */
export function valuePattern(source: string, flags = 'iuy'): RegExp {
  return new RegExp(`(?:${source})(?![A-Za-z0-9]|[.-][0-9])`, flags);
}

function endAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

/** Whether a value may begin at `at`. An escaped line end or a blank of a URL may be glued to it. */
export function startsValue(text: string, at: number): boolean {
  if (at === 0 || !isAlnum(text.charCodeAt(at - 1))) return true;
  if (text.charCodeAt(at - 2) === BACKSLASH) return 'nrt'.includes(text[at - 1] as string);
  return text.charCodeAt(at - 3) === PERCENT;
}

const OF_OTHERS = new RegExp(`(?<![a-z])(?:${OTHER_THINGS.join('|')})s?(?![a-z])`, 'iu');

/** What stands between the word and the value is still to be looked at. */
export function addAhead(scan: Scan, start: number, end: number): void {
  const { covered } = scan;
  scan.add(start, end);
  scan.covered = covered;
}

/** What has to be looked at on the way to a digit: that, what may begin or end a label, the end of a line. */
const STOPS = new Uint8Array(128);
for (const mark of '0123456789[]\n') STOPS[mark.charCodeAt(0)] = 1;

/** From `at` on, or `most`. */
function nextStop(text: string, at: number, most: number): number {
  let stop = at;
  while (stop < most) {
    const code = text.charCodeAt(stop);
    if (code < 128 && STOPS[code] === 1) break;
    stop += 1;
  }
  return stop;
}

/** Whether a value was there, or a label that says there was: nothing comes into reach because what was masked is shorter. */
function lookAfter(scan: Scan, pattern: RegExp, to: number, lead: number): boolean {
  const { text } = scan;
  let most = Math.min(text.length, to + AFTER);
  let from = to;
  let lines = 0;
  let stop = -1;
  for (let at = to, found = 0; at < most && found < MOST; at += 1) {
    if (lead !== ANYWHERE) {
      // Most of a text is too far from a digit to begin a value.
      if (stop < at) stop = nextStop(text, at, Math.min(text.length, most + lead + 1));
      if (stop - at > lead) {
        at = stop - lead - 1;
        continue;
      }
    }
    const code = text.charCodeAt(at);
    if (code === OPENING && scan.isLabel(at)) return true;
    if (code === LINE_END) lines += 1;
    if (lines > MOST_LINES) break;
    if (!isAlnum(code) || !startsValue(text, at)) continue;
    const end = endAt(pattern, text, at);
    if (end === -1) continue;
    if (OF_OTHERS.test(text.slice(from, at))) break;
    addAhead(scan, at, end);
    found += 1;
    most = Math.min(text.length, end + NEXT);
    from = end;
    at = end;
  }
  return from > to;
}

function lookBefore(scan: Scan, pattern: RegExp, from: number, lead: number): void {
  const { text } = scan;
  const least = Math.max(0, from - BEFORE);
  let digit = lead === ANYWHERE ? from : NOWHERE;
  for (let at = from - 1; at >= least; at -= 1) {
    const code = text.charCodeAt(at);
    if (code < 128 && STOPS[code] === 1) {
      if (code === LABEL_ENDS || code === LINE_END) return;
      digit = code === OPENING ? digit : at;
    }
    if (digit - at > lead || !isAlnum(code) || !startsValue(text, at)) continue;
    const end = endAt(pattern, text, at);
    if (end === -1 || end > from) continue;
    if (!OF_OTHERS.test(text.slice(least, at))) scan.add(at, end);
    return;
  }
}

const PART = /\\d|\[[\d-]*\]|\[A-Z\]|\\.|\[[^\]]*\]/gu;

/**
 * How far into a value of a pattern its first digit may stand; `ANYWHERE` where it need not have one, as far as can be
 * told easily. No pattern has more before its first digit than a dozen characters.
 */
export function leadOf(source: string): number {
  // Digits become `D`, letters `L`, all else `C`.
  let plain = source.replaceAll(PART, (part) => {
    if (part === '[A-Z]') return 'L';
    return /^(?:\\d|\[[\d-]*\])$/u.test(part) ? 'D' : 'C';
  });
  const isFirst = /^D(?![?*]|\{0)[^|]*$/u.test(plain);
  plain = plain.replaceAll('(?=L*D)', 'D');
  // What stands in groups, which may be left out, says nothing.
  for (let before = ''; before !== plain; ) {
    before = plain;
    plain = plain.replaceAll(/\([^()]*\)/gu, '');
  }
  if (!plain.split('|').every((one) => /D(?![?*]|\{0)/u.test(one))) return ANYWHERE;
  return isFirst ? 0 : LONGEST_LEAD;
}

/** At a word from `from` to `to`: adds the values beside it, those that follow rather than one before. */
export function findBeside(scan: Scan, pattern: RegExp, from: number, to: number, lead = ANYWHERE): void {
  const { text } = scan;
  const next = to < text.length ? text.charCodeAt(to) : LINE_END;
  // Only the beginning of another word, but for a plural.
  if (isLower(next) && (next !== 115 || isAlnum(text.charCodeAt(to + 1)))) return;
  if (!lookAfter(scan, pattern, to, lead)) lookBefore(scan, pattern, from, lead);
}

/** A value as a query string has it, without its escapes. */
export function unescaped(value: string): string {
  if (!value.includes('%')) return value;
  return value.replaceAll(/%(20|2[d-f])/giu, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
