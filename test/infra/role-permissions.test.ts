// What functions may do with the roles of targets, where roles are of several accounts and have boundaries of their own.
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { expect, it } from 'vitest';
import { DESIGNS, FUNCTION_NAMES, type FunctionName } from '../../infra/functions.ts';
import { roleStatements } from '../../infra/role-permissions.ts';
import type { AwsConnection } from '../../src/config/index.ts';
import { awsTarget, configOf, httpTarget } from '../support/config.ts';
import { PARTS } from '../support/parts.ts';

const role = (account: string, name: string) => `arn:aws:iam::${account}:role/${name}`;
const OWN = role('111122223333', 'reports');
const CHINA = 'arn:aws-cn:iam::111122223333:role/reports';
const BOUNDED = role('111122223333', 'orders');
const OTHER = role('444455556666', 'stock');
const REVOKER = role('444455556666', 'stock-revoker');

const CONNECTIONS: readonly AwsConnection[] = [
  { roleArn: OWN },
  { roleArn: CHINA },
  { roleArn: BOUNDED, boundary: 'arn:aws:iam::111122223333:policy/ours' },
  { roleArn: OTHER, revokerRoleArn: REVOKER, externalId: 'stock-7' },
  // Several targets may share a role.
  { roleArn: OTHER, revokerRoleArn: REVOKER, externalId: 'stock-7' },
];

function statements(name: FunctionName, connections = CONNECTIONS): unknown[] {
  const targets = connections.map((connection, place) => awsTarget(`target-${place}`, { connection }));
  const config = configOf({ ...PARTS, agents: [], targets });
  return roleStatements(DESIGNS[name], config, 'blue').map((one: PolicyStatement) => one.toStatementJson());
}

const allow = (Sid: string, Action: unknown, Resource: unknown, Condition?: object) => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});
const WRITES = ['iam:PutRolePolicy', 'iam:DeleteRolePolicy'];
const of = { 'aws:ResourceTag/bailiwick': 'blue' };

it('lets the Revoker write own roles while they are bounded, and go through another account’s own role', () => {
  expect(statements('revoke-sessions')).toEqual([
    allow('ReadDenies', ['iam:GetRole', 'iam:GetRolePolicy', 'iam:ListRolePolicies'], [CHINA, BOUNDED, OWN]),
    allow('WriteDenies', WRITES, CHINA, {
      StringEquals: of,
      ArnLike: { 'iam:PermissionsBoundary': 'arn:aws-cn:iam::111122223333:policy/bailiwick/*' },
    }),
    allow('WriteDenies1', WRITES, BOUNDED, {
      StringEquals: { ...of, 'iam:PermissionsBoundary': 'arn:aws:iam::111122223333:policy/ours' },
    }),
    allow('WriteDenies2', WRITES, OWN, {
      StringEquals: of,
      ArnLike: { 'iam:PermissionsBoundary': 'arn:aws:iam::111122223333:policy/bailiwick/*' },
    }),
    allow('RevokerRoles', 'sts:AssumeRole', REVOKER),
  ]);
});

it('lets who issues look roles up, and never write one', () => {
  expect(statements('issue-credentials')).toEqual([
    allow(
      'TargetRoles',
      ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity', 'iam:GetRole'],
      [CHINA, BOUNDED, OWN, OTHER],
    ),
  ]);
});

it('lets who makes calls look up and assume the roles alone that requests are signed for', () => {
  const signed = (id: string, target: string) =>
    httpTarget(id, { inject: [{ sigv4: { service: 'execute-api', region: 'eu-west-1', target } }] });
  const targets = [
    ...CONNECTIONS.map((connection, place) => awsTarget(`target-${place}`, { connection })),
    ...[signed('api', 'target-2'), signed('other-api', 'target-2'), httpTarget('tickets')],
  ];
  const config = configOf({ ...PARTS, agents: [], targets });
  const made = roleStatements(DESIGNS['make-call'], config, 'blue').map((one) => one.toStatementJson());
  const actions = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity', 'iam:GetRole'];
  expect(made).toEqual([allow('TargetRoles', actions, BOUNDED)]);
  // Who carries out what was approved asks by the role of who makes calls.
  expect(roleStatements(DESIGNS['execute-call'], config, 'blue')).toEqual([]);
});

it('lets nobody else do anything with roles, and nobody anything where no target is on AWS', () => {
  const others = FUNCTION_NAMES.filter((name) => !['revoke-sessions', 'issue-credentials'].includes(name));
  expect(others.flatMap((name) => statements(name))).toEqual([]);
  expect(FUNCTION_NAMES.flatMap((name) => statements(name, []))).toEqual([]);
});
