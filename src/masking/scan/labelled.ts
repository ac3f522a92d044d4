// Values in which labels stand: somebody may have written them there, and what stands beside them is still a value.
import { isAlnum } from './alphabet.ts';
import { endOfWord, LONGEST_VALUE } from './ends.ts';
import { labelEnd } from './labels.ts';
import type { Scan } from './scan.ts';

/** Longer than any label is. */
const LONGEST_LABEL = 120;
/** So much of a value says whether it is one. */
export const MOST_JUDGED = 2048;
/** Where labels are in it, which anybody may write in any number. */
const MOST_LABELLED = 160;
/** Stands for a label where its value is judged: a word that says nothing. */
export const WORD = 'labelled';
/** More marks between two labels are a value of their own. */
const MOST_BETWEEN = 3;
const OPENING = 91;
const CLOSING = 93;
const BACKSLASH = 92;

/** Behind a backslash: `n`, `r`, `t`. */
const isLineEnd = (code: number): boolean => code === 110 || code === 114 || code === 116;

/** Whether a label ends before `at`. */
export function endsLabel({ text, tables }: Scan, at: number): boolean {
  if (text.charCodeAt(at - 1) !== CLOSING) return false;
  const least = Math.max(0, at - LONGEST_LABEL);
  let open = at - 2;
  while (open > least && text.charCodeAt(open) !== OPENING) open -= 1;
  return text.charCodeAt(open) === OPENING && labelEnd(text, open, tables.types) === at;
}

/**
 * Whether labels are all that stands there, with a few marks between them or after them: what was masked already. A value
 * that only begins with a label, or has one in it, is still a value.
 */
export function isLabelsOnly(scan: Scan, start: number, end: number): boolean {
  if (!scan.isLabel(start)) return false;
  let marks = 0;
  for (let at = start; at < end; ) {
    const label = scan.endOfLabel(at);
    if (label !== -1) {
      at = label;
      marks = 0;
      continue;
    }
    const code = scan.text.charCodeAt(at);
    marks += 1;
    if (isAlnum(code) || code >= 128 || marks > MOST_BETWEEN) return false;
    at += code === BACKSLASH && isLineEnd(scan.text.charCodeAt(at + 1)) ? 2 : 1;
  }
  return true;
}

/** Whether a label begins between `from` and `to`. */
export function hasLabel(scan: Scan, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (scan.isLabel(at)) return true;
  return false;
}

/** Asked again within the same value, it is not run through again. */
let known = { turn: 0, from: 0, to: 0, isQuery: false };

/** The end of a value of which `end` was found to be the end: a label's bracket ends none. */
export function endPastLabels(scan: Scan, start: number, end: number, isQuery = false): number {
  const { text } = scan;
  if (text.charCodeAt(end) !== CLOSING || !endsLabel(scan, end + 1)) return end;
  if (known.isQuery === isQuery && end > known.from && end < known.to && known.turn === scan.turn)
    return known.to;
  let to = end;
  while (to < start + LONGEST_VALUE && text.charCodeAt(to) === CLOSING && endsLabel(scan, to + 1))
    to = endOfWord(text, to + 1, isQuery);
  known = { turn: scan.turn, from: start, to, isQuery };
  return to;
}

/** What of a value is not masked yet, or all of it with a `word` where labels stand. */
export function besideLabels(scan: Scan, start: number, end: number, word = ''): string {
  const { text } = scan;
  let rest = '';
  let from = start;
  for (let at = start; at < end; at += 1) {
    const label = text.charCodeAt(at) === OPENING ? scan.endOfLabel(at) : -1;
    if (label === -1) continue;
    rest += text.slice(from, at) + word;
    from = Math.min(label, end);
    at = label - 1;
  }
  return from === start ? text.slice(start, end) : rest + text.slice(from, end);
}

/** Whether a value under a detector's name is its, or would be without the labels in it. */
export function isJudged(
  scan: Scan,
  detector: number,
  start: number,
  end: number,
  where: 'quoted' | 'line',
): boolean {
  const whole = scan.tables.detectors[detector]?.whole;
  if (whole === undefined) return false;
  const given = scan.text.slice(start, Math.min(end, start + MOST_JUDGED));
  if (!given.includes('[')) return whole(given.trim(), where);
  const to = Math.min(end, start + MOST_LABELLED);
  const value = besideLabels(scan, start, to, WORD).trim();
  if (whole(value, where)) return true;
  const rest = besideLabels(scan, start, to).trim();
  return rest !== value && !/\s/u.test(value) && whole(rest, where);
}
