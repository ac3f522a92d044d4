// A role for the broker to hand out: whom it trusts and for what, and what can widen it.
import { App, Aws, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { Bailiwick } from '../../infra/bailiwick.ts';
import { BrokeredRole, type BrokeredRoleProps } from '../../infra/brokered-role.ts';
import { checkedConfig } from '../../infra/checked-config.ts';
import { BROKER, BROKERS, CALLER, HERE, made, read, shapesOf } from './brokered.ts';
import { deployment, EXAMPLE } from './deployment.ts';

const TAGS = ['agent', 'task', 'root', 'environment'];
const ROOT = { AWS: `arn:aws:iam::${BROKERS}:root` };

describe('whom the role trusts', () => {
  const trust = (props?: Partial<BrokeredRoleProps>) =>
    shapesOf(props).role.AssumeRolePolicyDocument.Statement;

  it('is the function that issues credentials, and nobody else', () => {
    for (const { Effect, Principal, Condition } of trust()) {
      expect({ Effect, Principal }).toEqual({ Effect: 'Allow', Principal: ROOT });
      expect(Condition).toMatchObject({ ArnEquals: { 'aws:PrincipalArn': BROKER.issuerRoleArn } });
    }
  });

  it('is the function that makes calls beside it, in every statement, where the role signs', () => {
    const { issuerRoleArn, callerRoleArn } = CALLER;
    const statements = trust({ broker: CALLER, signs: true });
    expect(statements).toHaveLength(3);
    const both = { ArnEquals: { 'aws:PrincipalArn': [issuerRoleArn, callerRoleArn] } };
    for (const [place, { Condition, ...rest }] of statements.entries()) {
      const { Condition: alone, ...others } = trust()[place] ?? {};
      expect([rest, Condition]).toEqual([others, { ...(alone as object), ...both }]);
    }
  });

  it('is not that function where the role does not sign, nor has it to do with revoking', () => {
    for (const signs of [undefined, false]) {
      const template = made({ broker: CALLER, ...(signs === undefined ? {} : { signs }) }).template;
      expect(JSON.stringify(template)).not.toContain(CALLER.callerRoleArn);
    }
    const { revoker } = shapesOf({ broker: CALLER, signs: true });
    expect(JSON.stringify(revoker)).not.toContain(CALLER.callerRoleArn);
  });

  it('is it for three actions, each under what it can say', () => {
    expect(trust().map(({ Action }) => Action)).toEqual([
      'sts:AssumeRole',
      'sts:TagSession',
      'sts:SetSourceIdentity',
    ]);
    const tagged = {
      'aws:RequestTag/agent': '?*',
      'aws:RequestTag/task': 'task_*',
      'aws:RequestTag/root': 'task_*',
      'aws:RequestTag/environment': '?*',
    };
    const only = { ArnEquals: { 'aws:PrincipalArn': BROKER.issuerRoleArn } };
    const named = { 'sts:SourceIdentity': '?*' };
    expect(trust().map(({ Condition }) => Condition)).toEqual([
      { ...only, StringLike: { ...tagged, ...named }, 'ForAllValues:StringEquals': { 'aws:TagKeys': TAGS } },
      {
        ...only,
        StringLike: tagged,
        'ForAllValues:StringEquals': { 'aws:TagKeys': TAGS, 'sts:TransitiveTagKeys': TAGS },
        'ForAnyValue:StringEquals': { 'sts:TransitiveTagKeys': 'task' },
      },
      { ...only, StringLike: named },
    ]);
  });

  it('is it with the external id only, where there is one: in the one action that knows it', () => {
    const [assume, ...others] = trust({ externalId: 'orders-7' });
    expect(assume?.Condition).toMatchObject({ StringEquals: { 'sts:ExternalId': 'orders-7' } });
    expect(JSON.stringify(others)).not.toContain('ExternalId');
  });

  it('is it for one environment only, where one is named', () => {
    const [assume, tag] = trust({ environment: 'production' });
    for (const one of [assume, tag]) {
      expect(one?.Condition).toMatchObject({ StringEquals: { 'aws:RequestTag/environment': 'production' } });
      expect(JSON.stringify(one?.Condition)).not.toContain('"aws:RequestTag/environment":"?*"');
    }
  });
});

describe('what the role may do', () => {
  it('is one managed policy under the broker’s path, which is its boundary at once', () => {
    const { role, policy } = shapesOf();
    expect(policy.Path).toBe('/bailiwick/');
    expect(role).toMatchObject({
      ManagedPolicyArns: ['<policy>'],
      PermissionsBoundary: '<policy>',
      MaxSessionDuration: 3600,
      Tags: [{ Key: 'bailiwick', Value: 'bailiwick' }],
    });
    expect(role).not.toHaveProperty('Policies');
  });

  it('is what the app says, and to be looked up; and nothing that lifts what holds it', () => {
    const { policy, role } = shapesOf({ roleName: 'orders' });
    expect(role.RoleName).toBe('orders');
    expect(policy.PolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: ['s3:GetObject', 's3:ListBucket'],
        Resource: ['arn:aws:s3:::acme', 'arn:aws:s3:::acme/*'],
      },
      {
        Sid: 'BrokerLooksItUp',
        Effect: 'Allow',
        Action: 'iam:GetRole',
        Resource: `arn:aws:iam::${HERE}:role/orders`,
      },
      expect.objectContaining({
        Effect: 'Deny',
        Resource: [
          `arn:aws:iam::${HERE}:role/orders`,
          `arn:aws:iam::${HERE}:policy/bailiwick/*`,
          `arn:aws:iam::${HERE}:role/orders-revoker`,
        ],
      }),
    ]);
  });

  it('may be bounded by a policy of one’s own', () => {
    const boundary = `arn:aws:iam::${HERE}:policy/ours`;
    const { role } = made({ boundary });
    expect(role.connection.boundary).toBe(boundary);
    const { role: shape, policy } = shapesOf({ boundary });
    expect(shape).toMatchObject({ ManagedPolicyArns: ['<policy>'], PermissionsBoundary: boundary });
    const kept = policy.PolicyDocument.Statement.find(({ Effect }) => Effect === 'Deny');
    expect(kept?.Resource).toContain(boundary);
  });

  it('cannot be added to afterwards: the role is no principal', () => {
    const { role } = made();
    expect('grantPrincipal' in role).toBe(false);
    expect(
      role.node.children.filter((child) => 'addToPrincipalPolicy' in child || 'addToPolicy' in child),
    ).toEqual([]);
  });

  it.each([
    [
      'is too large',
      [new PolicyStatement({ actions: ['s3:GetObject'], resources: ['x'.repeat(6100)] })],
      /6\d{3} characters; IAM takes 6144/,
    ],
    ['names no action', [new PolicyStatement({ resources: ['*'] })], /at least one 'action'/],
  ])('is refused at synth where it %s', (_, statements, problem) => {
    expect(() => made({ statements })).toThrow(problem);
  });
});

describe('through which sessions are revoked', () => {
  it('is no role of its own in the broker’s account', () => {
    const { role } = made({}, { account: BROKERS });
    expect(role.connection).toEqual({ roleArn: role.roleArn });
    expect(shapesOf({}, BROKERS).revoker).toBeUndefined();
  });

  it('is a role that the Revoker alone may use, and only on that one', () => {
    const { revoker } = shapesOf({ roleName: 'orders', externalId: 'orders-7' });
    expect(revoker).toMatchObject({ RoleName: 'orders-revoker' });
    expect(revoker?.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Sid: 'Revoke',
        Effect: 'Allow',
        Principal: ROOT,
        Action: 'sts:AssumeRole',
        Condition: {
          ArnEquals: { 'aws:PrincipalArn': BROKER.revokerRoleArn },
          StringEquals: { 'sts:ExternalId': 'orders-7' },
        },
      },
    ]);
    const Resource = `arn:aws:iam::${HERE}:role/orders`;
    expect(revoker?.Policies?.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)).toEqual([
      {
        Sid: 'ReadDeny',
        Effect: 'Allow',
        Action: ['iam:GetRole', 'iam:GetRolePolicy', 'iam:ListRolePolicies'],
        Resource,
      },
      {
        Sid: 'WriteDeny',
        Effect: 'Allow',
        Action: ['iam:PutRolePolicy', 'iam:DeleteRolePolicy'],
        Resource,
        Condition: {
          StringEquals: { 'aws:ResourceTag/bailiwick': 'bailiwick', 'iam:PermissionsBoundary': '<policy>' },
        },
      },
    ]);
  });

  it('is told to the operator, with all else that the target must say', () => {
    const { role } = made({ roleName: 'orders', externalId: 'orders-7' });
    expect(Stack.of(role).resolve(role.connection)).toEqual({
      roleArn: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${HERE}:role/orders`]] },
      externalId: 'orders-7',
      revokerRoleArn: {
        'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${HERE}:role/orders-revoker`]],
      },
    });
  });
});

describe('whose account it is', () => {
  it.each([
    ['the same', {}, { account: BROKERS }, false],
    ['another', {}, { account: HERE }, true],
    ['said to be another', { otherAccount: true }, {}, true],
    ['said to be the same', { otherAccount: false }, {}, false],
  ] as const)('%s', (_, props, env, elsewhere) => {
    expect('revokerRoleArn' in made(props, env).role.connection).toBe(elsewhere);
  });

  it('must be said where it is not known', () => {
    expect(() => made({}, {})).toThrow('say `otherAccount: true` or `false`');
  });

  it('is known of a broker in the same app', async () => {
    const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
    const stack = new Stack(app, 'Both');
    const broker = new Bailiwick(stack, 'Broker', { config: await checkedConfig(EXAMPLE), name: 'blue' });
    const role = new BrokeredRole(new Stack(app, 'Orders'), 'Role', { broker, statements: [read()] });
    expect(role.connection).toEqual({ roleArn: role.roleArn });
    const template = Template.fromStack(Stack.of(role));
    template.hasResourceProperties('AWS::IAM::Role', { Tags: [{ Key: 'bailiwick', Value: 'blue' }] });
    const trusted = JSON.stringify(template.toJSON());
    expect(trusted).toContain('BrokerIssueCredentialsRole');
    expect(trusted).not.toContain('BrokerMakeCallRole');
  });

  it('is that of a broker in the same app for roles that sign, too', async () => {
    const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
    const broker = new Bailiwick(new Stack(app, 'Both'), 'Broker', { config: await checkedConfig(EXAMPLE) });
    const orders = new Stack(app, 'Orders');
    new BrokeredRole(orders, 'Role', { broker, statements: [read()], signs: true });
    const trusted = JSON.stringify(Template.fromStack(orders).toJSON());
    for (const role of ['BrokerIssueCredentialsRole', 'BrokerMakeCallRole']) expect(trusted).toContain(role);
  });
});

describe('wrong use', () => {
  it.each([
    ['a name that is too long', { roleName: 'x'.repeat(57) }, 'at most 56'],
    ['a name that IAM refuses', { roleName: 'a/b' }, 'at most 56'],
    [
      'a broker that is no role',
      { broker: { ...BROKER, issuerRoleArn: 'arn:aws:iam::111122223333:user/x' } },
      'by ARN',
    ],
    [
      'a broker that is any role',
      { broker: { ...BROKER, issuerRoleArn: `arn:aws:iam::${BROKERS}:role/*` } },
      'without wildcards',
    ],
    [
      'a revoker that is any role of a kind',
      { broker: { ...BROKER, revokerRoleArn: `arn:aws:iam::${BROKERS}:role/Bailiwick-?` } },
      'without wildcards',
    ],
    [
      'a broker that is any role of an account named at deployment',
      { broker: { ...BROKER, issuerRoleArn: `arn:aws:iam::${Aws.ACCOUNT_ID}:role/*` } },
      'without wildcards',
    ],
    [
      'a revoker of another account than the issuer',
      { broker: { ...BROKER, revokerRoleArn: `arn:aws:iam::${HERE}:role/Bailiwick-Revoke` } },
      `unlike ${BROKERS} and ${HERE}`,
    ],
    [
      'a caller that is any role',
      { broker: { ...BROKER, callerRoleArn: `arn:aws:iam::${BROKERS}:role/*` } },
      'without wildcards',
    ],
    [
      'a caller of another account than the issuer',
      { broker: { ...BROKER, callerRoleArn: `arn:aws:iam::${HERE}:role/Bailiwick-Call` }, signs: true },
      `issuerRoleArn and callerRoleArn are of one broker, and so of one account, unlike ${BROKERS} and ${HERE}`,
    ],
    ['a role to sign with, of a broker that says not who calls', { signs: true }, 'output MakeCallRoleArn'],
    ['a broker of no name', { broker: { ...BROKER, name: 'No name' } }, '2 to 40 small letters'],
  ] as const)('%s', (_, props, problem) => {
    expect(() => made(props)).toThrow(problem);
  });

  it('an external id that is too long for a trust', () => {
    const problem =
      /trust of the role comes to 2\d{3} characters; IAM takes 2048\. Give it a shorter externalId/;
    expect(() => made({ externalId: 'x'.repeat(750) })).toThrow(problem);
    expect(made({ externalId: 'x'.repeat(600) }).role.connection.externalId).toHaveLength(600);
    const signing = { broker: CALLER, signs: true };
    expect(() => made({ externalId: 'x'.repeat(600), ...signing })).toThrow(problem);
    expect(made({ externalId: 'x'.repeat(400), ...signing }).role.connection.externalId).toHaveLength(400);
  });

  it('two roles of one app have two names', () => {
    const stack = new Stack(new App(), 'Orders', { env: { account: HERE } });
    const names = ['One', 'Two'].map(
      (id) => new BrokeredRole(stack, id, { broker: BROKER, statements: [read()] }).roleName,
    );
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^[\w-]{1,56}$/);
  });
});

it('is clean by cdk-nag, but for the wildcards that the app itself writes', () => {
  const app = new App();
  const stack = new Stack(app, 'Orders', { env: { account: HERE } });
  const statements = [new PolicyStatement({ actions: ['s3:ListBucket'], resources: ['arn:aws:s3:::acme'] })];
  new BrokeredRole(stack, 'Role', { broker: BROKER, statements, externalId: 'orders-7' });
  const { violations } = new AwsSolutionsChecks().validateScope(app);
  expect(violations).toEqual([]);
});

it('is trusted by what a deployment says of itself', async () => {
  const { template } = await deployment();
  const { Outputs } = template.toJSON() as { Outputs: Record<string, { Value: unknown }> };
  expect(JSON.stringify(Outputs['IssueCredentialsRoleArn']?.Value)).toMatch(
    /BailiwickIssueCredentialsRole\w+","Arn/,
  );
  expect(JSON.stringify(Outputs['RevokerRoleArn']?.Value)).toMatch(/BailiwickRevokeSessionsRole\w+","Arn/);
  expect(JSON.stringify(Outputs['MakeCallRoleArn']?.Value)).toMatch(/BailiwickMakeCallRole\w+","Arn/);
});
