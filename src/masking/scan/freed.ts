// What is found only once its neighbour is masked: `10.1.2.3-219-09-9999`. Looked for at once, so that nobody need mask twice.
import type { Span } from '../model.ts';
import { isApart } from './apart.ts';
import { type Place, type Window, windowsAround } from './windows.ts';

const MOST_ROUNDS = 3;

interface Masked {
  readonly text: string;
  /** Each label: where it stands, and what it stands for. */
  readonly labels: readonly { readonly from: number; readonly to: number; readonly span: Span }[];
}

function maskedWith(text: string, spans: readonly Span[]): Masked {
  const labels: Masked['labels'][number][] = [];
  let out = '';
  let at = 0;
  for (const span of spans) {
    out += text.slice(at, span.start);
    const from = out.length;
    out += `[${span.type}]`;
    labels.push({ from, to: out.length, span });
    at = span.end;
  }
  return { text: out + text.slice(at), labels };
}

/** The spans of the masked text as spans of the text itself, with the labels that they touch. */
function lifted(found: readonly Span[], { labels }: Masked): Span[] {
  const spans: Span[] = [];
  let next = 0;
  let shift = 0;
  for (const { type, start, end } of found) {
    for (let label = labels[next]; label !== undefined && label.to <= start; label = labels[next]) {
      shift = label.span.end - label.to;
      next += 1;
    }
    const first = labels[next];
    const from = first !== undefined && first.from < start ? first.span.start : start + shift;
    let to = end + shift;
    for (let index = next; index < labels.length; index += 1) {
      const label = labels[index] as Masked['labels'][number];
      if (label.from >= end) break;
      to = label.to >= end ? label.span.end : end + label.span.end - label.to;
    }
    spans.push({ type, start: from, end: to });
  }
  return spans;
}

function united(spans: readonly Span[], more: readonly Span[]): Span[] {
  const all = [...spans, ...more].sort((one, other) => one.start - other.start || other.end - one.end);
  const merged: Span[] = [];
  for (const span of all) {
    const last = merged.at(-1);
    if (last === undefined || span.start >= last.end) merged.push(span);
    else if (span.end > last.end) merged.splice(-1, 1, { ...last, end: span.end });
  }
  return merged;
}

/** Looks at a part of the masked text. */
export type Look = (from: number, to: number) => readonly Span[];

/** What is found in a window, as far as it is sought there; undefined where it may go on beyond the window. */
function foundIn(look: Look, { from, soughtFrom, soughtTo, to }: Window, length: number): Span[] | undefined {
  const spans: Span[] = [];
  for (const { type, start, end } of look(from, to)) {
    const span = { type, start: start + from, end: end + from };
    if (span.end <= soughtFrom || span.start >= soughtTo) continue;
    if ((span.start === from && from > 0) || (span.end === to && to < length)) return undefined;
    spans.push(span);
  }
  return spans;
}

/** Undefined where windows do not do. */
function foundAround(text: string, places: readonly Place[], look: Look): readonly Span[] | undefined {
  const found: Span[] = [];
  const windows = windowsAround(text, places);
  if (windows === undefined) return undefined;
  for (const window of windows) {
    const inIt = foundIn(look, window, text.length);
    if (inIt === undefined) return undefined;
    found.push(...inIt);
  }
  return found;
}

/** The labels beside which something may be seen now: of those that are not apart, or of what was found last. */
function placesOf({ labels }: Masked, touched: readonly Span[]): Place[] {
  const places: Place[] = [];
  let next = 0;
  for (const label of labels) {
    const { start, end } = label.span;
    for (let span = touched[next]; span !== undefined && span.end <= start; span = touched[next]) next += 1;
    const span = touched[next];
    if (span !== undefined && span.start < end) places.push(label);
  }
  return places;
}

/**
 * The spans, and what is found beside their labels. `lookAt` is asked for each text that has labels for what was found;
 * where `isOne`, nothing less than all of it says what it is.
 */
export function withWhatTheyFree(
  text: string,
  first: readonly Span[],
  lookAt: (masked: string) => Look,
  isOne = false,
): readonly Span[] {
  let spans = first;
  let last: readonly Span[] | undefined;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const loose = spans.filter((span) => !isApart(text, span));
    if (loose.length === 0) return spans;
    const masked = maskedWith(text, spans);
    const look = lookAt(masked.text);
    const around = isOne ? undefined : foundAround(masked.text, placesOf(masked, last ?? loose), look);
    const found = around ?? look(0, masked.text.length);
    if (found.length === 0) return spans;
    last = lifted(found, masked);
    spans = united(spans, last);
  }
  return spans;
}
