// What the scripts share: an interrupt becomes a signal to stop, a problem becomes a sentence and an exit code.
import { HarnessProblem } from './process.ts';

/** Fires at the first Ctrl-C or SIGTERM, so that what was started is stopped in order. */
export function onInterrupt(): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interrupted.abort(new HarnessProblem(`stopped by ${signal}`)));
  }
  return interrupted.signal;
}

export async function exitWith(main: Promise<number>): Promise<void> {
  try {
    process.exitCode = await main;
  } catch (error) {
    if (!(error instanceof HarnessProblem)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}
