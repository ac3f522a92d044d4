// A role for the broker to hand out as a template has it, and words for what stands there.
import { App, type Environment, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BrokeredRole, type BrokeredRoleProps } from '../../infra/brokered-role.ts';
import { type CloudFormation, resolved } from './cloudformation.ts';

export const HERE = '444455556666';
export const BROKERS = '111122223333';
export const BROKER = {
  issuerRoleArn: `arn:aws:iam::${BROKERS}:role/Bailiwick-Issue`,
  revokerRoleArn: `arn:aws:iam::${BROKERS}:role/Bailiwick-Revoke`,
};
/** A broker that signs requests, too. */
export const CALLER = { ...BROKER, callerRoleArn: `arn:aws:iam::${BROKERS}:role/Bailiwick-Call` };
const PSEUDO = { 'AWS::Partition': 'aws', 'AWS::Region': 'eu-west-1' };
export const read = () =>
  new PolicyStatement({
    actions: ['s3:GetObject', 's3:ListBucket'],
    resources: ['arn:aws:s3:::acme', 'arn:aws:s3:::acme/*'],
  });

interface Made {
  readonly role: BrokeredRole;
  readonly template: CloudFormation;
}

export function made(props: Partial<BrokeredRoleProps> = {}, env: Environment = { account: HERE }): Made {
  const stack = new Stack(new App(), 'Orders', { env });
  const role = new BrokeredRole(stack, 'Role', { broker: BROKER, statements: [read()], ...props });
  return { role, template: Template.fromStack(stack).toJSON() as CloudFormation };
}

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly Condition?: unknown;
}

interface RoleProperties {
  readonly RoleName: string;
  readonly AssumeRolePolicyDocument: { readonly Statement: readonly Statement[] };
  readonly ManagedPolicyArns: readonly string[];
  readonly PermissionsBoundary: string;
  readonly MaxSessionDuration: number;
  readonly Tags: unknown;
  readonly Policies?: readonly { readonly PolicyDocument: { readonly Statement: readonly Statement[] } }[];
}

/** The resources by what they are, with every reference to one of them by what it is. */
export function shapes(template: CloudFormation, values: Readonly<Record<string, unknown>>) {
  const { resources, outputs } = resolved(template, { ...PSEUDO, ...values });
  const names = Object.entries(resources).map(([id, { Type, Properties }]) => {
    const isRevoker = String(Properties['RoleName']).endsWith('-revoker');
    return [id, Type === 'AWS::IAM::ManagedPolicy' ? 'policy' : isRevoker ? 'revoker' : 'role'] as const;
  });
  const byName = Object.fromEntries(names.map(([id, name]) => [name, resources[id]?.Properties]));
  const named = names.reduce(
    (text, [id, name]) => text.replaceAll(`<${id}>`, `<${name}>`).replaceAll(`<${id}.Arn>`, `<${name}.Arn>`),
    JSON.stringify({ byName, outputs }),
  );
  const parsed = JSON.parse(named) as { byName: Record<string, unknown>; outputs: Record<string, unknown> };
  return {
    role: parsed.byName['role'] as RoleProperties,
    revoker: parsed.byName['revoker'] as RoleProperties | undefined,
    policy: parsed.byName['policy'] as { Path: string; PolicyDocument: { Statement: readonly Statement[] } },
    outputs: parsed.outputs,
  };
}

export const shapesOf = (props?: Partial<BrokeredRoleProps>, account = HERE) =>
  shapes(made(props, { account }).template, { 'AWS::AccountId': account });
