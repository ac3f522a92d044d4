// Counts round trips: whatever is sent is held until nothing else can be sent, and then all of it goes at once, as one round.
import { setImmediate } from 'node:timers/promises';

interface Held {
  readonly name: string;
  readonly go: () => void;
}

/** So many turns of the event loop without a new one, and with none under way, are the end of a round. */
const QUIET_TURNS = 40;

export interface Rounds {
  /** The names of what went in each round, in the order of the alphabet. */
  readonly rounds: readonly (readonly string[])[];
  /** Waits for its round, then runs. */
  hold<T>(name: string, run: () => Promise<T>): Promise<T>;
  /** Lets round after round go until the work is done, and says what it came to. */
  of<T>(work: () => Promise<T>): Promise<T>;
}

/** Nothing is held while nobody counts. */
export function createRounds(): Rounds {
  const rounds: string[][] = [];
  let held: Held[] = [];
  let underWay = 0;
  let isCounting = false;

  async function hold<T>(name: string, run: () => Promise<T>): Promise<T> {
    if (isCounting) await new Promise<void>((go) => held.push({ name, go }));
    underWay += 1;
    try {
      return await run();
    } finally {
      underWay -= 1;
    }
  }

  async function quiet(isDone: () => boolean): Promise<void> {
    for (let turns = 0, before = held.length; turns < QUIET_TURNS && !isDone(); turns += 1) {
      await setImmediate();
      if (underWay > 0 || held.length !== before) turns = 0;
      before = held.length;
    }
  }

  async function of<T>(work: () => Promise<T>): Promise<T> {
    rounds.length = 0;
    isCounting = true;
    let done = false;
    const ended = work().finally(() => {
      done = true;
      isCounting = false;
    });
    // It is looked at in the end.
    ended.catch(() => undefined);
    while (!done) {
      await quiet(() => done);
      if (held.length === 0) continue;
      const going = held;
      held = [];
      rounds.push(going.map(({ name }) => name).sort());
      for (const { go } of going) go();
    }
    return ended;
  }

  return { rounds, hold, of };
}
