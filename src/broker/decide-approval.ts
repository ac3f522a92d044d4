// A person decides an approval: once, and everybody who comes later is told who decided, and when.
import {
  type Approval,
  changeApproval,
  missing,
  type Needed,
  personNamed,
  statusOfApproval,
  type Vote,
} from '../approvals/index.ts';
import type { RequestFacts } from '../audit/index.ts';
import { Refusal, Unavailable } from '../shared/errors.ts';
import { makeId } from '../shared/ids.ts';
import type { JsonObject } from '../shared/json.ts';
import { wordsProblem } from '../shared/words.ts';
import { append } from './append.ts';
import type { ApprovalDependencies } from './approval-dependencies.ts';
import { type KeptApproval, readApproval, saveApproval } from './approval-records.ts';
import { whyOf } from './approval-refusals.ts';
import { type Approver, factsBy, permissionToDecide } from './approver.ts';
import type { Rules } from './dependencies.ts';
import { refuseDecision } from './refuse-approver.ts';
import { voidIfOver } from './void-if-over.ts';
import { voteEvent } from './vote-event.ts';

type Dependencies = Pick<
  ApprovalDependencies,
  'records' | 'events' | 'clock' | 'ids' | 'log' | 'rules' | 'workflow'
>;

export interface WantedDecision {
  readonly decision: Vote['decision'];
  readonly reason?: string | undefined;
}

export interface Decided {
  readonly approval: Approval;
  /** Who else has to approve; undefined once nobody has to. */
  readonly missing?: Needed;
}

export const NO_SUCH_APPROVAL = new Refusal('not_found', 'There is no such approval, or you may not see it.');
/** Each who decides at the same moment makes the others look again. */
const MOST_TRIES = 300;

const REASON_NEEDED = {
  deny: 'Say why you deny it: the agent and the audit are told.',
  approve: 'Say why you approve it: what administers a target is approved for a reason that is written down.',
} as const;

/** What whoever comes too late is told. */
function tooLate(approval: Approval, now: Date): Refusal | undefined {
  const status = statusOfApproval(approval, now);
  if (status === 'pending') return undefined;
  const { end, votes, expiresAt } = approval;
  if (status === 'expired') return new Refusal('approval_expired', `It expired at ${expiresAt}.`);
  const last = votes.at(-1);
  if ((status === 'approved' || status === 'denied') && last !== undefined) {
    const by = last.name ?? last.by;
    return new Refusal('conflict', `It was already decided by ${by} at ${last.at}: ${status}.`);
  }
  const why = whyOf(end);
  return status === 'withdrawn'
    ? new Refusal('conflict', `It was withdrawn.${why}`)
    : new Refusal('approval_void', `It is void.${why}`);
}

function decidedBefore({ config }: Rules, { votes }: Approval, { id }: Approver): Refusal | undefined {
  const { humans } = config.broker;
  const own = votes.find(({ by }) => personNamed(humans, by) === personNamed(humans, id));
  return own === undefined
    ? undefined
    : new Refusal(
        'conflict',
        `It was already decided by you at ${own.at}: ${own.decision === 'approve' ? 'approved' : 'denied'}.`,
      );
}

/** As by REST, where the body's own check is the same: what it holds is shown to other people. */
const MOST_REASON = 1000;

function unreadable(reason: string): Refusal | undefined {
  const problem =
    reason.length > MOST_REASON ? `must have at most ${MOST_REASON} characters` : wordsProblem(reason);
  if (problem === undefined) return undefined;
  return new Refusal('invalid_request', `The reason ${problem}.`, { errors: [{ path: 'reason', problem }] });
}

function reasonProblem({ effect }: Approval, { decision, reason }: WantedDecision): Refusal | undefined {
  const said = reason?.trim() ?? '';
  if (said !== '') return unreadable(said);
  if (decision === 'approve' && effect !== 'admin') return undefined;
  const detail = REASON_NEEDED[decision];
  return new Refusal('invalid_request', detail, {
    errors: [{ path: 'reason', problem: 'is required here' }],
  });
}

/** Whoever is not woken looks by itself, in time; and the reconciler looks for both. */
async function wake({ workflow, log }: Dependencies, { waiting }: Approval): Promise<void> {
  if (waiting === undefined) return;
  try {
    await workflow.wake(waiting);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    log.error('back end unavailable', { backend: error.backend });
  }
}

/** By whatever way: who it is has been made sure of before. */
export async function decideApproval(
  dependencies: Dependencies,
  approver: Approver,
  id: string,
  wanted: WantedDecision,
  request: RequestFacts,
): Promise<Decided | Refusal> {
  const rules = await dependencies.rules();
  const reason = wanted.reason === undefined ? undefined : rules.masking.words.text(wanted.reason.trim());
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const kept = await readApproval(dependencies, id);
    if (kept === undefined) return NO_SUCH_APPROVAL;
    const { approval } = kept;
    const permission = permissionToDecide(rules, approval, approver);
    if (permission instanceof Refusal) {
      return refuseDecision(dependencies, { rules, approval, approver, refusal: permission, request });
    }
    const now = dependencies.clock.now();
    const before = decidedBefore(rules, approval, approver) ?? tooLate(approval, now);
    if (before !== undefined) return before;
    const unreasoned = reasonProblem(approval, wanted);
    if (unreasoned !== undefined) return unreasoned;
    const over = await voidIfOver(dependencies, kept);
    if (over !== undefined) {
      if (over.saved !== undefined) await wake(dependencies, over.saved.approval);
      return new Refusal('approval_void', `It is void. ${over.problem.detail}`);
    }
    const vote: Vote = {
      by: approver.id,
      ...(approver.name === undefined ? {} : { name: approver.name }),
      ...{ groups: approver.groups, decision: wanted.decision, permission },
      ...(reason === undefined || reason === '' ? {} : { reason }),
      ...{ at: now.toISOString(), channel: approver.channel },
      event: makeId('evt', now, dependencies.ids.random(10)),
      request: { ...factsBy(approver, request) } as unknown as JsonObject,
    };
    const decided = await record(dependencies, rules, kept, vote);
    if (decided !== undefined) return decided;
  }
  return new Refusal('conflict', 'Too many decide this at once. Try again.', { retryAfterSeconds: 1 });
}

/** Undefined where somebody else was faster. */
async function record(
  dependencies: Dependencies,
  rules: Rules,
  kept: KeptApproval,
  vote: Vote,
): Promise<Decided | Refusal | undefined> {
  const { approval } = kept;
  const left = missing(approval.needed, [...approval.votes, vote], rules.config.broker.humans);
  const change = vote.decision === 'deny' ? 'deny' : left === undefined ? 'approve' : 'vote';
  const end =
    change === 'deny' ? { at: vote.at, by: vote.by, why: vote.reason ?? 'No reason was given.' } : undefined;
  const next = changeApproval(approval, change, { vote, ...(end === undefined ? {} : { end }) });
  if (next === undefined) throw new TypeError(`an approval that is ${approval.status} can't ${change}`);
  const saved = await saveApproval(dependencies, kept, next);
  if (saved === undefined) return undefined;
  // Before anything follows from it. Where this is lost, whatever would carry it out writes it first.
  const unwritten = await append(dependencies, voteEvent(rules, next, vote, next.status));
  // While others have to approve it too, there is nothing for the workflow to do.
  if (next.status !== 'pending') await wake(dependencies, next);
  if (unwritten !== undefined) {
    return new Refusal(
      'outcome_unknown',
      'It was decided, but that could not be written down yet. Look again.',
    );
  }
  return { approval: next, ...(left === undefined || vote.decision === 'deny' ? {} : { missing: left }) };
}
