// Where what looks wrong is told, for those who watch: nothing in the broker waits for them.
import type { JsonObject } from '../shared/json.ts';

export interface Finding {
  /** Of the event that records it: told twice, it is the same finding. */
  readonly id: string;
  readonly title: string;
  /** As an OCSF Detection Finding. */
  readonly record: JsonObject;
}

export interface Findings {
  /** Throws `Unavailable('findings')`. */
  report(finding: Finding): Promise<void>;
}
