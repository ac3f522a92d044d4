// What `masking` must say beyond its shape: types and countries that some detector knows, one action for one label.
import { LOCALES, TYPES } from '../../../masking/index.ts';
import type { Fault } from '../../model.ts';
import { entriesAt, itemsAt, type Path, textAt, textsAt } from '../access.ts';
import { faultAt, type Source } from '../source.ts';
import { quoted, rather } from '../words.ts';
import type { Findings } from './common.ts';

const PATTERNS: Path = ['masking', 'patterns'];

function patternTypes(source: Source | undefined): readonly string[] {
  return itemsAt(source?.data, PATTERNS).flatMap(
    (_, index) => textAt(source?.data, [...PATTERNS, index, 'type']) ?? [],
  );
}

/** What patterns are called counts as well; those of broker.yaml hold for every target. */
function checkTypes(source: Source, broker: Source | undefined): readonly Fault[] {
  const own = [...patternTypes(source), ...patternTypes(broker)];
  return entriesAt(source.data, ['masking', 'detectors']).flatMap(([type]) => {
    if (TYPES.includes(type) || own.includes(type)) return [];
    const problem = `there is no detector ${quoted(type)}${rather(type, [...own, ...TYPES])}`;
    return [faultAt(source, ['masking', 'detectors', type], problem)];
  });
}

function checkLocales(source: Source): readonly Fault[] {
  return textsAt(source.data, ['masking', 'locales']).flatMap(({ text, path }) => {
    // What is no country's form is the shape's business.
    if (LOCALES.includes(text) || !/^[a-z]{2}$/u.test(text)) return [];
    const problem = `no detector knows numbers of ${quoted(text)}; known are ${LOCALES.join(', ')}`;
    return [faultAt(source, path, problem)];
  });
}

/** One label with two meanings would be read by nobody. */
function checkActions(source: Source): readonly Fault[] {
  const first = new Map<string, string>();
  return itemsAt(source.data, PATTERNS).flatMap((_, index) => {
    const type = textAt(source.data, [...PATTERNS, index, 'type']);
    const action = textAt(source.data, [...PATTERNS, index, 'action']);
    if (type === undefined || action === undefined) return [];
    const other = first.get(type) ?? action;
    first.set(type, other);
    if (other === action) return [];
    const problem = `another pattern of the type ${quoted(type)} has the action ${quoted(other)}: say the same in both, or give them types of their own`;
    return [faultAt(source, [...PATTERNS, index, 'action'], problem)];
  });
}

/** Names that differ by their case only are one name. */
function checkNames(source: Source, key: 'keys' | 'columns'): readonly Fault[] {
  const seen = new Map<string, string>();
  return entriesAt(source.data, ['masking', key]).flatMap(([name]) => {
    const other = seen.get(name.toLowerCase());
    seen.set(name.toLowerCase(), name);
    if (other === undefined) return [];
    const problem = `${quoted(name)} and ${quoted(other)} are the same name here, whatever the case: keep one of them`;
    return [faultAt(source, ['masking', key, name], problem)];
  });
}

export function checkMasking(sources: readonly Source[], broker: Source | undefined): readonly Findings[] {
  return sources.map((source) => ({
    faults: [
      ...checkTypes(source, broker),
      ...checkLocales(source),
      ...checkActions(source),
      ...checkNames(source, 'keys'),
      ...checkNames(source, 'columns'),
    ],
    warnings: [],
  }));
}
