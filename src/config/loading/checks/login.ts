// Whether those who decide can log in where they must.
import { needsLogin } from '../../../approvals/index.ts';
import { DEMO_ISSUER, type Effect, type Fault } from '../../model.ts';
import { at, entriesAt, itemsAt, type Path, textAt } from '../access.ts';
import { faultAt, type Source } from '../source.ts';
import { quoted } from '../words.ts';
import type { Findings } from './common.ts';
import type { Mode } from './facts.ts';

const HUMANS: Path = ['humans'];
const LOGIN: Path = [...HUMANS, 'login'];
const MOST_NAMED = 3;

function booleanAt(data: unknown, path: Path): boolean | undefined {
  const value = at(data, path);
  return typeof value === 'boolean' ? value : undefined;
}

/** Embedded, admin effects are decided otherwise where nobody can log in, and nobody need be told. */
function mayNeedLogin(broker: Source, target: Source, mode: Mode): boolean {
  const rules = {
    broker: booleanAt(broker.data, ['approvals', 'requireLogin']),
    target: booleanAt(target.data, ['requireLogin']),
    deployed: mode === 'deployed',
  };
  if (needsLogin({ ...rules, effect: 'read' })) return true;
  const effects = entriesAt(target.data, ['capabilities']).map(([name]) =>
    textAt(target.data, ['capabilities', name, 'effect']),
  );
  return mode === 'deployed' && effects.some((effect) => needsLogin({ ...rules, effect: effect as Effect }));
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).map(quoted).join(', ');
  return names.length > MOST_NAMED ? `${shown} and ${names.length - MOST_NAMED} more` : shown;
}

function loginMissing(broker: Source, targets: readonly Source[], mode: Mode): readonly Fault[] {
  const names = targets
    .filter((target) => mayNeedLogin(broker, target, mode))
    .flatMap(({ data }) => textAt(data, ['id']) ?? []);
  if (names.length === 0) return [];
  const problem =
    `\`login\` is missing: approvals of ${listed(names)} need one, so they can be decided only by REST, ` +
    '`bailiwick approvals approve` or, but for admin effects, Slack';
  return [faultAt(broker, HUMANS, problem)];
}

/** Such tokens would be taken for agents' wherever an identity fits them. */
function sharesAudience(broker: Source): readonly Fault[] {
  const { data } = broker;
  const issuer = textAt(data, [...HUMANS, 'issuer']);
  const clientId = textAt(data, [...LOGIN, 'clientId']);
  const same = itemsAt(data, ['issuers']).find((item) => textAt(item, ['issuer']) === issuer);
  const claim = textAt(same, ['audienceClaim']) ?? 'aud';
  if (clientId === undefined || claim !== 'aud' || textAt(same, ['audience']) !== clientId) return [];
  const problem =
    'agents of the same issuer have this as their audience, so who logs in could pass as an agent: choose another';
  return [faultAt(broker, [...LOGIN, 'clientId'], problem)];
}

export function checkLogin(broker: Source, targets: readonly Source[], mode: Mode): Findings {
  if (at(broker.data, HUMANS) === undefined) return { faults: [], warnings: [] };
  if (at(broker.data, LOGIN) === undefined) {
    return { faults: [], warnings: loginMissing(broker, targets, mode) };
  }
  if (textAt(broker.data, [...HUMANS, 'issuer']) !== DEMO_ISSUER) {
    return { faults: [], warnings: sharesAudience(broker) };
  }
  // Deployed, that issuer is a fault itself.
  const problem = '`login` is not for the demo issuer, which has no page to log in at';
  return { faults: mode === 'embedded' ? [faultAt(broker, LOGIN, problem)] : [], warnings: [] };
}
