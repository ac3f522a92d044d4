// An approval's life: every change from every state, and how many of whom are still missing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  APPROVAL_CHANGES,
  APPROVAL_STATUSES,
  type Approval,
  type ApprovalChangeName,
  type ApprovalStatus,
  changeApproval,
  givenBy,
  isSamePerson,
  missing,
  statusOfApproval,
  type Vote,
} from '../../src/approvals/index.ts';

type Row = Readonly<Record<ApprovalStatus, ApprovalStatus | undefined>>;

const NOWHERE: Row = {
  pending: undefined,
  approved: undefined,
  denied: undefined,
  expired: undefined,
  withdrawn: undefined,
  void: undefined,
};
const TABLE: Readonly<Record<ApprovalChangeName, Row>> = {
  vote: { ...NOWHERE, pending: 'pending' },
  approve: { ...NOWHERE, pending: 'approved' },
  deny: { ...NOWHERE, pending: 'denied' },
  expire: { ...NOWHERE, pending: 'expired' },
  withdraw: { ...NOWHERE, pending: 'withdrawn', approved: 'withdrawn' },
  void: { ...NOWHERE, pending: 'void', approved: 'void' },
};
const PAIRS = Object.entries(TABLE).flatMap(([change, row]) =>
  Object.entries(row).map(
    ([state, result]) => [change as ApprovalChangeName, state as ApprovalStatus, result] as const,
  ),
);

/** Nobody whom the files know by another name. */
const NOBODY = undefined;
const AT = '2026-03-02T12:00:00.000Z';
const approvalIn = (status: ApprovalStatus) => ({ status, votes: [], expiresAt: AT }) as unknown as Approval;
const voteOf = (by: string, groups: readonly string[], decision: Vote['decision'] = 'approve') =>
  ({ by, groups, decision, at: AT }) as unknown as Vote;

describe('an approval', () => {
  it.each(PAIRS)('%s of one that is %s: %s', (change, state, result) => {
    const approval = approvalIn(state);
    const [vote, end] = [voteOf('kim', []), { at: AT, why: 'So it is.' }];
    const changed = changeApproval(approval, change, { vote, end });
    expect(changed).toEqual(
      result === undefined ? undefined : { ...approval, status: result, votes: [vote], end },
    );
  });

  it('has every change and every state in the table above', () => {
    expect(Object.keys(TABLE)).toEqual(Object.keys(APPROVAL_CHANGES));
    expect(Object.keys(NOWHERE)).toEqual([...APPROVAL_STATUSES]);
  });

  it.each(APPROVAL_STATUSES)('that is %s has expired by the clock only while it is pending', (status) => {
    expect(statusOfApproval(approvalIn(status), new Date(Date.parse(AT) - 1))).toBe(status);
    expect(statusOfApproval(approvalIn(status), new Date(AT))).toBe(
      status === 'pending' ? 'expired' : status,
    );
  });
});

describe('what is missing', () => {
  const group = fc.constantFrom('owners', 'security', '__proto__', 'constructor');
  const vote = fc.record({
    by: fc.constantFrom('a', 'b', 'c', 'd'),
    groups: fc.array(group),
    decision: fc.constantFrom<Vote['decision']>('approve', 'approve', 'deny'),
  });
  const votes = fc.array(vote, { maxLength: 6 }).map((all) => all.map((one) => one as unknown as Vote));
  const needed = fc.record({ count: fc.integer({ min: 1, max: 3 }), owners: fc.nat(2) });

  it('is none as soon as enough have said yes, whoever says no and however often', () => {
    fc.assert(
      fc.property(votes, needed, (all, { count, owners }) => {
        const latest = new Map(
          all.filter(({ decision }) => decision === 'approve').map((one) => [one.by, one]),
        );
        const yes = [...latest.values()];
        const ofOwners = yes.filter(({ groups }) => groups.includes('owners')).length;
        const left = missing({ count, of: { owners } }, all, NOBODY);
        expect(left === undefined).toBe(yes.length >= count && ofOwners >= owners);
        expect(givenBy(all, NOBODY).count).toBe(yes.length);
        if (left !== undefined) expect(left.count).toBe(Math.max(count - yes.length, owners - ofOwners));
      }),
    );
  });

  it('does not follow from the order of who said yes', () => {
    const one = (groups: readonly string[], at: number) => voteOf(`p-${at}`, groups);
    const arbitrary = fc.array(fc.array(group), { maxLength: 5 }).chain((all) => {
      const people = all.map(one);
      return fc.tuple(
        fc.constant(people),
        fc.shuffledSubarray(people, { minLength: people.length, maxLength: people.length }),
      );
    });
    fc.assert(
      fc.property(arbitrary, needed, ([some, shuffled], { count, owners }) => {
        const least = { count, of: { owners } };
        expect(missing(least, shuffled, NOBODY)).toEqual(missing(least, some, NOBODY));
        expect(givenBy(shuffled, NOBODY)).toEqual(givenBy(some, NOBODY));
      }),
    );
  });
});

it.each([
  ['kim@example.com', 'KIM@Example.com', true],
  ['kim@example.com', '\uFF4Bim@example.com', true],
  ['kim@example.com', 'kim@example.org', false],
  ['kim@example.com', 'k\u0456m@example.com', false],
])('%s and %s are one person: %s', (a, b, expected) => {
  expect(isSamePerson(a, b)).toBe(expected);
});
