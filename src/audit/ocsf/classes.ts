// The classes of OCSF 1.8.0 that events become records of, with the numbers that the schema gives to names.

export interface RecordClass {
  readonly uid: number;
  readonly name: string;
  readonly category: { readonly uid: number; readonly name: string };
  /** What is in neither list has the number 99, and is called what it is called here. */
  readonly activities: Readonly<Record<string, number>>;
  readonly statuses: Readonly<Record<string, number>>;
  /** Without it an actor stands in a record by the profile `host` only. */
  readonly actor: 'own' | 'host' | 'none';
  /** Whether it may say under which trace something was asked for. */
  readonly trace?: true;
}

const IAM = { uid: 3, name: 'Identity & Access Management' };
const APPLICATION = { uid: 6, name: 'Application Activity' };
const STATUSES = { Unknown: 0, Success: 1, Failure: 2 };
const UNKNOWN = { Unknown: 0 };

export const OTHER = 99;

export const CLASSES = {
  base: {
    ...{ uid: 0, name: 'Base Event', category: { uid: 0, name: 'Uncategorized' } },
    ...{ activities: UNKNOWN, statuses: STATUSES, actor: 'none' },
  },
  finding: {
    ...{ uid: 2004, name: 'Detection Finding', category: { uid: 2, name: 'Findings' } },
    activities: { ...UNKNOWN, Create: 1 },
    statuses: { Unknown: 0, New: 1 },
    actor: 'none',
  },
  authentication: {
    ...{ uid: 3002, name: 'Authentication', category: IAM },
    activities: { ...UNKNOWN, Logon: 1 },
    ...{ statuses: STATUSES, actor: 'own' },
  },
  session: {
    ...{ uid: 3003, name: 'Authorize Session', category: IAM },
    activities: { ...UNKNOWN, 'Assign Privileges': 1 },
    ...{ statuses: STATUSES, actor: 'own' },
  },
  entity: {
    ...{ uid: 3004, name: 'Entity Management', category: IAM },
    activities: { ...UNKNOWN, Create: 1, Enable: 8, Disable: 9, Activate: 10, Suspend: 12 },
    ...{ statuses: STATUSES, actor: 'own' },
  },
  ssh: {
    ...{ uid: 4007, name: 'SSH Activity', category: { uid: 4, name: 'Network Activity' } },
    activities: { ...UNKNOWN, Open: 1, Fail: 4, Refuse: 5 },
    ...{ statuses: STATUSES, actor: 'host' },
  },
  api: {
    ...{ uid: 6003, name: 'API Activity', category: APPLICATION },
    activities: { ...UNKNOWN, Create: 1, Read: 2, Update: 3, Delete: 4 },
    ...{ statuses: STATUSES, actor: 'own', trace: true },
  },
  datastore: {
    ...{ uid: 6005, name: 'Datastore Activity', category: APPLICATION },
    activities: { ...UNKNOWN, Update: 2, Query: 4, Create: 6, Delete: 7 },
    ...{ statuses: STATUSES, actor: 'own' },
  },
} as const satisfies Readonly<Record<string, RecordClass>>;

export type ClassName = keyof typeof CLASSES;

export const SEVERITIES = { Informational: 1, Low: 2, Medium: 3, High: 4 } as const;
export type Severity = keyof typeof SEVERITIES;

/** What came of it as a control, in the words of the profile `security_control`. */
export const CONTROLS = {
  allowed: { action_id: 1, action: 'Allowed', disposition_id: 1, disposition: 'Allowed' },
  approved: { action_id: 1, action: 'Allowed', disposition_id: 8, disposition: 'Approved' },
  erred: { action_id: 1, action: 'Allowed', disposition_id: 27, disposition: 'Error' },
  held: { action_id: OTHER, action: 'Held for approval', disposition_id: 14, disposition: 'Delayed' },
  blocked: { action_id: 2, action: 'Denied', disposition_id: 2, disposition: 'Blocked' },
  rejected: { action_id: 2, action: 'Denied', disposition_id: 25, disposition: 'Rejected' },
  unauthorized: { action_id: 2, action: 'Denied', disposition_id: 26, disposition: 'Unauthorized' },
  ended: { action_id: 2, action: 'Denied', disposition_id: 24, disposition: 'Access Revoked' },
  alerted: { action_id: 3, action: 'Observed', disposition_id: 19, disposition: 'Alert' },
} as const;
export type Control = keyof typeof CONTROLS;
