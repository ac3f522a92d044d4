// From a function's design to the statements of its role, but for what it may do with the roles of targets.
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { archiveStatements } from './archive-permissions.ts';
import type { FunctionDesign } from './functions.ts';
import { type Conditions, statement } from './statement.ts';
import { EVENTS_INDEX, STATE_INDEX, type Stores } from './stores.ts';

/** `src/approvals/` makes the keys of what waits sealed. */
const SEALED_PREFIX = '30d/sealed/';

export function statementsFor(design: FunctionDesign, stores: Stores): PolicyStatement[] {
  return [
    ...tableStatements(design, stores),
    ...objectStatements(design, stores),
    ...workflowStatements(design),
    ...secretStatements(design, stores),
    ...streamStatements(design, stores),
    ...archiveStatements(design, stores),
  ];
}

function tableStatements(design: FunctionDesign, stores: Stores): PolicyStatement[] {
  const { state, events } = stores;
  const statements = [
    statement('State', dynamo(design.state), [state.tableArn]),
    statement('Counters', dynamo(counting(design)), [state.tableArn], partitions(design.counts)),
    statement('Lease', dynamo(leasing(design)), [state.tableArn], partitions(design.leases)),
    statement('StateIndex', dynamo(design.stateIndex), [`${state.tableArn}/index/${STATE_INDEX}`]),
    statement('Events', dynamo(design.events), [events.tableArn]),
    statement('EventsIndex', dynamo(design.eventsIndex), [`${events.tableArn}/index/${EVENTS_INDEX}`]),
  ].flat();
  if (statements.length === 0) return [];
  // What DynamoDB asks of whoever uses a table under a customer managed key.
  const keyUse = [
    'kms:Decrypt',
    'kms:DescribeKey',
    'kms:Encrypt',
    'kms:GenerateDataKey',
    'kms:ReEncryptFrom',
    'kms:ReEncryptTo',
  ];
  return [...statements, ...statement('KeyByTables', keyUse, [stores.key.keyArn], stores.via('dynamodb'))];
}

/** An addition is an update; one that finds an expired number begins it again by a put, and may have to look first. */
function counting({ counts }: FunctionDesign): string[] {
  return counts.length === 0 ? [] : ['UpdateItem', 'PutItem', 'GetItem'];
}

function leasing({ leases }: FunctionDesign): string[] {
  return leases.length === 0 ? [] : ['PutItem', 'GetItem', 'BatchGetItem'];
}

/** The condition under which an item of the table may be touched: that its partition is one of these. */
function partitions(names: readonly string[]): Conditions {
  return { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': names } };
}

function objectStatements(design: FunctionDesign, stores: Stores): PolicyStatement[] {
  if (design.objects.length === 0) return [];
  const keyUse = { GetObject: 'kms:Decrypt', PutObject: 'kms:GenerateDataKey' } as const;
  return [
    ...statement(
      'Objects',
      design.objects.map((action) => `s3:${action}`),
      [stores.objects.arnForObjects('*')],
    ),
    ...statement(
      'KeyByObjects',
      design.objects.map((action) => keyUse[action]),
      [stores.key.keyArn],
      stores.via('s3'),
    ),
    ...(design.removesSealed
      ? statement('Sealed', ['s3:DeleteObject'], [stores.objects.arnForObjects(`${SEALED_PREFIX}*`)])
      : []),
  ];
}

/** To wake: by the token, which is all that says what waits, and which nobody can guess. To start: see `workflow.ts`. */
function workflowStatements({ workflow }: FunctionDesign): PolicyStatement[] {
  return workflow.includes('wake') ? statement('Wake', ['states:SendTaskSuccess'], ['*']) : [];
}

const ON_SECRET = {
  none: [],
  read: ['GetSecretValue'],
  rotate: ['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'],
} as const;

/** Each secret by its own statement; both are under one key. */
function secretStatements({ tokenKeys, maskingKeys }: FunctionDesign, stores: Stores): PolicyStatement[] {
  const on = (use: FunctionDesign['tokenKeys']) => ON_SECRET[use].map((action) => `secretsmanager:${action}`);
  const uses = [tokenKeys, maskingKeys];
  const keyUse = [
    ...(uses.some((use) => use !== 'none') ? ['kms:Decrypt'] : []),
    ...(uses.includes('rotate') ? ['kms:GenerateDataKey'] : []),
  ];
  return [
    ...statement('TokenKeys', on(tokenKeys), [stores.tokenKeysArn]),
    ...statement('MaskingKeys', on(maskingKeys), [stores.maskingKeysArn]),
    ...statement('KeyBySecrets', keyUse, [stores.key.keyArn], stores.via('secretsmanager')),
  ];
}

/** What Lambda asks of a function that a stream is read for, on this stream alone. */
function streamStatements({ stateStream, eventsStream }: FunctionDesign, stores: Stores): PolicyStatement[] {
  const actions = dynamo(['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams']);
  const of = ({ tableStreamArn }: Stores['state'], isTold: boolean) =>
    isTold && tableStreamArn !== undefined ? [tableStreamArn] : [];
  return [
    ...statement('StateStream', actions, of(stores.state, stateStream)),
    ...statement('EventsStream', actions, of(stores.events, eventsStream)),
  ];
}

function dynamo(actions: readonly string[]): string[] {
  return actions.map((action) => `dynamodb:${action}`);
}
