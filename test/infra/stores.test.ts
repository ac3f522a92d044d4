// What is kept is kept: encrypted under our key, recoverable, and still there when the stack is gone.
import { Match } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { KEEP } from '../../src/ports/objects.ts';
import { type Deployment, deployment, inWords, only } from './deployment.ts';

let example: Deployment;
beforeAll(async () => {
  example = await deployment();
});

const TABLES = [
  { table: 'State', keys: ['pk', 'sk'] },
  { table: 'Events', keys: ['stream', 'id'] },
];

describe.each(TABLES)('the table $table', ({ table, keys }) => {
  it('is on demand, recoverable, encrypted, streamed, expires items and cannot be deleted', () => {
    const { Properties } = only(example.resources('AWS::DynamoDB::Table'), table);
    expect(Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
      DeletionProtectionEnabled: true,
      KeySchema: [
        { AttributeName: keys[0], KeyType: 'HASH' },
        { AttributeName: keys[1], KeyType: 'RANGE' },
      ],
    });
    const { KMSMasterKeyId } = Properties['SSESpecification'] as { KMSMasterKeyId: unknown };
    expect(inWords(KMSMasterKeyId)).toMatch(/^<BailiwickStoresKey/);
  });
});

it('has one index on each table, of keys only', () => {
  const state = only(example.resources('AWS::DynamoDB::Table'), 'State').Properties;
  const events = only(example.resources('AWS::DynamoDB::Table'), 'Events').Properties;
  expect(state['GlobalSecondaryIndexes']).toEqual([
    {
      IndexName: 'index',
      KeySchema: [
        { AttributeName: 'ipk', KeyType: 'HASH' },
        { AttributeName: 'isk', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ]);
  expect(events['GlobalSecondaryIndexes']).toEqual([
    {
      IndexName: 'time',
      KeySchema: [
        { AttributeName: 'day', KeyType: 'HASH' },
        { AttributeName: 'id', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ]);
});

it.each([
  'AWS::DynamoDB::Table',
  'AWS::S3::Bucket',
  'AWS::KMS::Key',
  'AWS::SecretsManager::Secret',
  'AWS::Logs::LogGroup',
])('retains every %s when the stack goes or replaces it', (type) => {
  const resources = Object.values(example.resources(type));
  expect(resources).not.toHaveLength(0);
  for (const resource of resources) {
    expect(resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  }
});

it('says in its outputs where everything is that stays, so that a trial can be removed', () => {
  const outputs = JSON.stringify(example.template.toJSON()['Outputs']);
  const kept = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::SecretsManager::Secret'];
  const ids = kept.flatMap((type) => Object.keys(example.resources(type)));
  expect(ids).toHaveLength(6);
  expect(ids.filter((id) => !outputs.includes(id))).toEqual([]);
});

describe('the bucket of large values', () => {
  const policy = () => only(example.resources('AWS::S3::BucketPolicy'), 'Objects');

  it('has nothing replaced that an item names, whoever would: neither a body, nor what waits sealed', () => {
    const { Statement } = policy().Properties['PolicyDocument'] as { Statement: { Sid?: string }[] };
    const [once] = Statement.filter(({ Sid }) => Sid === 'PutOnce') as Record<string, unknown>[];
    expect(once).toMatchObject({
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 's3:PutObject',
      Condition: { Null: { 's3:if-none-match': 'true' } },
    });
    const resources = ((once?.['Resource'] ?? []) as unknown[]).map((each) =>
      inWords(each).replace(/^<\w+>/, ''),
    );
    // Not what Lambda puts there itself, below `aws/lambda/`.
    expect(resources).toEqual(KEEP.map((keep) => `/${keep}/*`));
  });

  it('keeps its policy when the stack goes', () => {
    expect(policy()).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });
});

it('rotates the keys by itself that KMS can: those that sign are followed by others', () => {
  const keys = Object.values(example.resources('AWS::KMS::Key')).map(({ Properties }) => Properties);
  const rotated = keys.filter(({ KeyUsage }) => KeyUsage !== 'SIGN_VERIFY');
  expect(rotated).toHaveLength(2);
  for (const key of rotated) expect(key).toMatchObject({ EnableKeyRotation: true });
});

describe('the objects bucket', () => {
  it('is private, encrypted and owned', () => {
    expect(only(example.resources('AWS::S3::Bucket'), 'Objects').Properties).toMatchObject({
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
  });

  it('lets objects go after the days that their keys begin with', () => {
    const { LifecycleConfiguration } = only(example.resources('AWS::S3::Bucket'), 'Objects').Properties;
    const { Rules } = LifecycleConfiguration as { Rules: Record<string, unknown>[] };
    const kept = Rules.flatMap((rule) =>
      'Prefix' in rule ? [[rule['Prefix'], rule['ExpirationInDays']]] : [],
    );
    expect(kept).toEqual([
      ['1d/', 1],
      ['30d/', 30],
      ['400d/', 400],
      ['aws/lambda/', 400],
    ]);
    expect(Rules).toContainEqual(
      expect.objectContaining({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }),
    );
    for (const rule of Rules) expect(rule).toMatchObject({ Status: 'Enabled' });
  });

  it('refuses what does not come over TLS 1.2 or newer', () => {
    const deny = (condition: object) => ({ Effect: 'Deny', Action: 's3:*', Condition: condition });
    example.template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike(deny({ Bool: { 'aws:SecureTransport': 'false' } })),
          Match.objectLike(deny({ NumericLessThan: { 's3:TlsVersion': 1.2 } })),
        ]),
      },
    });
  });
});

describe('the token keys', () => {
  it('are usable from the first minute: a generated current key, and no previous one', () => {
    expect(
      only(example.resources('AWS::SecretsManager::Secret'), 'BailiwickStoresTokenKeys').Properties,
    ).toMatchObject({
      GenerateSecretString: {
        SecretStringTemplate: '{"previous":""}',
        GenerateStringKey: 'current',
        PasswordLength: 64,
        ExcludePunctuation: true,
      },
    });
  });

  it('rotate every 30 days through rotate-keys, which only Secrets Manager may call for this secret', () => {
    const rotation = only(example.resources('AWS::SecretsManager::RotationSchedule')).Properties;
    expect(rotation).toMatchObject({
      RotationRules: { AutomaticallyAfterDays: 30 },
      RotateImmediatelyOnUpdate: false,
    });
    expect(inWords(rotation['RotationLambdaARN'])).toMatch(/^<BailiwickRotateKeysFunction/);
    const permission = only(example.resources('AWS::Lambda::Permission'), 'RotateKeys').Properties;
    expect(permission).toMatchObject({ Principal: 'secretsmanager.amazonaws.com' });
    expect(inWords(permission['SourceArn'])).toMatch(/^<BailiwickStoresTokenKeys/);
  });

  it('can be left unrotated where rotation is not to be had', async () => {
    const without = await deployment({ rotateTokenKeys: false });
    without.template.resourceCountIs('AWS::SecretsManager::RotationSchedule', 0);
    expect(Object.keys(without.resources('AWS::Lambda::Permission')).join(' ')).not.toContain('RotateKeys');
  });
});

describe('the key of pseudonyms', () => {
  it('is a secret of its own, usable from the first minute, and kept when the stack goes', () => {
    const secret = only(example.resources('AWS::SecretsManager::Secret'), 'BailiwickStoresMaskingKeys');
    expect(secret).toMatchObject({ DeletionPolicy: 'Retain' });
    expect(secret.Properties).toMatchObject({
      GenerateSecretString: {
        SecretStringTemplate: '{"id":"k1"}',
        GenerateStringKey: 'key',
        PasswordLength: 64,
        ExcludePunctuation: true,
      },
    });
    expect(inWords(secret.Properties['KmsKeyId'])).toMatch(/^<BailiwickStoresKey/);
  });

  it('rotates by itself only where somebody asks for it', async () => {
    const ofMasking = (one: Deployment) =>
      Object.entries(one.resources('AWS::SecretsManager::RotationSchedule')).filter(([id]) =>
        id.includes('Masking'),
      );
    expect(ofMasking(example)).toEqual([]);
    const asked = await deployment({ rotateMaskingKeysDays: 365 });
    expect(ofMasking(asked)).toMatchObject([
      [expect.anything(), { Properties: { RotationRules: { AutomaticallyAfterDays: 365 } } }],
    ]);
    const permission = only(
      asked.resources('AWS::Lambda::Permission'),
      'SecretsManagerMaskingKeys',
    ).Properties;
    expect(inWords(permission['SourceArn'])).toMatch(/^<BailiwickStoresMaskingKeys/);
  });
});
