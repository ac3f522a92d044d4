// Finds in free text of any length: what detectors find, what patterns of rules find, without what is allowed.
import type { Detector } from '../detector.ts';
import type { Span } from '../model.ts';
import { compileTables } from './compile.ts';
import { type Look, withWhatTheyFree } from './freed.ts';
import type { Named, Names } from './names.ts';
import { isPlain } from './plain.ts';
import { type Patterns, Scan } from './scan.ts';
import { Segments } from './segments.ts';

const NOTHING: readonly Span[] = [];

export interface Finder {
  /** Sorted, merged, never overlapping. `named` is what the text's own name says of it. */
  find(text: string, named?: Named): readonly Span[];
  /** For text that comes in parts. */
  segments(): Segments;
  readonly names: Names;
}

export interface FinderOptions {
  readonly detectors: readonly Detector[];
  /** Countries whose numbers count without context. */
  readonly locales?: readonly string[];
  /** Labels of rules, which are as opaque as those of detectors. */
  readonly types?: Iterable<string>;
  /** How much less than another a type's label says: of two values that cross, the greater names both. */
  readonly severity?: (type: string) => number;
  /** What rules find beside the detectors, in any order. */
  readonly patterns?: Patterns | undefined;
  /** Where nothing is masked, whatever was found there. */
  readonly keeps?: Patterns | undefined;
  /** Whether a value is left though it was found: an operator may know it as harmless. */
  readonly allows?: ((value: string) => boolean) | undefined;
}

export function createFinder(options: FinderOptions): Finder {
  const { detectors, locales = [], types = [], severity = () => 0, patterns, keeps, allows } = options;
  const tables = compileTables(detectors, types, severity);
  const always = detectors.flatMap(({ countries = [] }, index) =>
    countries.some((country) => locales.includes(country)) ? [index] : [],
  );
  const scan = new Scan(tables, new Set(always));

  function lookAt(masked: string, named?: Named): Look {
    const within = patterns === undefined ? undefined : matchesWithin(patterns, masked);
    return (from, to) => scan.run(masked.slice(from, to), named, within?.(from, to));
  }

  // An operator's patterns may find anything, and where a country is enabled a few digits may be a postal code.
  const skipsPlain = patterns === undefined && always.length === 0;

  function findShort(text: string, named?: Named): readonly Span[] {
    if (skipsPlain && named === undefined && isPlain(text)) return NOTHING;
    const first = scan.run(text, named, patterns);
    if (first.length === 0) return first;
    const spans = withWhatTheyFree(text, first, (masked) => lookAt(masked, named), named !== undefined);
    if (keeps === undefined && allows === undefined) return spans;
    const isKept = keeps === undefined ? () => false : keptIn(text, keeps);
    return spans.filter((span) => allows?.(text.slice(span.start, span.end)) !== true && !isKept(span));
  }

  return {
    find(text, named) {
      if (text.length <= Segments.LONGEST) return findShort(text, named);
      const segments = new Segments((part) => findShort(part, named));
      const spans: Span[] = [];
      let offset = 0;
      for (const piece of [...segments.push(text), ...segments.end()]) {
        for (const { type, start, end, continued } of piece.spans) {
          const last = spans.at(-1);
          if (continued === true && last !== undefined) spans.splice(-1, 1, { ...last, end: offset + end });
          else spans.push({ type, start: offset + start, end: offset + end });
        }
        offset += piece.text.length;
      }
      return spans;
    },
    segments: () => new Segments((part) => findShort(part)),
    names: tables.names,
  };
}

/** What patterns match of a whole text, for its parts: cut off, a match is seen to go on beyond its part. */
function matchesWithin(patterns: Patterns, text: string): (from: number, to: number) => Patterns {
  const matches: Span[] = [];
  patterns(text, (type, start, end) => matches.push({ type, start, end }));
  return (from, to) => (_, add) => {
    for (const { type, start, end } of matches) {
      if (end > from && start < to) add(type, Math.max(start, from) - from, Math.min(end, to) - from);
    }
  };
}

/** Whether a span lies in one of a text's matches; asked in the order of the text. */
function keptIn(text: string, keeps: Patterns): (span: Span) => boolean {
  const ranges: { readonly from: number; readonly to: number }[] = [];
  keeps(text, (_, from, to) => ranges.push({ from, to }));
  ranges.sort((one, other) => one.from - other.from);
  let next = 0;
  let furthest = -1;
  return ({ start, end }) => {
    // Of all that begin at the span or before it, the one that reaches furthest: it takes in the span, or none does.
    for (let range = ranges[next]; range !== undefined && range.from <= start; range = ranges[next]) {
      furthest = Math.max(furthest, range.to);
      next += 1;
    }
    return end <= furthest;
  };
}
