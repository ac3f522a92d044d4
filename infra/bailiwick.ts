// The whole broker as one construct, for this repo's stack and for other CDK apps.
import { Lazy } from 'aws-cdk-lib';
import { type IRole, type PolicyDocument, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnRotationSchedule, type Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { ArchiveProps } from './archive.ts';
import { type Broker, checkedName, DEFAULT_NAME } from './broker.ts';
import type { DeployableConfig } from './checked-config.ts';
import { deployable } from './config-directory.ts';
import type { Environments } from './environments.ts';
import { FrontDoor, type Throttling } from './front-door.ts';
import { BrokerFunction } from './function.ts';
import { DESIGNS, FUNCTION_NAMES, type FunctionName, logicalName } from './functions.ts';
import { actsAs } from './role-chain.ts';
import { signedFor } from './role-permissions.ts';
import { Stores } from './stores.ts';
import { type NetworkProps, targetNetwork } from './target-network.ts';
import { asWritten, everyHour, everyMinute, whenAsked } from './triggers.ts';
import { Watch } from './watch.ts';
import { ApprovalWorkflow } from './workflow.ts';

export interface BailiwickProps extends NetworkProps {
  /**
   * The operator's files: their directory, or `await checkedConfig(directory)`. Broken ones are refused with
   * `ConfigRefused`, which names every fault.
   */
  readonly config: DeployableConfig | string;
  /**
   * The broker's name, as the tag `bailiwick` of its roles has it, and the `service` of what it logs, counts and
   * traces. Default `bailiwick`. Brokers that share an account have different ones.
   */
  readonly name?: string;
  /** Megabytes of each function. Default 512. */
  readonly memorySize?: number;
  /** How long logs are kept. Default 90 days. */
  readonly logRetention?: RetentionDays;
  /** Default 100 requests a second, 200 at once. */
  readonly throttling?: Throttling;
  /**
   * How many of a function may run at once, reserved for it. `none` reserves nothing, for accounts whose limit leaves
   * nothing to reserve. Default: what `functions.ts` says.
   */
  readonly reservedConcurrency?: 'none' | Partial<Record<FunctionName, number>>;
  /** Who may reach the API at all, by network or principal. Default: everyone, since callers prove themselves. */
  readonly resourcePolicy?: PolicyDocument;
  /** Where alarms go. */
  readonly alarmTopic?: ITopic;
  /** How many refused tokens in a minute wake somebody up. Default 100. */
  readonly refusedTokensAlarm?: number;
  /** Set the account's role for API Gateway's logs, one per region. Default true; false where it is set elsewhere. */
  readonly ownsAccountRole?: boolean;
  /** Rotate the key of task tokens every 30 days. Default true. */
  readonly rotateTokenKeys?: boolean;
  /**
   * Rotate the key of pseudonyms every so many days. Default: never by itself, since what is masked with another key
   * joins with nothing that was masked before.
   */
  readonly rotateMaskingKeysDays?: number;
  /**
   * The ARNs of customer managed keys that secrets of HTTP targets are encrypted under, so that these can be read.
   * Default: none, since a secret without such a key needs no more than the permission to read it.
   */
  readonly secretKeyArns?: readonly string[];
  /** How the audit's archive is locked, and whether it expires. Default: locked for a day, so that a trial can go. */
  readonly archive?: ArchiveProps;
  /**
   * How many keys digests of the audit have been signed with, the one that signs now included. One more rotates: the
   * digest after the next is signed by the new key, which the one before it names. Never lower it. Default 1.
   */
  readonly signingKeyGenerations?: number;
}

const DEFAULTS = {
  memorySize: 512,
  logRetention: RetentionDays.THREE_MONTHS,
  throttling: { steady: 100, burst: 200 },
  rotationDays: 30,
  refusedTokensAlarm: 100,
} as const;

export class Bailiwick extends Construct implements Broker {
  readonly name: string;
  readonly issuerRoleArn: string;
  readonly revokerRoleArn: string;
  readonly callerRoleArn: string;
  readonly stores: Stores;
  readonly functions: Readonly<Record<FunctionName, LambdaFunction>>;
  readonly workflow: ApprovalWorkflow;
  readonly frontDoor: FrontDoor;

  constructor(scope: Construct, id: string, props: BailiwickProps) {
    super(scope, id);
    this.name = checkedName(props.name ?? DEFAULT_NAME);
    this.stores = new Stores(this, 'Stores', {
      broker: this.name,
      archive: props.archive,
      signingKeyGenerations: props.signingKeyGenerations,
    });
    this.functions = this.makeFunctions(props);
    this.workflow = this.approvals(props.logRetention ?? DEFAULTS.logRetention);
    this.issuerRoleArn = roleArnOf(this.functions['issue-credentials']);
    this.revokerRoleArn = roleArnOf(this.functions['revoke-sessions']);
    this.callerRoleArn = roleArnOf(this.functions['make-call']);
    this.frontDoor = new FrontDoor(this, 'FrontDoor', {
      functions: this.functions,
      throttling: props.throttling ?? DEFAULTS.throttling,
      logRetention: props.logRetention ?? DEFAULTS.logRetention,
      resourcePolicy: props.resourcePolicy,
      ownsAccountRole: props.ownsAccountRole ?? true,
    });
    this.triggers();
    this.stores.archive.keepFrom((name) => roleOf(this.functions[name]));
    if (props.rotateTokenKeys ?? true) this.rotation('', this.stores.tokenKeys, DEFAULTS.rotationDays);
    const days = props.rotateMaskingKeysDays;
    if (days !== undefined) this.rotation('MaskingKeys', this.stores.maskingKeys, days);
    new Watch(this, 'Watch', {
      broker: this.name,
      functions: this.functions,
      api: this.frontDoor.api,
      workflow: this.workflow.machine,
      topic: props.alarmTopic,
      refusedTokensAlarm: props.refusedTokensAlarm ?? DEFAULTS.refusedTokensAlarm,
    });
  }

  private triggers(): void {
    const { reconcile, 'revoke-sessions': revoker, 'archive-events': archiver } = this.functions;
    const { state, events, objects } = this.stores;
    everyMinute(this, reconcile);
    everyHour(this, this.functions['sign-digest']);
    whenAsked(this, revoker, state);
    asWritten(this, archiver, events, objects);
  }

  private makeFunctions(props: BailiwickProps): Record<FunctionName, LambdaFunction> {
    const environments = this.environments();
    const config = deployable(props.config);
    const network = targetNetwork(this, props, config);
    const make = (name: FunctionName) =>
      new BrokerFunction(this, logicalName(name), {
        name,
        broker: this.name,
        config,
        stores: this.stores,
        environment: environments[name],
        memorySize: props.memorySize ?? DEFAULTS.memorySize,
        logRetention: props.logRetention ?? DEFAULTS.logRetention,
        reservedConcurrency: reserved(name, props.reservedConcurrency),
        secretKeyArns: props.secretKeyArns ?? [],
        network,
      }).function;
    const made = Object.fromEntries(FUNCTION_NAMES.map((name) => [name, make(name)])) as Record<
      FunctionName,
      LambdaFunction
    >;
    // Only for sessions that requests are signed with: of the other role it needs nothing else.
    if (signedFor(config).length > 0) actsAs(roleOf(made['execute-call']), roleOf(made['make-call']));
    return made;
  }

  private approvals(logRetention: RetentionDays): ApprovalWorkflow {
    const workflow = new ApprovalWorkflow(this, 'Approvals', {
      steps: this.functions['ask-approvers'],
      execute: this.functions['execute-call'],
      logRetention,
    });
    const starting = FUNCTION_NAMES.filter((name) => DESIGNS[name].workflow.includes('start'));
    workflow.startedBy(starting.map((name) => roleOf(this.functions[name])));
    return workflow;
  }

  /** One entry a function, so that each gets what its schema asks for and nothing else. */
  private environments(): Environments {
    const { state, events, objects, tokenKeysArn, maskingKeysArn, sealingKey, archive, signingKeys } =
      this.stores;
    const audit = {
      EVENTS_TABLE: events.tableName,
      OBJECTS_BUCKET: objects.bucketName,
    };
    const records = { ...audit, STATE_TABLE: state.tableName };
    const keys = { TOKEN_KEYS_SECRET: tokenKeysArn };
    const masking = { MASKING_KEYS_SECRET: maskingKeysArn };
    const api = { ...records, ...masking };
    const tasks = { ...api, ...keys };
    const named = { BROKER_NAME: this.name };
    const sealing = { SEALING_KEY: sealingKey.keyArn };
    const archived = { ARCHIVE_BUCKET: archive.bucket.bucketName };
    const signing = { SIGNING_KEYS: signingKeys.map(({ keyArn }) => keyArn).join(',') };
    const caller = { MAKE_CALL_ROLE: Lazy.string({ produce: () => this.callerRoleArn }) };
    // Made after the functions, two of which it invokes.
    const workflow = { WORKFLOW_ARN: Lazy.string({ produce: () => this.workflow.machine.stateMachineArn }) };
    return {
      'open-task': tasks,
      tasks,
      'issue-credentials': { ...tasks, ...named, ...sealing, ...workflow },
      'make-call': { ...tasks, ...named, ...sealing, ...workflow },
      'execute-call': { ...tasks, ...named, ...sealing, ...caller },
      'ask-approvers': api,
      'decide-approval': api,
      'reveal-operation': { ...api, ...sealing },
      'read-calls': tasks,
      operate: api,
      'read-events': api,
      reconcile: { ...records, ...workflow },
      'revoke-sessions': records,
      'rotate-keys': { ...keys, ...masking },
      'archive-events': { ...audit, ...archived },
      'sign-digest': { ...records, ...archived, ...signing },
      front: {},
    };
  }

  /** The low-level resource: the other one lets its function make passwords for everybody (`*`). */
  private rotation(of: string, { secretArn }: Secret, days: number): void {
    const rotate = this.functions['rotate-keys'];
    rotate.addPermission(`BySecretsManager${of}`, {
      principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
      sourceArn: secretArn,
    });
    const schedule = new CfnRotationSchedule(this, `${of}Rotation`, {
      secretId: secretArn,
      rotationLambdaArn: rotate.functionArn,
      rotationRules: { automaticallyAfterDays: days },
      rotateImmediatelyOnUpdate: false,
    });
    schedule.node.addDependency(rotate);
  }
}

function roleOf({ role }: LambdaFunction): IRole {
  if (role === undefined) throw new Error('a function of the broker has no role');
  return role;
}

function roleArnOf(of: LambdaFunction): string {
  return roleOf(of).roleArn;
}

function reserved(name: FunctionName, chosen: BailiwickProps['reservedConcurrency']): number | undefined {
  if (chosen === 'none') return undefined;
  return chosen?.[name] ?? DESIGNS[name].reservedConcurrency;
}
