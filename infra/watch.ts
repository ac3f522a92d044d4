// What wakes somebody up, and the one page they look at then.
import { Duration } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { METRICS_NAMESPACE } from './function.ts';
import { FUNCTION_NAMES, type FunctionName } from './functions.ts';

const PERIOD = Duration.minutes(5);
const MINUTE = Duration.minutes(1);

const HOUR = Duration.hours(1);
/** The stream is read every 20 s; now and then a back end takes longer. */
const BEHIND_MINUTES = 5;

/** By alarm. */
const OF_ARCHIVE = {
  'audit-finding': {
    counted: 'AuditFinding',
    description: 'Something is wrong with what is kept of the audit: its event `audit.finding` says what',
  },
  'audit-unarchived': {
    counted: 'AuditUnarchived',
    description: 'Something among the events is none; the archive keeps it as it came, under `unarchived/`',
  },
  'audit-gap-filled': {
    counted: 'AuditGapFilled',
    description: 'Events were missing in the archive, and were put there before it was signed',
  },
} as const;

type Counted =
  | 'AuditUnavailable'
  | 'OutcomeUnknown'
  | 'TokenRefused'
  | 'RevocationWaiting'
  | (typeof OF_ARCHIVE)[keyof typeof OF_ARCHIVE]['counted'];

export interface WatchProps {
  /** The broker's name, which what its functions count is told apart by. */
  readonly broker: string;
  readonly functions: Readonly<Record<FunctionName, IFunction>>;
  readonly api: RestApi;
  readonly workflow: IStateMachine;
  readonly topic: ITopic | undefined;
  /** How many refused tokens in a minute are a flood. */
  readonly refusedTokensAlarm: number;
}

/** How old what it is told of by a stream is by then. */
function lag(of: IFunction): Metric {
  return of.metric('IteratorAge', { period: MINUTE, statistic: 'Maximum' });
}

export class Watch extends Construct {
  private readonly topic: ITopic | undefined;
  private readonly broker: string;

  constructor(scope: Construct, id: string, props: WatchProps) {
    super(scope, id);
    const { functions, api, workflow, topic } = props;
    this.topic = topic;
    this.broker = props.broker;
    const audit = this.counted('AuditUnavailable');
    const unknown = this.counted('OutcomeUnknown');
    const waiting = this.counted('RevocationWaiting');
    for (const name of FUNCTION_NAMES) {
      this.any(`${name}-errors`, functions[name].metricErrors({ period: PERIOD }), `${name} failed`);
      this.any(
        `${name}-throttles`,
        functions[name].metricThrottles({ period: PERIOD }),
        `${name} was throttled`,
      );
    }
    this.any('api-5xx', api.metricServerError({ period: PERIOD, statistic: 'Sum' }), 'The API answered 5xx');
    this.any('audit-unavailable', audit, 'Audit events could not be written; calls are being refused');
    this.any('outcome-unknown', unknown, 'It is not known how a call ended');
    this.any('revocation-waiting', waiting, 'Tasks are over whose credentials may still work on some role');
    this.any(
      'approvals-failed',
      workflow.metricFailed({ period: PERIOD }),
      'The workflow of an approval failed: its outcome is unknown, or the reconciler has to end it',
    );
    this.revokerLags(functions['revoke-sessions']);
    this.refusedTokens(props.refusedTokensAlarm);
    this.reconcilerStopped(functions.reconcile);
    this.archive(functions);
    this.dashboard(functions, api, [audit, unknown, waiting]);
  }

  /** What the functions count themselves. */
  private counted(metricName: Counted, period = PERIOD): Metric {
    return new Metric({
      namespace: METRICS_NAMESPACE,
      metricName,
      dimensionsMap: { service: this.broker },
      statistic: 'Sum',
      period,
    });
  }

  private any(id: string, metric: IMetric, description: string): void {
    this.alarm(id, {
      metric,
      alarmDescription: description,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  /** Some are everyday: a token expires, somebody tries. */
  private refusedTokens(threshold: number): void {
    this.alarm('tokens-refused', {
      metric: this.counted('TokenRefused', MINUTE),
      alarmDescription: 'Many tokens are being refused; `bailiwick agents refused` says whose and from where',
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  private revokerLags(revoker: IFunction): void {
    this.alarm('revoker-lags', {
      metric: lag(revoker),
      alarmDescription: 'The Revoker is a minute behind or more: credentials of ended tasks work for longer',
      threshold: MINUTE.toMilliseconds(),
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  private reconcilerStopped(reconcile: IFunction): void {
    this.alarm('reconcile-stopped', {
      metric: reconcile.metricInvocations({ period: PERIOD }),
      alarmDescription: 'The reconciler, due every minute, has not run: calls may be left hanging',
      threshold: 1,
      evaluationPeriods: 2,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }

  private archive(functions: WatchProps['functions']): void {
    for (const [id, { counted, description }] of Object.entries(OF_ARCHIVE)) {
      this.any(id, this.counted(counted), description);
    }
    this.alarm('archiver-lags', {
      metric: lag(functions['archive-events']),
      alarmDescription: 'The archiver is minutes behind: what it reads too late the next digest brings',
      threshold: MINUTE.toMilliseconds(),
      evaluationPeriods: BEHIND_MINUTES,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    this.alarm('digest-stopped', {
      metric: functions['sign-digest'].metricInvocations({ period: HOUR }),
      alarmDescription: 'The audit, due to be signed every hour, has not been for two',
      threshold: 1,
      evaluationPeriods: 2,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }

  private alarm(id: string, props: ConstructorParameters<typeof Alarm>[2]): void {
    const alarm = new Alarm(this, id, props);
    if (this.topic !== undefined) alarm.addAlarmAction(new SnsAction(this.topic));
  }

  private dashboard(functions: WatchProps['functions'], api: RestApi, audit: IMetric[]): void {
    const all = FUNCTION_NAMES.map((name) => functions[name]);
    const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: 12 });
    new Dashboard(this, 'Dashboard', {
      widgets: [
        [
          graph('Requests, and what went wrong', [
            api.metricCount({ period: PERIOD }),
            api.metricClientError({ period: PERIOD }),
            api.metricServerError({ period: PERIOD }),
            this.counted('TokenRefused'),
          ]),
          graph('Latency, 95th percentile', [api.metricLatency({ period: PERIOD, statistic: 'p95' })]),
        ],
        [
          graph(
            'Function errors',
            all.map((each) => each.metricErrors({ period: PERIOD })),
          ),
          graph(
            'Function throttles',
            all.map((each) => each.metricThrottles({ period: PERIOD })),
          ),
        ],
        [
          graph('Audit events that could not be written, outcomes unknown, revocations waiting', audit),
          graph('Reconciler runs', [functions.reconcile.metricInvocations({ period: PERIOD })]),
        ],
        [
          graph(
            'Audit findings, what could not be archived, gaps filled',
            Object.values(OF_ARCHIVE).map(({ counted }) => this.counted(counted)),
          ),
          graph('How far the archiver is behind', [lag(functions['archive-events'])]),
        ],
      ],
    });
  }
}
