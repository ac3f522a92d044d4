// Makes of all detectors the tables that the one pass needs.
import type { Detector } from '../detector.ts';
import { type CompiledForm, compileForms, type FormTable } from './forms.ts';
import { marksOf } from './marks.ts';
import { createNames, type Names } from './names.ts';
import { type StretchTables, stretchTablesOf } from './stretches.ts';
import { type Triggers, triggersOf } from './triggers.ts';

/** What detectors alone say. */
interface Compiled {
  readonly detectors: readonly Detector[];
  readonly triggers: Triggers;
  readonly forms: FormTable;
  readonly names: Names;
  readonly stretches: StretchTables;
}

export interface Tables extends Compiled {
  readonly types: ReadonlySet<string>;
  readonly severity: (type: string) => number;
}

/** Most targets have the same detectors: what takes long is made once for all of them. */
const known = new WeakMap<readonly Detector[], Compiled>();

function compiledOf(detectors: readonly Detector[]): Compiled {
  const earlier = known.get(detectors);
  if (earlier !== undefined) return earlier;
  const compiled = {
    detectors,
    triggers: triggersOf(marksOf(detectors)),
    forms: formTableOf(detectors.flatMap(compileForms)),
    names: createNames(detectors),
    stretches: stretchTablesOf(detectors),
  };
  known.set(detectors, compiled);
  return compiled;
}

export function compileTables(
  detectors: readonly Detector[],
  ofRules: Iterable<string> = [],
  severity: (type: string) => number = () => 0,
): Tables {
  const types = new Set([...detectors.map(({ type }) => type), ...ofRules]);
  return { ...compiledOf(detectors), severity, types };
}

function formTableOf(forms: readonly CompiledForm[]): FormTable {
  const byShape = new Map<number, CompiledForm[]>();
  for (const form of forms) byShape.set(form.hash, [...(byShape.get(form.hash) ?? []), form]);
  const maybe = new Uint8Array(4096);
  for (const hash of byShape.keys()) maybe[hash & 4095] = 1;
  const shapes = Array.from(byShape, ([hash, all]) => {
    const certain = all.filter(({ context }) => !context);
    return [hash, { all, certain: certain.length === all.length ? all : certain }] as const;
  });
  return { byShape: new Map(shapes), maybe, mostGroups: Math.max(1, ...forms.map(({ groups }) => groups)) };
}
