// Edits: what is masked of a document and how a label is written there. Spans and masked text are made of the same ones.

import type { Action, MaskType, Span } from '../model.ts';
import { BareNumbers } from './bare.ts';

/** What a label is made of. */
export interface Masked {
  readonly type: MaskType;
  /** As it is meant: without escapes. */
  readonly value: string;
  /** What a rule says; where it says nothing, what holds for the type. */
  readonly action?: Action | undefined;
}

export interface Edit extends Masked, Span {
  /** Goes on with the edit before, and has its label already. */
  readonly continued?: true;
  /** How a label is written here. Left out: as it is. */
  readonly write?: ((label: string) => string) | undefined;
  /** What takes which place where nothing is to be left of the value: `null` for a whole value in JSON. */
  readonly dropped?: { readonly start: number; readonly end: number; readonly text: string } | undefined;
  /** What is written there once all before it is. Nothing is masked by it, and it has no label. */
  readonly insert?: (() => string) | undefined;
}

/** The label; empty where the value is dropped. Asked once for each edit, in order. */
export type Render = (masked: Masked) => string;

/** A part of a text that a rule or a detector would have masked. */
export interface Mark extends Span {
  readonly action?: Action | undefined;
}

const isHigh = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;
const isLow = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff;

function splitsPair(text: string, at: number): boolean {
  return isHigh(text.charCodeAt(at - 1)) && isLow(text.charCodeAt(at));
}

/** Marks are sorted and don't overlap. One that ends within a surrogate pair takes in all of it. */
export function editsOfMarks(text: string, marks: readonly Mark[]): Edit[] {
  if (marks.length === 0) return [];
  let earlier = 0;
  return marks.map(({ type, start, end, action }) => {
    const from = Math.max(earlier, splitsPair(text, start) ? start - 1 : start);
    const to = splitsPair(text, end) ? end + 1 : end;
    earlier = to;
    return { type, start: from, end: to, value: text.slice(from, to), action };
  });
}

/** Free text may have JSON in it: what is a number there must become a string. */
export function editsOfFreeText(text: string, marks: readonly Mark[]): Edit[] {
  if (marks.length === 0) return [];
  const edits = editsOfMarks(text, marks);
  const numbers = new BareNumbers(text);
  let done = 0;
  return edits.map((edit, index) => {
    const bare = numbers.at(edit.start, edit.end);
    const next = edits[index + 1]?.start ?? text.length;
    const isAlone = bare !== undefined && bare.start >= done && bare.end <= next;
    done = isAlone ? bare.end : edit.end;
    if (!isAlone) return edit;
    const { start, end, quote } = bare;
    const write = (label: string) => quote + label + quote;
    return { ...edit, start, end, write, dropped: { start, end, text: 'null' } };
  });
}

/** The edits of a text that was decoded from a part of another, as edits of that other. */
export function liftEdits(
  edits: readonly Edit[],
  at: (index: number) => number,
  encode?: (text: string) => string,
): Edit[] {
  return edits.map(({ write, dropped, insert, ...edit }) => ({
    ...edit,
    start: at(edit.start),
    end: at(edit.end),
    write: joinedWrite(write, encode),
    insert: insert && encode ? () => encode(insert()) : insert,
    dropped: dropped && {
      start: at(dropped.start),
      end: at(dropped.end),
      text: encode === undefined ? dropped.text : encode(dropped.text),
    },
  }));
}

function joinedWrite(inner: Edit['write'], outer: Edit['write']): Edit['write'] {
  if (inner === undefined || outer === undefined) return inner ?? outer;
  return (label) => outer(inner(label));
}

/** `text` from `from` to `to`, masked. The edits are sorted, don't overlap, and lie between. */
export function applyEdits(
  text: string,
  edits: readonly Edit[],
  render: Render,
  from = 0,
  to = text.length,
): string {
  if (edits.length === 0 && from === 0 && to === text.length) return text;
  let out = '';
  let done = from;
  for (const edit of edits) {
    if (edit.insert !== undefined) {
      out += text.slice(done, edit.start) + edit.insert();
      done = edit.end;
      continue;
    }
    const label = edit.continued ? '' : render(edit);
    const dropped = label === '' ? edit.dropped : undefined;
    const { start, end } = dropped ?? edit;
    out += text.slice(done, start);
    out += dropped?.text ?? (label === '' ? '' : (edit.write?.(label) ?? label));
    done = end;
  }
  return done === 0 && to === text.length ? text : out + text.slice(done, to);
}

export function spansOf(edits: readonly Edit[]): Span[] {
  const spans: Span[] = [];
  for (const { type, start, end, continued, insert } of edits) {
    if (insert !== undefined) continue;
    const before = continued && spans.pop();
    spans.push({ type, start: before?.start ?? start, end });
  }
  return spans;
}

/** Edits of one text found in two ways, as one list: where two overlap, one takes in both, so that no part is left. */
export function mergeEdits(text: string, lists: readonly (readonly Edit[])[]): Edit[] {
  const merged: Edit[] = [];
  for (const edit of lists.flat().sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (last === undefined || edit.start >= last.end) merged.push(edit);
    else if (edit.end > last.end) {
      const { type, action, write } = edit.end - edit.start > last.end - last.start ? edit : last;
      const value = text.slice(last.start, edit.end);
      merged[merged.length - 1] = { type, action, write, start: last.start, end: edit.end, value };
    }
  }
  return merged;
}
