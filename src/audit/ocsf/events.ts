// What each type of event is in OCSF: its class, its activity, what came of it, who did it, and in one sentence.
import type { JsonObject } from '../../shared/json.ts';
import type { EventBody } from '../model.ts';
import type { ClassName, Control, Severity } from './classes.ts';
import { activityOfCall, classOfCall, operationOf, targetsOf } from './operation.ts';
import { countIn, objectIn, textIn } from './read.ts';
import { statusOfCode } from './what.ts';
import type { Doer } from './who.ts';

/** What depends on the event itself, and how the docs say on what. */
interface Chosen<Value> {
  readonly words: string;
  readonly of: (body: JsonObject) => Value;
}

export interface Told {
  readonly class: ClassName | Chosen<ClassName>;
  readonly activity: string | Chosen<string>;
  /** One that is no status of its class is another one, of that name. */
  readonly status: string | Chosen<string>;
  readonly severity?: Severity;
  readonly control?: Control | Chosen<Control | undefined>;
  readonly doer: Doer;
  readonly message: (body: JsonObject) => string;
}

export function chosenFor<Value extends string | undefined>(
  said: Value | Chosen<Value>,
  body: JsonObject,
): Value {
  return typeof said === 'object' ? said.of(body) : said;
}

/** A name that the event says, in a sentence. */
function name(body: JsonObject, member: string): string {
  return textIn(body, member) ?? 'unknown';
}

const agent = (body: JsonObject) => name(body, 'agent');
const call = (body: JsonObject) => `${name(body, 'call')} of ${agent(body)}`;
const task = (body: JsonObject) => `${name(body, 'task')} of ${agent(body)}`;
const code = (body: JsonObject) => textIn(body, 'code') ?? name(objectIn(body, 'refusal'), 'code');
const many = (body: JsonObject, member: string) => String(countIn(body, member) ?? 'unknown');

function what(body: JsonObject): string {
  const targets = [...targetsOf(body).keys()];
  return `${operationOf(body)}${targets.length === 0 ? '' : ` at ${targets.join(', ')}`}`;
}

const OF_CALL: Pick<Told, 'class' | 'activity' | 'doer'> = {
  class: { words: 'API, Datastore or SSH Activity', of: classOfCall },
  activity: { words: 'by the call', of: activityOfCall },
  doer: 'agent',
};

/** What happens to a call beside what it is of. */
const ABOUT_CALL = { class: 'api', doer: 'other' } as const;

const LEAST_ERROR = 400;

const ANSWERED: Chosen<string> = {
  words: 'Success, or Failure where the target answered 400 or more',
  of: (body) => {
    const status = countIn(objectIn(body, 'answered'), 'status');
    return status !== undefined && status >= LEAST_ERROR ? 'Failure' : 'Success';
  },
};

const isApproved = (body: JsonObject) => textIn(body, 'vote') === 'approve';

const VOTE: Pick<Told, 'activity' | 'control'> = {
  activity: { words: 'Approve or Deny', of: (body) => (isApproved(body) ? 'Approve' : 'Deny') },
  control: { words: 'by the vote', of: (body) => (isApproved(body) ? 'approved' : 'rejected') },
};

const FORBIDDEN = 403;

const DENIED: Chosen<Control> = {
  words: 'by the code',
  of: (body) => {
    const said = code(body);
    if (said === 'approval_denied') return 'rejected';
    return statusOfCode(said) === FORBIDDEN ? 'unauthorized' : 'blocked';
  },
};

/** What was let go on, and then went wrong; where it is not known that it was let, nothing is said. */
const ERRED: Chosen<Control | undefined> = {
  words: 'where it was decided',
  of: (body) => (textIn(objectIn(body, 'decision'), 'outcome') === 'allowed' ? 'erred' : undefined),
};

/** What a person wanted of the broker, and was not let. */
const ACTIVITY_OF_QUESTION: Chosen<string> = {
  words: 'Read or Update, by what was wanted',
  of: (body) => (textIn(body, 'wanted') === 'audit' ? 'Read' : 'Update'),
};

const SESSION = {
  class: 'session',
  activity: 'Assign Privileges',
  status: 'Success',
  doer: 'agent',
} as const;
const REFUSED = { status: 'Failure', severity: 'Low', control: DENIED } as const;
const ENTITY = { class: 'entity', status: 'Success', doer: 'other' } as const;

const TASKS = {
  'task.opened': {
    ...SESSION,
    control: 'allowed',
    message: (it) => `${agent(it)} opened ${name(it, 'task')}.`,
  },
  'task.repeated': {
    ...{ ...SESSION, activity: 'Repeat' },
    message: (it) => `${agent(it)} repeated the opening of ${name(it, 'task')}.`,
  },
  'task.refused': {
    ...{ ...SESSION, ...REFUSED },
    message: (it) => `${agent(it)} was refused a task: ${code(it)}.`,
  },
  'task.finished': {
    ...{ ...SESSION, activity: 'Finish' },
    message: (it) => `${task(it)} was finished.`,
  },
  'task.revoked': {
    ...{ ...SESSION, activity: 'Revoke', severity: 'Medium', control: 'ended', doer: 'other' },
    message: (it) => `${task(it)} was revoked by ${textIn(it, 'by') ?? 'the broker'}.`,
  },
  'delegation.offered': {
    ...{ ...SESSION, control: 'allowed' },
    message: (it) => `${agent(it)} handed a part of ${name(it, 'task')} on to ${name(it, 'to')}.`,
  },
  'delegation.refused': {
    ...{ ...SESSION, ...REFUSED },
    message: (it) => `${agent(it)} may not hand that on to ${name(it, 'to')}: ${code(it)}.`,
  },
  'credentials.issued': {
    ...{ ...SESSION, control: 'allowed' },
    message: (it) => `${agent(it)} got credentials for ${name(it, 'target')}.`,
  },
  'credentials.withheld': {
    ...{ ...SESSION, activity: 'Withhold', status: 'Failure', severity: 'Low', control: 'blocked' },
    message: (it) => `${agent(it)} did not get the credentials of ${name(it, 'call')}: ${code(it)}.`,
  },
  'credentials.revoked': {
    ...{ ...SESSION, activity: 'Revoke', control: 'ended', doer: 'other' },
    message: (it) => `The sessions of ${task(it)} are denied on their role.`,
  },
  'credentials.revocation_waits': {
    ...{ ...SESSION, activity: 'Revoke', status: 'Pending', severity: 'Medium', doer: 'other' },
    message: (it) => `The sessions of ${task(it)} are not denied on their role yet.`,
  },
} as const satisfies Partial<Table>;

const CALLS = {
  'call.requested': {
    ...OF_CALL,
    status: 'Requested',
    message: (it) => `${agent(it)} asked for ${what(it)}.`,
  },
  'call.awaiting': {
    ...{ ...OF_CALL, status: 'Awaiting Approval', control: 'held' },
    message: (it) => `${agent(it)} waits for approval of ${what(it)}.`,
  },
  'call.executing': {
    ...{ ...OF_CALL, status: 'Executing', control: 'approved' },
    message: (it) => `${what(it)} was approved, and is about to be done for ${agent(it)}.`,
  },
  'call.succeeded': {
    ...{ ...OF_CALL, status: ANSWERED, control: 'allowed' },
    message: (it) => `${what(it)} was answered for ${agent(it)}.`,
  },
  'call.denied': {
    ...{ ...OF_CALL, status: 'Failure', severity: 'Low', control: DENIED },
    message: (it) => `${agent(it)} was denied ${what(it)}: ${code(it)}.`,
  },
  'call.failed': {
    ...{ ...OF_CALL, status: 'Failure', severity: 'Low', control: ERRED },
    message: (it) => `${what(it)} failed for ${agent(it)}: ${code(it)}.`,
  },
  'call.unknown': {
    ...{ ...OF_CALL, status: 'Unknown', severity: 'Medium', control: ERRED },
    message: (it) => `Whether ${what(it)} was done for ${agent(it)} is not known.`,
  },
  'call.decided': {
    ...{ ...ABOUT_CALL, ...VOTE, status: 'Success' },
    message: (it) => `${name(it, 'by')} ${isApproved(it) ? 'approved' : 'denied'} ${call(it)}.`,
  },
  'call.granted': {
    ...{ ...ABOUT_CALL, activity: 'Grant', status: 'Success', control: 'approved' },
    message: (it) => `${call(it)} was approved, and is given when it is asked for again.`,
  },
  'call.expired': {
    ...{ ...ABOUT_CALL, activity: 'Expire', status: 'Failure', severity: 'Low', control: 'blocked' },
    message: (it) => `Nobody decided ${call(it)} in time.`,
  },
  'call.withdrawn': {
    ...{ ...ABOUT_CALL, activity: 'Withdraw', status: 'Failure', control: 'blocked' },
    message: (it) => `${call(it)} was withdrawn.`,
  },
  'call.voided': {
    ...{ ...ABOUT_CALL, activity: 'Void', status: 'Failure', severity: 'Low', control: 'blocked' },
    message: (it) => `The approval of ${call(it)} no longer holds.`,
  },
  'call.repeated': {
    ...{ ...ABOUT_CALL, activity: 'Repeat', status: 'Success', doer: 'agent' },
    message: (it) => `${agent(it)} repeated ${name(it, 'call')}, and was answered ${name(it, 'answer')}.`,
  },
  'approval.asked': {
    ...{ ...ABOUT_CALL, activity: 'Ask', status: 'Success' },
    message: (it) => `People were asked to decide ${call(it)}.`,
  },
  'approval.refused': {
    ...{ ...ABOUT_CALL, activity: 'Decide', ...REFUSED },
    message: (it) => `${name(it, 'by')} may not decide ${call(it)}: ${code(it)}.`,
  },
  'approval.revealed': {
    ...{ ...ABOUT_CALL, activity: 'Read', status: 'Success' },
    message: (it) => `${name(it, 'by')} looked at ${call(it)} without masks.`,
  },
} as const satisfies Partial<Table>;

const OTHERS = {
  'agent.quarantined': {
    ...{ ...ENTITY, activity: 'Suspend', severity: 'Medium' },
    message: (it) => `${name(it, 'by')} quarantined ${agent(it)}.`,
  },
  'agent.disabled': {
    ...{ ...ENTITY, activity: 'Disable', severity: 'Medium' },
    message: (it) => `${name(it, 'by')} disabled ${agent(it)}.`,
  },
  'agent.reinstated': {
    ...{ ...ENTITY, activity: 'Enable' },
    message: (it) => `${name(it, 'by')} reinstated ${agent(it)}.`,
  },
  'agent.attested': {
    ...{ ...ENTITY, activity: 'Attest' },
    message: (it) => `${name(it, 'by')} attested ${agent(it)}.`,
  },
  'config.loaded': {
    ...{ ...ENTITY, activity: 'Activate' },
    message: (it) =>
      `A config of ${many(it, 'agents')} agents and ${many(it, 'targets')} targets decides from now on.`,
  },
  'audit.digested': {
    ...{ ...ENTITY, activity: 'Create' },
    message: (it) => `The digest ${many(it, 'sequence')} covers ${many(it, 'events')} events.`,
  },
  'token.refused': {
    ...{ class: 'authentication', activity: 'Logon', doer: 'other' },
    ...{ status: 'Failure', severity: 'Low', control: 'rejected' },
    message: (it) => `A token of the issuer ${name(it, 'issuer')} was refused: ${name(it, 'reason')}.`,
  },
  'access.refused': {
    ...{ class: 'api', activity: ACTIVITY_OF_QUESTION, doer: 'other', ...REFUSED },
    message: (it) => `${name(it, 'by')} wanted to ${name(it, 'wanted')}, and may not.`,
  },
  'audit.exported': {
    ...{ class: 'api', activity: 'Read', status: 'Success', doer: 'other' },
    message: (it) => `${name(it, 'by')} was given ${many(it, 'events')} events.`,
  },
  'audit.finding': {
    ...{ class: 'finding', activity: 'Create', status: 'New', severity: 'High', doer: 'other' },
    control: 'alerted',
    message: (it) => `${name(it, 'title').replace(/\.$/, '')}.`,
  },
} as const satisfies Partial<Table>;

type Table = Readonly<Record<EventBody['type'], Told>>;

export const EVENTS: Table = { ...TASKS, ...CALLS, ...OTHERS };

/** Undefined for a type that is not known here, as one that a later broker wrote. */
export function toldOf(type: string): Told | undefined {
  return Object.hasOwn(EVENTS, type) ? EVENTS[type as keyof Table] : undefined;
}
