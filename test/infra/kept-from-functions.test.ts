// What watches is not writable by what it watches: shown of every function, and of every action that AWS has.
import { beforeAll, describe, expect, it } from 'vitest';
import { archiveActions } from '../../infra/archive-permissions.ts';
import { DESIGNS, FUNCTION_NAMES, type FunctionName, logicalName } from '../../infra/functions.ts';
import { digestKey, eventsKey, strayKey } from '../../src/audit/index.ts';
import type { IamPolicy } from '../support/iam/evaluate.ts';
import { deployment } from './deployment.ts';
import { ACCOUNT, actionsOf, type Judged, judged, mayDo, mayNot, type PolicyOf } from './judged.ts';

let stack: Judged;
let archive: string;
let onArchive: PolicyOf;
beforeAll(async () => {
  stack = judged(await deployment());
  const bucket = stack.id('AWS::S3::Bucket', /Archive/);
  archive = stack.arn(bucket);
  const policies = Object.values(stack.on('AWS::S3::BucketPolicy', 'PolicyDocument'));
  const ofIt = policies.filter(({ Statement }) => JSON.stringify(Statement).includes(archive));
  expect(ofIt).toHaveLength(1);
  onArchive = ofIt[0] ?? { Statement: [] };
});

function roleOf(name: FunctionName): string {
  return stack.id('AWS::IAM::Role', new RegExp(`^Bailiwick${logicalName(name)}Role`));
}

/** As a good request comes: over TLS, from that role, saying that nothing is replaced. */
function asked(name: FunctionName) {
  return {
    'aws:SecureTransport': 'true',
    's3:TlsVersion': '1.3',
    's3:if-none-match': '*',
    'aws:PrincipalArn': stack.arn(roleOf(name)),
    'dynamodb:LeadingKeys': ['task_x'],
  };
}

function byFunction(allowed: (name: FunctionName, policy: IamPolicy) => readonly string[]) {
  const found = FUNCTION_NAMES.map(
    (name) => [name, [...allowed(name, stack.ofRole(roleOf(name)))].sort()] as const,
  );
  return Object.fromEntries(found.filter(([, actions]) => actions.length > 0));
}

const AT = new Date('2026-11-21T22:41:07.123Z');
const NAMES = {
  events: eventsKey(AT, '7'),
  unarchived: strayKey(AT, '7'),
  digests: digestKey(17),
  other: 'elsewhere/x',
} as const;
const S3 = actionsOf('s3');
const DYNAMO = actionsOf('dynamodb');

it('knows the actions that matter, so that the rest of this proves something', () => {
  expect(S3).toEqual(
    expect.arrayContaining(
      ['PutObject', 'DeleteObjectVersion', 'BypassGovernanceRetention', 'PutLifecycleConfiguration'].map(
        (name) => `s3:${name}`,
      ),
    ),
  );
  const sql = ['PartiQLDelete', 'PartiQLUpdate', 'PartiQLInsert'];
  const changes = ['DeleteItem', 'UpdateItem', 'BatchWriteItem', 'DeleteTable', 'UpdateTimeToLive', ...sql];
  expect(DYNAMO).toEqual(expect.arrayContaining(changes.map((name) => `dynamodb:${name}`)));
});

describe('the events table', () => {
  const table = () => stack.arn(stack.id('AWS::DynamoDB::Table', /Events/));
  const all = (names: readonly string[]) => names.map((name) => `dynamodb:${name}`);

  it('is put into by those that record, read by few, and changed by none', () => {
    const may = byFunction((name, policy) => mayDo(policy, DYNAMO, table(), asked(name)));
    const readers = {
      'ask-approvers': all(['GetItem', 'PutItem']),
      'read-events': all(['BatchGetItem', 'PutItem', 'Query']),
      reconcile: all(['GetItem', 'PutItem']),
      'sign-digest': all(['BatchGetItem', 'GetItem', 'PutItem']),
    };
    const silent = ['front', 'rotate-keys'];
    const writers = FUNCTION_NAMES.filter((name) => !(name in readers) && !silent.includes(name));
    expect(may).toEqual({
      ...Object.fromEntries(writers.map((name) => [name, all(['PutItem'])])),
      ...readers,
    });
  });

  it('shows its index by time to two functions, and its stream to one', () => {
    const onIndex = byFunction((name, policy) => mayDo(policy, DYNAMO, `${table()}/index/time`, asked(name)));
    expect(onIndex).toEqual({ 'read-events': all(['Query']), 'sign-digest': all(['Query']) });
    const reads = all(['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams']);
    const onStream = byFunction((name, policy) => mayDo(policy, DYNAMO, `${table()}/stream/1`, asked(name)));
    expect(onStream).toEqual({ 'archive-events': reads });
  });

  it('is copied, restored and exported by none', () => {
    for (const beside of ['/backup/1', '/export/1', '/import/1']) {
      expect(byFunction((name, policy) => mayDo(policy, DYNAMO, `${table()}${beside}`, asked(name)))).toEqual(
        {},
      );
    }
  });
});

describe('the archive', () => {
  const on = (name: keyof typeof NAMES) => `${archive}/${NAMES[name]}`;
  const within = (resource: string) =>
    byFunction((name, policy) => {
      const allowed = mayDo(policy, S3, resource, asked(name));
      const refused = mayNot(onArchive, allowed, resource, asked(name));
      return allowed.filter((action) => !refused.includes(action));
    });

  it('is put into by two functions, each under its names, and read by the one that signs', () => {
    const reads = { 'sign-digest': ['s3:GetObject'] };
    const signs = { 'sign-digest': ['s3:GetObject', 's3:PutObject'] };
    const archives = { 'archive-events': ['s3:PutObject'] };
    expect(within(on('events'))).toEqual({ ...archives, ...signs });
    expect(within(on('unarchived'))).toEqual({ ...archives, ...signs });
    expect(within(on('digests'))).toEqual(signs);
    expect(within(on('other'))).toEqual(reads);
    expect(within(archive)).toEqual({ 'sign-digest': ['s3:ListBucket'] });
  });

  it('is written and read by none that answers an agent or a person', () => {
    const reaching = FUNCTION_NAMES.filter((name) => archiveActions(DESIGNS[name]).length > 0);
    expect(reaching).toEqual(['archive-events', 'sign-digest']);
    for (const name of reaching) expect(DESIGNS[name].routes, name).toEqual([]);
  });

  it.each(FUNCTION_NAMES)('stays so even for %s with a role that may do everything', (name) => {
    const own: Readonly<Partial<Record<FunctionName, readonly string[]>>> = {
      'archive-events': ['s3:PutObject'],
      'sign-digest': ['s3:GetObject', 's3:PutObject', 's3:ListBucket'],
    };
    for (const resource of [archive, on('events')]) {
      const refused = mayNot(onArchive, S3, resource, asked(name));
      expect([...S3].filter((action) => !refused.includes(action)).sort()).toEqual(
        [...(own[name] ?? [])].sort(),
      );
    }
  });

  it('takes no put that could replace something, from nobody', () => {
    const admin = { ...asked('front'), 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/Admin` };
    const { 's3:if-none-match': _, ...without } = admin;
    expect(mayNot(onArchive, S3, on('events'), without)).toEqual(['s3:PutObject']);
    // As parts of an upload come, which carry no such header.
    const part = { ...without, 's3:ObjectCreationOperation': 'false' };
    expect(mayNot(onArchive, S3, on('events'), part)).toEqual(['s3:PutObject']);
    expect(mayNot(onArchive, S3, on('events'), admin)).toEqual([]);
  });

  it('answers nobody without TLS 1.2', () => {
    const admin = { ...asked('front'), 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/Admin` };
    for (const worse of [{ 'aws:SecureTransport': 'false' }, { 's3:TlsVersion': '1.1' }]) {
      for (const resource of [archive, on('events')]) {
        expect(mayNot(onArchive, S3, resource, { ...admin, ...worse })).toHaveLength(S3.length);
      }
    }
  });

  it('answers no session that an agent holds, whatever its role may do', () => {
    const context = {
      ...asked('front'),
      'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/bailiwick-reports`,
      'aws:PrincipalTag/agent': 'report-builder',
      'aws:PrincipalTag/task': 'task_x',
    };
    for (const resource of [archive, on('events')]) {
      expect(mayNot(onArchive, S3, resource, context)).toHaveLength(S3.length);
      const { 'aws:PrincipalTag/agent': _, ...ofAnother } = context;
      expect(mayNot(onArchive, S3, resource, ofAnother)).toEqual([]);
    }
  });

  it('lets nobody in by its own policy, which says no, and fits', () => {
    expect(onArchive.Statement.map(({ Effect }) => Effect)).not.toContain('Allow');
    for (const { Principal } of onArchive.Statement) expect(Principal).toEqual({ AWS: '*' });
    // With names of roles as long as CloudFormation makes them.
    expect(JSON.stringify(onArchive).length + FUNCTION_NAMES.length * 64).toBeLessThan(20_480);
  });
});

describe('the keys that sign', () => {
  const KMS = actionsOf('kms');
  const keys = () => stack.ids('AWS::KMS::Key').filter((id) => id.includes('SigningKey'));

  it('sign for one function, by its role and by their own policies', () => {
    expect(keys()).toHaveLength(1);
    for (const key of keys()) {
      const may = byFunction((name, policy) => mayDo(policy, KMS, stack.arn(key), asked(name)));
      expect(may).toEqual({ 'sign-digest': ['kms:GetPublicKey', 'kms:Sign'] });
      const { Statement = [] } = stack.on('AWS::KMS::Key', 'KeyPolicy')[key] ?? {};
      const using = Statement.filter(
        (one) => mayDo({ Statement: one }, ['kms:Sign', 'kms:CreateGrant'], stack.arn(key), {}).length > 0,
      );
      expect(using.map(({ Principal }) => Principal)).toEqual([{ AWS: stack.arn(roleOf('sign-digest')) }]);
    }
  });

  it('can be looked after by the account, which can neither sign with them nor let others', () => {
    for (const key of keys()) {
      const { Statement = [] } = stack.on('AWS::KMS::Key', 'KeyPolicy')[key] ?? {};
      const root = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
      const ofAccount = Statement.filter(
        ({ Principal }) => JSON.stringify(Principal) === JSON.stringify(root),
      );
      const may = mayDo({ Statement: ofAccount }, KMS, stack.arn(key), {});
      expect(may).toEqual(
        expect.arrayContaining(['kms:GetPublicKey', 'kms:PutKeyPolicy', 'kms:DescribeKey']),
      );
      for (const use of ['kms:Sign', 'kms:CreateGrant', 'kms:GenerateDataKey'])
        expect(may).not.toContain(use);
    }
  });
});

it('lets no other role of the stack touch any of it', () => {
  const functions = FUNCTION_NAMES.map(roleOf);
  const others = stack.ids('AWS::IAM::Role').filter((id) => !functions.includes(id));
  const events = stack.arn(stack.id('AWS::DynamoDB::Table', /Events/));
  for (const id of others) {
    const policy = stack.ofRole(id);
    expect(mayDo(policy, S3, `${archive}/${NAMES.events}`, {}), id).toEqual([]);
    expect(mayDo(policy, S3, archive, {}), id).toEqual([]);
    expect(mayDo(policy, DYNAMO, events, {}), id).toEqual([]);
  }
});
