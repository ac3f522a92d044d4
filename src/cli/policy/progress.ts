// How far a long reading has come: one line on a terminal, drawn over itself, and gone at the end.

/** A terminal, as far as it is needed. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Progress {
  /** One more event has been read, of that time, or several. */
  seen(at: unknown, count?: number): void;
  /** Takes the line away, so that something else can be printed. The next event brings it back. */
  clear(): void;
}

const REDRAW_MILLISECONDS = 100;
const BAR = 24;
/** Of a terminal that does not know its own, or says 0. */
const USUAL_COLUMNS = 80;
const ERASE = '\r\u001b[K';

const NONE: Progress = { seen: () => {}, clear: () => {} };

interface Bar {
  /** From 0 to 1. */
  readonly share: number;
  readonly events: number;
  readonly seconds: number;
}

export function barText({ share, events, seconds }: Bar, columns: number): string {
  const full = Math.round(share * BAR);
  const bar = `[${'#'.repeat(full)}${'.'.repeat(BAR - full)}]`;
  const rate = seconds > 0 ? `, ${Math.round(events / seconds).toLocaleString('en')}/s` : '';
  const numbers = `${Math.floor(share * 100)} %  ${events.toLocaleString('en')} events${rate}`;
  // A line that is too long breaks, and could not be drawn over.
  return [`${bar} ${numbers}`, numbers].find((text) => text.length < columns) ?? '';
}

/** Nothing where the output is no terminal that can draw over a line. */
export function createProgress(
  screen: Screen,
  { from, until }: { readonly from: Date; readonly until: Date },
  { TERM: terminal }: NodeJS.ProcessEnv,
  now: () => number = () => performance.now(),
): Progress {
  if (screen.isTTY !== true || terminal === 'dumb') return NONE;
  const began = now();
  const span = until.getTime() - from.getTime();
  let [events, drawnAt, isDrawn] = [0, began, false];

  function shareAt(at: unknown): number {
    const share = (Date.parse(String(at)) - from.getTime()) / span;
    return share > 0 ? Math.min(share, 1) : 0;
  }

  return {
    seen(at, count = 1) {
      events += count;
      const moment = now();
      if (moment - drawnAt < REDRAW_MILLISECONDS) return;
      [drawnAt, isDrawn] = [moment, true];
      const bar = { share: shareAt(at), events, seconds: (moment - began) / 1000 };
      screen.write(`${ERASE}${barText(bar, screen.columns || USUAL_COLUMNS)}`);
    },
    clear() {
      if (isDrawn) screen.write(ERASE);
      isDrawn = false;
    },
  };
}

/** A line that is left behind on the terminal would be taken for one that still moves. */
export async function interruptible<T>(
  progress: Pick<Progress, 'clear'>,
  work: () => Promise<T>,
): Promise<T> {
  const interrupted = () => {
    progress.clear();
    process.removeListener('SIGINT', interrupted);
    process.kill(process.pid, 'SIGINT');
  };
  process.on('SIGINT', interrupted);
  try {
    return await work();
  } finally {
    process.removeListener('SIGINT', interrupted);
    progress.clear();
  }
}
