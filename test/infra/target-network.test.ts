// In a VPC are the functions that reach targets, and no others; and synth says what they would not reach from there.
import { type App, Stack, Validations } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import {
  CfnRoute,
  type CfnRouteProps,
  GatewayVpcEndpointAwsService,
  type InterfaceVpcEndpointAwsService as InterfaceService,
  InterfaceVpcEndpointAwsService,
  type IVpc,
  SecurityGroup,
  Subnet,
  SubnetType,
  Vpc,
  type VpcProps,
} from 'aws-cdk-lib/aws-ec2';
import { AwsSolutionsChecks } from 'cdk-nag';
import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { Bailiwick } from '../../infra/bailiwick.ts';
import type { DeployableConfig } from '../../infra/checked-config.ts';
import type { NetworkProps } from '../../infra/index.ts';
import { targetNetwork, WrongNetwork } from '../../infra/target-network.ts';
import { type ConfigParts, configOf, httpTarget } from '../support/config.ts';
import { PARTS } from '../support/parts.ts';
import { inWords, newApp, only, type Resource } from './deployment.ts';

const configOfTargets = (targets: ConfigParts['targets']) =>
  configOf({
    ...PARTS,
    agents: [],
    ...(targets === undefined ? {} : { targets }),
  }) as unknown as DeployableConfig;

const PLAIN = configOfTargets([httpTarget('tickets')]);
const SIGNED = configOfTargets([
  ...(PARTS.targets ?? []),
  httpTarget('api', {
    inject: [{ sigv4: { service: 'execute-api', region: 'eu-west-1', target: 'reports' } }],
  }),
]);

function newStack(): Stack {
  return new Stack(newApp(), 'Broker', { env: { region: 'eu-west-1', account: '111122223333' } });
}

interface Said {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

function saidOf(stack: Stack): Said {
  const annotations = Annotations.fromStack(stack);
  const texts = (all: { entry: { data?: unknown } }[]) => all.map(({ entry }) => String(entry.data));
  return {
    errors: texts(annotations.findError('/Broker/Bailiwick', Match.anyValue())),
    warnings: texts(annotations.findWarning('/Broker/Bailiwick', Match.anyValue())),
  };
}

interface Whole extends Said {
  readonly stack: Stack;
  readonly template: Template;
  resources(type: string): Readonly<Record<string, Resource>>;
}

/** A whole broker. */
function synthesized(network: (stack: Stack) => NetworkProps): Whole {
  const stack = newStack();
  new Bailiwick(stack, 'Bailiwick', { config: PLAIN, ...network(stack) });
  const template = Template.fromStack(stack);
  const resources = (type: string) => template.findResources(type) as Record<string, Resource>;
  return { ...saidOf(stack), stack, template, resources };
}

/** What synth says of a network; what `after` does comes when the broker is there already. */
function said(
  network: (stack: Stack) => NetworkProps,
  { config = PLAIN, after = (_: Stack) => {} } = {},
): Said {
  const stack = newStack();
  targetNetwork(new Construct(stack, 'Bailiwick'), network(stack), config);
  after(stack);
  return saidOf(stack);
}

const ISOLATED = [{ name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED }];
// As an interface it lacks what this repository's own strictness asks of optional properties.
const newVpc = (stack: Stack, props: VpcProps): IVpc => new Vpc(stack, 'Vpc', props) as IVpc;
const isolated = (stack: Stack) =>
  newVpc(stack, { natGateways: 0, maxAzs: 2, subnetConfiguration: ISOLATED });
const withNat = (stack: Stack) => newVpc(stack, { natGateways: 1, maxAzs: 2 });

const { DYNAMODB, S3 } = GatewayVpcEndpointAwsService;
const { SECRETS_MANAGER, KMS, STEP_FUNCTIONS, STS, IAM, XRAY } = InterfaceVpcEndpointAwsService;
const ALWAYS = [SECRETS_MANAGER, KMS, STEP_FUNCTIONS];
const ALL_NEEDED = ['dynamodb', 's3', 'secretsmanager', 'kms', 'states'];

function gateways(vpc: Vpc): void {
  vpc.addGatewayEndpoint('Dynamo', { service: DYNAMODB });
  vpc.addGatewayEndpoint('S3', { service: S3 });
}

function interfaces(vpc: Vpc, services: readonly InterfaceService[], privateDnsEnabled = true): void {
  for (const service of services) vpc.addInterfaceEndpoint(service.shortName, { service, privateDnsEnabled });
}

function vpcOf(stack: Stack): Vpc {
  return stack.node.findChild('Vpc') as Vpc;
}

const services = (errors: readonly string[]) =>
  errors.map((error) => /^Nothing leads to (\w+) /.exec(error)?.[1]);

describe('in a VPC', () => {
  const made = synthesized((stack) => ({ vpc: withNat(stack) }));

  it('is what reaches targets, in the private subnets, and nothing else', () => {
    const inside = Object.entries(made.resources('AWS::Lambda::Function')).filter(
      ([id, { Properties }]) => id.startsWith('Bailiwick') && Properties['VpcConfig'] !== undefined,
    );
    expect(inside.map(([id]) => /^Bailiwick(\w+)Function/.exec(id)?.[1])).toEqual([
      'MakeCall',
      'ExecuteCall',
    ]);
    const subnets = inside.flatMap(([, { Properties }]) => {
      const { SubnetIds } = Properties['VpcConfig'] as { SubnetIds: unknown[] };
      return SubnetIds.map(inWords);
    });
    const both = [expect.stringMatching(/^<VpcPrivateSubnet1/), expect.stringMatching(/^<VpcPrivateSubnet2/)];
    expect(subnets).toEqual([...both, ...both]);
    expect(made.errors).toEqual([]);
    expect(made.warnings).toEqual([]);
  });

  it('has a security group that lets everything out, and nothing in', () => {
    const group = only(made.resources('AWS::EC2::SecurityGroup'), 'BailiwickTargets');
    expect(group.Properties['SecurityGroupEgress']).toMatchObject([
      { CidrIp: '0.0.0.0/0', IpProtocol: '-1' },
    ]);
    expect(group.Properties['SecurityGroupIngress']).toBeUndefined();
    made.template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });

  it('lets Lambda make network interfaces for it, and its code none', () => {
    const policies = Object.entries(made.resources('AWS::IAM::Policy')).map(([id, { Properties }]) => {
      const { Statement } = Properties['PolicyDocument'] as { Statement: { Action: unknown }[] };
      return [
        id,
        Statement.filter(({ Action }) => [Action].flat().some((one) => String(one).startsWith('ec2:'))),
      ];
    });
    const about = policies.filter(([, statements]) => statements?.length !== 0);
    const actions = [
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ];
    const statements = [
      { Sid: 'NetworkInterfaces', Effect: 'Allow', Action: actions, Resource: '*' },
      {
        Sid: 'NeverByCode',
        Effect: 'Deny',
        Action: actions,
        Resource: '*',
        Condition: { Null: { 'lambda:SourceFunctionArn': 'false' } },
      },
    ];
    expect(about).toEqual([
      [expect.stringMatching(/^BailiwickMakeCallRole/), statements],
      [expect.stringMatching(/^BailiwickExecuteCallRole/), statements],
    ]);
    const managed = Object.values(made.resources('AWS::IAM::Role')).flatMap(
      ({ Properties }) => Properties['ManagedPolicyArns'] ?? [],
    );
    expect(JSON.stringify(managed)).not.toContain('VPCAccess');
  });

  it('gives cdk-nag nothing to say about the broker that is not acknowledged', () => {
    const report = new AwsSolutionsChecks().validateScope(made.stack.node.root as App);
    const found = report.violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
    );
    expect(found.filter((one) => one.includes('/Bailiwick/'))).toEqual([]);
    const { metadata } = made.stack.node
      .findChild('Bailiwick')
      .node.findChild('MakeCall')
      .node.findChild('Role').node;
    const acknowledged = metadata.filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY);
    expect(JSON.stringify(acknowledged)).toContain('network interfaces');
  });

  it('takes security groups and subnets of one’s own', () => {
    const { resources, errors } = synthesized((stack) => {
      const vpc = withNat(stack);
      const [first] = vpc.privateSubnets;
      if (first === undefined) throw new Error('no subnet');
      return {
        vpc,
        vpcSubnets: { subnets: [first] },
        securityGroups: [new SecurityGroup(stack, 'Own', { vpc, allowAllOutbound: false })],
      };
    });
    const config = only(resources('AWS::Lambda::Function'), 'MakeCall').Properties['VpcConfig'];
    const { SubnetIds, SecurityGroupIds } = config as { SubnetIds: unknown[]; SecurityGroupIds: unknown[] };
    expect(SubnetIds.map(inWords)).toEqual([expect.stringMatching(/^<VpcPrivateSubnet1/)]);
    expect(SecurityGroupIds.map(inWords)).toEqual([expect.stringMatching(/^<Own/)]);
    expect(
      Object.keys(resources('AWS::EC2::SecurityGroup')).filter((id) => id.startsWith('Bailiwick')),
    ).toEqual([]);
    expect(errors).toEqual([]);
  });
});

it('is none without a VPC', () => {
  const { template } = synthesized(() => ({}));
  template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
  template.allResourcesProperties('AWS::Lambda::Function', { VpcConfig: Match.absent() });
});

it.each([
  ['subnets', { vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED } }],
  ['security groups', { securityGroups: [] }],
])('refuses %s of no VPC', (_, props) => {
  expect(() => said(() => props)).toThrow(WrongNetwork);
});

it('refuses public subnets, because nothing is reached from there', () => {
  const { errors } = said((stack) => ({
    vpc: withNat(stack),
    vpcSubnets: { subnetType: SubnetType.PUBLIC },
  }));
  expect(errors).toEqual([
    expect.stringMatching(/^The subnet Broker\/Vpc\/PublicSubnet1 is a public one\..*choose private subnets/),
    expect.stringMatching(/^The subnet Broker\/Vpc\/PublicSubnet2 is a public one\./),
  ]);
});

describe('where no route leads out', () => {
  it('is told of each endpoint that is missing, and that traces may be', () => {
    const { errors, warnings } = said((stack) => ({ vpc: isolated(stack) }));
    expect(services(errors)).toEqual(ALL_NEEDED);
    expect(errors[0]).toContain('Broker/Vpc/isolatedSubnet1, Broker/Vpc/isolatedSubnet2');
    expect(errors[0]).toContain('a gateway endpoint');
    expect(errors[2]).toContain('an interface endpoint with private DNS');
    expect(warnings).toEqual([expect.stringContaining('traces may be lost')]);
  });

  it('wants STS and IAM too where requests are signed', () => {
    const { errors } = said((stack) => ({ vpc: isolated(stack) }), {
      config: SIGNED,
      after: (stack) => {
        gateways(vpcOf(stack));
        interfaces(vpcOf(stack), [...ALWAYS, XRAY]);
      },
    });
    expect(services(errors)).toEqual(['sts', 'iam']);
  });

  it('is content with the endpoints, also those that come after the broker', () => {
    const { errors, warnings } = said((stack) => ({ vpc: isolated(stack) }), {
      config: SIGNED,
      after: (stack) => {
        gateways(vpcOf(stack));
        interfaces(vpcOf(stack), [...ALWAYS, STS, IAM, XRAY]);
      },
    });
    expect([...errors, ...warnings]).toEqual([]);
  });

  it('does not count endpoints without private DNS, of other subnets or of another VPC', () => {
    const { errors } = said((stack) => ({ vpc: isolated(stack) }), {
      after: (stack) => {
        const vpc = vpcOf(stack);
        const [first] = vpc.isolatedSubnets;
        if (first === undefined) throw new Error('no subnet');
        vpc.addGatewayEndpoint('Dynamo', { service: DYNAMODB, subnets: [{ subnets: [first] }] });
        interfaces(vpc, ALWAYS, false);
        const another = new Vpc(stack, 'Another', { natGateways: 0, subnetConfiguration: ISOLATED });
        gateways(another);
        interfaces(another, ALWAYS);
      },
    });
    expect(services(errors)).toEqual(ALL_NEEDED);
    expect(errors[0]).not.toContain('isolatedSubnet1');
  });

  it('looks at the route, not at what the subnets are called', () => {
    const egress = { name: 'egress', subnetType: SubnetType.PRIVATE_WITH_EGRESS };
    const vpcWithout = (stack: Stack) =>
      newVpc(stack, { natGateways: 0, maxAzs: 1, subnetConfiguration: [egress] });
    expect(services(said((stack) => ({ vpc: vpcWithout(stack) })).errors)).toEqual(ALL_NEEDED);
    const through = (given: Partial<CfnRouteProps>, destination = '0.0.0.0/0') =>
      said((stack) => ({ vpc: vpcWithout(stack) }), {
        after: (stack) => {
          const routeTableId = vpcOf(stack).privateSubnets[0]?.routeTable.routeTableId ?? '';
          new CfnRoute(stack, 'Route', { routeTableId, destinationCidrBlock: destination, ...given });
        },
      }).errors;
    expect(through({ transitGatewayId: 'tgw-0123456789abcdef0' })).toEqual([]);
    expect(through({ natGatewayId: 'nat-0123456789abcdef0' })).toEqual([]);
    expect(through({ networkInterfaceId: 'eni-0123456789abcdef0' })).toEqual([]);
    expect(services(through({ transitGatewayId: 'tgw-0123456789abcdef0' }, '10.0.0.0/8'))).toEqual(
      ALL_NEEDED,
    );
  });
});

describe('where it cannot be known', () => {
  const attributes = {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['eu-west-1a'],
    privateSubnetIds: ['subnet-0123456789abcdef0'],
    privateSubnetRouteTableIds: ['rtb-0123456789abcdef0'],
  };

  it('warns of a VPC that another app made', () => {
    const { errors, warnings } = said((stack) => ({
      vpc: Vpc.fromVpcAttributes(stack, 'Vpc', attributes),
    }));
    expect(errors).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('not made by this app')]);
  });

  it('warns of a subnet that another app made', () => {
    const { errors, warnings } = said((stack) => ({
      vpc: isolated(stack),
      vpcSubnets: { subnets: [Subnet.fromSubnetId(stack, 'Subnet', 'subnet-0123456789abcdef0')] },
    }));
    expect(errors).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('not made by this app')]);
  });
});
