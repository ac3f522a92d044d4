// What broker.yaml must say beyond its shape, embedded or deployed.
import { DEMO_ISSUER, type Fault } from '../../model.ts';
import { at, entriesAt, itemsAt, type Path, textAt } from '../access.ts';
import { faultAt, type Source } from '../source.ts';
import { quoted } from '../words.ts';
import type { Findings } from './common.ts';
import type { Mode } from './facts.ts';
import { checkIssuer, missingAlgorithms, urlProblem } from './issuers.ts';
import { mayBeSameTokens } from './people.ts';

function checkPublicUrl(source: Source, mode: Mode): readonly Fault[] {
  const path: Path = ['publicUrl'];
  const value = at(source.data, path);
  if (value === undefined && mode === 'deployed') {
    return [
      faultAt(source, path, '`publicUrl` is missing: to deploy, say where the broker is reached (https://…)'),
    ];
  }
  if (typeof value !== 'string' || value.trim() === '') return [];
  const problem = urlProblem(value, mode);
  if (problem !== undefined) return [faultAt(source, path, `\`publicUrl\` ${problem}, not ${quoted(value)}`)];
  const { origin, pathname, username } = new URL(value);
  // A path is fine: a deployment without a domain of its own lives below its stage, as in `/live`.
  if (!/[?#]/u.test(value) && username === '') return [];
  const plain = `${origin}${pathname}`.replace(/\/$/u, '');
  return [faultAt(source, path, `\`publicUrl\` must be scheme, host and path only, as in ${quoted(plain)}`)];
}

function checkAgentIssuers(source: Source, mode: Mode): readonly Fault[] {
  const faults: Fault[] = [];
  const first = new Map<string, number>();
  itemsAt(source.data, ['issuers']).forEach((item, index) => {
    const path: Path = ['issuers', index];
    faults.push(...checkIssuer(source, path, mode));
    const issuer = textAt(item, ['issuer']);
    if (issuer === undefined) return;
    if (issuer !== DEMO_ISSUER) faults.push(...missingAlgorithms(source, path));
    const other = first.get(issuer);
    if (other === undefined) first.set(issuer, index);
    else {
      const place = `${source.file}:${source.lineOf(['issuers', other])}`;
      faults.push(
        faultAt(source, path, `${quoted(issuer)} is at ${place} already: an issuer stands here once`),
      );
    }
  });
  return faults;
}

function checkHumans(source: Source, mode: Mode): Findings {
  const path: Path = ['humans'];
  const issuer = textAt(source.data, [...path, 'issuer']);
  if (issuer === undefined) return { faults: [], warnings: [] };
  const faults = [...checkIssuer(source, path, mode)];
  const warnings: Fault[] = [];
  const same = itemsAt(source.data, ['issuers']).find((item) => textAt(item, ['issuer']) === issuer);
  if (issuer !== DEMO_ISSUER && same === undefined) faults.push(...missingAlgorithms(source, path));
  const unclaimed = entriesAt(source.data, [...path, 'claims']).length === 0;
  if (same !== undefined && unclaimed) {
    if (mode === 'deployed' && issuer !== DEMO_ISSUER) {
      const problem =
        '`claims` must name what only tokens of people have, since the same issuer also proves agents';
      faults.push(faultAt(source, path, problem));
    } else if (mayBeSameTokens(same, at(source.data, path))) {
      const problem =
        'agents have the same issuer and audience: an agent would pass as a person; choose another';
      warnings.push(faultAt(source, [...path, 'audience'], problem));
    }
  }
  return { faults: [...faults, ...repeatedPeople(source)], warnings };
}

/** Whoever stood here twice, by whatever name, could approve twice. */
function repeatedPeople(source: Source): readonly Fault[] {
  const first = new Map<string, number>();
  return itemsAt(source.data, ['humans', 'people']).flatMap((item, index) => {
    const names = (['id', 'email', 'slack'] as const).flatMap((key) => {
      const text = textAt(item, [key]);
      // Addresses are told apart by nothing that letters' case says; ids in Slack are no addresses.
      const plain = text?.normalize('NFKC').toLowerCase();
      return text === undefined ? [] : [{ text, name: key === 'slack' ? `slack ${text}` : `${plain}` }];
    });
    const again = names.find(({ name }) => first.has(name));
    if (again === undefined) {
      for (const { name } of names) first.set(name, index);
      return [];
    }
    const place = `${source.file}:${source.lineOf(['humans', 'people', first.get(again.name) ?? 0])}`;
    return [
      faultAt(
        source,
        ['humans', 'people', index],
        `${quoted(again.text)} is at ${place} already: a person stands here once`,
      ),
    ];
  });
}

function checkEscalation(source: Source): readonly Fault[] {
  const expire = at(source.data, ['approvals', 'expireAfterSeconds']) ?? 3600;
  const escalate = at(source.data, ['approvals', 'escalateAfterSeconds']) ?? 900;
  if (typeof expire !== 'number' || typeof escalate !== 'number' || escalate < expire) return [];
  if (itemsAt(source.data, ['approvals', 'escalateTo']).length === 0) return [];
  const problem = `approvals expire after ${expire} s, before they escalate after ${escalate} s`;
  return [faultAt(source, ['approvals', 'escalateTo'], `${problem}: nobody here will be asked`)];
}

export function checkBroker(source: Source, mode: Mode): Findings {
  const humans = checkHumans(source, mode);
  return {
    faults: [...checkPublicUrl(source, mode), ...checkAgentIssuers(source, mode), ...humans.faults],
    warnings: [...humans.warnings, ...checkEscalation(source)],
  };
}
