// A call's second trip: the outcome is written down, and the call's final state with it, before the answer leaves.
import { type EventBody, storedEvent } from '../audit/index.ts';
import type { Refusal } from '../shared/errors.ts';
import type { Json } from '../shared/json.ts';
import { type CallChangeName, type CallEnding, callKey, changeCall } from '../tasks/index.ts';
import type { BegunCall } from './begin-call.ts';
import type { BrokerDependencies } from './dependencies.ts';
import { callOptions } from './keeping.ts';
import { AUDIT_UNAVAILABLE, outcomeUnknown } from './refusals.ts';

type Dependencies = Pick<BrokerDependencies, 'records' | 'events' | 'clock' | 'log'>;

export interface Ending {
  readonly change: CallChangeName;
  readonly ending: CallEnding;
  readonly event: EventBody;
  /** Whether anything left the broker. If not, an outcome that can't be written is no mystery. */
  readonly ran: boolean;
}

async function recordState(
  { records, clock, log }: Dependencies,
  { call, earlier }: BegunCall,
  end: Ending,
): Promise<void> {
  // A repetition leaves the record of the call it repeats as it is.
  if (earlier !== undefined) return;
  const ended = changeCall(call, end.change, end.ending, clock.now());
  try {
    if (ended === undefined) throw new TypeError(`a call that is ${call.status} can't ${end.change}`);
    const key = callKey(call.task, call.id);
    if (await records.replace(key, 1, ended as unknown as Json, callOptions(call))) return;
  } catch {
    // The event is the truth: the reconciler mends the record from it.
  }
  log.warn('call state not recorded', { call: call.id });
}

/** Undefined when the outcome is durable; else what to answer instead of it. */
export async function endCall(
  dependencies: Dependencies,
  begun: BegunCall,
  end: Ending,
): Promise<Refusal | undefined> {
  const { events, clock, log } = dependencies;
  const { call } = begun;
  const outcome = storedEvent(call.task, call.outcomeEvent, clock.now(), end.event);
  const [written] = await Promise.allSettled([events.append(outcome), recordState(dependencies, begun, end)]);
  // Not the first in its place: the reconciler has already told everyone that the outcome is unknown.
  if (written.status === 'fulfilled' && written.value) return undefined;
  log.error('outcome not recorded', { call: call.id });
  return end.ran ? outcomeUnknown(call.id) : AUDIT_UNAVAILABLE;
}

type CallFacts = Omit<Extract<EventBody, { type: 'call.repeated' }>, 'type' | 'of' | 'answer'>;

/** Writes down that a request repeated an earlier one and got its answer. Undefined when that is durable. */
export async function recordRepeat(
  { events, clock, log }: Pick<Dependencies, 'events' | 'clock' | 'log'>,
  { call }: BegunCall,
  facts: CallFacts,
  of: string,
  refusal: Refusal,
): Promise<Refusal | undefined> {
  const body = { ...facts, type: 'call.repeated', call: call.id, of, answer: refusal.code } as const;
  try {
    await events.append(storedEvent(call.task, call.outcomeEvent, clock.now(), body));
    return undefined;
  } catch {
    log.error('outcome not recorded', { call: call.id });
    return AUDIT_UNAVAILABLE;
  }
}
