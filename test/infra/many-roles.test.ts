// A config of many AWS targets: what the functions may do with their roles fits what IAM takes, or is refused at synth.
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import type { DeployableConfig } from '../../infra/checked-config.ts';
import { BailiwickStack } from '../../infra/stack.ts';
import type { AwsConnection } from '../../src/config/index.ts';
import { awsTarget, configOf } from '../support/config.ts';
import { PARTS } from '../support/parts.ts';
import type { Resource } from './deployment.ts';

const ACCOUNT = 'arn:aws:iam::111122223333';
const OTHER = 'arn:aws:iam::444455556666';
const name = (place: number) => `bailiwick-orders-eu-west-1-${String(place).padStart(4, '0')}`;
const own = (place: number): AwsConnection => ({ roleArn: `${ACCOUNT}:role/${name(place)}` });
const bounded = (place: number): AwsConnection => ({
  roleArn: `${ACCOUNT}:role/${name(place)}`,
  boundary: `${ACCOUNT}:policy/${name(place)}`,
});
const elsewhere = (place: number): AwsConnection => ({
  roleArn: `${OTHER}:role/${name(place)}`,
  revokerRoleArn: `${OTHER}:role/${name(place)}-revoker`,
});

function synthesized(connections: readonly AwsConnection[]): Template {
  const targets = connections.map((connection, place) => awsTarget(`target-${place}`, { connection }));
  const config = configOf({ ...PARTS, agents: [], targets }) as unknown as DeployableConfig;
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  return Template.fromStack(new BailiwickStack(app, 'Bailiwick', { config }));
}

interface Statement {
  readonly Sid: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

function documentsOf(template: Template, type: string, role: string): readonly (readonly Statement[])[] {
  const all = template.findResources(type) as Record<string, Resource>;
  return Object.entries(all)
    .filter(([id]) => id.startsWith(`Bailiwick${role}Role`))
    .map(([, { Properties }]) => (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement);
}

/** Longer than any ARN that a deployment puts there. */
const UNKNOWN = 'x'.repeat(150);

function sizeOf(statements: readonly Statement[]): number {
  const known = (_: string, value: unknown) =>
    typeof value === 'object' && value !== null && /^\{"(?:Ref|Fn::\w+)":/.test(JSON.stringify(value))
      ? UNKNOWN
      : value;
  return JSON.stringify({ Version: '2012-10-17', Statement: statements }, known).length;
}

const ROLES = [
  ['IssueCredentials', ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity', 'iam:GetRole']],
  [
    'RevokeSessions',
    ['iam:GetRole', 'iam:GetRolePolicy', 'iam:ListRolePolicies', 'iam:PutRolePolicy', 'iam:DeleteRolePolicy'],
  ],
] as const;

describe.each([
  ['300 roles of the broker’s account', Array.from({ length: 300 }, (_, place) => own(place))],
  [
    '300 roles, of another account or with a boundary of their own some of them',
    [
      ...Array.from({ length: 200 }, (_, place) => own(place)),
      ...Array.from({ length: 50 }, (_, place) => bounded(1000 + place)),
      ...Array.from({ length: 50 }, (_, place) => elsewhere(2000 + place)),
    ],
  ],
])('%s', (_, connections) => {
  const template = synthesized(connections);

  it.each(ROLES)('fit the policies of %s', (role) => {
    const inline = documentsOf(template, 'AWS::IAM::Policy', role);
    const managed = documentsOf(template, 'AWS::IAM::ManagedPolicy', role);
    expect(inline).toHaveLength(1);
    for (const one of inline) expect(sizeOf(one)).toBeLessThanOrEqual(10_240);
    for (const one of managed) expect(sizeOf(one)).toBeLessThanOrEqual(6144);
    expect(managed.length).toBeGreaterThan(0);
    expect(managed.length).toBeLessThanOrEqual(10);
    for (const one of [...inline, ...managed]) {
      const sids = one.map(({ Sid }) => Sid);
      expect(new Set(sids).size).toBe(sids.length);
    }
  });

  it.each(ROLES)('are all that %s may touch, each once', (role, actions) => {
    const all = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap((type) =>
      documentsOf(template, type, role).flat(),
    );
    const roleArns = connections.map(({ roleArn }) => roleArn);
    const ownArns = connections.flatMap(({ roleArn, revokerRoleArn }) =>
      revokerRoleArn === undefined ? [roleArn] : [],
    );
    for (const action of actions) {
      const touched = all
        .filter(({ Action }) => [Action].flat().includes(action))
        .flatMap(({ Resource }) => [Resource].flat());
      const expected = role === 'RevokeSessions' ? ownArns : roleArns;
      expect(touched.sort()).toEqual([...expected].sort());
    }
  });
});

it.each([
  ['too many roles', Array.from({ length: 1000 }, (_, place) => own(place))],
  ['too many boundaries', Array.from({ length: 300 }, (_, place) => bounded(place))],
])('refuses %s, and says what to do', (_, connections) => {
  expect(() => synthesized(connections)).toThrow(
    /has \d+ managed policies; IAM takes 10\. .* let targets share roles, boundaries and secrets, or give some of them to another broker/,
  );
});
