// Waiting that ends when time is up.

/** Resolves as the promise does, unless time is up before. */
export function within<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(signal.reason);
  signal.addEventListener('abort', giveUp, { once: true });
  return Promise.race([promise, late]).finally(() => signal.removeEventListener('abort', giveUp));
}
