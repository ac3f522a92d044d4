// Which facts each type of event must have: who, what, why, with which outcome, how long it took, and by which ids it is
// found. Paths of members; every event of that type has them all.
import type { EventType } from '../../../src/audit/index.ts';

interface Facts {
  readonly who: readonly string[];
  readonly what: readonly string[];
  readonly why: readonly string[];
  readonly outcome: readonly string[];
  readonly timings: readonly string[];
  readonly ids: readonly string[];
  /** Those that not each of them can have, and at least one has, all together. */
  readonly some?: readonly string[];
}

/** What no event is without. */
const ALWAYS = ['id', 'at', 'type', 'configDigest'];

const AGENT = ['agent', 'owner.team', 'owner.email'];
const FOR = ['requester.id', 'requester.proven'];
const REQUEST = ['request.id', 'request.method', 'request.route', 'request.traceparent'];
const TOKEN = ['request.sourceAddress', 'request.tokenHash'];
const OF_AGENT = { who: [...AGENT, ...FOR, 'ancestors', ...TOKEN], ids: ['task', ...REQUEST] };
/** The reason is the agent's own, and stands with the request that it came with. */
const SAID = ['purpose', 'request.reason'];
const DECIDED = ['decision.outcome', 'decision.policies', 'decision.configDigest', 'input.chain'];
const PERSON = ['by', ...TOKEN];
const PERMITTED = ['decision.policies', 'input.human.groups', 'input.action', 'input.resource'];

const NOTHING = { who: [], what: [], why: [], outcome: [], timings: [], ids: [] };
const ended: Facts = {
  ...OF_AGENT,
  what: ['below'],
  why: ['purpose'],
  outcome: ['revocation'],
  timings: ['milliseconds'],
};
const denied: Facts = {
  who: [...AGENT, ...FOR, 'ancestors'],
  what: ['roleArn'],
  why: ['purpose'],
  outcome: [],
  timings: [],
  ids: ['task'],
};
const changed: Facts = {
  ...NOTHING,
  who: [...AGENT, ...PERSON],
  what: ['agent'],
  why: ['why', ...PERMITTED],
  ids: REQUEST,
};
const ofCall = { who: OF_AGENT.who, timings: ['milliseconds'], ids: ['task', 'call', ...REQUEST] };
const ofApproval = { ...ofCall, ids: ['task', 'call', 'approval', ...REQUEST] };
const WHAT = ['kind', 'target'];
const OPERATION = [...WHAT, 'operation.0.capability', 'operation.0.parameters'];
const refused: Facts = {
  ...ofCall,
  what: WHAT,
  why: SAID,
  outcome: ['refusal.code', 'refusal.detail'],
  some: [...OPERATION, ...DECIDED],
};
const cameToNothing: Facts = {
  ...ofApproval,
  what: OPERATION,
  why: [...SAID, 'decision.policies'],
  outcome: ['refusal.code', 'refusal.detail'],
};
/** By the broker itself, for nobody's request. */
const byItself = { who: [...AGENT, ...FOR, 'ancestors'], ids: ['task', 'call', 'approval'] };

export const FACTS: Readonly<Record<Exclude<EventType, 'audit.digested' | 'audit.finding'>, Facts>> = {
  'task.opened': {
    ...OF_AGENT,
    who: [...OF_AGENT.who, 'tokenHash'],
    what: ['capabilities.0.capability', 'capabilities.0.parameters'],
    why: [...SAID, 'capabilities.0.decision.policies', 'input.chain'],
    outcome: ['expiresAt'],
    timings: ['milliseconds'],
  },
  'task.repeated': {
    ...OF_AGENT,
    who: [...OF_AGENT.who, 'tokenHash'],
    what: [],
    why: SAID,
    outcome: [],
    timings: [],
  },
  'task.refused': {
    who: [...AGENT, ...FOR, ...TOKEN, 'tokenHash'],
    what: ['capabilities.0.capability', 'capabilities.0.parameters'],
    why: SAID,
    outcome: ['code', 'detail'],
    timings: ['milliseconds'],
    ids: REQUEST,
    some: [...DECIDED, 'decisions.0.policies'],
  },
  'task.finished': ended,
  'task.revoked': { ...ended, who: [...ended.who, 'by'], why: ['purpose', 'why', ...PERMITTED] },
  'delegation.offered': {
    ...OF_AGENT,
    what: ['to', 'capabilities.0.capability', 'capabilities.0.parameters'],
    why: SAID,
    outcome: ['expiresAt'],
    timings: [],
    ids: [...OF_AGENT.ids, 'delegation'],
  },
  'delegation.refused': {
    ...OF_AGENT,
    what: ['to', 'capabilities.0.capability'],
    why: SAID,
    outcome: ['code', 'detail'],
    timings: [],
  },
  // Written in the same trip that reads the task: for whom and what for, its outcome says, and the task's first event.
  'call.requested': {
    ...ofCall,
    who: [...AGENT, 'ancestors', ...TOKEN],
    what: [...WHAT, 'requested'],
    why: ['request.reason'],
    outcome: [],
    timings: [],
    some: ['requestLine', 'sent.headers', 'sent.body.text'],
  },
  'call.succeeded': {
    ...ofCall,
    what: [...OPERATION, 'requestLine', 'operation.0.http.route'],
    why: [...SAID, ...DECIDED],
    outcome: ['answered.status', 'answered.headers', 'answered.bytes', 'answered.body.text'],
  },
  'credentials.issued': {
    ...ofCall,
    what: [...OPERATION, 'session.policy', 'session.policyHash', 'session.roleArn'],
    why: [...SAID, ...DECIDED],
    outcome: ['session.accessKeyId', 'session.expiresAt', 'session.real'],
  },
  'credentials.withheld': {
    ...ofCall,
    what: OPERATION,
    why: SAID,
    outcome: ['accessKeyId', 'code', 'detail'],
  },
  'call.denied': refused,
  'call.failed': refused,
  'call.unknown': {
    ...ofCall,
    timings: [],
    what: WHAT,
    why: SAID,
    outcome: ['detail'],
    some: [...OPERATION, ...DECIDED, 'refusal.code', 'milliseconds'],
  },
  'call.repeated': {
    ...ofCall,
    what: WHAT,
    why: SAID,
    outcome: ['answer'],
    ids: [...ofCall.ids, 'repetition'],
  },
  'call.awaiting': {
    ...ofApproval,
    what: [...OPERATION, 'fingerprint', 'card.operation.text'],
    why: [...SAID, ...DECIDED, 'decision.approvals.count'],
    outcome: ['expiresAt'],
  },
  'call.decided': {
    ...ofApproval,
    who: [...ofApproval.who, ...PERSON, 'groups', 'channel'],
    what: [...OPERATION, 'fingerprint'],
    why: ['why', 'purpose', 'permission.decision.policies', 'permission.input.human.groups'],
    outcome: ['vote', 'status'],
  },
  'call.granted': {
    ...ofApproval,
    what: OPERATION,
    why: [...SAID, ...DECIDED, 'approvals.0', 'input.approvals.count'],
    outcome: [],
  },
  'call.executing': {
    ...ofApproval,
    what: OPERATION,
    why: [...SAID, ...DECIDED, 'approvals.0', 'input.approvals.count'],
    outcome: [],
  },
  'call.expired': cameToNothing,
  'call.withdrawn': cameToNothing,
  'call.voided': { ...cameToNothing, who: [...cameToNothing.who, 'by'] },
  'approval.asked': { ...byItself, what: OPERATION, why: ['purpose'], outcome: ['asked'], timings: [] },
  'approval.refused': {
    ...ofApproval,
    who: [...ofApproval.who, ...PERSON, 'channel'],
    what: OPERATION,
    why: ['decision.policies'],
    outcome: ['code', 'detail'],
    timings: [],
    some: ['looked'],
  },
  'approval.revealed': {
    ...ofApproval,
    who: [...ofApproval.who, ...PERSON, 'channel'],
    what: OPERATION,
    why: ['purpose'],
    outcome: [],
    timings: [],
  },
  'credentials.revoked': denied,
  'credentials.revocation_waits': { ...denied, outcome: ['detail'] },
  'agent.quarantined': changed,
  'agent.disabled': changed,
  'agent.reinstated': changed,
  'agent.attested': { ...changed, what: ['attested.digest', 'attested.capabilities'] },
  'token.refused': {
    ...NOTHING,
    who: ['issuer', 'address', 'tokenHash', ...TOKEN],
    outcome: ['reason'],
    ids: REQUEST,
  },
  'config.loaded': { ...NOTHING, what: ['agents', 'targets'] },
  'access.refused': {
    ...NOTHING,
    who: ['groups', ...PERSON],
    what: ['wanted', 'resource.type'],
    why: PERMITTED,
    outcome: ['code', 'detail', 'decision.outcome'],
    ids: REQUEST,
    some: ['agent', 'task'],
  },
  'audit.exported': {
    ...NOTHING,
    who: ['groups', ...PERSON],
    what: ['events', 'firstEvent', 'lastEvent'],
    why: PERMITTED,
    ids: REQUEST,
    some: ['task', 'agent'],
  },
};

/** Of every event that has one of these, nothing is ever missing. */
export function isThere(body: unknown, path: string): boolean {
  const found = path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], body);
  return found !== undefined && found !== null && found !== '';
}

export function pathsOf({ some: _, ...facts }: Facts): readonly string[] {
  return [...ALWAYS, ...Object.values(facts).flat()];
}
