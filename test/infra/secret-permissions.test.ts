// Which secrets that the config names a function may read: those of HTTP targets, by functions that reach targets, and
// those of broker.yaml, by those that log people in or talk to Slack.
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnManagedPolicy, CfnPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { expect, it } from 'vitest';
import type { DeployableConfig } from '../../infra/checked-config.ts';
import { DESIGNS, FUNCTION_NAMES, type FunctionName } from '../../infra/functions.ts';
import { allowOnTargets } from '../../infra/role-policies.ts';
import { configSecretStatements } from '../../infra/secret-permissions.ts';
import { BailiwickStack } from '../../infra/stack.ts';
import { Stores } from '../../infra/stores.ts';
import { configOf, httpTarget, humanSettings } from '../support/config.ts';
import { PARTS } from '../support/parts.ts';
import { newApp, type Resource } from './deployment.ts';

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/1234';
const NAMES = ['prod/tickets-api', 'Odd_1+=.@-', 'prod/tickets-api'];
const env = { region: 'eu-west-1', account: '111122223333' };

function configWith(secrets: readonly (string | undefined)[]): DeployableConfig {
  const targets = secrets.map((secret, place) => {
    const { secret: _, ...target } = httpTarget(`target-${place}`);
    return secret === undefined ? target : { ...target, secret };
  });
  return configOf({ ...PARTS, agents: [], targets }) as unknown as DeployableConfig;
}

function statements(name: FunctionName, secrets: readonly (string | undefined)[], keys: readonly string[]) {
  const stack = new Stack(newApp(), 'Stack', { env });
  const made = configSecretStatements(
    DESIGNS[name],
    configWith(secrets),
    keys,
    new Stores(stack, 'Stores', { broker: 'bailiwick' }),
  );
  return stack.resolve(made.map((one) => one.toStatementJson())) as unknown[];
}

const NAMED = {
  Sid: 'TargetSecrets',
  Effect: 'Allow',
  Action: 'secretsmanager:GetSecretValue',
  Resource: ['Odd_1+=.@-', 'prod/tickets-api'].map((name) => ({
    'Fn::Join': [
      '',
      ['arn:', { Ref: 'AWS::Partition' }, `:secretsmanager:eu-west-1:111122223333:secret:${name}-??????`],
    ],
  })),
};

it('are exactly those named, each once, whatever their last six characters', () => {
  expect(statements('make-call', NAMES, [])).toEqual([NAMED]);
});

it('are decrypted under keys of the customer’s own only for Secrets Manager, and only those that are named', () => {
  expect(statements('make-call', ['prod/tickets-api'], [KEY])).toEqual([
    { ...NAMED, Resource: NAMED.Resource[1] },
    {
      Sid: 'KeysOfSecrets',
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: KEY,
      Condition: {
        StringEquals: {
          'kms:ViaService': { 'Fn::Join': ['', ['secretsmanager.eu-west-1.', { Ref: 'AWS::URLSuffix' }]] },
        },
      },
    },
  ]);
});

it('are none where no target names one', () => {
  expect(statements('make-call', [undefined], [KEY])).toEqual([]);
  expect(statements('make-call', [], [KEY])).toEqual([]);
});

it('are for functions alone that reach targets', () => {
  const reading = FUNCTION_NAMES.filter((name) => statements(name, NAMES, [KEY]).length > 0);
  expect(reading).toEqual(['make-call', 'execute-call']);
});

it('of the login and of Slack, are for functions alone that need them, and under the same keys', () => {
  const login = { clientId: 'pages', secret: 'prod/login' };
  const notify = { slack: { secret: 'prod/slack', channel: 'C1' } };
  const humans = humanSettings({ issuer: 'https://login.example.com', login });
  const parts = { ...PARTS, agents: [], targets: [], humans, broker: { notify } };
  const config = configOf(parts) as unknown as DeployableConfig;
  const stack = new Stack(newApp(), 'Stack', { env });
  const stores = new Stores(stack, 'Stores', { broker: 'bailiwick' });
  const read = (name: FunctionName) => {
    const made = configSecretStatements(DESIGNS[name], config, [KEY], stores);
    const text = JSON.stringify(stack.resolve(made.map((one) => one.toStatementJson())));
    return ['prod/login', 'prod/slack', KEY].filter((each) => text.includes(each));
  };
  const reading = Object.fromEntries(FUNCTION_NAMES.map((name) => [name, read(name)]));
  const some = Object.fromEntries(Object.entries(reading).filter(([, names]) => names.length > 0));
  expect(some).toEqual({
    'ask-approvers': ['prod/slack', KEY],
    'decide-approval': ['prod/login', 'prod/slack', KEY],
  });
});

interface Document {
  readonly Statement: readonly { readonly Sid: string; readonly Resource: string | readonly string[] }[];
}

/** What only a deployment knows is as long as the longest region. */
function withLongest(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withLongest);
  if (typeof value !== 'object' || value === null) return value;
  if ('Ref' in value) return 'x'.repeat(14);
  if ('Fn::Join' in value) return (withLongest(value['Fn::Join']) as [string, string[]])[1].join('');
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withLongest(one)]));
}

it('fit the policies that IAM takes, four hundred of them', () => {
  const stack = new Stack(newApp(), 'Stack');
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const names = Array.from({ length: 400 }, (_, place) => `production/some-team/api-${1000 + place}`);
  const stores = new Stores(stack, 'Stores', { broker: 'bailiwick' });
  allowOnTargets(role, configSecretStatements(DESIGNS['make-call'], configWith(names), [KEY], stores));
  const documents = role.node
    .findAll()
    .flatMap((one) =>
      one instanceof CfnPolicy || one instanceof CfnManagedPolicy
        ? [withLongest(stack.resolve(one.policyDocument)) as Document]
        : [],
    );
  expect(documents.length).toBeGreaterThan(2);
  expect(documents.length).toBeLessThanOrEqual(11);
  for (const one of documents) expect(JSON.stringify(one).length).toBeLessThanOrEqual(6144);
  const read = documents
    .flatMap(({ Statement }) => Statement)
    .filter(({ Sid }) => Sid.startsWith('TargetSecrets'));
  expect(read.flatMap(({ Resource }) => Resource).toSorted()).toEqual(
    names.map((name) => expect.stringMatching(new RegExp(`:secret:${name}-[?]{6}$`))),
  );
});

it('and their keys are given by a prop of the construct', () => {
  const config = configWith(['prod/tickets-api']);
  const template = Template.fromStack(
    new BailiwickStack(newApp(), 'Bailiwick', { config, secretKeyArns: [KEY] }),
  );
  const policies = Object.entries(template.findResources('AWS::IAM::Policy') as Record<string, Resource>);
  const holding = policies.filter(([, policy]) => JSON.stringify(policy).includes(KEY));
  expect(holding.map(([id]) => id).sort()).toEqual([
    expect.stringMatching(/^BailiwickExecuteCallRole/),
    expect.stringMatching(/^BailiwickMakeCallRole/),
  ]);
});
