// Reads a call for the holder of its task's token, waiting a while for it to change, and what it was answered with.
import { type Approval, statusOfApproval } from '../approvals/index.ts';
import type { Objects } from '../ports/objects.ts';
import { Refusal } from '../shared/errors.ts';
import { goingOn } from '../shared/going-on.ts';
import { isId } from '../shared/ids.ts';
import { type Call, type CallStatus, callKey, hasEnded, openTaskToken } from '../tasks/index.ts';
import { readApproval } from './approval-records.ts';
import { refusalOfApproval } from './approval-refusals.ts';
import { type Awaiting, awaitingOf } from './awaiting.ts';
import { type Authenticating, type Caller, type Holder, holderOnce } from './caller.ts';
import type { BrokerDependencies } from './dependencies.ts';
import type { MadeCall } from './hand-answer.ts';
import { answerKept } from './repeat-answer.ts';
import { readStanding, standingProblem } from './standing.ts';

type Dependencies = Authenticating &
  Pick<BrokerDependencies, 'tokenKeys' | 'rules' | 'clock'> & {
    /** Then whoever waits for a change is told how it stands. */
    readonly isStopping?: () => boolean;
  };

export interface CallStanding {
  readonly call: Call;
  readonly approval: Approval | undefined;
  /** With what its approval says of it. */
  readonly status: CallStatus;
}

const NO_SUCH_CALL = new Refusal('not_found', 'There is no such call, or it is not of your task.');
const POLL_MILLISECONDS = 500;

/** The token says which task it is of. */
async function holderOf(dependencies: Dependencies, caller: Caller): Promise<Holder | Refusal> {
  const claims =
    caller.token === undefined ? undefined : openTaskToken(caller.token, await dependencies.tokenKeys());
  return holderOnce(dependencies, await dependencies.rules(), caller, claims?.task ?? '');
}

const STATUS_OF = {
  pending: 'awaiting_approval',
  approved: 'approved',
  denied: 'denied',
  expired: 'expired',
  withdrawn: 'withdrawn',
  void: 'void',
} as const satisfies Record<Approval['status'], CallStatus>;

/** While a call waits, its approval is the truth of it. */
function statusOf(call: Call, approval: Approval | undefined, now: Date): CallStatus {
  if (call.status !== 'awaiting_approval' || approval === undefined) return call.status;
  return STATUS_OF[statusOfApproval(approval, now)];
}

async function standingOf(
  dependencies: Pick<Dependencies, 'records' | 'clock'>,
  holder: Holder,
  id: string,
): Promise<CallStanding | undefined> {
  if (!isId('call', id)) return undefined;
  const [record] = await dependencies.records.read([callKey(holder.task, id)]);
  const call = record?.value as unknown as Call | undefined;
  if (call?.id !== id || call.task !== holder.task) return undefined;
  const kept = call.approval === undefined ? undefined : await readApproval(dependencies, call.approval);
  const approval = kept?.approval;
  return { call, approval, status: statusOf(call, approval, dependencies.clock.now()) };
}

/** What there is to see of it: when this is another, something has changed. */
function seenOf({ status, approval }: CallStanding): string {
  return `${status} ${approval?.votes.length ?? 0}`;
}

function isSettled({ call, status }: CallStanding): boolean {
  return hasEnded(call) || (call.kind === 'credentials' && status === 'approved');
}

export async function readCall(
  dependencies: Dependencies,
  caller: Caller,
  id: string,
  waitSeconds: number,
): Promise<CallStanding | Refusal> {
  const { clock } = dependencies;
  const time = goingOn(clock);
  const until = time() + waitSeconds * 1000;
  const holder = await holderOf(dependencies, caller);
  if (holder instanceof Refusal) return holder;
  const first = await standingOf(dependencies, holder, id);
  if (first === undefined) return NO_SUCH_CALL;
  let now = first;
  while (
    !isSettled(now) &&
    dependencies.isStopping?.() !== true &&
    seenOf(now) === seenOf(first) &&
    time() + POLL_MILLISECONDS <= until
  ) {
    await clock.sleep(POLL_MILLISECONDS);
    now = (await standingOf(dependencies, holder, id)) ?? now;
  }
  return now;
}

/** As the call was asked for. */
function targetOf({ requested }: Call): string {
  return (requested as { readonly target?: string }).target ?? '';
}

const GRANTED = new Refusal(
  'conflict',
  'It is approved. Credentials are not kept: send the same request again to have them issued.',
);

/** What the call would have answered, had nobody had to be asked; the 202 again while somebody has. */
export async function readCallAnswer(
  dependencies: Dependencies & { readonly objects: Objects },
  caller: Caller,
  id: string,
): Promise<MadeCall | Awaiting | Refusal> {
  const rules = await dependencies.rules();
  const { clock } = dependencies;
  const holder = await holderOf(dependencies, caller);
  if (holder instanceof Refusal) return holder;
  const found = await standingOf(dependencies, holder, id);
  if (found === undefined) return NO_SUCH_CALL;
  const { call, approval, status } = found;
  const extras = { call: call.id };
  if (call.refusal !== undefined) {
    const { code, detail, errors } = call.refusal;
    return new Refusal(code, detail, {
      ...extras,
      ...(errors === undefined ? {} : { errors }),
      ...(call.decision?.outcome === 'denied' ? { decision: call.decision } : {}),
    });
  }
  // Of one that is being carried out, or was, only its own end is true.
  const waits = call.status === 'awaiting_approval' ? approval : undefined;
  const ended = waits === undefined ? undefined : refusalOfApproval(rules, waits, clock.now());
  if (ended !== undefined) return new Refusal(ended.code, ended.detail, extras);
  if (call.kind === 'credentials' && (status === 'approved' || status === 'succeeded')) return GRANTED;
  if (!hasEnded(call)) {
    return approval === undefined
      ? new Refusal('conflict', 'The call is still under way. Try again.', {
          ...extras,
          retryAfterSeconds: 1,
        })
      : awaitingOf(approval);
  }
  if (status !== 'succeeded') {
    return new Refusal('outcome_unknown', 'It is not known how the call ended.', extras);
  }
  // What was answered is given to whom it would be given now.
  const over = standingProblem(await readStanding(dependencies, holder), clock.now());
  return over ?? answerKept(dependencies, rules, call, targetOf(call));
}
