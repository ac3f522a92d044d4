// What is done with every line that is met: was its event met before, and does it speak of a digest?
import type { Claims } from './claims.ts';
import type { Claim, Line } from './object-lines.ts';
import type { Again, Repeats } from './repeats.ts';
import type { Seen } from './seen.ts';

export interface Meetings {
  readonly seen: Seen;
  readonly repeats: Repeats;
  readonly claims: Claims;
  /** So many more events were met, of an object with that name. */
  readonly met: (events: number, key: string) => void;
}

export interface Meeting {
  /** Of what is not signed, a hash of what the event says. */
  line(line: Line, said?: Buffer): void;
  end(unpacked: Buffer): Promise<void>;
}

/** Of one object; 0 is the number of the tail. */
export function beginMeeting({ seen, repeats, claims, met }: Meetings, key: string, digest: number): Meeting {
  const again: Again[] = [];
  const claimed: Claim[] = [];
  let events = 0;
  return {
    line(line, said) {
      events += 1;
      if (line.claim !== undefined) claimed.push(line.claim);
      const before = line.id === '' ? undefined : seen.add(line, line.leaf, digest, said);
      if (before !== undefined) again.push({ line, before });
    },
    async end(unpacked) {
      await repeats.check(key, unpacked, again);
      await claims.check(key, claimed, digest === 0);
      met(events, key);
    },
  };
}
