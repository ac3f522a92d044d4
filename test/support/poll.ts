// Waiting for something that is to come, without a fixed sleep: looks again and again until it is there.
import { setTimeout } from 'node:timers/promises';

const PAUSE_MILLISECONDS = 50;
/** Only so that a test which waits in vain says what it waited for. */
const GIVE_UP_MILLISECONDS = 20_000;

/** The first answer of `look` that is not undefined. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  giveUpAfter = GIVE_UP_MILLISECONDS,
): Promise<T> {
  const end = Date.now() + giveUpAfter;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await setTimeout(PAUSE_MILLISECONDS);
  }
}
