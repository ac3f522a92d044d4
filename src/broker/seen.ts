// Remembers when an agent was seen last, and from where. Never keeps a request from being answered.
import type { RequestFacts } from '../audit/index.ts';
import type { RecordKey } from '../ports/records.ts';
import { writtenMoment } from '../shared/moments.ts';
import { atMost } from './at-most.ts';
import type { BrokerDependencies } from './dependencies.ts';

/** What is kept of the first and of the latest time. */
export interface Seen {
  readonly at: string;
  readonly address?: string;
}

const KEEP_MILLISECONDS = 400 * 86_400_000;
/** A good call does not wait longer than that for a number. */
const PATIENCE_MILLISECONDS = 1000;

export async function noteSeen(
  { tally, clock }: Pick<BrokerDependencies, 'tally' | 'clock'>,
  key: RecordKey,
  { sourceAddress }: RequestFacts,
): Promise<void> {
  const now = clock.now();
  const seen = {
    at: writtenMoment(now),
    ...(sourceAddress === undefined ? {} : { address: sourceAddress }),
  };
  const options = { expiresAt: new Date(now.getTime() + KEEP_MILLISECONDS) };
  // Its own number, and nothing of what others are counted by.
  const written = tally.note({ key, first: seen, last: seen, options });
  if (written !== undefined) await atMost(PATIENCE_MILLISECONDS, written);
}
