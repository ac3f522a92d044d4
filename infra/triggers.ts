// What makes functions run that no API reaches: the clock, and the streams of the tables.
import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import {
  EventSourceMapping,
  FilterCriteria,
  FilterRule,
  type Function as LambdaFunction,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** The partitions of the state table where it is counted how often a role was asked for. */
const ASKED_PREFIX = 'revoke/';

export function everyMinute(scope: Construct, reconcile: LambdaFunction): void {
  new Rule(scope, 'EveryMinute', {
    description: 'Bailiwick: ends calls that were left hanging',
    schedule: Schedule.rate(Duration.minutes(1)),
    // A run that is lost is made up for by the next one.
    targets: [new FunctionTarget(reconcile, { retryAttempts: 0, maxEventAge: Duration.minutes(1) })],
  });
  reconcile.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
}

/** Ten minutes after the hour: what is under way by its end is archived by then, or never will be by the stream. */
const PAST_THE_HOUR = '10';

/** A run that fails is tried once more; what is lost all the same the next hour's run brings. */
export function everyHour(scope: Construct, signDigest: LambdaFunction): void {
  const patience = { retryAttempts: 1, maxEventAge: Duration.minutes(40) };
  new Rule(scope, 'EveryHour', {
    description: 'Bailiwick: signs what was archived of the audit in the hour that is over',
    schedule: Schedule.cron({ minute: PAST_THE_HOUR }),
    targets: [new FunctionTarget(signDigest, patience)],
  });
  signDigest.configureAsyncInvoke(patience);
}

function streamOf({ tableStreamArn }: Table): string {
  if (tableStreamArn === undefined) throw new Error('the table has no stream');
  return tableStreamArn;
}

/**
 * The table's stream tells the Revoker which roles it is asked to look at; nobody waits for it. What is lost here the
 * reconciler asks for again within a minute, so nothing is tried for long. From the stream's beginning, so that
 * nothing is missed while the mapping is made: to look at a role once more does no harm.
 */
export function whenAsked(scope: Construct, revoker: LambdaFunction, state: Table): void {
  // By hand: the event source of the library lets the function list the streams of every table.
  new EventSourceMapping(scope, 'WhenAsked', {
    target: revoker,
    eventSourceArn: streamOf(state),
    startingPosition: StartingPosition.TRIM_HORIZON,
    filters: [
      FilterCriteria.filter({
        eventName: FilterRule.or('INSERT', 'MODIFY'),
        dynamodb: { Keys: { pk: { S: FilterRule.beginsWith(ASKED_PREFIX) } } },
      }),
    ],
    batchSize: 10,
    maxBatchingWindow: Duration.seconds(0),
    // Each role is a partition of its own, so one that takes long holds up few others.
    parallelizationFactor: 10,
    bisectBatchOnError: true,
    retryAttempts: 2,
    maxRecordAge: Duration.minutes(5),
  });
}

/**
 * Everything that happens to the events table, in batches that are tried until they are an hour old: so long a back end
 * may be away. A batch is never cut in two and never half done, since its object is named by its first record, and the
 * name must be the same at every try. What is given up is put whole into a bucket, and brought by the next digest.
 */
export function asWritten(scope: Construct, archiver: LambdaFunction, events: Table, failed: Bucket): void {
  new EventSourceMapping(scope, 'AsWritten', {
    target: archiver,
    eventSourceArn: streamOf(events),
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 1000,
    // Archived within about a minute, and few objects where little happens.
    maxBatchingWindow: Duration.seconds(20),
    parallelizationFactor: 1,
    bisectBatchOnError: false,
    maxRecordAge: Duration.hours(1),
    // By hand: the library would let the function write and remove all objects of that bucket.
    onFailure: { bind: () => ({ destination: failed.bucketArn }) },
  });
}
