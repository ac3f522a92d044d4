// From a function's design to what its role may do with the archive: put under some names, read it all, sign, tell.
import { Stack } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { FunctionDesign } from './function-design.ts';
import { statement } from './statement.ts';
import type { Stores } from './stores.ts';

/** Where Lambda puts a batch of the stream that came to nothing: it names the prefix itself. */
export const FAILED_BATCHES = 'aws/lambda/';

/** As the adapter names the broker to EventBridge. */
const SOURCE = 'bailiwick';

/** Everything that a function may do there, whichever policy says it. */
export function archiveActions({ archives, readsArchive }: FunctionDesign): readonly string[] {
  return [
    ...(archives.length > 0 ? ['s3:PutObject'] : []),
    ...(readsArchive ? ['s3:GetObject', 's3:ListBucket'] : []),
  ];
}

export function archiveStatements(design: FunctionDesign, stores: Stores): PolicyStatement[] {
  const { bucket } = stores.archive;
  const { archives, readsArchive } = design;
  const keyUse = [
    ...(archives.length > 0 ? ['kms:GenerateDataKey'] : []),
    ...(readsArchive ? ['kms:Decrypt'] : []),
  ];
  return [
    ...statement(
      'ArchivePuts',
      ['s3:PutObject'],
      archives.map((prefix) => bucket.arnForObjects(`${prefix}*`)),
    ),
    ...(readsArchive ? statement('ArchiveReads', ['s3:GetObject'], [bucket.arnForObjects('*')]) : []),
    ...(readsArchive ? statement('ArchiveLists', ['s3:ListBucket'], [bucket.bucketArn]) : []),
    ...statement('KeyByArchive', keyUse, [stores.key.keyArn], stores.via('s3')),
    ...failedBatches(design, stores),
    ...missingObjects(design, stores),
    ...findings(design, stores),
  ];
}

/** Lambda puts what was tried in vain by the function's own role: a whole batch, into the objects bucket. */
function failedBatches({ eventsStream }: FunctionDesign, stores: Stores): PolicyStatement[] {
  if (!eventsStream) return [];
  const { objects } = stores;
  return [
    ...statement('FailedBatches', ['s3:PutObject'], [objects.arnForObjects(`${FAILED_BATCHES}*`)]),
    ...statement('FailedBatchesBucket', ['s3:ListBucket'], [objects.bucketArn]),
  ];
}

/**
 * Of a large value that is gone S3 tells only who may list its bucket. To all others it is an outage that may pass, and a
 * comparison that waits for it is never made.
 */
function missingObjects({ readsArchive }: FunctionDesign, { objects }: Stores): PolicyStatement[] {
  return readsArchive ? statement('MissingObjects', ['s3:ListBucket'], [objects.bucketArn]) : [];
}

/** Whatever else watches that bus is told nothing in the name of another. */
function findings({ reportsFindings }: FunctionDesign, stores: Stores): PolicyStatement[] {
  if (!reportsFindings) return [];
  const bus = Stack.of(stores).formatArn({
    service: 'events',
    resource: 'event-bus',
    resourceName: 'default',
  });
  return statement('Findings', ['events:PutEvents'], [bus], { StringEquals: { 'events:source': SOURCE } });
}
