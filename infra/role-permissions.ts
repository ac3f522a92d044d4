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

/** Of the ARNs of one statement: three of them fit a managed policy. */
const MOST_CHARACTERS = 1700;

/** In their order, in as many lists as it takes. */
function parts(all: readonly string[]): readonly string[][] {
  const lists: string[][] = [];
  let room = 0;
  for (const arn of all) {
    const size = JSON.stringify(arn).length + 1;
    const last = lists.at(-1);
    if (last === undefined || size > room) {
      lists.push([arn]);
      room = MOST_CHARACTERS - size;
    } else {
      last.push(arn);
      room -= size;
    }
  }
  return lists;
}

interface On {
  readonly resources: readonly string[];
  readonly conditions?: Conditions;
}

/** IAM bounds each policy, and no statement can be in two of them, so each is short. Numbered from the second on. */
function inParts(sid: string, actions: readonly string[], ...on: readonly On[]): PolicyStatement[] {
  return on
    .flatMap(({ resources, conditions }) => parts(resources).map((part) => ({ part, conditions })))
    .flatMap(({ part, conditions }, place) =>
      statement(`${sid}${place === 0 ? '' : place}`, [...actions], part, conditions),
    );
}

export function roleStatements(design: FunctionDesign, config: Config, name: string): PolicyStatement[] {
  const roles = connections(config);
  return [
    ...(design.assumesTargetRoles ? assume(roles) : []),
    ...(design.writesDenies ? denies(roles, name) : []),
  ];
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
