// How much of what is to be masked is masked, and how much is that was not to be.
import type { Gold, Sample } from './marked.ts';

export type Find = (text: string) => readonly Gold[];

export interface KnownType {
  readonly tells: 'structure' | 'context';
  readonly secret?: boolean;
}

export interface TypeScore {
  readonly tells: 'structure' | 'context';
  readonly n: number;
  readonly masked: number;
  readonly recall: number;
  /** The labels it was given, and how often. */
  readonly as: Readonly<Record<string, number>>;
}

export interface LabelScore {
  readonly n: number;
  readonly false: number;
  readonly precision: number;
}

export interface Score {
  readonly samples: number;
  readonly recall: Readonly<Record<'structure' | 'context' | 'all', number>>;
  readonly precision: number;
  readonly f1: number;
  /** Of the characters that were masked, how many are of no value. */
  readonly excess: number;
  readonly types: Readonly<Record<string, TypeScore>>;
  readonly labels: Readonly<Record<string, LabelScore>>;
}

export interface Miss {
  readonly type: string;
  readonly sample: Sample;
  readonly start: number;
  readonly end: number;
}

export interface Scored {
  readonly score: Score;
  readonly misses: readonly Miss[];
  readonly falses: readonly Miss[];
}

/** Of a value that is no secret, a separator at its end may stay. */
const ENOUGH = 0.9;

const overlap = (a: Gold, b: Gold) => Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start));
const share = (part: number, whole: number) => (whole === 0 ? 1 : part / whole);
const rounded = (value: number) => Math.round(value * 10_000) / 10_000;

class Counts {
  readonly types = new Map<
    string,
    { tells: 'structure' | 'context'; n: number; masked: number; as: Map<string, number> }
  >();
  readonly labels = new Map<string, { n: number; false: number }>();
  readonly misses: Miss[] = [];
  readonly falses: Miss[] = [];
  masked = 0;
  excess = 0;

  type(type: string, tells: 'structure' | 'context') {
    const known = this.types.get(type) ?? { tells, n: 0, masked: 0, as: new Map() };
    this.types.set(type, known);
    return known;
  }

  label(label: string) {
    const known = this.labels.get(label) ?? { n: 0, false: 0 };
    this.labels.set(label, known);
    return known;
  }
}

function countGold(
  counts: Counts,
  sample: Sample,
  found: readonly Gold[],
  known: (type: string) => KnownType,
): void {
  for (const value of sample.spans) {
    const { tells, secret = false } = known(value.type);
    const type = counts.type(value.type, tells);
    const length = value.end - value.start;
    const parts = found.map((span) => [span, overlap(span, value)] as const).filter(([, many]) => many > 0);
    const covered = parts.reduce((sum, [, many]) => sum + many, 0);
    type.n += 1;
    const [label] = parts.toSorted(([, a], [, b]) => b - a)[0] ?? [];
    if (covered >= length * (secret ? 1 : ENOUGH) && label !== undefined) {
      type.masked += 1;
      type.as.set(label.type, (type.as.get(label.type) ?? 0) + 1);
    } else counts.misses.push({ type: value.type, sample, start: value.start, end: value.end });
  }
}

function countFound(counts: Counts, sample: Sample, found: readonly Gold[]): void {
  for (const span of found) {
    const inGold = sample.spans.reduce((sum, value) => sum + overlap(span, value), 0);
    const inAside = sample.asides.reduce((sum, value) => sum + overlap(span, value), 0);
    const label = counts.label(span.type);
    counts.masked += span.end - span.start;
    counts.excess += Math.max(0, span.end - span.start - inGold - inAside);
    // What may be masked or not says nothing of either.
    if (inGold === 0 && inAside > 0) continue;
    label.n += 1;
    if (inGold > 0) continue;
    label.false += 1;
    counts.falses.push({ type: span.type, sample, start: span.start, end: span.end });
  }
}

function recallOf(counts: Counts, tells?: string): number {
  const types = [...counts.types.values()].filter((type) => tells === undefined || type.tells === tells);
  const all = types.reduce((sum, { n }) => sum + n, 0);
  return share(
    types.reduce((sum, { masked }) => sum + masked, 0),
    all,
  );
}

function byName<T, U>(map: ReadonlyMap<string, T>, of: (value: T) => U): Record<string, U> {
  return Object.fromEntries(
    [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => [name, of(value)]),
  );
}

export function scoreOf(samples: readonly Sample[], find: Find, known: (type: string) => KnownType): Scored {
  const counts = new Counts();
  for (const sample of samples) {
    const found = find(sample.text);
    countGold(counts, sample, found, known);
    countFound(counts, sample, found);
  }
  const labels = [...counts.labels.values()];
  const wrong = labels.reduce((sum, label) => sum + label.false, 0);
  const all = labels.reduce((sum, { n }) => sum + n, 0);
  const precision = share(all - wrong, all);
  const recall = recallOf(counts);
  const score: Score = {
    samples: samples.length,
    recall: {
      structure: rounded(recallOf(counts, 'structure')),
      context: rounded(recallOf(counts, 'context')),
      all: rounded(recall),
    },
    precision: rounded(precision),
    f1: rounded(precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall)),
    excess: rounded(counts.masked === 0 ? 0 : counts.excess / counts.masked),
    types: byName(counts.types, ({ tells, n, masked, as }) => ({
      tells,
      n,
      masked,
      recall: rounded(share(masked, n)),
      as: Object.fromEntries([...as].sort(([, a], [, b]) => b - a)),
    })),
    labels: byName(counts.labels, (label) => ({
      ...label,
      precision: rounded(share(label.n - label.false, label.n)),
    })),
  };
  return { score, misses: counts.misses, falses: counts.falses };
}
