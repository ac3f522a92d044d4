// One function of the deployment: its code, its log group, and a role that may do what its design says and no more.
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Config } from '../src/config/index.ts';
import { acknowledge } from './acknowledge.ts';
import { FAILED_BATCHES } from './archive-permissions.ts';
import { functionCode } from './code.ts';
import type { Environments } from './environments.ts';
import { DESIGNS, type FunctionDesign, type FunctionName } from './functions.ts';
import { acknowledgeMail, mailStatements } from './mail-permissions.ts';
import { statementsFor } from './permissions.ts';
import { roleStatements } from './role-permissions.ts';
import { allowOnTargets } from './role-policies.ts';
import { mayUse } from './sealing-key.ts';
import { configSecretStatements } from './secret-permissions.ts';
import { maySign } from './signing-keys.ts';
import type { Stores } from './stores.ts';
import { INTERFACES_REASON, mayJoin, type TargetNetwork } from './target-network.ts';

/** Of every broker; whose they are, the dimension `service` says: by Powertools that is the broker's name. */
export const METRICS_NAMESPACE = 'Bailiwick';

const POWERTOOLS = {
  POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
  POWERTOOLS_LOG_LEVEL: 'INFO',
  // Answers hold credentials: they never go into a trace.
  POWERTOOLS_TRACER_CAPTURE_RESPONSE: 'false',
};

const WAKE_REASON = 'SendTaskSuccess knows no resources: a token that nobody can guess says what waits.';

export interface BrokerFunctionProps<Name extends FunctionName> {
  readonly name: Name;
  readonly config: Config;
  readonly stores: Stores;
  /** The broker's name. */
  readonly broker: string;
  readonly environment: Environments[Name];
  readonly memorySize: number;
  readonly logRetention: RetentionDays;
  /** Left out: none is reserved. */
  readonly reservedConcurrency: number | undefined;
  /** Of the customer's own keys that secrets of targets are encrypted under. */
  readonly secretKeyArns: readonly string[];
  /** For functions that reach targets; left out, these are in no VPC either. */
  readonly network: TargetNetwork | undefined;
}

export class BrokerFunction<Name extends FunctionName> extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: BrokerFunctionProps<Name>) {
    super(scope, id);
    const design = DESIGNS[props.name];
    const logGroup = new LogGroup(this, 'Log', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const role = this.role(logGroup);
    this.allow(role, design, props);
    const network = design.reachesTargets ? props.network : undefined;
    if (network !== undefined) mayJoin(role);
    this.function = new LambdaFunction(this, 'Function', {
      description: `Bailiwick: ${design.purpose}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: functionCode(props.name, props.config),
      role,
      logGroup,
      tracing: Tracing.ACTIVE,
      timeout: Duration.seconds(design.timeoutSeconds),
      memorySize: Math.max(props.memorySize, design.leastMegabytes ?? 0),
      environment: {
        ...POWERTOOLS,
        POWERTOOLS_SERVICE_NAME: props.broker,
        ...variables(props.environment),
      },
      ...network,
      ...(props.reservedConcurrency === undefined
        ? {}
        : { reservedConcurrentExecutions: props.reservedConcurrency }),
    });
    this.acknowledgements(role, design, props.stores, network !== undefined);
    acknowledgeMail(role, design, props.config);
  }

  private allow(role: Role, design: FunctionDesign, props: BrokerFunctionProps<Name>): void {
    const { stores, config, broker, secretKeyArns } = props;
    const own = [
      ...statementsFor(design, stores),
      ...mayUse(stores.sealingKey, design, role),
      ...maySign(stores.signingKeys, design, role),
      ...mailStatements(design, config, this),
    ];
    for (const statement of own) role.addToPolicy(statement);
    allowOnTargets(role, [
      ...roleStatements(design, config, broker),
      ...configSecretStatements(design, config, secretKeyArns, stores),
    ]);
  }

  private acknowledgements(role: Role, design: FunctionDesign, stores: Stores, isInVpc: boolean): void {
    const everywhere = ['X-Ray takes segments only on `*`: PutTraceSegments knows no resources.'];
    if (isInVpc) everywhere.push(INTERFACES_REASON);
    if (design.workflow.includes('wake')) everywhere.push(WAKE_REASON);
    acknowledge(role, { 'IAM5[Resource::*]': everywhere.join(' ') });
    const bucket = Stack.of(this).resolve((stores.objects.node.defaultChild as CfnBucket).logicalId);
    if (design.objects.length > 0) {
      acknowledge(role, {
        [`IAM5[Resource::<${bucket}.Arn>/*]`]:
          'The objects of one bucket that holds nothing else, under keys that the broker makes.',
      });
    }
    this.ofArchive(role, design, stores);
    if (design.removesSealed) {
      acknowledge(role, {
        [`IAM5[Resource::<${bucket}.Arn>/30d/sealed/*]`]:
          'What waited sealed for people, or was to, is removed when its call ends; its keys are made by the broker.',
      });
    }
  }

  private ofArchive(
    role: Role,
    { archives, readsArchive, eventsStream }: FunctionDesign,
    stores: Stores,
  ): void {
    const under = (of: Bucket, prefix: string) => {
      const id = Stack.of(this).resolve((of.node.defaultChild as CfnBucket).logicalId);
      return `IAM5[Resource::<${id}.Arn>/${prefix}*]`;
    };
    const { bucket } = stores.archive;
    for (const prefix of archives) {
      acknowledge(role, {
        [under(bucket, prefix)]:
          'A name in the archive says when it was made, and no name is ever written twice: the bucket demands it.',
      });
    }
    if (readsArchive) {
      acknowledge(role, {
        [under(bucket, '')]:
          'It compares and signs all that is archived: of that nothing may be out of its sight.',
      });
    }
    if (eventsStream) {
      acknowledge(role, {
        [under(stores.objects, FAILED_BATCHES)]:
          'Lambda names what it puts there, a batch that came to nothing, itself.',
      });
    }
  }

  /** Its own log group only: the managed policy for basic execution would let it write to every one. */
  private role(logGroup: LogGroup): Role {
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(
      new PolicyStatement({
        sid: 'OwnLog',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    return role;
  }
}

/** As Lambda takes them: what is left out is not set. */
function variables(environment: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    ),
  );
}
