// Revokes a task for a person whom policy lets.
import { Refusal } from '../shared/errors.ts';
import type { ApprovalDependencies } from './approval-dependencies.ts';
import type { Caller } from './caller.ts';
import { type EndedTask, endStanding } from './end-task.ts';
import { hear } from './hear.ts';
import { type Operating, type Operator, onceFor, operatorOf, permissionOf } from './operator.ts';
import { refuseAccess } from './refuse-access.ts';
import { type Standing, standingOf } from './standing.ts';

/** Of an unknown task only those learn that it is unknown who may contain everything. */
export async function taskForOperator(
  dependencies: Operating,
  operator: Operator,
  caller: Caller,
  id: string,
): Promise<Standing | Refusal> {
  const standing = await standingOf(dependencies, id);
  const resource =
    standing === undefined
      ? ({ type: 'Broker' } as const)
      : ({ type: 'Task', id, agent: standing.task.agent } as const);
  const refused = await refuseAccess(dependencies, operator, caller, 'contain', resource);
  return refused ?? standing ?? new Refusal('not_found', 'There is no such task.');
}

export async function revokeTask(
  dependencies: Operating & Pick<ApprovalDependencies, 'workflow'>,
  sender: Caller,
  id: string,
  asked: { readonly reason: string } | Refusal,
): Promise<EndedTask | Refusal> {
  const operator = await operatorOf(dependencies, sender);
  if (operator instanceof Refusal) return operator;
  const standing = await taskForOperator(dependencies, operator, sender, id);
  if (standing instanceof Refusal) return standing;
  if (asked instanceof Refusal) return asked;
  const { caller, wanted } = hear(operator.rules.masking, sender, asked);
  const resource = { type: 'Task', id, agent: standing.task.agent } as const;
  const permission = permissionOf(operator, 'contain', resource);
  const why = { by: operator.human.id, reason: wanted.reason, permission };
  // Revoking what is over changes nothing, so a repetition needs no care of its own.
  return onceFor(dependencies, caller, operator.human, () =>
    endStanding(dependencies, standing, 'revoke', why, caller.facts),
  );
}
