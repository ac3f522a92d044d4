// A call between its two trips.
import type { RecordKey } from '../ports/records.ts';
import type { Call } from '../tasks/index.ts';
import type { Standing } from './standing.ts';

export interface BegunCall {
  readonly call: Call;
  /** Where its record stands, and as which version. */
  readonly key: RecordKey;
  readonly version: number;
  /** The call that the same Idempotency-Key began before. */
  readonly earlier: Call | undefined;
  readonly standing: Standing | undefined;
  /** Whether its proof of possession was used for a request before. */
  readonly replayed: boolean;
}
