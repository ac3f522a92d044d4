// A call's second trip: the outcome is written down, and the call's final state with it, before the answer leaves.
import { type EventBody, type RequestFacts, storedEvent } from '../audit/index.ts';
import type { Refusal } from '../shared/errors.ts';
import type { Json } from '../shared/json.ts';
import { millisecondsBetween } from '../shared/moments.ts';
import { type CallChangeName, type CallEnding, changeCall } from '../tasks/index.ts';
import type { BegunCall } from './begun-call.ts';
import { factsOfCall } from './call-facts.ts';
import type { BrokerDependencies } from './dependencies.ts';
import { callOptions } from './keeping.ts';
import { AUDIT_UNAVAILABLE, outcomeUnknown } from './refusals.ts';

type Dependencies = Pick<BrokerDependencies, 'records' | 'events' | 'clock' | 'log'>;

/** How a call ends, whatever it was. */
export interface Manner {
  readonly change: CallChangeName;
  /** Whether anything left the broker. If not, an outcome that can't be written is no mystery. */
  readonly ran: boolean;
  /** Lets the Idempotency-Key go, so that it may try again: for what is nobody's answer, and was before nobody. */
  readonly letGo?: true;
}

export interface Ending extends Manner {
  readonly ending: CallEnding;
  readonly event: EventBody;
}

async function recordState(
  { records, clock, log }: Dependencies,
  { call, key, version }: BegunCall,
  end: Ending,
): Promise<void> {
  const now = clock.now();
  const ended = changeCall(call, end.change, end.ending, now);
  try {
    if (ended === undefined) throw new TypeError(`a call that is ${call.status} can't ${end.change}`);
    // What people have decided is answered, however it ended: under the same key they are not asked again.
    const isLetGo = end.letGo === true && call.approval === undefined;
    const options = callOptions(call, isLetGo ? now : undefined);
    if (await records.replace(key, version, ended as unknown as Json, options)) return;
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
  return end.ran ? outcomeUnknown((begun.earlier ?? call).id) : AUDIT_UNAVAILABLE;
}

/** Ends a call of which nothing ran, because of a fault that its caller learns nothing of. */
export async function abandonCall(
  dependencies: Dependencies,
  begun: BegunCall,
  request: RequestFacts,
): Promise<void> {
  const { call } = begun;
  const refusal = { code: 'internal', detail: 'A fault in the broker: nothing was done.' } as const;
  const milliseconds = millisecondsBetween(call.requestedAt, dependencies.clock.now());
  await endCall(dependencies, begun, {
    change: 'fail',
    ending: { refusal },
    event: {
      type: 'call.failed',
      ...factsOfCall(call, begun.standing?.task),
      request,
      refusal,
      milliseconds,
    },
    ran: false,
    letGo: true,
  });
}
