// What agents must say beyond their shape: everything they name exists, and what proves one proves nobody else.
import type { Fault } from '../../model.ts';
import { itemsAt, textAt, textsAt } from '../access.ts';
import { faultAt, type Source } from '../source.ts';
import { quoted, rather } from '../words.ts';
import { checkEnvironment, checkIds, type Findings } from './common.ts';
import type { Facts, Mode } from './facts.ts';
import { checkOverlap, checkWidth, identitiesOf } from './identities.ts';
import { checkAgainstPeople } from './people.ts';
import { checkNames } from './well-known.ts';

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

export function checkAgents(
  sources: readonly Source[],
  facts: Facts,
  broker: Source | undefined,
  mode: Mode,
): readonly Findings[] {
  const identities = sources.flatMap((source) => identitiesOf(source, facts));
  const each = sources.map((source) => ({
    faults: [
      ...checkCapabilities(source, facts),
      ...checkIssuers(source, facts),
      ...checkEnvironment(source, facts),
    ],
    warnings: checkOwners(source, facts),
  }));
  return [
    checkIds('agent', sources),
    { faults: checkWidth(identities, facts), warnings: checkNames(identities) },
    checkOverlap(identities),
    checkAgainstPeople(identities, broker, mode),
    ...each,
  ];
}
