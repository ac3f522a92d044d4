// Each function may do exactly this. Written out here, not derived: a wider table in infra/ has to be argued for twice.
import { beforeAll, describe, expect, it } from 'vitest';
import { FUNCTION_NAMES, type FunctionName, logicalName } from '../../infra/functions.ts';
import { agentKey, refusedKey, seenKey, sightedFromKey, sightingKey } from '../../src/agents/index.ts';
import { askedKey, roleDenyKey, roleHash, vendedPartitions } from '../../src/credentials/index.ts';
import type { RecordKey } from '../../src/ports/records.ts';
import { makeId } from '../../src/shared/ids.ts';
import { taskKey } from '../../src/tasks/index.ts';
import { type Deployment, deployment, inWords } from './deployment.ts';

const TABLE_KEY = [
  'kms:Decrypt key via dynamodb',
  'kms:DescribeKey key via dynamodb',
  'kms:Encrypt key via dynamodb',
  'kms:GenerateDataKey key via dynamodb',
  'kms:ReEncryptFrom key via dynamodb',
  'kms:ReEncryptTo key via dynamodb',
];
const OBJECTS = [
  's3:PutObject objects/*',
  's3:GetObject objects/*',
  'kms:GenerateDataKey key via s3',
  'kms:Decrypt key via s3',
];
const STATE = ['dynamodb:PutItem state', 'dynamodb:BatchGetItem state', 'dynamodb:GetItem state'];
/** Into these partitions of the state table alone. */
const counting = (...partitions: readonly string[]) =>
  ['UpdateItem', 'PutItem', 'GetItem'].map(
    (action) => `dynamodb:${action} state within ${partitions.join(' or ')}`,
  );
/** The one role that the config names. */
const ROLE = 'arn:aws:iam::111122223333:role/bailiwick-reports';
/** Only while it says that it is this broker's, and carries one of its boundaries. */
const BOUNDED =
  'where aws:ResourceTag/bailiwick = bailiwick, ' +
  'iam:PermissionsBoundary ~ arn:aws:iam::111122223333:policy/bailiwick/*';
const MASKING_KEYS = ['secretsmanager:GetSecretValue maskingKeys', 'kms:Decrypt key via secretsmanager'];
const BOTH_KEYS = ['secretsmanager:GetSecretValue tokenKeys', ...MASKING_KEYS];
const EVERY = [
  'logs:CreateLogStream own log',
  'logs:PutLogEvents own log',
  'xray:PutTraceSegments *',
  'xray:PutTelemetryRecords *',
];

/** Under the key for what waits for people, and for nothing else that could be made with it. */
const SEALING = 'where kms:EncryptionContext:purpose = bailiwick-sealed-operation';
const SEAL = `kms:GenerateDataKey sealingKey ${SEALING}`;
const UNSEAL = `kms:Decrypt sealingKey ${SEALING}`;
/** To the account's own bus, in the broker's name. */
const FINDINGS = 'events:PutEvents default bus where events:source = bailiwick';
const stream = (of: string) =>
  ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map(
    (action) => `dynamodb:${action} ${of} stream`,
  );
const START = 'states:StartExecution machine';
const WAKE = 'states:SendTaskSuccess *';

/** Why an action must be allowed on `*`. */
const EVERYWHERE: Readonly<Record<string, string>> = {
  'xray:PutTraceSegments': 'has no resources',
  'xray:PutTelemetryRecords': 'has no resources',
  'states:SendTaskSuccess': 'has no resources: the token says what waits',
};

const ALLOWED: Readonly<Record<FunctionName, readonly string[]>> = {
  'open-task': [
    ...EVERY,
    ...STATE,
    ...counting('refused/*', 'sightings/*', 'seen/*'),
    'dynamodb:PutItem events',
    ...TABLE_KEY,
    ...OBJECTS,
    ...BOTH_KEYS,
  ],
  tasks: [
    ...EVERY,
    ...STATE,
    ...counting('refused/*', 'sightings/*', 'revoke/*'),
    'dynamodb:Query state',
    'dynamodb:PutItem events',
    ...TABLE_KEY,
    ...OBJECTS,
    WAKE,
    ...BOTH_KEYS,
  ],
  'issue-credentials': [
    ...EVERY,
    ...STATE,
    ...counting('refused/*', 'seen/*'),
    'dynamodb:PutItem events',
    ...TABLE_KEY,
    ...OBJECTS,
    'dynamodb:Query state',
    SEAL,
    's3:DeleteObject objects/30d/sealed/*',
    START,
    ...BOTH_KEYS,
    `sts:AssumeRole ${ROLE}`,
    `sts:TagSession ${ROLE}`,
    `sts:SetSourceIdentity ${ROLE}`,
    `iam:GetRole ${ROLE}`,
  ],
  // No HTTP target stands in that config: what reading secrets and signing takes is in tests of its own.
  'make-call': [
    ...EVERY,
    ...STATE,
    ...counting('refused/*', 'seen/*'),
    'dynamodb:PutItem events',
    ...TABLE_KEY,
    ...OBJECTS,
    'dynamodb:Query state',
    SEAL,
    's3:DeleteObject objects/30d/sealed/*',
    START,
    ...BOTH_KEYS,
  ],
  'execute-call': [
    ...EVERY,
    ...STATE,
    'dynamodb:PutItem events',
    ...TABLE_KEY,
    ...OBJECTS,
    UNSEAL,
    ...BOTH_KEYS,
  ],
  // Nor does it name a sender of mails: that is below, too.
  'ask-approvers': [
    ...EVERY,
    ...STATE,
    'dynamodb:GetItem events',
    'dynamodb:PutItem events',
    ...TABLE_KEY,
    ...OBJECTS,
    's3:DeleteObject objects/30d/sealed/*',
    WAKE,
    ...MASKING_KEYS,
  ],
  'decide-approval': [
    ...EVERY,
    ...STATE,
    ...counting('refused/*'),
    'dynamodb:Query state/index/index',
    'dynamodb:PutItem events',
    ...TABLE_KEY,
    ...OBJECTS,
    WAKE,
    ...MASKING_KEYS,
    'secretsmanager:GetSecretValue secret oidc-login',
  ],
  'reveal-operation': [
    ...EVERY,
    'dynamodb:BatchGetItem state',
    'dynamodb:PutItem events',
    ...TABLE_KEY,
    ...OBJECTS,
    UNSEAL,
    ...MASKING_KEYS,
  ],
  'read-calls': [
    ...EVERY,
    'dynamodb:BatchGetItem state',
    ...counting('refused/*', 'used/*'),
    'dynamodb:PutItem events',
    ...TABLE_KEY,
    ...OBJECTS,
    ...BOTH_KEYS,
  ],
  operate: [
    ...EVERY,
    ...STATE,
    ...counting('refused/*', 'revoke/*'),
    'dynamodb:Query state',
    'dynamodb:Query state/index/index',
    'dynamodb:PutItem events',
    ...TABLE_KEY,
    ...OBJECTS,
    WAKE,
    ...MASKING_KEYS,
  ],
  'read-events': [
    ...EVERY,
    ...counting('refused/*'),
    'dynamodb:PutItem events',
    'dynamodb:Query events',
    'dynamodb:BatchGetItem events',
    'dynamodb:Query events/index/time',
    ...TABLE_KEY,
    's3:GetObject objects/*',
    'kms:Decrypt key via s3',
    ...MASKING_KEYS,
  ],
  front: EVERY,
  reconcile: [
    ...EVERY,
    ...STATE,
    ...counting('revoke/*'),
    'dynamodb:Query state',
    'dynamodb:Query state/index/index',
    'dynamodb:PutItem events',
    'dynamodb:GetItem events',
    ...TABLE_KEY,
    's3:DeleteObject objects/30d/sealed/*',
    START,
    WAKE,
    ...OBJECTS,
  ],
  'revoke-sessions': [
    ...EVERY,
    ...STATE,
    ...counting('revoke/*'),
    'dynamodb:Query state',
    ...stream('state'),
    'dynamodb:PutItem events',
    ...TABLE_KEY,
    ...OBJECTS,
    `iam:GetRole ${ROLE}`,
    `iam:GetRolePolicy ${ROLE}`,
    `iam:ListRolePolicies ${ROLE}`,
    `iam:PutRolePolicy ${ROLE} ${BOUNDED}`,
    `iam:DeleteRolePolicy ${ROLE} ${BOUNDED}`,
  ],
  'archive-events': [
    ...EVERY,
    'dynamodb:PutItem events',
    ...stream('events'),
    ...TABLE_KEY,
    's3:GetObject objects/*',
    'kms:Decrypt key via s3',
    's3:PutObject archive/events/*',
    's3:PutObject archive/unarchived/*',
    'kms:GenerateDataKey key via s3',
    's3:PutObject objects/aws/lambda/*',
    's3:ListBucket objects',
    FINDINGS,
  ],
  'sign-digest': [
    ...EVERY,
    ...['PutItem', 'GetItem', 'BatchGetItem'].map((action) => `dynamodb:${action} state within archive/*`),
    'dynamodb:PutItem events',
    'dynamodb:GetItem events',
    'dynamodb:BatchGetItem events',
    'dynamodb:Query events/index/time',
    ...TABLE_KEY,
    's3:GetObject objects/*',
    'kms:Decrypt key via s3',
    's3:PutObject archive/events/*',
    's3:PutObject archive/unarchived/*',
    's3:PutObject archive/digests/*',
    's3:GetObject archive/*',
    's3:ListBucket archive',
    // So that what is missing there can be told from what can't be read.
    's3:ListBucket objects',
    'kms:GenerateDataKey key via s3',
    'kms:Decrypt key via s3',
    'kms:Sign signingKey',
    'kms:GetPublicKey signingKey',
    FINDINGS,
  ],
  'rotate-keys': [
    ...EVERY,
    'secretsmanager:DescribeSecret tokenKeys',
    'secretsmanager:GetSecretValue tokenKeys',
    'secretsmanager:PutSecretValue tokenKeys',
    'secretsmanager:UpdateSecretVersionStage tokenKeys',
    'secretsmanager:DescribeSecret maskingKeys',
    'secretsmanager:GetSecretValue maskingKeys',
    'secretsmanager:PutSecretValue maskingKeys',
    'secretsmanager:UpdateSecretVersionStage maskingKeys',
    'kms:Decrypt key via secretsmanager',
    'kms:GenerateDataKey key via secretsmanager',
  ],
};

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const NAMES: readonly (readonly [RegExp, string])[] = [
  [/^<BailiwickStoresState\w+>/, 'state'],
  [/^<BailiwickStoresEvents\w+>/, 'events'],
  [/^<BailiwickStoresObjects\w+>/, 'objects'],
  [/^<BailiwickStoresTokenKeys\w+>/, 'tokenKeys'],
  [/^<BailiwickStoresMaskingKeys\w+>/, 'maskingKeys'],
  [/^<BailiwickStoresKey\w+>/, 'key'],
  [/^<BailiwickStoresSealingKey\w+>/, 'sealingKey'],
  [/^<BailiwickStoresSigningKey1\w+>/, 'signingKey'],
  [/^<BailiwickStoresArchiveBucket\w+>/, 'archive'],
  [/^arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:event-bus\/default$/, 'default bus'],
  [/^<BailiwickApprovalsMachine\w+>/, 'machine'],
  [/^arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:(.*)-\?{6}$/, 'secret $1'],
];

/** `inWords` knows a table's ARN and that of its stream as the same. */
function streamName(value: unknown): string | undefined {
  const stream = /^\{"Fn::GetAtt":\["BailiwickStores(State|Events)\w+","StreamArn"\]\}$/;
  const [, table] = stream.exec(JSON.stringify(value)) ?? [];
  return table === undefined ? undefined : `${table.toLowerCase()} stream`;
}

function resourceName(value: unknown, name: FunctionName): string {
  const text = streamName(value) ?? inWords(value);
  if (new RegExp(`^<Bailiwick${logicalName(name)}Log\\w+>$`).test(text)) return 'own log';
  return NAMES.reduce((named, [pattern, word]) => named.replace(pattern, word), text);
}

const SPELLED_OUT = [
  ...['iam:PermissionsBoundary', 'kms:EncryptionContext:purpose', 'ses:FromAddress', 'events:source'],
];

/** Whose roles, and with which boundary; or what else it is for. */
function roleCondition({ StringEquals = {}, ArnLike = {} }: NonNullable<Statement['Condition']>): string {
  const said = (all: object, sign: string) =>
    Object.entries(all).map(([key, value]) => `${key} ${sign} ${inWords(value)}`);
  return ` where ${[...said(StringEquals, '='), ...said(ArnLike, '~')].join(', ')}`;
}

/** A condition that is none of these three, whole, is shown as it is. */
function conditionWords({ Condition }: Statement): string {
  if (Condition === undefined) return '';
  const shown = JSON.stringify(Condition);
  const { StringEquals: service, 'ForAllValues:StringLike': partitions, ...others } = Condition;
  const isSpelledOut =
    Object.keys(others).join() === 'ArnLike' || SPELLED_OUT.some((key) => service?.[key] !== undefined);
  if (partitions === undefined && isSpelledOut) return roleCondition(Condition);
  if (Object.keys(others).length > 0) return shown;
  if (partitions !== undefined && service === undefined) {
    const { 'dynamodb:LeadingKeys': names, ...other } = partitions;
    return Object.keys(other).length > 0 ? shown : ` within ${[names].flat().join(' or ')}`;
  }
  const { 'kms:ViaService': via, ...other } = service ?? {};
  if (partitions !== undefined || Object.keys(other).length > 0) return shown;
  return ` via ${inWords(via).replace('.<AWS::Region>.<AWS::URLSuffix>', '')}`;
}

/** Of every policy that is attached to the function's role, wherever it was made. */
function statementsOf(of: Deployment, name: FunctionName): Statement[] {
  const role = new RegExp(`^<Bailiwick${logicalName(name)}Role\\w{8}>$`);
  return Object.values(of.resources('AWS::IAM::Policy'))
    .filter(({ Properties }) => (Properties['Roles'] as unknown[]).some((one) => role.test(inWords(one))))
    .flatMap(({ Properties }) => (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement);
}

function grants(of: Deployment, name: FunctionName): string[] {
  return statementsOf(of, name).flatMap((statement) =>
    [statement.Action]
      .flat()
      .flatMap((action) =>
        [statement.Resource]
          .flat()
          .map((resource) => `${action} ${resourceName(resource, name)}${conditionWords(statement)}`),
      ),
  );
}

let example: Deployment;
beforeAll(async () => {
  example = await deployment();
});

describe('what each function may do', () => {
  it.each(FUNCTION_NAMES)('%s: exactly what is written here', (name) => {
    expect(grants(example, name).sort()).toEqual([...ALLOWED[name]].sort());
  });

  it.each(FUNCTION_NAMES)(
    '%s: a role of its own, without managed policies, allowing and never denying',
    (name) => {
      const roles = Object.entries(example.resources('AWS::IAM::Role')).filter(([id]) =>
        id.startsWith(`Bailiwick${logicalName(name)}Role`),
      );
      expect(roles).toHaveLength(1);
      expect(roles[0]?.[1].Properties).not.toHaveProperty('ManagedPolicyArns');
      expect(new Set(statementsOf(example, name).map(({ Effect }) => Effect))).toEqual(new Set(['Allow']));
    },
  );

  it('allows nothing on every resource without a reason', () => {
    const everywhere = FUNCTION_NAMES.flatMap((name) => grants(example, name)).filter((grant) =>
      grant.endsWith(' *'),
    );
    const actions = [...new Set(everywhere.map((grant) => grant.split(' ')[0] ?? ''))].sort();
    expect(actions).toEqual(Object.keys(EVERYWHERE).sort());
  });

  it('lets whoever counts touch the counters, and neither tasks nor the state of agents', () => {
    const within = (grant: string) => / state within (.*)$/.exec(grant)?.[1]?.split(' or ') ?? [];
    const patterns = FUNCTION_NAMES.flatMap((name) => grants(example, name).flatMap(within));
    const mayCount = ({ partition }: RecordKey) =>
      patterns.some((pattern) => partition.startsWith(pattern.slice(0, -1)));
    expect(patterns.filter((pattern) => !/^[a-z]+\/\*$/.test(pattern))).toEqual([]);
    const now = new Date();
    const refused = { issuer: 'https://ci.example.com', reason: 'expired', address: '192.0.2.1' };
    const counters = [
      refusedKey({ ...refused, minute: now.toISOString().slice(0, 16) }),
      sightingKey({ ...refused, subject: 'stranger' }),
      sightedFromKey({ ...refused, subject: 'stranger' }, refused.address),
      seenKey('report-builder'),
      askedKey(roleHash({ roleArn: ROLE })),
    ];
    expect(counters.map(mayCount)).toEqual([true, true, true, true, true]);
    const task = makeId('task', now, new Uint8Array(10));
    const role = roleHash({ roleArn: ROLE });
    const vended = vendedPartitions(role, now).map((partition) => ({ partition, sort: '' }));
    const others = [agentKey('report-builder'), taskKey(task), roleDenyKey(role), ...vended];
    expect(others.filter(mayCount)).toEqual([]);
  });

  it('never lets a function change or remove an event, or use a wildcard action', () => {
    const all = FUNCTION_NAMES.flatMap((name) => grants(example, name));
    expect(
      all.filter((grant) =>
        /^dynamodb:(?!(PutItem|GetItem|BatchGetItem|Query) ).* events\b(?! stream)/.test(grant),
      ),
    ).toEqual([]);
    expect(all.filter((grant) => grant.split(' ')[0]?.includes('*'))).toEqual([]);
  });
});
