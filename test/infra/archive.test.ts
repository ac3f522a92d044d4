// The archive as it is deployed: its locks, what is let go, the table that reads it, its keys, and what makes it go on.
import { beforeAll, describe, expect, it } from 'vitest';
import { EVENT_TYPES, eventsKey, ocsfRecord } from '../../src/audit/index.ts';
import { SETTLED_MILLISECONDS } from '../../src/broker/archive/index.ts';
import type { JsonObject } from '../../src/shared/json.ts';
import { type Deployment, deployment, inWords, only } from './deployment.ts';

let example: Deployment;
beforeAll(async () => {
  example = await deployment();
});

const bucket = (of: Deployment) => only(of.resources('AWS::S3::Bucket'), 'Archive');

function retention(of: Deployment): unknown {
  const { ObjectLockConfiguration } = bucket(of).Properties;
  return (ObjectLockConfiguration as { Rule: { DefaultRetention: unknown } }).Rule.DefaultRetention;
}

describe('the bucket', () => {
  it('is versioned, locked for a day, private, encrypted, and stays when the stack goes, as does its policy', () => {
    expect(bucket(example)).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(bucket(example).Properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } },
        ],
      },
    });
    expect(retention(example)).toEqual({ Mode: 'GOVERNANCE', Days: 1 });
    const policy = only(example.resources('AWS::S3::BucketPolicy'), 'Archive');
    expect(policy).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  it('is locked as the operator says', async () => {
    const locked = await deployment({ archive: { lockMode: 'COMPLIANCE', lockDays: 400 } });
    expect(retention(locked)).toEqual({ Mode: 'COMPLIANCE', Days: 400 });
    expect(retention(await deployment({ archive: { lockDays: 30 } }))).toEqual({
      Mode: 'GOVERNANCE',
      Days: 30,
    });
  });

  it('lets nothing go but uploads that were never finished, unless the operator says when', async () => {
    const rules = (of: Deployment) =>
      (bucket(of).Properties['LifecycleConfiguration'] as { Rules: object[] }).Rules;
    const incomplete = expect.objectContaining({
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
    });
    expect(rules(example)).toEqual([incomplete]);
    const expiring = await deployment({ archive: { lockDays: 400, expireAfterDays: 500 } });
    expect(rules(expiring)).toEqual([
      incomplete,
      expect.objectContaining({
        ExpirationInDays: 500,
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
        Status: 'Enabled',
      }),
      expect.objectContaining({ ExpiredObjectDeleteMarker: true, Status: 'Enabled' }),
    ]);
  });

  it.each([
    [{ lockDays: 0 }, 'archive.lockDays'],
    [{ lockDays: 1.5 }, 'archive.lockDays'],
    [{ lockDays: Number.NaN }, 'archive.lockDays'],
    [{ lockDays: 36_501 }, 'archive.lockDays'],
    [{ expireAfterDays: -1 }, 'archive.expireAfterDays'],
    [{ lockDays: 10, expireAfterDays: 9 }, 'until then nothing goes'],
    [{ lockMode: 'compliance' as 'COMPLIANCE' }, 'archive.lockMode'],
  ])('is refused with %j', async (archive, said) => {
    await expect(deployment({ archive })).rejects.toThrow(said);
  });
});

interface Column {
  readonly Name: string;
  readonly Type: string;
}

describe('the table for Athena', () => {
  const input = (of: Deployment) =>
    only(of.resources('AWS::Glue::Table')).Properties['TableInput'] as {
      Name: string;
      Parameters: Readonly<Record<string, unknown>>;
      PartitionKeys: Column[];
      StorageDescriptor: { Location: unknown; Columns: Column[]; SerdeInfo: object };
    };

  it('works out where each hour lies, as names in the archive have it', () => {
    const { Parameters, PartitionKeys, StorageDescriptor } = input(example);
    expect(PartitionKeys).toEqual([
      { Name: 'day', Type: 'string' },
      { Name: 'hour', Type: 'int' },
    ]);
    expect(Parameters).toMatchObject({
      'projection.enabled': 'true',
      'projection.day.type': 'date',
      'projection.day.format': 'yyyy-MM-dd',
      'projection.day.range': expect.stringMatching(/^\d{4}-\d\d-\d\d,NOW$/),
      'projection.hour.type': 'integer',
      'projection.hour.range': '0,23',
      'projection.hour.digits': '2',
    });
    const template = inWords(Parameters['storage.location.template']);
    expect(template).toMatch(
      /^s3:\/\/<BailiwickStoresArchiveBucket\w+>\/events\/day=\$\{day\}\/hour=\$\{hour\}\/$/,
    );
    expect(template.startsWith(inWords(StorageDescriptor.Location))).toBe(true);
    const folder = template
      .replace(/^s3:\/\/<\w+>\//, '')
      .replace('${day}', '2026-03-02')
      .replace('${hour}', '07');
    expect(eventsKey(new Date('2026-03-02T07:41:00Z'), '1').startsWith(folder)).toBe(true);
  });

  it('has a column for everything that stands at the top of a record, of the type that it is', () => {
    const types = new Map(input(example).StorageDescriptor.Columns.map(({ Name, Type }) => [Name, Type]));
    expect(types.size).toBe(input(example).StorageDescriptor.Columns.length);
    const fits: Readonly<Record<string, (value: unknown) => boolean>> = {
      string: (value) => typeof value === 'string' || typeof value === 'object',
      int: (value) => Number.isSafeInteger(value) && Math.abs(Number(value)) < 2 ** 31,
      bigint: Number.isSafeInteger,
      boolean: (value) => typeof value === 'boolean',
    };
    for (const type of EVENT_TYPES) {
      const record = ocsfRecord({
        stream: 'broker',
        id: FULL.id,
        body: { ...FULL, type },
        expiresAt: new Date(0),
      });
      const odd = Object.entries(record).filter(([name, value]) => !fits[types.get(name) ?? '']?.(value));
      expect(odd, type).toEqual([]);
    }
  });

  it('tells apart names that differ by case only, as an event may have them', () => {
    expect(input(example).StorageDescriptor.SerdeInfo).toEqual({
      SerializationLibrary: 'org.openx.data.jsonserde.JsonSerDe',
      Parameters: { 'case.insensitive': 'false' },
    });
  });

  it('stands in a database that queries can name without quotes, of this broker', async () => {
    const database = (of: Deployment) => {
      const { Properties } = only(of.resources('AWS::Glue::Database'));
      of.template.hasOutput('ArchiveDatabase', {
        Value: (Properties['DatabaseInput'] as { Name: string }).Name,
      });
      return (Properties['DatabaseInput'] as { Name: string }).Name;
    };
    expect(database(example)).toBe('bailiwick');
    expect(database(await deployment({ name: 'team-blue' }))).toBe('bailiwick_team_blue');
  });
});

/** As much as events can say, so that a record of it has whatever its type has room for. */
const FULL = {
  id: 'evt_01hzzzzzzz0000000000000000',
  at: '2026-11-21T22:41:07.123Z',
  configDigest: 'digest',
  request: {
    id: 'req',
    method: 'GET',
    route: '/x',
    sourceAddress: '192.0.2.1',
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  },
  task: 'task_x',
  call: 'call_x',
  approval: 'appr_x',
  delegation: 'dele_x',
  agent: 'agent',
  to: 'other',
  by: 'ann@example.com',
  why: 'because',
  owner: { email: 'team@example.com' },
  requester: { id: 'dana@example.com' },
  purpose: 'testing',
  kind: 'http',
  target: 'tickets',
  requestLine: 'GET /tickets/42?x=1',
  operation: [
    {
      capability: 'tickets:read',
      action: 'read',
      target: 'tickets',
      effect: 'read',
      impacts: [],
      resources: ['t'],
    },
  ],
  capabilities: [{ capability: 'tickets:read', parameters: {} }],
  decision: { outcome: 'allowed', policies: ['p'] },
  answered: { status: 200, bytes: 3, headers: [] },
  session: {
    sessionName: 's',
    roleArn: 'arn:aws:iam::111122223333:role/r',
    accessKeyId: 'AKIA',
    expiresAt: '2026-11-21T23:41:07.123Z',
  },
  expiresAt: '2026-11-21T23:41:07.123Z',
  milliseconds: 12,
  code: 'denied_by_policy',
  detail: 'No.',
  reason: 'expired',
  tokenHash: 'hash',
  sequence: 7,
  finding: 'event_removed',
  title: 'Removed',
  event: { stream: 'broker', id: 'evt_1' },
  key: 'events/x',
} satisfies JsonObject;

describe('the keys that digests are signed with', () => {
  const keys = (of: Deployment) =>
    Object.entries(of.resources('AWS::KMS::Key')).filter(
      ([, { Properties }]) => Properties['KeyUsage'] === 'SIGN_VERIFY',
    );
  const given = (of: Deployment) => {
    const { Properties } = only(of.resources('AWS::Lambda::Function'), 'SignDigestFunction');
    const { Variables } = Properties['Environment'] as { Variables: Readonly<Record<string, unknown>> };
    return inWords(Variables['SIGNING_KEYS']).split(',');
  };

  it('are one of P-256 at first, which stays when the stack goes', () => {
    expect(keys(example)).toHaveLength(1);
    for (const [id, key] of keys(example)) {
      expect(key.Properties).toMatchObject({ KeySpec: 'ECC_NIST_P256' });
      expect(key).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
      expect(given(example)).toEqual([`<${id}>`]);
    }
  });

  it('become more by a prop: a new one comes last, and the old ones stay the same', async () => {
    const two = await deployment({ signingKeyGenerations: 2 });
    const [first] = keys(example);
    expect(keys(two)).toHaveLength(2);
    expect(keys(two).map(([id]) => `<${id}>`)).toEqual(given(two));
    expect(given(two)[0]).toBe(`<${first?.[0]}>`);
    const aliases = Object.values(two.resources('AWS::KMS::Alias')).map(({ Properties }) => [
      Properties['AliasName'],
      inWords(Properties['TargetKeyId']),
    ]);
    for (const [place, key] of given(two).entries()) {
      expect(aliases).toContainEqual([`alias/bailiwick/bailiwick/signing-${place + 1}`, key]);
    }
    const [, { Value }] = Object.entries(two.template.findOutputs('SigningKeys'))[0] ?? ['', { Value: '' }];
    expect(inWords(Value).split(',')).toEqual(given(two));
  });

  it.each([0, 1.5, 21, Number.NaN])('are never %s', async (signingKeyGenerations) => {
    await expect(deployment({ signingKeyGenerations })).rejects.toThrow('from 1 to 20');
  });
});

describe('what makes it go on', () => {
  it('is the events table’s stream: whole batches, tried for an hour, then kept whole', () => {
    const { Properties } = only(example.resources('AWS::Lambda::EventSourceMapping'), 'AsWritten');
    expect(inWords(Properties['FunctionName'])).toMatch(/^<BailiwickArchiveEventsFunction/);
    expect(JSON.stringify(Properties['EventSourceArn'])).toMatch(/BailiwickStoresEvents\w+","StreamArn"/);
    expect(Properties).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 1000,
      MaximumBatchingWindowInSeconds: 20,
      ParallelizationFactor: 1,
      BisectBatchOnFunctionError: false,
      MaximumRecordAgeInSeconds: 3600,
    });
    // So that a batch is the same at every try, and nothing of what happens is left out.
    for (const absent of [
      'FunctionResponseTypes',
      'MaximumRetryAttempts',
      'FilterCriteria',
      'TumblingWindowInSeconds',
    ]) {
      expect(Properties).not.toHaveProperty(absent);
    }
    const { OnFailure } = Properties['DestinationConfig'] as { OnFailure: { Destination: unknown } };
    expect(inWords(OnFailure.Destination)).toMatch(/^<BailiwickStoresObjects\w+>$/);
  });

  it('is the clock: ten minutes past every hour, when what was under way has settled', () => {
    const rule = only(example.resources('AWS::Events::Rule'), 'EveryHour').Properties;
    expect(rule).toMatchObject({ ScheduleExpression: 'cron(10 * * * ? *)', State: 'ENABLED' });
    expect(10 * 60_000).toBeGreaterThanOrEqual(SETTLED_MILLISECONDS);
    const [target] = rule['Targets'] as { Arn: unknown; RetryPolicy: object }[];
    expect(inWords(target?.Arn)).toMatch(/^<BailiwickSignDigestFunction/);
    // What is tried again is over before the next hour's run.
    expect(target?.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 2400, MaximumRetryAttempts: 1 });
    const invoked = only(example.resources('AWS::Lambda::EventInvokeConfig'), 'SignDigest').Properties;
    expect(invoked).toMatchObject({ MaximumEventAgeInSeconds: 2400, MaximumRetryAttempts: 1 });
    const { Properties } = only(example.resources('AWS::Lambda::Function'), 'SignDigestFunction');
    expect(Properties).toMatchObject({ ReservedConcurrentExecutions: 1 });
  });
});

describe('what wakes somebody up', () => {
  const alarm = (word: string) => only(example.resources('AWS::CloudWatch::Alarm'), word).Properties;

  it.each([
    ['auditfinding', 'AuditFinding'],
    ['auditunarchived', 'AuditUnarchived'],
    ['auditgapfilled', 'AuditGapFilled'],
  ])('is %s', (word, MetricName) => {
    expect(alarm(word)).toMatchObject({
      MetricName,
      Namespace: 'Bailiwick',
      Dimensions: [{ Name: 'service', Value: 'bailiwick' }],
      Statistic: 'Sum',
      Threshold: 1,
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  it('is an archiver that stays behind, and a digest that is not written', () => {
    expect(alarm('archiverlags')).toMatchObject({
      MetricName: 'IteratorAge',
      Statistic: 'Maximum',
      Period: 60,
      Threshold: 60_000,
      EvaluationPeriods: 5,
      TreatMissingData: 'notBreaching',
    });
    expect(JSON.stringify(alarm('archiverlags')['Dimensions'])).toContain('BailiwickArchiveEventsFunction');
    expect(alarm('digeststopped')).toMatchObject({
      MetricName: 'Invocations',
      Period: 3600,
      EvaluationPeriods: 2,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
    expect(JSON.stringify(alarm('digeststopped')['Dimensions'])).toContain('BailiwickSignDigestFunction');
  });
});
