// Every event as an OCSF record that the published schema allows, in the class that it belongs to.
import { describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '../../../src/audit/index.ts';
import { ocsfRecord, ocsfText } from '../../../src/audit/ocsf/index.ts';
import type { StoredEvent } from '../../../src/ports/events.ts';
import { sha256 } from '../../../src/shared/hash.ts';
import { canonicalJson, type JsonObject } from '../../../src/shared/json.ts';
import { ocsfProblems } from '../../support/ocsf.ts';
import { OCSF_SAMPLES } from '../../support/ocsf-samples.ts';

function sample(name: string): StoredEvent {
  const found = OCSF_SAMPLES.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no sample ${name}`);
  return found.event;
}

const recordOf = (name: string) => ocsfRecord(sample(name));

/** The attestation without what it attests by. */
function unsealed(record: JsonObject): JsonObject {
  const [{ uid }] = record['attestation_list'] as unknown as readonly [{ readonly uid: string }];
  return { ...record, attestation_list: [{ uid }] };
}

function fingerprintOf(record: JsonObject): JsonObject {
  const [{ fingerprint }] = record['attestation_list'] as unknown as readonly [
    { readonly fingerprint: JsonObject },
  ];
  return fingerprint;
}

it('has a sample of every type', () => {
  const types = new Set(OCSF_SAMPLES.map(({ type }) => type));
  expect([...types].sort()).toEqual([...EVENT_TYPES].sort());
});

describe.each(OCSF_SAMPLES)('$name', ({ event }) => {
  const record = ocsfRecord(event);

  it('is a record that the schema allows, in a class of its own', () => {
    expect(ocsfProblems(record)).toEqual([]);
    expect(record['class_uid']).not.toBe(0);
  });

  it('carries the whole event', () => {
    expect(record['unmapped']).toEqual({ stream: event.stream, event: event.body });
    expect(record['metadata']).toMatchObject({ uid: event.id, event_code: event.body['type'] });
    expect(record['time']).toBe(Date.parse(String(event.body['at'])));
  });

  it('has the fingerprint of all that is in it', () => {
    expect(fingerprintOf(record)['value']).toBe(sha256(canonicalJson(unsealed(record))));
    const parsed = JSON.parse(canonicalJson(record)) as JsonObject;
    expect(fingerprintOf(parsed)['value']).toBe(sha256(canonicalJson(unsealed(parsed))));
  });

  it('has one canonical form, and no member that says nothing', () => {
    expect(ocsfText(event)).toBe(canonicalJson(record));
    expect(record).toStrictEqual(JSON.parse(canonicalJson(record)));
  });

  it('points at each value once', () => {
    const observables = record['observables'] as readonly JsonObject[] | undefined;
    const values = observables?.map(({ type_id, value }) => `${type_id} ${value}`) ?? [];
    expect(new Set(values).size).toBe(values.length);
  });

  it('says what it says in one sentence', () => {
    expect(record['message']).toMatch(/^\S.*[^.]\.$/);
    expect(record['message']).not.toMatch(/undefined|\[object/);
  });
});

const API = 'API Activity';
const SESSION = 'Authorize Session';
const ENTITY = 'Entity Management';

it.each([
  ['task.opened 1', SESSION, 'Assign Privileges', 'Success', 'Informational', 'Allowed'],
  ['task.repeated 1', SESSION, 'Repeat', 'Success', 'Informational', undefined],
  ['task.refused 1', SESSION, 'Assign Privileges', 'Failure', 'Low', 'Unauthorized'],
  ['task.refused 2', SESSION, 'Assign Privileges', 'Failure', 'Low', 'Blocked'],
  ['task.finished 1', SESSION, 'Finish', 'Success', 'Informational', undefined],
  ['task.revoked 1', SESSION, 'Revoke', 'Success', 'Medium', 'Access Revoked'],
  ['delegation.offered 1', SESSION, 'Assign Privileges', 'Success', 'Informational', 'Allowed'],
  ['delegation.refused 1', SESSION, 'Assign Privileges', 'Failure', 'Medium', 'Unauthorized'],
  ['credentials.issued 1', SESSION, 'Assign Privileges', 'Success', 'Informational', 'Allowed'],
  ['credentials.withheld 1', SESSION, 'Withhold', 'Failure', 'Low', 'Blocked'],
  ['credentials.revoked 1', SESSION, 'Revoke', 'Success', 'Informational', 'Access Revoked'],
  ['credentials.revocation_waits 1', SESSION, 'Revoke', 'Pending', 'Medium', undefined],
  ['call.requested 1', API, 'Read', 'Requested', 'Informational', undefined],
  ['call.requested 2', API, 'Issue Credentials', 'Requested', 'Informational', undefined],
  ['call.requested 3', API, 'Unknown', 'Requested', 'Informational', undefined],
  ['call.awaiting 1', API, 'Read', 'Awaiting Approval', 'Informational', 'Delayed'],
  ['call.decided 1', API, 'Approve', 'Success', 'Informational', 'Approved'],
  ['call.decided 2', API, 'Deny', 'Success', 'Informational', 'Rejected'],
  ['call.granted 1', API, 'Grant', 'Success', 'Informational', 'Approved'],
  ['call.executing 1', API, 'Delete', 'Executing', 'Informational', 'Approved'],
  ['call.succeeded 1', API, 'Read', 'Success', 'Informational', 'Allowed'],
  ['call.succeeded 2', API, 'Read', 'Failure', 'Informational', 'Allowed'],
  ['call.succeeded 3', 'Datastore Activity', 'Query', 'Success', 'Informational', 'Allowed'],
  ['call.succeeded 4', 'Datastore Activity', 'Run Statements', 'Success', 'Informational', 'Allowed'],
  ['call.succeeded 5', 'SSH Activity', 'Open', 'Success', 'Informational', 'Allowed'],
  ['call.succeeded 6', API, 'Run Command', 'Success', 'Informational', 'Allowed'],
  ['call.denied 1', API, 'Read', 'Failure', 'Medium', 'Unauthorized'],
  ['call.denied 2', API, 'Delete', 'Failure', 'Low', 'Rejected'],
  ['call.denied 3', 'Datastore Activity', 'Query', 'Failure', 'Medium', 'Unauthorized'],
  ['call.denied 4', 'SSH Activity', 'Refuse', 'Failure', 'Medium', 'Unauthorized'],
  ['call.denied 5', API, 'Read', 'Failure', 'Low', 'Blocked'],
  ['call.failed 1', API, 'Issue Credentials', 'Failure', 'Low', 'Error'],
  ['call.failed 2', 'SSH Activity', 'Fail', 'Failure', 'Low', 'Error'],
  ['call.unknown 1', API, 'Read', 'Unknown', 'Medium', undefined],
  ['call.unknown 2', API, 'Read', 'Unknown', 'Medium', 'Error'],
  ['call.expired 1', API, 'Expire', 'Failure', 'Medium', 'Blocked'],
  ['call.withdrawn 1', API, 'Withdraw', 'Failure', 'Informational', 'Blocked'],
  ['call.voided 1', API, 'Void', 'Failure', 'Medium', 'Blocked'],
  ['call.repeated 1', API, 'Repeat', 'Success', 'Informational', undefined],
  ['approval.asked 1', API, 'Ask', 'Success', 'Informational', undefined],
  ['approval.refused 1', API, 'Decide', 'Failure', 'Low', 'Unauthorized'],
  ['approval.revealed 1', API, 'Read', 'Success', 'Informational', undefined],
  ['agent.quarantined 1', ENTITY, 'Suspend', 'Success', 'Medium', undefined],
  ['agent.disabled 1', ENTITY, 'Disable', 'Success', 'Medium', undefined],
  ['agent.reinstated 1', ENTITY, 'Enable', 'Success', 'Informational', undefined],
  ['agent.attested 1', ENTITY, 'Attest', 'Success', 'Informational', undefined],
  ['config.loaded 1', ENTITY, 'Activate', 'Success', 'Informational', undefined],
  ['audit.digested 1', ENTITY, 'Create', 'Success', 'Informational', undefined],
  ['token.refused 1', 'Authentication', 'Logon', 'Failure', 'Low', 'Rejected'],
  ['access.refused 1', API, 'Read', 'Failure', 'Low', 'Unauthorized'],
  ['access.refused 2', API, 'Update', 'Failure', 'Low', 'Unauthorized'],
  ['audit.exported 1', API, 'Read', 'Success', 'Informational', undefined],
  ['audit.finding 1', 'Detection Finding', 'Create', 'New', 'High', 'Alert'],
])('%s is %s, %s: %s, %s, %s', (name, class_name, activity_name, status, severity, disposition) => {
  const record = recordOf(name);
  expect({ ...{ class_name, activity_name, status, severity }, disposition }).toEqual({
    class_name: record['class_name'],
    activity_name: record['activity_name'],
    status: record['status'],
    severity: record['severity'],
    disposition: record['disposition'],
  });
});

describe('a call', () => {
  it('says who asked whom for what, and what came back', () => {
    expect(recordOf('call.succeeded 1')).toMatchObject({
      actor: {
        user: { uid: 'report-builder', type: 'Service' },
        session: { uid: 'task_01kjq6qpsgd32fcfhvmjf8bjf7', issuer: 'bailiwick' },
        authorizations: [
          { decision: 'allowed', policy: { uid: 'default.cedar:2', is_applied: true } },
          { decision: 'allowed', policy: { uid: 'reports-are-open' } },
        ],
      },
      src_endpoint: { ip: '192.0.2.1' },
      dst_endpoint: { uid: 'tickets' },
      api: {
        operation: 'GET /tickets/{id}',
        service: { name: 'tickets' },
        request: { uid: 'req-21' },
        response: { code: 200 },
      },
      http_request: { http_method: 'GET', url: { path: '/tickets/42', query_string: 'full=yes' } },
      http_response: { code: 200, body_length: 53 },
      resources: [{ uid: 'tickets', type: 'target', role: 'Target', labels: ['tickets:read'] }],
      trace: { uid: '4bf92f3577b34da6a3ce929d0e0e4736', flags: ['sampled'] },
      duration: 41,
      metadata: {
        correlation_uid: 'call_01kjq6qpsgw5ajnjm62jhng3dv',
        profiles: ['security_control', 'trace', 'bailiwick/record_integrity'],
      },
      observables: expect.arrayContaining([
        { name: 'src_endpoint.ip', type_id: 2, type: 'IP Address', value: '192.0.2.1' },
        { name: 'actor.user.uid', type_id: 31, type: 'User Object: uid', value: 'report-builder' },
      ]),
    });
  });

  it('ended when it was told, and began as long before as it took', () => {
    const { time, start_time, end_time } = recordOf('call.succeeded 1') as Readonly<Record<string, number>>;
    expect(end_time).toBe(time);
    expect(Number(time) - Number(start_time)).toBe(41);
  });

  it('names what a person who decides it decides on, and whose it is', () => {
    const record = recordOf('call.decided 1');
    expect(record).toMatchObject({
      actor: { user: { uid: 'kim@example.com', type: 'User', groups: [{ name: 'security' }] } },
      api: { operation: 'decide-approval' },
      http_request: { http_method: 'POST', url: { path: '/v1/tasks' } },
    });
    const resources = record['resources'] as readonly JsonObject[];
    expect(resources.map(({ type, role }) => `${type} ${role}`)).toEqual([
      'target Target',
      'approval Target',
      'agent Related',
    ]);
  });

  it('is the broker’s where the broker ends it, and a person’s where a person does', () => {
    expect(recordOf('call.expired 1')).toMatchObject({
      actor: { app_name: 'Bailiwick' },
      src_endpoint: { name: 'bailiwick' },
    });
    // It knows the address that the call came from, which is not the broker's.
    expect(recordOf('call.granted 1')).toMatchObject({ src_endpoint: { name: 'bailiwick' } });
    expect(recordOf('call.withdrawn 2')).toMatchObject({ actor: { user: { uid: 'kim@example.com' } } });
  });

  it('touches tables, and pods', () => {
    expect(recordOf('call.succeeded 3')).toMatchObject({
      database: { name: 'orders-db', type: 'Relational' },
      table: { name: 'public.orders' },
    });
    expect(recordOf('call.succeeded 6')['resources']).toContainEqual({
      ...{ uid: 'shop/web-1', name: 'shop/web-1', type: 'part of a target', role: 'Affected', role_id: 3 },
    });
  });

  it('has bodies, cards and session policies in the event only', () => {
    for (const name of ['call.succeeded 1', 'call.awaiting 1', 'credentials.issued 1']) {
      const { unmapped: _, ...mapped } = recordOf(name);
      const text = JSON.stringify(mapped);
      for (const word of ['Ask [EMAIL]', 'Cannot be undone', '"{}"', 'text/plain']) {
        expect(text).not.toContain(word);
      }
    }
  });
});

describe('other events', () => {
  it('say which session was opened, with which privileges, and of whom', () => {
    expect(recordOf('task.opened 1')).toMatchObject({
      user: { uid: 'report-builder' },
      privileges: ['reports:read', 'reports:list'],
      session: {
        uid: 'task_01kjq6qpsgd32fcfhvmjf8bjf7',
        expiration_time: Date.parse('2026-11-21T23:11:07.123Z'),
      },
      src_endpoint: { ip: '2001:db8::7' },
    });
    expect(recordOf('delegation.offered 1')).toMatchObject({
      ...{ user: { uid: 'ledger-bot' }, actor: { user: { uid: 'report-builder' } } },
      session: { uid: 'dele_01kjq6qpsgv60y3e9nmqdenwbb' },
    });
    expect(recordOf('credentials.issued 1')).toMatchObject({
      session: { credential_uid: 'ASIAEXAMPLE1' },
      observables: expect.arrayContaining([
        { name: 'session.credential_uid', type_id: 19, type: 'User Credential ID', value: 'ASIAEXAMPLE1' },
      ]),
    });
  });

  it('say of a refused token whom it is for only where it proves that', () => {
    expect(recordOf('token.refused 1')).toMatchObject({
      ...{ user: { type: 'Unknown' }, auth_protocol: 'OpenID', status_code: 'not_compact' },
      authentication_token: { uid: `sha256:${'a'.repeat(64)}` },
    });
    expect(recordOf('token.refused 2')).toMatchObject({
      ...{ user: { uid: 'report-builder' }, auth_protocol: 'Task token' },
      // The network that it was counted by is no address.
      src_endpoint: { name: 'unknown' },
    });
  });

  it('say what looks wrong with the audit, and with which part of it', () => {
    expect(recordOf('audit.finding 1')).toMatchObject({
      finding_info: { title: 'An event was overwritten.', types: ['event_overwritten'] },
      is_alert: true,
      resources: [{ type: 'event', role: 'Affected' }],
    });
    expect(recordOf('audit.finding 2')['resources']).toMatchObject([{ uid: 'events/x' }]);
  });
});
