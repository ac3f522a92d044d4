// What functions may do with the roles of the config's AWS targets: exactly these roles, and no other.
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Config } from '../src/config/index.ts';
import type { FunctionDesign } from './functions.ts';
import { type Conditions, statement } from './statement.ts';

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

/** The roles that the config's targets name, each once, in a fixed order. */
function connections(config: Config): readonly Connection[] {
  const roles = new Map<string, Connection>();
  for (const target of Object.values(config.targets)) {
    if (target.kind === 'aws') roles.set(target.connection.roleArn, target.connection);
  }
  return [...roles.values()].sort((a, b) => (a.roleArn < b.roleArn ? -1 : 1));
}

function arns(roles: readonly Connection[]): string[] {
  return roles.map(({ roleArn }) => roleArn);
}

export function roleStatements(design: FunctionDesign, config: Config, name: string): PolicyStatement[] {
  const roles = connections(config);
  return [
    ...(design.assumesTargetRoles ? assume(roles) : []),
    ...(design.looksUpRoles ? statement('LookUpRoles', ['iam:GetRole'], arns(roles)) : []),
    ...(design.writesDenies ? denies(roles, name) : []),
  ];
}

function assume(roles: readonly Connection[]): PolicyStatement[] {
  const actions = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];
  return statement('TargetRoles', actions, arns(roles));
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
  const byBoundary = Map.groupBy(own, (role) => JSON.stringify(boundaryOf(role)));
  return [
    ...statement('ReadDenies', ['iam:GetRolePolicy', 'iam:ListRolePolicies'], arns(own)),
    ...[...byBoundary.values()].flatMap((some, place) => {
      const [first] = some;
      if (first === undefined) return [];
      return statement(
        `WriteDenies${place === 0 ? '' : place}`,
        [...DENY_WRITES],
        arns(some),
        writable(name, boundaryOf(first)),
      );
    }),
    ...statement('RevokerRoles', ['sts:AssumeRole'], [...new Set(others)].sort()),
  ];
}
