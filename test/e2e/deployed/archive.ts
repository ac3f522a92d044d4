// The deployed audit's two homes, as whoever owns the account reaches them.
import { createPublicKey } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { createDynamoEvents } from '../../../src/adapters/aws/dynamo-events.ts';
import { createDynamoRecords } from '../../../src/adapters/aws/dynamo-records.ts';
import { createS3Archive } from '../../../src/adapters/aws/s3-archive.ts';
import { createS3Objects } from '../../../src/adapters/aws/s3-objects.ts';
import { systemClock as clock } from '../../../src/adapters/system.ts';
import { archiveName, eachLine, eventOfLine, unpackLines } from '../../../src/audit/index.ts';
import type { Archive, ArchiveReader } from '../../../src/ports/archive.ts';
import type { Events } from '../../../src/ports/events.ts';
import type { Objects } from '../../../src/ports/objects.ts';
import type { Records } from '../../../src/ports/records.ts';
import type { JsonObject } from '../../../src/shared/json.ts';
import { output, setting } from './outputs.ts';

export interface AuditHomes {
  readonly tables: DynamoDBClient;
  readonly records: Records;
  readonly events: Events;
  readonly objects: Objects;
  readonly archive: Archive;
  close(): void;
}

export function auditHomes(): AuditHomes {
  const tables = new DynamoDBClient({});
  const s3 = new S3Client({ forcePathStyle: true });
  const objects = createS3Objects({ client: s3, bucket: output('ObjectsBucket'), clock });
  return {
    tables,
    objects,
    records: createDynamoRecords({ client: tables, table: output('StateTable'), objects, clock }),
    events: createDynamoEvents({ client: tables, table: output('EventsTable'), objects, clock }),
    archive: createS3Archive({ client: s3, bucket: output('ArchiveBucket') }),
    close() {
      tables.destroy();
      s3.destroy();
    },
  };
}

/** In PEM, as an auditor gets them. */
export async function signingKeys(): Promise<string> {
  const client = new KMSClient({});
  try {
    const ids = output('SigningKeys').split(',');
    const keys = await Promise.all(ids.map((KeyId) => client.send(new GetPublicKeyCommand({ KeyId }))));
    return keys
      .map(({ PublicKey }) =>
        createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' }).export({
          type: 'spki',
          format: 'pem',
        }),
      )
      .join('');
  } finally {
    client.destroy();
  }
}

/** Every archived event, in the order of the archive, as often as it stands there. */
export async function archivedEvents(archive: ArchiveReader): Promise<readonly JsonObject[]> {
  const found: JsonObject[] = [];
  for await (const { key } of archive.list('events/')) {
    const bytes = archiveName(key) === undefined ? undefined : await archive.get(key);
    if (bytes === undefined) continue;
    for (const line of eachLine(unpackLines(bytes))) found.push(eventOfLine(line).body);
  }
  return found;
}

/** Processes that run this function for this run's AWS. Where no such list is to be had, none. */
export function processesOf(functionName: string): readonly number[] {
  const wanted = [
    `AWS_LAMBDA_FUNCTION_NAME=${functionName}`,
    `AWS_ENDPOINT_URL=${setting('AWS_ENDPOINT_URL')}`,
  ];
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids.flatMap((id) => {
    try {
      const variables = readFileSync(`/proc/${id}/environ`, 'utf8').split('\0');
      return wanted.every((one) => variables.includes(one)) ? [Number(id)] : [];
    } catch {
      // It has ended meanwhile, or is somebody else's.
      return [];
    }
  });
}
