// Makes of all detectors the tables that the one pass needs.
import type { Detector } from '../detector.ts';
import { type OnDigits, onDigitsOf } from './digits.ts';
import { type CompiledForm, compileForms, type FormTable } from './forms.ts';
import { marksOf } from './marks.ts';
import { createNames, type Names } from './names.ts';
import { type Triggers, triggersOf } from './triggers.ts';

export interface Tables {
  readonly detectors: readonly Detector[];
  readonly triggers: Triggers;
  readonly forms: FormTable;
  readonly names: Names;
  readonly onDigits: readonly OnDigits[];
  readonly types: ReadonlySet<string>;
  readonly severity: (type: string) => number;
}

export function compileTables(
  detectors: readonly Detector[],
  ofRules: Iterable<string> = [],
  severity: (type: string) => number = () => 0,
): Tables {
  return {
    detectors,
    triggers: triggersOf(marksOf(detectors)),
    forms: formTableOf(detectors.flatMap(compileForms)),
    names: createNames(detectors),
    onDigits: onDigitsOf(detectors),
    severity,
    types: new Set([...detectors.map(({ type }) => type), ...ofRules]),
  };
}

function formTableOf(forms: readonly CompiledForm[]): FormTable {
  const byShape = new Map<number, CompiledForm[]>();
  for (const form of forms) byShape.set(form.hash, [...(byShape.get(form.hash) ?? []), form]);
  const maybe = new Uint8Array(4096);
  for (const hash of byShape.keys()) maybe[hash & 4095] = 1;
  return { byShape, maybe, mostGroups: Math.max(1, ...forms.map(({ groups }) => groups)) };
}
