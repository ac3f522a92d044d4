// From checked files to the one Config that everything else reads.
import {
  type AgentDefinition,
  type BrokerSettings,
  type Config,
  DEMO_ALGORITHMS,
  DEMO_ISSUER,
  type HumanSettings,
  type IssuerSettings,
  type PolicyFile,
  type TargetDefinition,
} from '../model.ts';
import { packConfig, unpackConfig } from '../pack.ts';
import { httpTargetOf } from './build-http.ts';
import { ENVIRONMENTS } from './checks/facts.ts';
import type { Shape } from './explain.ts';

type Broker = Shape<'broker'>;
type IssuerShape = Broker['issuers'][number];

function issuerOf(given: IssuerShape): IssuerSettings {
  const algorithms = given.algorithms ?? (given.issuer === DEMO_ISSUER ? DEMO_ALGORITHMS : []);
  return { ...given, algorithms };
}

/**
 * What people's settings leave out of keys and how they are reached is as their issuer has it, where it also proves
 * agents. What its tokens must say is not: that keeps people and agents apart.
 */
function humansOf(given: NonNullable<Broker['humans']>, issuers: readonly IssuerShape[]): HumanSettings {
  const same = issuers.find(({ issuer }) => issuer === given.issuer);
  const ownKeys = given.jwks !== undefined || given.jwksUri !== undefined;
  const shared = ownKeys ? undefined : same;
  return {
    ...(shared?.jwks === undefined ? {} : { jwks: shared.jwks }),
    ...(shared?.jwksUri === undefined ? {} : { jwksUri: shared.jwksUri }),
    ...(shared?.private === undefined ? {} : { private: shared.private }),
    ...given,
    algorithms:
      given.algorithms ?? issuerOf(same ?? { issuer: given.issuer, audience: given.audience }).algorithms,
  };
}

/** Also of a file whose other faults are still to be told, so it may be no URL at all. */
function plainUrl(url: string): string {
  if (!URL.canParse(url)) return url;
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`.replace(/\/$/u, '');
}

function brokerOf(given: Broker): BrokerSettings {
  const { publicUrl, humans, issuers, environments, ...rest } = given;
  return {
    ...rest,
    ...(publicUrl === undefined ? {} : { publicUrl: plainUrl(publicUrl) }),
    environments: [...new Set([...ENVIRONMENTS, ...environments])],
    issuers: issuers.map(issuerOf),
    ...(humans === undefined ? {} : { humans: humansOf(humans, issuers) }),
  };
}

function byId<T extends { readonly id: string }>(definitions: readonly T[]): Readonly<Record<string, T>> {
  const sorted = [...definitions].sort((a, b) => (a.id < b.id ? -1 : 1));
  return Object.fromEntries(sorted.map((definition) => [definition.id, definition]));
}

export interface Parts {
  readonly digest: string;
  readonly broker: Broker;
  /** Each with the digest of its file. */
  readonly agents: readonly (Shape<'agent'> & { readonly digest: string })[];
  readonly targets: readonly (Shape<'awsTarget'> | Shape<'httpTarget'> | Shape<'targetToCome'>)[];
  readonly policies: readonly PolicyFile[];
}

function groupsOf({ broker, agents, targets }: Parts): readonly string[] {
  const named = [
    ...(broker.humans?.groups ?? []),
    ...(broker.humans?.people ?? []).flatMap(({ groups }) => groups),
    ...broker.approvals.escalateTo,
    ...agents.flatMap(({ groups }) => groups),
    ...targets.flatMap(({ owner }) => owner.group ?? []),
  ];
  return [...new Set(named)].sort();
}

/** Packed and unpacked at once, so that what runs embedded is what a function would carry. */
export function buildConfig(parts: Parts): Config {
  const agents: readonly AgentDefinition[] = parts.agents;
  const targets: readonly TargetDefinition[] = parts.targets.map((target) =>
    target.kind === 'http' ? httpTargetOf(target) : target,
  );
  return unpackConfig(
    packConfig({
      digest: parts.digest,
      broker: brokerOf(parts.broker),
      agents: byId(agents),
      targets: byId(targets),
      policies: parts.policies,
      groups: groupsOf(parts),
    }),
  );
}
