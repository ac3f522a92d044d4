// What is told once in a minute however often it happens. Each process remembers by itself what it has told.
const MINUTE = 60_000;
/** Beyond so many of one minute, some may be told again. */
const MOST_REMEMBERED = 1000;

export interface OnceAMinute {
  /** Does it unless it was done for the same in this minute already. Where it fails, the next one tries again. */
  tell(about: readonly string[], now: Date, telling: () => Promise<unknown>): Promise<void>;
}

export function createOnceAMinute(): OnceAMinute {
  const told = new Set<string>();
  let minute = 0;
  return {
    async tell(about, now, telling) {
      const current = Math.floor(now.getTime() / MINUTE);
      if (current !== minute || told.size >= MOST_REMEMBERED) told.clear();
      minute = current;
      const name = JSON.stringify(about);
      if (told.has(name)) return;
      told.add(name);
      try {
        await telling();
      } catch (error) {
        told.delete(name);
        throw error;
      }
    },
  };
}
