// What a deployment keeps: two tables, two buckets, two secrets, and the key they are all encrypted under; the key that
// operations are sealed under while people decide; and those that the audit's digests are signed with.
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { type CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { KEEP } from '../src/ports/objects.ts';
import { acknowledge } from './acknowledge.ts';
import { Archive, type ArchiveProps } from './archive.ts';
import { FAILED_BATCHES } from './archive-permissions.ts';
import { sealingKey } from './sealing-key.ts';
import { signingKeys } from './signing-keys.ts';

export const STATE_INDEX = 'index';
export const EVENTS_INDEX = 'time';

const FAILED_DAYS = 400;

/**
 * Nobody replaces a value that an event or a record names by its hash: IAM can't tell a put that does from one that does
 * not. What Lambda puts beside the values doesn't say that it replaces nothing.
 */
function putOnce(bucket: Bucket): void {
  bucket.addToResourcePolicy(
    new PolicyStatement({
      sid: 'PutOnce',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['s3:PutObject'],
      resources: KEEP.map((keep) => bucket.arnForObjects(`${keep}/*`)),
      conditions: { Null: { 's3:if-none-match': 'true' } },
    }),
  );
}

export interface StoresProps {
  /** The broker's name. */
  readonly broker: string;
  readonly archive?: ArchiveProps | undefined;
  /** Default 1. */
  readonly signingKeyGenerations?: number | undefined;
}

export class Stores extends Construct {
  readonly key: Key;
  readonly state: Table;
  readonly events: Table;
  readonly objects: Bucket;
  readonly tokenKeys: Secret;
  /** Asked for by name: what a secret's `Ref` is, emulators do not agree on. */
  readonly tokenKeysArn: string;
  readonly maskingKeys: Secret;
  readonly maskingKeysArn: string;
  readonly sealingKey: Key;
  readonly archive: Archive;
  /** The oldest first. */
  readonly signingKeys: readonly Key[];

  constructor(
    scope: Construct,
    id: string,
    { broker, archive = {}, signingKeyGenerations = 1 }: StoresProps,
  ) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: "Bailiwick's tables, objects and secrets",
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.state = this.table('State', ['pk', 'sk']);
    this.state.addGlobalSecondaryIndex({
      indexName: STATE_INDEX,
      partitionKey: { name: 'ipk', type: AttributeType.STRING },
      sortKey: { name: 'isk', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.events = this.table('Events', ['stream', 'id']);
    // Of keys only: who may read the index alone learns that events happened, and none of what they say.
    this.events.addGlobalSecondaryIndex({
      indexName: EVENTS_INDEX,
      partitionKey: { name: 'day', type: AttributeType.STRING },
      sortKey: { name: 'id', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.objects = this.bucket();
    this.tokenKeys = this.tokenKeysSecret();
    this.tokenKeysArn = (this.tokenKeys.node.defaultChild as CfnSecret).attrId;
    this.maskingKeys = this.maskingKeysSecret();
    this.maskingKeysArn = (this.maskingKeys.node.defaultChild as CfnSecret).attrId;
    this.sealingKey = sealingKey(this, broker);
    this.archive = new Archive(this, 'Archive', broker, this.key, archive);
    this.signingKeys = signingKeys(this, broker, signingKeyGenerations);
  }

  private table(id: string, [partition, sort]: [string, string]): Table {
    return new Table(this, id, {
      partitionKey: { name: partition, type: AttributeType.STRING },
      sortKey: { name: sort, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      encryptionKey: this.key,
      // With what was there before: of an event that is removed it tells whether its time was over.
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      timeToLiveAttribute: 'expires',
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  private bucket(): Bucket {
    const bucket = new Bucket(this, 'Objects', {
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: false,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        ...KEEP.map((keep) => ({
          id: `keep-${keep}`,
          prefix: `${keep}/`,
          expiration: Duration.days(Number.parseInt(keep, 10)),
        })),
        // What the archiver tried in vain, as long as the events themselves.
        { id: 'failed-batches', prefix: FAILED_BATCHES, expiration: Duration.days(FAILED_DAYS) },
        { id: 'incomplete-uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
    });
    acknowledge(bucket, {
      S1: 'Only functions of this stack may read or write here, each of them traced and its calls audited. A bucket for access logs would outlive what it describes; CloudTrail data events record access where it must be.',
    });
    putOnce(bucket);
    // What stays without its stack stays under its policy.
    bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return bucket;
  }

  /** Usable from the first minute: `previous` is empty until the first rotation. */
  private tokenKeysSecret(): Secret {
    const description = 'The keys that task tokens are made with: the current one, and the one before it';
    return this.secret('TokenKeys', description, { previous: '' }, 'current');
  }

  /** Kept when the stack goes: with another key, what was recorded joins with nothing any more. */
  private maskingKeysSecret(): Secret {
    const description = 'The key that pseudonyms are made with, and its id, which stands in each of them';
    const secret = this.secret('MaskingKeys', description, { id: 'k1' }, 'key');
    acknowledge(secret, {
      SMG4: 'With another key no pseudonym joins with those that were made before, so it rotates when somebody means it to: by `rotateMaskingKeysDays`, or by hand.',
    });
    return secret;
  }

  private secret(id: string, description: string, template: object, generated: string): Secret {
    return new Secret(this, id, {
      description,
      encryptionKey: this.key,
      generateSecretString: {
        secretStringTemplate: JSON.stringify(template),
        generateStringKey: generated,
        passwordLength: 64,
        excludePunctuation: true,
      },
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** The condition under which the key serves requests that go through a service, and no others. */
  via(service: 'dynamodb' | 's3' | 'secretsmanager'): Record<string, Record<string, string>> {
    return {
      StringEquals: { 'kms:ViaService': `${service}.${Stack.of(this).region}.${Stack.of(this).urlSuffix}` },
    };
  }
}
