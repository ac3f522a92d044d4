// The check of records finds what is wrong with one: a record that is broken in one place has one fault, there.
import { describe, expect, it } from 'vitest';
import { ocsfRecord } from '../../src/audit/ocsf/index.ts';
import type { Json, JsonObject } from '../../src/shared/json.ts';
import { ocsfProblems } from './ocsf.ts';
import { OCSF_SAMPLES } from './ocsf-samples.ts';

function recordOf(sample: string): JsonObject {
  const event = OCSF_SAMPLES.find(({ name }) => name === sample)?.event;
  if (event === undefined) throw new Error(`there is no sample ${sample}`);
  return JSON.parse(JSON.stringify(ocsfRecord(event))) as JsonObject;
}

/** `actor.user.uid`, `resources.0.role` */
function withIn(value: Json | undefined, path: readonly string[], by: Json | undefined): Json | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return by;
  if (Array.isArray(value)) {
    const at = Number(step);
    return [...value.slice(0, at), withIn(value[at], rest, by) ?? null, ...value.slice(at + 1)];
  }
  const { [step]: member, ...others } = value as JsonObject;
  const put = withIn(member, rest, by);
  return put === undefined ? others : { ...others, [step]: put };
}

function brokenAt(sample: string, path: string, by?: Json): readonly string[] {
  return ocsfProblems(withIn(recordOf(sample), path.split('.'), by) as JsonObject);
}

/** Which record, where, what is put there if anything, and what is found. */
const BROKEN = `
call.succeeded 1 | class_uid | | there is no class undefined among the facts
call.succeeded 1 | class_uid | 9999 | there is no class 9999 among the facts
call.succeeded 1 | time | | time is missing
call.succeeded 1 | severity_id | | severity_id is missing; severity is there without severity_id
call.succeeded 1 | api | | api is missing
call.succeeded 1 | api.operation | | api.operation is missing
call.succeeded 1 | metadata.product | | metadata.product is missing
call.succeeded 1 | time | null | time is no timestamp_t
call.succeeded 1 | purpose | "x" | purpose is no attribute there
call.succeeded 1 | actor.user.purpose | "x" | actor.user.purpose is no attribute there
call.succeeded 1 | privileges | [] | privileges is no attribute there
call.succeeded 1 | actor.invoked_by | "x" | actor.invoked_by is deprecated
call.succeeded 1 | actor.process | {} | actor.process is of the object process, which is not among the facts
call.succeeded 1 | time | "5" | time is no timestamp_t
call.succeeded 1 | http_response.code | 1.5 | http_response.code is no integer_t
call.succeeded 1 | http_response.code | 2147483648 | http_response.code is no integer_t
call.succeeded 1 | message | 5 | message is no string_t
call.succeeded 1 | api | "x" | api is no object
call.succeeded 1 | resources | {} | resources is no array; observables[3] is not at resources.uid
call.succeeded 1 | resources.0 | "x" | resources[0] is no object; observables[3] is not at resources.uid
call.succeeded 1 | src_endpoint.ip | "192.0.2.999" | src_endpoint.ip is no ip_t: 192.0.2.999; observables[0] is not at src_endpoint.ip
call.succeeded 1 | src_endpoint.port | 70000 | src_endpoint.port is more than a port_t
agent.disabled 1 | actor.user.email_addr | "kim" | actor.user.email_addr is no email_t: kim; observables[2] is not at actor.user.email_addr
audit.finding 1 | is_alert | "yes" | is_alert is no boolean_t
call.succeeded 1 | severity_id | 7 | severity_id may not be 7
call.succeeded 1 | severity | "High" | severity_id is Informational, and severity says High
call.succeeded 1 | actor.user.type | "System" | actor.user.type_id is Service, and type says System
audit.finding 1 | status | "Success" | status_id is New, and status says Success
call.requested 1 | status | | status_id is 99, and status does not say what
call.succeeded 1 | status_id | | status is there without status_id
call.succeeded 1 | category_uid | 3 | category_uid may not be 3
call.succeeded 1 | class_name | "Base Event" | class_uid is API Activity, and class_name says Base Event
call.succeeded 1 | activity_id | 12 | activity_id may not be 12; type_uid is 600302, not 600312; type_name is API Activity: Read, not API Activity: undefined
call.succeeded 1 | type_uid | 600301 | type_uid is 600301, not 600302
call.succeeded 1 | type_name | "x" | type_name is x, not API Activity: Read
call.succeeded 1 | activity_name | | activity_name is missing
call.expired 1 | actor | {} | actor has none of process, user, invoked_by, session, app_name, app_uid
call.succeeded 4 | database | | Datastore Activity has none of database, databucket, table
task.opened 1 | group | {"name": "x"} | Authorize Session has 2 of privileges, group, not one
task.opened 1 | privileges | | Authorize Session has 0 of privileges, group, not one
call.succeeded 1 | metadata.version | "1.9.0" | metadata.version is 1.9.0, not 1.8.0
call.succeeded 1 | metadata.profiles.1 | "nonsense" | trace is no attribute there; nonsense is no profile
call.succeeded 1 | metadata.profiles.1 | "incident" | trace is no attribute there; API Activity does not take incident
call.succeeded 1 | metadata.profiles.1 | "security_control" | trace is no attribute there; metadata.profiles names one twice
call.succeeded 1 | metadata.profiles.1 | "cloud" | trace is no attribute there; cloud is missing
call.withdrawn 1 | metadata.profiles.0 | "datetime" | action_id is no attribute there; action is no attribute there; disposition_id is no attribute there; disposition is no attribute there
call.succeeded 1 | metadata.profiles.2 | "other/x" | attestation_list is no attribute there; other/x is a profile of no extension that is known
call.succeeded 1 | metadata.extensions | | the extension bailiwick is not declared
call.succeeded 1 | metadata.extensions.0.version | | metadata.extensions[0].version is missing
call.succeeded 1 | attestation_list | | attestation_list is missing
call.succeeded 1 | attestation_list.0.fingerprint | | attestation_list[0] has none of fingerprint, signatures
call.succeeded 1 | attestation_list.0.fingerprint.value | | attestation_list[0].fingerprint.value is missing
call.succeeded 1 | observables.0.type_id | 46 | observables[0].type_id may not be 46; observables[0] is of 2, not 46
call.succeeded 1 | observables.0.type_id | 4 | observables[0].type_id is User Name, and type says IP Address; observables[0] is of 2, not 4
call.succeeded 1 | observables.0.type | "Address" | observables[0].type_id is IP Address, and type says Address
call.succeeded 1 | observables.0.name | "src.ip" | observables[0] points at src.ip, which API Activity does not have
call.succeeded 1 | observables.0.name | "src_endpoint.mac" | observables[0] is of 3, not 2; observables[0] is not at src_endpoint.mac
call.succeeded 1 | observables.0.value | "192.0.2.2" | observables[0] is not at src_endpoint.ip
`;

describe('a record is refused', () => {
  it.each(BROKEN.trim().split('\n'))('%s', (line) => {
    const [sample = '', path = '', by = '', problems] = line.split(/ ?\| /);
    expect(brokenAt(sample, path, by === '' ? undefined : JSON.parse(by)).join('; ')).toBe(problems);
  });

  it('for all that is wrong with it', () => {
    expect(ocsfProblems({ class_uid: 0 }).length).toBeGreaterThan(5);
  });
});

describe('a record is taken', () => {
  it.each([
    ['as it is', 'call.succeeded 1', 'message', 'x'],
    ['with another recommended attribute', 'call.succeeded 1', 'metadata.tenant_uid', 'x'],
    ['without one', 'call.succeeded 1', 'message', undefined],
    ['with anything in what is unmapped', 'call.succeeded 1', 'unmapped.anything', [{ deep: [null] }]],
    ['with what its profile brings', 'call.succeeded 1', 'is_alert', true],
  ])('%s', (_, sample, path, by) => {
    expect(brokenAt(sample, path, by)).toEqual([]);
  });
});
