// The audit's archive: a bucket in which nothing is replaced, and nothing goes before its time.
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AnyPrincipal,
  Effect,
  type IRole,
  PolicyStatement,
  type PolicyStatementProps,
} from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type LifecycleRule,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { archiveActions } from './archive-permissions.ts';
import { ArchiveTable } from './archive-table.ts';
import { DESIGNS, FUNCTION_NAMES, type FunctionName } from './functions.ts';

export interface ArchiveProps {
  /**
   * Default `GOVERNANCE`: whoever has the permission to may end a lock early. Under `COMPLIANCE` nobody can, the
   * account's root included, for what is archived from then on.
   */
  readonly lockMode?: 'GOVERNANCE' | 'COMPLIANCE';
  /** For how many days each object is locked. Default 1, so that a trial can be removed. */
  readonly lockDays?: number;
  /** After how many days objects go, no earlier than their lock. Default: never. */
  readonly expireAfterDays?: number;
}

/** What was asked for of the archive cannot be. */
export class WrongArchive extends Error {}

/** What somebody hid by a delete marker can be brought back for so long. */
const HIDDEN_DAYS = 30;
/** S3 locks nothing for longer. */
const MOST_DAYS = 36_500;

function days(name: string, value: number): Duration {
  if (Number.isSafeInteger(value) && value >= 1 && value <= MOST_DAYS) return Duration.days(value);
  throw new WrongArchive(`archive.${name} is a whole number from 1 to ${MOST_DAYS}, unlike ${value}`);
}

function retention({ lockMode = 'GOVERNANCE', lockDays = 1 }: ArchiveProps): ObjectLockRetention {
  const locked = days('lockDays', lockDays);
  if (lockMode === 'COMPLIANCE') return ObjectLockRetention.compliance(locked);
  if (lockMode === 'GOVERNANCE') return ObjectLockRetention.governance(locked);
  throw new WrongArchive(`archive.lockMode is GOVERNANCE or COMPLIANCE, unlike ${String(lockMode)}`);
}

function lifecycle({ expireAfterDays, lockDays = 1 }: ArchiveProps): LifecycleRule[] {
  const incomplete = { id: 'incomplete-uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) };
  if (expireAfterDays === undefined) return [incomplete];
  const expiration = days('expireAfterDays', expireAfterDays);
  if (expireAfterDays < lockDays) {
    throw new WrongArchive('archive.expireAfterDays is less than archive.lockDays: until then nothing goes');
  }
  const noncurrentVersionExpiration = Duration.days(HIDDEN_DAYS);
  return [
    incomplete,
    { id: 'expire', expiration, noncurrentVersionExpiration },
    // A rule of its own: S3 takes no days and markers in one.
    { id: 'markers', expiredObjectDeleteMarker: true },
  ];
}

export class Archive extends Construct {
  readonly bucket: Bucket;
  readonly table: ArchiveTable;

  /** Under the key of the other stores, which those that archive use already. `broker` is the broker's name. */
  constructor(scope: Construct, id: string, broker: string, key: IKey, props: ArchiveProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention: retention(props),
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: lifecycle(props),
    });
    acknowledge(this.bucket, {
      S1: 'Two functions of this stack write here, each of them traced and its work audited. A bucket for access logs would be one more that somebody has to keep; CloudTrail data events record access where it must be.',
    });
    this.putOnce();
    this.keepFromAgents();
    // What stays without its stack stays under its policy.
    this.bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN);
    this.table = new ArchiveTable(this, 'Table', broker, this.bucket);
  }

  /**
   * Nobody replaces what is there, whoever they are. It says nothing of `s3:ObjectCreationOperation`, by which the parts
   * of an upload would be let through: these can't carry the header, so no upload in parts even begins.
   */
  private putOnce(): void {
    this.deny({
      sid: 'PutOnce',
      actions: ['s3:PutObject'],
      resources: [this.bucket.arnForObjects('*')],
      conditions: { Null: { 's3:if-none-match': 'true' } },
    });
  }

  /** Sessions that the broker hands out carry both tags, whatever else their role may do. */
  private keepFromAgents(): void {
    const tags = { 'aws:PrincipalTag/agent': 'false', 'aws:PrincipalTag/task': 'false' };
    this.deny({ sid: 'KeptFromAgents', actions: ['s3:*'], conditions: { Null: tags } });
  }

  private deny(statement: PolicyStatementProps): void {
    const everything = [this.bucket.bucketArn, this.bucket.arnForObjects('*')];
    const whoever = { effect: Effect.DENY, principals: [new AnyPrincipal()], resources: everything };
    this.bucket.addToResourcePolicy(new PolicyStatement({ ...whoever, ...statement }));
  }

  /**
   * By its own policy as well as by the roles': what one of them lets its function do beyond its design, by whatever
   * mistake, it may not do here.
   */
  keepFrom(roleOf: (name: FunctionName) => IRole): void {
    const byActions = Map.groupBy(FUNCTION_NAMES, (name) => archiveActions(DESIGNS[name]).join(' '));
    for (const [allowed, names] of byActions) {
      const isNone = allowed === '';
      this.deny({
        sid: isNone ? 'KeptFromOthers' : `NoMoreThan${allowed.replace(/s3:| /g, '')}`,
        ...(isNone ? { actions: ['s3:*'] } : { notActions: allowed.split(' ') }),
        // Named by a condition: a principal must be there when the policy is written, and a role may be made anew.
        conditions: { ArnEquals: { 'aws:PrincipalArn': names.map((name) => roleOf(name).roleArn) } },
      });
    }
  }
}
