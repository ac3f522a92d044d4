// The same Idempotency-Key again: wait for the first request, and say what became of it.
import { statusOfApproval } from '../approvals/index.ts';
import { Refusal } from '../shared/errors.ts';
import { type Call, type CallRefusal, callKey } from '../tasks/index.ts';
import { readApproval } from './approval-records.ts';
import { refusalOfApproval } from './approval-refusals.ts';
import { type Awaiting, awaitingOf } from './awaiting.ts';
import type { BrokerDependencies, Rules } from './dependencies.ts';
import { MISMATCH } from './refusals.ts';

type Dependencies = Pick<BrokerDependencies, 'records' | 'clock'>;

const POLL_MILLISECONDS = 200;

/** Not even whoever made it knows what will come of it. */
async function isOnItsWay(
  { records }: Pick<Dependencies, 'records'>,
  { status, approval = '' }: Call,
): Promise<boolean> {
  if (status === 'requested') return true;
  return status === 'awaiting_approval' && (await readApproval({ records }, approval)) === undefined;
}

/** The earlier call once it has ended, or waits for people, waiting for that until this request's own deadline. */
async function endOf(
  { records, clock }: Dependencies,
  earlier: Call,
  until: number,
): Promise<Call | undefined> {
  let current = earlier;
  while (await isOnItsWay({ records }, current)) {
    if (clock.now().getTime() + POLL_MILLISECONDS >= until) return undefined;
    await clock.sleep(POLL_MILLISECONDS);
    const [record] = await records.read([callKey(earlier.task, earlier.id)]);
    current = (record?.value as unknown as Call | undefined) ?? current;
  }
  return current;
}

const NOT_KNOWN: CallRefusal = {
  code: 'outcome_unknown',
  detail: 'It is not known how the first request with this Idempotency-Key ended.',
};

/** How it stands with people: still before them, refused by them, or, of credentials, theirs to issue. */
async function withPeople(
  dependencies: Dependencies,
  rules: Pick<Rules, 'config'>,
  call: Call,
): Promise<Awaiting | Refusal | undefined> {
  if (call.status === 'approved') return undefined;
  const kept = call.approval === undefined ? undefined : await readApproval(dependencies, call.approval);
  if (kept === undefined) return new Refusal(NOT_KNOWN.code, NOT_KNOWN.detail, { call: call.id });
  const now = dependencies.clock.now();
  const over = call.status === 'awaiting_approval' ? refusalOfApproval(rules, kept.approval, now) : undefined;
  if (over !== undefined) return new Refusal(over.code, over.detail, { call: call.id });
  const isGranted = call.kind === 'credentials' && statusOfApproval(kept.approval, now) === 'approved';
  return isGranted ? undefined : awaitingOf(kept.approval);
}

/** Whoever asked was told of the approval that another call waits for. */
function waitedUnderAnother({ approval, refusal }: Call): boolean {
  return approval !== undefined && refusal?.code === 'conflict';
}

/** Undefined where the earlier request succeeded and this one may have what it had; else what to answer. */
export async function answerOfEarlier(
  dependencies: Dependencies,
  rules: Pick<Rules, 'config'>,
  call: Call,
  earlier: Call,
): Promise<Awaiting | Refusal | undefined> {
  if (earlier.requestHash !== call.requestHash) return MISMATCH;
  const ended = await endOf(dependencies, earlier, Date.parse(call.deadline));
  if (ended === undefined) {
    return new Refusal(
      'conflict',
      'The first request with this Idempotency-Key is still under way. Try again.',
      {
        call: earlier.id,
        retryAfterSeconds: 5,
      },
    );
  }
  if (ended.status === 'succeeded') return undefined;
  if (['awaiting_approval', 'approved', 'executing'].includes(ended.status) || waitedUnderAnother(ended)) {
    return withPeople(dependencies, rules, ended);
  }
  const { code, detail, errors } = ended.refusal ?? NOT_KNOWN;
  return new Refusal(code, detail, {
    call: earlier.id,
    ...(errors === undefined ? {} : { errors }),
    // Of what failed, or of what people refused, policy said something else.
    ...(ended.decision?.outcome === 'denied' ? { decision: ended.decision } : {}),
  });
}
