// What roles may do in a deployment, as IAM judges it: by all policies of the template, with ARNs as they would be.
import published from '../../src/config/iam/actions.json' with { type: 'json' };
import type { Context } from '../support/iam/conditions.ts';
import { type IamPolicy, type IamStatement, type Verdict, verdictOf } from '../support/iam/evaluate.ts';
import { type CloudFormation, resolved } from './cloudformation.ts';
import type { Deployment } from './deployment.ts';

const REGION = 'eu-west-1';
export const ACCOUNT = '111122223333';

const ENVIRONMENT = {
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT,
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'Bailiwick',
  'AWS::StackId': 'stack',
};

/** By type, where its ARN stands. */
const ARNS: Readonly<Record<string, (id: string) => string>> = {
  'AWS::S3::Bucket': (id) => `arn:aws:s3:::${id.toLowerCase()}`,
  'AWS::IAM::Role': (id) => `arn:aws:iam::${ACCOUNT}:role/${id}`,
  'AWS::DynamoDB::Table': (id) => `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${id}`,
  'AWS::KMS::Key': (id) => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${id}`,
};

export interface PolicyOf {
  readonly Statement: readonly (IamStatement & { readonly Sid?: string; readonly Principal?: unknown })[];
}

interface Found {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

export interface Judged {
  /** The id of the one resource of a type whose id matches. */
  id(type: string, pattern: RegExp): string;
  ids(type: string): readonly string[];
  arn(id: string): string;
  /** All policies of a role, taken together. */
  ofRole(id: string): IamPolicy;
  /** The policies that stand on resources of such a type, by the id of the policy. */
  on(type: string, property: string): Readonly<Record<string, PolicyOf>>;
}

export function judged(of: Deployment): Judged {
  const template = of.template.toJSON() as CloudFormation;
  const arn = (id: string) => ARNS[template.Resources[id]?.Type ?? '']?.(id) ?? `arn:aws:other:::${id}`;
  const { resources } = resolved(template, ENVIRONMENT);
  const text = JSON.stringify(resources)
    .replace(/<(\w+)\.StreamArn>/g, (_, id: string) => `${arn(id)}/stream/1`)
    .replace(/<(\w+)\.Arn>/g, (_, id: string) => arn(id));
  const all = Object.entries(JSON.parse(text) as Record<string, Found>);
  const ids = (type: string) => all.filter(([, { Type }]) => Type === type).map(([id]) => id);
  return {
    ids,
    arn,
    id(type, pattern) {
      const [one, ...more] = ids(type).filter((id) => pattern.test(id));
      if (one === undefined || more.length > 0) throw new Error(`${more.length} resources match ${pattern}`);
      return one;
    },
    ofRole(id) {
      const Statement = all
        .filter(([, { Type, Properties }]) => {
          const roles = (Properties['Roles'] ?? []) as readonly string[];
          return /^AWS::IAM::(Managed)?Policy$/.test(Type) && roles.includes(`<${id}>`);
        })
        .flatMap(([, { Properties }]) => (Properties['PolicyDocument'] as PolicyOf).Statement);
      return { Statement };
    },
    on: (type, property) =>
      Object.fromEntries(
        all
          .filter(([, { Type }]) => Type === type)
          .map(([id, { Properties }]) => [id, Properties[property] as PolicyOf]),
      ),
  };
}

/** Every action of a service that AWS has published. */
export function actionsOf(service: 's3' | 'dynamodb' | 'kms'): readonly string[] {
  const names = Object.values(published.services[service]).flatMap((list) => list.split(' '));
  return names.map((name) => `${service}:${name}`);
}

/** Those that speak of that resource at all, whatever is done to it: there are many actions, and most say nothing. */
function about({ Statement }: IamPolicy, resource: string, context: Context): readonly IamStatement[] {
  return [Statement].flat().filter(({ NotAction: _, ...statement }) => {
    const asked = { action: 'any:Action', resource, context };
    return verdictOf({ Statement: { ...statement, Action: '*' } }, asked) !== 'none';
  });
}

type Judge = (policy: IamPolicy, actions: readonly string[], resource: string, context: Context) => string[];

const judge =
  (wanted: Verdict): Judge =>
  (policy, actions, resource, context) => {
    const Statement = about(policy, resource, context);
    return actions.filter((action) => verdictOf({ Statement }, { action, resource, context }) === wanted);
  };

/** Of these actions, those that the role's own policies let it take on that resource. */
export const mayDo = judge('allow');
/** Of these, those that a policy says no to, whoever else says yes. */
export const mayNot = judge('deny');
