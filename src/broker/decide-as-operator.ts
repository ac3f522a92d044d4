// A person decides by REST, with a token of their own: groups come from the token alone.
import type { Approval } from '../approvals/index.ts';
import { Refusal } from '../shared/errors.ts';
import type { ApprovalDependencies } from './approval-dependencies.ts';
import { readApproval } from './approval-records.ts';
import { permissionToDecide } from './approver.ts';
import type { Caller } from './caller.ts';
import { type Decided, decideApproval, NO_SUCH_APPROVAL, type WantedDecision } from './decide-approval.ts';
import { type Operating, type Operator, onceFor, operatorOf } from './operator.ts';
import { tellLooked } from './refuse-approver.ts';

type Dependencies = Operating & Pick<ApprovalDependencies, 'workflow'>;

function approverOf({ human, rules }: Operator) {
  const name = rules.config.broker.humans?.people.find(({ id }) => id === human.id)?.name;
  return {
    id: human.id,
    groups: human.groups,
    channel: 'api',
    ...(name === undefined ? {} : { name }),
  } as const;
}

/** Only for those who may decide it: to everybody else it is as good as none. */
export async function readApprovalAsOperator(
  dependencies: Operating,
  caller: Caller,
  id: string,
): Promise<Approval | Refusal> {
  const operator = await operatorOf(dependencies, caller);
  if (operator instanceof Refusal) return operator;
  const kept = await readApproval(dependencies, id);
  if (kept === undefined) return NO_SUCH_APPROVAL;
  const { rules } = operator;
  const { approval } = kept;
  const refusal = permissionToDecide(rules, approval, operator.human);
  if (!(refusal instanceof Refusal)) return approval;
  const approver = approverOf(operator);
  await tellLooked(dependencies, { rules, approval, approver, refusal, request: caller.facts });
  return NO_SUCH_APPROVAL;
}

/** Deciding again with the same key is answered as the first time was. */
export async function decideAsOperator(
  dependencies: Dependencies,
  caller: Caller,
  id: string,
  asked: WantedDecision | Refusal,
): Promise<Decided | Refusal> {
  const operator = await operatorOf(dependencies, caller);
  if (operator instanceof Refusal) return operator;
  if (asked instanceof Refusal) return asked;
  const approver = approverOf(operator);
  return onceFor(dependencies, caller, operator.human, async (again) => {
    const kept = again ? await readApproval(dependencies, id) : undefined;
    return kept === undefined
      ? decideApproval(dependencies, approver, id, asked, caller.facts)
      : { approval: kept.approval };
  });
}
