// What functions may do with the roles of the config's AWS targets: exactly these roles, and no other.
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Config } from '../src/config/index.ts';
import type { FunctionDesign } from './functions.ts';
import { type Conditions, inParts } from './statement.ts';

/** The path of a broker's own permissions boundaries, as `BrokeredRole` makes them. */
export const BOUNDARY_PATH = '/bailiwick/';

/** What the Revoker needs to see on a role that it writes. */
export const DENY_READS = ['iam:GetRole', 'iam:GetRolePolicy', 'iam:ListRolePolicies'] as const;
export const DENY_WRITES = ['iam:PutRolePolicy', 'iam:DeleteRolePolicy'] as const;

interface Connection {
  readonly roleArn: string;
  readonly boundary?: string;
  readonly revokerRoleArn?: string;
}

/** The AWS targets that requests to HTTP targets are signed for. */
export function signedFor({ targets }: Config): readonly string[] {
  const injections = Object.values(targets).flatMap((each) => (each.kind === 'http' ? each.inject : []));
  return injections.flatMap((each) => ('sigv4' in each ? each.sigv4.target : []));
}

/** The roles that the config's targets name, each once, in a fixed order. */
function connections({ targets }: Config, of = Object.keys(targets)): readonly Connection[] {
  const roles = new Map<string, Connection>();
  for (const target of of.map((id) => targets[id])) {
    if (target?.kind === 'aws') roles.set(target.connection.roleArn, target.connection);
  }
  return [...roles.values()].sort((a, b) => (a.roleArn < b.roleArn ? -1 : 1));
}

function arns(roles: readonly Connection[]): string[] {
  return roles.map(({ roleArn }) => roleArn);
}

export function roleStatements(design: FunctionDesign, config: Config, name: string): PolicyStatement[] {
  const roles = connections(config);
  return [...assume(assumed(design, config)), ...(design.writesDenies ? denies(roles, name) : [])];
}

function assumed({ assumesTargetRoles }: FunctionDesign, config: Config): readonly Connection[] {
  if (assumesTargetRoles === 'all') return connections(config);
  return assumesTargetRoles === 'signing' ? connections(config, [...signedFor(config)]) : [];
}

function assume(roles: readonly Connection[]): PolicyStatement[] {
  const actions = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity', 'iam:GetRole'];
  return inParts('TargetRoles', actions, { resources: arns(roles) });
}

/**
 * Whoever may write a role's policy could widen the role: so only where the role says that it is this broker's, and
 * carries a boundary that the policy cannot lift.
 */
export function writable(name: string, boundary: Conditions): Conditions {
  return {
    StringEquals: { 'aws:ResourceTag/bailiwick': name, ...boundary['StringEquals'] },
    ...(boundary['ArnLike'] === undefined ? {} : { ArnLike: boundary['ArnLike'] }),
  };
}

/** Of one's own where the target names it; else any of the broker's path, in the role's own account. */
function boundaryOf({ roleArn, boundary }: Connection): Conditions {
  const [, partition = '', , , account = ''] = roleArn.split(':');
  return boundary === undefined
    ? { ArnLike: { 'iam:PermissionsBoundary': `arn:${partition}:iam::${account}:policy${BOUNDARY_PATH}*` } }
    : { StringEquals: { 'iam:PermissionsBoundary': boundary } };
}

function denies(roles: readonly Connection[], name: string): PolicyStatement[] {
  const own = roles.filter(({ revokerRoleArn }) => revokerRoleArn === undefined);
  const others = roles.flatMap(({ revokerRoleArn }) => revokerRoleArn ?? []);
  const byBoundary = [...Map.groupBy(own, (role) => JSON.stringify(boundaryOf(role))).values()];
  const bounded = byBoundary.flatMap((some) => {
    const [first] = some;
    if (first === undefined) return [];
    return [{ resources: arns(some), conditions: writable(name, boundaryOf(first)) }];
  });
  return [
    ...inParts('ReadDenies', DENY_READS, { resources: arns(own) }),
    ...inParts('WriteDenies', DENY_WRITES, ...bounded),
    ...inParts('RevokerRoles', ['sts:AssumeRole'], { resources: [...new Set(others)].sort() }),
  ];
}
