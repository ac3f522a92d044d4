// The approvals that wait, for the people who may decide them.
import { type Approval, statusOfApproval } from '../approvals/index.ts';
import { BadCursor, type Page, type PageRequest } from '../ports/records.ts';
import { Refusal } from '../shared/errors.ts';
import { OPEN_APPROVALS } from './approval-records.ts';
import { permissionToDecide } from './approver.ts';
import type { Caller } from './caller.ts';
import { type Operating, operatorOf } from './operator.ts';

const AT_ONCE = 100;

/** Only those that the person may decide: of all others nothing is said. */
export async function listApprovals(
  dependencies: Operating,
  caller: Caller,
  page: PageRequest | Refusal,
): Promise<Page<Approval> | Refusal> {
  const operator = await operatorOf(dependencies, caller);
  if (operator instanceof Refusal) return operator;
  if (page instanceof Refusal) return page;
  const { records, clock } = dependencies;
  const { human, rules } = operator;
  try {
    const listed = await records.listIndex(OPEN_APPROVALS, page);
    const items: Approval[] = [];
    for (let from = 0; from < listed.items.length; from += AT_ONCE) {
      for (const record of await records.read(listed.items.slice(from, from + AT_ONCE))) {
        const approval = record?.value as unknown as Approval | undefined;
        if (approval === undefined || statusOfApproval(approval, clock.now()) !== 'pending') continue;
        if (permissionToDecide(rules, approval, human) instanceof Refusal) continue;
        items.push(approval);
      }
    }
    return { items, ...(listed.cursor === undefined ? {} : { cursor: listed.cursor }) };
  } catch (error) {
    if (!(error instanceof BadCursor)) throw error;
    return new Refusal('invalid_request', 'The cursor is none that this list gave out.', {
      errors: [{ path: 'cursor', problem: 'is none that this list gave out' }],
    });
  }
}
