// How each function is set up: its runtime, its limits, its log, its environment, and what watches it.
import { existsSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { Environments } from '../../infra/environments.ts';
import { DESIGNS, FUNCTION_NAMES, type FunctionName, logicalName } from '../../infra/functions.ts';
import { askedKey, roleHash } from '../../src/credentials/index.ts';
import { type Deployment, deployment, inWords, only, type Resource } from './deployment.ts';

let example: Deployment;
beforeAll(async () => {
  example = await deployment();
});

function lambda(of: Deployment, name: FunctionName): Resource {
  return only(of.resources('AWS::Lambda::Function'), `Bailiwick${logicalName(name)}Function`);
}

const POWERTOOLS = {
  POWERTOOLS_SERVICE_NAME: 'bailiwick',
  POWERTOOLS_METRICS_NAMESPACE: 'Bailiwick',
  POWERTOOLS_LOG_LEVEL: 'INFO',
  POWERTOOLS_TRACER_CAPTURE_RESPONSE: 'false',
};

/** Of those that API Gateway does not wait for. */
const TIMEOUTS: Readonly<Partial<Record<FunctionName, number>>> = {
  'execute-call': 60,
  'ask-approvers': 30,
  reconcile: 60,
  'revoke-sessions': 60,
  'rotate-keys': 60,
  'archive-events': 300,
  'sign-digest': 900,
};

/** Of those that need more than 512. */
const MEGABYTES: Readonly<Partial<Record<FunctionName, number>>> = {
  'archive-events': 1024,
  'sign-digest': 2048,
};

describe.each(FUNCTION_NAMES)('%s', (name) => {
  it('runs on Node 24 on arm64, traced, within its time', () => {
    expect(lambda(example, name).Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: MEGABYTES[name] ?? 512,
      TracingConfig: { Mode: 'Active' },
      Timeout: TIMEOUTS[name] ?? 29,
    });
  });

  it('has a log group of its own, kept 90 days', () => {
    const { LogGroup } = lambda(example, name).Properties['LoggingConfig'] as { LogGroup: unknown };
    expect(inWords(LogGroup)).toMatch(new RegExp(`^<Bailiwick${logicalName(name)}Log`));
    const group = only(example.resources('AWS::Logs::LogGroup'), `Bailiwick${logicalName(name)}Log`);
    expect(group.Properties).toMatchObject({ RetentionInDays: 90 });
  });

  it('gets exactly the environment that its schema reads', async () => {
    const module: { environment: z.ZodObject } = await import(`../../lambdas/${name}/env.ts`);
    const { Variables } = lambda(example, name).Properties['Environment'] as {
      Variables: Record<string, unknown>;
    };
    const own = Object.keys(Variables).filter((variable) => !(variable in POWERTOOLS));
    expect(own.sort()).toEqual(Object.keys(module.environment.shape).sort());
    expect(Variables).toMatchObject(POWERTOOLS);
  });

  it('is watched for errors and throttles', () => {
    const alarms = Object.values(example.resources('AWS::CloudWatch::Alarm')).filter(({ Properties }) =>
      JSON.stringify(Properties['Dimensions']).includes(`Bailiwick${logicalName(name)}Function`),
    );
    const metrics = alarms.map(({ Properties }) => Properties['MetricName']);
    expect(metrics).toEqual(expect.arrayContaining(['Errors', 'Throttles']));
  });
});

it('does not compile without a variable that a function reads', () => {
  // @ts-expect-error OBJECTS_BUCKET is missing.
  const incomplete: Environments['read-events'] = { STATE_TABLE: 'state', EVENTS_TABLE: 'events' };
  expect(incomplete).not.toHaveProperty('OBJECTS_BUCKET');
});

it('has a handler file for every function, and no function without', () => {
  for (const name of FUNCTION_NAMES) {
    expect(existsSync(new URL(`../../lambdas/${name}/handler.ts`, import.meta.url)), name).toBe(true);
  }
  expect(Object.keys(example.resources('AWS::Lambda::Function'))).toHaveLength(FUNCTION_NAMES.length);
});

describe('reserved concurrency', () => {
  const reserved = (of: Deployment) =>
    Object.fromEntries(
      FUNCTION_NAMES.flatMap((name) => {
        const limit = lambda(of, name).Properties['ReservedConcurrentExecutions'];
        return limit === undefined ? [] : [[name, limit]];
      }),
    );

  it('holds where a flood would cost others', () => {
    expect(Object.keys(reserved(example)).sort()).toEqual([
      'issue-credentials',
      'make-call',
      'open-task',
      'read-calls',
      'sign-digest',
    ]);
  });

  it('can be another, or none, for accounts whose limit is low', async () => {
    const other = await deployment({ reservedConcurrency: { 'open-task': 3 } });
    expect(reserved(other)).toMatchObject({
      'open-task': 3,
      'issue-credentials': DESIGNS['issue-credentials'].reservedConcurrency,
    });
    expect(reserved(await deployment({ reservedConcurrency: 'none' }))).toEqual({});
  });
});

describe('what wakes somebody up', () => {
  it('is the API failing, the audit failing, and the reconciler standing still', () => {
    const alarms = Object.values(example.resources('AWS::CloudWatch::Alarm')).map(
      ({ Properties }) => Properties,
    );
    expect(alarms).toContainEqual(
      expect.objectContaining({ MetricName: '5XXError', Namespace: 'AWS/ApiGateway' }),
    );
    expect(alarms).toContainEqual(
      expect.objectContaining({
        MetricName: 'AuditUnavailable',
        Namespace: 'Bailiwick',
        Dimensions: [{ Name: 'service', Value: 'bailiwick' }],
        TreatMissingData: 'notBreaching',
      }),
    );
    expect(alarms).toContainEqual(
      expect.objectContaining({
        MetricName: 'Invocations',
        ComparisonOperator: 'LessThanThreshold',
        TreatMissingData: 'breaching',
      }),
    );
  });

  it.each([
    [100, {}],
    [7, { refusedTokensAlarm: 7 }],
  ])('is %d refused tokens in a minute, by %j', async (Threshold, props) => {
    const alarms = (await deployment(props)).resources('AWS::CloudWatch::Alarm');
    expect(only(alarms, 'tokensrefused').Properties).toMatchObject({
      MetricName: 'TokenRefused',
      Namespace: 'Bailiwick',
      Dimensions: [{ Name: 'service', Value: 'bailiwick' }],
      Statistic: 'Sum',
      Period: 60,
      Threshold,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    });
  });

  it('is credentials that may still work, and a Revoker that is behind', () => {
    const alarms = example.resources('AWS::CloudWatch::Alarm');
    expect(only(alarms, 'revocationwaiting').Properties).toMatchObject({
      MetricName: 'RevocationWaiting',
      Namespace: 'Bailiwick',
      Dimensions: [{ Name: 'service', Value: 'bailiwick' }],
      Statistic: 'Sum',
      Threshold: 1,
      TreatMissingData: 'notBreaching',
    });
    expect(only(alarms, 'revokerlags').Properties).toMatchObject({
      MetricName: 'IteratorAge',
      Namespace: 'AWS/Lambda',
      Statistic: 'Maximum',
      Period: 60,
      Threshold: 60_000,
      TreatMissingData: 'notBreaching',
    });
  });

  it('is an approval whose workflow failed', () => {
    const { Properties } = only(example.resources('AWS::CloudWatch::Alarm'), 'approvalsfailed');
    expect(Properties).toMatchObject({
      MetricName: 'ExecutionsFailed',
      Namespace: 'AWS/States',
      Threshold: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  it('tells the topic, where there is one', async () => {
    const topic = Topic.fromTopicArn(
      new Stack(new App()),
      'Topic',
      'arn:aws:sns:eu-west-1:111122223333:alarms',
    );
    const told = await deployment({ alarmTopic: topic });
    for (const { Properties } of Object.values(told.resources('AWS::CloudWatch::Alarm'))) {
      expect(Properties['AlarmActions']).toEqual([topic.topicArn]);
    }
    example.template.hasResource('AWS::CloudWatch::Alarm', {});
    for (const { Properties } of Object.values(example.resources('AWS::CloudWatch::Alarm'))) {
      expect(Properties).not.toHaveProperty('AlarmActions');
    }
  });

  it('has one dashboard', () => {
    example.template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
  });
});

it('runs the reconciler every minute, without retries: the next run makes up for it', () => {
  const rule = only(example.resources('AWS::Events::Rule'), 'EveryMinute').Properties;
  expect(rule).toMatchObject({
    ScheduleExpression: 'rate(1 minute)',
    State: 'ENABLED',
    Targets: [{ RetryPolicy: { MaximumRetryAttempts: 0 } }],
  });
  expect(inWords((rule['Targets'] as { Arn: unknown }[])[0]?.Arn)).toMatch(/^<BailiwickReconcileFunction/);
  example.template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', { MaximumRetryAttempts: 0 });
});

it('tells the Revoker of what is asked of it, by the table’s stream, and of nothing else', () => {
  const { Properties } = only(example.resources('AWS::Lambda::EventSourceMapping'), 'WhenAsked');
  expect(inWords(Properties['FunctionName'])).toMatch(/^<BailiwickRevokeSessionsFunction/);
  expect(JSON.stringify(Properties['EventSourceArn'])).toMatch(/BailiwickStoresState\w+","StreamArn"/);
  expect(Properties).toMatchObject({
    StartingPosition: 'TRIM_HORIZON',
    MaximumBatchingWindowInSeconds: 0,
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 2,
    MaximumRecordAgeInSeconds: 300,
  });
  const { Filters } = Properties['FilterCriteria'] as { Filters: { Pattern: string }[] };
  const [filter, ...more] = Filters.map(({ Pattern }) => JSON.parse(Pattern));
  expect(more).toEqual([]);
  expect(filter).toEqual({
    eventName: ['INSERT', 'MODIFY'],
    dynamodb: { Keys: { pk: { S: [{ prefix: 'revoke/' }] } } },
  });
  const { partition } = askedKey(roleHash({ roleArn: 'arn:aws:iam::111122223333:role/bailiwick-reports' }));
  expect(partition.startsWith(filter.dynamodb.Keys.pk.S[0].prefix)).toBe(true);
});

it('counts under its own name, so that nobody is woken by what another broker counts', async () => {
  const blue = await deployment({ name: 'blue' });
  for (const name of FUNCTION_NAMES) {
    expect(lambda(blue, name).Properties, name).toMatchObject({
      Environment: {
        Variables: { POWERTOOLS_SERVICE_NAME: 'blue', POWERTOOLS_METRICS_NAMESPACE: 'Bailiwick' },
      },
    });
  }
  const own = Object.values(blue.resources('AWS::CloudWatch::Alarm'))
    .map(({ Properties }) => Properties)
    .filter(({ Namespace }) => Namespace === 'Bailiwick');
  expect(own).toHaveLength(7);
  for (const { Dimensions } of own) expect(Dimensions).toEqual([{ Name: 'service', Value: 'blue' }]);
  const [dashboard] = Object.values(blue.resources('AWS::CloudWatch::Dashboard'));
  const body = inWords(dashboard?.Properties['DashboardBody']);
  expect(body.match(/"service","\w+"/g)).toEqual(Array.from({ length: 7 }, () => '"service","blue"'));
});

it('goes by the name that it is given in what it vends and what the Revoker may write', async () => {
  const blue = await deployment({ name: 'blue' });
  blue.template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: ['iam:PutRolePolicy', 'iam:DeleteRolePolicy'],
          Condition: Match.objectLike({ StringEquals: { 'aws:ResourceTag/bailiwick': 'blue' } }),
        }),
      ]),
    },
  });
  expect(lambda(blue, 'issue-credentials').Properties).toMatchObject({
    Environment: { Variables: { BROKER_NAME: 'blue' } },
  });
  blue.template.hasOutput('BrokerName', { Value: 'blue' });
  await expect(deployment({ name: 'Not/a name' })).rejects.toThrow('2 to 40 small letters');
});
