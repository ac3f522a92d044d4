// What agents must say beyond their shape: everything they name exists, and no two are proven by the same token.
import type { Fault } from '../../model.ts';
import { entriesAt, itemsAt, type Path, textAt, textsAt } from '../access.ts';
import { faultAt, type Source } from '../source.ts';
import { quoted, rather } from '../words.ts';
import { checkEnvironment, checkIds, type Findings } from './common.ts';
import type { Facts } from './facts.ts';

function checkCapabilities(source: Source, facts: Facts): readonly Fault[] {
  return textsAt(source.data, ['capabilities']).flatMap(({ text, path }) => {
    const [target, capability, ...rest] = text.split(':');
    if (target === undefined || capability === undefined || rest.length > 0) return [];
    if (!facts.capabilities.has(target)) {
      const known = [...facts.capabilities.keys()];
      return [faultAt(source, path, `there is no target ${quoted(target)}${rather(target, known)}`)];
    }
    const declared = facts.capabilities.get(target);
    if (declared === undefined || declared.includes(capability)) return [];
    const problem = `the target ${quoted(target)} has no capability ${quoted(capability)}`;
    return [faultAt(source, path, `${problem}${rather(capability, declared)}`)];
  });
}

function checkIssuers(source: Source, facts: Facts): readonly Fault[] {
  const { issuers } = facts;
  if (issuers === undefined) return [];
  return itemsAt(source.data, ['identities']).flatMap((item, index) => {
    const issuer = textAt(item, ['issuer']);
    if (issuer === undefined || issuer.trim() === '' || issuers.includes(issuer)) return [];
    const problem = `${quoted(issuer)} is none of broker.yaml's issuers${rather(issuer, issuers)}`;
    return [faultAt(source, ['identities', index, 'issuer'], problem)];
  });
}

/** An owner who cannot be recognised could approve for their own agent. */
function checkOwners(source: Source, facts: Facts): readonly Fault[] {
  const { people } = facts;
  if (people === undefined) return [];
  const owners = textsAt(source.data, ['owner', 'people']);
  const unknown = owners.filter(({ text }) => !people.includes(text));
  const warnings = unknown.map(({ text, path }) =>
    faultAt(source, path, `${quoted(text)} is nobody among broker.yaml's people${nearest(text, people)}`),
  );
  const email = textAt(source.data, ['owner', 'email']);
  if (email === undefined || owners.length > 0 || people.includes(email)) return warnings;
  const problem = `${quoted(email)} is nobody among broker.yaml's people${nearest(email, people)}`;
  return [faultAt(source, ['owner', 'email'], `${problem}: name the owners under \`people\``)];
}

function nearest(id: string, people: readonly string[]): string {
  const hint = rather(id, people);
  return hint.startsWith('; did') ? hint : '';
}

interface Identity {
  readonly agent: string;
  readonly source: Source;
  readonly path: Path;
  /** Its issuer and its claims, each as one text. */
  readonly marks: ReadonlySet<string>;
}

function identitiesOf(source: Source): readonly Identity[] {
  return itemsAt(source.data, ['identities']).flatMap((item, index) => {
    const issuer = textAt(item, ['issuer']);
    const claims = entriesAt(item, ['claims']);
    if (issuer === undefined || claims.length === 0) return [];
    const marks = new Set(claims.map((claim) => JSON.stringify([issuer, ...claim])));
    const agent = textAt(source.data, ['id']) ?? source.file;
    return [{ agent, source, path: ['identities', index], marks }];
  });
}

/**
 * A token that proves two agents proves neither. Where every token of one does, that is a fault; where the
 * tokens of one are some of another's, the narrower agent can never be proven, which is worth a warning.
 */
function checkOverlap(sources: readonly Source[]): Findings {
  const identities = sources.flatMap(identitiesOf);
  const byFirstMark = new Map<string, Identity[]>();
  for (const identity of identities) {
    const mark = [...identity.marks].sort()[0] ?? '';
    byFirstMark.set(mark, [...(byFirstMark.get(mark) ?? []), identity]);
  }
  const faults: Fault[] = [];
  const warnings: Fault[] = [];
  for (const narrow of identities) {
    for (const wide of [...narrow.marks].flatMap((mark) => byFirstMark.get(mark) ?? [])) {
      if (wide.source === narrow.source || ![...wide.marks].every((mark) => narrow.marks.has(mark))) continue;
      const place = `${wide.source.file}:${wide.source.lineOf(wide.path)}`;
      if (wide.marks.size < narrow.marks.size) {
        const problem = `every token with these claims also proves ${quoted(wide.agent)} (${place}), and is then refused`;
        warnings.push(faultAt(narrow.source, narrow.path, problem));
      } else if (identities.indexOf(wide) < identities.indexOf(narrow)) {
        const problem = `these claims prove ${quoted(wide.agent)} (${place}) already: an identity is one agent's`;
        faults.push(faultAt(narrow.source, narrow.path, problem));
      }
    }
  }
  return { faults, warnings };
}

export function checkAgents(sources: readonly Source[], facts: Facts): readonly Findings[] {
  const each = sources.map((source) => ({
    faults: [
      ...checkCapabilities(source, facts),
      ...checkIssuers(source, facts),
      ...checkEnvironment(source, facts),
    ],
    warnings: checkOwners(source, facts),
  }));
  return [checkIds('agent', sources), checkOverlap(sources), ...each];
}
