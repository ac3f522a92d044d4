// The policies of a role that the broker hands out, as plain documents: whom it trusts, and who may revoke its sessions.
import { DENY_READS, DENY_WRITES, writable } from './role-permissions.ts';

/** On every session of the broker's, and no other tag; operators rely on them, and so does the deny. */
const TAGS = ['agent', 'task', 'root', 'environment'] as const;

/** At least one: a condition that names none would be met by the whole account. */
export type RoleArns = readonly [string, ...string[]];

export interface Trusting {
  /** The roles of functions of the broker's. */
  readonly roleArns: RoleArns;
  /** The account of these roles, as a principal. */
  readonly accountArn: string;
  readonly externalId: string | undefined;
}

/**
 * The account, held to its roles by a condition. With a role itself as principal IAM would keep an id that dies with
 * it: a broker's role that was made anew under its old name would be locked out, and no template would show why. And
 * IAM refuses a principal that is not there yet, so the broker would have to come first everywhere. Whoever may make
 * a role of that name in the broker's account could change the broker's code as well.
 */
function by({ accountArn }: Trusting) {
  return { Effect: 'Allow', Principal: { AWS: accountArn } };
}

function only({ roleArns }: Trusting) {
  return { ArnEquals: { 'aws:PrincipalArn': roleArns.length === 1 ? roleArns[0] : roleArns } };
}

/** Beside the external id, which only AssumeRole knows. */
function equal(externalId: string | undefined, environment?: string) {
  const all = {
    ...(environment === undefined ? {} : { 'aws:RequestTag/environment': environment }),
    ...(externalId === undefined ? {} : { 'sts:ExternalId': externalId }),
  };
  return Object.keys(all).length === 0 ? {} : { StringEquals: all };
}

/** All four are there, and no fifth. */
function tagged(environment: string | undefined) {
  return {
    'aws:RequestTag/agent': '?*',
    'aws:RequestTag/task': 'task_*',
    'aws:RequestTag/root': 'task_*',
    ...(environment === undefined ? { 'aws:RequestTag/environment': '?*' } : {}),
  };
}

/** One statement an action: each knows other condition keys, and a key that an action does not know is never met. */
export function roleTrust(trusting: Trusting, environment: string | undefined) {
  const { externalId } = trusting;
  const allTags = { 'aws:TagKeys': TAGS };
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Assume',
        ...by(trusting),
        Action: 'sts:AssumeRole',
        Condition: {
          ...only(trusting),
          ...equal(externalId, environment),
          StringLike: { ...tagged(environment), 'sts:SourceIdentity': '?*' },
          'ForAllValues:StringEquals': allTags,
        },
      },
      {
        Sid: 'Tag',
        ...by(trusting),
        Action: 'sts:TagSession',
        Condition: {
          ...only(trusting),
          ...equal(undefined, environment),
          StringLike: tagged(environment),
          'ForAllValues:StringEquals': { ...allTags, 'sts:TransitiveTagKeys': TAGS },
          // So that a session cannot shed its task by assuming another role.
          'ForAnyValue:StringEquals': { 'sts:TransitiveTagKeys': 'task' },
        },
      },
      {
        Sid: 'NameTheAgent',
        ...by(trusting),
        Action: 'sts:SetSourceIdentity',
        Condition: { ...only(trusting), StringLike: { 'sts:SourceIdentity': '?*' } },
      },
    ],
  };
}

/** The broker sees by this which boundary the role carries, where it is of another account. */
export function lookUpStatement(roleArn: string) {
  return { Sid: 'BrokerLooksItUp', Effect: 'Allow', Action: 'iam:GetRole', Resource: roleArn };
}

/** Every action of IAM that changes something, by the words that their names begin with. */
const IAM_WRITES = [
  ...[
    'Add',
    'Attach',
    'Create',
    'Delete',
    'Detach',
    'Pass',
    'Put',
    'Remove',
    'Set',
    'Tag',
    'Untag',
    'Update',
  ],
].map((word) => `iam:${word}*`);

/**
 * Whatever else a session may do: it lifts no deny on its own role, takes away no boundary, and does not rewrite what
 * the boundary says. In the role's own policy, so that it holds as its boundary and as what it is given.
 */
export function keptStatement(arns: readonly string[]) {
  return { Sid: 'KeepsWhatHoldsIt', Effect: 'Deny', Action: IAM_WRITES, Resource: arns };
}

export function revokerTrust(trusting: Trusting) {
  const Condition = { ...only(trusting), ...equal(trusting.externalId) };
  return {
    Version: '2012-10-17',
    Statement: [{ Sid: 'Revoke', ...by(trusting), Action: 'sts:AssumeRole', Condition }],
  };
}

/** On this one role, as long as it is that broker's and bounded. */
export function revokerPolicy(roleArn: string, broker: string, boundaryArn: string) {
  const Condition = writable(broker, { StringEquals: { 'iam:PermissionsBoundary': boundaryArn } });
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'ReadDeny', Effect: 'Allow', Action: DENY_READS, Resource: roleArn },
      { Sid: 'WriteDeny', Effect: 'Allow', Action: DENY_WRITES, Resource: roleArn, Condition },
    ],
  };
}
