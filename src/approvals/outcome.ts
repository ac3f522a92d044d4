// How an approval ended, in the one sentence that page and channel say.
import type { Approval, ApprovalStatus, Vote } from './model.ts';
import { plainTime } from './plain-time.ts';
import { visible } from './visible.ts';

export type DecidedStatus = Exclude<ApprovalStatus, 'pending'>;

export interface Outcome {
  readonly status: DecidedStatus;
  readonly at: string;
  /** Who decided; nobody did where it expired, or became void. */
  readonly by: readonly string[];
  /** Their reason, or the broker's. */
  readonly why?: string;
}

const VERBS: Readonly<Record<DecidedStatus, string>> = {
  approved: 'Approved',
  denied: 'Denied',
  expired: 'Expired: nobody decided in time',
  withdrawn: 'Withdrawn',
  void: 'Void: what was asked for is no longer what would be done, or is no longer allowed',
};

type Said = Pick<Vote, 'by' | 'decision' | 'at'>;

/** Undefined where it is still pending. `status` is what it has come to by the clock. */
export function outcomeOf(
  { votes, end, expiresAt }: Pick<Approval, 'end' | 'expiresAt'> & { readonly votes: readonly Said[] },
  status: ApprovalStatus,
): Outcome | undefined {
  if (status === 'pending') return undefined;
  if (status === 'approved') {
    const yes = votes.filter(({ decision }) => decision === 'approve');
    return { status, at: yes.at(-1)?.at ?? end?.at ?? '', by: yes.map(({ by }) => by) };
  }
  const at = end?.at ?? (status === 'expired' ? expiresAt : '');
  return {
    status,
    at,
    by: end?.by === undefined ? [] : [end.by],
    ...(end === undefined || status === 'expired' ? {} : { why: end.why }),
  };
}

const MOST_WHY = 600;
const MOST_NAME = 120;

/** `Denied by dana@example.com at 2027-05-01 09:30:00 UTC`. */
export function outcomeWords({ status, at, by }: Outcome): string {
  const people = by.map((one) => visible(one, { most: MOST_NAME, lines: 'one' }).text);
  const who = people.length === 0 ? '' : ` by ${people.join(' and ')}`;
  const when = at === '' ? '' : ` at ${visible(plainTime(at), { most: MOST_NAME, lines: 'one' }).text}`;
  const [verb, rest] = VERBS[status].split(/(?=:)/);
  return `${verb}${who}${when}${rest ?? ''}`;
}

export function outcomeReason({ why }: Outcome): string | undefined {
  return why === undefined || why === '' ? undefined : visible(why, { most: MOST_WHY, lines: 'one' }).text;
}
