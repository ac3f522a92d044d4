// Appends an event that something waits for: until it is durable, nothing is handed out.
import type { StoredEvent } from '../ports/events.ts';
import { type Refusal, Unavailable } from '../shared/errors.ts';
import type { BrokerDependencies } from './dependencies.ts';
import { AUDIT_UNAVAILABLE } from './refusals.ts';

/** Undefined once it is durable; else what to answer instead. */
export async function append(
  { events, log }: Pick<BrokerDependencies, 'events' | 'log'>,
  event: StoredEvent,
): Promise<Refusal | undefined> {
  try {
    await events.append(event);
    return undefined;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    log.error('back end unavailable', { backend: error.backend });
    return AUDIT_UNAVAILABLE;
  }
}
