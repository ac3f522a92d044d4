// The archive as a table: Athena works out from the query which days and hours it has to read.
import { Stack } from 'aws-cdk-lib';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { EVENTS_PREFIX } from '../src/audit/index.ts';
import { DEFAULT_NAME } from './broker.ts';

/** No archive has anything older. */
const FIRST_DAY = '2026-01-01';

/**
 * What OCSF has at the top of a record, by type. What is deeper is text, to be taken apart by `json_extract`: a query
 * that names a field which an event lacks finds nothing there, instead of failing.
 */
const COLUMNS = {
  bigint: ['time', 'start_time', 'end_time', 'duration', 'type_uid'],
  int: [
    ...[
      'category_uid',
      'class_uid',
      'activity_id',
      'severity_id',
      'status_id',
      'action_id',
      'disposition_id',
    ],
    ...['auth_protocol_id', 'logon_type_id', 'type_id', 'timezone_offset'],
  ],
  boolean: ['is_alert', 'is_remote'],
  string: [
    ...['category_name', 'class_name', 'activity_name', 'type_name', 'severity', 'status', 'status_code'],
    ...[
      'status_detail',
      'message',
      'action',
      'disposition',
      'auth_protocol',
      'logon_type',
      'type',
      'comment',
    ],
    ...[
      'app_protocol_name',
      'actor',
      'src_endpoint',
      'dst_endpoint',
      'user',
      'session',
      'privileges',
      'service',
    ],
    ...[
      'authentication_token',
      'entity',
      'api',
      'http_request',
      'http_response',
      'resources',
      'database',
      'table',
    ],
    ...['finding_info', 'observables', 'trace', 'metadata', 'attestation_list', 'unmapped'],
  ],
} as const;

/** Partitions, as the names of objects have them. */
const PARTITIONS = { string: ['day'], int: ['hour'] } as const;

const PROJECTION = {
  'projection.enabled': 'true',
  'projection.day.type': 'date',
  'projection.day.format': 'yyyy-MM-dd',
  'projection.day.range': `${FIRST_DAY},NOW`,
  'projection.day.interval': '1',
  'projection.day.interval.unit': 'DAYS',
  'projection.hour.type': 'integer',
  'projection.hour.range': '0,23',
  'projection.hour.digits': '2',
} as const;

function columns(byType: Readonly<Record<string, readonly string[]>>): CfnTable.ColumnProperty[] {
  return Object.entries(byType).flatMap(([type, names]) => names.map((name) => ({ name, type })));
}

export class ArchiveTable extends Construct {
  readonly database: string;
  readonly table = 'events';

  /** `broker` is the broker's name. */
  constructor(scope: Construct, id: string, broker: string, bucket: Bucket) {
    super(scope, id);
    // Hyphens would have to be quoted in every query.
    this.database = broker === DEFAULT_NAME ? broker : `${DEFAULT_NAME}_${broker.replaceAll('-', '_')}`;
    const catalogId = Stack.of(this).account;
    const database = new CfnDatabase(this, 'Database', {
      catalogId,
      databaseInput: { name: this.database, description: "Bailiwick: the audit's archive" },
    });
    const location = `s3://${bucket.bucketName}/${EVENTS_PREFIX}`;
    const table = new CfnTable(this, 'Events', {
      catalogId,
      databaseName: this.database,
      tableInput: {
        name: this.table,
        description: 'Audit events as OCSF 1.8.0 records',
        tableType: 'EXTERNAL_TABLE',
        parameters: {
          ...PROJECTION,
          classification: 'json',
          // The words in braces are Athena's.
          'storage.location.template': `${location}day=\${day}/hour=\${hour}/`,
        },
        partitionKeys: columns(PARTITIONS),
        storageDescriptor: {
          location,
          columns: columns(COLUMNS),
          compressed: true,
          inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
          outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
          serdeInfo: {
            serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe',
            // Otherwise it takes names that differ by case only for one, and refuses the line.
            parameters: { 'case.insensitive': 'false' },
          },
        },
      },
    });
    table.addResourceDependency(database);
  }
}
