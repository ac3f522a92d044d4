// The VPC that functions which reach targets run in, where one is given: their security group, and what joining it takes.
import { type ISecurityGroup, type IVpc, SecurityGroup, type SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Effect, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Config } from '../src/config/index.ts';
import { checkNetwork } from './network-check.ts';
import { signedFor } from './role-permissions.ts';

export interface NetworkProps {
  /**
   * Where functions that reach targets run, so that they reach those which are not on the internet. No other function is
   * in it. Default: none. Synth looks whether they reach AWS from there, too.
   */
  readonly vpc?: IVpc;
  /** Which of its subnets. Default: the private ones, with NAT before those without. */
  readonly vpcSubnets?: SubnetSelection;
  /** Default: one of its own, which lets everything out and nothing in. */
  readonly securityGroups?: readonly ISecurityGroup[];
}

export interface TargetNetwork {
  readonly vpc: IVpc;
  readonly vpcSubnets?: SubnetSelection;
  readonly securityGroups: ISecurityGroup[];
  /** The check refuses public subnets in its own words, together with all else that is wrong. */
  readonly allowPublicSubnet: true;
}

export class WrongNetwork extends Error {}

export function targetNetwork(
  scope: Construct,
  { vpc, vpcSubnets, securityGroups }: NetworkProps,
  config: Config,
): TargetNetwork | undefined {
  if (vpc === undefined) {
    if (vpcSubnets === undefined && securityGroups === undefined) return undefined;
    throw new WrongNetwork('`vpcSubnets` and `securityGroups` are of a VPC: say which, as `vpc`');
  }
  const signs = signedFor(config).length > 0;
  checkNetwork(scope, { vpc, subnets: vpc.selectSubnets(vpcSubnets).subnets, signs });
  return {
    vpc,
    ...(vpcSubnets === undefined ? {} : { vpcSubnets }),
    securityGroups: securityGroups === undefined ? [ownGroup(scope, vpc)] : [...securityGroups],
    allowPublicSubnet: true,
  };
}

function ownGroup(scope: Construct, vpc: IVpc): SecurityGroup {
  return new SecurityGroup(scope, 'TargetsSecurityGroup', {
    vpc,
    description: 'Bailiwick: out to targets, whatever their ports; nothing comes in',
    // Targets have any port and any address. Which of them is called, and at which addresses, the broker checks itself.
    allowAllOutbound: true,
  });
}

/** Lambda itself uses them, under the function's role, before any code runs. */
const INTERFACES = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** Why `*`. */
export const INTERFACES_REASON =
  'Lambda asks for the network interfaces of a function in a VPC on `*`; a deny keeps them from its code.';

/** The managed policy that AWS has for it would also let the function write to every log group. */
export function mayJoin(role: Role): void {
  role.addToPolicy(new PolicyStatement({ sid: 'NetworkInterfaces', actions: INTERFACES, resources: ['*'] }));
  role.addToPolicy(
    new PolicyStatement({
      sid: 'NeverByCode',
      effect: Effect.DENY,
      actions: INTERFACES,
      resources: ['*'],
      // Of requests that come from a function's code, and of no others, AWS says which function it is.
      conditions: { Null: { 'lambda:SourceFunctionArn': 'false' } },
    }),
  );
}
