// Keeps one set of credentials, and has the next before SDKs ask for it: one request at a time, whoever asks.
import type { Issued } from './ask.ts';
import { type Trouble, troubleOf } from './trouble.ts';

/** Time as a parameter. */
export interface Time {
  now(): number;
  /** Runs it after so many milliseconds; what it answers calls it off. */
  after(milliseconds: number, run: () => void): () => void;
}

export interface KeeperParts {
  readonly issue: () => Promise<Issued>;
  /** Nothing that is issued lasts longer. */
  readonly taskEnds: Date;
  readonly time: Time;
  /** Told when what is wrong changes, and with undefined when all is well again. */
  readonly onTrouble: (trouble: Trouble | undefined) => void;
}

interface Held {
  readonly issued: Issued;
  /** From when on others are asked for: never, where no others would last longer. */
  readonly due: number;
  /** From when on too little is left of it to begin anything with, if others can be had. */
  readonly scarce: number;
}

const MINUTE = 60_000;

/**
 * Of the SDKs the most careful ask for new credentials when 15 minutes are left, and whoever asks earlier than that is
 * happy with what there is. Half of the lifetime where that is shorter, so that short sessions are not asked for at
 * every turn.
 */
const EARLY = 16 * MINUTE;

/** A request takes its time to be signed and to arrive. A quarter of the lifetime where that is shorter. */
const SCARCE = 30_000;

/** What can be gained by asking again once credentials last as long as their task: nothing, but for clocks that differ. */
const AS_LONG_AS_THE_TASK = 5000;

/** Also after a success, so that what lasts for a moment only is not asked for without end. */
const LEAST_PAUSE = 1000;
const LONGEST_PAUSE = 15_000;

const OVER_ON_ARRIVAL: Trouble = {
  kind: 'away',
  status: 500,
  code: 'clock',
  message: "What the broker issues is over by this machine's clock. Set the clock.",
};

const STOPPED: Trouble = {
  kind: 'away',
  status: 503,
  code: 'broker_unavailable',
  message: 'The broker is not asked any more.',
};

const MISTAKE: Trouble = {
  kind: 'away',
  status: 500,
  code: 'internal',
  message: 'A mistake in this command. What went wrong is not known.',
};

export class Keeper {
  readonly #parts: KeeperParts;
  #held: Held | undefined;
  #trouble: Trouble | undefined;
  #flight: Promise<void> | undefined;
  #failures = 0;
  #notBefore = 0;
  #callOff: () => void = () => {};
  #stopped = false;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  /** What works now. The broker is waited for only where nothing does, or not for long; what does goes before none. */
  async get(): Promise<Issued | Trouble> {
    if (this.#trouble?.kind === 'over') return this.#trouble;
    const kept = this.#usable();
    if (kept !== undefined && !this.#isScarce()) {
      // A timer does this, too; but timers stand still while a machine sleeps.
      if (this.#isDue()) void this.#refresh();
      return kept;
    }
    if (this.#flight !== undefined || this.#mayAsk()) await this.#refresh();
    return this.#usable() ?? this.#trouble ?? STOPPED;
  }

  /** Nothing is handed out from then on. */
  end(trouble: Trouble): void {
    this.#held = undefined;
    this.#say(trouble);
    this.stop();
  }

  stop(): void {
    this.#stopped = true;
    this.#callOff();
  }

  #usable(): Issued | undefined {
    const issued = this.#held?.issued;
    return issued !== undefined && this.#now() < issued.expiration.getTime() ? issued : undefined;
  }

  #now(): number {
    return this.#parts.time.now();
  }

  #mayAsk(): boolean {
    return !this.#stopped && this.#now() >= this.#notBefore;
  }

  #isDue(): boolean {
    return this.#held !== undefined && this.#now() >= this.#held.due && this.#mayAsk();
  }

  #isScarce(): boolean {
    return this.#held !== undefined && this.#now() >= this.#held.scarce;
  }

  #refresh(): Promise<void> {
    this.#flight ??= this.#ask().finally(() => {
      this.#flight = undefined;
      this.#planNext();
    });
    return this.#flight;
  }

  async #ask(): Promise<void> {
    try {
      this.#take(await this.#parts.issue());
    } catch (error) {
      this.#fail(troubleOf(error) ?? MISTAKE);
    }
  }

  #take(issued: Issued): void {
    // It may have been on its way when the task ended.
    if (this.#trouble?.kind === 'over') return;
    const now = this.#now();
    const until = issued.expiration.getTime();
    if (until <= now) {
      this.#fail(OVER_ON_ARRIVAL);
      return;
    }
    const lastsAsLong = this.#parts.taskEnds.getTime() - until <= AS_LONG_AS_THE_TASK;
    const before = (milliseconds: number) => (lastsAsLong ? Number.POSITIVE_INFINITY : until - milliseconds);
    this.#held = {
      issued,
      due: before(Math.min(EARLY, (until - now) / 2)),
      scarce: before(Math.min(SCARCE, (until - now) / 4)),
    };
    this.#failures = 0;
    this.#notBefore = Math.min(now + LEAST_PAUSE, until);
    this.#say(undefined);
  }

  #fail(trouble: Trouble): void {
    if (this.#trouble?.kind === 'over') return;
    this.#failures += 1;
    this.#notBefore = this.#now() + Math.min(LONGEST_PAUSE, LEAST_PAUSE * 2 ** (this.#failures - 1));
    // The broker said no: what it gave before is not handed on any more, though it may work for a while.
    if (trouble.kind !== 'away') this.#held = undefined;
    this.#say(trouble);
  }

  #say(trouble: Trouble | undefined): void {
    const before = this.#trouble;
    this.#trouble = trouble;
    if (before?.code !== trouble?.code) this.#parts.onTrouble(trouble);
  }

  /** Whoever finds that nothing works any more asks for himself: what nobody asks for is not worth the trouble. */
  #planNext(): void {
    this.#callOff();
    if (this.#stopped || this.#usable() === undefined) return;
    const at = Math.max(this.#held?.due ?? 0, this.#notBefore);
    if (at === Number.POSITIVE_INFINITY) return;
    this.#callOff = this.#parts.time.after(Math.max(0, at - this.#now()), () => void this.#refresh());
  }
}
