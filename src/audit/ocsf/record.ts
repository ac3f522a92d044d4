// One event as an OCSF record.
import type { StoredEvent } from '../../ports/events.ts';
import type { JsonObject } from '../../shared/json.ts';

export function ocsfRecord({ stream, body }: StoredEvent): JsonObject {
  return { unmapped: { stream, event: body } };
}
