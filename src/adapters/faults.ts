// Turns whatever a client throws into the one fault that callers know, and never waits longer than a deadline.
import { type Backend, Unavailable } from '../shared/errors.ts';

/**
 * Runs a piece of work against a back end. The signal fires at the deadline; work that ignores it is left behind,
 * because some clients wait for a peer that has stopped talking.
 */
export async function withinDeadline<T>(
  backend: Backend,
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const late = new Error(`no answer within ${milliseconds} ms`);
      reject(late);
      controller.abort(late);
    }, milliseconds);
  });
  try {
    return await Promise.race([work(controller.signal), deadline]);
  } catch (error) {
    throw asUnavailable(backend, error);
  } finally {
    clearTimeout(timer);
  }
}

/** A fault of another back end that this one leans on counts as its own: callers know of no other. */
export function asUnavailable(backend: Backend, error: unknown): Unavailable {
  return error instanceof Unavailable && error.backend === backend ? error : new Unavailable(backend, error);
}

/** An error of the operating system by its code, as in `ENOENT`. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
