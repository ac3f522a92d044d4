// Checks that agents and targets share: ids that name one thing, environments that exist.
import type { Fault } from '../../model.ts';
import { textAt } from '../access.ts';
import { faultAt, type Source } from '../source.ts';
import { quoted, rather } from '../words.ts';
import { type Facts, nameOf } from './facts.ts';

export interface Findings {
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}

export function together(findings: readonly Findings[]): Findings {
  return {
    faults: findings.flatMap(({ faults }) => faults),
    warnings: findings.flatMap(({ warnings }) => warnings),
  };
}

export function checkIds(what: 'agent' | 'target', sources: readonly Source[]): Findings {
  const first = new Map<string, Source>();
  const faults: Fault[] = [];
  const warnings: Fault[] = [];
  for (const source of sources) {
    const id = textAt(source.data, ['id']);
    if (id === undefined) continue;
    const other = first.get(id);
    if (other === undefined) first.set(id, source);
    else {
      const place = `${other.file}:${other.lineOf(['id'])}`;
      faults.push(
        faultAt(source, ['id'], `${place} has the id ${quoted(id)} already: every ${what} needs its own`),
      );
    }
    if (id !== nameOf(source.file)) {
      warnings.push(
        faultAt(
          source,
          ['id'],
          `the file of ${quoted(id)} would be found more easily as ${what}s/${id}.yaml`,
        ),
      );
    }
  }
  return { faults, warnings };
}

export function checkEnvironment(source: Source, facts: Facts): readonly Fault[] {
  const environment = textAt(source.data, ['environment']);
  if (environment === undefined || facts.environments === undefined) return [];
  if (environment.trim() === '' || facts.environments.includes(environment)) return [];
  const hint = rather(environment, facts.environments);
  return [
    faultAt(
      source,
      ['environment'],
      `there is no environment ${quoted(environment)}${hint} (broker.yaml can name more under \`environments\`)`,
    ),
  ];
}
