// The approvals that wait, for the people who may decide them.
import { type Approval, statusOfApproval } from '../approvals/index.ts';
import type { Page, PageRequest } from '../ports/records.ts';
import { Refusal } from '../shared/errors.ts';
import { OPEN_APPROVALS } from './approval-records.ts';
import { permissionToDecide } from './approver.ts';
import type { Caller } from './caller.ts';
import { type Operating, operatorOf } from './operator.ts';

const AT_ONCE = 100;
/** Far more than people can have been asked for. */
const MOST_PAGES = 100;

type Deciding = (approval: Approval) => boolean;

/** A cursor names an approval, so that it is of one which is shown: for that, the list is read on to there once more. */
async function shown(
  { records, clock }: Pick<Operating, 'records' | 'clock'>,
  mayDecide: Deciding,
  { limit, cursor: given }: PageRequest,
): Promise<Page<Approval>> {
  const items: Approval[] = [];
  let cursor = given;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const from = cursor === undefined ? {} : { cursor };
    const listed = await records.listIndex(OPEN_APPROVALS, { limit: AT_ONCE, ...from });
    const read = await records.read(listed.items);
    for (const [place, record] of read.entries()) {
      const approval = record?.value as unknown as Approval | undefined;
      if (approval === undefined || statusOfApproval(approval, clock.now()) !== 'pending') continue;
      if (!mayDecide(approval)) continue;
      items.push(approval);
      if (items.length < limit) continue;
      if (place === read.length - 1) return { items, ...pick(listed.cursor) };
      return {
        items,
        ...pick((await records.listIndex(OPEN_APPROVALS, { limit: place + 1, ...from })).cursor),
      };
    }
    cursor = listed.cursor;
    if (cursor === undefined) return { items };
  }
  return { items };
}

const pick = (cursor: string | undefined) => (cursor === undefined ? {} : { cursor });

/** Only those that the person may decide: of all others nothing is said. */
export async function listApprovals(
  dependencies: Operating,
  caller: Caller,
  page: PageRequest | Refusal,
): Promise<Page<Approval> | Refusal> {
  const operator = await operatorOf(dependencies, caller);
  if (operator instanceof Refusal) return operator;
  if (page instanceof Refusal) return page;
  const { human, rules } = operator;
  return shown(
    dependencies,
    (approval) => !(permissionToDecide(rules, approval, human) instanceof Refusal),
    page,
  );
}
