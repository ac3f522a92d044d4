// Whether what proves an agent proves that agent alone.
import type { Fault } from '../../model.ts';
import { at, itemsAt, type Path, textAt } from '../access.ts';
import { faultAt, type Source } from '../source.ts';
import { quoted } from '../words.ts';
import { allImply, type Demand, demandsOf, fitsAnything } from './claims.ts';
import type { Findings } from './common.ts';
import type { Facts } from './facts.ts';

export interface Identity {
  readonly agent: string;
  readonly source: Source;
  readonly path: Path;
  readonly issuer: string;
  /** What it says itself. */
  readonly own: readonly Demand[];
  /** That, and what its issuer's tokens must say anyway. */
  readonly all: readonly Demand[];
}

export function identitiesOf(source: Source, facts: Facts): readonly Identity[] {
  return itemsAt(source.data, ['identities']).flatMap((item, index) => {
    const issuer = textAt(item, ['issuer']);
    const own = demandsOf(at(item, ['claims']));
    if (issuer === undefined || own.length === 0) return [];
    const agent = textAt(source.data, ['id']) ?? source.file;
    const all = [...own, ...(facts.demands.get(issuer) ?? [])];
    return [{ agent, source, path: ['identities', index], issuer, own, all }];
  });
}

/** One that says only what every token of its issuer says would be everyone there. */
export function checkWidth(identities: readonly Identity[], facts: Facts): readonly Fault[] {
  return identities.flatMap(({ source, path, issuer, own }) => {
    const telling = own.filter((demand) => !fitsAnything(demand));
    if (!allImply(facts.demands.get(issuer) ?? [], telling)) return [];
    const patterns = telling.length < own.length ? ', or patterns that fit anything' : '';
    const problem = `\`claims\` names only what every token of the issuer says${patterns}: each of them would be this agent`;
    return [faultAt(source, [...path, 'claims'], problem)];
  });
}

function keyFor(issuer: string, ...mark: readonly string[]): string {
  return JSON.stringify([issuer, ...mark]);
}

/** One thing that an identity demands, to find it by. An exact value, if there is one, since few share it. */
function keyOf({ issuer, own }: Identity): string {
  const exact = own.filter(({ pattern }) => pattern === undefined);
  const keys =
    exact.length > 0
      ? exact.map(({ name, rule }) => keyFor(issuer, name, rule))
      : own.map(({ name }) => keyFor(issuer, name));
  return keys.sort()[0] ?? '';
}

/** Every key of an identity that all tokens of this one may fit. */
function keysOf({ issuer, all }: Identity): readonly string[] {
  return [...new Set(all.flatMap(({ name, rule }) => [keyFor(issuer, name, rule), keyFor(issuer, name)]))];
}

/**
 * A token that proves two agents proves neither. Where every token of one does, that is a fault; where the
 * tokens of one are some of another's, the narrower agent can never be proven, which is worth a warning.
 */
export function checkOverlap(identities: readonly Identity[]): Findings {
  const byKey = Map.groupBy(identities, keyOf);
  const order = new Map(identities.map((identity, index) => [identity, index]));
  const place = ({ source, path }: Identity) => `${source.file}:${source.lineOf(path)}`;
  const faults: Fault[] = [];
  const warnings: Fault[] = [];
  for (const narrow of identities) {
    for (const wide of keysOf(narrow).flatMap((key) => byKey.get(key) ?? [])) {
      if (wide.source === narrow.source || !allImply(narrow.all, wide.own)) continue;
      if (!allImply(wide.all, narrow.own)) {
        const problem = `every token with these claims also proves ${quoted(wide.agent)} (${place(wide)}), and is then refused`;
        warnings.push(faultAt(narrow.source, narrow.path, problem));
      } else if ((order.get(wide) ?? 0) < (order.get(narrow) ?? 0)) {
        const problem = `these claims prove ${quoted(wide.agent)} (${place(wide)}) already: an identity is one agent's`;
        faults.push(faultAt(narrow.source, narrow.path, problem));
      }
    }
  }
  return { faults, warnings };
}
