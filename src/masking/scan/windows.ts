// Which stretches of a text are looked at again around what was masked: as much on both sides as anything there looks at.

/** What is looked at, and what of it is sought: before that stands what speaks of it, and after it where it ends. */
export interface Window {
  readonly from: number;
  readonly soughtFrom: number;
  readonly soughtTo: number;
  readonly to: number;
}

export interface Place {
  readonly from: number;
  readonly to: number;
}

/** So far from a label something may be seen for it; nothing that tells a value stands further from it. */
const SOUGHT = 512;
/** What speaks of a value, or begins it, stands no further before it; nor what ends it after it. */
const AROUND = 512;
/** How much further a line, or else a word, may begin or end. */
const SLACK = 1024;
/** Where windows hold more of a text than that, all of it is looked at. */
const MOST_OF_TEXT = 0.5;

const BLANK = 32;
const LINE_END = 10;

function lastBefore(text: string, code: number, at: number, least: number): number {
  for (let here = at; here > least; here -= 1) if (text.charCodeAt(here - 1) === code) return here;
  return -1;
}

function firstAfter(text: string, code: number, at: number, most: number): number {
  for (let here = at; here < most; here += 1) if (text.charCodeAt(here) === code) return here;
  return -1;
}

/** Where a line begins, or a word, at `at` or somewhat before it; -1 where there is neither. */
function beginningBefore(text: string, at: number): number {
  if (at <= SLACK) return 0;
  const line = lastBefore(text, LINE_END, at, at - SLACK);
  return line === -1 ? lastBefore(text, BLANK, at, at - SLACK) : line;
}

function endAfter(text: string, at: number): number {
  const most = at + SLACK;
  if (most >= text.length) return text.length;
  const line = firstAfter(text, LINE_END, at, most);
  return line === -1 ? firstAfter(text, BLANK, at, most) : line;
}

function windowAround(text: string, place: Place): Window | undefined {
  const soughtFrom = Math.max(0, place.from - SOUGHT);
  const soughtTo = Math.min(text.length, place.to + SOUGHT);
  const from = beginningBefore(text, soughtFrom - AROUND);
  const to = endAfter(text, soughtTo + AROUND);
  return from === -1 || to === -1 ? undefined : { from, soughtFrom, soughtTo, to };
}

/** Those that one window would hold anyway are one. */
function joined(places: readonly Place[]): readonly Place[] {
  const all: Place[] = [];
  for (const place of places) {
    const last = all.at(-1);
    if (last !== undefined && place.from - last.to < AROUND) all.splice(-1, 1, { ...last, to: place.to });
    else all.push(place);
  }
  return all;
}

/** In order, apart from each other; undefined where the whole is as good, or where a word is too long to begin at one. */
export function windowsAround(text: string, places: readonly Place[]): readonly Window[] | undefined {
  const windows: Window[] = [];
  let length = 0;
  for (const place of joined(places)) {
    const window = windowAround(text, place);
    if (window === undefined) return undefined;
    const last = windows.at(-1);
    if (last !== undefined && window.from <= last.to) {
      length += window.to - last.to;
      windows.splice(-1, 1, { ...last, soughtTo: window.soughtTo, to: window.to });
    } else {
      length += window.to - window.from;
      windows.push(window);
    }
    if (length > text.length * MOST_OF_TEXT) return undefined;
  }
  return windows;
}
