// Looks at synth whether a function in a VPC will reach the AWS services that it needs, as far as the app can tell.
import { Annotations, Aspects, Stack } from 'aws-cdk-lib';
import { CfnRoute, CfnVPCEndpoint, type ISubnet, type IVpc, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct, IConstruct } from 'constructs';

export interface Network {
  readonly vpc: IVpc;
  readonly subnets: readonly ISubnet[];
  /** Whether requests are signed with sessions, for which IAM and STS are asked. */
  readonly signs: boolean;
}

/** As the names of their endpoints end, and what for. */
const NEEDED = {
  dynamodb: 'tasks, calls and the audit',
  s3: 'bodies too large for a record',
  secretsmanager: 'its own keys, and the secrets of targets',
  kms: 'sealing what waits for people, and opening it',
  states: 'starting the workflow by which people are asked',
} as const;
const NEEDED_TO_SIGN = {
  sts: 'the sessions that requests are signed with',
  iam: 'looking at the roles of these sessions',
} as const;

const UNKNOWN =
  'Whether functions reach AWS from this VPC is not known here, because it is not made by this app. They need NAT, or ' +
  'the endpoints that docs/constructs.md names.';

/** At the end, when the app has said all that it will. */
export function checkNetwork(scope: Construct, network: Network): void {
  Aspects.of(scope).add({
    visit: (node) => {
      if (node === scope) look(scope, network);
    },
  });
}

function look(scope: Construct, { vpc, subnets, signs }: Network): void {
  const annotations = Annotations.of(scope);
  const known = subnets.filter((subnet) => subnet instanceof Subnet);
  if (!(vpc instanceof Vpc) || known.length < subnets.length) {
    annotations.addWarningV2('bailiwick:unknown-network', UNKNOWN);
    return;
  }
  for (const { node } of known.filter((subnet) => vpc.publicSubnets.includes(subnet))) {
    annotations.addError(
      `The subnet ${node.path} is a public one. A function has no public address, so it reaches nothing from there: ` +
        'choose private subnets by `vpcSubnets`.',
    );
  }
  const all = scope.node.root.node.findAll();
  const isolated = known.filter(
    (subnet) => !vpc.publicSubnets.includes(subnet) && !leadsOut(subnet, vpc, all),
  );
  if (isolated.length === 0) return;
  for (const [service, what] of Object.entries({ ...NEEDED, ...(signs ? NEEDED_TO_SIGN : {}) })) {
    const without = isolated.filter((subnet) => !hasEndpoint(service, subnet, vpc, all));
    if (without.length > 0) annotations.addError(missing(service, what, without));
  }
  if (isolated.some((subnet) => !hasEndpoint('xray', subnet, vpc, all))) {
    annotations.addWarningV2(
      'bailiwick:no-xray',
      'Without NAT, and without an endpoint for xray in the VPC, traces may be lost. Nothing else is.',
    );
  }
}

function missing(service: string, what: string, subnets: readonly ISubnet[]): string {
  const kind = GATEWAYS.includes(service) ? 'a gateway endpoint' : 'an interface endpoint with private DNS';
  const paths = subnets.map(({ node }) => node.path).join(', ');
  return `Nothing leads to ${service} from ${paths}, and functions need it for ${what}. Give the VPC NAT, or ${kind} for it.`;
}

const GATEWAYS: readonly string[] = ['dynamodb', 's3'];

/** By NAT, a transit gateway or whatever else its default route names; an internet gateway takes no private address. */
function leadsOut({ routeTable }: ISubnet, { internetGatewayId }: Vpc, all: readonly IConstruct[]): boolean {
  return all.some(
    (route) =>
      route instanceof CfnRoute &&
      route.routeTableId === routeTable.routeTableId &&
      route.destinationCidrBlock === '0.0.0.0/0' &&
      (route.gatewayId === undefined || route.gatewayId !== internetGatewayId),
  );
}

/** One of its own route table; or an interface anywhere in the VPC that its name resolves to. */
function hasEndpoint(
  service: string,
  { routeTable }: ISubnet,
  vpc: IVpc,
  all: readonly IConstruct[],
): boolean {
  return all.some(
    (endpoint) =>
      endpoint instanceof CfnVPCEndpoint &&
      endpoint.vpcId === vpc.vpcId &&
      nameOf(endpoint).endsWith(`.${service}"`) &&
      (endpoint.vpcEndpointType === 'Interface'
        ? endpoint.privateDnsEnabled === true
        : (endpoint.routeTableIds ?? []).includes(routeTable.routeTableId)),
  );
}

/** In JSON: a text, or a join that ends in one. */
function nameOf(endpoint: CfnVPCEndpoint): string {
  const name: unknown = Stack.of(endpoint).resolve(endpoint.serviceName);
  return JSON.stringify(name).replace(/[\]}]+$/, '');
}
