// Whether a token could prove an agent and a person: it must prove one of them at most.
import { DEMO_ISSUER, type Fault } from '../../model.ts';
import { at, itemsAt, textAt, textsAt } from '../access.ts';
import { faultAt, type Source } from '../source.ts';
import { anyExcludes, demandsOf } from './claims.ts';
import type { Findings } from './common.ts';
import type { Mode } from './facts.ts';
import type { Identity } from './identities.ts';

/** What `typ` may be, in the one spelling that types are compared in. */
function typesOf(settings: unknown): readonly string[] {
  const given = textsAt(settings, ['types']).map(({ text }) =>
    text.toLowerCase().replace(/^application\//u, ''),
  );
  return given.length === 0 ? ['jwt'] : given;
}

/** Of settings that name one issuer: whether a token can be meant for both, before its claims are looked at. */
export function mayBeSameTokens(some: unknown, others: unknown): boolean {
  const audience = (settings: unknown) => [
    textAt(settings, ['audienceClaim']) ?? 'aud',
    textAt(settings, ['audience']),
  ];
  if (JSON.stringify(audience(some)) !== JSON.stringify(audience(others))) return false;
  const types = typesOf(others);
  return typesOf(some).some((type) => types.includes(type));
}

/** Where people have no claims at all, that is told once, with their settings. */
export function checkAgainstPeople(
  identities: readonly Identity[],
  broker: Source | undefined,
  mode: Mode,
): Findings {
  const humans = at(broker?.data, ['humans']);
  const issuer = textAt(humans, ['issuer']);
  const same = itemsAt(broker?.data, ['issuers']).find((item) => textAt(item, ['issuer']) === issuer);
  const demands = demandsOf(at(humans, ['claims']));
  if (broker === undefined || issuer === undefined || same === undefined || demands.length === 0) {
    return { faults: [], warnings: [] };
  }
  if (!mayBeSameTokens(same, humans)) return { faults: [], warnings: [] };
  const place = `${broker.file}:${broker.lineOf(['humans', 'claims'])}`;
  const found = identities
    .filter((identity) => identity.issuer === issuer && !anyExcludes(identity.all, demands))
    .map(({ source, path }): Fault => {
      const cure = 'give people another `audience`, or `claims` that no token of this agent can have';
      return faultAt(source, path, `a token with these claims may prove a person, too (${place}): ${cure}`);
    });
  const isFault = mode === 'deployed' && issuer !== DEMO_ISSUER;
  return isFault ? { faults: found, warnings: [] } : { faults: [], warnings: found };
}
