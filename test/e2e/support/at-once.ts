// How many requests come at once where that is what a test is about.

/** An emulator has a process for each of them, and itself, on the same few cores: it is to answer all within seconds. */
const deployed = (process.env['BAILIWICK_E2E_URL'] ?? '') !== '';

export const MANY = deployed ? 6 : 20;

/** All at the same time. */
export function atOnce<T>(run: () => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: MANY }, run));
}
