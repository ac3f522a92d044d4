// Tasks as operators read them.
import type * as z from 'zod/mini';
import type { taskAnswer } from '../../api/answers.ts';
import { fields, table } from './table.ts';
import { minuteOf } from './times.ts';

export type TaskView = z.output<typeof taskAnswer>['task'];
type HeldCapability = TaskView['capabilities'][number];

/** Whether it is proven is never left out: an agent may claim anybody. */
function requesterOf({ requester }: TaskView): string {
  if (requester === undefined) return 'nobody';
  return `${requester.id} (${requester.proven ? 'proven' : 'claimed'})`;
}

export function taskTable(tasks: readonly TaskView[], width: number): readonly string[] {
  if (tasks.length === 0) return ['There are no open tasks that you may see.'];
  return table(
    tasks,
    [
      { title: 'TASK', of: ({ id }) => id },
      { title: 'AGENT', of: ({ agent }) => agent, least: 10 },
      { title: 'PURPOSE', of: ({ purpose }) => purpose, least: 12, cut: true },
      { title: 'FOR', of: requesterOf, least: 8 },
      { title: 'ENDS (UTC)', of: ({ expiresAt }) => minuteOf(expiresAt), least: 10 },
    ],
    width,
  );
}

function capabilityLine({ capability, parameters, decision }: HeldCapability): string {
  const given = Object.entries(parameters).map(([name, value]) => ` ${name}=${value}`);
  const code = decision.code === undefined ? '' : ` (${decision.code})`;
  const policies = decision.policies.length === 0 ? '' : ` by ${decision.policies.join(', ')}`;
  const outcome = decision.outcome === 'needsApproval' ? 'needs approval' : decision.outcome;
  return `${capability}${given.join('')}: ${outcome}${code}${policies}`;
}

export function taskLines(task: TaskView): readonly string[] {
  return fields([
    ['task', task.id],
    ['status', task.status],
    ['agent', task.agent],
    ['purpose', task.purpose],
    ['for', requesterOf(task)],
    ['under', task.ancestors?.map((ancestor) => `${ancestor.task} of ${ancestor.agent}`)],
    ['delegation', task.delegation],
    ['opened', `${minuteOf(task.openedAt)} UTC`],
    ['ends', `${minuteOf(task.expiresAt)} UTC`],
    ['capabilities', task.capabilities.map(capabilityLine)],
  ]);
}

const REVOCATION = {
  none: 'there were no credentials that worked',
  pending:
    'credentials that were handed out may still work, until the task was to end at the latest; ask again',
  inForce: 'no credentials of it work any more',
} as const;

export function revocationLine(revocation: keyof typeof REVOCATION): string {
  return `revocation: ${revocation} (${REVOCATION[revocation]})`;
}
