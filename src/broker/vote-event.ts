// What one person said of an approval, as the audit says it.
import type { Approval, Vote } from '../approvals/index.ts';
import { type RequestFacts, storedEvent } from '../audit/index.ts';
import { millisecondsBetween } from '../shared/moments.ts';
import { factsOfApproval } from './approval-records.ts';
import type { Rules } from './dependencies.ts';

export function voteEvent(
  { config }: Pick<Rules, 'config'>,
  approval: Approval,
  vote: Vote,
  status: Approval['status'],
) {
  const { by, groups, decision, reason, channel, at, event, request, permission } = vote;
  return storedEvent(approval.task, event, new Date(at), {
    ...factsOfApproval(approval, config),
    type: 'call.decided',
    ...{ by, groups, vote: decision, channel, status, permission },
    ...{ fingerprint: approval.fingerprint, milliseconds: millisecondsBetween(approval.createdAt, at) },
    ...(reason === undefined ? {} : { why: reason }),
    ...(request === undefined ? {} : { request: request as unknown as RequestFacts }),
  });
}
