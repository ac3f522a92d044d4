// What an agent is told of an approval that came to nothing.
import { type Approval, statusOfApproval } from '../approvals/index.ts';
import type { CallRefusal } from '../tasks/index.ts';
import { whoMay } from './approver.ts';
import type { Rules } from './dependencies.ts';

/** With the person who ended it, where one did. */
export function whyOf(end: Approval['end']): string {
  if (end === undefined) return '';
  return end.by === undefined ? ` ${end.why}` : ` ${end.why} By ${end.by}.`;
}

/** What the agent is told of an approval that came to nothing. */
export function refusalOfApproval(
  rules: Pick<Rules, 'config'>,
  approval: Approval,
  now: Date,
): CallRefusal | undefined {
  const { end, expiresAt } = approval;
  const why = whyOf(end);
  switch (statusOfApproval(approval, now)) {
    case 'denied':
      return {
        code: 'approval_denied',
        detail: `It was denied by ${end?.by ?? 'a person'} at ${end?.at}. The reason given: "${end?.why ?? ''}".`,
      };
    case 'expired':
      return {
        code: 'approval_expired',
        detail: `Nobody decided it until ${expiresAt}. It could have been decided by ${whoMay(rules, approval)}.`,
      };
    case 'withdrawn':
      return { code: 'task_over', detail: `It was withdrawn, because its task is over.${why}` };
    case 'void':
      return { code: 'approval_void', detail: `It is void.${why} Ask again, as things are now.` };
    default:
      return undefined;
  }
}
