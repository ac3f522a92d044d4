// Turns an event into what is stored of it.
import type { StoredEvent } from '../ports/events.ts';
import type { JsonObject } from '../shared/json.ts';
import { writtenMoment } from '../shared/moments.ts';
import type { EventBody } from './model.ts';
import { keptUntil } from './retention.ts';

export function storedEvent(stream: string, id: string, at: Date, body: EventBody): StoredEvent {
  const { request } = body;
  // Plain data by its type; JSON itself leaves out what is undefined.
  const said: Record<string, unknown> = { id, at: writtenMoment(at), ...body };
  if (request !== undefined) {
    const { masked, ...facts } = request;
    said['request'] = facts;
    if (masked !== undefined) said['masked'] = masked;
  }
  return { stream, id, body: said as JsonObject, expiresAt: keptUntil(body.type, at) };
}

/** Where events stand that belong to an agent and to no task: a day of one agent is read together. */
export function agentStream(agent: string, at: Date): string {
  return `agent/${agent}/${at.toISOString().slice(0, 10)}`;
}

/** Where events stand that belong to no agent. */
export const BROKER_STREAM = 'broker';

/** Where refused tokens stand that prove nobody. */
export function tokenStream(at: Date): string {
  return `tokens/${at.toISOString().slice(0, 10)}`;
}
