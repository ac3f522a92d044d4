// What is found only once its neighbour is masked: `10.1.2.3-219-09-9999`. Looked for at once, so that nobody need mask twice.
import type { Span } from '../model.ts';
import { isAlnum, isDigit } from './alphabet.ts';

const MOST_ROUNDS = 3;
const BLANK = 32;
const EQUALS = 61;
/** Brackets that turn to a value: a telephone number may begin or end with one. */
const OPENS = 40;
const CLOSES = 41;
const LONGEST_NAME = 24;

/** What parts two values for good: a blank, a quote, a bracket, a comma, the beginning or the end. */
const PARTS = new Uint8Array(128);
for (const mark of ' \t\n\r"\'`,;()[]{}<>|') PARTS[mark.charCodeAt(0)] = 1;

function isParting(text: string, at: number, beyond: number): boolean {
  const code = text.charCodeAt(at);
  if (Number.isNaN(code)) return true;
  if (code >= 128 || PARTS[code] !== 1) return false;
  // A quote within a word, as in `it's`, parts nothing.
  return !(code === 34 || code === 39 || code === 96) || !isAlnum(text.charCodeAt(beyond));
}

/** A number, or what has one at its end, may go on after a blank. */
function hasNumber(text: string, one: number, other: number): boolean {
  return isDigit(text.charCodeAt(one)) || isDigit(text.charCodeAt(other));
}

/** `=` before a value assigns it, after a short name; after what is long it may end that. */
function isAssigned(text: string, start: number): boolean {
  if (text.charCodeAt(start - 1) !== EQUALS) return false;
  let from = start - 1;
  while (from > 0 && isAlnum(text.charCodeAt(from - 1)) && start - from < LONGEST_NAME) from -= 1;
  return start - from < LONGEST_NAME;
}

function beginsApart(text: string, start: number): boolean {
  const before = text.charCodeAt(start - 1);
  if (before === CLOSES || (before === BLANK && hasNumber(text, start - 2, start - 3))) return false;
  return isParting(text, start - 1, start - 2) || isAssigned(text, start);
}

/** A full stop or a colon that ends a sentence parts as well. */
function endsApart(text: string, end: number): boolean {
  const after = text.charCodeAt(end);
  if (after === OPENS || (after === BLANK && hasNumber(text, end + 1, end + 2))) return false;
  if (isParting(text, end, end + 1)) return true;
  if (after !== 46 && after !== 58 && after !== 33 && after !== 63) return false;
  return text.charCodeAt(end + 1) !== OPENS && isParting(text, end + 1, end + 2);
}

/** Whether nothing beside it can have kept another value from being seen, nor been kept by it. */
function isApart(text: string, { start, end }: Span): boolean {
  return beginsApart(text, start) && endsApart(text, end);
}

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

/** The spans, and what is found beside their labels. */
export function withWhatTheyFree(
  text: string,
  first: readonly Span[],
  find: (masked: string) => readonly Span[],
): readonly Span[] {
  let spans = first;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    if (spans.every((span) => isApart(text, span))) return spans;
    const masked = maskedWith(text, spans);
    const found = find(masked.text);
    if (found.length === 0) return spans;
    spans = united(spans, lifted(found, masked));
  }
  return spans;
}
