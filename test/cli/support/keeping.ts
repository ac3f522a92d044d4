// A keeper of credentials by a clock that a test moves, and a broker that does as the test says.
import type { Issued } from '../../../src/cli/credentials/ask.ts';
import { Keeper } from '../../../src/cli/credentials/keeper.ts';
import { CallRefused, NoAnswer } from '../../../src/cli/remote/trouble.ts';
import { Secret } from '../../../src/shared/secret.ts';

export const MINUTE = 60_000;
const START = Date.parse('2026-03-02T12:00:00Z');

export type Outcome = number | Error;

export const AWAY = new NoAnswer('No broker answers.');
export const refusedWith = (code: string) => new CallRefused({ code, detail: 'It is refused.' });

/** A keeper by a clock that a test moves; `lasts` is for how long what is issued works, or why nothing is. */
export function keeping(taskLasts: number, lasts: Outcome) {
  let now = START;
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  const asked: number[] = [];
  const said: (string | undefined)[] = [];
  const world = { lasts, gate: Promise.resolve(), flights: 0, mostFlights: 0 };
  const issue = async (): Promise<Issued> => {
    asked.push(now - START);
    world.flights += 1;
    world.mostFlights = Math.max(world.mostFlights, world.flights);
    await world.gate;
    world.flights -= 1;
    if (typeof world.lasts !== 'number') throw world.lasts;
    return {
      accessKeyId: `key-${asked.length}`,
      secretAccessKey: new Secret('s'),
      sessionToken: new Secret('t'),
      expiration: new Date(Math.min(now + world.lasts, START + taskLasts)),
    };
  };
  const keeper = new Keeper({
    issue,
    taskEnds: new Date(START + taskLasts),
    onTrouble: (trouble) => said.push(trouble?.code),
    time: {
      now: () => now,
      after: (milliseconds, run) => {
        const timer = { at: now + milliseconds, run };
        timers.add(timer);
        return () => timers.delete(timer);
      },
    },
  });
  const settle = async () => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  return Object.assign(world, {
    keeper,
    asked,
    said,
    timers,
    now: () => now,
    /** Goes on, and does on the way what is to be done then. */
    async advance(milliseconds: number) {
      const end = now + milliseconds;
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        timers.delete(next);
        now = Math.max(now, next.at);
        next.run();
        await settle();
      }
      now = end;
    },
    /** As while a machine sleeps: no timer runs. */
    async skip(milliseconds: number) {
      await settle();
      now += milliseconds;
    },
    /** The key that is handed out, or the code. */
    async got(): Promise<string> {
      const got = await keeper.get();
      return 'kind' in got ? got.code : got.accessKeyId;
    },
  });
}
