// How long events are kept in the table, by what they are worth later. The archive keeps them as long as the operator says.
import type { EventBody } from './model.ts';

/**
 * `record`: what was done, decided or changed, and what belongs to that story: a little more than a year, the span that
 * most audits ask for. Not longer, because the large bodies that such events name are kept just so long.
 * `notice`: what changed nothing and comes often: knocks at the door, and looks at the audit. Long enough to look into;
 * each holds who, or from where, and nothing else that anybody would ask for a year later.
 */
export const KEEP_DAYS = { record: 400, notice: 90 } as const;
export type RetentionClass = keyof typeof KEEP_DAYS;

/** A repetition is the outcome that its own intent has: kept for less, it would leave a call that seems lost. */
export const RETENTION: Readonly<Record<EventBody['type'], RetentionClass>> = {
  'task.opened': 'record',
  'task.repeated': 'record',
  'task.refused': 'record',
  'task.finished': 'record',
  'task.revoked': 'record',
  'delegation.offered': 'record',
  'delegation.refused': 'record',
  'call.requested': 'record',
  'call.awaiting': 'record',
  'call.decided': 'record',
  'call.granted': 'record',
  'call.executing': 'record',
  'call.succeeded': 'record',
  'call.denied': 'record',
  'call.failed': 'record',
  'call.unknown': 'record',
  'call.expired': 'record',
  'call.withdrawn': 'record',
  'call.voided': 'record',
  'call.repeated': 'record',
  'approval.asked': 'record',
  'approval.refused': 'record',
  'approval.revealed': 'record',
  'credentials.issued': 'record',
  'credentials.withheld': 'record',
  'credentials.revoked': 'record',
  'credentials.revocation_waits': 'record',
  'agent.quarantined': 'record',
  'agent.disabled': 'record',
  'agent.reinstated': 'record',
  'agent.attested': 'record',
  'token.refused': 'notice',
  'config.loaded': 'record',
  'access.refused': 'record',
  'audit.exported': 'notice',
  'audit.digested': 'record',
  'audit.finding': 'record',
};

const DAY = 86_400_000;

export function keptUntil(type: EventBody['type'], at: Date): Date {
  return new Date(at.getTime() + KEEP_DAYS[RETENTION[type]] * DAY);
}
