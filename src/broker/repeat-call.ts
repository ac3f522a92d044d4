// The same Idempotency-Key again: wait for the first request, and say what became of it.
import { Refusal } from '../shared/errors.ts';
import { type Call, callKey } from '../tasks/index.ts';
import type { BrokerDependencies } from './dependencies.ts';
import { MISMATCH } from './refusals.ts';

const POLL_MILLISECONDS = 200;

/** The earlier call once it has ended, waiting for it until this request's own deadline. */
async function endOf(
  { records, clock }: Pick<BrokerDependencies, 'records' | 'clock'>,
  earlier: Call,
  until: number,
): Promise<Call | undefined> {
  let current = earlier;
  while (current.status === 'requested') {
    if (clock.now().getTime() + POLL_MILLISECONDS >= until) return undefined;
    await clock.sleep(POLL_MILLISECONDS);
    const [record] = await records.read([callKey(earlier.task, earlier.id)]);
    current = (record?.value as unknown as Call | undefined) ?? current;
  }
  return current;
}

/** Undefined where the earlier request succeeded and this one may have what it had; else what to answer. */
export async function refusalOfEarlier(
  dependencies: Pick<BrokerDependencies, 'records' | 'clock'>,
  call: Call,
  earlier: Call,
): Promise<Refusal | undefined> {
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
  const { code, detail, errors } = ended.refusal ?? {
    code: 'outcome_unknown' as const,
    detail: 'It is not known how the first request with this Idempotency-Key ended.',
  };
  return new Refusal(code, detail, {
    call: earlier.id,
    ...(errors === undefined ? {} : { errors }),
    ...(ended.decision === undefined ? {} : { decision: ended.decision }),
  });
}
