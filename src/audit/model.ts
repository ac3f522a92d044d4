// The audit's events: a closed union, each saying who, what, why and with which outcome.
import type { AgentEvent } from './of-agents.ts';
import type { Common } from './of-all.ts';
import type { ApprovalEvent } from './of-approvals.ts';
import type { CallEvent } from './of-calls.ts';
import type { TaskEvent } from './of-tasks.ts';
import type { OwnEvent } from './own-events.ts';

/** Every type there is: what an event's body may say, and what the docs must explain. */
export const EVENT_TYPES = [
  'task.opened',
  'task.repeated',
  'task.refused',
  'task.finished',
  'task.revoked',
  'delegation.offered',
  'delegation.refused',
  'call.requested',
  'call.awaiting',
  'call.decided',
  'call.granted',
  'call.executing',
  'call.succeeded',
  'call.denied',
  'call.failed',
  'call.unknown',
  'call.expired',
  'call.withdrawn',
  'call.voided',
  'call.repeated',
  'approval.asked',
  'approval.refused',
  'approval.revealed',
  'credentials.issued',
  'credentials.withheld',
  'credentials.revoked',
  'credentials.revocation_waits',
  'agent.quarantined',
  'agent.disabled',
  'agent.reinstated',
  'agent.attested',
  'token.refused',
  'config.loaded',
  'access.refused',
  'audit.exported',
  'audit.digested',
  'audit.finding',
] as const satisfies readonly EventBody['type'][];

export type EventType = (typeof EVENT_TYPES)[number];

/** A `decision` stands with its `input`: all that it follows from beside the config that its `configDigest` names. */
export type EventBody = TaskEvent | CallEvent | ApprovalEvent | AgentEvent | (Common & OwnEvent);
